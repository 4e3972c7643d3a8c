package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * The second belt: whatever way a request has come to a handler that takes webhooks, it
 * gets no further unless it was verified for this very handler.
 */
final class ServletWebhookInterceptor implements HandlerInterceptor {

	private final WebhookEndpoints endpoints;

	private final ObjectProvider<WebhookGate> gate;

	ServletWebhookInterceptor(WebhookEndpoints endpoints, ObjectProvider<WebhookGate> gate) {
		this.endpoints = endpoints;
		this.gate = gate;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws IOException {
		WebhookEndpoint endpoint = (handler instanceof HandlerMethod method) ? this.endpoints.find(method) : null;
		if (endpoint == null) {
			return true;
		}
		ServletWebhookDelivery verified = ServletWebhookDelivery.of(request);
		if (verified != null && verified.delivery().endpoint() == endpoint) {
			verified.delivery().reachHandler();
			return true;
		}
		WebhookGate gate = this.gate.getObject();
		WebhookAnswer answer = gate.notVerified(endpoint);
		gate.answered(endpoint, answer, null);
		ServletWebhookFilter.write(answer, response);
		return false;
	}

}
