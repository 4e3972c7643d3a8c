package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;
import java.util.Collections;
import java.util.List;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Verifies requests whose handler takes webhooks, ahead of everything that may read their
 * body: a parameter that some filter asks for is enough to lose the bytes of a form.
 */
final class ServletWebhookFilter extends OncePerRequestFilter {

	/** Behind what records requests and says where they come from. */
	static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 100;

	private static final List<String> HEADERS = List.of("Vendo-Signature", "Vendo-Timestamp", "Vendo-Event-Id",
			HttpHeaders.CONTENT_ENCODING);

	private final SingletonSupplier<ServletWebhookHandlers> handlers;

	private final SingletonSupplier<WebhookGate> gate;

	private final SingletonSupplier<ServletCsrfExemption> csrf;

	ServletWebhookFilter(ObjectProvider<ServletWebhookHandlers> handlers, ObjectProvider<WebhookGate> gate,
			ObjectProvider<ServletCsrfExemption> csrf) {
		this.handlers = SingletonSupplier.of(handlers::getObject);
		this.gate = SingletonSupplier.of(gate::getObject);
		this.csrf = SingletonSupplier.of(() -> csrf.getIfAvailable(() -> ServletCsrfExemption.NONE));
	}

	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (isAsyncDispatch(request)) {
			ServletWebhookDelivery delivery = ServletWebhookDelivery.of(request);
			if (delivery != null) {
				proceed(delivery, request, response, chain);
			}
			else {
				passOn(request, response, chain);
			}
			return;
		}
		ServletWebhookHandlers handlers = this.handlers.obtain();
		WebhookEndpoint endpoint = handlers.mayTake(request) ? handlers.find(request) : null;
		if (endpoint == null) {
			passOn(request, response, chain);
			return;
		}
		WebhookGate gate = this.gate.obtain();
		WebhookRequest webhook = new WebhookRequest(request, gate.maxBodySize(), gate::tooLarge);
		WebhookDelivery delivery = receive(gate, endpoint, webhook, response);
		if (delivery != null) {
			if (delivery.decoded()) {
				webhook.decodeAs(delivery.content());
			}
			ContentCachingResponseWrapper held = new ContentCachingResponseWrapper(response);
			ServletWebhookDelivery verified = new ServletWebhookDelivery(gate, delivery, held);
			webhook.setAttribute(WebhookDelivery.ATTRIBUTE, verified);
			this.csrf.obtain().exempt(webhook);
			proceed(verified, webhook, held, chain);
		}
	}

	private void passOn(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		boolean failed = true;
		try {
			chain.doFilter(request, response);
			failed = false;
		}
		finally {
			// The response of a functional endpoint has not finished it: somebody has
			// put another response in its place.
			if (request.getAttribute(WebhookDelivery.FUNCTION_ATTRIBUTE) instanceof WebhookDelivery delivery
					&& !request.isAsyncStarted()) {
				this.gate.obtain()
					.finish(delivery, !failed && HttpStatusCode.valueOf(response.getStatus()).is2xxSuccessful());
			}
		}
	}

	private static @Nullable WebhookDelivery receive(WebhookGate gate, WebhookEndpoint endpoint, WebhookRequest request,
			HttpServletResponse response) throws IOException {
		HttpHeaders headers = headers(request, endpoint.isVerifiedByVendo() ? HEADERS : allNames(request));
		WebhookDelivery delivery = null;
		try {
			gate.requireReadable(headers, request.getContentLengthLong());
			delivery = gate.verify(endpoint, headers, request.body());
			gate.claim(delivery);
			return delivery;
		}
		catch (WebhookAnswer ex) {
			gate.answered(endpoint, ex, delivery);
			write(ex, response);
			return null;
		}
	}

	private static void proceed(ServletWebhookDelivery delivery, HttpServletRequest request,
			HttpServletResponse response, FilterChain chain) throws ServletException, IOException {
		boolean failed = true;
		try {
			chain.doFilter(request, response);
			failed = false;
		}
		finally {
			if (failed) {
				delivery.fail();
			}
		}
		if (request.isAsyncStarted()) {
			delivery.follow(request);
		}
		else {
			delivery.complete();
		}
	}

	static void write(WebhookAnswer answer, HttpServletResponse response) throws IOException {
		response.setStatus(answer.status().value());
		answer.headers().forEach((name, values) -> values.forEach((value) -> response.setHeader(name, value)));
		byte[] body = answer.body();
		if (body.length > 0) {
			response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		}
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
		response.flushBuffer();
	}

	private static List<String> allNames(HttpServletRequest request) {
		return Collections.list(request.getHeaderNames());
	}

	// To copy all of them costs more than to sign.
	private static HttpHeaders headers(HttpServletRequest request, List<String> names) {
		HttpHeaders headers = new HttpHeaders();
		for (String name : names) {
			List<String> values = Collections.list(request.getHeaders(name));
			if (!values.isEmpty()) {
				headers.put(name, values);
			}
		}
		return headers;
	}

}
