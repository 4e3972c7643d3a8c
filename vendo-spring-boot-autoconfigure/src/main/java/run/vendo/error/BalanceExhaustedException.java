package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The prepaid balance does not cover the call.
 *
 * @since 0.1.0
 */
public final class BalanceExhaustedException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public BalanceExhaustedException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	@Override
	@Nullable String defaultNextStep() {
		return "Top up the balance in the Vendo dashboard: https://vendo.run/dashboard";
	}

}
