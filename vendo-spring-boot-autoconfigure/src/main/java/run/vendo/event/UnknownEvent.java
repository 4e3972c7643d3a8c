package run.vendo.event;

/**
 * An event that this version does not know, or whose payload is not what its kind
 * promises: its text is in {@link #rawData()}.
 *
 * @param envelope what every event has
 * @since 0.1.0
 */
public record UnknownEvent(EventEnvelope envelope) implements VendoEvent {

	@Override
	public String toString() {
		return "UnknownEvent[kind=" + kind() + ", id=" + id() + "]";
	}

}
