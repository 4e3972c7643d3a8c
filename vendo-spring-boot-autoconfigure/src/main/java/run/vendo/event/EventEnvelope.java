package run.vendo.event;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What every event has, whatever it says.
 *
 * @since 0.1.0
 */
public final class EventEnvelope {

	private final EventKind kind;

	private final @Nullable String id;

	private final JsonNode data;

	private final byte[] raw;

	private final String lastEventId;

	private final @Nullable Duration retry;

	private final boolean resynchronized;

	EventEnvelope(EventKind kind, @Nullable String id, JsonNode data, byte[] raw, String lastEventId,
			@Nullable Duration retry, boolean resynchronized) {
		this.kind = kind;
		this.id = id;
		this.data = data;
		this.raw = raw;
		this.lastEventId = lastEventId;
		this.retry = retry;
		this.resynchronized = resynchronized;
	}

	/**
	 * Return what the event says.
	 * @return the kind, under its present name
	 */
	public EventKind kind() {
		return this.kind;
	}

	/**
	 * Return the id of the event.
	 * @return the payload's id, or {@code null} when it has none
	 */
	public @Nullable String id() {
		return this.id;
	}

	/**
	 * Return when it happened.
	 * @return the payload's time, or {@code null} when it does not say it in a readable
	 * way
	 */
	public @Nullable Instant at() {
		JsonNode at = this.data.path("at");
		try {
			return at.isString() ? OffsetDateTime.parse(at.stringValue()).toInstant() : null;
		}
		catch (DateTimeException ex) {
			// A time nobody can read is none; the event is good without it.
			return null;
		}
	}

	/**
	 * Return the payload as JSON.
	 * @return the payload; a missing node when it is not JSON
	 */
	public JsonNode data() {
		return this.data;
	}

	/**
	 * Return the payload as sent.
	 * @return the text of the block's data lines
	 */
	public String rawData() {
		return new String(this.raw, StandardCharsets.UTF_8);
	}

	/**
	 * Return the stream's id after this event: where to resume.
	 * @return the id; empty when the stream has none
	 */
	public String lastEventId() {
		return this.lastEventId;
	}

	/**
	 * Return how long the server wants clients to wait before they reconnect.
	 * @return the time the stream last said, or {@code null} when it never did
	 */
	public @Nullable Duration retry() {
		return this.retry;
	}

	/**
	 * Return whether the event was not sent but found out by comparing the connections
	 * after an interruption.
	 * @return whether it makes up for events that may be lost
	 */
	public boolean isResynchronized() {
		return this.resynchronized;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof EventEnvelope envelope && this.kind.equals(envelope.kind)
				&& Objects.equals(this.id, envelope.id) && this.data.equals(envelope.data)
				&& this.lastEventId.equals(envelope.lastEventId) && this.resynchronized == envelope.resynchronized;
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.kind, this.id, this.lastEventId);
	}

	@Override
	public String toString() {
		return (this.resynchronized ? "resynchronized " : "") + ((this.id != null) ? this.id : this.kind.value());
	}

}
