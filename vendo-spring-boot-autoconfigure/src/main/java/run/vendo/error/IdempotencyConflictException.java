package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * An idempotency key was used again with another request.
 *
 * @since 0.1.0
 */
public final class IdempotencyConflictException extends ConflictException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public IdempotencyConflictException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return "Use a new idempotency key for a new request; keep a key only for repeats of the very same one.";
	}

}
