package run.vendo.reconciler;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * How patiently a reload hook is called. What cannot be delivered is delivered at the
 * next run.
 *
 * @param timeout how long one attempt may take
 * @param maxAttempts how often the hook is called at most in one run, the first time
 * included
 * @param baseDelay the delay before the second attempt; it doubles with every further one
 * @since 0.1.0
 */
public record ReloadHookOptions(Duration timeout, int maxAttempts, Duration baseDelay) {

	private static final ReloadHookOptions DEFAULTS = new ReloadHookOptions(Duration.ofSeconds(5), 3,
			Duration.ofMillis(500));

	public ReloadHookOptions {
		Assert.isTrue(!timeout.isNegative() && !timeout.isZero(), "'timeout' must be positive");
		Assert.isTrue(maxAttempts >= 1, "'maxAttempts' must be at least 1");
		Assert.isTrue(!baseDelay.isNegative(), "'baseDelay' must not be negative");
	}

	/**
	 * Return 5 s for an attempt, 3 attempts, half a second before the second one.
	 * @return the default options
	 */
	public static ReloadHookOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Return these options with another timeout.
	 * @param timeout how long one attempt may take
	 * @return new options
	 */
	public ReloadHookOptions withTimeout(Duration timeout) {
		return new ReloadHookOptions(timeout, this.maxAttempts, this.baseDelay);
	}

	/**
	 * Return these options with another number of attempts.
	 * @param maxAttempts how often the hook is called at most in one run
	 * @return new options
	 */
	public ReloadHookOptions withMaxAttempts(int maxAttempts) {
		return new ReloadHookOptions(this.timeout, maxAttempts, this.baseDelay);
	}

	/**
	 * Return these options with another delay.
	 * @param baseDelay the delay before the second attempt
	 * @return new options
	 */
	public ReloadHookOptions withBaseDelay(Duration baseDelay) {
		return new ReloadHookOptions(this.timeout, this.maxAttempts, baseDelay);
	}

}
