package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The credential is known, but may not do this.
 *
 * @since 0.1.0
 */
public final class ForbiddenException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public ForbiddenException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return "Check what this key is allowed to do in the Vendo dashboard.";
	}

}
