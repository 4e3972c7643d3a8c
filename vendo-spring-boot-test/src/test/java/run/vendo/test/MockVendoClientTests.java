package run.vendo.test;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import run.vendo.ConnectUrlOptions;
import run.vendo.VendoClient;
import run.vendo.billing.Period;
import run.vendo.billing.SpendCaps;
import run.vendo.connection.Connection;
import run.vendo.connection.ConnectionStatus;
import run.vendo.error.AuthException;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.IdentityNotPresentException;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.RateLimitedException;
import run.vendo.error.ServerException;
import run.vendo.error.TransportException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.integration.Integration;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.HttpServerErrorException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link MockVendoClient} and {@link MockReactiveVendoClient}.
 */
class MockVendoClientTests {

	private static final VendoException RATE_LIMITED = ErrorDetails.of(ErrorCode.RATE_LIMITED)
		.status(429)
		.toException();

	private final MockVendoClient vendo = MockVendoClient.create();

	@Test
	void whenTokenIsSetThenItIsReturnedFromTheNextCallOn() {
		this.vendo.withToken("slack", "xoxb-1");
		assertThat(this.vendo.token("slack")).isEqualTo("xoxb-1");
		this.vendo.withToken("slack", "xoxb-2");
		assertThat(this.vendo.token("slack")).isEqualTo("xoxb-2");
	}

	@Test
	void whenConnectedWithoutATokenThenTokenNamesTheSlug() {
		this.vendo.withConnections("slack", "notion");
		assertThat(this.vendo.token("notion")).isEqualTo("mock-token-notion");
	}

	@Test
	void whenTokenIsSetThenProviderIsConnected() {
		this.vendo.withToken("slack", "xoxb-1");
		assertThat(this.vendo.connections().list()).singleElement()
			.satisfies((connection) -> assertThat(connection.slug()).isEqualTo("slack"))
			.satisfies((connection) -> assertThat(connection.isConnected()).isTrue());
	}

	@Test
	void whenSlugIsUnknownThenItIsNotConnected() {
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.vendo.token("slack"))
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.BINDING_MISSING))
			.satisfies((ex) -> assertThat(ex.slug()).isEqualTo("slack"))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(403));
	}

	@Test
	void whenSlugIsBlankThenItIsInvalidAndNoCall() {
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.vendo.token(" "));
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.vendo.connections().get(""));
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.vendo.connectUrl(".."));
		assertThat(this.vendo.calls()).isEmpty();
	}

	@Test
	void whenConnectionIsNotInOrderThenItsTokenFailsAsItDoesOnThePlatform() {
		this.vendo.withToken("slack", "xoxb-1")
			.withConnections(FakeConnection.needsReauth("slack"), FakeConnection.revoked("notion"),
					FakeConnection.available("gmail"));
		assertThatExceptionOfType(NeedsReauthException.class).isThrownBy(() -> this.vendo.token("slack"));
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.vendo.token("notion"))
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.CONNECTION_REVOKED));
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.vendo.token("gmail"))
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.BINDING_MISSING));
	}

	@Test
	void whenSeveralTokensAreAskedForThenThoseWithoutOneAreEmpty() {
		this.vendo.withToken("slack", "xoxb-1").withConnections("a,b/c").withConnections("gmail", "notion");
		this.vendo.failing("gmail", ErrorCode.NEEDS_REAUTH);
		assertThat(this.vendo.tokens(List.of("slack", "gmail", "a,b/c", "none"))).containsExactly(
				Map.entry("slack", Optional.of("xoxb-1")), Map.entry("gmail", Optional.empty()),
				Map.entry("a,b/c", Optional.of("mock-token-a,b/c")), Map.entry("none", Optional.empty()));
		assertThat(this.vendo.calls()).extracting(MockVendoCall::type, MockVendoCall::slug, MockVendoCall::slugs)
			.containsExactly(tuple("tokens", null, List.of("slack", "gmail", "a,b/c", "none")));
	}

	@Test
	void whenOneOfSeveralTokensFailsForAnotherReasonThenAllFail() {
		this.vendo.withConnections("slack", "gmail").failing("gmail", RATE_LIMITED);
		assertThatExceptionOfType(RateLimitedException.class)
			.isThrownBy(() -> this.vendo.tokens(List.of("slack", "gmail")));
	}

	@Test
	void connectionsAreListedInOrderWithTheirSecrets() {
		this.vendo.withConnections(FakeConnection.connected("supabase").context(Map.of("ref", "abc")),
				FakeConnection.needsReauth("slack").credential(Map.of("access_token", "t-1")));
		assertThat(this.vendo.connections().list()).extracting(Connection::slug, Connection::status)
			.containsExactly(tuple("supabase", ConnectionStatus.CONNECTED),
					tuple("slack", ConnectionStatus.NEEDS_REAUTH));
		assertThat(this.vendo.connections().get("slack")).hasValueSatisfying(
				(connection) -> assertThat(connection.credential()).containsEntry("access_token", "t-1"));
		assertThat(this.vendo.connections().get("none")).isEmpty();
	}

	@Test
	void whenConnectionIsTakenAwayThenItsTokenIsGoneForGood() {
		this.vendo.withToken("slack", "xoxb-1").withoutConnections("slack");
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.vendo.token("slack"));
		assertThat(this.vendo.withConnections("slack").token("slack")).isEqualTo("mock-token-slack");
	}

	@Test
	void bothKindsShareScriptAndRecord() {
		MockReactiveVendoClient reactive = this.vendo.reactive();
		reactive.withToken("slack", "xoxb-1").withBalance(new BigDecimal("1.5"));
		assertThat(this.vendo.token("slack")).isEqualTo("xoxb-1");
		this.vendo.failing("slack", ErrorCode.NEEDS_REAUTH);
		assertThatExceptionOfType(NeedsReauthException.class).isThrownBy(() -> reactive.token("slack").block());
		assertThat(reactive.billing().balance().block()).isEqualTo(this.vendo.billing().balance());
		assertThat(reactive.calls()).isEqualTo(this.vendo.calls()).hasSize(4);
		assertThat(reactive.blocking()).isSameAs(this.vendo);
		reactive.reset();
		assertThat(this.vendo.calls()).isEmpty();
	}

	@Test
	void callsTellTypeSlugAndUser() {
		this.vendo.withConnections("slack").withResult("SLACK_SEND_MESSAGE", Map.of("ok", true));
		this.vendo.token("slack");
		this.vendo.connections().get("slack");
		this.vendo.reactive().forUser("jwt-of-alice").token("slack").block();
		this.vendo.forUser("jwt-of-bob").data().execute("SLACK_SEND_MESSAGE", Map.of("text", "hi"));
		this.vendo.forUser("jwt-of-bob").connectUrl("notion");
		this.vendo.billing().usage(Period.MONTH);
		assertThat(this.vendo.calls()).extracting(MockVendoCall::type, MockVendoCall::slug, MockVendoCall::user)
			.containsExactly(tuple("token", "slack", null), tuple("connections.list", null, null),
					tuple("token", "slack", "jwt-of-alice"), tuple("data.execute", "slack", "jwt-of-bob"),
					tuple("connectUrl", "notion", "jwt-of-bob"), tuple("billing.usage", null, null));
		assertThat(this.vendo.calls("slack")).hasSize(3);
		assertThat(this.vendo.calls(MockVendoApi.DATA)).singleElement()
			.satisfies((call) -> assertThat(call.body()).isNotNull())
			.extracting((call) -> call.body().path("args").path("text").asString())
			.isEqualTo("hi");
	}

	@Test
	void everyCallIsRecordedAlthoughTheAnswerIsTheSame() {
		this.vendo.withConnections("slack");
		this.vendo.token("slack");
		this.vendo.token("slack");
		assertThat(this.vendo.calls(MockVendoApi.TOKENS)).hasSize(2);
	}

	@Test
	void recordsOfManyThreadsAreWhole() throws Exception {
		int threads = 8;
		int rounds = 200;
		for (int i = 0; i < threads; i++) {
			this.vendo.withConnections("slug-" + i);
		}
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			CountDownLatch start = new CountDownLatch(1);
			List<Future<Boolean>> done = IntStream.range(0, threads)
				.mapToObj((i) -> executor.submit(caller(start, "slug-" + i, rounds)))
				.toList();
			start.countDown();
			for (Future<Boolean> each : done) {
				assertThat(each.get()).isTrue();
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(this.vendo.calls()).hasSize(threads * rounds);
	}

	private Callable<Boolean> caller(CountDownLatch start, String slug, int rounds) {
		return () -> {
			start.await();
			boolean own = true;
			for (int i = 0; i < rounds; i++) {
				this.vendo.withToken(slug, slug + "-" + i);
				own &= this.vendo.token(slug).equals(slug + "-" + i);
			}
			return own;
		};
	}

	@Test
	void usersHaveTokensOfTheirOwnElseTheApplications() {
		this.vendo.withToken("slack", "app").withUserToken("jwt-of-alice", "slack", "alices");
		assertThat(this.vendo.forUser("jwt-of-alice").token("slack")).isEqualTo("alices");
		assertThat(this.vendo.forUser(" jwt-of-bob ").token("slack")).isEqualTo("app");
		assertThat(this.vendo.token("slack")).isEqualTo("app");
	}

	@Test
	void whenRequestHasAUserThenCallsAreRecordedForIt() {
		HttpHeaders headers = new HttpHeaders();
		assertThatExceptionOfType(IdentityNotPresentException.class).isThrownBy(() -> this.vendo.forRequest(headers));
		headers.set("X-Vendo-User-JWT", "jwt-of-alice");
		this.vendo.withConnections("slack");
		this.vendo.forRequest(headers).token("slack");
		this.vendo.reactive().forRequest(headers).connectUrl("slack");
		assertThat(this.vendo.calls()).extracting(MockVendoCall::user).containsExactly("jwt-of-alice", "jwt-of-alice");
	}

	@Test
	void failureOfASlugLeavesOthersAlone() {
		this.vendo.withConnections("slack", "notion").failing("slack", RATE_LIMITED);
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> this.vendo.token("slack"));
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> this.vendo.token("slack"));
		assertThat(this.vendo.token("notion")).isNotBlank();
		assertThat(this.vendo.recovering().token("slack")).isNotBlank();
	}

	@Test
	void failureOfASlugMeetsWhoeverAsksForItsConnection() {
		this.vendo.withConnections("slack", "notion").failing("slack", RATE_LIMITED);
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> this.vendo.connections().get("slack"))
			.satisfies((ex) -> assertThat(ex.slug()).isEqualTo("slack"));
		assertThatExceptionOfType(RateLimitedException.class)
			.isThrownBy(() -> this.vendo.reactive().connections().get("slack").block());
		assertThat(this.vendo.connections().get("notion")).isPresent();
		assertThat(this.vendo.connections().list()).hasSize(2);
		assertThat(this.vendo.calls()).hasSize(4);
		assertThat(this.vendo.calls("slack")).hasSize(2);
		this.vendo.failingNext(1, "notion", RATE_LIMITED);
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> this.vendo.connections().get("notion"));
		assertThat(this.vendo.connections().get("notion")).isPresent();
		this.vendo.failing(MockVendoApi.CONNECTIONS, ErrorCode.APP_REVOKED);
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> this.vendo.connections().get("slack"));
	}

	@Test
	void failureOfAnApiLeavesOthersAlone() {
		this.vendo.withConnections("slack").failing(MockVendoApi.CONNECTIONS, ErrorCode.APP_REVOKED);
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> this.vendo.connections().list());
		assertThat(this.vendo.token("slack")).isNotBlank();
	}

	@Test
	void nextCallsFailAsOftenAsTheyWereTold() {
		this.vendo.withConnections("slack").failingNext(2, MockVendoApi.TOKENS, RATE_LIMITED);
		this.vendo.billing().balance();
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> this.vendo.token("slack"));
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> this.vendo.token("slack"));
		assertThat(this.vendo.token("slack")).isNotBlank();
		this.vendo.failingNext(1, RATE_LIMITED);
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> this.vendo.billing().balance());
		this.vendo.failingNext(1, "slack", RATE_LIMITED);
		assertThat(this.vendo.billing().balance()).isNotNull();
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> this.vendo.token("slack"));
	}

	@Test
	void failureSaidLastComesFirst() {
		this.vendo.failing("slack", RATE_LIMITED).failing("slack", ErrorCode.NEEDS_REAUTH);
		assertThatExceptionOfType(NeedsReauthException.class).isThrownBy(() -> this.vendo.token("slack"));
	}

	@Test
	void whenPlatformCannotBeReachedThenSaysSoOnce() {
		VendoException unreachable = ErrorDetails.of(ErrorCode.UPSTREAM_ERROR)
			.transportReason(TransportException.Reason.CONNECT)
			.toException();
		this.vendo.failing(MockVendoApi.BILLING, unreachable);
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> this.vendo.billing().balance());
		assertThat(this.vendo.calls()).hasSize(1);
	}

	@Test
	void whenDetailsDoNotLeadToTheExceptionThenRefusesIt() {
		VendoException unsound = new NeedsReauthException(ErrorDetails.builder().build(), null);
		assertThatIllegalArgumentException().isThrownBy(() -> this.vendo.failing("slack", unsound))
			.withMessageContaining("ErrorDetails.of(code)");
	}

	@Test
	void billingAnswersWhatWasSet() {
		SpendCaps caps = new SpendCaps(5_000_000L, null, 1, 2);
		this.vendo.withBalance(new BigDecimal("12.5"))
			.withSpendCaps(caps)
			.withUsage(Period.MONTH, Map.of("total_micros", 42));
		assertThat(this.vendo.billing().balance().creditsRemainingMicros()).isEqualTo(12_500_000);
		assertThat(this.vendo.billing().spendCaps()).isEqualTo(caps);
		assertThat(this.vendo.billing().usage(Period.MONTH).json().path("total_micros").asInt()).isEqualTo(42);
		assertThat(this.vendo.billing().usage(Period.DAY).json().path("period").asString()).isEqualTo("day");
		assertThat(
				this.vendo.http().get("/api/cli/balance").retrieve(JsonNode.class).path("balance_usd").decimalValue())
			.isEqualByComparingTo("12.5");
	}

	@Test
	void integrationsAreThoseThatWereSetAndThoseOfTheConnections() {
		Integration stripe = new Integration("stripe", "Stripe", null, null, null, null, null, null, null, false, null,
				null, null);
		this.vendo.withIntegrations(stripe).withConnections("slack");
		assertThat(this.vendo.integrations().list()).extracting(Integration::slug).containsExactly("stripe", "slack");
		assertThat(this.vendo.integrations().get("stripe"))
			.hasValueSatisfying((integration) -> assertThat(integration.enabled()).isFalse());
		assertThat(this.vendo.integrations().get("none")).isEmpty();
		assertThat(this.vendo.calls(MockVendoApi.INTEGRATIONS)).extracting(MockVendoCall::slug)
			.containsExactly(null, "stripe", "none");
	}

	@Test
	void whenActionHasNoResultThenSaysWhy() {
		this.vendo.withConnections("slack").withResult("SLACK_LIST", List.of("a", "b"));
		assertThat(this.vendo.data().execute("SLACK_LIST", Map.of(), String[].class)).containsExactly("a", "b");
		assertThatExceptionOfType(UpstreamException.class)
			.isThrownBy(() -> this.vendo.data().execute("SLACK_SEND_MESSAGE", Map.of()))
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.COMPOSIO_ERROR))
			.withMessageContaining("withResult");
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> this.vendo.data().execute("GMAIL_SEND", Map.of()))
			.satisfies((ex) -> assertThat(ex.slug()).isEqualTo("gmail"));
	}

	@Test
	void otherEndpointsAnswerWhatWasSetElseSaySo() {
		this.vendo.withAnswer(HttpMethod.GET, "/api/things", 200, List.of("app_1"));
		assertThat(this.vendo.http().get("/api/things").retrieve(String[].class)).containsExactly("app_1");
		assertThatExceptionOfType(ServerException.class)
			.isThrownBy(() -> this.vendo.http().get("/api/others").retrieve(String[].class))
			.withMessageContaining("withAnswer")
			.withMessageContaining("/api/others");
	}

	@Test
	void answersThatWereSetTakeThePlaceOfTheMocksOwn() {
		this.vendo.withAnswer(HttpMethod.GET, "/api/billing/usage", 402, Map.of("error", "balance_exhausted"));
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.vendo.billing().usage(Period.DAY))
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.BALANCE_EXHAUSTED));
	}

	@Test
	void sessionsReachProvidersInMemoryOnly() {
		this.vendo.withToken("slack", "xoxb-1")
			.withAnswer(HttpMethod.POST, "https://slack.com/api/chat.postMessage", 200, "{\"ok\":true}");
		String blocking = this.vendo.session("slack")
			.restClient()
			.post()
			.uri("https://slack.com/api/chat.postMessage")
			.body(Map.of("text", "hi"))
			.retrieve()
			.body(String.class);
		String reactive = this.vendo.session("slack")
			.webClient()
			.post()
			.uri("https://slack.com/api/chat.postMessage")
			.bodyValue(Map.of("text", "hi"))
			.retrieve()
			.bodyToMono(String.class)
			.block();
		assertThat(blocking).isEqualTo(reactive).isEqualTo("{\"ok\":true}");
		assertThat(this.vendo.calls(MockVendoApi.PROVIDER)).hasSize(2)
			.allSatisfy((call) -> assertThat(call.uri().getHost()).isEqualTo("slack.com"))
			.allSatisfy((call) -> assertThat(String.valueOf(call.body())).isEqualTo("{\"text\":\"hi\"}"));
		assertThatExceptionOfType(HttpServerErrorException.class)
			.isThrownBy(() -> this.vendo.session("slack")
				.restClient()
				.get()
				.uri("https://slack.com/api/users.list")
				.retrieve()
				.toBodilessEntity())
			.withMessageContaining("withAnswer");
	}

	@Test
	void connectUrlHasItsRealShape() {
		assertThat(this.vendo.connectUrl("slack", ConnectUrlOptions.none().withState("s 1"))).hasScheme("https")
			.hasHost("vendo.run")
			.hasPath("/connections/connect/slack")
			.hasParameter("app_key", MockVendoClient.API_KEY)
			.hasParameter("state", "s 1");
	}

	@Test
	void webhooksAreReallyVerified() {
		Clock clock = Clock.fixed(Instant.parse("2026-05-20T12:00:00Z"), ZoneOffset.UTC);
		MockVendoClient vendo = MockVendoClient.builder().webhookSecret("whsec_mine").clock(clock).build();
		assertThat(vendo.webhooks().verify(vendo.webhookSigner().sign("{\"id\":\"e\"}"), "{\"id\":\"e\"}").id())
			.isEqualTo("e");
		HttpHeaders other = this.vendo.webhookSigner().withClock(clock).sign("{}");
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> vendo.webhooks().verify(other, "{}"));
	}

	@Test
	void whenWithoutAKeyThenVendoOnlyFeaturesFailAndTokensComeFromTheEnvironment() {
		MockVendoClient oss = MockVendoClient.builder()
			.ossMode()
			.environment(Map.of("OPENAI_API_KEY", "sk-mine")::get)
			.build();
		assertThat(oss.isVendoMode()).isFalse();
		assertThat(oss.token("openai")).isEqualTo("sk-mine");
		assertThat(oss.connections().get("openai"))
			.hasValueSatisfying((connection) -> assertThat(connection.isConnected()).isTrue());
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> oss.token("slack"))
			.withMessageContaining("SLACK_BOT_TOKEN");
		assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> oss.billing().balance());
		assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> oss.connectUrl("slack"));
		assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> oss.forUser("jwt"));
		assertThatExceptionOfType(VendoOnlyFeatureException.class)
			.isThrownBy(() -> oss.data().execute("SLACK_LIST", Map.of()));
		assertThat(oss.calls()).isEmpty();
	}

	@Test
	void resetReturnsToWhatTheBuilderWasTold() {
		MockVendoClient.Builder builder = MockVendoClient.builder()
			.withToken("slack", "xoxb-1")
			.failingNext(1, "gmail", RATE_LIMITED);
		MockVendoClient vendo = builder.build();
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> vendo.token("gmail"));
		vendo.withToken("slack", "xoxb-2").withConnections("notion").failing("slack", RATE_LIMITED);
		builder.withConnections("late");
		vendo.reset();
		assertThat(vendo.calls()).isEmpty();
		assertThat(vendo.connections().list()).extracting(Connection::slug).containsExactly("slack");
		assertThat(vendo.token("slack")).isEqualTo("xoxb-1");
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> vendo.token("gmail"));
	}

	@Test
	void clientsMadeFromAMockShareItsPlatform() {
		this.vendo.withToken("slack", "xoxb-1");
		try (VendoClient other = this.vendo.mutate().build()) {
			assertThat(other.token("slack")).isEqualTo("xoxb-1");
		}
		assertThat(this.vendo.calls("slack")).hasSize(1);
	}

	@Test
	void textHoldsNoKey() {
		assertThat(this.vendo.toString()).startsWith("MockVendoClient").doesNotContain(MockVendoClient.API_KEY);
		assertThat(this.vendo.reactive().toString()).startsWith("MockReactiveVendoClient");
		this.vendo.forUser("jwt-of-alice").connectUrl("slack");
		assertThat(this.vendo.calls().toString()).contains("connectUrl")
			.doesNotContain(MockVendoClient.API_KEY, "jwt-of-alice");
	}

}
