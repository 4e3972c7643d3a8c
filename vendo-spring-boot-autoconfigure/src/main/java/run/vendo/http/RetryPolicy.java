package run.vendo.http;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * How failed calls are repeated: full-jitter exponential backoff on 429, 500, 502, 503,
 * 504 and connection failures. A {@code Retry-After} is obeyed up to a ceiling; above it
 * the error is raised at once. A 429 that is a spend cap is never repeated.
 *
 * @param maxAttempts how often a call is sent at most, the first time included
 * @param baseDelay the upper bound of the first delay; it doubles with every attempt
 * @param maxDelay the upper bound of every delay
 * @param maxRetryAfter the longest {@code Retry-After} that is waited for
 * @param budget how many retries a client may spend before it must earn more: every
 * success earns a tenth of one, every second one. {@code 0} means no limit.
 * @since 0.1.0
 */
public record RetryPolicy(int maxAttempts, Duration baseDelay, Duration maxDelay, Duration maxRetryAfter, int budget) {

	private static final RetryPolicy DEFAULTS = new RetryPolicy(3, Duration.ofMillis(250), Duration.ofSeconds(8),
			Duration.ofSeconds(30), 100);

	public RetryPolicy {
		Assert.isTrue(maxAttempts >= 1, "'maxAttempts' must be at least 1");
		Assert.isTrue(!baseDelay.isNegative(), "'baseDelay' must not be negative");
		Assert.isTrue(maxDelay.compareTo(baseDelay) >= 0, "'maxDelay' must not be shorter than 'baseDelay'");
		Assert.isTrue(!maxRetryAfter.isNegative(), "'maxRetryAfter' must not be negative");
		Assert.isTrue(budget >= 0, "'budget' must not be negative");
	}

	/**
	 * Return the policy the platform expects: 3 attempts, 250 ms base, 8 s cap, 30 s
	 * ceiling, 100 retries of budget.
	 * @return the default policy
	 */
	public static RetryPolicy defaults() {
		return DEFAULTS;
	}

	/**
	 * Return a policy that sends every call once.
	 * @return a policy without retries
	 */
	public static RetryPolicy none() {
		return DEFAULTS.withMaxAttempts(1);
	}

	/**
	 * Return this policy with another number of attempts.
	 * @param maxAttempts how often a call is sent at most
	 * @return a new policy
	 */
	public RetryPolicy withMaxAttempts(int maxAttempts) {
		return new RetryPolicy(maxAttempts, this.baseDelay, this.maxDelay, this.maxRetryAfter, this.budget);
	}

	/**
	 * Return this policy with other delays.
	 * @param baseDelay the upper bound of the first delay
	 * @param maxDelay the upper bound of every delay
	 * @return a new policy
	 */
	public RetryPolicy withDelays(Duration baseDelay, Duration maxDelay) {
		return new RetryPolicy(this.maxAttempts, baseDelay, maxDelay, this.maxRetryAfter, this.budget);
	}

	/**
	 * Return this policy with another ceiling for {@code Retry-After}.
	 * @param maxRetryAfter the longest {@code Retry-After} that is waited for
	 * @return a new policy
	 */
	public RetryPolicy withMaxRetryAfter(Duration maxRetryAfter) {
		return new RetryPolicy(this.maxAttempts, this.baseDelay, this.maxDelay, maxRetryAfter, this.budget);
	}

	/**
	 * Return this policy with another budget.
	 * @param budget how many retries may be spent before more are earned, {@code 0} for
	 * no limit
	 * @return a new policy
	 */
	public RetryPolicy withBudget(int budget) {
		return new RetryPolicy(this.maxAttempts, this.baseDelay, this.maxDelay, this.maxRetryAfter, budget);
	}

	/**
	 * Return how long to wait before the next attempt.
	 * @param attempt the number of the attempt that failed, from 1
	 * @param jitter a random number, at least 0 and below 1
	 * @return a delay between nothing and the bound of this attempt
	 */
	Duration delayAfter(int attempt, double jitter) {
		double bound = Math.min(nanos(this.maxDelay), nanos(this.baseDelay) * Math.pow(2, attempt - 1));
		return Duration.ofNanos((long) (bound * jitter));
	}

	private static double nanos(Duration duration) {
		return duration.getSeconds() * 1e9 + duration.getNano();
	}

}
