package run.vendo.autoconfigure.security;

import java.net.http.HttpResponse;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import run.vendo.fixture.UserPlatform;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;
import run.vendo.sso.VendoIdentity;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.method.configuration.EnableReactiveMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.context.WebSessionServerSecurityContextRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The user behind a request as the user of Spring Security, over real servers.
 */
class VendoSecurityTests {

	private final UserPlatform platform = new UserPlatform();

	@AfterEach
	void stop() {
		this.platform.close();
	}

	@ParameterizedTest
	@EnumSource
	void whomTheProxySignedInIsThePrincipalWithTheRoleAsAuthority(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			assertThat(application.get("/who", user("owner")).body()).isEqualTo("alice alice [ROLE_VENDO_OWNER]");
			assertThat(application.get("/who", user("member")).body()).isEqualTo("alice alice [ROLE_VENDO_MEMBER]");
			assertThat(application.get("/who", user("viewer")).body()).isEqualTo("alice alice [ROLE_VENDO_VIEWER]");
			assertThat(application.get("/who", user("superuser")).body()).isEqualTo("alice alice []");
			assertThat(application.get("/who", "X-Vendo-User-Id", "alice").body()).isEqualTo("alice alice []");
			assertThat(application.get("/owners", user("owner")).body()).isEqualTo("secret");
			assertThat(application.get("/owners", user("member")).statusCode()).isEqualTo(403);
			assertThat(application.get("/owners", user("superuser")).statusCode()).isEqualTo(403);
		}
	}

	@ParameterizedTest
	@EnumSource
	void anonymousStaysAnonymous(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			assertThat(application.get("/open").body()).isEqualTo("anybody");
			assertThat(application.get("/who").statusCode()).isEqualTo(401);
			assertThat(application.get("/owners").statusCode()).isEqualTo(401);
			assertThat(application.get("/who", "X-Vendo-Role", "owner").statusCode()).isEqualTo(401);
		}
	}

	@ParameterizedTest
	@CsvSource({ "MVC,vendo.sso.enabled=false", "WEBFLUX,vendo.sso.enabled=false",
			"MVC,vendo.sso.trusted-proxies=10.0.0.0/8", "WEBFLUX,vendo.sso.trusted-proxies=10.0.0.0/8",
			"MVC,vendo.sso.security.enabled=false", "WEBFLUX,vendo.sso.security.enabled=false" })
	void whenTheHeadersAreNotToBeBelievedThenNobodyIsSignedIn(WebStack stack, String property) {
		List<String> properties = property.startsWith("vendo.sso.enabled") ? this.platform.exposed()
				: this.platform.behindProxy(property);
		try (WebApplication application = start(stack, properties)) {
			assertThat(application.get("/who", user("owner")).statusCode()).isEqualTo(401);
			assertThat(application.get("/owners", user("owner")).statusCode()).isEqualTo(401);
		}
	}

	@ParameterizedTest
	@EnumSource
	void nobodyIsRememberedBetweenRequests(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			HttpResponse<String> alice = application.get("/session", user("owner"));
			assertThat(alice.body()).isEqualTo("session");
			String cookie = alice.headers().firstValue(HttpHeaders.SET_COOKIE).orElseThrow().split(";")[0];
			assertThat(application.get("/who", HttpHeaders.COOKIE, cookie).statusCode()).isEqualTo(401);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whomTheApplicationKeptInTheSessionIsNobodyForTheNextRequest(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			HttpResponse<String> alice = application.get("/keep", user("owner"));
			assertThat(alice.body()).isEqualTo("kept");
			String cookie = alice.headers().firstValue(HttpHeaders.SET_COOKIE).orElseThrow().split(";")[0];
			assertThat(application.get("/who", HttpHeaders.COOKIE, cookie).statusCode()).isEqualTo(401);
			assertThat(application.get("/who", HttpHeaders.COOKIE, cookie, "X-Vendo-User-Id", "bob").body())
				.isEqualTo("bob bob []");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whoeverIsSignedInOtherwiseStays(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy("spring.security.user.name=admin",
				"spring.security.user.password=letmein", "spring.security.user.roles=ADMIN"))) {
			String basic = "Basic " + HttpHeaders.encodeBasicAuth("admin", "letmein", null);
			assertThat(application.get("/name", HttpHeaders.AUTHORIZATION, basic).body()).isEqualTo("admin");
			assertThat(application.get("/name", user("owner")).body()).isEqualTo("alice");
		}
	}

	private static String[] user(String role) {
		return new String[] { "X-Vendo-User-Id", "alice", "X-Vendo-Role", role };
	}

	private static WebApplication start(WebStack stack, List<String> properties) {
		return WebApplication.startSecured(stack, properties, Controller.class,
				(stack == WebStack.MVC) ? ServletChain.class : ReactiveChain.class,
				(stack == WebStack.MVC) ? ServletController.class : ReactiveController.class);
	}

	@RestController
	static class Controller {

		@GetMapping("/open")
		String open() {
			return "anybody";
		}

		@GetMapping("/who")
		Mono<String> who(Authentication authentication, @AuthenticationPrincipal VendoIdentity principal) {
			return Mono
				.just(authentication.getName() + " " + principal.userId() + " " + authentication.getAuthorities());
		}

		@GetMapping("/name")
		String name(Authentication authentication) {
			return authentication.getName();
		}

		@GetMapping("/owners")
		@PreAuthorize("hasRole('VENDO_OWNER')")
		Mono<String> owners() {
			return Mono.just("secret");
		}

	}

	@RestController
	static class ServletController {

		@GetMapping("/keep")
		String keep(HttpServletRequest request, HttpServletResponse response) {
			new HttpSessionSecurityContextRepository().saveContext(SecurityContextHolder.getContext(), request,
					response);
			return "kept";
		}

		@GetMapping("/session")
		String session(HttpSession session) {
			session.setAttribute("a", "b");
			return "session";
		}

	}

	@RestController
	static class ReactiveController {

		@GetMapping("/keep")
		Mono<String> keep(ServerWebExchange exchange) {
			return ReactiveSecurityContextHolder.getContext()
				.flatMap((context) -> new WebSessionServerSecurityContextRepository().save(exchange, context))
				.thenReturn("kept");
		}

		@GetMapping("/session")
		String session(WebSession session) {
			session.getAttributes().put("a", "b");
			return "session";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class ServletChain {

		@Bean
		SecurityFilterChain chain(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/open").permitAll().anyRequest().authenticated())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableReactiveMethodSecurity
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class ReactiveChain {

		@Bean
		SecurityWebFilterChain chain(ServerHttpSecurity http) {
			return http
				.authorizeExchange(
						(exchanges) -> exchanges.pathMatchers("/open").permitAll().anyExchange().authenticated())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

	}

}
