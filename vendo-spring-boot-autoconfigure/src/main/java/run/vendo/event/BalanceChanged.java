package run.vendo.event;

import java.math.BigDecimal;

/**
 * The balance changed: {@code billing.balance_changed}.
 *
 * @param envelope what every event has
 * @param remainingMicros what is left, in millionths of a US dollar
 * @since 0.1.0
 */
public record BalanceChanged(EventEnvelope envelope, long remainingMicros) implements BillingEvent {

	/**
	 * Return what is left in US dollars.
	 * @return the amount, with six decimals
	 */
	public BigDecimal remaining() {
		return BigDecimal.valueOf(this.remainingMicros, 6);
	}

}
