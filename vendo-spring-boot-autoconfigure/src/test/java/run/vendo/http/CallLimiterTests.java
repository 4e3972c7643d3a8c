package run.vendo.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

import run.vendo.VendoClient;
import run.vendo.billing.UsdBalance;
import run.vendo.error.RateLimitedException;
import run.vendo.error.UpstreamException;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CallLimiter}.
 */
class CallLimiterTests {

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private final CallLimiter limiter = new CallLimiter(this.time);

	private final List<String> made = new ArrayList<>();

	@AutoClose
	private final StubServer server = StubServer.start();

	private Disposable call(VendoEndpoint endpoint) {
		return call(endpoint, Duration.ofMinutes(2));
	}

	private Disposable call(VendoEndpoint endpoint, Duration longestWait) {
		return this.limiter.acquire(endpoint, longestWait).subscribe((done) -> {
		}, (ex) -> this.made.add(ex.getClass().getSimpleName()), () -> this.made.add(endpoint.name()));
	}

	@Test
	void asManyCallsAsTheWindowAllowsAreMadeAtOnceAndTheRestWaits() {
		for (int i = 0; i < 32; i++) {
			call(VendoEndpoint.CLI_BALANCE);
		}
		assertThat(this.made).hasSize(30);
		this.time.advanceTimeBy(Duration.ofMillis(59_999));
		assertThat(this.made).hasSize(30);
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.made).hasSize(32);
	}

	@Test
	void noWindowHasMoreCallsThanAllowedWhereverItBegins() {
		List<Long> times = new ArrayList<>();
		for (int i = 0; i < 75; i++) {
			this.limiter.acquire(VendoEndpoint.CLI_BALANCE, Duration.ofMinutes(2)).subscribe((done) -> {
			}, (ex) -> {
			}, () -> times.add(this.time.now(TimeUnit.MILLISECONDS)));
			this.time.advanceTimeBy(Duration.ofMillis(700));
		}
		this.time.advanceTimeBy(Duration.ofMinutes(5));
		assertThat(times).hasSize(75);
		for (long begin : times) {
			assertThat(times.stream().filter((at) -> at >= begin && at < begin + 60_000).count())
				.isLessThanOrEqualTo(30);
		}
	}

	@Test
	void theTwoBalancesShareTheirLimit() {
		for (int i = 0; i < 30; i++) {
			call(VendoEndpoint.BALANCE);
			call(VendoEndpoint.LEGACY_BALANCE);
		}
		assertThat(this.made).hasSize(60);
		call(VendoEndpoint.BALANCE);
		call(VendoEndpoint.CLI_BALANCE);
		assertThat(this.made).hasSize(61).endsWith("CLI_BALANCE");
	}

	@Test
	void whenTheTurnIsTooFarAwayShouldFailAtOnceAndTakeNoTurn() {
		for (int i = 0; i < 6; i++) {
			call(VendoEndpoint.DEPLOY);
		}
		assertThat(this.made).hasSize(6).endsWith("RateLimitedException");
		this.time.advanceTimeBy(Duration.ofMinutes(60));
		call(VendoEndpoint.DEPLOY);
		assertThat(this.made).hasSize(7).endsWith("DEPLOY");
	}

	@Test
	void whoGivesUpLeavesTheTurnToOthers() {
		for (int i = 0; i < 5; i++) {
			call(VendoEndpoint.DEPLOY, Duration.ofHours(1));
		}
		this.time.advanceTimeBy(Duration.ofMinutes(30));
		List<Disposable> waiting = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			waiting.add(call(VendoEndpoint.DEPLOY, Duration.ofHours(1)));
		}
		call(VendoEndpoint.DEPLOY, Duration.ofHours(1));
		assertThat(this.made).hasSize(6).endsWith("RateLimitedException");
		waiting.get(2).dispose();
		call(VendoEndpoint.DEPLOY, Duration.ofHours(1));
		call(VendoEndpoint.DEPLOY, Duration.ofHours(1));
		assertThat(this.made).hasSize(7).endsWith("RateLimitedException");
		this.time.advanceTimeBy(Duration.ofMinutes(30));
		assertThat(this.made).hasSize(12).endsWith("DEPLOY");
	}

	@Test
	void whenSomeGiveUpNoWindowHasMoreCallsThanAllowed() {
		List<Long> times = new ArrayList<>();
		for (int i = 0; i < 90; i++) {
			Disposable call = this.limiter.acquire(VendoEndpoint.CLI_BALANCE, Duration.ofMinutes(2))
				.subscribe((done) -> {
				}, (ex) -> {
				}, () -> times.add(this.time.now(TimeUnit.MILLISECONDS)));
			if (i % 7 == 3) {
				call.dispose();
			}
			this.time.advanceTimeBy(Duration.ofMillis(300));
		}
		this.time.advanceTimeBy(Duration.ofMinutes(5));
		assertThat(times).hasSizeGreaterThan(75);
		for (long begin : times) {
			assertThat(times.stream().filter((at) -> at >= begin && at < begin + 60_000).count())
				.isLessThanOrEqualTo(30);
		}
	}

	@Test
	void endpointsWithoutALimitNeverWait() {
		for (int i = 0; i < 200; i++) {
			call(VendoEndpoint.CONNECTIONS);
		}
		assertThat(this.made).hasSize(200);
	}

	@Test
	void aClientThatIsToldToFailsBeforeThePlatformRefuses() {
		this.server.respond((request) -> Response.json("{\"balance_usd\":1}"));
		try (VendoClient limited = TestClients.vendo(this.server.url()).rateLimiting(true).scheduler(this.time).build();
				VendoClient free = limited.mutate().rateLimiting(false).build()) {
			for (int i = 0; i < 30; i++) {
				limited.forUser(TestClients.JWT).billing().cliBalance();
			}
			assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> limited.billing().cliBalance())
				.satisfies((ex) -> {
					assertThat(ex.status()).isNull();
					assertThat(ex.retryAfter()).isEqualTo(Duration.ofMinutes(1));
				});
			assertThat(this.server.count()).isEqualTo(30);
			try (VendoClient other = limited.mutate().apiKey(TestClients.OTHER_KEY).build()) {
				assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> other.billing().cliBalance());
			}
			free.billing().cliBalance();
			assertThat(this.server.count()).isEqualTo(31);
		}
	}

	@Test
	void aCallWaitsForItsTurnUnlessItsTimeIsUpByThen() throws Exception {
		this.server.respond((request) -> Response.json("{\"balance_usd\":1}"));
		try (VendoClient limited = TestClients.vendo(this.server.url())
			.rateLimiting(true)
			.retry(RetryPolicy.none().withMaxRetryAfter(Duration.ofMinutes(5)))
			.scheduler(this.time)
			.build()) {
			for (int i = 0; i < 30; i++) {
				limited.billing().cliBalance();
			}
			CompletableFuture<UsdBalance> patient = limited.reactive().billing().cliBalance().toFuture();
			HttpApi.Request hurried = limited.http().get("/api/cli/balance").timeout(Duration.ofMinutes(1));
			assertThatExceptionOfType(RateLimitedException.class).isThrownBy(hurried::toBodilessEntity)
				.satisfies((ex) -> {
					assertThat(ex.attempts()).isZero();
					assertThat(ex.retryAfter()).isEqualTo(Duration.ofMinutes(1));
				});
			this.time.advanceTimeBy(Duration.ofMillis(59_999));
			assertThat(patient).isNotDone();
			assertThat(this.server.count()).isEqualTo(30);
			this.time.advanceTimeBy(Duration.ofMillis(1));
			assertThat(patient.get(20, TimeUnit.SECONDS)).isNotNull();
			assertThat(this.server.count()).isEqualTo(31);
		}
	}

	@Test
	void whenThereIsNoTurnToTryAgainThenTheCallFailsAsThePlatformSaid() {
		AtomicInteger calls = new AtomicInteger();
		this.server.respond((request) -> (calls.incrementAndGet() < 29) ? Response.json("{\"balance_usd\":1}")
				: Response.error(503, "upstream_error"));
		try (VendoClient limited = TestClients.vendo(this.server.url())
			.rateLimiting(true)
			.retry(RetryPolicy.defaults().withDelays(Duration.ofMillis(1), Duration.ofMillis(1)))
			.scheduler(new TestScheduler(Duration.ofSeconds(1)))
			.build()) {
			for (int i = 0; i < 28; i++) {
				limited.billing().cliBalance();
			}
			assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> limited.billing().cliBalance())
				.satisfies((ex) -> {
					assertThat(ex.status()).isEqualTo(503);
					assertThat(ex.attempts()).isEqualTo(2);
				});
			assertThat(this.server.count()).isEqualTo(30);
		}
	}

}
