package run.vendo.event;

/**
 * A spend cap was reached: {@code billing.cap_tripped}.
 *
 * @param envelope what every event has
 * @param window which cap: {@code daily} or {@code monthly}, or one this version does not
 * know
 * @since 0.1.0
 */
public record CapTripped(EventEnvelope envelope, String window) implements BillingEvent {

}
