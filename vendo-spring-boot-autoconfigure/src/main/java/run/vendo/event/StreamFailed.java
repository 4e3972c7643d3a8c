package run.vendo.event;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import run.vendo.error.VendoException;
import run.vendo.http.VendoJson;

/**
 * The stream has ended for good, and no further event follows. Raised here, never sent.
 *
 * @param envelope what every event has
 * @param cause why the stream has ended
 * @since 0.1.0
 */
public record StreamFailed(EventEnvelope envelope, VendoException cause) implements VendoEvent {

	/**
	 * Make the event that a stream ends with.
	 * @param cause why the stream has ended
	 * @return the event
	 */
	public static StreamFailed of(VendoException cause) {
		return of(cause, "", null);
	}

	static StreamFailed of(VendoException cause, String lastEventId, @Nullable Duration retry) {
		ObjectNode data = VendoJson.MAPPER.createObjectNode().put("kind", EventKind.STREAM_FAILED.value());
		if (cause.code() != null) {
			data.put("code", cause.code().value());
		}
		if (cause.status() != null) {
			data.put("status", cause.status());
		}
		return new StreamFailed(new EventEnvelope(EventKind.STREAM_FAILED, null, data,
				VendoJson.MAPPER.writeValueAsBytes(data), lastEventId, retry, false), cause);
	}

}
