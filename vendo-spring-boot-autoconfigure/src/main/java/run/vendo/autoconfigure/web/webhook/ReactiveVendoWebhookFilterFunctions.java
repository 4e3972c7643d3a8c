package run.vendo.autoconfigure.web.webhook;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import run.vendo.webhook.WebhookEvent;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.util.Assert;
import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Does for functional endpoints of Spring WebFlux what {@link VendoWebhook @VendoWebhook}
 * does for annotated ones. A bean of this type is there to be injected where routes are
 * made.
 *
 * @since 0.1.0
 */
public final class ReactiveVendoWebhookFilterFunctions {

	private final WebhookEndpoints endpoints;

	private final ReactiveWebhookGate gate;

	ReactiveVendoWebhookFilterFunctions(WebhookEndpoints endpoints, ReactiveWebhookGate gate) {
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

	private Mono<ServerResponse> filter(WebhookEndpoint shared, ServerRequest request,
			HandlerFunction<ServerResponse> next) {
		WebhookEndpoint endpoint = endpoint(shared, request);
		return this.gate.receive(endpoint, request.headers().asHttpHeaders(), request.exchange().getRequest().getBody(),
				(delivery) -> handle(delivery, request, next), ReactiveVendoWebhookFilterFunctions::response);
	}

	private Mono<ServerResponse> handle(WebhookDelivery delivery, ServerRequest request,
			HandlerFunction<ServerResponse> next) {
		ReactiveWebhookFilter.announce(delivery, request.exchange());
		return Mono.defer(() -> next.handle(verified(request, delivery))).<ServerResponse>map((response) -> {
			delivery.answer();
			return new FinishingResponse(response, this.gate, delivery);
		})
			.onErrorResume((ex) -> this.gate.finish(delivery, false).then(Mono.error(ex)))
			.switchIfEmpty(this.gate.finish(delivery, false).then(Mono.empty()))
			.doOnCancel(() -> this.gate.finish(delivery, false).subscribe());
	}

	private static ServerRequest verified(ServerRequest request, WebhookDelivery delivery) {
		ServerRequest.Builder builder = ServerRequest.from(request)
			.attribute(WebhookDelivery.ATTRIBUTE, delivery)
			.body(Flux.defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(delivery.content()))));
		if (delivery.decoded()) {
			builder.headers((headers) -> {
				headers.remove(HttpHeaders.CONTENT_ENCODING);
				headers.setContentLength(delivery.content().length);
			});
		}
		return builder.build();
	}

	private static Mono<ServerResponse> response(WebhookAnswer answer) {
		ServerResponse.BodyBuilder builder = ServerResponse.status(answer.status())
			.headers((headers) -> headers.putAll(answer.headers()));
		byte[] body = answer.body();
		return (body.length > 0) ? builder.contentType(MediaType.APPLICATION_PROBLEM_JSON).bodyValue(body)
				: builder.build();
	}

	// Of what the application says alone: path and method are not signed, and a delivery
	// must not become another one by being sent to another path.
	private static WebhookEndpoint endpoint(WebhookEndpoint shared, ServerRequest request) {
		Object pattern = request.attributes().get(RouterFunctions.MATCHING_PATTERN_ATTRIBUTE);
		return (pattern != null) ? shared.named("The functional endpoint " + pattern) : shared;
	}

	/**
	 * A response whose body may still have to do the work: that it is handled is known
	 * when it is written, and stored before it goes out.
	 *
	 * @param response the response
	 * @param gate who is told
	 * @param delivery what was handled
	 */
	private record FinishingResponse(ServerResponse response, ReactiveWebhookGate gate,
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
		public MultiValueMap<String, ResponseCookie> cookies() {
			return this.response.cookies();
		}

		@Override
		public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
			// Nobody is there to read it where it is given up, and the delivery may come
			// again.
			return Mono.defer(() -> this.delivery.takeAnswer(this) ? write(exchange, context) : Mono.empty());
		}

		private Mono<Void> write(ServerWebExchange exchange, Context context) {
			HeldResponse held = new HeldResponse(exchange.getResponse(), this::finish);
			return this.gate.toTheEnd(this.delivery,
					this.response.writeTo(exchange.mutate().response(held).build(), context)
						.then(Mono.defer(this::finish))
						.onErrorResume((ex) -> this.gate.finish(this.delivery, false).then(Mono.error(ex)))
						.doOnCancel(() -> this.gate.finish(this.delivery, false).subscribe()));
		}

		private Mono<Void> finish() {
			return this.gate.finish(this.delivery, statusCode().is2xxSuccessful());
		}

	}

}
