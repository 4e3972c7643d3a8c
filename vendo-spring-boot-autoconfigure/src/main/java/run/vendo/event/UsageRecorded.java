package run.vendo.event;

import java.math.BigDecimal;

/**
 * Something was used: {@code billing.usage_recorded}.
 *
 * @param envelope what every event has
 * @param provider the provider it was used at
 * @param micros what it cost, in millionths of a US dollar
 * @since 0.1.0
 */
public record UsageRecorded(EventEnvelope envelope, String provider, long micros) implements BillingEvent {

	/**
	 * Return what it cost in US dollars.
	 * @return the amount, with six decimals
	 */
	public BigDecimal cost() {
		return BigDecimal.valueOf(this.micros, 6);
	}

}
