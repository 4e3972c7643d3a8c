package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The provider is not connected, or its connection was revoked.
 *
 * @since 0.1.0
 */
public final class NotConnectedException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public NotConnectedException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		String slug = slug();
		return (slug != null)
				? "Connect %s in the Vendo dashboard, or send its owner to VendoClient.connectUrl(\"%s\")."
					.formatted(slug, slug)
				: "Connect the provider in the Vendo dashboard, or send its owner to VendoClient.connectUrl(slug).";
	}

}
