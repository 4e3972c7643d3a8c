package run.vendo.event;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Something the platform tells the application as it happens. There is one record for
 * each kind of event; what this version does not know arrives as an {@link UnknownEvent},
 * and the end of the stream for good as a {@link StreamFailed}.
 *
 * @since 0.1.0
 */
public sealed interface VendoEvent
		permits ConnectionEvent, BillingEvent, DeploymentUpdated, UnknownEvent, StreamFailed {

	/**
	 * Make an event as it is made of a block of the stream: from one that was kept, or
	 * for a test.
	 * @param kind the name of the block, or {@code null} for the payload's own
	 * @param data the payload as sent
	 * @return the event
	 */
	static VendoEvent of(@Nullable String kind, String data) {
		return EventDecoder.decode(new StreamItem.Frame(kind, data.getBytes(StandardCharsets.UTF_8), ""), null);
	}

	/**
	 * Return what every event has.
	 * @return the envelope
	 */
	EventEnvelope envelope();

	/**
	 * Return the id of the event.
	 * @return the payload's id, or {@code null} when it has none
	 */
	default @Nullable String id() {
		return envelope().id();
	}

	/**
	 * Return when it happened.
	 * @return the payload's time, or {@code null} when it does not say it in a readable
	 * way
	 */
	default @Nullable Instant at() {
		return envelope().at();
	}

	/**
	 * Return what the event says.
	 * @return the kind, under its present name
	 */
	default EventKind kind() {
		return envelope().kind();
	}

	/**
	 * Return the payload as JSON.
	 * @return the payload; a missing node when it is not JSON
	 */
	default JsonNode data() {
		return envelope().data();
	}

	/**
	 * Return the payload as sent.
	 * @return the text of the block's data lines
	 */
	default String rawData() {
		return envelope().rawData();
	}

	/**
	 * Return the stream's id after this event: where to resume.
	 * @return the id; empty when the stream has none
	 */
	default String lastEventId() {
		return envelope().lastEventId();
	}

	/**
	 * Return how long the server wants clients to wait before they reconnect.
	 * @return the time the stream last said, or {@code null} when it never did
	 */
	default @Nullable Duration retry() {
		return envelope().retry();
	}

	/**
	 * Return whether the event was not sent but found out by comparing the connections
	 * after an interruption.
	 * @return whether it makes up for events that may be lost
	 */
	default boolean isResynchronized() {
		return envelope().isResynchronized();
	}

}
