package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The request carries no user to act for. Raised before any I/O.
 *
 * @since 0.1.0
 */
public final class IdentityNotPresentException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public IdentityNotPresentException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return "Call this behind the Vendo proxy with a signed-in user, or name the user with forUser(jwt).";
	}

}
