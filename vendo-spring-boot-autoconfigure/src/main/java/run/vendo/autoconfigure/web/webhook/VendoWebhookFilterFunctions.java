package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;
import java.time.Duration;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import run.vendo.webhook.WebhookEvent;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.util.Assert;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.ContentCachingResponseWrapper;

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
		WebhookEndpoint endpoint = endpoint(shared, request);
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
		delivery.reachHandler();
		request.servletRequest().setAttribute(WebhookDelivery.FUNCTION_ATTRIBUTE, delivery);
		return new FinishingResponse(response, this.gate, delivery);
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

	// Of what the application says alone: path and method are not signed, and a delivery
	// must not become another one by being sent to another path.
	private static WebhookEndpoint endpoint(WebhookEndpoint shared, ServerRequest request) {
		Object pattern = request.attributes().get(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
		return (pattern != null) ? shared.named("The functional endpoint " + pattern) : shared;
	}

	/**
	 * A response whose writing may still have to do the work, at once or on other
	 * threads: that it is handled is known when all of it is there, and stored before it
	 * goes out.
	 *
	 * @param response the response
	 * @param gate who is told
	 * @param delivery what was handled
	 */
	private record FinishingResponse(ServerResponse response, WebhookGate gate,
			WebhookDelivery delivery) implements ServerResponse {

		@Override
		public HttpStatusCode statusCode() {
			return this.response.statusCode();
		}

		@Override
		public HttpHeaders headers() {
			return this.response.headers();
		}

		@Override
		public MultiValueMap<String, Cookie> cookies() {
			return this.response.cookies();
		}

		@Override
		public @Nullable ModelAndView writeTo(HttpServletRequest request, HttpServletResponse response, Context context)
				throws ServletException, IOException {
			ServletWebhookDelivery verified = new ServletWebhookDelivery(this.gate, this.delivery,
					new ContentCachingResponseWrapper(response));
			boolean failed = true;
			try {
				ModelAndView view = this.response.writeTo(request, verified.response(), context);
				failed = false;
				return view;
			}
			finally {
				if (failed) {
					verified.fail();
				}
				else if (request.isAsyncStarted()) {
					// The filter goes on when the container comes back to the request.
					request.setAttribute(WebhookDelivery.ATTRIBUTE, verified);
					verified.follow(request);
				}
				else {
					verified.complete();
				}
			}
		}

	}

}
