package run.vendo.http;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import run.vendo.error.ErrorCode;

/**
 * What is known of a call that is observed. Beyond account, api and operation, nothing is
 * before it has ended.
 *
 * @since 0.1.0
 */
public final class ClientCallObservationContext extends Observation.Context {

	private final String account;

	private final String api;

	private final String operation;

	private boolean ended;

	private boolean cancelled;

	private int attempts;

	private @Nullable Integer status;

	private @Nullable ErrorCode code;

	private @Nullable String requestId;

	ClientCallObservationContext(String account, String api, String operation) {
		this.account = account;
		this.api = api;
		this.operation = operation;
	}

	/**
	 * Return the account of the client.
	 * @return {@link ClientRecorder#DEFAULT_ACCOUNT}, the name that the client was given,
	 * or {@link ClientRecorder#OTHER_ACCOUNT}
	 */
	public String getAccount() {
		return this.account;
	}

	/**
	 * Return the API that is called.
	 * @return the API, for example {@code billing}; one of a closed list
	 */
	public String getApi() {
		return this.api;
	}

	/**
	 * Return the operation that is called.
	 * @return the operation, for example {@code balance}; one of a closed list
	 */
	public String getOperation() {
		return this.operation;
	}

	/**
	 * Return whether the call has ended.
	 * @return whether what follows is known
	 */
	public boolean isEnded() {
		return this.ended;
	}

	/**
	 * Return whether the caller has given up.
	 * @return whether the call ended without an answer because nobody wanted it
	 */
	public boolean isCancelled() {
		return this.cancelled;
	}

	/**
	 * Return how often the call was sent.
	 * @return the number of attempts
	 */
	public int getAttempts() {
		return this.attempts;
	}

	/**
	 * Return the status of the last answer.
	 * @return the HTTP status, or {@code null} when there was no answer
	 */
	public @Nullable Integer getStatus() {
		return this.status;
	}

	/**
	 * Return the code of the error.
	 * @return the code as the platform sent it, or {@code null}
	 */
	public @Nullable ErrorCode getCode() {
		return this.code;
	}

	/**
	 * Return the platform's id of the last request.
	 * @return the id, or {@code null}
	 */
	public @Nullable String getRequestId() {
		return this.requestId;
	}

	void end(int attempts, @Nullable Integer status, @Nullable ErrorCode code, @Nullable String requestId) {
		this.ended = true;
		this.attempts = attempts;
		this.status = status;
		this.code = code;
		this.requestId = requestId;
	}

	void cancel(int attempts) {
		this.ended = true;
		this.cancelled = true;
		this.attempts = attempts;
	}

}
