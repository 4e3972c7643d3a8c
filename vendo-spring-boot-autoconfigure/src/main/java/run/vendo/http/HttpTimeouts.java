package run.vendo.http;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How long a call may take.
 *
 * @param connect how long a connection may take to open
 * @param response how long one attempt may take, from asking for a connection to the last
 * byte of the answer
 * @param call how long a call may take with all its retries, or {@code null} for as long
 * as they need
 * @since 0.1.0
 */
public record HttpTimeouts(Duration connect, Duration response, @Nullable Duration call) {

	private static final HttpTimeouts DEFAULTS = new HttpTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(30), null);

	public HttpTimeouts {
		requirePositive(connect, "connect");
		requirePositive(response, "response");
		if (call != null) {
			requirePositive(call, "call");
		}
	}

	/**
	 * Return 5 s to connect, 30 s for an attempt, no limit of its own for a call.
	 * @return the default timeouts
	 */
	public static HttpTimeouts defaults() {
		return DEFAULTS;
	}

	/**
	 * Return these timeouts with another one for opening a connection.
	 * @param connect how long a connection may take to open
	 * @return new timeouts
	 */
	public HttpTimeouts withConnect(Duration connect) {
		return new HttpTimeouts(connect, this.response, this.call);
	}

	/**
	 * Return these timeouts with another one for an attempt.
	 * @param response how long one attempt may take
	 * @return new timeouts
	 */
	public HttpTimeouts withResponse(Duration response) {
		return new HttpTimeouts(this.connect, response, this.call);
	}

	/**
	 * Return these timeouts with another one for a whole call.
	 * @param call how long a call may take with all its retries, or {@code null} for no
	 * limit of its own
	 * @return new timeouts
	 */
	public HttpTimeouts withCall(@Nullable Duration call) {
		return new HttpTimeouts(this.connect, this.response, call);
	}

	private static void requirePositive(Duration timeout, String name) {
		Assert.isTrue(!timeout.isNegative() && !timeout.isZero(), () -> "'" + name + "' must be positive");
	}

}
