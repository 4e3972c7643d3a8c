package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * A spend cap was reached. Such an answer is never retried.
 *
 * @since 0.1.0
 */
public final class SpendCapExceededException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public SpendCapExceededException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return "Raise the cap of this app in the Vendo dashboard, or wait for its window to end.";
	}

}
