package run.vendo.autoconfigure.web.webhook;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

import run.vendo.webhook.WebhookEvent;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.Assert;
import org.springframework.web.servlet.function.AsyncServerResponse;
import org.springframework.web.servlet.function.EntityResponse;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Does for functional endpoints of Spring MVC what {@link VendoWebhook @VendoWebhook}
 * does for annotated ones. A bean of this type is there to be injected where routes are
 * made.
 *
 * @since 0.1.0
 */
public final class VendoWebhookFilterFunctions {

	private final WebhookEndpoints endpoints;

	private final WebhookGate gate;

	VendoWebhookFilterFunctions(WebhookEndpoints endpoints, WebhookGate gate) {
		this.endpoints = endpoints;
		this.gate = gate;
	}

	/**
	 * Return a filter that lets only webhooks through that are signed with one of the
	 * secrets under {@code vendo.webhook}.
	 * @return the filter
	 * @throws run.vendo.error.VendoConfigurationException if there is no secret
	 */
	public HandlerFilterFunction<ServerResponse, ServerResponse> verify() {
		return verify("", null);
	}

	/**
	 * Return a filter that lets only webhooks through that are signed with another
	 * secret.
	 * @param secret what holds the secret, as in {@link VendoWebhook#secret()}
	 * @param maxAge how far a timestamp may be from now, or {@code null} for
	 * {@code vendo.webhook.max-age}
	 * @return the filter
	 * @throws run.vendo.error.VendoConfigurationException if there is no secret
	 */
	public HandlerFilterFunction<ServerResponse, ServerResponse> verify(String secret, @Nullable Duration maxAge) {
		WebhookEndpoint endpoint = this.endpoints.create("A functional endpoint", secret, maxAge);
		return (request, next) -> filter(endpoint, request, next);
	}

	/**
	 * Return the event of a request that went through such a filter.
	 * @param request the request that the handler function got
	 * @return the event
	 */
	public static WebhookEvent<JsonNode> event(ServerRequest request) {
		WebhookDelivery delivery = (WebhookDelivery) request.attributes().get(WebhookDelivery.ATTRIBUTE);
		Assert.state(delivery != null, "The request did not go through the filter that verifies webhooks");
		return delivery.event();
	}

	private ServerResponse filter(WebhookEndpoint shared, ServerRequest request, HandlerFunction<ServerResponse> next)
			throws Exception {
		WebhookEndpoint endpoint = shared.named("%s %s".formatted(request.method(), pattern(request)));
		HttpHeaders headers = request.headers().asHttpHeaders();
		WebhookDelivery delivery = null;
		try {
			HttpServletRequest servletRequest = request.servletRequest();
			this.gate.requireReadable(headers, servletRequest.getContentLengthLong());
			byte[] body = new WebhookRequest(servletRequest, this.gate.maxBodySize(), this.gate::tooLarge).body();
			delivery = this.gate.verify(endpoint, headers, body);
			this.gate.claim(delivery);
		}
		catch (WebhookAnswer ex) {
			this.gate.answered(endpoint, ex, delivery);
			return response(ex);
		}
		ServerResponse response;
		try {
			response = next.handle(verified(request, delivery));
		}
		catch (Throwable ex) {
			this.gate.finish(delivery, false);
			throw ex;
		}
		if (response instanceof AsyncServerResponse later) {
			return finishLater(delivery, later);
		}
		boolean successful = response.statusCode().is2xxSuccessful();
		if (successful && response instanceof EntityResponse<?> entity
				&& entity.entity() instanceof CompletionStage<?> work) {
			finishAfter(delivery, work);
			return response;
		}
		this.gate.finish(delivery, successful);
		return response;
	}

	private void finishAfter(WebhookDelivery delivery, CompletionStage<?> work) {
		work.whenComplete((result, failure) -> this.gate.finish(delivery, failure == null));
	}

	// That it was handled is stored before the answer goes out, so somebody has to wait
	// for it.
	private ServerResponse finishLater(WebhookDelivery delivery, AsyncServerResponse later) {
		return ServerResponse.async(Mono.fromCallable(later::block)
			.doOnNext((response) -> this.gate.finish(delivery, response.statusCode().is2xxSuccessful()))
			.doFinally((signal) -> this.gate.finish(delivery, false))
			.subscribeOn(Schedulers.boundedElastic()));
	}

	private static ServerRequest verified(ServerRequest request, WebhookDelivery delivery) {
		ServerRequest.Builder builder = ServerRequest.from(request)
			.attribute(WebhookDelivery.ATTRIBUTE, delivery)
			.body(delivery.content());
		if (delivery.decoded()) {
			builder.headers((headers) -> {
				headers.remove(HttpHeaders.CONTENT_ENCODING);
				headers.setContentLength(delivery.content().length);
			});
		}
		return builder.build();
	}

	private static ServerResponse response(WebhookAnswer answer) {
		ServerResponse.BodyBuilder builder = ServerResponse.status(answer.status())
			.headers((headers) -> headers.putAll(answer.headers()));
		byte[] body = answer.body();
		return (body.length > 0) ? builder.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(body) : builder.build();
	}

	private static Object pattern(ServerRequest request) {
		Object pattern = request.attributes().get(RouterFunctions.MATCHING_PATTERN_ATTRIBUTE);
		return (pattern != null) ? pattern : request.path();
	}

}
