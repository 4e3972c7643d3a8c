package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The request conflicts with the present state.
 *
 * @since 0.1.0
 */
public class ConflictException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public ConflictException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return "Read the present state and decide again.";
	}

}
