package run.vendo.error;

import java.net.URI;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Root of every failure of a Vendo call. Caught as such it covers all of them; a subclass
 * exists for each failure that a caller would answer in a way of its own.
 * <p>
 * The first line of the message holds class, status and code, so that it can be searched
 * for; the lines below name the provider, what to do next and the request id. No message
 * ever holds a secret.
 *
 * @since 0.1.0
 * @serial exclude
 */
public class VendoException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private static final int PLATFORM_MESSAGE_SHOWN = 300;

	private final ErrorDetails details;

	/**
	 * Create an exception of a failure that has no class of its own.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public VendoException(ErrorDetails details, @Nullable Throwable cause) {
		super(null, cause);
		Assert.notNull(details, "'details' must not be null");
		this.details = details;
	}

	/**
	 * Return all that is known about the failure.
	 * @return the details
	 */
	public final ErrorDetails details() {
		return this.details;
	}

	/**
	 * Return why the call failed.
	 * @return the code, or {@code null} when none came
	 */
	public final @Nullable ErrorCode code() {
		return this.details.code();
	}

	/**
	 * Return the HTTP status of the answer.
	 * @return the status, or {@code null} when there was no answer
	 */
	public final @Nullable Integer status() {
		return this.details.status();
	}

	/**
	 * Return the provider the call was about.
	 * @return the slug, or {@code null} when the call was about no single provider
	 */
	public final @Nullable String slug() {
		return this.details.slug();
	}

	/**
	 * Return where the platform says the provider can be connected.
	 * @return the platform's own URL, or {@code null}
	 */
	public final @Nullable URI connectUrl() {
		return this.details.connectUrl();
	}

	/**
	 * Return how long the platform asks to wait before the next call.
	 * @return the time to wait, or {@code null} when it did not say
	 */
	public final @Nullable Duration retryAfter() {
		return this.details.retryAfter();
	}

	/**
	 * Return what the platform proposes to do.
	 * @return the platform's words with secrets masked, or {@code null}
	 */
	public final @Nullable String suggestedFix() {
		return this.details.suggestedFix();
	}

	/**
	 * Return what the platform said.
	 * @return the platform's words with secrets masked, or {@code null}
	 */
	public final @Nullable String platformMessage() {
		return this.details.platformMessage();
	}

	/**
	 * Return the platform's id of the request, to quote when asking for help.
	 * @return the id, or {@code null}
	 */
	public final @Nullable String requestId() {
		return this.details.requestId();
	}

	/**
	 * Return the platform's id of the error.
	 * @return the id, or {@code null}
	 */
	public final @Nullable String errorId() {
		return this.details.errorId();
	}

	/**
	 * Return the body of the answer: at most 8 KiB of it, with secrets masked.
	 * @return the body, or {@code null} when there was none
	 */
	public final @Nullable String responseBody() {
		return this.details.responseBody();
	}

	/**
	 * Return method, host, path and masked query of the request.
	 * @return the summary, or {@code null} when no request was made
	 */
	public final @Nullable String requestSummary() {
		return this.details.requestSummary();
	}

	/**
	 * Return how often the request was sent.
	 * @return the number of attempts; {@code 0} when the failure came before any I/O
	 */
	public final int attempts() {
		return this.details.attempts();
	}

	@Override
	public final String getMessage() {
		StringBuilder message = new StringBuilder(getClass().getSimpleName());
		append(message, " ", status());
		append(message, " ", code());
		append(message, ": ", line(this.details.summary()));
		append(message, "\n  request: ", requestSummary());
		append(message, "\n  slug: ", line(slug()));
		append(message, "\n  platform: ", shown(platformMessage()));
		append(message, "\n  next: ", line(nextStep()));
		append(message, "\n  request id: ", line(requestId()));
		append(message, "\n  error id: ", line(errorId()));
		if (attempts() > 1) {
			append(message, "\n  attempts: ", attempts());
		}
		return message.toString();
	}

	private @Nullable String nextStep() {
		if (this.details.nextStep() != null) {
			return this.details.nextStep();
		}
		return (suggestedFix() != null) ? shown(suggestedFix()) : defaultNextStep();
	}

	/**
	 * Return what a reader should do about this class of failure.
	 * @return one line, or {@code null} when there is nothing to say
	 */
	@Nullable String defaultNextStep() {
		return null;
	}

	/**
	 * Create an exception of the same class, details and cause whose stack trace begins
	 * at the caller. What failed on another thread is thrown this way, so that the trace
	 * shows who asked.
	 * @return a new exception, or this one where its details do not lead to its class
	 */
	public final VendoException atCaller() {
		VendoException copy = this.details.toException(getCause());
		return (copy.getClass() == getClass()) ? copy : this;
	}

	private static void append(StringBuilder message, String label, @Nullable Object value) {
		if (value != null) {
			message.append(label).append(value);
		}
	}

	private static @Nullable String shown(@Nullable String text) {
		if (text == null || text.codePointCount(0, text.length()) <= PLATFORM_MESSAGE_SHOWN) {
			return line(text);
		}
		return line(text.substring(0, text.offsetByCodePoints(0, PLATFORM_MESSAGE_SHOWN))) + "…";
	}

	// What came from outside, a slug included, stays on its line, so that no log line can
	// be forged with it.
	private static @Nullable String line(@Nullable String text) {
		if (text == null) {
			return null;
		}
		return text.codePoints()
			.map((codePoint) -> Character.isISOControl(codePoint) || codePoint == 0x2028 || codePoint == 0x2029 ? ' '
					: codePoint)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

}
