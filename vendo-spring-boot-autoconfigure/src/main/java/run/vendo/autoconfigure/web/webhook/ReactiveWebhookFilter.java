package run.vendo.autoconfigure.web.webhook;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Verifies requests whose handler takes webhooks, ahead of everything that may read their
 * body.
 */
final class ReactiveWebhookFilter implements WebFilter, Ordered {

	private final ReactiveWebhookHandlers handlers;

	private final ReactiveWebhookGate gate;

	private final @Nullable ReactiveCsrfExemption csrf;

	ReactiveWebhookFilter(ReactiveWebhookHandlers handlers, ReactiveWebhookGate gate,
			@Nullable ReactiveCsrfExemption csrf) {
		this.handlers = handlers;
		this.gate = gate;
		this.csrf = csrf;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 100;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (!this.handlers.mayTake(exchange)) {
			return pass(exchange, chain);
		}
		return this.handlers.find(exchange)
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((endpoint) -> endpoint.isPresent() ? filter(endpoint.get(), exchange, chain)
					: pass(exchange, chain));
	}

	// A functional endpoint may take it for a webhook.
	private Mono<Void> pass(ServerWebExchange exchange, WebFilterChain chain) {
		AtomicReference<@Nullable WebhookDelivery> taken = new AtomicReference<>();
		exchange.getAttributes().put(WebhookDelivery.FUNCTION_ATTRIBUTE, taken);
		return chain.filter(exchange).doFinally((signal) -> {
			WebhookDelivery delivery = taken.get();
			if (delivery != null) {
				this.gate.over(delivery, signal == SignalType.ON_COMPLETE && isSuccess(exchange.getResponse()));
			}
		});
	}

	/**
	 * Tell this filter, if it has passed a request on, that it is a delivery.
	 */
	static void announce(WebhookDelivery delivery, ServerWebExchange exchange) {
		AtomicReference<@Nullable WebhookDelivery> taken = exchange.getAttribute(WebhookDelivery.FUNCTION_ATTRIBUTE);
		if (taken != null) {
			taken.set(delivery);
		}
	}

	private Mono<Void> filter(WebhookEndpoint endpoint, ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpRequest request = exchange.getRequest();
		return this.gate.receive(endpoint, request.getHeaders(), request.getBody(),
				(delivery) -> proceed(delivery, exchange, chain), (answer) -> write(answer, exchange.getResponse()));
	}

	private Mono<Void> proceed(WebhookDelivery delivery, ServerWebExchange exchange, WebFilterChain chain) {
		exchange.getAttributes().put(WebhookDelivery.ATTRIBUTE, delivery);
		if (this.csrf != null) {
			this.csrf.exempt(exchange);
		}
		ServerHttpResponse response = exchange.getResponse();
		HeldResponse held = new HeldResponse(response, () -> finish(delivery, response));
		return chain.filter(new VerifiedExchange(exchange, delivery, held))
			.then(Mono.defer(() -> finish(delivery, response)))
			.onErrorResume((ex) -> this.gate.finish(delivery, false).then(Mono.error(ex)))
			.doOnCancel(() -> this.gate.finish(delivery, false).subscribe());
	}

	private Mono<Void> finish(WebhookDelivery delivery, ServerHttpResponse response) {
		return this.gate.finish(delivery, delivery.handlerReached() && isSuccess(response));
	}

	private static boolean isSuccess(ServerHttpResponse response) {
		HttpStatusCode status = response.getStatusCode();
		return status == null || status.is2xxSuccessful();
	}

	static Mono<Void> write(WebhookAnswer answer, ServerHttpResponse response) {
		response.setStatusCode(answer.status());
		response.getHeaders().putAll(answer.headers());
		byte[] body = answer.body();
		response.getHeaders().setContentLength(body.length);
		if (body.length == 0) {
			return response.setComplete();
		}
		response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
		return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
	}

}
