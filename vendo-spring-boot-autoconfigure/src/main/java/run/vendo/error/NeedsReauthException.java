package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The provider is connected, but its consent has to be given again.
 *
 * @since 0.1.0
 */
public final class NeedsReauthException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public NeedsReauthException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		String slug = slug();
		return (slug != null)
				? "Have %s connected again: send its owner to VendoClient.connectUrl(\"%s\").".formatted(slug, slug)
				: "Have the provider connected again: send its owner to VendoClient.connectUrl(slug).";
	}

}
