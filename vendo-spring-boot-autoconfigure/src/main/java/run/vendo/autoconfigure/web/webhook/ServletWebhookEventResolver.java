package run.vendo.autoconfigure.web.webhook;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import run.vendo.webhook.WebhookEvent;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Gives handlers the event that was verified.
 */
final class ServletWebhookEventResolver implements HandlerMethodArgumentResolver {

	private final SingletonSupplier<WebhookEvents> events;

	ServletWebhookEventResolver(ObjectProvider<WebhookEvents> events) {
		this.events = SingletonSupplier.of(events::getObject);
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return WebhookEvent.class == parameter.getParameterType();
	}

	@Override
	public Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
			NativeWebRequest request, @Nullable WebDataBinderFactory binderFactory) {
		HttpServletRequest servletRequest = request.getNativeRequest(HttpServletRequest.class);
		ServletWebhookDelivery verified = (servletRequest != null) ? ServletWebhookDelivery.of(servletRequest) : null;
		return this.events.obtain()
			.read((verified != null) ? verified.delivery() : null, ResolvableType.forMethodParameter(parameter));
	}

}
