package run.vendo.autoconfigure.web;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.StepVerifier;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.UserPlatform;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.config.WebFluxConfigurationSupport;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The user behind a request, over real servers.
 */
class RequestUserTests {

	private static final int USERS = 200;

	private static final String[] ALICE = { "X-Vendo-User-Id", "alice", "X-Vendo-User-Email", "alice@example.com",
			"X-Vendo-Role", "owner", "X-Vendo-User-JWT", "jwt-alice" };

	private final UserPlatform platform = new UserPlatform();

	@AfterEach
	void stop() {
		this.platform.close();
	}

	private WebApplication start(WebStack stack, List<String> properties) {
		return WebApplication.start(stack, properties, UserControllers.Shared.class,
				(stack == WebStack.MVC) ? UserControllers.Blocking.class : UserControllers.Reactive.class);
	}

	private static List<String> ways(WebStack stack) {
		List<String> ways = new ArrayList<>(
				List.of("/parameter", "/reactive-parameter", "/reactive-injected", "/propagated"));
		if (stack == WebStack.MVC) {
			ways.add("/injected");
		}
		return ways;
	}

	@ParameterizedTest
	@EnumSource
	void everyWayLeadsToTheUserAndNoneOfThemToTheApplication(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			for (String way : ways(stack)) {
				assertThat(application.get(way, ALICE).body()).as(way).isEqualTo("slack of alice");
			}
			assertThat(application.get("/application", ALICE).body()).isEqualTo("slack of nobody");
		}
	}

	@ParameterizedTest
	@EnumSource
	void everyApiOfTheInjectedReactiveClientActsForTheUser(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			assertThat(application.get("/reactive-injected/tokens", ALICE).body()).isEqualTo("[alice]");
			assertThat(application.get("/reactive-injected/data", ALICE).body()).isEqualTo("alice");
			assertThat(application.get("/reactive-injected/http", ALICE).body()).isEqualTo("alice");
			assertThat(application.get("/reactive-injected/session?url=" + this.platform.url() + "/echo", ALICE).body())
				.contains("Bearer slack of alice");
		}
	}

	@Test
	void whatTheInjectedClientReturnsBelongsToTheUserOnOtherThreads() {
		try (WebApplication application = start(WebStack.MVC, this.platform.behindProxy())) {
			assertThat(application.get("/injected/api", ALICE).body()).isEqualTo("alice");
			assertThat(application.get("/injected/thread", ALICE).body()).isEqualTo("alice");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenNotBehindTheProxyThenNobodyIsSignedIn(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.exposed())) {
			for (String way : ways(stack)) {
				assertThat(application.get(way, ALICE).statusCode()).as(way).isEqualTo(401);
			}
			assertThat(application.get("/identity", ALICE).statusCode()).isEqualTo(401);
			assertThat(application.get("/optional-identity", ALICE).body()).isEqualTo("nobody");
			assertThat(this.platform.server().count()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheJwtIsMissingOrThereTwiceThenThereIsNoClient(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			for (String way : ways(stack)) {
				assertThat(application.get(way).statusCode()).as(way).isEqualTo(401);
				assertThat(application.get(way, "X-Vendo-User-JWT", " ").statusCode()).as(way).isEqualTo(401);
				assertThat(application.get(way, "X-Vendo-User-JWT", "jwt-alice", "x-vendo-user-jwt", "jwt-bob")
					.statusCode()).as(way).isEqualTo(401);
			}
			assertThat(this.platform.server().count()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenThereIsNoApiKeyThenItIsSaidThatVendoIsNeeded(WebStack stack) {
		try (WebApplication application = start(stack, List.of("vendo.sso.enabled=true"))) {
			for (String way : ways(stack)) {
				HttpResponse<String> answer = application.get(way, ALICE);
				assertThat(answer.statusCode()).as(way).isEqualTo(501);
				assertThat(answer.body()).contains("vendo_only_feature");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void identityIsHandedToTheController(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			String alice = "alice alice@example.com owner";
			assertThat(application.get("/identity", ALICE).body()).isEqualTo(alice);
			assertThat(application.get("/optional-identity", ALICE).body()).isEqualTo(alice);
			assertThat(application.get("/nullable-identity", ALICE).body()).isEqualTo(alice);
			assertThat(application.get("/identity").statusCode()).isEqualTo(401);
			assertThat(application.get("/optional-identity").body()).isEqualTo("nobody");
			assertThat(application.get("/nullable-identity").body()).isEqualTo("nobody");
			if (stack == WebStack.WEBFLUX) {
				assertThat(application.get("/mono-identity", ALICE).body()).isEqualTo(alice);
				assertThat(application.get("/mono-identity").body()).isEqualTo("nobody");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void identityIsNeverMadeOfParametersAlsoWhereTheApplicationConfiguresTheWebItself(WebStack stack) {
		Class<?> own = (stack == WebStack.MVC) ? OwnMvc.class : OwnWebFlux.class;
		String forged = "?userId=victim&email=victim@example.com&name=x&role=owner";
		try (WebApplication application = WebApplication.start(stack, this.platform.behindProxy(), own,
				UserControllers.Shared.class)) {
			assertThat(application.get("/identity", ALICE).body()).isEqualTo("alice alice@example.com owner");
			assertThat(application.get("/identity" + forged).body()).doesNotContain("victim@example.com owner");
			assertThat(application.get("/optional-identity" + forged).body()).isEqualTo("nobody");
			assertThat(application.get("/nullable-identity" + forged).body()).isEqualTo("nobody");
		}
	}

	@ParameterizedTest
	@EnumSource
	void outsideARequestTheInjectedClientsSayWhatToDoInstead(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			VendoClient blocking = forRequest(application, VendoClient.class);
			assertThatIllegalStateException().isThrownBy(() -> blocking.token("slack"))
				.withMessageContaining("VendoClient.forUser(jwt)");
			ReactiveVendoClient reactive = forRequest(application, ReactiveVendoClient.class);
			StepVerifier.create(reactive.token("slack"))
				.verifyErrorSatisfies((ex) -> assertThat(ex).isInstanceOf(IllegalStateException.class)
					.hasMessageContaining("VendoClient.forUser(jwt)"));
			assertThat(application.get("/not-propagated", ALICE).body()).contains("VendoClient.forUser(jwt)");
		}
	}

	private static <T> T forRequest(WebApplication application, Class<T> type) {
		String name = (type == VendoClient.class) ? "vendoClientForRequest" : "reactiveVendoClientForRequest";
		return application.context().getBean(name, type);
	}

	@ParameterizedTest
	@EnumSource
	void theApplicationsOwnClientsStayUnambiguous(WebStack stack) {
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			assertThat(application.context().getBean(VendoClient.class).token("slack")).isEqualTo("slack of nobody");
			assertThat(application.context().getBean(ReactiveVendoClient.class))
				.isNotInstanceOf(RequestReactiveVendoClient.class);
		}
	}

	@ParameterizedTest
	@MethodSource("crowds")
	void simultaneousUsersNeverSeeEachOthersTokens(WebStack stack, String way) {
		List<String> properties = this.platform.behindProxy("vendo.http.pool.max-connections=" + USERS,
				"server.tomcat.threads.max=" + USERS);
		try (WebApplication application = start(stack, properties)) {
			Gate gate = this.platform.hold();
			List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
			for (int user = 0; user < USERS; user++) {
				answers.add(application.getAsync(way, "X-Vendo-User-Id", "user-" + user, "X-Vendo-User-JWT",
						"jwt-user-" + user));
			}
			gate.awaitArrivals(USERS);
			gate.open();
			for (int user = 0; user < USERS; user++) {
				assertThat(answers.get(user).join().body()).isEqualTo("slack of user-" + user);
			}
			// The threads know nothing of those they served before.
			assertThat(application.get(way).statusCode()).isEqualTo(401);
		}
	}

	static Stream<Arguments> crowds() {
		return Stream.of(Arguments.of(WebStack.MVC, "/injected"), Arguments.of(WebStack.MVC, "/reactive-injected"),
				Arguments.of(WebStack.WEBFLUX, "/reactive-injected"),
				Arguments.of(WebStack.WEBFLUX, "/reactive-parameter"));
	}

	@ParameterizedTest
	@EnumSource
	void theIdentityEndpointTellsWhoIsSignedIn(WebStack stack) {
		try (WebApplication application = start(stack,
				this.platform.behindProxy("vendo.sso.identity-endpoint.enabled=true"))) {
			HttpResponse<String> answer = application.get("/api/vendo/identity", ALICE);
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).contains("\"user_id\":\"alice\"", "\"role\":\"owner\"").doesNotContain("jwt");
			assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
			HttpResponse<String> nobody = application.get("/api/vendo/identity");
			assertThat(nobody.statusCode()).isEqualTo(401);
			assertThat(nobody.body()).contains("identity_not_present");
		}
	}

	@ParameterizedTest
	@EnumSource
	void theIdentityEndpointBelievesNobodyWithoutTheProxyAndIsOffByDefault(WebStack stack) {
		try (WebApplication application = start(stack,
				this.platform.exposed("vendo.sso.identity-endpoint.enabled=true"))) {
			assertThat(application.get("/api/vendo/identity", ALICE).statusCode()).isEqualTo(401);
		}
		try (WebApplication application = start(stack, this.platform.behindProxy())) {
			assertThat(application.get("/api/vendo/identity", ALICE).statusCode()).isEqualTo(404);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMvc extends WebMvcConfigurationSupport {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnWebFlux extends WebFluxConfigurationSupport {

	}

}
