package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The platform failed with an error of its own.
 *
 * @since 0.1.0
 */
public final class ServerException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public ServerException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return "Try again later. If it stays, ask Vendo for help with the request id.";
	}

}
