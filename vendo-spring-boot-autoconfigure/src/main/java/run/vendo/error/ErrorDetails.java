package run.vendo.error;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What is known about a failure: the immutable facts every {@link VendoException}
 * carries, and the one place that decides which exception they make.
 *
 * @since 0.1.0
 * @see VendoException#details()
 * @serial exclude
 */
public final class ErrorDetails implements Serializable {

	private static final long serialVersionUID = 1L;

	private final @Nullable ErrorCode code;

	private final @Nullable Integer status;

	private final @Nullable String slug;

	private final @Nullable URI connectUrl;

	private final @Nullable Duration retryAfter;

	private final @Nullable String suggestedFix;

	private final @Nullable String platformMessage;

	private final @Nullable String requestId;

	private final @Nullable String errorId;

	private final @Nullable String responseBody;

	private final @Nullable String requestSummary;

	private final int attempts;

	private final @Nullable String summary;

	private final @Nullable String nextStep;

	private final @Nullable String reason;

	private final TransportException.@Nullable Reason transportReason;

	private final LinkedHashMap<String, List<String>> fieldErrors;

	private ErrorDetails(Builder builder) {
		this.code = builder.code;
		this.status = builder.status;
		this.slug = builder.slug;
		this.connectUrl = builder.connectUrl;
		this.retryAfter = builder.retryAfter;
		this.suggestedFix = builder.suggestedFix;
		this.platformMessage = builder.platformMessage;
		this.requestId = builder.requestId;
		this.errorId = builder.errorId;
		this.responseBody = builder.responseBody;
		this.requestSummary = builder.requestSummary;
		this.attempts = builder.attempts;
		this.summary = builder.summary;
		this.nextStep = builder.nextStep;
		this.reason = builder.reason;
		this.transportReason = builder.transportReason;
		this.fieldErrors = new LinkedHashMap<>();
		builder.fieldErrors.forEach((field, messages) -> this.fieldErrors.put(field, List.copyOf(messages)));
	}

	/**
	 * Return a builder with nothing set.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return a builder that starts with a code.
	 * @param code why the call failed
	 * @return a new builder
	 */
	public static Builder of(ErrorCode code) {
		return new Builder().code(code);
	}

	/**
	 * Return a builder that starts with these facts.
	 * @return a new builder
	 */
	public Builder mutate() {
		return new Builder(this);
	}

	/**
	 * Create the exception these facts call for: by transport failure, else by a known
	 * code, else by status, else {@link VendoException} itself.
	 * @param cause what led to it, or {@code null}
	 * @return a new exception whose stack trace begins at the caller
	 */
	public VendoException toException(@Nullable Throwable cause) {
		if (this.transportReason != null) {
			return new TransportException(this, cause);
		}
		VendoException known = (this.code != null) ? forCode(this.code.value(), cause) : null;
		if (known != null) {
			return known;
		}
		return (this.status != null) ? forStatus(this.status, cause) : new VendoException(this, cause);
	}

	private @Nullable VendoException forCode(String code, @Nullable Throwable cause) {
		if (code.startsWith("rate_limit_")) {
			return new RateLimitedException(this, cause);
		}
		return switch (code) {
			case "app_unknown", "app_revoked", "app_expired", "auth" -> new AuthException(this, cause);
			case "binding_missing", "connection_revoked", "not_connected" -> new NotConnectedException(this, cause);
			case "connection_needs_reauth", "needs_reauth" -> new NeedsReauthException(this, cause);
			case "balance_exhausted", "INSUFFICIENT_CREDITS", "BILLING_NOT_SETUP" ->
				new BalanceExhaustedException(this, cause);
			case "spend_cap_daily", "spend_cap_monthly", "spend_cap_exceeded" ->
				new SpendCapExceededException(this, cause);
			case "upstream_rate_limited", "rate_limited" -> new RateLimitedException(this, cause);
			case "upstream_error", "upstream", "composio_error", "invalid_response", "WORKER_UNREACHABLE" ->
				new UpstreamException(this, cause);
			case "validation_failed", "validation", "INVALID_SLUG", "UNKNOWN_BINDING", "MISSING_BINDING" ->
				new ValidationException(this, cause);
			case "SLUG_TAKEN", "SUBDOMAIN_TAKEN" -> new ConflictException(this, cause);
			case "tool_unreleased" -> new ForbiddenException(this, cause);
			case "idempotency_conflict" -> new IdempotencyConflictException(this, cause);
			case "vendo_only_feature" -> new VendoOnlyFeatureException(this, cause);
			case "identity_not_present" -> new IdentityNotPresentException(this, cause);
			default -> null;
		};
	}

	private VendoException forStatus(int status, @Nullable Throwable cause) {
		return switch (status) {
			case 400, 422 -> new ValidationException(this, cause);
			case 401 -> new AuthException(this, cause);
			case 402 -> new BalanceExhaustedException(this, cause);
			case 403 -> new ForbiddenException(this, cause);
			case 404 -> new NotFoundException(this, cause);
			case 409 -> new ConflictException(this, cause);
			case 429 -> new RateLimitedException(this, cause);
			case 502, 503, 504 -> new UpstreamException(this, cause);
			default ->
				(status >= 500 && status <= 599) ? new ServerException(this, cause) : new VendoException(this, cause);
		};
	}

	/**
	 * Return why the call failed.
	 * @return the code, or {@code null} when none came
	 */
	public @Nullable ErrorCode code() {
		return this.code;
	}

	/**
	 * Return the HTTP status of the answer.
	 * @return the status, or {@code null} when there was no answer
	 */
	public @Nullable Integer status() {
		return this.status;
	}

	/**
	 * Return the provider the call was about.
	 * @return the slug, or {@code null} when the call was about no single provider
	 */
	public @Nullable String slug() {
		return this.slug;
	}

	/**
	 * Return where the platform says the provider can be connected.
	 * @return the platform's own URL, or {@code null}
	 */
	public @Nullable URI connectUrl() {
		return this.connectUrl;
	}

	/**
	 * Return how long the platform asks to wait.
	 * @return the time to wait, or {@code null} when it did not say
	 */
	public @Nullable Duration retryAfter() {
		return this.retryAfter;
	}

	/**
	 * Return what the platform proposes to do.
	 * @return the platform's words, or {@code null}
	 */
	public @Nullable String suggestedFix() {
		return this.suggestedFix;
	}

	/**
	 * Return what the platform said, with secrets masked.
	 * @return the platform's words, or {@code null}
	 */
	public @Nullable String platformMessage() {
		return this.platformMessage;
	}

	/**
	 * Return the platform's id of the request.
	 * @return the id, or {@code null}
	 */
	public @Nullable String requestId() {
		return this.requestId;
	}

	/**
	 * Return the platform's id of the error.
	 * @return the id, or {@code null}
	 */
	public @Nullable String errorId() {
		return this.errorId;
	}

	/**
	 * Return the body of the answer: at most 8 KiB of it, with secrets masked.
	 * @return the body, or {@code null} when there was none
	 */
	public @Nullable String responseBody() {
		return this.responseBody;
	}

	/**
	 * Return method, host, path and masked query of the request.
	 * @return the summary, or {@code null} when no request was made
	 */
	public @Nullable String requestSummary() {
		return this.requestSummary;
	}

	/**
	 * Return how often the request was sent.
	 * @return the number of attempts; {@code 0} when the failure came before any I/O
	 */
	public int attempts() {
		return this.attempts;
	}

	/**
	 * Return what happened, in our words.
	 * @return one line, or {@code null} when code and status say it all
	 */
	public @Nullable String summary() {
		return this.summary;
	}

	/**
	 * Return what the reader should do, where that is more than the exception's class can
	 * tell.
	 * @return one line, or {@code null}
	 */
	public @Nullable String nextStep() {
		return this.nextStep;
	}

	/**
	 * Return the machine-readable reason of a failed validation.
	 * @return the reason, for example {@code mismatch}, or {@code null}
	 */
	public @Nullable String reason() {
		return this.reason;
	}

	/**
	 * Return what kept an answer from arriving.
	 * @return the reason, or {@code null} when there was an answer or no request
	 */
	public TransportException.@Nullable Reason transportReason() {
		return this.transportReason;
	}

	/**
	 * Return what the platform said about single fields of the request.
	 * @return messages by field; empty when there are none
	 */
	public Map<String, List<String>> fieldErrors() {
		return java.util.Collections.unmodifiableMap(this.fieldErrors);
	}

	/**
	 * Builder of {@link ErrorDetails}.
	 */
	public static final class Builder {

		private @Nullable ErrorCode code;

		private @Nullable Integer status;

		private @Nullable String slug;

		private @Nullable URI connectUrl;

		private @Nullable Duration retryAfter;

		private @Nullable String suggestedFix;

		private @Nullable String platformMessage;

		private @Nullable String requestId;

		private @Nullable String errorId;

		private @Nullable String responseBody;

		private @Nullable String requestSummary;

		private int attempts;

		private @Nullable String summary;

		private @Nullable String nextStep;

		private @Nullable String reason;

		private TransportException.@Nullable Reason transportReason;

		private Map<String, List<String>> fieldErrors = Map.of();

		private Builder() {
		}

		private Builder(ErrorDetails details) {
			this.code = details.code;
			this.status = details.status;
			this.slug = details.slug;
			this.connectUrl = details.connectUrl;
			this.retryAfter = details.retryAfter;
			this.suggestedFix = details.suggestedFix;
			this.platformMessage = details.platformMessage;
			this.requestId = details.requestId;
			this.errorId = details.errorId;
			this.responseBody = details.responseBody;
			this.requestSummary = details.requestSummary;
			this.attempts = details.attempts;
			this.summary = details.summary;
			this.nextStep = details.nextStep;
			this.reason = details.reason;
			this.transportReason = details.transportReason;
			this.fieldErrors = details.fieldErrors;
		}

		/**
		 * Set why the call failed.
		 * @param code the code, or {@code null}
		 * @return this builder
		 */
		public Builder code(@Nullable ErrorCode code) {
			this.code = code;
			return this;
		}

		/**
		 * Set the HTTP status of the answer.
		 * @param status the status, or {@code null} without an answer
		 * @return this builder
		 */
		public Builder status(@Nullable Integer status) {
			this.status = status;
			return this;
		}

		/**
		 * Set the provider the call was about.
		 * @param slug the slug, or {@code null}
		 * @return this builder
		 */
		public Builder slug(@Nullable String slug) {
			this.slug = slug;
			return this;
		}

		/**
		 * Set where the provider can be connected.
		 * @param connectUrl the platform's own URL, or {@code null}
		 * @return this builder
		 */
		public Builder connectUrl(@Nullable URI connectUrl) {
			this.connectUrl = connectUrl;
			return this;
		}

		/**
		 * Set how long to wait.
		 * @param retryAfter the time to wait, or {@code null}
		 * @return this builder
		 */
		public Builder retryAfter(@Nullable Duration retryAfter) {
			this.retryAfter = retryAfter;
			return this;
		}

		/**
		 * Set what the platform proposes.
		 * @param suggestedFix the platform's words without secrets, or {@code null}
		 * @return this builder
		 */
		public Builder suggestedFix(@Nullable String suggestedFix) {
			this.suggestedFix = suggestedFix;
			return this;
		}

		/**
		 * Set what the platform said.
		 * @param platformMessage the platform's words without secrets, or {@code null}
		 * @return this builder
		 */
		public Builder platformMessage(@Nullable String platformMessage) {
			this.platformMessage = platformMessage;
			return this;
		}

		/**
		 * Set the platform's id of the request.
		 * @param requestId the id, or {@code null}
		 * @return this builder
		 */
		public Builder requestId(@Nullable String requestId) {
			this.requestId = requestId;
			return this;
		}

		/**
		 * Set the platform's id of the error.
		 * @param errorId the id, or {@code null}
		 * @return this builder
		 */
		public Builder errorId(@Nullable String errorId) {
			this.errorId = errorId;
			return this;
		}

		/**
		 * Set the body of the answer.
		 * @param responseBody the bounded body without secrets, or {@code null}
		 * @return this builder
		 */
		public Builder responseBody(@Nullable String responseBody) {
			this.responseBody = responseBody;
			return this;
		}

		/**
		 * Set method, host, path and masked query of the request.
		 * @param requestSummary the summary without secrets, or {@code null}
		 * @return this builder
		 */
		public Builder requestSummary(@Nullable String requestSummary) {
			this.requestSummary = requestSummary;
			return this;
		}

		/**
		 * Set how often the request was sent.
		 * @param attempts the number of attempts
		 * @return this builder
		 */
		public Builder attempts(int attempts) {
			this.attempts = attempts;
			return this;
		}

		/**
		 * Set what happened, in our words.
		 * @param summary one line without secrets, or {@code null}
		 * @return this builder
		 */
		public Builder summary(@Nullable String summary) {
			this.summary = summary;
			return this;
		}

		/**
		 * Set what the reader should do.
		 * @param nextStep one line, or {@code null}
		 * @return this builder
		 */
		public Builder nextStep(@Nullable String nextStep) {
			this.nextStep = nextStep;
			return this;
		}

		/**
		 * Set the machine-readable reason of a failed validation.
		 * @param reason the reason, or {@code null}
		 * @return this builder
		 */
		public Builder reason(@Nullable String reason) {
			this.reason = reason;
			return this;
		}

		/**
		 * Set what kept an answer from arriving.
		 * @param transportReason the reason, or {@code null}
		 * @return this builder
		 */
		public Builder transportReason(TransportException.@Nullable Reason transportReason) {
			this.transportReason = transportReason;
			return this;
		}

		/**
		 * Set what the platform said about single fields.
		 * @param fieldErrors messages by field
		 * @return this builder
		 */
		public Builder fieldErrors(Map<String, List<String>> fieldErrors) {
			this.fieldErrors = fieldErrors;
			return this;
		}

		/**
		 * Build the details.
		 * @return the immutable details
		 */
		public ErrorDetails build() {
			return new ErrorDetails(this);
		}

		/**
		 * Build the details and create the exception they call for.
		 * @return a new exception without a cause
		 * @see ErrorDetails#toException(Throwable)
		 */
		public VendoException toException() {
			return build().toException(null);
		}

	}

}
