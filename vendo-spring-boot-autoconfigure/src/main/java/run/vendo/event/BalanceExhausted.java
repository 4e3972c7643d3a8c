package run.vendo.event;

/**
 * The balance is used up: {@code billing.balance_exhausted}.
 *
 * @param envelope what every event has
 * @since 0.1.0
 */
public record BalanceExhausted(EventEnvelope envelope) implements BillingEvent {

}
