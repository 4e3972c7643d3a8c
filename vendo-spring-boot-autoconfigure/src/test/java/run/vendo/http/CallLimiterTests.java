package run.vendo.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

import run.vendo.VendoClient;
import run.vendo.error.RateLimitedException;
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

	private final CallLimiter limiter = new CallLimiter(this.time, Duration.ofMinutes(2));

	private final List<String> made = new ArrayList<>();

	@AutoClose
	private final StubServer server = StubServer.start();

	private Disposable call(VendoEndpoint endpoint) {
		return this.limiter.acquire(endpoint).subscribe((done) -> {
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
			this.limiter.acquire(VendoEndpoint.CLI_BALANCE).subscribe((done) -> {
			}, (ex) -> {
			}, () -> times.add(this.time.now(java.util.concurrent.TimeUnit.MILLISECONDS)));
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
	void endpointsWithoutALimitNeverWait() {
		for (int i = 0; i < 200; i++) {
			call(VendoEndpoint.CONNECTIONS);
		}
		assertThat(this.made).hasSize(200);
	}

	@Test
	void aClientThatIsToldToFailsBeforeThePlatformRefuses() {
		this.server.respond((request) -> Response.json("{\"balance_usd\":1}"));
		try (VendoClient limited = TestClients.vendo(this.server.url()).rateLimiting(true).build();
				VendoClient free = limited.mutate().rateLimiting(false).build()) {
			for (int i = 0; i < 30; i++) {
				limited.forUser(TestClients.JWT).billing().cliBalance();
			}
			assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> limited.billing().cliBalance())
				.satisfies((ex) -> {
					assertThat(ex.status()).isNull();
					assertThat(ex.retryAfter()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
				});
			assertThat(this.server.count()).isEqualTo(30);
			free.billing().cliBalance();
			assertThat(this.server.count()).isEqualTo(31);
		}
	}

}
