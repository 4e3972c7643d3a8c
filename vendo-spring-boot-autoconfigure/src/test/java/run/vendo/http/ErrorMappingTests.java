package run.vendo.http;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.VendoClient;
import run.vendo.error.AuthException;
import run.vendo.error.BalanceExhaustedException;
import run.vendo.error.ConflictException;
import run.vendo.error.ErrorCode;
import run.vendo.error.ForbiddenException;
import run.vendo.error.IdempotencyConflictException;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.NotFoundException;
import run.vendo.error.RateLimitedException;
import run.vendo.error.ServerException;
import run.vendo.error.SpendCapExceededException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what error answers become, whichever of their shapes they have.
 */
class ErrorMappingTests extends AbstractTransportTests {

	static Stream<Arguments> codes() {
		return Stream.of(Arguments.of("app_unknown", AuthException.class),
				Arguments.of("app_revoked", AuthException.class), Arguments.of("app_expired", AuthException.class),
				Arguments.of("auth", AuthException.class), Arguments.of("binding_missing", NotConnectedException.class),
				Arguments.of("connection_revoked", NotConnectedException.class),
				Arguments.of("not_connected", NotConnectedException.class),
				Arguments.of("connection_needs_reauth", NeedsReauthException.class),
				Arguments.of("needs_reauth", NeedsReauthException.class),
				Arguments.of("balance_exhausted", BalanceExhaustedException.class),
				Arguments.of("INSUFFICIENT_CREDITS", BalanceExhaustedException.class),
				Arguments.of("BILLING_NOT_SETUP", BalanceExhaustedException.class),
				Arguments.of("spend_cap_daily", SpendCapExceededException.class),
				Arguments.of("spend_cap_monthly", SpendCapExceededException.class),
				Arguments.of("spend_cap_exceeded", SpendCapExceededException.class),
				Arguments.of("upstream_rate_limited", RateLimitedException.class),
				Arguments.of("rate_limited", RateLimitedException.class),
				Arguments.of("rate_limit_sse_streams", RateLimitedException.class),
				Arguments.of("rate_limit_of_tomorrow", RateLimitedException.class),
				Arguments.of("upstream_error", UpstreamException.class),
				Arguments.of("upstream", UpstreamException.class),
				Arguments.of("composio_error", UpstreamException.class),
				Arguments.of("validation_failed", ValidationException.class),
				Arguments.of("validation", ValidationException.class),
				Arguments.of("idempotency_conflict", IdempotencyConflictException.class));
	}

	@ParameterizedTest
	@MethodSource("codes")
	void whenCodeIsInHeaderShouldMapByIt(String code, Class<? extends VendoException> type) {
		answers(json(418, "{\"error\":{\"code\":\"other\",\"message\":\"No\"}}").withHeader("Vendo-Error-Code", code));
		assertMapped(code, type);
	}

	@ParameterizedTest
	@MethodSource("codes")
	void whenCodeIsInErrorObjectShouldMapByIt(String code, Class<? extends VendoException> type) {
		answers(json(418, "{\"error\":{\"code\":\"%s\",\"message\":\"No\"}}".formatted(code)));
		assertMapped(code, type);
	}

	@ParameterizedTest
	@MethodSource("codes")
	void whenCodeIsBesideTheMessageShouldMapByIt(String code, Class<? extends VendoException> type) {
		answers(json(418, "{\"message\":\"No\",\"code\":\"%s\"}".formatted(code)));
		assertMapped(code, type);
	}

	@ParameterizedTest
	@MethodSource("codes")
	void whenErrorIsAWordWithUnderscoresShouldMapByIt(String code, Class<? extends VendoException> type) {
		answers(json(418, "{\"error\":\"%s\",\"detail\":\"No\"}".formatted(code)));
		if (code.contains("_")) {
			assertMapped(code, type);
		}
		else {
			assertThat(failure().code()).isNull();
		}
	}

	private void assertMapped(String code, Class<? extends VendoException> type) {
		VendoException failure = failure();
		assertThat(failure).isExactlyInstanceOf(type);
		assertThat(failure.code()).isEqualTo(new ErrorCode(code));
		assertThat(failure.status()).isEqualTo(418);
		assertThat(failure).hasMessageStartingWith(type.getSimpleName() + " 418 " + code);
	}

	static Stream<Arguments> shapes() {
		return Stream.of(
				shape("all fields", 403, "{\"error\":{\"code\":\"binding_missing\",\"message\":\"Not connected\"}}",
						NotConnectedException.class, "binding_missing", "Not connected"),
				shape("message alone", 500, "{\"error\":{\"message\":\"Boom\"}}", ServerException.class, null, "Boom"),
				shape("flat with code", 409, "{\"message\":\"Taken\",\"code\":\"SLUG_TAKEN\"}", ConflictException.class,
						"SLUG_TAKEN", "Taken"),
				shape("flat without code", 404, "{\"message\":\"No such thing\",\"path\":\"/x\"}",
						NotFoundException.class, null, "No such thing"),
				shape("flat known code", 402, "{\"message\":\"Top up\",\"code\":\"BILLING_NOT_SETUP\"}",
						BalanceExhaustedException.class, "BILLING_NOT_SETUP", "Top up"),
				shape("text and detail", 401, "{\"error\":\"app_expired\",\"detail\":\"Expired in May\"}",
						AuthException.class, "app_expired", "Expired in May"),
				shape("text", 403, "{\"error\":\"Go away\"}", ForbiddenException.class, null, "Go away"),
				shape("one word", 403, "{\"error\":\"forbidden\"}", ForbiddenException.class, null, "forbidden"),
				shape("unknown word", 403, "{\"error\":\"tool_unreleased\"}", ForbiddenException.class,
						"tool_unreleased", "tool_unreleased"),
				shape("reason", 422, "{\"ok\":false,\"reason\":\"too short\"}", ValidationException.class, null,
						"too short"),
				shape("field errors", 400, "{\"message\":\"Invalid request body\",\"errors\":{\"name\":[\"short\"]}}",
						ValidationException.class, null, "Invalid request body"),
				shape("HTML", 502, "<!DOCTYPE html><html><body>Bad gateway</body></html>", UpstreamException.class,
						null, null),
				shape("nothing", 504, "", UpstreamException.class, null, null),
				shape("cut JSON", 500, "{\"error\":{\"code\":\"valid", ServerException.class, null, null),
				shape("array", 500, "[1,2]", ServerException.class, null, null),
				shape("null", 500, "null", ServerException.class, null, null),
				shape("bare text", 500, "\"validation_failed\"", ServerException.class, null, null),
				shape("wrong types", 400, "{\"error\":{\"code\":7,\"message\":{},\"slug\":[],\"retry_after\":{}}}",
						ValidationException.class, null, null),
				shape("nulls", 400, "{\"error\":{\"code\":null,\"message\":null,\"connect_url\":null}}",
						ValidationException.class, null, null),
				shape("blank code", 401, "{\"error\":{\"code\":\" \",\"message\":\"\"}}", AuthException.class, null,
						null),
				shape("deep", 400, "[".repeat(5000), ValidationException.class, null, null));
	}

	private static Arguments shape(String name, int status, String body, Class<?> type, String code, String message) {
		return Arguments.argumentSet(name, status, body, type, code, message);
	}

	@ParameterizedTest
	@MethodSource("shapes")
	void shouldReadEveryShape(int status, String body, Class<?> type, String code, String message) {
		answers(json(status, body));
		VendoException failure = failure();
		assertThat(failure).isExactlyInstanceOf(type).hasNoCause();
		assertThat(failure.status()).isEqualTo(status);
		assertThat(failure.code()).isEqualTo((code != null) ? new ErrorCode(code) : null);
		assertThat(failure.platformMessage()).isEqualTo(message);
		assertThat(failure).hasMessageContaining("request: GET " + platformUrl() + "/api/billing/balance");
		if (body.isEmpty()) {
			assertThat(failure.responseBody()).isNull();
		}
		else {
			assertThat(failure.responseBody()).startsWith(body.substring(0, 1)).hasSizeLessThanOrEqualTo(body.length());
		}
	}

	@ParameterizedTest
	@CsvSource({ "400,ValidationException", "422,ValidationException", "401,AuthException",
			"402,BalanceExhaustedException", "403,ForbiddenException", "404,NotFoundException", "409,ConflictException",
			"429,RateLimitedException", "500,ServerException", "501,ServerException", "502,UpstreamException",
			"503,UpstreamException", "504,UpstreamException", "599,ServerException", "405,VendoException",
			"418,VendoException", "304,VendoException", "600,VendoException", "999,VendoException" })
	void whenCodeIsUnknownShouldMapByStatusAndKeepIt(int status, String type) {
		answers(status(status).withHeader("Vendo-Error-Code", "code_of_tomorrow"));
		VendoException failure = failure();
		assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
		assertThat(failure.code()).isEqualTo(new ErrorCode("code_of_tomorrow"));
		assertThat(failure.status()).isEqualTo(status);
	}

	@Test
	void whenHeaderAndBodyDifferShouldFollowTheHeader() {
		answers(json(403, "{\"error\":\"validation_failed\",\"detail\":\"No\"}").withHeader("Vendo-Error-Code",
				"connection_revoked"));
		assertThat(failure()).isInstanceOf(NotConnectedException.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "has blanks in it", "<script>", " " })
	void whenHeaderIsNoCodeShouldFollowTheBody(String header) {
		answers(json(403, "{\"error\":\"connection_revoked\"}").withHeader("Vendo-Error-Code", header));
		assertThat(failure()).isInstanceOf(NotConnectedException.class);
	}

	@Test
	void shouldGiveWhatTheAnswerSays() {
		answers(json(403, """
				{"error":{"code":"connection_needs_reauth","message":"Slack was signed out","slug":"slack",\
				"connect_url":"https://vendo.run/connections/connect/slack","retry_after":12,\
				"suggested_fix":"Sign in again"}}""").withHeader("X-Request-Id", "req_1")
			.withHeader("Vendo-Error-Id", "err_1"));
		VendoException failure = failure();
		assertThat(failure.slug()).isEqualTo("slack");
		assertThat(failure.connectUrl()).isEqualTo(URI.create("https://vendo.run/connections/connect/slack"));
		assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(12));
		assertThat(failure.suggestedFix()).isEqualTo("Sign in again");
		assertThat(failure.platformMessage()).isEqualTo("Slack was signed out");
		assertThat(failure.requestId()).isEqualTo("req_1");
		assertThat(failure.errorId()).isEqualTo("err_1");
		assertThat(failure.requestSummary()).isEqualTo("GET " + platformUrl() + "/api/billing/balance");
		assertThat(failure.attempts()).isEqualTo(1);
		assertThat(failure.getMessage().lines()).containsExactly("NeedsReauthException 403 connection_needs_reauth",
				"  request: GET " + platformUrl() + "/api/billing/balance", "  slug: slack",
				"  platform: Slack was signed out", "  next: Sign in again", "  request id: req_1",
				"  error id: err_1");
	}

	@ParameterizedTest
	@CsvSource({ "Vendo-Request-Id", "X-Request-Id", "Request-Id", "CF-Ray" })
	void shouldFindTheRequestId(String header) {
		answers(status(401).withHeader(header, "7d1f"));
		assertThat(failure().requestId()).isEqualTo("7d1f");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "javascript:alert(1)", "/connect", "https://", "mailto:x@y", "not a url", "file:///etc/x" })
	void whenConnectUrlLeadsNowhereShouldHaveNone(String url) {
		answers(json(403, "{\"error\":{\"code\":\"not_connected\",\"connect_url\":\"%s\"}}".formatted(url)));
		assertThat(failure().connectUrl()).isNull();
	}

	@Test
	void whenCallIsAboutASlugShouldNameItEvenWhenTheBodyDoesNot() {
		answers(json(404, "{\"error\":\"provider_unknown\",\"detail\":\"?\"}"));
		VendoClient client = client();
		VendoException failure = failureOf(() -> client.token("notion"));
		assertThat(failure).isExactlyInstanceOf(NotFoundException.class);
		assertThat(failure.slug()).isEqualTo("notion");
		assertThat(failure.code()).isEqualTo(new ErrorCode("provider_unknown"));
		assertThat(failure).hasMessageContaining("slug: notion");
	}

	@ParameterizedTest
	@CsvSource({ "400,validation_failed,ValidationException", "401,app_unknown,AuthException",
			"401,app_revoked,AuthException", "401,app_expired,AuthException",
			"401,connection_needs_reauth,NeedsReauthException", "403,binding_missing,NotConnectedException",
			"403,connection_revoked,NotConnectedException", "404,provider_unknown,NotFoundException",
			"500,profile_unsupported,ServerException", "502,upstream_error,UpstreamException" })
	void shouldReadEveryErrorOfTheCredentialsWorker(int status, String code, String type) {
		answers(json(status, "{\"error\":\"Something\",\"detail\":\"What it was\"}").withHeader("Vendo-Error-Code",
				code));
		VendoClient client = client();
		VendoException failure = failureOf(() -> client.token("slack"));
		assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
		assertThat(failure.code()).isEqualTo(new ErrorCode(code));
		assertThat(failure.slug()).isEqualTo("slack");
		assertThat(failure.platformMessage()).isEqualTo("What it was");
		assertThat(failure.attempts()).isEqualTo((status >= 500) ? 3 : 1);
	}

	@Test
	void whenDataProxyNamesToolkitShouldBeNotConnectedToIt() {
		answers(json(403, "{\"error\":\"binding_missing\",\"toolkit\":\"slack\"}"));
		VendoClient client = client();
		NotConnectedException failure = failureOf(NotConnectedException.class,
				() -> client.data().execute("SLACK_SEND", Map.of()));
		assertThat(failure.slug()).isEqualTo("slack");
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 404, 500, 502 })
	void whenDataProxyGivesATextShouldBeUpstream(int status) {
		answers(json(status, "{\"error\":\"Channel not found\"}"));
		VendoClient client = client();
		UpstreamException failure = failureOf(UpstreamException.class,
				() -> client.data().execute("SLACK_SEND", Map.of()));
		assertThat(failure.code()).isEqualTo(ErrorCode.COMPOSIO_ERROR);
		assertThat(failure.platformMessage()).isEqualTo("Channel not found");
	}

	@Test
	void shouldGiveWhatIsWrongWithSingleFields() {
		answers(json(400,
				"{\"message\":\"Invalid request body\",\"errors\":{\"name\":[\"too short\",\"not unique\"],"
						+ "\"size\":\"negative\",\"more\":{\"deep\":1},\"key\":[\"vendo_sk_" + "a".repeat(32)
						+ " is bad\"]}}"));
		ValidationException failure = failureOf(ValidationException.class, () -> client().billing().balance());
		assertThat(failure.fieldErrors()).containsEntry("name", List.of("too short", "not unique"))
			.containsEntry("size", List.of("negative"))
			.containsEntry("more", List.of("{\"deep\":1}"))
			.containsEntry("key", List.of("*** is bad"));
	}

	@Test
	void shouldKeepEightKibibytesOfTheBody() {
		answers(aResponse().withStatus(500).withBody("é".repeat(20_000)));
		String body = failure().responseBody();
		assertThat(body).endsWith("é…");
		assertThat(body.getBytes(java.nio.charset.StandardCharsets.UTF_8)).hasSizeBetween(8190, 8192);
	}

	@Test
	void whenErrorBodyIsEndlessShouldReadOnlyItsBeginning() {
		byte[] page = "<html>again and again".repeat(50).getBytes();
		VendoClient client = client(RawServer.start((exchange) -> {
			exchange.send("HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n");
			while (true) {
				exchange.send(page);
			}
		}));
		assertThat(failureOf(() -> client.billing().balance())).isInstanceOf(NotFoundException.class)
			.extracting(VendoException::responseBody)
			.asString()
			.startsWith("<html>again")
			.hasSizeLessThanOrEqualTo(8192);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"retry_after\":12", "\"retry_after\":1", "\"slug\":\"sla", "\"slug\":\"slack\"",
			"\"more\":[1,[2,{\"a\":3", "\"more\":tru", "\"mo" })
	void whenErrorBodyIsCutShouldReadWhatCameBeforeAndNoHalfValue(String end) {
		int limit = 64 * 1024;
		String start = "{\"error\":{\"code\":\"connection_revoked\",\"message\":\"No more\",\"pad\":\"";
		String padding = "p".repeat(limit - start.length() - 2 - end.length());
		answers(json(418, start + padding + "\"," + end + "000\",\"code\":\"auth\"}}"));
		VendoException failure = failure();
		assertThat(failure).isInstanceOf(NotConnectedException.class);
		assertThat(failure.platformMessage()).isEqualTo("No more");
		assertThat(failure.retryAfter()).isNull();
		assertThat(failure.slug()).isNull();
	}

	@Test
	void whenErrorBodyBreaksOffShouldMapByStatus() {
		VendoClient client = client(RawServer.sending(
				"HTTP/1.1 403 Forbidden\r\nVendo-Error-Code: connection_revoked\r\nContent-Length: 99\r\n\r\n{\"er"));
		assertThat(failureOf(() -> client.billing().balance())).isInstanceOf(NotConnectedException.class);
	}

	@Test
	void whenPlatformRepeatsSecretsShouldMaskThemEverywhere() {
		String text = "Bearer " + KEY + " and " + JWT + " and access_token=ya29.secret";
		answers(json(401,
				("{\"error\":{\"code\":\"app_unknown\",\"message\":\"%s\",\"suggested_fix\":\"%s\","
						+ "\"slug\":\"%s\",\"credential\":{\"x\":\"ya29.secret\"}},\"access_token\":\"ya29.secret\"}")
					.formatted(text, text, text))
			.withHeader("X-Request-Id", KEY)
			.withHeader("Vendo-Error-Id", JWT));
		assertNoSecret(failureOf(() -> client().forUser(JWT).billing().balance()), KEY, JWT, "ya29.secret");
	}

	@Test
	void whenPlatformRepeatsAnOpaqueUserTokenShouldMaskItToo() {
		String opaque = "opaque user token 42";
		answers(json(401, "{\"error\":{\"code\":\"" + opaque.replace(' ', '_') + "\",\"message\":\"" + opaque
				+ " is not valid\"},\"sent\":\"" + opaque + "\"}")
			.withHeader("X-Request-Id", opaque));
		assertNoSecret(failureOf(() -> client().forUser(opaque).billing().balance()), opaque);
	}

	private static void assertNoSecret(VendoException failure, String... secrets) {
		assertThat(List.of(failure.toString(), String.valueOf(failure.responseBody()),
				String.valueOf(failure.platformMessage()), String.valueOf(failure.suggestedFix()),
				String.valueOf(failure.slug()), String.valueOf(failure.requestId()), String.valueOf(failure.errorId())))
			.allSatisfy((text) -> assertThat(text).doesNotContain(secrets));
		assertThat(failure.responseBody()).contains("***");
		assertThat(failure.platformMessage()).contains("***");
	}

	@Test
	void whenPlatformMessageHasLinesShouldNotForgeOurs() {
		answers(json(400, "{\"message\":\"one\\n  request id: forged\\u2028two\"}").withHeader("X-Request-Id",
				"req_1"));
		assertThat(failure().getMessage().lines().filter((line) -> line.contains("request id:")).skip(1))
			.containsExactly("  request id: req_1");
		assertThat(failure().getMessage().lines()).contains("  platform: one   request id: forged two");
	}

	@Test
	void whenQueryHoldsSecretsShouldNotBeInTheSummary() {
		answers(status(404));
		VendoException failure = failureOf(() -> client().http()
			.get("/api/tools/{slug}/integrations?appId=s3cret&code", "slack")
			.query("state", "s3cret")
			.query("limit", 5)
			.toBodilessEntity());
		assertThat(failure.requestSummary())
			.isEqualTo("GET " + platformUrl() + "/api/tools/slack/integrations?appId=***&code&state=***&limit=5");
		assertThat(failure.toString()).doesNotContain("s3cret");
	}

	private VendoException failure() {
		VendoClient client = client();
		return failureOf(() -> client.billing().balance());
	}

}
