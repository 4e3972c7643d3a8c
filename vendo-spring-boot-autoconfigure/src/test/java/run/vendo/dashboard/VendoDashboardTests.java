package run.vendo.dashboard;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

import run.vendo.VendoClient;
import run.vendo.billing.Period;
import run.vendo.error.AuthException;
import run.vendo.error.ErrorCode;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.http.RetryPolicy;
import run.vendo.http.VendoJson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link VendoDashboard} and {@link ReactiveVendoDashboard}.
 */
class VendoDashboardTests {

	private static final String COOKIE = "vendo_session=s3cr3t-session-value";

	private static final String MINTED = "vendo_sk_mintedMINTED0123456789abcdefghij";

	@AutoClose
	private final StubServer server = StubServer.start();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.server.url()).build();

	private final VendoDashboard dashboard = this.client.dashboard(COOKIE);

	private void answer(int status, String body) {
		this.server.respond((request) -> Response.json(status, body));
	}

	static Stream<Arguments> calls() {
		DeployRequest deploy = DeployRequest.of("n8n", "acme");
		return Stream.of(
				call("POST /api/deploy", "{\"toolSlug\":\"n8n\",\"tenantSlug\":\"acme\"}", "{\"deploymentId\":\"d1\"}",
						(board) -> board.deploy(deploy), (board) -> board.deploy(deploy)),
				call("GET /api/deployments/d%2F1", "", "{}", (board) -> board.deployment("d/1"),
						(board) -> board.deployment("d/1")),
				call("POST /api/deployments/d1/restart", "", "", (board) -> run(() -> board.restart("d1")),
						(board) -> board.restart("d1")),
				call("POST /api/deployments/d1/suspend", "", "", (board) -> run(() -> board.suspend("d1")),
						(board) -> board.suspend("d1")),
				call("POST /api/deployments/d1/resume", "", "{\"ok\":true}", (board) -> run(() -> board.resume("d1")),
						(board) -> board.resume("d1")),
				call("POST /api/deployments/d1/destroy", "", "", (board) -> run(() -> board.destroy("d1")),
						(board) -> board.destroy("d1")),
				call("GET /api/deployments/d1/usage?range=7d", "", "{}",
						(board) -> board.deploymentUsage("d1", UsageRange.WEEK),
						(board) -> board.deploymentUsage("d1", UsageRange.WEEK)),
				call("GET /api/apps", "", "[{\"id\":\"a\"}]", VendoDashboard::apps, ReactiveVendoDashboard::apps),
				call("PATCH /api/apps/a", "{\"name\":\"New\",\"daily_micros\":null,\"monthly_micros\":5}", "{}",
						(board) -> board.updateApp("a", AppUpdate.create().name("New").dailyCap(null).monthlyCap(5L)),
						(board) -> board.updateApp("a", AppUpdate.create().name("New").dailyCap(null).monthlyCap(5L))),
				call("POST /api/apps/a/keys", "", "{\"key\":\"" + MINTED + "\"}", (board) -> board.mintAppKey("a"),
						(board) -> board.mintAppKey("a")),
				call("GET /api/apps/a/bindings", "", "{\"bindings\":[]}", (board) -> board.bindings("a"),
						(board) -> board.bindings("a")),
				call("POST /api/apps/a/bindings", "{\"slug\":\"slack\"}", "{}",
						(board) -> board.createBinding("a", Map.of("slug", "slack")),
						(board) -> board.createBinding("a", Map.of("slug", "slack"))),
				call("PUT /api/apps/a/bindings", "{\"slug\":\"slack\"}", "{}",
						(board) -> board.swapBinding("a", Map.of("slug", "slack")),
						(board) -> board.swapBinding("a", Map.of("slug", "slack"))),
				call("GET /api/keys", "", "{\"keys\":[]}", VendoDashboard::keys, ReactiveVendoDashboard::keys),
				call("DELETE /api/keys/k1", "", "", (board) -> run(() -> board.revokeKey("k1")),
						(board) -> board.revokeKey("k1")),
				call("POST /api/connections/c1/keys", "", "{\"data\":{\"x\":\"" + MINTED + "\"}}",
						(board) -> board.mintConnectionKey("c1"), (board) -> board.mintConnectionKey("c1")),
				call("GET /api/integrations", "", "[{\"slug\":\"slack\"}]", VendoDashboard::integrations,
						ReactiveVendoDashboard::integrations),
				call("POST /api/integrations/slack", "{\"enabled\":false}", "",
						(board) -> run(() -> board.toggleIntegration("slack", false)),
						(board) -> board.toggleIntegration("slack", false)),
				call("POST /api/integrations/slack/regenerate", "", "{}",
						(board) -> board.regenerateIntegration("slack"),
						(board) -> board.regenerateIntegration("slack")),
				call("GET /api/integrations/slack/usage", "", "{}", (board) -> board.integrationUsage("slack"),
						(board) -> board.integrationUsage("slack")),
				call("GET /api/tenants/me", "", "{}", VendoDashboard::tenant, ReactiveVendoDashboard::tenant),
				call("PATCH /api/tenants/me", "{\"name\":\"Acme\"}", "{}",
						(board) -> board.updateTenant(Map.of("name", "Acme")),
						(board) -> board.updateTenant(Map.of("name", "Acme"))),
				call("GET /api/tenants/check-slug?slug=a%20b", "", "{}", (board) -> board.checkSlug("a b"),
						(board) -> board.checkSlug("a b")),
				call("GET /api/user/me", "", "{}", VendoDashboard::user, ReactiveVendoDashboard::user),
				call("PATCH /api/user/me", "{\"name\":\"Ann\"}", "{}",
						(board) -> board.updateUser(Map.of("name", "Ann")),
						(board) -> board.updateUser(Map.of("name", "Ann"))),
				call("GET /api/auth/me", "", "{\"loggedIn\":false}", VendoDashboard::me, ReactiveVendoDashboard::me));
	}

	private static Arguments call(String target, String body, String answer, Function<VendoDashboard, Object> blocking,
			Function<ReactiveVendoDashboard, Object> reactive) {
		return Arguments.of(target, body, answer, blocking, reactive);
	}

	private static Object run(Runnable work) {
		work.run();
		return "done";
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("calls")
	void sendsWhatIsDocumentedInTheSession(String target, String body, String answer,
			Function<VendoDashboard, Object> blocking, Function<ReactiveVendoDashboard, Object> reactive) {
		answer(200, answer);
		Object waitedFor = blocking.apply(this.dashboard);
		Object published = reactive.apply(this.client.reactive().dashboard(COOKIE));
		assertThat(this.server.count()).as("nothing is sent before somebody subscribes").isEqualTo(1);
		Object collected = (published instanceof Flux<?> flux) ? flux.collectList().block()
				: ((Mono<?>) published).block();
		assertThat((collected != null) ? collected : "done").isEqualTo(waitedFor);
		assertThat(this.server.requests()).hasSize(2).allSatisfy((request) -> {
			String query = (request.query() != null) ? "?" + request.query() : "";
			assertThat(request.method() + " " + request.path() + query).isEqualTo(target);
			assertThat(request.text()).isEqualTo(body);
			assertThat(request.header("Cookie")).isEqualTo(COOKIE);
			assertThat(request.header("Authorization")).isNull();
			assertThat(request.header("Idempotency-Key") != null).isEqualTo(!target.startsWith("GET"));
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					409 | {"message":"Taken","code":"SLUG_TAKEN"}                        | ConflictException         | SLUG_TAKEN
					409 | {"message":"Taken","code":"SUBDOMAIN_TAKEN"}                   | ConflictException         | SUBDOMAIN_TAKEN
					402 | {"message":"Top up","code":"INSUFFICIENT_CREDITS"}             | BalanceExhaustedException | INSUFFICIENT_CREDITS
					402 | {"message":"Set it up","code":"BILLING_NOT_SETUP"}             | BalanceExhaustedException | BILLING_NOT_SETUP
					400 | {"message":"No such binding","code":"UNKNOWN_BINDING"}         | ValidationException       | UNKNOWN_BINDING
					400 | {"message":"Slack is needed","code":"MISSING_BINDING"}         | ValidationException       | MISSING_BINDING
					400 | {"message":"No","code":"INVALID_SLUG"}                         | ValidationException       | INVALID_SLUG
					502 | {"message":"Gone","code":"WORKER_UNREACHABLE"}                 | UpstreamException         | WORKER_UNREACHABLE
					403 | {"error":"tool_unreleased"}                                    | ForbiddenException        | tool_unreleased
					429 | {"error":{"code":"rate_limited","message":"Five an hour"}}     | RateLimitedException      | rate_limited
					409 | {"error":{"code":"idempotency_conflict","message":"Other"}}    | IdempotencyConflictException | idempotency_conflict
					401 | {"error":"Unauthorized"}                                       | AuthException             |
					403 | {"error":{"message":"Owners only"}}                            | ForbiddenException        |
					404 | {"message":"No such tool"}                                     | NotFoundException         |
					500 | <html>                                                         | ServerException           |
					""")
	void everyRefusalOfADeployHasItsException(int status, String body, String exception, String code) {
		answer(status, body);
		VendoException failure = catchThrowableOfType(VendoException.class,
				() -> this.dashboard.deploy(DeployRequest.of("n8n", "acme")));
		assertThat(failure.getClass().getSimpleName()).isEqualTo(exception);
		assertThat(failure.status()).isEqualTo(status);
		assertThat(failure.code()).isEqualTo((code != null) ? new ErrorCode(code) : null);
	}

	@Test
	void whatThePlatformSaysAboutFieldsIsKept() {
		answer(400, "{\"message\":\"Invalid request body\",\"errors\":{\"toolSlug\":[\"unknown\",\"too long\"]}}");
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> this.dashboard.deploy(DeployRequest.of("n8n", "acme")))
			.satisfies((ex) -> assertThat(ex.fieldErrors()).containsEntry("toolSlug", List.of("unknown", "too long")));
	}

	@Test
	void whenTheSessionHasEndedShouldSayWhatToDo() {
		answer(401, "{\"error\":\"Unauthorized\"}");
		assertThatExceptionOfType(AuthException.class).isThrownBy(this.dashboard::apps)
			.withMessageContaining("vendo.dashboard.session-cookie")
			.withMessageNotContaining("vendo.api-key");
	}

	@Test
	void aDeployThatIsRetriedKeepsItsKey() {
		AtomicInteger attempts = new AtomicInteger();
		this.server.respond((request) -> (attempts.incrementAndGet() < 3) ? Response.status(503)
				: Response.json(201, "{\"deploymentId\":\"d1\",\"new\":1}"));
		RetryPolicy quick = RetryPolicy.defaults().withDelays(Duration.ofMillis(1), Duration.ofMillis(1));
		try (VendoClient retrying = this.client.mutate().retry(quick).build()) {
			DeployRequest request = DeployRequest.of("n8n", "acme").idempotencyKey("order-1");
			Deployed deployed = retrying.dashboard(COOKIE).deploy(request);
			assertThat(deployed.deploymentId()).isEqualTo("d1");
			assertThat(deployed.additionalFields()).containsEntry("new", 1);
		}
		assertThat(this.server.requests()).hasSize(3)
			.allSatisfy((sent) -> assertThat(sent.header("Idempotency-Key")).isEqualTo("order-1"));
	}

	@Test
	void aRequestKeepsItsKeyAndAnotherHasAnother() {
		answer(201, "{\"deploymentId\":\"d1\"}");
		DeployRequest request = DeployRequest.of("n8n", "acme");
		this.dashboard.deploy(request);
		this.dashboard.deploy(request);
		this.dashboard.deploy(DeployRequest.of("n8n", "acme"));
		List<String> keys = this.server.requests().stream().map((sent) -> sent.header("Idempotency-Key")).toList();
		assertThat(keys.get(0)).isEqualTo(keys.get(1)).isEqualTo(request.idempotencyKey()).isNotEqualTo(keys.get(2));
	}

	@Test
	void aDeployRequestSendsAllItIsTold() {
		answer(201, "{\"deploymentId\":\"d1\"}");
		DeployRequest request = DeployRequest.of("n8n", "acme")
			.deploymentSlug("flows")
			.deploymentName("Flows")
			.userVariables(Map.of("PASSWORD", "s3cr3t"))
			.bindings(List.of("slack"))
			.selectedBindings(Map.of("slack", "c1"))
			.with("region", "eu");
		this.dashboard.deploy(request);
		assertThat(VendoJson.MAPPER.readTree(this.server.lastRequest().text())).isEqualTo(VendoJson.MAPPER.readTree("""
				{"toolSlug":"n8n","tenantSlug":"acme","deploymentSlug":"flows","deploymentName":"Flows",
				"userVariables":{"PASSWORD":"s3cr3t"},"bindings":["slack"],"selectedBindings":{"slack":"c1"},
				"region":"eu"}"""));
		assertThat(request.toString()).contains("n8n").doesNotContain("s3cr3t");
	}

	@Test
	void aMintedKeyCanBeReadAndIsShownNowhere() {
		answer(201, "{\"id\":\"k1\",\"plaintext\":\"" + MINTED + "\",\"created_at\":\"2026-05-20T12:00:00Z\"}");
		MintedKey key = this.dashboard.mintAppKey("a");
		assertThat(key.value()).isEqualTo(MINTED);
		assertThat(key.id()).hasValue("k1");
		assertThat(key.details().timestamp("createdAt")).hasValue(Instant.parse("2026-05-20T12:00:00Z"));
		assertThat(key.toString() + key.details()).doesNotContain(MINTED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"id\":\"k1\"}", "{\"key\":\"vendo_sk_…hij-\"}", "[]", "\"x\"", "[\"" + MINTED + "\"]" })
	void whenThereIsNoMintedKeyShouldFailWithoutKeepingTheAnswer(String body) {
		answer(201, body);
		assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> this.dashboard.mintAppKey("a"))
			.satisfies((ex) -> {
				assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE);
				assertThat(ex.toString() + ex.responseBody()).doesNotContain(MINTED);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"apps\":[{\"id\":\"a\",\"name\":\"One\"},{\"id\":\"b\"}]}",
			"[{\"id\":\"a\",\"name\":\"One\"},{\"id\":\"b\"}]" })
	void aListIsReadBareOrInItsField(String body) {
		answer(200, body);
		List<DashboardObject> apps = this.dashboard.apps();
		assertThat(apps).extracting((app) -> app.id().orElseThrow()).containsExactly("a", "b");
		assertThat(apps.get(0).name()).hasValue("One");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"apps\":{}}", "{\"items\":[]}", "[1]", "\"x\"" })
	void whenAListIsNoneShouldNotInventOne(String body) {
		answer(200, body);
		assertThatExceptionOfType(UpstreamException.class).isThrownBy(this.dashboard::apps)
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE));
	}

	@Test
	void fieldsAreFoundInEitherSpelling() {
		answer(200, """
				{"id":"d1","created_at":"2026-05-20T14:00:00+02:00","isSuspended":false,"spent_micros":1500000,
				"limitUsd":12.5,"seats":3,"broken_at":"yesterday"}""");
		DashboardObject deployment = this.dashboard.deployment("d1");
		assertThat(deployment.timestamp("createdAt")).hasValue(Instant.parse("2026-05-20T12:00:00Z"));
		assertThat(deployment.flag("is_suspended")).hasValue(false);
		assertThat(deployment.usd("spent")).hasValue(new BigDecimal("1.500000"));
		assertThat(deployment.usd("limit")).hasValue(new BigDecimal("12.5"));
		assertThat(deployment.number("seats")).hasValue(BigDecimal.valueOf(3));
		assertThat(deployment.timestamp("brokenAt")).isEmpty();
		assertThat(deployment.text("seats")).isEmpty();
		assertThat(deployment.text("nothing")).isEmpty();
		((ObjectNode) deployment.json()).put("id", "changed");
		assertThat(deployment.id()).hasValue("d1");
	}

	@Test
	void whoIsSignedInIsRead() {
		answer(200, "{\"loggedIn\":true,\"userId\":\"u1\",\"email\":\"ann@example.com\"}");
		assertThat(this.dashboard.me()).isEqualTo(new SignedIn(true, "u1", "ann@example.com"));
		answer(200, "{\"userId\":\"u1\"}");
		assertThatExceptionOfType(UpstreamException.class).isThrownBy(this.dashboard::me);
	}

	@Test
	void whenWhatIsAskedForIsBlankShouldSendNothing() {
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.dashboard.deployment(" "));
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.dashboard.revokeKey(".."));
		assertThatIllegalArgumentException().isThrownBy(() -> this.dashboard.checkSlug(" "));
		assertThatIllegalArgumentException().isThrownBy(() -> DeployRequest.of(" ", "acme"));
		assertThatIllegalArgumentException().isThrownBy(() -> AppUpdate.create().dailyCap(-1L));
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.client.dashboard(TestClients.KEY))
			.withMessageNotContaining(TestClients.KEY);
		assertThat(this.server.requests()).extracting(Request::path).isEmpty();
	}

	@Test
	void isClosedWithItsClient() {
		VendoClient other = this.client.mutate().build();
		VendoDashboard board = other.dashboard(COOKIE);
		other.close();
		assertThatExceptionOfType(VendoException.class).isThrownBy(board::apps).withMessageContaining("closed");
		answer(200, "[]");
		assertThat(this.dashboard.apps()).isEmpty();
	}

	@Test
	void anotherDeployHasAnotherKeyUnlessItIsSet() {
		DeployRequest request = DeployRequest.of("n8n", "acme");
		DeployRequest other = request.deploymentSlug("flows");
		assertThat(other.idempotencyKey()).isNotEqualTo(request.idempotencyKey());
		assertThat(other.userVariables(Map.of("A", "1")).idempotencyKey()).isNotIn(request.idempotencyKey(),
				other.idempotencyKey());
		DeployRequest set = request.idempotencyKey("order-1").deploymentSlug("flows").with("region", "eu");
		assertThat(set.idempotencyKey()).isEqualTo("order-1");
		assertThat(set.idempotencyKey("order-2").bindings(List.of()).idempotencyKey()).isEqualTo("order-2");
	}

	@Test
	void moneyIsReadToTheLastDigit() {
		answer(200, "{\"spentUsd\":12345678901234567.89,\"limit_usd\":12.50,\"capMicros\":9007199254740993}");
		DashboardObject app = this.dashboard.tenant();
		assertThat(app.usd("spent")).hasValue(new BigDecimal("12345678901234567.89"));
		assertThat(app.number("limitUsd")).hasValue(new BigDecimal("12.50"));
		assertThat(app.usd("cap")).hasValue(new BigDecimal("9007199254.740993"));
		assertThat(app.json().toString()).contains("12345678901234567.89", "12.50");
		assertThat(this.client.billing().usage(Period.DAY).json().path("spentUsd").decimalValue())
			.isEqualTo(new BigDecimal("12345678901234567.89"));
	}

}
