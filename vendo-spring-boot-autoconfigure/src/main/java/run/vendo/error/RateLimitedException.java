package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The platform, or a provider behind it, asks for fewer requests.
 *
 * @since 0.1.0
 */
public final class RateLimitedException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public RateLimitedException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return (retryAfter() != null) ? "Wait " + retryAfter().toSeconds() + " s before the next call."
				: "Send fewer requests; the limits are listed in the documentation.";
	}

}
