package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatusCode;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * A delivery in a servlet container. Its response is held back until it is stored that it
 * was handled: nobody is told of a success that might be forgotten.
 */
final class ServletWebhookDelivery implements AsyncListener {

	private final WebhookGate gate;

	private final WebhookDelivery delivery;

	private final ContentCachingResponseWrapper response;

	private boolean listening;

	private volatile boolean givenUp;

	ServletWebhookDelivery(WebhookGate gate, WebhookDelivery delivery, ContentCachingResponseWrapper response) {
		this.gate = gate;
		this.delivery = delivery;
		this.response = response;
	}

	static @Nullable ServletWebhookDelivery of(ServletRequest request) {
		return (ServletWebhookDelivery) request.getAttribute(WebhookDelivery.ATTRIBUTE);
	}

	WebhookDelivery delivery() {
		return this.delivery;
	}

	ContentCachingResponseWrapper response() {
		return this.response;
	}

	/**
	 * Follow the delivery to another thread.
	 * @param request the request, for which asynchronous processing was started
	 */
	void follow(ServletRequest request) {
		if (!this.listening) {
			this.listening = true;
			request.getAsyncContext().addListener(this);
		}
	}

	void fail() {
		this.gate.finish(this.delivery, false);
	}

	void complete() throws IOException {
		boolean success = HttpStatusCode.valueOf(this.response.getStatus()).is2xxSuccessful();
		if (this.givenUp) {
			this.gate.leave(this.delivery);
		}
		else {
			this.gate.finish(this.delivery, success && this.delivery.handlerReached());
		}
		this.response.copyBodyToResponse();
	}

	@Override
	public void onComplete(AsyncEvent event) throws IOException {
		complete();
	}

	// Whoever was to answer from another thread may still be at work there.
	@Override
	public void onTimeout(AsyncEvent event) {
		this.givenUp = true;
	}

	@Override
	public void onError(AsyncEvent event) {
		this.givenUp = true;
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		event.getAsyncContext().addListener(this);
	}

}
