package run.vendo.token;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.VendoClient;
import run.vendo.error.VendoException;
import run.vendo.fixture.Callers;
import run.vendo.fixture.Conditions;
import run.vendo.fixture.MutableClock;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.TokenWorker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for tokens that are renewed before they run out.
 */
class TokenRenewalTests {

	/** The last moment at which the first token of these tests is used. */
	private static final Instant END = MutableClock.START.plus(Duration.ofMinutes(59));

	private static final Instant LAST_PART = END.minus(Duration.ofMinutes(5));

	@AutoClose
	private final TokenWorker worker = new TokenWorker();

	private final MutableClock clock = new MutableClock();

	private final TokenCache cache = TokenCache.builder().clock(this.clock).build();

	private final Map<String, String> environment = new ConcurrentHashMap<>();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.worker.url())
		.tokenCache(this.cache)
		.environment(this.environment::get)
		.build();

	@BeforeEach
	void keepAToken() {
		this.worker.expireAt(END.plusSeconds(60));
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		this.worker.expireAt(END.plus(Duration.ofHours(1)));
	}

	private void awaitRenewals() {
		Conditions.await(() -> TokenCaches.underWay(this.cache) == 0);
	}

	@Test
	void whenInTheLastPartOfItsLifeThenOneRenewalIsMadeAndNobodyWaits() {
		this.clock.set(LAST_PART);
		Gate gate = this.worker.hold();
		// Calls on this thread: were one of them to wait, the test would not go on.
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		CompletableFuture<String> reactive = this.client.reactive().token("slack").toFuture();
		assertThat(reactive).isCompletedWithValue("slack-1");
		assertThat(this.client.tokens(List.of("slack")).get("slack")).contains("slack-1");
		assertThat(Callers.start(50, () -> this.client.token("slack")).results()).containsOnly("slack-1");
		gate.awaitArrival();
		assertThat(this.worker.count()).isEqualTo(2);
		gate.open();
		awaitRenewals();
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
		this.clock.set(END);
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
		assertThat(this.worker.count()).isEqualTo(2);
	}

	@Test
	void whenNotInTheLastPartOfItsLifeThenThereIsNoRenewal() {
		this.clock.set(LAST_PART.minusMillis(1));
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		assertThat(TokenCaches.underWay(this.cache)).isZero();
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenLifeIsShortThenTheLastPartIsAFifthOfIt() {
		this.worker.expireAt(LAST_PART.plusSeconds(60 + 100));
		this.clock.set(LAST_PART);
		this.client.token("notion");
		this.clock.advance(Duration.ofMillis(79_999));
		this.client.token("notion");
		assertThat(TokenCaches.underWay(this.cache)).isZero();
		this.clock.advance(Duration.ofMillis(1));
		Gate gate = this.worker.hold();
		assertThat(this.client.token("notion")).isEqualTo("notion-1");
		gate.awaitArrival();
	}

	@Test
	void whenNobodyAsksThenThereIsNoRenewal() {
		this.clock.set(END.minusMillis(1));
		assertThat(this.client.token("notion")).isEqualTo("notion-1");
		assertThat(this.worker.targets()).containsExactly("/slack", "/notion");
	}

	@Test
	void whenTokenRunsOutDuringItsRenewalThenCallersJoinIt() {
		this.clock.set(LAST_PART);
		Gate gate = this.worker.hold();
		this.client.token("slack");
		gate.awaitArrival();
		this.clock.set(END);
		Callers<String> waiting = Callers.start(2, () -> this.client.token("slack")).awaitWaiting();
		gate.open();
		assertThat(waiting.results()).containsOnly("slack-2");
		assertThat(this.worker.count()).isEqualTo(2);
	}

	@Test
	void whenRenewalFailsThenTokenIsKeptAndTheNextTryWaits() {
		this.worker.fail(503, "upstream_error");
		this.clock.set(LAST_PART);
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		awaitRenewals();
		for (int i = 0; i < 100; i++) {
			assertThat(this.client.token("slack")).isEqualTo("slack-1");
			assertThat(TokenCaches.underWay(this.cache)).isZero();
		}
		assertThat(this.worker.count()).isEqualTo(2);
		this.worker.recover();
		this.clock.set(END.minusSeconds(1));
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		awaitRenewals();
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
		assertThat(this.worker.count()).isEqualTo(3);
	}

	@Test
	void whenRenewalKeepsFailingThenTokenIsUsedToItsEndAndTriesStayFew() {
		this.worker.fail(503, "upstream_error");
		for (Instant now = LAST_PART; now.isBefore(END); now = now.plusMillis(250)) {
			this.clock.set(now);
			assertThat(this.client.token("slack")).isEqualTo("slack-1");
			awaitRenewals();
		}
		assertThat(this.worker.count()).isBetween(4, 10);
		this.clock.set(END);
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.client.token("slack"));
	}

	@Test
	void whenRenewalFailsUnderContentionThenItIsNotRepeatedAtOnce() {
		int rounds = 60;
		for (int i = 0; i < rounds; i++) {
			this.worker.recover();
			this.worker.expireAt(END.plusSeconds(60));
			this.clock.set(MutableClock.START);
			this.client.invalidate("slack");
			this.client.token("slack");
			this.worker.fail(503, "upstream_error");
			this.clock.set(LAST_PART);
			int before = this.worker.count();
			CyclicBarrier barrier = new CyclicBarrier(4);
			Callers<Boolean> callers = Callers.start(4, () -> {
				barrier.await(20, TimeUnit.SECONDS);
				while (this.worker.count() == before || TokenCaches.underWay(this.cache) > 0) {
					this.client.token("slack");
				}
				for (int call = 0; call < 50; call++) {
					this.client.token("slack");
				}
				return true;
			});
			callers.results();
			awaitRenewals();
			assertThat(this.worker.count()).as("requests in round %d", i).isEqualTo(before + 1);
		}
	}

	@Test
	void whenCredentialHasTheSameEndThenRenewalsStayFew() {
		this.worker.expireAt(END.plusSeconds(60));
		for (Instant now = LAST_PART; now.isBefore(END); now = now.plusMillis(50)) {
			this.clock.set(now);
			this.client.token("slack");
			awaitRenewals();
		}
		assertThat(this.worker.count()).isBetween(4, 10);
	}

	@ParameterizedTest
	@CsvSource({ "403, binding_missing", "403, connection_revoked", "401, connection_needs_reauth",
			"404, provider_unknown", "401, app_revoked", "401, app_unknown", "401, app_expired" })
	void whenRenewalIsRefusedForGoodThenTokenIsDropped(int status, String code) {
		this.worker.fail(status, code);
		this.clock.set(LAST_PART);
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		awaitRenewals();
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.client.token("slack"))
			.satisfies((ex) -> assertThat(ex.code()).hasToString(code));
		assertThat(this.worker.count()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 403, 404, 429, 500, 502 })
	void whenSomethingOnTheWayRefusesTheRenewalThenTokenIsKept(int status) {
		this.worker
			.answerInstead((request) -> new Response(status, Map.of("Content-Type", "text/html"), "<html></html>"));
		this.clock.set(LAST_PART);
		this.client.token("slack");
		awaitRenewals();
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		assertThat(this.worker.count()).isEqualTo(2);
	}

	@Test
	void whenRenewalBringsATokenThatIsOverThenTheOldOneIsNotUsedEither() {
		this.worker.expireAt(LAST_PART);
		this.clock.set(LAST_PART);
		this.client.token("slack");
		awaitRenewals();
		assertThat(this.client.token("slack")).isEqualTo("slack-3");
		assertThat(this.cache.size()).isZero();
	}

	@Test
	void whenInvalidatedDuringARenewalThenItsAnswerIsNotKept() {
		this.clock.set(LAST_PART);
		Gate renewal = this.worker.hold();
		this.client.token("slack");
		renewal.awaitArrival();
		this.client.invalidate("slack");
		Gate next = this.worker.hold();
		CompletableFuture<String> after = this.client.reactive().token("slack").toFuture();
		next.awaitArrival();
		next.open();
		assertThat(after.join()).isEqualTo("slack-2");
		renewal.open();
		Conditions.await(() -> this.worker.issued("slack") == 3);
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
		assertThat(this.worker.count()).isEqualTo(3);
	}

	@ParameterizedTest
	@CsvSource({ "403, binding_missing", "503, upstream_error" })
	void whenInvalidatedDuringARenewalThenItsFailureChangesNothing(int status, String code) {
		this.worker.answerInstead((request) -> Response
			.json("{\"access_token\":\"the same\",\"expires_at\":\"%s\"}".formatted(END.plusSeconds(60))));
		this.client.invalidate("slack");
		this.client.token("slack");
		this.clock.set(LAST_PART);
		Gate renewal = this.worker.hold();
		this.client.token("slack");
		renewal.awaitArrival();
		TokenCache.Flight flight = (TokenCache.Flight) TokenCaches.flights(this.cache).values().iterator().next();
		this.client.invalidate("slack");
		Gate next = this.worker.hold();
		CompletableFuture<String> after = this.client.reactive().token("slack").toFuture();
		next.awaitArrival();
		next.open();
		assertThat(after.join()).isEqualTo("the same");
		int before = this.worker.count();
		this.worker.fail(status, code);
		renewal.open();
		Conditions.await(() -> flight.future().isCompletedExceptionally());
		for (int i = 0; i < 100; i++) {
			assertThat(this.client.token("slack")).isEqualTo("the same");
		}
		assertThat(this.worker.count()).isEqualTo(before);
	}

	@Test
	void whenOverrideIsSetThenThereIsNoRenewal() {
		this.environment.put("VENDO_TOKEN_SLACK", "own");
		this.clock.set(LAST_PART);
		assertThat(this.client.token("slack")).isEqualTo("own");
		assertThat(TokenCaches.underWay(this.cache)).isZero();
	}

	@Test
	void whenRenewedForAUserThenRequestIsMadeForThatUser() {
		VendoClient alice = this.client.forUser(TestClients.JWT);
		this.worker.expireAt(LAST_PART.plusSeconds(60).plusMillis(1));
		alice.token("slack");
		this.clock.set(LAST_PART);
		Gate gate = this.worker.hold();
		assertThat(alice.token("slack")).isEqualTo("slack-2");
		gate.awaitArrival();
		assertThat(this.worker.requests().get(2).header("X-Vendo-User-JWT")).isEqualTo(TestClients.JWT);
	}

	@Test
	void whenBusyThroughManyLivesThenNoCallerEverWaits() {
		// Every call but the first is made on this thread while the worker is shut.
		for (int life = 0; life < 5; life++) {
			Gate gate = this.worker.hold();
			this.clock.advance(Duration.ofMinutes(54));
			this.worker.expireAt(this.clock.instant().plus(Duration.ofHours(1)));
			assertThat(this.client.token("slack")).isEqualTo("slack-" + (life + 1));
			gate.awaitArrival();
			gate.open();
			awaitRenewals();
			assertThat(this.client.token("slack")).isEqualTo("slack-" + (life + 2));
		}
	}

}
