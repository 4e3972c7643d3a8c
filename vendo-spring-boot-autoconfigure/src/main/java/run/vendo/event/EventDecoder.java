package run.vendo.event;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import run.vendo.connection.ConnectionStatus;
import run.vendo.http.VendoJson;

/**
 * Makes an event of a block. What does not fit becomes an {@link UnknownEvent}: a payload
 * nobody can read is no reason to lose it, and none to reconnect.
 */
final class EventDecoder {

	private static final Map<String, EventKind> KNOWN = Stream
		.of(EventKind.CONNECTION_CONNECTED, EventKind.CONNECTION_DISCONNECTED, EventKind.CONNECTION_CHANGED,
				EventKind.CONNECTION_STATUS_CHANGED, EventKind.CONNECTION_NEEDS_REAUTH, EventKind.CONNECTION_ERROR,
				EventKind.BILLING_USAGE_RECORDED, EventKind.BILLING_BALANCE_CHANGED, EventKind.BILLING_BALANCE_LOW,
				EventKind.BILLING_BALANCE_EXHAUSTED, EventKind.BILLING_CAP_WARNED, EventKind.BILLING_CAP_TRIPPED,
				EventKind.DEPLOYMENT_UPDATED)
		.collect(Collectors.toUnmodifiableMap(EventKind::value, Function.identity()));

	private static final Map<String, EventKind> FORMER_NAMES = Map.of("connection_created",
			EventKind.CONNECTION_CONNECTED, "connection_deleted", EventKind.CONNECTION_DISCONNECTED,
			"connection_updated", EventKind.CONNECTION_CHANGED);

	private EventDecoder() {
	}

	/**
	 * Make an event of a block.
	 * @param frame the block
	 * @param retry what the stream last said about reconnects
	 * @return the event
	 */
	static VendoEvent decode(StreamItem.Frame frame, @Nullable Duration retry) {
		JsonNode payload = parse(frame.data());
		EventEnvelope envelope = new EventEnvelope(kind(frame.type(), payload), id(payload), payload, frame.data(),
				frame.lastEventId(), retry, false);
		return decode(envelope);
	}

	/**
	 * Make an event of what is known of it.
	 * @param envelope what every event has
	 * @return the event
	 */
	static VendoEvent decode(EventEnvelope envelope) {
		VendoEvent event = typed(envelope);
		return (event != null) ? event : new UnknownEvent(envelope);
	}

	private static JsonNode parse(byte[] data) {
		try {
			return VendoJson.MAPPER.readTree(data);
		}
		catch (JacksonException ex) {
			// Delivered as the text that came.
			return isUtf8(data) ? VendoJson.MAPPER.missingNode()
					: parse(new String(data, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
		}
	}

	// The stream is read as UTF-8 with a replacement for what is none; JSON's own reader
	// is
	// stricter.
	private static boolean isUtf8(byte[] data) {
		return Arrays.equals(data, new String(data, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
	}

	private static EventKind kind(@Nullable String type, JsonNode payload) {
		String own = text(payload, "kind");
		String name = (type != null) ? type : (own != null) ? own : EventKind.MESSAGE.value();
		EventKind former = FORMER_NAMES.get(name);
		if (former != null) {
			// A former name is less precise than what the payload says of itself.
			EventKind precise = (own != null) ? KNOWN.get(own) : null;
			return (precise != null) ? precise : former;
		}
		EventKind known = KNOWN.get(name);
		return (known != null) ? known : new EventKind(name);
	}

	private static @Nullable VendoEvent typed(EventEnvelope envelope) {
		JsonNode data = envelope.data();
		if (!data.isObject()) {
			return null;
		}
		return switch (envelope.kind().value()) {
			case "connection.connected", "connection.disconnected", "connection.changed", "connection.status_changed",
					"connection.needs_reauth", "connection.error" ->
				connection(envelope, data);
			case "billing.usage_recorded" -> usage(envelope, data);
			case "billing.balance_changed" -> {
				Long micros = number(data, "remaining_micros");
				yield (micros != null) ? new BalanceChanged(envelope, micros) : null;
			}
			case "billing.balance_low" -> {
				Long micros = number(data, "credits_remaining_micros");
				yield (micros != null) ? new BalanceLow(envelope, micros) : null;
			}
			case "billing.balance_exhausted" -> new BalanceExhausted(envelope);
			case "billing.cap_warned" -> capWarned(envelope, data);
			case "billing.cap_tripped" -> {
				String window = text(data, "window");
				yield (window != null) ? new CapTripped(envelope, window) : null;
			}
			case "deployment.updated" -> new DeploymentUpdated(envelope);
			default -> null;
		};
	}

	private static @Nullable VendoEvent connection(EventEnvelope envelope, JsonNode data) {
		String slug = text(data, "slug");
		if (slug == null) {
			return null;
		}
		String id = text(data, "connection_id");
		return switch (envelope.kind().value()) {
			case "connection.connected" -> new ConnectionConnected(envelope, slug, id);
			case "connection.disconnected" -> new ConnectionDisconnected(envelope, slug, id);
			case "connection.changed" -> new ConnectionChanged(envelope, slug, id);
			case "connection.needs_reauth" -> new ConnectionNeedsReauth(envelope, slug, id);
			case "connection.error" -> new ConnectionError(envelope, slug, text(data, "message"));
			default -> {
				String status = text(data, "status");
				yield (status != null) ? new ConnectionStatusChanged(envelope, slug, id, ConnectionStatus.of(status))
						: null;
			}
		};
	}

	private static @Nullable VendoEvent usage(EventEnvelope envelope, JsonNode data) {
		String provider = text(data, "provider");
		Long micros = number(data, "micros");
		return (provider != null && micros != null) ? new UsageRecorded(envelope, provider, micros) : null;
	}

	private static @Nullable VendoEvent capWarned(EventEnvelope envelope, JsonNode data) {
		String window = text(data, "window");
		JsonNode pct = data.path("pct");
		return (window != null && pct.isNumber()) ? new CapWarned(envelope, window, pct.doubleValue()) : null;
	}

	private static @Nullable String id(JsonNode payload) {
		JsonNode id = payload.path("id");
		return id.isIntegralNumber() ? id.asString() : text(payload, "id");
	}

	private static @Nullable String text(JsonNode data, String field) {
		JsonNode value = data.path(field);
		return value.isString() ? value.stringValue() : null;
	}

	private static @Nullable Long number(JsonNode data, String field) {
		JsonNode value = data.path(field);
		return (value.isIntegralNumber() && value.canConvertToLong()) ? value.longValue() : null;
	}

}
