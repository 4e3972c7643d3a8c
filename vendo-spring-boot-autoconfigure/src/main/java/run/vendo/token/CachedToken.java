package run.vendo.token;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * A token, how long it may be used and from when on it is worth renewing.
 *
 * @param value the token
 * @param expiresAt when the provider stops accepting it, or {@code null} when not said
 * @param usableUntil when it stops being handed out, in milliseconds since 1970
 * @param renewFrom when it is renewed in the background, in milliseconds since 1970
 * @param overrideVariable the variable that is looked at before this token
 * @param hits counts how often a token of this provider is found, or {@code null}
 */
record CachedToken(String value, @Nullable Instant expiresAt, long usableUntil, long renewFrom, String overrideVariable,
		@Nullable LongAdder hits) {

	// A fifth of what is left at every try, so that a token which keeps its end, or
	// cannot
	// be renewed, is asked for a few times more and never in a loop.
	private static final double RENEWED_PART = 0.8;

	private static final long LONGEST_AHEAD = Duration.ofMinutes(5).toMillis();

	// Far beyond any date, and sums of a few of it are still numbers.
	private static final long FOREVER = Long.MAX_VALUE / 8;

	private static final long SHORTEST_PAUSE = Duration.ofSeconds(1).toMillis();

	static CachedToken of(String slug, String value, @Nullable Instant expiresAt, long now, Duration margin,
			Duration defaultLifetime, @Nullable LongAdder hits) {
		long usableUntil = (expiresAt != null)
				? millis(expiresAt.getEpochSecond(), expiresAt.getNano())
						- millis(margin.getSeconds(), margin.getNano())
				: now + millis(defaultLifetime.getSeconds(), defaultLifetime.getNano());
		return new CachedToken(value, expiresAt, usableUntil, renewFrom(now, usableUntil),
				ByokCatalog.overrideVariable(slug), hits);
	}

	private static long millis(long seconds, int nanos) {
		if (Math.abs(seconds) >= FOREVER / 1000 || seconds == Long.MIN_VALUE) {
			return (seconds < 0) ? -FOREVER : FOREVER;
		}
		return seconds * 1000 + nanos / 1_000_000;
	}

	private static long renewFrom(long now, long usableUntil) {
		long life = Math.max(0, usableUntil - now);
		return Math.max(now + (long) (life * RENEWED_PART), usableUntil - LONGEST_AHEAD);
	}

	boolean isUsable(long now) {
		return now < this.usableUntil;
	}

	boolean isWorthRenewing(long now) {
		return now >= this.renewFrom;
	}

	/**
	 * Return the same token, to be renewed later because renewing it just failed.
	 * @param now the present, in milliseconds since 1970
	 * @return a new entry
	 */
	CachedToken postponed(long now) {
		long next = Math.max(now + SHORTEST_PAUSE, renewFrom(now, this.usableUntil));
		return new CachedToken(this.value, this.expiresAt, this.usableUntil, next, this.overrideVariable, this.hits);
	}

	@Override
	public String toString() {
		return "CachedToken[expiresAt=" + this.expiresAt + "]";
	}

}
