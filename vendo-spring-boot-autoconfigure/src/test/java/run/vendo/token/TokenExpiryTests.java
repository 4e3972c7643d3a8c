package run.vendo.token;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.VendoClient;
import run.vendo.fixture.MutableClock;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.TokenWorker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for how long a token is used.
 */
class TokenExpiryTests {

	@AutoClose
	private final TokenWorker worker = new TokenWorker();

	private final MutableClock clock = new MutableClock();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.worker.url()).clock(this.clock).build();

	@ParameterizedTest
	@CsvSource({ "PT1H, PT58M59.999S, slack-1", "PT1H, PT59M, slack-2", "PT1H, PT59M0.001S, slack-2",
			"PT1H, PT1H, slack-2", "PT61S, PT0.999S, slack-1", "PT61S, PT1S, slack-2", "PT60.001S, PT0S, slack-1",
			"PT60.001S, PT0.001S, slack-2" })
	void whenTokenHasAnEndThenItIsUsedUntilAMinuteBefore(Duration life, Duration later, String expected) {
		this.worker.expireAt(MutableClock.START.plus(life));
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		this.clock.advance(later);
		if (expected.equals("slack-1")) {
			// A renewal may begin, and must not be waited for.
			this.worker.hold();
		}
		assertThat(this.client.token("slack")).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "PT49M59.999S, slack-1", "PT50M, slack-2" })
	void whenTokenHasNoEndThenItIsUsedForFiftyMinutes(Duration later, String expected) {
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		this.clock.advance(later);
		if (expected.equals("slack-1")) {
			this.worker.hold();
		}
		assertThat(this.client.token("slack")).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "PT49M59.999S, slack-1", "PT50M, slack-2" })
	void whenTokenCameInBulkThenItIsUsedAsLong(Duration later, String expected) {
		assertThat(this.client.tokens(List.of("slack")).get("slack")).contains("slack-1");
		this.clock.advance(later);
		if (expected.equals("slack-1")) {
			this.worker.hold();
		}
		assertThat(this.client.tokens(List.of("slack")).get("slack")).contains(expected);
	}

	@ParameterizedTest
	@CsvSource({ "PT4M59.999S, slack-1", "PT5M, slack-2" })
	void whenMarginIsConfiguredThenItIsKept(Duration later, String expected) {
		TokenCache cache = TokenCache.builder().clock(this.clock).expiryMargin(Duration.ofMinutes(5)).build();
		VendoClient client = this.client.mutate().tokenCache(cache).build();
		this.worker.expireAt(MutableClock.START.plus(Duration.ofMinutes(10)));
		assertThat(client.token("slack")).isEqualTo("slack-1");
		this.clock.advance(later);
		if (expected.equals("slack-1")) {
			this.worker.hold();
		}
		assertThat(client.token("slack")).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "PT1.999S, slack-1", "PT2S, slack-2" })
	void whenDefaultLifetimeIsConfiguredThenItIsKept(Duration later, String expected) {
		TokenCache cache = TokenCache.builder().clock(this.clock).defaultLifetime(Duration.ofSeconds(2)).build();
		VendoClient client = this.client.mutate().tokenCache(cache).build();
		assertThat(client.token("slack")).isEqualTo("slack-1");
		this.clock.advance(later);
		if (expected.equals("slack-1")) {
			this.worker.hold();
		}
		assertThat(client.token("slack")).isEqualTo(expected);
	}

	@Test
	void whenMarginIsZeroThenTokenIsUsedToItsEnd() {
		TokenCache cache = TokenCache.builder().clock(this.clock).expiryMargin(Duration.ZERO).build();
		VendoClient client = this.client.mutate().tokenCache(cache).build();
		this.worker.expireAt(MutableClock.START.plusMillis(500));
		client.token("slack");
		this.clock.advance(Duration.ofMillis(399));
		assertThat(client.token("slack")).isEqualTo("slack-1");
		this.clock.advance(Duration.ofMillis(101));
		assertThat(client.token("slack")).isEqualTo("slack-2");
	}

	@ParameterizedTest
	@ValueSource(longs = { 60_000, 59_999, 1, 0, -1, -86_400_000 })
	void whenTokenIsWithinTheMarginAlreadyThenItIsReturnedButNotKept(long millis) {
		this.worker.expireAt(MutableClock.START.plusMillis(millis));
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
		assertThat(this.client.tokens(List.of("slack")).get("slack")).contains("slack-3");
		assertThat(this.worker.count()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "2026-05-20T15:00:00+02:00", "2026-05-20T13:00:00.000000Z", "2026-05-20T05:30:00-07:30" })
	void whenEndHasAnotherFormThenItIsTheSameMoment(String expiresAt) {
		this.worker.answerInstead((request) -> Response
			.json("{\"access_token\":\"t-%d\",\"expires_at\":\"%s\"}".formatted(this.worker.count(), expiresAt)));
		this.client.token("slack");
		this.clock.advance(Duration.ofMinutes(53).plusMillis(59_999));
		assertThat(this.client.token("slack")).isEqualTo("t-1");
		this.clock.set(Instant.parse("2026-05-20T12:59:00Z"));
		assertThat(this.client.token("slack")).isEqualTo("t-2");
	}

	@ParameterizedTest
	@ValueSource(strings = { "9999-12-31T23:59:59Z", "+999999999-12-31T23:59:59Z" })
	void whenEndIsFarAwayThenTokenIsKept(String expiresAt) {
		this.worker.answerInstead((request) -> Response
			.json("{\"access_token\":\"t-%d\",\"expires_at\":\"%s\"}".formatted(this.worker.count(), expiresAt)));
		assertThat(this.client.token("slack")).isEqualTo("t-1");
		this.clock.advance(Duration.ofDays(365));
		assertThat(this.client.token("slack")).isEqualTo("t-1");
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0000-01-01T00:00:00Z", "-999999999-01-01T00:00:00Z" })
	void whenEndIsLongAgoThenTokenIsReturnedButNotKept(String expiresAt) {
		this.worker.answerInstead((request) -> Response
			.json("{\"access_token\":\"t-%d\",\"expires_at\":\"%s\"}".formatted(this.worker.count(), expiresAt)));
		assertThat(this.client.token("slack")).isEqualTo("t-1");
		assertThat(this.client.token("slack")).isEqualTo("t-2");
	}

	@Test
	void whenDefaultLifetimeIsBoundlessThenTokenIsKept() {
		TokenCache cache = TokenCache.builder()
			.clock(this.clock)
			.expiryMargin(Duration.ZERO)
			.defaultLifetime(Duration.ofSeconds(Long.MAX_VALUE))
			.build();
		VendoClient client = this.client.mutate().tokenCache(cache).build();
		assertThat(client.token("slack")).isEqualTo("slack-1");
		this.clock.advance(Duration.ofDays(365));
		assertThat(client.token("slack")).isEqualTo("slack-1");
	}

	@Test
	void whenTokensHaveDifferentEndsThenEachHasItsOwn() {
		this.worker.expireAt(MutableClock.START.plus(Duration.ofMinutes(2)));
		this.client.token("short");
		this.worker.expireAt(MutableClock.START.plus(Duration.ofHours(10)));
		this.client.token("long");
		this.clock.advance(Duration.ofMinutes(1));
		assertThat(this.client.tokens(List.of("short", "long")))
			.hasToString("{short=Optional[short-2], " + "long=Optional[long-1]}");
		assertThat(this.worker.targets()).containsExactly("/short", "/long", "/_bulk?slugs=short");
	}

	@Test
	void whenSettingsAreNegativeThenTheyAreRefused() {
		TokenCache.Builder builder = TokenCache.builder();
		assertThatIllegalArgumentException().isThrownBy(() -> builder.expiryMargin(Duration.ofMillis(-1)));
		assertThatIllegalArgumentException().isThrownBy(() -> builder.defaultLifetime(Duration.ofMillis(-1)));
		assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumSize(-1));
	}

}
