package run.vendo.token;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A token, how long it may be used and from when on it is worth renewing.
 *
 * @param value the token
 * @param expiresAt when the provider stops accepting it, or {@code null} when not said
 * @param usableUntil when it stops being handed out, in milliseconds since 1970
 * @param renewFrom when it is renewed in the background, in milliseconds since 1970
 * @param overrideVariable the variable that is looked at before this token
 */
record CachedToken(String value, @Nullable Instant expiresAt, long usableUntil, long renewFrom,
		String overrideVariable) {

	// A fifth of what is left: a token that comes back with the same end is asked for
	// ever more rarely this way only
	// as often as its life halves a few times over, never in a loop.
	private static final double RENEWED_PART = 0.8;

	private static final long LONGEST_AHEAD = Duration.ofMinutes(5).toMillis();

	private static final long SHORTEST_PAUSE = Duration.ofSeconds(1).toMillis();

	static CachedToken of(String slug, String value, @Nullable Instant expiresAt, long now, Duration margin,
			Duration defaultLifetime) {
		long usableUntil = (expiresAt != null) ? expiresAt.toEpochMilli() - margin.toMillis()
				: now + defaultLifetime.toMillis();
		return new CachedToken(value, expiresAt, usableUntil, renewFrom(now, usableUntil),
				ByokCatalog.overrideVariable(slug));
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
		return new CachedToken(this.value, this.expiresAt, this.usableUntil, next, this.overrideVariable);
	}

	@Override
	public String toString() {
		return "CachedToken[expiresAt=" + this.expiresAt + "]";
	}

}
