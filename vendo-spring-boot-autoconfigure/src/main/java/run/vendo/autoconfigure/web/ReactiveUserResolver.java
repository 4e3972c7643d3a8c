package run.vendo.autoconfigure.web;

import java.util.Optional;

import reactor.core.publisher.Mono;

import run.vendo.VendoClient;
import run.vendo.sso.VendoIdentity;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;

/**
 * Hands the user of a request to a controller method.
 */
final class ReactiveUserResolver implements HandlerMethodArgumentResolver {

	private final ReactiveVendoRequests requests;

	ReactiveUserResolver(ReactiveVendoRequests requests) {
		this.requests = requests;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return UserParameters.isClient(parameter) || UserParameters.isIdentity(parameter) || isMono(parameter);
	}

	private static boolean isMono(MethodParameter parameter) {
		return parameter.getParameterType() == Mono.class
				&& parameter.nested().getNestedParameterType() == VendoIdentity.class
				&& UserParameters.isOurs(parameter);
	}

	@Override
	public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
		RequestUser user = this.requests.user(exchange);
		if (UserParameters.isClient(parameter)) {
			boolean blocking = parameter.getParameterType() == VendoClient.class;
			return user.ready().map((ready) -> blocking ? ready.client() : ready.reactiveClient());
		}
		if (parameter.getParameterType() == Mono.class) {
			return Mono.just(this.requests.identity(exchange));
		}
		return user.ready().flatMap((ready) -> identity(parameter, ready.identity()));
	}

	private static Mono<Object> identity(MethodParameter parameter, Optional<VendoIdentity> identity) {
		if (parameter.getParameterType() == Optional.class) {
			return Mono.just(identity);
		}
		if (identity.isEmpty() && !parameter.isOptional()) {
			return Mono.error(UserParameters::nobody);
		}
		return Mono.justOrEmpty(identity);
	}

	/**
	 * Puts the resolver into the handler adapters, also into those that no configurer
	 * reaches: without it, the identity would be made of the parameters of the request.
	 */
	static final class Installer implements BeanPostProcessor {

		private final ObjectProvider<ReactiveVendoRequests> requests;

		Installer(ObjectProvider<ReactiveVendoRequests> requests) {
			this.requests = requests;
		}

		@Override
		public Object postProcessBeforeInitialization(Object bean, String beanName) {
			if (bean instanceof RequestMappingHandlerAdapter adapter) {
				ArgumentResolverConfigurer configurer = adapter.getArgumentResolverConfigurer();
				if (configurer == null) {
					configurer = new ArgumentResolverConfigurer();
					adapter.setArgumentResolverConfigurer(configurer);
				}
				configurer.addCustomResolver(new ReactiveUserResolver(this.requests.getObject()));
			}
			return bean;
		}

	}

}
