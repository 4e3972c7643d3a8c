package run.vendo.test;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import run.vendo.connection.ConnectionStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What goes over the wire: shapes, who may call what, and how often.
 */
@Timeout(60)
class PlatformApiTests {

	private static final String CONNECTION_KEY = "vendo_sk_" + "c".repeat(32);

	private final MutableClock clock = new MutableClock("2026-05-20T12:00:00Z");

	private final VendoPlatform platform = VendoPlatform.builder().clock(this.clock).start();

	PlatformApiTests() {
		this.platform.addConnectionKey(CONNECTION_KEY);
	}

	@AfterEach
	void close() {
		this.platform.close();
	}

	@ParameterizedTest
	@CsvSource({ "GET, /api/v1/balance, 200, 200, 200, 401, 401", "GET, /api/billing/balance, 200, 200, 200, 401, 401",
			"GET, /api/deployments/me/connections, 200, 403, 403, 401, 401",
			"GET, /api/deployments/me/events, 200, 403, 403, 401, 401",
			"GET, /api/cli/balance, 200, 200, 403, 401, 401", "GET, /api/billing/spend-caps, 200, 403, 403, 401, 200",
			"GET, /api/billing/usage?period=day, 200, 403, 403, 401, 200",
			"GET, /api/billing/invoices, 403, 403, 403, 401, 200", "POST, /api/deploy, 403, 403, 403, 401, 400",
			"POST, /api/connections, 201, 403, 403, 401, 201", "POST, /api/integrations/slack, 403, 403, 403, 401, 400",
			"GET, /api/apps, 403, 403, 403, 401, 200", "GET, /api/keys, 403, 403, 403, 401, 200",
			"GET, /api/tenants/me, 403, 403, 403, 401, 200", "GET, /api/user/me, 403, 403, 403, 401, 200",
			"GET, /api/auth/me, 403, 403, 403, 200, 200", "GET, /api/integrations, 200, 200, 200, 200, 200",
			"GET, /api/integrations/slack, 200, 200, 200, 200, 200", "GET, /api/tools/catalog, 200, 200, 200, 200, 200",
			"GET, /api/tools/deployable, 200, 200, 200, 200, 200", "GET, /api/tools/chat, 200, 200, 200, 200, 200",
			"GET, /api/tools/chat/usage-framing, 200, 200, 200, 200, 200",
			"GET, /api/tools/chat/integrations?appId=a, 200, 200, 200, 200, 200",
			"GET, /api/pricing/models, 200, 200, 200, 200, 200",
			"GET, /api/pricing/integrations, 200, 200, 200, 200, 200",
			"GET, /api/pricing/public/slack, 200, 200, 200, 200, 200", "GET, /healthz, 200, 200, 200, 200, 200",
			"GET, /api/nowhere, 404, 404, 404, 404, 404" })
	void shouldLetInWhoMayCall(String method, String path, int appKey, int connectionKey, int jwt, int nobody,
			int session) {
		assertThat(status(method, path, Raw.bearer(this.platform.apiKey()))).isEqualTo(appKey);
		assertThat(status(method, path, Raw.bearer(CONNECTION_KEY))).isEqualTo(connectionKey);
		assertThat(status(method, path, Raw.bearer(this.platform.user("alice").jwt()))).isEqualTo(jwt);
		assertThat(status(method, path)).isEqualTo(nobody);
		assertThat(status(method, path, "Cookie", this.platform.session())).isEqualTo(session);
	}

	private int status(String method, String path, String... headers) {
		return Raw.CLIENT
			.sendAsync(Raw.request(method, this.platform.baseUrl() + path, "{\"slug\":\"notion\"}", headers),
					HttpResponse.BodyHandlers.ofInputStream())
			.join()
			.statusCode();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer vendo_sk_wrong", "Bearer ", "Basic YTpi", "Bearer a.b", "Bearer a.b.c.d" })
	void whenKeyIsNotKnownThenIsUnauthorized(String authorization) {
		HttpResponse<String> response = Raw.get(this.platform.baseUrl() + "/api/deployments/me/connections",
				"Authorization", authorization);
		assertThat(response.statusCode()).isEqualTo(401);
		assertThat(response.headers().firstValue("Vendo-Error-Code")).contains("app_unknown");
		assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
		assertThat(Raw.json(response).path("error").path("code").asString()).isEqualTo("app_unknown");
		assertThat(Raw.json(response).path("error").path("message").asString()).isNotEmpty();
		assertThat(Raw.get(this.platform.credentialsUrl() + "/slack", "Authorization", authorization).statusCode())
			.isEqualTo(401);
		assertThat(Raw.post(this.platform.dataProxyUrl() + "/v1/execute", "{}", "Authorization", authorization)
			.statusCode()).isEqualTo(401);
	}

	@Test
	void whenUserJwtIsNoneThenIsUnauthorized() {
		for (String jwt : List.of("not-a-jwt", "a.b", "a..c")) {
			assertThat(Raw
				.get(this.platform.credentialsUrl() + "/slack",
						Raw.bearer(this.platform.apiKey(), "X-Vendo-User-JWT", jwt))
				.statusCode()).isEqualTo(401);
		}
	}

	@ParameterizedTest
	@CsvSource({ "connected, 200, ", "needs_reauth, 401, connection_needs_reauth", "revoked, 403, connection_revoked",
			"error, 502, upstream_error", "available, 403, binding_missing", "pending_setup, 403, binding_missing" })
	void shouldAnswerForEachStatus(String status, int expected, String code) {
		this.platform.connect("slack");
		this.platform.status("slack", ConnectionStatus.of(status));
		HttpResponse<String> token = Raw.get(this.platform.credentialsUrl() + "/slack",
				Raw.bearer(this.platform.apiKey()));
		HttpResponse<String> action = Raw.post(this.platform.dataProxyUrl() + "/v1/execute",
				"{\"action_id\":\"SLACK_X\"}", Raw.bearer(this.platform.apiKey()));
		assertThat(token.statusCode()).isEqualTo(expected);
		assertThat(action.statusCode()).isEqualTo(expected);
		if (code == null) {
			assertThat(Raw.json(token).propertyNames()).containsExactlyInAnyOrder("access_token", "expires_at",
					"token_type");
			assertThat(Raw.json(action).has("data")).isTrue();
		}
		else {
			assertThat(token.headers().firstValue("Vendo-Error-Code")).contains(code);
			assertThat(Raw.json(token).path("error").asString()).isEqualTo(code);
			assertThat(Raw.json(token).path("detail").asString()).isNotEmpty();
			assertThat(Raw.json(action))
				.isEqualTo(Json.MAPPER.readTree("{\"error\":\"%s\",\"toolkit\":\"slack\"}".formatted(code)));
			assertThat(action.headers().firstValue("Vendo-Error-Code")).isEmpty();
		}
	}

	@Test
	void shouldHandOutTokensAsDocumented() {
		this.platform.connect("slack");
		this.platform.connect("a/b");
		HttpResponse<String> one = Raw.get(this.platform.credentialsUrl() + "/slack",
				Raw.bearer(this.platform.apiKey()));
		assertThat(one.body())
			.isEqualTo("{\"access_token\":\"%s\",\"expires_at\":\"2026-05-20T13:00:00Z\",\"token_type\":\"Bearer\"}"
				.formatted(this.platform.token("slack")));
		assertThat(Raw.get(this.platform.credentialsUrl() + "/a%2Fb", Raw.bearer(this.platform.apiKey())).statusCode())
			.isEqualTo(200);
		HttpResponse<String> bulk = Raw.get(this.platform.credentialsUrl() + "/_bulk?slugs=slack,notion",
				Raw.bearer(this.platform.apiKey()));
		assertThat(bulk.body()).isEqualTo(
				"{\"tokens\":{\"slack\":{\"access_token\":\"%s\",\"expires_at\":\"2026-05-20T13:00:00Z\"},\"notion\":null}}"
					.formatted(this.platform.token("slack")));
		this.platform.tokenLifetime(null);
		this.platform.connect("gmail");
		assertThat(Raw.get(this.platform.credentialsUrl() + "/gmail", Raw.bearer(this.platform.apiKey())).body())
			.contains("\"expires_at\":null");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/_bulk", "/_bulk?slugs=", "/_bulk?slugs=,%20," })
	void whenNoSlugIsAskedForThenIsInvalid(String path) {
		HttpResponse<String> response = Raw.get(this.platform.credentialsUrl() + path,
				Raw.bearer(this.platform.apiKey()));
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.headers().firstValue("Vendo-Error-Code")).contains("validation_failed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[]", "not json", "{}", "{\"action_id\":\" \"}", "{\"action_id\":\"A\",\"args\":[]}" })
	void whenActionIsNoneThenIsInvalid(String body) {
		HttpResponse<String> response = Raw.post(this.platform.dataProxyUrl() + "/v1/execute", body,
				Raw.bearer(this.platform.apiKey()));
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).isEqualTo("{\"error\":\"validation_failed\"}");
	}

	@Test
	void shouldAnswerMoneyAsDocumented() {
		this.platform.spendCaps(null, 20_000_000L);
		this.platform.spend("openai", 1_000_000);
		this.platform.balance(12_500_000);
		assertThat(get("/api/billing/balance")).isEqualTo(Json.MAPPER.readTree("""
				{"credits_remaining_micros":12500000,"currency":"USD","top_up_url":"%s/dashboard/billing"}"""
			.formatted(this.platform.baseUrl())));
		assertThat(get("/api/billing/spend-caps")).isEqualTo(Json.MAPPER.readTree(
				"""
						{"daily_micros":null,"monthly_micros":20000000,"used_today_micros":1000000,"used_month_micros":1000000}"""));
		assertThat(get("/api/v1/balance").toString()).isEqualTo("{\"balance_usd\":12.5,\"tenant_id\":\"t_simulated\"}");
		assertThat(get("/api/cli/balance").toString()).isEqualTo("{\"balance_usd\":12.5}");
		assertThat(
				Raw.get(this.platform.baseUrl() + "/api/billing/usage?period=year", Raw.bearer(this.platform.apiKey()))
					.statusCode())
			.isEqualTo(400);
	}

	private JsonNode get(String path) {
		return Raw.json(Raw.get(this.platform.baseUrl() + path, Raw.bearer(this.platform.apiKey())));
	}

	@Test
	void whenThereIsASessionThenIntegrationsAreABareArray() {
		String uri = this.platform.baseUrl() + "/api/integrations";
		assertThat(Raw.json(Raw.get(uri)).path("integrations").isArray()).isTrue();
		assertThat(Raw.json(Raw.get(uri, "Cookie", this.platform.session())).isArray()).isTrue();
	}

	@Test
	void whenConnectionIsAskedForThenItIsPendingAndMadeOnce() {
		String[] headers = Raw.bearer(this.platform.apiKey(), "Idempotency-Key", "one");
		String uri = this.platform.baseUrl() + "/api/connections";
		HttpResponse<String> first = Raw.post(uri, "{\"slug\":\"notion\"}", headers);
		assertThat(Raw.json(first).path("status").asString()).isEqualTo("pending_setup");
		assertThat(Raw.post(uri, "{\"slug\":\"notion\"}", headers).body()).isEqualTo(first.body());
		HttpResponse<String> other = Raw.post(uri, "{\"slug\":\"slack\"}", headers);
		assertThat(other.statusCode()).isEqualTo(409);
		assertThat(other.headers().firstValue("Vendo-Error-Code")).contains("idempotency_conflict");
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.AVAILABLE);
	}

	@ParameterizedTest
	@CsvSource({ "/api/billing/balance, 60", "/api/v1/balance, 60", "/api/cli/balance, 30" })
	void whenCalledTooOftenThenIsLimitedForTheRestOfTheMinute(String path, int limit) {
		String uri = this.platform.baseUrl() + path;
		String[] headers = Raw.bearer(this.platform.apiKey());
		for (int i = 0; i < limit; i++) {
			HttpResponse<String> response = Raw.get(uri, headers);
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.headers().firstValue("RateLimit-Remaining")).contains(String.valueOf(limit - 1 - i));
		}
		this.clock.advance(Duration.ofMillis(50_500));
		HttpResponse<String> refused = Raw.get(uri, headers);
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(refused.headers().firstValue("Vendo-Error-Code")).contains("rate_limited");
		assertThat(refused.headers().firstValue("Retry-After")).contains("10");
		assertThat(Raw.json(refused).path("error").path("retry_after").intValue()).isEqualTo(10);
		assertThat(Raw.get(this.platform.baseUrl() + "/api/billing/spend-caps", headers).statusCode()).isEqualTo(200);
		this.clock.advance(Duration.ofMillis(9_500));
		assertThat(Raw.get(uri, headers).statusCode()).isEqualTo(200);
	}

	@Test
	void whenLimitsAreOffThenNothingIsLimited() {
		this.platform.rateLimits(false);
		for (int i = 0; i < 61; i++) {
			assertThat(Raw.get(this.platform.baseUrl() + "/api/billing/balance", Raw.bearer(this.platform.apiKey()))
				.statusCode()).isEqualTo(200);
		}
	}

	@Test
	void whenPathIsMalformedThenIsInvalid() {
		assertThat(RawSocket.exchange(this.platform.credentialsUrl(),
				"GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 400 ");
	}

	@Test
	void whenOnlyHeadersAreAskedForThenNoBodyFollows() {
		assertThat(RawSocket.exchange(this.platform.baseUrl(),
				"HEAD /nowhere HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 405 ")
			.contains("\r\n\r\nHTTP/1.1 200 OK\r\n")
			.endsWith("{\"status\":\"ok\"}");
	}

	@Test
	void whenActionFailsThenSaysSoAndGoesOn() {
		this.platform.connect("slack");
		this.platform.onAction("SLACK_X", (args) -> {
			throw new IllegalStateException("of the test");
		});
		HttpResponse<String> response = Raw.post(this.platform.dataProxyUrl() + "/v1/execute",
				"{\"action_id\":\"SLACK_X\"}", Raw.bearer(this.platform.apiKey()));
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(Raw.json(response).path("error").asString()).isNotEmpty();
		this.platform.onAction("SLACK_X", (args) -> Map.of());
		assertThat(Raw
			.post(this.platform.dataProxyUrl() + "/v1/execute", "{\"action_id\":\"SLACK_X\"}",
					Raw.bearer(this.platform.apiKey()))
			.statusCode()).isEqualTo(200);
	}

}
