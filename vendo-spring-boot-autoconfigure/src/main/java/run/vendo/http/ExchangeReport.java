package run.vendo.http;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ErrorDetails;

/**
 * One attempt of a call that is over. Secrets are masked.
 *
 * @param api the API the call belongs to, for example {@code billing}
 * @param operation the operation, for example {@code balance}
 * @param request method, host, path and masked query
 * @param attempt which attempt it was, from 1
 * @param duration how long it took
 * @param status the status of the answer, or {@code null} when none came
 * @param error what went wrong, or {@code null} when nothing did
 * @since 0.1.0
 */
public record ExchangeReport(String api, String operation, String request, int attempt, Duration duration,
		@Nullable Integer status, @Nullable ErrorDetails error) {

	/**
	 * Return whether the answer is what the call promises.
	 * @return whether nothing went wrong
	 */
	public boolean isSuccess() {
		return this.error == null;
	}

	@Override
	public String toString() {
		return this.request + ", attempt " + this.attempt + ", "
				+ ((this.status != null) ? "status " + this.status : "no answer") + " after " + this.duration.toMillis()
				+ " ms" + ((this.error != null) ? ", " + this.error.code() : "");
	}

}
