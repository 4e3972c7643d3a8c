package run.vendo.webhook;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A webhook whose signature holds.
 *
 * @param <T> the type of its data
 * @since 0.1.0
 */
public final class WebhookEvent<T> {

	private final JsonNode body;

	private final @Nullable String deliveryId;

	private final Instant signedAt;

	private final int secretIndex;

	private final T data;

	WebhookEvent(JsonNode body, @Nullable String deliveryId, Instant signedAt, int secretIndex, T data) {
		this.body = body;
		this.deliveryId = deliveryId;
		this.signedAt = signedAt;
		this.secretIndex = secretIndex;
		this.data = data;
	}

	/**
	 * Return the id of the event, by which a repeated delivery can be told.
	 * @return the id in the body, else the one of the {@code Vendo-Event-Id} header, else
	 * {@code null}
	 */
	public @Nullable String id() {
		String id = text("id");
		return (id != null) ? id : this.deliveryId;
	}

	/**
	 * Return what happened.
	 * @return the type, for example {@code connection.connected}; empty when the platform
	 * left it out
	 */
	public String type() {
		String type = text("type");
		return (type != null) ? type : "";
	}

	/**
	 * Return when it happened.
	 * @return the time, or {@code null} when the body does not say it in a readable way
	 */
	public @Nullable Instant occurredAt() {
		String time = text("occurred_at");
		try {
			return (time != null) ? OffsetDateTime.parse(time).toInstant() : null;
		}
		catch (DateTimeException ex) {
			// The signature holds, so the event is the platform's; a time nobody can read
			// is none.
			return null;
		}
	}

	/**
	 * Return what the event is about.
	 * @return the data; a missing node when the body has none
	 */
	public T data() {
		return this.data;
	}

	/**
	 * Return the whole body.
	 * @return the JSON object that was signed
	 */
	public JsonNode body() {
		return this.body;
	}

	/**
	 * Return when the delivery was signed.
	 * @return the time of the {@code Vendo-Timestamp} header
	 */
	public Instant signedAt() {
		return this.signedAt;
	}

	/**
	 * Return which of the configured secrets matched, so that one can tell when an old
	 * one is no longer in use.
	 * @return the position of the secret, from 0
	 */
	public int secretIndex() {
		return this.secretIndex;
	}

	/**
	 * Return this event with its data as something else.
	 * @param <R> the type of the new data
	 * @param mapper makes the new data from the present
	 * @return an event that is otherwise the same
	 */
	public <R> WebhookEvent<R> map(Function<? super T, ? extends R> mapper) {
		return new WebhookEvent<>(this.body, this.deliveryId, this.signedAt, this.secretIndex, mapper.apply(this.data));
	}

	private @Nullable String text(String field) {
		JsonNode node = this.body.path(field);
		return node.isString() ? node.stringValue() : null;
	}

	@Override
	public String toString() {
		return "WebhookEvent[id=" + id() + ", type=" + type() + "]";
	}

}
