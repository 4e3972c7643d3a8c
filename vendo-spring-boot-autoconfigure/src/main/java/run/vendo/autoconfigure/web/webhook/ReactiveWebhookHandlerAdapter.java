package run.vendo.autoconfigure.web.webhook;

import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;

/**
 * The second belt: whatever way a request has come to a handler that takes webhooks, it
 * gets no further unless it was verified for this very handler.
 */
final class ReactiveWebhookHandlerAdapter implements HandlerAdapter, Ordered {

	private final WebhookEndpoints endpoints;

	private final WebhookGate gate;

	private final SingletonSupplier<RequestMappingHandlerAdapter> delegate;

	ReactiveWebhookHandlerAdapter(WebhookEndpoints endpoints, WebhookGate gate,
			ObjectProvider<RequestMappingHandlerAdapter> delegate) {
		this.endpoints = endpoints;
		this.gate = gate;
		// The one that would be asked if this were not there.
		this.delegate = SingletonSupplier.of(() -> delegate.orderedStream().findFirst().orElseThrow());
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supports(Object handler) {
		return handler instanceof HandlerMethod method && this.endpoints.find(method) != null;
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		WebhookEndpoint endpoint = this.endpoints.find((HandlerMethod) handler);
		WebhookDelivery delivery = exchange.getAttribute(WebhookDelivery.ATTRIBUTE);
		if (endpoint != null && delivery != null && delivery.endpoint() == endpoint) {
			delivery.reachHandler();
			return this.delegate.obtain().handle(exchange, handler);
		}
		return Mono.defer(() -> {
			WebhookAnswer answer = this.gate.notVerified(endpoint);
			this.gate.answered(endpoint, answer, null);
			return ReactiveWebhookFilter.write(answer, exchange.getResponse()).then(Mono.empty());
		});
	}

}
