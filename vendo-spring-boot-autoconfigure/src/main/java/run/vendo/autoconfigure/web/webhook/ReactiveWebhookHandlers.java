package run.vendo.autoconfigure.web.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.http.server.PathContainer;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.WebHandler;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Finds the handler that Spring WebFlux is going to call, before it does.
 */
final class ReactiveWebhookHandlers implements SmartInitializingSingleton {

	private final ApplicationContext context;

	private final WebhookEndpoints endpoints;

	private final SingletonSupplier<Mappings> mappings = SingletonSupplier.of(this::createMappings);

	ReactiveWebhookHandlers(ApplicationContext context, WebhookEndpoints endpoints) {
		this.context = context;
		this.endpoints = endpoints;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.mappings.obtain();
	}

	/**
	 * Return whether the handler of a request can be one for webhooks. Fast, and has no
	 * effect on the request.
	 * @param exchange the request
	 * @return whether its path is that of a webhook
	 */
	boolean mayTake(ServerWebExchange exchange) {
		PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
		for (PathPattern pattern : this.mappings.obtain().patterns()) {
			if (pattern.matches(path)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Find what a request is for.
	 * @param exchange the request
	 * @return what its handler wants, or nothing if that does not take webhooks
	 */
	Mono<WebhookEndpoint> find(ServerWebExchange exchange) {
		ServerWebExchange isolated = new IsolatedExchange(exchange);
		return Flux.fromIterable(this.mappings.obtain().all())
			.concatMap((mapping) -> mapping.getHandler(isolated))
			.next()
			// Spring WebFlux is about to find out the same and to answer: wrong method,
			// media
			// type and so on.
			.onErrorResume((ex) -> Mono.empty())
			.mapNotNull((handler) -> (handler instanceof HandlerMethod method) ? this.endpoints.find(method) : null);
	}

	private Mappings createMappings() {
		this.endpoints.requireNone(this.context, RouterFunction.class, WebHandler.class);
		List<HandlerMapping> all = new ArrayList<>(
				BeanFactoryUtils.beansOfTypeIncludingAncestors(this.context, HandlerMapping.class, true, false)
					.values());
		AnnotationAwareOrderComparator.sort(all);
		List<PathPattern> patterns = new ArrayList<>();
		for (HandlerMapping mapping : all) {
			if (mapping instanceof RequestMappingInfoHandlerMapping methods) {
				methods.getHandlerMethods().forEach((info, method) -> {
					if (this.endpoints.find(method) != null) {
						patterns.addAll(info.getPatternsCondition().getPatterns());
					}
				});
			}
		}
		return new Mappings(List.copyOf(all), List.copyOf(patterns));
	}

	/**
	 * The handler mappings.
	 *
	 * @param all all of them, in the order in which they are asked
	 * @param patterns the paths of webhooks
	 */
	private record Mappings(List<HandlerMapping> all, List<PathPattern> patterns) {

	}

	/**
	 * An exchange that looking for its handler leaves no attributes on.
	 */
	private static final class IsolatedExchange extends ServerWebExchangeDecorator {

		private final Map<String, Object> attributes;

		IsolatedExchange(ServerWebExchange delegate) {
			super(delegate);
			this.attributes = new ConcurrentHashMap<>(delegate.getAttributes());
		}

		@Override
		public Map<String, Object> getAttributes() {
			return this.attributes;
		}

	}

}
