package run.vendo.token;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.error.ValidationException;
import run.vendo.fixture.Callers;
import run.vendo.fixture.MutableClock;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.TokenWorker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what can be seen of a cache without a token.
 */
class TokenCacheStatisticsTests {

	private final MutableClock clock = new MutableClock();

	private final Map<String, String> environment = new ConcurrentHashMap<>();

	@AutoClose
	private final TokenWorker worker = new TokenWorker();

	@AutoClose
	private final VendoClient vendo = TestClients.vendo(this.worker.url())
		.environment(this.environment::get)
		.clock(this.clock)
		.build();

	@Test
	void countsEachCallOnce() {
		assertThat(statistics()).isEqualTo(new TokenCacheStatistics(0, 0, 0));
		this.vendo.token("slack");
		assertThat(statistics()).isEqualTo(new TokenCacheStatistics(1, 0, 1));
		this.vendo.token("slack");
		this.vendo.reactive().token("slack").block(Duration.ofSeconds(20));
		assertThat(statistics()).isEqualTo(new TokenCacheStatistics(1, 2, 1));
		this.vendo.tokens(List.of("slack", "notion"));
		assertThat(statistics()).isEqualTo(new TokenCacheStatistics(2, 3, 2));
	}

	@Test
	void countsUnderContention() {
		StubServer.Gate gate = this.worker.hold();
		Callers<String> callers = Callers.start(50, () -> this.vendo.token("slack")).awaitWaiting();
		gate.open();
		assertThat(callers.results()).containsOnly("slack-1");
		Callers.start(50, () -> this.vendo.token("slack")).results();
		assertThat(statistics()).isEqualTo(new TokenCacheStatistics(1, 50, 50));
	}

	@Test
	void whatComesFromAVariableIsNeitherHitNorMiss() {
		this.vendo.token("slack");
		this.environment.put("VENDO_TOKEN_SLACK", "mine");
		assertThat(this.vendo.token("slack")).isEqualTo("mine");
		assertThat(statistics()).isEqualTo(new TokenCacheStatistics(1, 0, 1));
	}

	@Test
	void cachedTokenTellsHowLongItIsGoodForAndAsksForNothing() {
		assertThat(this.vendo.cachedToken("slack")).isEmpty();
		Instant end = this.clock.instant().plusSeconds(3600);
		this.worker.expireAt(end);
		this.vendo.token("slack");
		assertThat(this.vendo.cachedToken("slack")).contains(new TokenLifetime(end, end.minusSeconds(60)));
		assertThat(this.vendo.forUser(TestClients.JWT).cachedToken("slack")).isEmpty();
		this.clock.advance(Duration.ofHours(2));
		assertThat(this.vendo.cachedToken("slack")).isEmpty();
		assertThat(this.worker.count()).isEqualTo(1);
		assertThat(statistics().hits()).isZero();
	}

	@Test
	void cachedTokenWithoutAnEndSaysSo() {
		this.vendo.token("slack");
		assertThat(this.vendo.cachedToken("slack"))
			.contains(new TokenLifetime(null, this.clock.instant().plus(Duration.ofMinutes(50))));
	}

	@Test
	void cachedTokenRefusesWhatIsNoSlug() {
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.vendo.cachedToken(".."));
	}

	private TokenCacheStatistics statistics() {
		return this.vendo.tokenCache().statistics();
	}

}
