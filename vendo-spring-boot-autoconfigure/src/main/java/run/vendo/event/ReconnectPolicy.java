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

	private static final Duration LONGEST_ASKED = Duration.ofHours(1);

	private static final double JITTER = 0.25;

	static ReconnectPolicy of(EventStreamOptions options) {
		return new ReconnectPolicy(options.maxReconnects(), options.initialBackoff(), options.maxBackoff(), 0, 0);
	}

	/**
	 * Return the policy after an event was received.
	 */
	ReconnectPolicy afterEvent() {
		return (this.reconnects == 0 && this.failed == 0) ? this
				: new ReconnectPolicy(this.maxReconnects, this.initialBackoff, this.maxBackoff, 0, 0);
	}

	/**
	 * Return what to do after a connection has ended, or could not be made.
	 * @param reconnect whether it was a reconnect that failed
	 * @param asked how long the server asked to wait this time, or {@code null}
	 * @param retry how long it asks to wait every time, or {@code null}
	 * @param jitter a random number, at least 0 and below 1
	 */
	Step next(boolean reconnect, @Nullable Duration asked, @Nullable Duration retry, double jitter) {
		int failedNow = reconnect ? this.failed + 1 : 0;
		ReconnectPolicy then = new ReconnectPolicy(this.maxReconnects, this.initialBackoff, this.maxBackoff,
				this.reconnects + 1, failedNow);
		if (this.maxReconnects >= 0 && failedNow >= this.maxReconnects && (reconnect || this.maxReconnects == 0)) {
			return new Step(null, then);
		}
		if (asked != null) {
			return new Step((asked.compareTo(LONGEST_ASKED) < 0) ? asked : LONGEST_ASKED, then);
		}
		return new Step(backoff(retry, jitter), then);
	}

	private Duration backoff(@Nullable Duration retry, double jitter) {
		Duration delay = Duration.ZERO;
		if (this.reconnects > 0) {
			double millis = this.initialBackoff.toMillis() * Math.pow(2, this.reconnects - 1);
			delay = Duration.ofMillis((long) Math.min(this.maxBackoff.toMillis(), millis));
		}
		if (retry != null && retry.compareTo(delay) > 0) {
			delay = (retry.compareTo(this.maxBackoff) < 0) ? retry : this.maxBackoff;
		}
		return delay.plusMillis((long) (delay.toMillis() * JITTER * jitter));
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
