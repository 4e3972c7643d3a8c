package run.vendo.autoconfigure.web.webhook;

import java.util.ArrayList;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.http.server.PathContainer;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.mvc.Controller;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Finds the handler that Spring MVC is going to call, before it does.
 */
final class ServletWebhookHandlers implements SmartInitializingSingleton {

	private final ApplicationContext context;

	private final WebhookEndpoints endpoints;

	private final ObjectProvider<WebhookGate> gate;

	private final SingletonSupplier<Mappings> mappings = SingletonSupplier.of(this::createMappings);

	ServletWebhookHandlers(ApplicationContext context, WebhookEndpoints endpoints, ObjectProvider<WebhookGate> gate) {
		this.context = context;
		this.endpoints = endpoints;
		this.gate = gate;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.mappings.obtain().any()) {
			// What is wrong with it is to be known before the first delivery.
			this.gate.getObject();
		}
	}

	/**
	 * Return whether the handler of a request can be one for webhooks. Fast, and has no
	 * effect on the request.
	 * @param request the request
	 * @return whether its path is that of a webhook
	 */
	boolean mayTake(HttpServletRequest request) {
		Mappings mappings = this.mappings.obtain();
		return mappings.anyPath() || mappings.match(request);
	}

	/**
	 * Find what a request is for.
	 * @param request the request, whose body is not read
	 * @return what its handler wants, or {@code null} if that does not take webhooks
	 */
	@Nullable WebhookEndpoint find(HttpServletRequest request) {
		Object handler = handler(new IsolatedRequest(request));
		return (handler instanceof HandlerMethod method) ? this.endpoints.find(method) : null;
	}

	private @Nullable Object handler(HttpServletRequest request) {
		try {
			ServletRequestPathUtils.parseAndCache(request);
			for (HandlerMapping mapping : this.mappings.obtain().all()) {
				HandlerExecutionChain chain = mapping.getHandler(request);
				if (chain != null) {
					return chain.getHandler();
				}
			}
			return null;
		}
		catch (Exception ex) {
			// Spring MVC is about to find out the same and to answer: wrong method, media
			// type and so on.
			return null;
		}
	}

	private Mappings createMappings() {
		this.endpoints.requireNone(this.context, RouterFunction.class, HttpRequestHandler.class, Controller.class);
		List<HandlerMapping> all = new ArrayList<>(
				BeanFactoryUtils.beansOfTypeIncludingAncestors(this.context, HandlerMapping.class, true, false)
					.values());
		AnnotationAwareOrderComparator.sort(all);
		List<PathPattern> patterns = new ArrayList<>();
		boolean[] anyPath = new boolean[1];
		for (HandlerMapping mapping : all) {
			if (mapping instanceof RequestMappingInfoHandlerMapping methods) {
				methods.getHandlerMethods().forEach((info, method) -> {
					if (this.endpoints.find(method) != null) {
						if (info.getPathPatternsCondition() != null) {
							patterns.addAll(info.getPathPatternsCondition().getPatterns());
						}
						else {
							// The string patterns of old: the mapping itself has to be
							// asked.
							anyPath[0] = true;
						}
					}
				});
			}
		}
		return new Mappings(List.copyOf(all), List.copyOf(patterns), anyPath[0]);
	}

	/**
	 * The handler mappings.
	 *
	 * @param all all of them, in the order in which they are asked
	 * @param patterns the paths of webhooks
	 * @param anyPath whether there are webhooks whose paths are not known
	 */
	private record Mappings(List<HandlerMapping> all, List<PathPattern> patterns, boolean anyPath) {

		boolean any() {
			return this.anyPath || !this.patterns.isEmpty();
		}

		boolean match(HttpServletRequest request) {
			if (this.patterns.isEmpty()) {
				return false;
			}
			PathContainer path;
			try {
				path = ServletRequestPathUtils.parse(request).pathWithinApplication();
			}
			catch (RuntimeException ex) {
				return false;
			}
			for (PathPattern pattern : this.patterns) {
				if (pattern.matches(path)) {
					return true;
				}
			}
			return false;
		}

	}

}
