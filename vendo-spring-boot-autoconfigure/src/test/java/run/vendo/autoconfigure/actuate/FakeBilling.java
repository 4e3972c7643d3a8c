package run.vendo.autoconfigure.actuate;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import reactor.core.publisher.Mono;

import run.vendo.billing.Balance;
import run.vendo.billing.Period;
import run.vendo.billing.ReactiveBillingApi;
import run.vendo.billing.SpendCaps;
import run.vendo.billing.Usage;
import run.vendo.billing.UsdBalance;

/**
 * Billing that answers what a test wants, and counts.
 */
final class FakeBilling implements ReactiveBillingApi {

	static final String TOP_UP_URL = "https://vendo.run/billing";

	private final AtomicInteger asked = new AtomicInteger();

	private volatile Supplier<Mono<Balance>> balance = () -> Mono.just(new Balance(12_500_000, "USD", TOP_UP_URL));

	private volatile Supplier<Mono<SpendCaps>> caps = () -> Mono.just(new SpendCaps(null, 50_000_000L, 1000, 2000));

	void balance(long micros) {
		balance(() -> Mono.just(new Balance(micros, "USD", TOP_UP_URL)));
	}

	void balance(Supplier<Mono<Balance>> balance) {
		this.balance = balance;
	}

	void fail(Throwable failure) {
		balance(() -> Mono.error(failure));
	}

	void caps(Supplier<Mono<SpendCaps>> caps) {
		this.caps = caps;
	}

	/**
	 * Return how often the balance was asked for.
	 */
	int asked() {
		return this.asked.get();
	}

	@Override
	public Mono<Balance> balance() {
		return Mono.defer(() -> {
			this.asked.incrementAndGet();
			return this.balance.get();
		});
	}

	@Override
	public Mono<SpendCaps> spendCaps() {
		return Mono.defer(() -> this.caps.get());
	}

	@Override
	public Mono<Usage> usage(Period period) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Mono<UsdBalance> legacyBalance() {
		throw new UnsupportedOperationException();
	}

	@Override
	public Mono<UsdBalance> cliBalance() {
		throw new UnsupportedOperationException();
	}

}
