package run.vendo.autoconfigure.web.webhook;

import java.lang.reflect.Type;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.webhook.WebhookEvent;

import org.springframework.core.ResolvableType;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * Turns the data of events into what handlers want.
 */
final class WebhookEvents {

	private final Supplier<JsonMapper> mapper;

	WebhookEvents(Supplier<JsonMapper> mapper) {
		this.mapper = mapper;
	}

	/**
	 * Return the event as a handler wants it.
	 * @param delivery what the request carries, or {@code null} if nothing
	 * @param type the type of the event, with or without one for its data
	 * @return the event
	 * @throws ResponseStatusException if the data is not of that type
	 */
	WebhookEvent<?> read(@Nullable WebhookDelivery delivery, ResolvableType type) {
		if (delivery == null) {
			throw new IllegalStateException("The request was not verified: annotate the handler with @VendoWebhook");
		}
		ResolvableType data = type.as(WebhookEvent.class).getGeneric(0);
		if (data.resolve() == null || data.isAssignableFrom(JsonNode.class)) {
			return delivery.event();
		}
		return delivery.event().map((json) -> read(json, data.getType()));
	}

	private Object read(JsonNode json, Type type) {
		try {
			JsonMapper mapper = this.mapper.get();
			Object data = json.isMissingNode() ? null : mapper.treeToValue(json, mapper.constructType(type));
			if (data != null) {
				return data;
			}
		}
		catch (JacksonException ex) {
			throw unreadable(ex);
		}
		throw unreadable(null);
	}

	private static ResponseStatusException unreadable(@Nullable Throwable cause) {
		ResponseStatusException failure = new ResponseStatusException(HttpStatus.BAD_REQUEST,
				"The data of the event is not what this endpoint takes", cause);
		failure.getBody().setProperty("reason", "unreadable-data");
		return failure;
	}

}
