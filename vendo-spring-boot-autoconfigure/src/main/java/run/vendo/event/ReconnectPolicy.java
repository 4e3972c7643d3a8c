package run.vendo.event;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * When to connect again: at once after a drop, then after 1, 2, 4 … seconds up to a
 * bound, plus jitter; not any more after so many failed reconnects in a row. A value that
 * gives its successor, so that to begin anew is to use the first one again.
 *
 * @param maxReconnects how many failed reconnects in a row end the stream, negative for
 * no such end
 * @param initialBackoff the delay before the second reconnect
 * @param maxBackoff the longest delay
 * @param reconnects how many reconnects there were since an event was received
 * @param failed how many of them failed in a row
 */
record ReconnectPolicy(int maxReconnects, Duration initialBackoff, Duration maxBackoff, int reconnects, int failed) {

	// Whoever asks for more does not mean it, and would silence the stream.
	private static final Duration LONGEST_FOR_A_PLACE = Duration.ofDays(1);

	private static final Duration LONGEST_ASKED = Duration.ofHours(1);

	private static final double JITTER = 0.25;

	static ReconnectPolicy of(EventStreamOptions options) {
		return new ReconnectPolicy(options.maxReconnects(), options.initialBackoff(), options.maxBackoff(), 0, 0);
	}

	/**
	 * Return the policy after a connection has proved to be good: an event was received.
	 */
	ReconnectPolicy renewed() {
		return (this.reconnects == 0 && this.failed == 0) ? this
				: new ReconnectPolicy(this.maxReconnects, this.initialBackoff, this.maxBackoff, 0, 0);
	}

	/**
	 * Return what to do after a connection has ended, or could not be made.
	 * @param end how it ended
	 * @param retry how long the server asks to wait every time, or {@code null}
	 * @param jitter a random number, at least 0 and below 1
	 */
	Step after(End end, @Nullable Duration retry, double jitter) {
		int failedNow = end.failedReconnect() ? this.failed + 1 : 0;
		ReconnectPolicy then = new ReconnectPolicy(this.maxReconnects, this.initialBackoff, this.maxBackoff,
				this.reconnects + 1, failedNow);
		if (this.maxReconnects == 0
				|| (this.maxReconnects > 0 && end.failedReconnect() && failedNow >= this.maxReconnects)) {
			return new Step(null, then);
		}
		Duration asked = end.asked();
		if (asked != null && !asked.isZero()) {
			Duration longest = end.noPlace() ? LONGEST_FOR_A_PLACE : LONGEST_ASKED;
			return new Step((asked.compareTo(longest) < 0) ? asked : longest, then);
		}
		return new Step(delay((end.noPlace() || end.notAtOnce()) ? Math.max(this.reconnects, 1) : this.reconnects,
				retry, jitter), then);
	}

	/**
	 * Return how long to wait before something is done again.
	 * @param step how often it was done again already; 0 for no delay
	 * @param floor what to wait at least, up to the longest delay, or {@code null}
	 * @param jitter a random number, at least 0 and below 1
	 */
	Duration delay(int step, @Nullable Duration floor, double jitter) {
		Duration delay = Duration.ZERO;
		if (step > 0) {
			double millis = this.initialBackoff.toMillis() * Math.pow(2, Math.min(step, 64) - 1);
			delay = Duration.ofMillis((long) Math.min(this.maxBackoff.toMillis(), millis));
		}
		if (floor != null && floor.compareTo(delay) > 0) {
			delay = (floor.compareTo(this.maxBackoff) < 0) ? floor : this.maxBackoff;
		}
		return delay.plusMillis((long) (delay.toMillis() * JITTER * jitter));
	}

	/**
	 * How a connection ended.
	 *
	 * @param failedReconnect whether it was a reconnect that came to nothing
	 * @param noPlace whether the server said that there are too many streams
	 * @param notAtOnce whether the next attempt is not made at once for another reason:
	 * the server has sent nothing but repetitions, or ends one connection after the other
	 * as soon as it is open
	 * @param asked how long the server asked to wait this time, or {@code null}
	 */
	record End(boolean failedReconnect, boolean noPlace, boolean notAtOnce, @Nullable Duration asked) {

	}

	/**
	 * What to do next.
	 *
	 * @param delay how long to wait before the next attempt, or {@code null} for no
	 * further one
	 * @param then the policy from then on
	 */
	record Step(@Nullable Duration delay, ReconnectPolicy then) {

	}

}
