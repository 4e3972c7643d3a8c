package run.vendo.billing;

import run.vendo.error.AuthException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.http.Blocking;

/**
 * The prepaid balance, spend caps and usage. Every call throws
 * {@link VendoOnlyFeatureException} without an API key, before any I/O.
 *
 * @since 0.1.0
 * @see ReactiveBillingApi
 */
public interface BillingApi {

	/**
	 * Return an API that waits for what a reactive one does.
	 * @param reactive the API that does the work
	 * @return the blocking API
	 */
	static BillingApi over(ReactiveBillingApi reactive) {
		return new BillingApi() {

			@Override
			public Balance balance() {
				return Blocking.await(reactive.balance());
			}

			@Override
			public SpendCaps spendCaps() {
				return Blocking.await(reactive.spendCaps());
			}

			@Override
			public Usage usage(Period period) {
				return Blocking.await(reactive.usage(period));
			}

			@Override
			public UsdBalance legacyBalance() {
				return Blocking.await(reactive.legacyBalance());
			}

			@Override
			public UsdBalance cliBalance() {
				return Blocking.await(reactive.cliBalance());
			}

		};
	}

	/**
	 * Return the balance: {@code GET /api/billing/balance}. The platform allows 60 such
	 * calls a minute and IP address.
	 * @return the balance
	 * @throws AuthException if the key is refused
	 */
	Balance balance();

	/**
	 * Return the spend caps: {@code GET /api/billing/spend-caps}.
	 * @return the caps and what is used of them
	 * @throws AuthException if the key is refused
	 */
	SpendCaps spendCaps();

	/**
	 * Return what was used: {@code GET /api/billing/usage}.
	 * @param period the span to report
	 * @return the report
	 * @throws AuthException if the key is refused
	 */
	Usage usage(Period period);

	/**
	 * Return the balance as it was told first: {@code GET /api/v1/balance}. The platform
	 * allows 60 such calls a minute and IP address, together with {@link #balance()}.
	 * @return the balance
	 * @throws AuthException if the key is refused
	 */
	UsdBalance legacyBalance();

	/**
	 * Return the balance as command lines ask for it: {@code GET /api/cli/balance}. The
	 * platform allows 30 such calls a minute and IP address.
	 * @return the balance
	 * @throws AuthException if the key is refused
	 */
	UsdBalance cliBalance();

}
