package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The platform refused the credential: the key is unknown, revoked or expired, or the
 * wrong kind of credential for the call.
 *
 * @since 0.1.0
 */
public final class AuthException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public AuthException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return "Check vendo.api-key (VENDO_API_KEY): copy it again from the Vendo dashboard, or mint a new key there.";
	}

}
