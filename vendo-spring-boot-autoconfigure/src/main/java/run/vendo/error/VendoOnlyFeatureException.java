package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The call needs the Vendo platform, and there is no API key. Raised before any I/O.
 *
 * @since 0.1.0
 */
public final class VendoOnlyFeatureException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public VendoOnlyFeatureException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return "Set vendo.api-key (VENDO_API_KEY) to a key from the Vendo dashboard.";
	}

}
