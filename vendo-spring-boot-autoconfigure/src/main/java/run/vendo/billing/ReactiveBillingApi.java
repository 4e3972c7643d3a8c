package run.vendo.billing;

import reactor.core.publisher.Mono;

import run.vendo.error.AuthException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.http.VendoHttp;

/**
 * The prepaid balance, spend caps and usage. Every call fails with
 * {@link VendoOnlyFeatureException} without an API key, before any I/O.
 *
 * @since 0.1.0
 * @see BillingApi
 */
public interface ReactiveBillingApi {

	/**
	 * Return an API over an exchange path.
	 * @param http where calls go
	 * @return the API
	 */
	static ReactiveBillingApi over(VendoHttp http) {
		return new DefaultReactiveBillingApi(http);
	}

	/**
	 * Return the balance: {@code GET /api/billing/balance}. The platform allows 60 such
	 * calls a minute and IP address.
	 * @return the balance; fails with {@link AuthException} if the key is refused
	 */
	Mono<Balance> balance();

	/**
	 * Return the spend caps: {@code GET /api/billing/spend-caps}.
	 * @return the caps and what is used of them; fails with {@link AuthException} if the
	 * key is refused
	 */
	Mono<SpendCaps> spendCaps();

	/**
	 * Return what was used: {@code GET /api/billing/usage}.
	 * @param period the span to report
	 * @return the report; fails with {@link AuthException} if the key is refused
	 */
	Mono<Usage> usage(Period period);

	/**
	 * Return the balance as it was told first: {@code GET /api/v1/balance}. The platform
	 * allows 60 such calls a minute and IP address, together with {@link #balance()}.
	 * @return the balance; fails with {@link AuthException} if the key is refused
	 */
	Mono<UsdBalance> legacyBalance();

	/**
	 * Return the balance as command lines ask for it: {@code GET /api/cli/balance}. The
	 * platform allows 30 such calls a minute and IP address.
	 * @return the balance; fails with {@link AuthException} if the key is refused
	 */
	Mono<UsdBalance> cliBalance();

}
