package run.vendo.event;

/**
 * Something happened to balance, caps or usage.
 *
 * @since 0.1.0
 */
public sealed interface BillingEvent extends VendoEvent
		permits UsageRecorded, BalanceChanged, BalanceLow, BalanceExhausted, CapWarned, CapTripped {

}
