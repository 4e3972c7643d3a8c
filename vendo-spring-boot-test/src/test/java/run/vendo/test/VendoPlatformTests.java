package run.vendo.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import run.vendo.VendoClient;
import run.vendo.billing.Period;
import run.vendo.connection.Connection;
import run.vendo.connection.ConnectionProfile;
import run.vendo.connection.ConnectionStatus;
import run.vendo.error.AuthException;
import run.vendo.error.BalanceExhaustedException;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.NotFoundException;
import run.vendo.error.SpendCapExceededException;
import run.vendo.error.TransportException;
import run.vendo.error.UpstreamException;
import run.vendo.error.VendoException;
import run.vendo.http.RetryPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What a client sees of the platform.
 */
@Timeout(60)
class VendoPlatformTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	private final MutableClock clock = new MutableClock("2026-05-20T12:00:00Z");

	private final VendoPlatform platform = VendoPlatform.builder().clock(this.clock).start();

	private final VendoClient vendo = this.platform.clientBuilder()
		.retry(new RetryPolicy(2, Duration.ZERO, Duration.ZERO, Duration.ZERO, 100))
		.build();

	@AfterEach
	void close() {
		this.vendo.close();
		this.platform.close();
	}

	@Test
	void whenConnectedThenTokenWorksAtTheProvider() {
		this.platform.connect("slack");
		String token = this.vendo.token("slack");
		assertThat(token).isEqualTo(this.platform.token("slack"));
		assertThat(provider("slack", token)).isEqualTo(200);
		assertThat(provider("notion", token)).isEqualTo(401);
		assertThat(provider("slack", "made-up")).isEqualTo(401);
	}

	@Test
	void whenNotConnectedThenSaysWhy() {
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.vendo.token("slack"))
			.satisfies((ex) -> assertThat(ex.slug()).isEqualTo("slack"))
			.satisfies((ex) -> assertThat(ex.code()).hasToString("binding_missing"));
		assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> this.vendo.token("no-such-thing"))
			.satisfies((ex) -> assertThat(ex.code()).hasToString("provider_unknown"));
	}

	@Test
	void whenConnectionDoesNotWorkThenSaysWhy() {
		this.platform.connect("slack");
		this.platform.needsReauth("slack");
		assertThatExceptionOfType(NeedsReauthException.class).isThrownBy(() -> this.vendo.token("slack"));
		this.platform.error("slack", "Slack is down");
		assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> this.vendo.token("slack"));
		this.platform.status("slack", ConnectionStatus.REVOKED);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.vendo.token("slack"))
			.satisfies((ex) -> assertThat(ex.code()).hasToString("connection_revoked"));
		this.platform.connect("slack", (connection) -> connection.profile(ConnectionProfile.WEBHOOK_INBOUND));
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.vendo.token("slack"))
			.satisfies((ex) -> assertThat(ex.code()).hasToString("profile_unsupported"));
	}

	@Test
	void whenDisconnectedThenTokensStopWorkingAndReconnectingGivesAnotherConnection() {
		PlatformEvent first = this.platform.connect("slack");
		String token = this.vendo.token("slack");
		this.platform.disconnect("slack");
		assertThat(provider("slack", token)).isEqualTo(401);
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.AVAILABLE);
		PlatformEvent second = this.platform.connect("slack");
		assertThat(second.payload().path("connection_id")).isNotEqualTo(first.payload().path("connection_id"));
		this.platform.needsReauth("slack");
		PlatformEvent third = this.platform.connect("slack");
		assertThat(third.payload().path("connection_id")).isEqualTo(second.payload().path("connection_id"));
		this.vendo.invalidate("slack");
		assertThat(this.vendo.token("slack")).isNotEqualTo(token);
	}

	@Test
	void whenBulkThenTellsConnectedFromOthers() {
		this.platform.connect("slack");
		this.platform.connect("notion");
		Map<String, Optional<String>> tokens = this.vendo.tokens(List.of("slack", "notion", "gmail", "no-such-thing"));
		assertThat(tokens).containsEntry("slack", Optional.of(this.platform.token("slack")))
			.containsEntry("notion", Optional.of(this.platform.token("notion")))
			.containsEntry("gmail", Optional.empty())
			.containsEntry("no-such-thing", Optional.empty());
		assertThat(this.platform.requestCount("/_bulk")).isOne();
	}

	@Test
	void whenTokenExpiresThenProviderRefusesItAndAnotherIsHandedOut() {
		this.platform.tokenLifetime(Duration.ofMinutes(10));
		this.platform.connect("slack");
		String token = this.vendo.token("slack");
		this.clock.advance(Duration.ofMinutes(5));
		assertThat(provider("slack", token)).isEqualTo(200);
		this.clock.advance(Duration.ofMinutes(5));
		assertThat(provider("slack", token)).isEqualTo(401);
		assertThat(this.vendo.token("slack")).isNotEqualTo(token);
	}

	@Test
	void whenTokenIsRotatedThenSessionFetchesTheNewOneOnce() {
		this.platform.connect("slack");
		var session = this.vendo.session("slack").webClient();
		String uri = this.platform.providerUrl("slack") + "/api/chat.postMessage";
		assertThat(session.get().uri(uri).retrieve().bodyToMono(String.class).block()).contains("chat.postMessage");
		this.platform.expireTokens("slack");
		this.platform.clearRequests();
		assertThat(session.get().uri(uri).retrieve().bodyToMono(String.class).block()).contains("chat.postMessage");
		assertThat(this.platform.requestCount("/slack")).isOne();
		assertThat(this.platform.requestCount("/providers/*")).isEqualTo(2);
	}

	@Test
	void whenUserHasOwnConnectionThenOthersDoNotGetIt() {
		PlatformUser alice = this.platform.user("alice");
		PlatformUser bob = this.platform.user("bob");
		this.platform.connect("slack");
		alice.connect("notion");
		VendoClient asAlice = this.vendo.forUser(alice.jwt());
		VendoClient asBob = this.vendo.forUser(bob.jwt());
		assertThat(asAlice.token("notion")).isEqualTo(alice.token("notion"));
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> asBob.token("notion"));
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.vendo.token("notion"));
		assertThat(asBob.token("slack")).isNotEqualTo(this.vendo.token("slack"));
		assertThat(asAlice.connections().get("notion").map(Connection::status)).contains(ConnectionStatus.CONNECTED);
		assertThat(asBob.connections().get("notion").map(Connection::status)).contains(ConnectionStatus.AVAILABLE);
		this.platform.disconnect("slack");
		assertThat(asBob.connections().get("slack").map(Connection::status)).contains(ConnectionStatus.AVAILABLE);
	}

	@Test
	void shouldListConnectionsAsTheyAre() {
		this.platform.connect("supabase",
				(connection) -> connection.id("cn_own")
					.context(Map.of("ref", "abc"))
					.envBootstrap(Map.of("SUPABASE_TOKEN", "credential.access_token"), "gateway")
					.field("of_tomorrow", "kept"));
		Connection connection = this.vendo.connections().get("supabase").orElseThrow();
		assertThat(connection.id()).isEqualTo("cn_own");
		assertThat(connection.status()).isEqualTo(ConnectionStatus.CONNECTED);
		assertThat(this.vendo.connections().list()).extracting(Connection::slug)
			.contains("supabase", "slack", "gmail")
			.doesNotHaveDuplicates();
		assertThat(this.vendo.connections().get("gmail").map(Connection::status)).contains(ConnectionStatus.AVAILABLE);
		String raw = Raw
			.get(this.platform.baseUrl() + "/api/deployments/me/connections", Raw.bearer(this.platform.apiKey()))
			.body();
		assertThat(raw).contains("\"of_tomorrow\":\"kept\"")
			.contains("\"context\":{\"ref\":\"abc\"}")
			.contains("\"access_token\":\"" + this.platform.token("supabase") + "\"");
	}

	@Test
	void shouldServeIntegrationsWithoutAKey() {
		this.platform.integration("acme", Map.of("name", "Acme Inc."));
		try (VendoClient nobody = this.platform.clientBuilder().apiKey(null).build()) {
			assertThat(nobody.isVendoMode()).isFalse();
			assertThat(nobody.integrations().get("acme").orElseThrow().name()).isEqualTo("Acme Inc.");
			assertThat(nobody.integrations().get("no-such-thing")).isEmpty();
			assertThat(nobody.integrations().list()).hasSizeGreaterThan(10);
		}
		assertThat(this.platform.requests("/api/integrations*"))
			.allSatisfy((request) -> assertThat(request.header("Authorization")).isNull());
	}

	@Test
	void whenSpentThenBalanceUsageAndCapsTell() {
		this.platform.spendCaps(5_000_000L, null);
		this.platform.spend("openai", 1_000_000);
		this.clock.advance(Duration.ofDays(1));
		this.platform.spend("slack", 500_000);
		assertThat(this.vendo.billing().balance().creditsRemainingMicros()).isEqualTo(11_000_000);
		assertThat(this.vendo.billing().spendCaps().dailyMicros()).isEqualTo(5_000_000L);
		assertThat(this.vendo.billing().spendCaps().monthlyMicros()).isNull();
		assertThat(this.vendo.billing().spendCaps().usedTodayMicros()).isEqualTo(500_000);
		assertThat(this.vendo.billing().spendCaps().usedMonthMicros()).isEqualTo(1_500_000);
		assertThat(this.vendo.billing().usage(Period.DAY).json().path("total_micros").longValue()).isEqualTo(500_000);
		assertThat(this.vendo.billing().usage(Period.MONTH).json().path("total_micros").longValue())
			.isEqualTo(1_500_000);
	}

	@Test
	void whenSpentThenEventsTellWhatItDid() {
		List<String> kinds = new ArrayList<>();
		this.platform.onEvent((event) -> kinds.add(event.kind()));
		this.platform.balance(2_000_000);
		this.platform.spendCaps(1_000_000L, null);
		kinds.clear();
		this.platform.spend(900_000);
		assertThat(kinds).containsExactly("billing.usage_recorded", "billing.balance_changed", "billing.cap_warned");
		kinds.clear();
		this.platform.spend(500_000);
		assertThat(kinds).containsExactly("billing.usage_recorded", "billing.balance_changed", "billing.balance_low",
				"billing.cap_tripped");
		kinds.clear();
		this.platform.spend(600_000);
		assertThat(kinds).containsExactly("billing.usage_recorded", "billing.balance_changed",
				"billing.balance_exhausted");
	}

	@Test
	void whenNothingIsLeftThenActionsAreRefused() {
		this.platform.connect("slack");
		this.platform.spendCaps(1_000_000L, null);
		this.platform.spend(1_000_000);
		assertThatExceptionOfType(SpendCapExceededException.class)
			.isThrownBy(() -> this.vendo.data().execute("SLACK_SEND_MESSAGE", Map.of()));
		this.platform.spendCaps(null, null);
		assertThat(this.vendo.data().execute("SLACK_SEND_MESSAGE", Map.of()).isObject()).isTrue();
		this.platform.balance(0);
		assertThatExceptionOfType(BalanceExhaustedException.class)
			.isThrownBy(() -> this.vendo.data().execute("SLACK_SEND_MESSAGE", Map.of()));
	}

	@Test
	void shouldDoActions() {
		this.platform.onAction("SLACK_SEND_MESSAGE", (args) -> Map.of("sent", args.path("text").asString()));
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> this.vendo.data().execute("SLACK_SEND_MESSAGE", Map.of("text", "hello")))
			.satisfies((ex) -> assertThat(ex.slug()).isEqualTo("slack"));
		this.platform.connect("slack", (connection) -> connection.id("cn_a"));
		assertThat(this.vendo.data().execute("SLACK_SEND_MESSAGE", Map.of("text", "hello")).path("sent").asString())
			.isEqualTo("hello");
		assertThat(this.vendo.data().execute("SLACK_LIST", Map.of("a", 1)).path("args").path("a").intValue()).isOne();
		assertThat(this.vendo.data().forConnection("cn_a").execute("SLACK_LIST", Map.of()).isObject()).isTrue();
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> this.vendo.data().forConnection("cn_b").execute("SLACK_LIST", Map.of()));
	}

	@Test
	void whenAnswerIsLostThenTheRetriedActionIsDoneOnce() {
		AtomicInteger sent = new AtomicInteger();
		this.platform.onAction("SLACK_SEND_MESSAGE", (args) -> Map.of("number", sent.incrementAndGet()));
		this.platform.connect("slack");
		this.platform.failNext(PlatformFault.loseAnswer());
		assertThat(this.vendo.data().execute("SLACK_SEND_MESSAGE", Map.of()).path("number").intValue()).isOne();
		assertThat(sent).hasValue(1);
		assertThat(this.platform.requests("/v1/execute")).hasSize(2)
			.extracting((request) -> request.header("Idempotency-Key"))
			.doesNotContainNull()
			.containsOnly(this.platform.requests().get(0).header("Idempotency-Key"));
		assertThat(this.vendo.data().execute("SLACK_SEND_MESSAGE", Map.of()).path("number").intValue()).isEqualTo(2);
	}

	@Test
	void whenOneKeyIsSentAtOnceThenTheActionIsDoneOnce() {
		AtomicInteger sent = new AtomicInteger();
		this.platform.onAction("SLACK_SEND_MESSAGE", (args) -> Map.of("number", sent.incrementAndGet()));
		this.platform.connect("slack");
		String uri = this.platform.dataProxyUrl() + "/v1/execute";
		String[] headers = Raw.bearer(this.platform.apiKey(), "Idempotency-Key", "one");
		List<CompletableFuture<String>> answers = new ArrayList<>();
		try (PlatformHold hold = this.platform.hold("/v1/execute")) {
			for (int i = 0; i < 20; i++) {
				answers.add(
						Raw.CLIENT
							.sendAsync(Raw.request("POST", uri, "{\"action_id\":\"SLACK_SEND_MESSAGE\",\"args\":{}}",
									headers), HttpResponse.BodyHandlers.ofString())
							.thenApply(HttpResponse::body));
			}
			hold.awaitRequests(20, WAIT);
		}
		assertThat(answers).allSatisfy((answer) -> assertThat(answer.join()).isEqualTo("{\"data\":{\"number\":1}}"));
		assertThat(Raw.post(uri, "{\"action_id\":\"SLACK_OTHER\",\"args\":{}}", headers).statusCode()).isEqualTo(409);
	}

	@Test
	void whenKeyIsRevokedThenIsRefusedAndAnotherWorks() {
		String old = this.platform.apiKey();
		String other = "vendo_sk_" + "b".repeat(32);
		this.platform.addApiKey(other);
		this.platform.revokeApiKey(old);
		assertThat(this.platform.apiKey()).isEqualTo(other);
		this.vendo.billing().balance();
		try (VendoClient late = this.platform.clientBuilder().apiKey(old).build()) {
			assertThatExceptionOfType(AuthException.class).isThrownBy(() -> late.billing().balance())
				.satisfies((ex) -> assertThat(ex.code()).hasToString("app_revoked"));
			assertThatExceptionOfType(AuthException.class).isThrownBy(() -> late.token("slack"))
				.satisfies((ex) -> assertThat(ex.code()).hasToString("app_revoked"));
		}
		this.platform.expireApiKey(other);
		try (VendoClient late = this.platform.clientBuilder().apiKey(other).build()) {
			assertThatExceptionOfType(AuthException.class).isThrownBy(() -> late.billing().balance())
				.satisfies((ex) -> assertThat(ex.code()).hasToString("app_expired"));
		}
	}

	@Test
	void shouldRecordRequestsWithSecretsMasked() {
		this.platform.connect("slack");
		PlatformUser alice = this.platform.user("alice");
		this.vendo.forUser(alice.jwt()).token("slack");
		Raw.get(this.vendo.connectUrl("slack"), "Cookie", "session=secret");
		assertThat(this.platform.requests()).hasSize(2);
		RecordedRequest token = this.platform.requests().get(0);
		assertThat(token.method()).isEqualTo("GET");
		assertThat(token.path()).isEqualTo("/slack");
		assertThat(token.number()).isOne();
		assertThat(token.at()).isEqualTo(this.clock.instant());
		assertThat(token.header("Authorization")).startsWith("Bearer vendo_sk_").doesNotContain(this.platform.apiKey());
		assertThat(token.header("X-Vendo-User-JWT")).isEqualTo("***");
		assertThat(token.unmaskedHeaders().getFirst("Authorization")).isEqualTo("Bearer " + this.platform.apiKey());
		assertThat(token.unmaskedHeaders().getFirst("X-Vendo-User-JWT")).isEqualTo(alice.jwt());
		RecordedRequest connect = this.platform.requests().get(1);
		assertThat(connect.unmaskedQuery().getFirst("app_key")).isEqualTo(this.platform.apiKey());
		assertThat(connect.query().getFirst("app_key")).doesNotContain(this.platform.apiKey());
		assertThat(connect.header("Cookie")).isEqualTo("***");
		assertThat(this.platform.requests().toString() + this.platform + alice).doesNotContain(this.platform.apiKey())
			.doesNotContain(alice.jwt())
			.doesNotContain(this.platform.webhookSecret());
		this.platform.clearRequests();
		assertThat(this.platform.requests()).isEmpty();
		assertThat(this.platform.requestCount("/slack")).isZero();
	}

	@Test
	void whenRestartedThenIsTheSamePlatformAtTheSameAddresses() {
		this.platform.connect("slack");
		String token = this.vendo.token("slack");
		List<URI> addresses = addresses();
		this.platform.restart();
		assertThat(addresses()).isEqualTo(addresses);
		this.vendo.invalidate("slack");
		assertThat(this.vendo.token("slack")).isEqualTo(token);
		this.platform.stop();
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> this.vendo.billing().balance());
		this.platform.restartWithoutHistory();
		assertThat(this.vendo.billing().balance().creditsRemainingMicros()).isEqualTo(12_500_000);
	}

	@Test
	void whenItsPortIsTakenForAMomentThenRestartWaitsForIt() throws Exception {
		this.platform.stop();
		ServerSocket other = new ServerSocket(this.platform.baseUrl().getPort(), 1, InetAddress.getLoopbackAddress());
		CompletableFuture.runAsync(() -> close(other), CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));
		this.platform.restart();
		assertThat(other.isClosed()).isTrue();
		assertThat(this.vendo.billing().balance().creditsRemainingMicros()).isEqualTo(12_500_000);
	}

	private static void close(ServerSocket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void whenClosedThenNothingListensAndNoThreadIsLeft() throws Exception {
		// Those of other tests' cached contexts may be there all the time.
		Set<Thread> others = threads();
		VendoPlatform other = VendoPlatform.start();
		try (VendoClient client = other.clientBuilder().build(); Raw.Stream stream = Raw.stream(other)) {
			client.billing().balance();
			other.sendWebhooksTo(URI.create("http://127.0.0.1:1/"));
			other.sendWebhook("evt_1", "test", Map.of());
			other.failNext(PlatformFault.hang());
			Raw.CLIENT.sendAsync(Raw.request("GET", other.credentialsUrl() + "/slack", ""),
					HttpResponse.BodyHandlers.discarding());
			other.awaitRequests("/slack", 1, WAIT);
			Set<Thread> own = threads();
			own.removeAll(others);
			assertThat(own).isNotEmpty().allMatch(Thread::isDaemon);
			other.close();
			other.close();
			for (Thread thread : own) {
				thread.join(WAIT.toMillis());
				assertThat(thread.isAlive()).isFalse();
			}
			assertThatExceptionOfType(IOException.class).isThrownBy(stream::read);
		}
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> new Socket("127.0.0.1", other.baseUrl().getPort()).close());
		assertThatIllegalStateException().isThrownBy(other::restart).withMessageContaining("closed");
	}

	@Test
	void whenPortIsTakenThenSaysSo() {
		assertThatIllegalStateException()
			.isThrownBy(() -> VendoPlatform.builder().port(this.platform.baseUrl().getPort()).start())
			.withMessageContaining("could not open its ports");
	}

	@Test
	void shouldListenOnLoopbackOnly() {
		assertThat(addresses()).extracting(URI::getHost).containsOnly("127.0.0.1");
	}

	@Test
	void whenSettingsMakeNoSenseThenRefusesThem() {
		assertThatIllegalArgumentException().isThrownBy(() -> VendoPlatform.builder().apiKey("secret"))
			.withMessageNotContaining("secret");
		assertThatIllegalArgumentException().isThrownBy(() -> VendoPlatform.builder().heartbeat(Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> this.platform.connect(".."));
		assertThatIllegalArgumentException().isThrownBy(() -> this.platform.spend(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> this.platform.hold("no-slash"));
		assertThatIllegalStateException().isThrownBy(() -> this.platform.token("slack"));
		assertThatIllegalStateException().isThrownBy(() -> this.platform.needsReauth("slack"))
			.withMessageContaining("connect(\"slack\")");
	}

	private List<URI> addresses() {
		return List.of(this.platform.baseUrl(), this.platform.credentialsUrl(), this.platform.dataProxyUrl());
	}

	private static Set<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("vendo-platform"))
			.collect(Collectors.toSet());
	}

	private int provider(String slug, String token) {
		return Raw.get(this.platform.providerUrl(slug) + "/me", Raw.bearer(token)).statusCode();
	}

}
