package run.vendo.autoconfigure.actuate;

import java.math.BigDecimal;
import java.time.Clock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import run.vendo.billing.Balance;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the platform as the balance shows it.
 */
final class BalanceHealth implements Supplier<Health> {

	static final Status LOW_BALANCE = new Status("LOW_BALANCE");

	private final BalanceMonitor monitor;

	private final Clock clock;

	private final @Nullable BigDecimal lowBalance;

	private final Status exhausted;

	BalanceHealth(BalanceMonitor monitor, VendoHealthProperties properties, Clock clock) {
		this.monitor = monitor;
		this.clock = clock;
		this.lowBalance = properties.checkedLowBalance();
		this.exhausted = new Status(properties.exhaustedStatusCode());
	}

	@Override
	public Health get() {
		BalanceSnapshot snapshot = this.monitor.snapshot();
		return Health.status(status(snapshot))
			.withDetail("mode", "vendo")
			.withDetails(Details.of(snapshot, this.clock.instant()))
			.build();
	}

	private Status status(BalanceSnapshot snapshot) {
		return switch (snapshot.state()) {
			case REJECTED -> Status.DOWN;
			case EXHAUSTED, CAPPED -> this.exhausted;
			case UNREACHABLE, PENDING -> Status.UNKNOWN;
			case AVAILABLE -> isLow(snapshot.balance()) ? LOW_BALANCE : Status.UP;
		};
	}

	private boolean isLow(@Nullable Balance balance) {
		return this.lowBalance != null && balance != null && balance.creditsRemaining().compareTo(this.lowBalance) < 0;
	}

}
