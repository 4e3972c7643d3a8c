package run.vendo.integration;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.connection.ConnectionCategory;
import run.vendo.connection.ConnectionProfile;
import run.vendo.connection.EnvBootstrap;
import run.vendo.error.ErrorCode;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.fixture.Callers;
import run.vendo.fixture.Stack;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IntegrationsApi} and {@link ReactiveIntegrationsApi}.
 */
class IntegrationsApiTests {

	private static final String FULL = """
			{"slug":"slack","name":"Slack","description":"Chat","category":"chat",
			 "logo_url":"https://vendo.run/slack.svg","brand_color":"#4A154B","docs_url":"https://api.slack.com",
			 "supported_profiles":["user_oauth","telepathy"],"default_profile":"user_oauth","enabled":false,
			 "featured":true,"env_bootstrap":{"vars":[{"name":"SLACK_BOT_TOKEN","value_from":"api_key"}],
			 "restart":"none"},"invented":{"deep":[1]}}""";

	private static final String SPARSE = "{\"provider\":\"notion\",\"default_profile\":\"byok_static\"}";

	@AutoClose
	private final StubServer server = StubServer.start();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.server.url()).build();

	@AutoClose
	private final VendoClient oss = TestClients.oss(this.server.url()).build();

	@ParameterizedTest
	@EnumSource
	void whenListIsInAnObjectThenItIsRead(Stack stack) {
		this.server.respond((request) -> Response.json("{\"integrations\":[%s,%s]}".formatted(FULL, SPARSE)));
		checkBoth(stack.integrations(this.client).list());
		assertThat(this.server.lastRequest()).returns("GET", Request::method)
			.returns("/api/integrations", Request::path)
			.returns(null, Request::query);
	}

	@ParameterizedTest
	@EnumSource
	void whenListIsBareThenItIsRead(Stack stack) {
		this.server.respond((request) -> Response.json("[%s,%s]".formatted(FULL, SPARSE)));
		checkBoth(stack.integrations(this.client).list());
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"slug\":\"gmail\",\"provider\":\"google\"}",
			"{\"provider\":\"google\",\"slug\":\"gmail\"}" })
	void whenThereIsASlugThenTheProviderIsNotTakenForIt(String body) {
		this.server.respond((request) -> Response.json(body));
		Integration integration = this.client.integrations().get("gmail").orElseThrow();
		assertThat(integration.slug()).isEqualTo("gmail");
		assertThat(integration.additionalFields()).containsExactly(Map.entry("provider", "google"));
	}

	@Test
	void whenTheProviderIsNoTextThenTheAnswerIsNotValid() {
		this.server.respond((request) -> Response.json("{\"provider\":7}"));
		assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> this.client.integrations().get("gmail"))
			.extracting(UpstreamException::code)
			.isEqualTo(ErrorCode.INVALID_RESPONSE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "{\"integrations\":[]}" })
	void whenListIsEmptyThenItIsEmpty(String body) {
		this.server.respond((request) -> Response.json(body));
		assertThat(this.client.integrations().list()).isEmpty();
	}

	private static void checkBoth(List<Integration> integrations) {
		assertThat(integrations).hasSize(2);
		Integration full = integrations.get(0);
		assertThat(full.slug()).isEqualTo("slack");
		assertThat(full.name()).isEqualTo("Slack");
		assertThat(full.description()).isEqualTo("Chat");
		assertThat(full.category()).isEqualTo(ConnectionCategory.of("chat"));
		assertThat(full.logoUrl()).isEqualTo("https://vendo.run/slack.svg");
		assertThat(full.brandColor()).isEqualTo("#4A154B");
		assertThat(full.docsUrl()).isEqualTo("https://api.slack.com");
		assertThat(full.supportedProfiles()).containsExactly(ConnectionProfile.USER_OAUTH,
				ConnectionProfile.of("telepathy"));
		assertThat(full.defaultProfile()).isEqualTo(ConnectionProfile.USER_OAUTH);
		assertThat(full.enabled()).isFalse();
		assertThat(full.featured()).isTrue();
		assertThat(full.envBootstrap())
			.isEqualTo(new EnvBootstrap(List.of(new EnvBootstrap.Variable("SLACK_BOT_TOKEN", "api_key")), "none"));
		assertThat(full.additionalFields()).containsExactly(Map.entry("invented", Map.of("deep", List.of(1))));
		Integration sparse = integrations.get(1);
		assertThat(sparse.slug()).isEqualTo("notion");
		assertThat(sparse.name()).isEqualTo("notion");
		assertThat(sparse.category()).isEqualTo(ConnectionCategory.UNKNOWN);
		assertThat(sparse.defaultProfile()).isEqualTo(ConnectionProfile.BYOK_STATIC);
		assertThat(sparse.supportedProfiles()).containsExactly(ConnectionProfile.BYOK_STATIC);
		assertThat(sparse.enabled()).isTrue();
		assertThat(sparse.featured()).isFalse();
		assertThat(sparse.additionalFields()).isEmpty();
		assertThat(sparse)
			.extracting(Integration::description, Integration::logoUrl, Integration::brandColor, Integration::docsUrl,
					Integration::envBootstrap)
			.containsOnlyNulls();
	}

	@Test
	void whenWrittenThenNamesAreThoseOfTheWire() {
		this.server.respond((request) -> Response.json("[%s]".formatted(FULL)));
		String json = JsonMapper.shared().writeValueAsString(this.client.integrations().list());
		assertThat(json).contains("\"slug\":\"slack\"", "\"supported_profiles\":[\"user_oauth\",\"telepathy\"]",
				"\"default_profile\":\"user_oauth\"");
	}

	@ParameterizedTest
	@EnumSource
	void whenThereIsNoKeyThenTheCallIsMadeWithoutAuthorization(Stack stack) {
		this.server.respond(
				(request) -> Response.json(request.path().equals("/api/integrations") ? "[%s]".formatted(FULL) : FULL));
		assertThat(stack.integrations(this.oss).list()).hasSize(1);
		assertThat(stack.integrations(this.oss).get("slack")).isPresent();
		assertThat(this.server.requests()).hasSize(2)
			.allSatisfy((request) -> assertThat(request.headers().headerNames())
				.noneMatch((name) -> name.equalsIgnoreCase("Authorization")));
	}

	@ParameterizedTest
	@EnumSource
	void whenOneIsAskedForThenItIsReturned(Stack stack) {
		this.server.respond((request) -> Response.json(FULL));
		assertThat(stack.integrations(this.client).get("my crm/ü")).get()
			.extracting(Integration::slug)
			.isEqualTo("slack");
		assertThat(this.server.lastRequest().path()).isEqualTo("/api/integrations/my%20crm%2F%C3%BC");
	}

	@ParameterizedTest
	@EnumSource
	void whenOneIsNotKnownThenItIsEmpty(Stack stack) {
		this.server.respond((request) -> Response.json(404, "{\"error\":{\"message\":\"No such integration\"}}"));
		assertThat(stack.integrations(this.client).get("unheard-of")).isEmpty();
		this.server.respond((request) -> Response.status(404));
		assertThat(stack.integrations(this.oss).get("unheard-of")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 403, 429, 500, 503 })
	void whenOneIsRefusedOtherwiseThenThatIsNotTakenForEmpty(int status) {
		this.server.respond((request) -> Response.status(status));
		for (Stack stack : Stack.values()) {
			assertThatExceptionOfType(VendoException.class)
				.isThrownBy(() -> stack.integrations(this.client).get("slack"))
				.satisfies((ex) -> {
					assertThat(ex.status()).isEqualTo(status);
					assertThat(ex.slug()).isEqualTo("slack");
				});
		}
	}

	@Test
	void whenListIsNotFoundThenThatIsAnError() {
		this.server.respond((request) -> Response.status(404));
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.client.integrations().list())
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(404));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", ".", ".." })
	void whenSlugCannotBeOneThenFailsBeforeAnyRequest(String slug) {
		for (Stack stack : Stack.values()) {
			assertThatExceptionOfType(ValidationException.class)
				.isThrownBy(() -> stack.integrations(this.client).get(slug));
		}
		assertThat(this.server.count()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "null", "7", "{\"integrations\":null}", "{\"integrations\":{}}",
			"{\"integrations\":[null]}", "[null]", "[7]", "[{\"slug\":{}}]", "[{\"enabled\":\"yes\"}]",
			"[{\"supported_profiles\":\"user_oauth\"}]", "[{\"supported_profiles\":[null]}]", "[{\"slug\":\"a\"}",
			"<html></html>" })
	void whenListIsOfAnotherShapeThenFails(String body) {
		this.server.respond((request) -> Response.json(body));
		for (Stack stack : Stack.values()) {
			assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> stack.integrations(this.client).list())
				.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "7", "{\"name\":7}" })
	void whenOneIsOfAnotherShapeThenFails(String body) {
		this.server.respond((request) -> Response.json(body));
		for (Stack stack : Stack.values()) {
			assertThatExceptionOfType(UpstreamException.class)
				.isThrownBy(() -> stack.integrations(this.client).get("slack"))
				.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE));
		}
	}

	@Test
	void whenManyListAtTheSameMomentThenTheyShareOneRequest() {
		this.server.respond((request) -> Response.json("[%s]".formatted(FULL)));
		Gate gate = this.server.hold();
		List<CompletableFuture<List<Integration>>> reactive = IntStream.range(0, 200)
			.mapToObj((i) -> this.client.reactive().integrations().list().collectList().toFuture())
			.toList();
		Callers<List<Integration>> blocking = Callers.start(32, () -> this.client.integrations().list()).awaitWaiting();
		gate.open();
		assertThat(blocking.results()).allSatisfy((list) -> assertThat(list).hasSize(1));
		assertThat(reactive).allSatisfy((list) -> assertThat(list.join()).hasSize(1));
		assertThat(this.server.count()).isEqualTo(1);
		this.client.integrations().list();
		assertThat(this.server.count()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void tellsTheVariablesOfAProviderWithoutARequest(Stack stack) {
		assertThat(stack.integrations(this.client).envVars("slack")).containsExactly("SLACK_BOT_TOKEN",
				"SLACK_SIGNING_SECRET");
		assertThat(stack.integrations(this.oss).envVars("openai")).containsExactly("OPENAI_API_KEY");
		assertThat(stack.integrations(this.oss).envVars("unheard-of")).isEmpty();
		try (VendoClient extended = this.oss.mutate().byok(Map.of("my-crm", List.of("CRM_KEY"))).build()) {
			assertThat(stack.integrations(extended).envVars("my-crm")).containsExactly("CRM_KEY");
		}
		assertThat(this.server.count()).isZero();
	}

}
