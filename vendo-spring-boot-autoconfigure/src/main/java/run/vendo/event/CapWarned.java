package run.vendo.event;

/**
 * A spend cap comes near: {@code billing.cap_warned}.
 *
 * @param envelope what every event has
 * @param window which cap: {@code daily} or {@code monthly}, or one this version does not
 * know
 * @param pct how much of it is used, in percent
 * @since 0.1.0
 */
public record CapWarned(EventEnvelope envelope, String window, double pct) implements BillingEvent {

}
