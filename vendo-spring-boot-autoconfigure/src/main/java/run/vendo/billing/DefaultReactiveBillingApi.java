package run.vendo.billing;

import reactor.core.publisher.Mono;

import run.vendo.http.VendoHttp;

import org.springframework.util.Assert;

/**
 * Billing as the platform answers it.
 */
final class DefaultReactiveBillingApi implements ReactiveBillingApi {

	private final VendoHttp http;

	DefaultReactiveBillingApi(VendoHttp http) {
		this.http = http;
	}

	@Override
	public Mono<Balance> balance() {
		return this.http.call("billing", "balance")
			.vendoOnly()
			.get("/api/billing/balance")
			.retrieve(Balance.class)
			.doOnNext(this::record);
	}

	@Override
	public Mono<SpendCaps> spendCaps() {
		return this.http.call("billing", "spendCaps")
			.vendoOnly()
			.get("/api/billing/spend-caps")
			.retrieve(SpendCaps.class)
			.doOnNext(this::record);
	}

	private void record(Balance balance) {
		if (this.http.countsBilling()) {
			this.http.recorder().balance(balance.creditsRemainingMicros());
		}
	}

	private void record(SpendCaps caps) {
		if (this.http.countsBilling()) {
			this.http.recorder()
				.spendCaps(caps.dailyMicros(), caps.monthlyMicros(), caps.usedTodayMicros(), caps.usedMonthMicros());
		}
	}

	@Override
	public Mono<Usage> usage(Period period) {
		Assert.notNull(period, "'period' must not be null");
		return this.http.call("billing", "usage")
			.vendoOnly()
			.get("/api/billing/usage")
			.query("period", period.value())
			.retrieve(Usage.class);
	}

	@Override
	public Mono<UsdBalance> legacyBalance() {
		return this.http.call("billing", "legacyBalance").vendoOnly().get("/api/v1/balance").retrieve(UsdBalance.class);
	}

	@Override
	public Mono<UsdBalance> cliBalance() {
		return this.http.call("billing", "cliBalance").vendoOnly().get("/api/cli/balance").retrieve(UsdBalance.class);
	}

}
