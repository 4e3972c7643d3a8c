package run.vendo.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts calls by address, in windows that begin with the first call.
 */
final class RateLimiter {

	private static final Duration MINUTE = Duration.ofMinutes(1);

	private final Guard guard;

	private final Clock clock;

	private final Map<String, Window> windows = new HashMap<>();

	private boolean enabled;

	RateLimiter(Guard guard, Clock clock, boolean enabled) {
		this.guard = guard;
		this.clock = clock;
		this.enabled = enabled;
	}

	void enable(boolean enabled) {
		this.guard.run(() -> {
			this.enabled = enabled;
			this.windows.clear();
		});
	}

	/**
	 * Count a call, in windows of a minute.
	 * @param bucket what is limited
	 * @param limit how many calls a window allows
	 * @return what is left
	 */
	Allowance count(Call call, String bucket, int limit) {
		return count(call, bucket, limit, MINUTE);
	}

	/**
	 * Count a call.
	 * @param bucket what is limited
	 * @param limit how many calls a window allows
	 * @param length how long a window is
	 * @return what is left
	 */
	Allowance count(Call call, String bucket, int limit, Duration length) {
		return this.guard.get(() -> {
			if (!this.enabled) {
				return Allowance.UNLIMITED;
			}
			Instant now = this.clock.instant();
			Window window = this.windows.compute(bucket + " " + call.remoteAddress(),
					(key, known) -> (known == null || !now.isBefore(known.end)) ? new Window(now.plus(length)) : known);
			window.used++;
			return new Allowance(limit, limit - window.used, Duration.between(now, window.end));
		});
	}

	/**
	 * What is left of a limit.
	 *
	 * @param limit how many calls a window allows, or 0 without a limit
	 * @param remaining how many are left; negative when there were too many
	 * @param reset when the window ends
	 */
	record Allowance(int limit, int remaining, Duration reset) {

		static final Allowance UNLIMITED = new Allowance(0, 0, Duration.ZERO);

		boolean isExceeded() {
			return this.remaining < 0;
		}

		Refusal refusal() {
			return new Refusal(429, "rate_limited",
					"There were more than the %d calls that are allowed".formatted(this.limit))
				.retryAfter(this.reset);
		}

		Reply mark(Reply reply) {
			return (this.limit == 0) ? reply
					: reply.with("RateLimit-Limit", String.valueOf(this.limit))
						.with("RateLimit-Remaining", String.valueOf(Math.max(0, this.remaining)))
						.with("RateLimit-Reset", String.valueOf(Reply.seconds(this.reset)));
		}

	}

	private static final class Window {

		private final Instant end;

		private int used;

		Window(Instant end) {
			this.end = end;
		}

	}

}
