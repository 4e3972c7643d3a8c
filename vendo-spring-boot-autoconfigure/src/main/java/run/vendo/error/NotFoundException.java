package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * What the call is about does not exist.
 *
 * @since 0.1.0
 */
public final class NotFoundException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public NotFoundException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return "Check the slug or id of the call.";
	}

}
