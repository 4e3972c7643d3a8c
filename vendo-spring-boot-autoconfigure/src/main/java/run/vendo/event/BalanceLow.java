package run.vendo.event;

import java.math.BigDecimal;

/**
 * The balance is running low: {@code billing.balance_low}.
 *
 * @param envelope what every event has
 * @param creditsRemainingMicros what is left, in millionths of a US dollar
 * @since 0.1.0
 */
public record BalanceLow(EventEnvelope envelope, long creditsRemainingMicros) implements BillingEvent {

	/**
	 * Return what is left in US dollars.
	 * @return the amount, with six decimals
	 */
	public BigDecimal creditsRemaining() {
		return BigDecimal.valueOf(this.creditsRemainingMicros, 6);
	}

}
