package run.vendo.autoconfigure.web.webhook;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Webhooks in an application that Spring Security protects.
 */
class WebhookSecurityTests {

	@ParameterizedTest
	@EnumSource
	void whenTheApplicationPermitsWebhooksThenTheyNeedNoToken(Stack stack) {
		try (WebhookServer server = start(stack)) {
			assertThat(server.deliver("/shared/nothing", WebhookServer.event()).statusCode()).isEqualTo(200);
			HttpRequest form = server.signed("/shared/event", WebhookServer.event())
				.setHeader("Content-Type", "application/x-www-form-urlencoded")
				.build();
			assertThat(server.send(form).statusCode()).isEqualTo(200);
			assertThat(server.calls().all()).hasSize(2);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenADeliveryIsForgedThenPermittingTheMatcherOpensNothing(Stack stack) {
		try (WebhookServer server = start(stack)) {
			HttpRequest forged = server.signed("/shared/nothing", "whsec_guess", new byte[0]).build();
			assertThat(server.send(forged).statusCode()).isEqualTo(400);
			assertThat(server.calls().all()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenARequestIsNoWebhookThenEverythingElseStays(Stack stack) {
		try (WebhookServer server = start(stack)) {
			HttpResponse<String> other = server.send(server.signed("/shared/plain", "{}").build());
			assertThat(other.statusCode()).isIn(401, 403);
			HttpResponse<String> get = server.send(HttpRequest.newBuilder(server.uri("/shared/bytes")).build());
			assertThat(get.statusCode()).isIn(401, 403);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheApplicationDoesNotPermitWebhooksThenItsRulesApplyAndTheClaimIsReleased(Stack stack) {
		try (WebhookServer server = WebhookServer.start(stack, List.of("with-security=true"),
				SharedHandlers.Annotated.class,
				(stack == Stack.SERVLET) ? ServletStrict.class : ReactiveStrict.class)) {
			String event = WebhookServer.event();
			for (int i = 0; i < 2; i++) {
				assertThat(server.deliver("/shared/nothing", event).statusCode()).isIn(401, 403);
			}
			assertThat(server.calls().all()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenToldSoThenWebhooksNeedATokenLikeAnyOtherRequest(Stack stack) {
		try (WebhookServer server = start(stack, "vendo.webhook.ignore-csrf=false")) {
			assertThat(server.deliver("/shared/nothing", WebhookServer.event()).statusCode()).isIn(401, 403);
			assertThat(server.calls().all()).isEmpty();
		}
	}

	private static WebhookServer start(Stack stack, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add("with-security=true");
		return WebhookServer.start(stack, all, SharedHandlers.Annotated.class,
				(stack == Stack.SERVLET) ? ServletSecurity.class : ReactiveSecurity.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class ServletSecurity {

		@Bean
		SecurityFilterChain security(HttpSecurity http, VendoWebhookRequestMatcher webhooks) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers(webhooks).permitAll().anyRequest().authenticated())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ServletStrict {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated()).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReactiveSecurity {

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity http, VendoWebhookExchangeMatcher webhooks) {
			return http
				.authorizeExchange(
						(exchanges) -> exchanges.matchers(webhooks).permitAll().anyExchange().authenticated())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReactiveStrict {

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().authenticated()).build();
		}

	}

}
