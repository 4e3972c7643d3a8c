package run.vendo.autoconfigure.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.sso.VendoIdentity;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodParameter;
import org.springframework.util.Assert;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Hands the user of a request to a controller method.
 */
final class ServletUserResolver implements HandlerMethodArgumentResolver {

	private final VendoRequests requests;

	ServletUserResolver(VendoRequests requests) {
		this.requests = requests;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return UserParameters.isClient(parameter) || UserParameters.isIdentity(parameter);
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
			NativeWebRequest webRequest, @Nullable WebDataBinderFactory binderFactory) {
		HttpServletRequest request = webRequest.getNativeRequest(HttpServletRequest.class);
		Assert.state(request != null, "No HttpServletRequest");
		RequestUser user = this.requests.user(request);
		if (UserParameters.isClient(parameter)) {
			return (parameter.getParameterType() == VendoClient.class) ? user.client() : user.reactiveClient();
		}
		Optional<VendoIdentity> identity = user.identity();
		if (parameter.getParameterType() == Optional.class) {
			return identity;
		}
		if (identity.isEmpty() && !parameter.isOptional()) {
			throw UserParameters.nobody();
		}
		return identity.orElse(null);
	}

	/**
	 * Puts the resolver into the handler adapters, also into those that no configurer
	 * reaches: without it, the identity would be made of the parameters of the request.
	 */
	static final class Installer implements BeanPostProcessor {

		private final ObjectProvider<VendoRequests> requests;

		Installer(ObjectProvider<VendoRequests> requests) {
			this.requests = requests;
		}

		@Override
		public Object postProcessBeforeInitialization(Object bean, String beanName) {
			if (bean instanceof RequestMappingHandlerAdapter adapter) {
				List<HandlerMethodArgumentResolver> resolvers = new ArrayList<>();
				resolvers.add(new ServletUserResolver(this.requests.getObject()));
				if (adapter.getCustomArgumentResolvers() != null) {
					resolvers.addAll(adapter.getCustomArgumentResolvers());
				}
				adapter.setCustomArgumentResolvers(resolvers);
			}
			return bean;
		}

	}

}
