package run.vendo.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import com.github.tomakehurst.wiremock.http.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.billing.Balance;
import run.vendo.error.ErrorCode;
import run.vendo.error.TransportException;
import run.vendo.error.UpstreamException;
import run.vendo.error.VendoException;

import org.springframework.core.ParameterizedTypeReference;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of 2xx answers that are not what the call promises.
 */
class BadAnswerTests extends AbstractTransportTests {

	static Stream<Arguments> answers() {
		return Stream.of(bad("nothing", "", "an empty body", 1), bad("blank", " \r\n", "an empty body", 1),
				bad("null", "null", "nothing but null", 1),
				bad("HTML", "<!doctype html><html>Sign in to the WiFi</html>", "an HTML page and not JSON", 1),
				bad("HTML after blanks", "\r\n\t <HTML><body>", "an HTML page and not JSON", 1),
				bad("text", "OK", "application/json and not JSON (line 1, column ", 1),
				bad("malformed", "{\"credits_remaining_micros\":1,,}", "and not JSON", 1),
				bad("two values", "{\"credits_remaining_micros\":1}{}", "JSON of another shape", 1),
				bad("not UTF-8", "{\"currency\":\"\u00ff\u00fe\"}", "and not JSON", 1),
				bad("cut in a name", "{\"credits_rem", "JSON that breaks off after 13 bytes", 3),
				bad("cut in a value", "{\"credits_remaining_micros\":12,\"currency\":\"US", "JSON that breaks off", 3),
				bad("cut before the end", "{\"credits_remaining_micros\":12", "JSON that breaks off", 3),
				bad("array", "[]", "JSON of another shape than expected, at its top", 1),
				bad("text instead of object", "\"12\"", "JSON of another shape than expected, at its top", 1),
				bad("text instead of number", "{\"credits_remaining_micros\":\"12\"}", "[\"credits_remaining_micros\"]",
						1),
				bad("fraction", "{\"credits_remaining_micros\":1.5}", "[\"credits_remaining_micros\"]", 1),
				bad("too large a number", "{\"credits_remaining_micros\":99999999999999999999}", "The answer is", 1),
				bad("missing field", "{\"currency\":\"USD\"}", "JSON of another shape", 1),
				bad("null field", "{\"credits_remaining_micros\":null}", "JSON of another shape", 1),
				bad("deep", "[".repeat(100_000), "The answer is", 1),
				bad("deep in an unknown field", "{\"x\":" + "[".repeat(100_000), "The answer is", 1));
	}

	private static Arguments bad(String name, String body, String summary, int attempts) {
		return Arguments.argumentSet(name, body, summary, attempts);
	}

	@ParameterizedTest
	@MethodSource
	void answers(String body, String summary, int attempts) {
		answers(aResponse().withHeader("Content-Type", "application/json")
			.withHeader("X-Request-Id", "req_1")
			.withBody(body.getBytes(StandardCharsets.ISO_8859_1)));
		VendoClient client = client();
		VendoException failure = failureOf(() -> client.billing().balance());
		assertInvalid(failure);
		assertThat(failure).hasMessageContaining(summary)
			.hasMessageContaining("GET " + platformUrl() + "/api/billing/balance");
		assertThat(failure.getMessage().lines().findFirst()).hasValueSatisfying(
				(line) -> assertThat(line).startsWith("UpstreamException 200 invalid_response: The answer is "));
		assertThat(failure.requestId()).isEqualTo("req_1");
		assertThat(failure.attempts()).isEqualTo(attempts);
		assertThat(requests()).hasSize(attempts);
	}

	private static void assertInvalid(VendoException failure) {
		assertThat(failure).isExactlyInstanceOf(UpstreamException.class);
		assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_RESPONSE);
		assertThat(failure.status()).isEqualTo(200);
		for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
			assertThat(cause.getClass().getName()).doesNotContain("jackson");
		}
	}

	static Stream<Arguments> calls() {
		return Stream.of(call("connections.list", (client) -> client.connections().list()),
				call("integrations.list", (client) -> client.integrations().list()),
				call("integrations.get", (client) -> client.integrations().get("slack")),
				call("billing.spendCaps", (client) -> client.billing().spendCaps()),
				call("billing.usage", (client) -> client.billing().usage(run.vendo.billing.Period.DAY)),
				call("token", (client) -> client.token("slack")),
				call("tokens", (client) -> client.tokens(List.of("slack", "gmail"))),
				call("data.execute", (client) -> client.data().execute("SLACK_SEND", Map.of())),
				call("http tree", (client) -> client.http().get("/x").retrieve(JsonNode.class)),
				call("http type", (client) -> client.http().get("/x").retrieve(Balance.class)),
				call("http generic type",
						(client) -> client.http()
							.get("/x")
							.retrieve(new ParameterizedTypeReference<Map<String, String>>() {
							})));
	}

	private static Arguments call(String name, Consumer<VendoClient> call) {
		return Arguments.argumentSet(name, call);
	}

	@ParameterizedTest
	@MethodSource("calls")
	void whenAnyCallGetsAnHtmlPageShouldRaiseInvalidResponse(Consumer<VendoClient> call) {
		answers(aResponse().withHeader("Content-Type", "text/html").withBody("<html>Sign in</html>"));
		VendoClient client = client();
		VendoException failure = failureOf(() -> call.accept(client));
		assertInvalid(failure);
		assertThat(failure).hasMessageContaining("an HTML page");
		assertThat(failure.responseBody()).isEqualTo("<html>Sign in</html>");
	}

	@ParameterizedTest
	@MethodSource("calls")
	void whenAnyCallGetsNothingShouldRaiseInvalidResponse(Consumer<VendoClient> call) {
		answers(status(200));
		VendoClient client = client();
		VendoException failure = failureOf(() -> call.accept(client));
		assertInvalid(failure);
		assertThat(failure).hasMessageContaining("an empty body");
	}

	@ParameterizedTest
	@MethodSource("calls")
	void whenAnyCallGetsHalfAnAnswerShouldRepeatAndRaiseInvalidResponse(Consumer<VendoClient> call) {
		RawServer server = RawServer.sending("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
				+ "Content-Length: 500\r\n\r\n{\"access_token\":\"ya29.half-of-a-token");
		VendoClient client = client(server);
		VendoException failure = failureOf(() -> call.accept(client));
		assertInvalid(failure);
		assertThat(failure).hasMessageContaining("breaks off");
		assertThat(failure.attempts()).isEqualTo(3);
		assertThat(server.requests()).hasSize(3);
		assertThat(failure.toString() + failure.responseBody()).doesNotContain("ya29");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"access_token\":\"ya29.half-of-a-tok", "{\"access_token\":{\"a\":\"ya29.x\"}}",
			"ya29.bare-token", "[\"ya29.in-array\"]", "{\"token\":\"ya29.other-name\"}" })
	void whenTokenCannotBeReadShouldKeepNothingOfTheAnswer(String body) {
		answers(json(200, body));
		VendoClient client = client();
		VendoException failure = failureOf(() -> client.token("slack"));
		assertInvalid(failure);
		assertThat(failure.slug()).isEqualTo("slack");
		assertThat(failure.responseBody()).isNull();
		assertThat(failure.toString()).doesNotContain("ya29");
	}

	@Test
	void whenSecondAnswerIsWholeShouldReturnIt() {
		VendoClient client = client(RawServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"credits");
				return;
			}
			exchange.sendJson(BALANCE);
		}));
		assertThat(client.billing().balance().creditsRemainingMicros()).isEqualTo(12_500_000);
	}

	@Test
	void whenConnectionIsResetInTheMiddleShouldRepeat() {
		VendoClient client = client(RawServer.start((exchange) -> {
			exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"credits");
			exchange.reset();
		}));
		VendoException failure = failureOf(() -> client.billing().balance());
		assertThat(failure).isInstanceOf(UpstreamException.class);
		assertThat(failure.code()).isIn(ErrorCode.INVALID_RESPONSE, ErrorCode.UPSTREAM_ERROR);
		assertThat(failure.attempts()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "zz\r\n{}\r\n0\r\n\r\n", "5\r\n{\"a\":", "-1\r\n{}\r\n0\r\n\r\n" })
	void whenChunksAreWrongShouldRaiseInvalidResponse(String body) {
		VendoClient client = client(RawServer
			.sending("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + body));
		VendoException failure = failureOf(() -> client.billing().balance());
		assertThat(failure).isInstanceOf(UpstreamException.class);
		assertThat(failure.attempts()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "EMPTY_RESPONSE", "RANDOM_DATA_THEN_CLOSE", "CONNECTION_RESET_BY_PEER",
			"MALFORMED_RESPONSE_CHUNK" })
	void whenAnswerIsGarbageShouldRaiseUpstream(Fault fault) {
		answers(aResponse().withFault(fault));
		VendoClient client = client();
		VendoException failure = failureOf(() -> client.billing().balance());
		assertThat(failure).isInstanceOf(UpstreamException.class);
		assertThat(failure.attempts()).isEqualTo(3);
	}

	@Test
	void whenAnswerIsLargerThanEightMebibytesShouldRefuseIt() {
		int limit = 8 * 1024 * 1024;
		answers(aResponse().withBody(sized(limit + 1)));
		VendoClient client = client();
		VendoException failure = failureOf(() -> client.http().get("/x").retrieve(byte[].class));
		assertInvalid(failure);
		assertThat(failure).hasMessageContaining("larger than 8,388,608 bytes")
			.hasMessageContaining("vendo.http.max-body-size");
		assertThat(failure.attempts()).isEqualTo(1);
		answers(aResponse().withBody(sized(limit)));
		assertThat(client.http().get("/x").retrieve(byte[].class)).hasSize(limit);
	}

	@Test
	void shouldFollowConfiguredBodySize() {
		answers(json(200, new String(sized(101), StandardCharsets.US_ASCII)));
		VendoClient small = closing(builder().maxBodySize(100).build());
		assertInvalid(failureOf(() -> small.http().get("/x").retrieve(JsonNode.class)));
		answers(json(200, new String(sized(100), StandardCharsets.US_ASCII)));
		assertThat(small.http().get("/x").retrieve(JsonNode.class).isString()).isTrue();
	}

	@Test
	void whenDerivedClientAllowsLargerAnswersShouldDecodeThem() {
		answers(aResponse().withHeader("Content-Type", "application/json").withBody(sized(600_000)));
		VendoClient small = closing(builder().maxBodySize(300_000).build());
		VendoClient large = closing(small.mutate().maxBodySize(700_000).build());
		assertThat(large.http().get("/x").retrieve(new ParameterizedTypeReference<Object>() {
		})).asString().hasSize(599_998);
		assertInvalid(failureOf(() -> small.http().get("/x").retrieve(Object.class)));
	}

	@Test
	void whenDerivedClientAllowsMoreThanASmallBoundShouldDecodeThatToo() {
		answers(json(200, "{\"a\":\"" + "x".repeat(100_000) + "\"}"));
		VendoClient small = closing(builder().maxBodySize(1024).build());
		VendoClient large = closing(small.mutate().maxBodySize(200_000).build());
		assertThat(large.http().get("/x").retrieve(Object.class)).asString().hasSize(100_004);
		assertThat(large.http().get("/x").retrieve(Object.class)).asString().hasSize(100_004);
		assertInvalid(failureOf(() -> small.http().get("/x").retrieve(Object.class)));
	}

	@Test
	void whenCompressedAnswerGrowsBeyondTheBoundShouldRefuseIt() throws Exception {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
			gzip.write(sized(20_000_000));
		}
		answers(aResponse().withHeader("Content-Encoding", "gzip")
			.withHeader("Content-Type", "application/json")
			.withBody(compressed.toByteArray()));
		VendoClient client = client();
		assertInvalid(failureOf(() -> client.http().get("/x").retrieve(JsonNode.class)));
	}

	@Test
	void whenBodyIsEndlessShouldRefuseItWithoutWaitingForItsEnd() {
		byte[] much = new byte[64 * 1024];
		VendoClient client = client(RawServer.start((exchange) -> {
			exchange.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
			while (true) {
				exchange.send(much);
			}
		}));
		VendoException failure = failureOf(() -> client.billing().balance());
		assertInvalid(failure);
		assertThat(failure).hasMessageContaining("larger than");
	}

	@Test
	void whenContentTypeIsNonsenseShouldReadJsonAllTheSame() {
		answers(aResponse().withHeader("Content-Type", "what ever").withBody(BALANCE));
		assertThat(client().billing().balance().currency()).isEqualTo("USD");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json; charset=nope", "what ever", "" })
	void whenContentTypeSaysNothingShouldReadJsonOfAnyKindAllTheSame(String type) {
		answers(type.isEmpty() ? aResponse().withBody(BALANCE)
				: aResponse().withHeader("Content-Type", type).withBody(BALANCE));
		VendoClient client = client();
		assertThat(client.billing().balance().currency()).isEqualTo("USD");
		assertThat(client.http().get("/x").retrieve(Object.class)).asString().contains("currency=USD");
		assertThat(client.http().get("/x").retrieve(String.class)).isEqualTo(BALANCE);
		assertThat(client.http().get("/x").toEntity(Object.class).getHeaders().getFirst("Content-Type"))
			.isEqualTo(type.isEmpty() ? null : type);
		answers(aResponse().withHeader("Content-Type", "text/html; charset=nope").withBody("<html></html>"));
		assertInvalid(failureOf(() -> client.http().get("/x").retrieve(Object.class)));
	}

	@Test
	void whenTypeFitsNoCodecShouldRaiseInvalidResponse() {
		answers(aResponse().withHeader("Content-Type", "application/unheard-of").withBody("x"));
		VendoClient client = client();
		VendoException failure = failureOf(() -> client.http().get("/x").retrieve(Balance.class));
		assertInvalid(failure);
		assertThat(failure).hasMessageContaining("application/unheard-of that cannot be read as run.vendo.billing");
	}

	@Test
	void whenStatusLineIsHttpButHeadersAreEndlessShouldNotHang() {
		VendoClient client = client(RawServer.start((exchange) -> {
			exchange.send("HTTP/1.1 200 OK\r\n");
			for (int i = 0; i < 100_000; i++) {
				exchange.send("X-Padding-" + i + ": " + "x".repeat(1000) + "\r\n");
			}
		}));
		assertThat(failureOf(() -> client.billing().balance())).isInstanceOf(TransportException.class);
	}

	private static byte[] sized(int bytes) {
		byte[] json = "x".repeat(bytes).getBytes(StandardCharsets.US_ASCII);
		json[0] = '"';
		json[bytes - 1] = '"';
		return json;
	}

}
