package run.vendo.data;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.error.AuthException;
import run.vendo.error.ErrorCode;
import run.vendo.error.NotConnectedException;
import run.vendo.error.RateLimitedException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.fixture.Stack;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.http.RetryPolicy;

import org.springframework.core.ParameterizedTypeReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link DataApi} and {@link ReactiveDataApi}.
 */
class DataApiTests {

	private static final String ACTION = "SLACK_SEND_MESSAGE";

	@AutoClose
	private final StubServer server = StubServer.start();

	@AutoClose
	private final StubServer api = StubServer.start();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.api.url()).dataProxyUrl(this.server.url()).build();

	private void answer(String body) {
		this.server.respond((request) -> Response.json(body));
	}

	@ParameterizedTest
	@EnumSource
	void sendsTheActionToTheDataProxy(Stack stack) {
		answer("{\"data\":{\"ok\":true}}");
		Map<String, Object> args = new LinkedHashMap<>();
		args.put("channel", "#general");
		args.put("thread", null);
		args.put("blocks", List.of(Map.of("text", "ü\"\n")));
		JsonNode data = stack.data(this.client.forUser(TestClients.JWT)).execute(ACTION, args);
		assertThat(data).isEqualTo(JsonMapper.shared().readTree("{\"ok\":true}"));
		Request request = this.server.lastRequest();
		assertThat(request.method()).isEqualTo("POST");
		assertThat(request.path()).isEqualTo("/v1/execute");
		assertThat(JsonMapper.shared().readTree(request.text())).isEqualTo(JsonMapper.shared().readTree("""
				{"action_id":"SLACK_SEND_MESSAGE","args":{"channel":"#general","thread":null,
				 "blocks":[{"text":"ü\\"\\n"}]}}"""));
		assertThat(request.header("Content-Type")).isEqualTo("application/json");
		assertThat(request.header("Authorization")).isEqualTo("Bearer " + TestClients.KEY);
		assertThat(request.header("X-Vendo-User-JWT")).isEqualTo(TestClients.JWT);
		assertThat(request.header("X-Vendo-Connection")).isNull();
		assertThat(request.header("Idempotency-Key"))
			.matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
		assertThat(this.api.count()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenThereAreNoArgumentsThenTheyAreAnEmptyObject(Stack stack) {
		answer("{\"data\":1}");
		assertThat(stack.data(this.client).execute(ACTION, Map.of()).intValue()).isEqualTo(1);
		assertThat(this.server.lastRequest().text()).isEqualTo("{\"action_id\":\"SLACK_SEND_MESSAGE\",\"args\":{}}");
	}

	@Test
	void whenRepeatedThenTheIdempotencyKeyIsTheSameAndAnotherCallHasAnother() {
		AtomicInteger failures = new AtomicInteger(2);
		this.server.respond((request) -> (failures.getAndDecrement() > 0) ? Response.error(503, "upstream_error")
				: Response.json("{\"data\":1}"));
		try (VendoClient retrying = this.client.mutate()
			.retry(RetryPolicy.defaults().withDelays(Duration.ZERO, Duration.ZERO))
			.build()) {
			retrying.data().execute(ACTION, Map.of());
			retrying.data().execute(ACTION, Map.of());
		}
		List<String> keys = this.server.requests()
			.stream()
			.map((request) -> request.header("Idempotency-Key"))
			.toList();
		assertThat(keys).hasSize(4);
		assertThat(keys.subList(0, 3)).containsOnly(keys.get(0));
		assertThat(keys.get(3)).isNotEqualTo(keys.get(0));
	}

	@ParameterizedTest
	@EnumSource
	void whenAConnectionIsPickedThenItIsNamed(Stack stack) {
		answer("{\"data\":1}");
		DataApi all = stack.data(this.client);
		DataApi one = all.forConnection("cn_2");
		one.execute(ACTION, Map.of());
		assertThat(this.server.lastRequest().header("X-Vendo-Connection")).isEqualTo("cn_2");
		one.forConnection("cn_3").execute(ACTION, Map.of());
		assertThat(this.server.lastRequest().headers().get("X-Vendo-Connection")).containsExactly("cn_3");
		all.execute(ACTION, Map.of());
		assertThat(this.server.lastRequest().header("X-Vendo-Connection")).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> all.forConnection(" "));
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> all.forConnection("cn\r\nX-Own: 1").execute(ACTION, Map.of()));
		assertThat(this.server.count()).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource
	void whenTypeIsGivenThenDataIsReadAsIt(Stack stack) {
		answer("{\"data\":[{\"id\":1,\"new\":true}],\"took\":3}");
		DataApi data = stack.data(this.client);
		assertThat(data.execute(ACTION, Map.of(), new ParameterizedTypeReference<List<Message>>() {
		})).containsExactly(new Message(1));
		assertThat(data.execute(ACTION, Map.of(), Message[].class)).containsExactly(new Message(1));
		answer("{\"data\":null}");
		assertThat(data.execute(ACTION, Map.of()).isNull()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void whenApplicationHasItsOwnMapperThenItReadsResultsAndWritesArguments(Stack stack) {
		JsonMapper mapper = JsonMapper.builder()
			.propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
			.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			.build();
		answer("{\"data\":{\"Id\":7}}");
		try (VendoClient own = this.client.mutate().jsonMapper(mapper).build()) {
			assertThat(stack.data(own).execute(ACTION, Map.of("message", new Message(3)), Message.class))
				.isEqualTo(new Message(7));
			assertThat(this.server.lastRequest().text()).contains("\"action_id\":", "\"args\":", "{\"Id\":3}");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenResultIsNotOfTheTypeThenFailsWithoutShowingIt(Stack stack) {
		for (String body : List.of("{\"data\":{\"id\":\"s3cr3t\"}}", "{\"data\":\"s3cr3t\"}", "{\"data\":null}",
				"{\"data\":[\"s3cr3t\"]}")) {
			answer(body);
			assertThatExceptionOfType(UpstreamException.class)
				.isThrownBy(() -> stack.data(this.client).execute(ACTION, Map.of(), Message.class))
				.withMessageContaining("Message")
				.withMessageNotContaining("s3cr3t")
				.withNoCause()
				.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "[]", "null", "7", "{\"result\":1}", "{\"error\":{\"message\":\"x\"}}",
			"{\"data\":1", "<html></html>" })
	void whenAnswerHasNoDataThenFails(String body) {
		answer(body);
		for (Stack stack : Stack.values()) {
			assertThatExceptionOfType(UpstreamException.class)
				.isThrownBy(() -> stack.data(this.client).execute(ACTION, Map.of()))
				.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE));
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenActionFailsWithStatusOkThenThatIsAnErrorToo(Stack stack) {
		answer("{\"error\":\"The channel does not exist\"}");
		assertThatExceptionOfType(UpstreamException.class)
			.isThrownBy(() -> stack.data(this.client).execute(ACTION, Map.of()))
			.withMessageContaining("The channel does not exist")
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.COMPOSIO_ERROR));
	}

	@ParameterizedTest
	@EnumSource
	void whenProviderIsNotConnectedThenErrorNamesIt(Stack stack) {
		this.server.respond((request) -> Response.json(403, "{\"error\":\"binding_missing\",\"toolkit\":\"slack\"}"));
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> stack.data(this.client).execute(ACTION, Map.of()))
			.withMessageContaining("slack")
			.satisfies((ex) -> {
				assertThat(ex.slug()).isEqualTo("slack");
				assertThat(ex.code()).isEqualTo(ErrorCode.BINDING_MISSING);
				assertThat(ex.status()).isEqualTo(403);
			});
	}

	@ParameterizedTest
	@CsvSource({ "400, Unknown action", "403, Forbidden", "404, no such tool", "422, 'Field ''to'' is missing'",
			"500, It broke", "502, tool_crashed" })
	void whenProxySaysAnythingElseThenItIsAnErrorOfTheAction(int status, String text) {
		this.server.respond((request) -> Response.json(status, "{\"error\":\"%s\"}".formatted(text)));
		for (Stack stack : Stack.values()) {
			UpstreamException failure = catchThrowableOfType(UpstreamException.class,
					() -> stack.data(this.client).execute(ACTION, Map.of()));
			assertThat(failure.code()).isEqualTo(ErrorCode.COMPOSIO_ERROR);
			assertThat(failure.status()).isEqualTo(status);
			assertThat(failure.platformMessage()).isEqualTo(text);
		}
	}

	@Test
	void whenErrorHasACodeOfThePlatformThenItKeepsItsMeaning() {
		this.server.respond((request) -> Response.error(401, "app_revoked"));
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> this.client.data().execute(ACTION, Map.of()));
		this.server.respond((request) -> Response.json(429, "{\"error\":\"rate_limited\"}"));
		assertThatExceptionOfType(RateLimitedException.class)
			.isThrownBy(() -> this.client.data().execute(ACTION, Map.of()));
		this.server
			.respond((request) -> Response.json(402, "{\"error\":{\"code\":\"balance_exhausted\",\"message\":\"x\"}}"));
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.client.data().execute(ACTION, Map.of()))
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.BALANCE_EXHAUSTED));
	}

	@Test
	void whenErrorHasAnotherShapeThenItsStatusDecides() {
		this.server.respond((request) -> Response.json(400,
				"{\"message\":\"Invalid request body\",\"errors\":{\"args\":[\"is too long\"]}}"));
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> this.client.data().execute(ACTION, Map.of()))
			.satisfies((ex) -> assertThat(ex.fieldErrors()).containsEntry("args", List.of("is too long")));
		this.server.respond((request) -> Response.json(401, "{\"error\":{\"message\":\"Who are you?\"}}"));
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> this.client.data().execute(ACTION, Map.of()));
		this.server.respond((request) -> Response.status(429));
		assertThatExceptionOfType(RateLimitedException.class)
			.isThrownBy(() -> this.client.data().execute(ACTION, Map.of()));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	void whenActionIsBlankThenFailsBeforeAnyRequest(String action) {
		for (Stack stack : Stack.values()) {
			assertThatExceptionOfType(ValidationException.class)
				.isThrownBy(() -> stack.data(this.client).execute(action, Map.of()));
		}
		assertThat(this.server.count()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenArgumentsCannotBeWrittenThenFailsBeforeAnyRequest(Stack stack) {
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> stack.data(this.client).execute(ACTION, Map.of("bean", new Broken())))
			.withMessageNotContaining("s3cr3t")
			.satisfies((ex) -> assertThat(ex.attempts()).isZero());
		assertThat(this.server.count()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenThereIsNoKeyThenFailsBeforeAnyRequest(Stack stack) {
		try (VendoClient oss = TestClients.oss(this.server.url()).build()) {
			assertThatExceptionOfType(VendoOnlyFeatureException.class)
				.isThrownBy(() -> stack.data(oss).execute(ACTION, Map.of()))
				.withMessageContaining("data.execute");
			assertThatExceptionOfType(VendoOnlyFeatureException.class)
				.isThrownBy(() -> stack.data(oss).forConnection("cn_1").execute("", Map.of(), String.class));
		}
		assertThat(this.server.count()).isZero();
	}

	record Message(int id) {

	}

	static class Broken {

		public String getValue() {
			throw new IllegalStateException("s3cr3t");
		}

	}

}
