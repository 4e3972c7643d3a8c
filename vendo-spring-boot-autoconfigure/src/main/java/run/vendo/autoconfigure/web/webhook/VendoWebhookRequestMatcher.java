package run.vendo.autoconfigure.web.webhook;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Matches requests whose handler takes webhooks, for the rules of Spring Security in a
 * servlet application. Permitting them opens nothing: what is not a valid delivery is
 * refused all the same.
 *
 * @since 0.1.0
 */
public final class VendoWebhookRequestMatcher implements RequestMatcher {

	private final ServletWebhookHandlers handlers;

	VendoWebhookRequestMatcher(ServletWebhookHandlers handlers) {
		this.handlers = handlers;
	}

	@Override
	public boolean matches(HttpServletRequest request) {
		if (ServletWebhookDelivery.of(request) != null) {
			return true;
		}
		return this.handlers.mayTake(request) && this.handlers.find(request) != null;
	}

}
