package run.vendo.autoconfigure.web.webhook;

import reactor.core.publisher.Mono;

import run.vendo.webhook.WebhookEvent;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;

/**
 * Gives handlers the event that was verified, as it is or in a {@code Mono}.
 */
final class ReactiveWebhookEventResolver implements HandlerMethodArgumentResolver {

	private final WebhookEvents events;

	ReactiveWebhookEventResolver(WebhookEvents events) {
		this.events = events;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return WebhookEvent.class == parameter.getParameterType() || isMono(parameter);
	}

	@Override
	public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
		ResolvableType type = ResolvableType.forMethodParameter(parameter);
		boolean mono = isMono(parameter);
		Mono<Object> event = Mono.fromSupplier(() -> this.events.read(exchange.getAttribute(WebhookDelivery.ATTRIBUTE),
				mono ? type.getGeneric(0) : type));
		return mono ? Mono.just(event) : event;
	}

	private static boolean isMono(MethodParameter parameter) {
		return Mono.class == parameter.getParameterType()
				&& WebhookEvent.class == ResolvableType.forMethodParameter(parameter).getGeneric(0).resolve();
	}

}
