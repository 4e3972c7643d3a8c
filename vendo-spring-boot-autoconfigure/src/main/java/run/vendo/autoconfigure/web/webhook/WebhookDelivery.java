package run.vendo.autoconfigure.web.webhook;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import run.vendo.webhook.WebhookEvent;

/**
 * A verified request on its way to the handler it was verified for.
 */
final class WebhookDelivery {

	/** Where the request carries it. */
	static final String ATTRIBUTE = WebhookDelivery.class.getName();

	/** Where a request holds the one that a functional endpoint was given. */
	static final String FUNCTION_ATTRIBUTE = ATTRIBUTE + ".function";

	private final WebhookEndpoint endpoint;

	private final WebhookEvent<JsonNode> event;

	private final byte[] content;

	private final boolean decoded;

	private final @Nullable String key;

	private final String owner;

	private final Instant arrived;

	private final AtomicReference<@Nullable Boolean> handled = new AtomicReference<>();

	private final AtomicReference<@Nullable Object> answerTaker = new AtomicReference<>();

	private volatile boolean handlerReached;

	private volatile boolean answered;

	private volatile boolean over;

	WebhookDelivery(WebhookEndpoint endpoint, WebhookEvent<JsonNode> event, byte[] content, boolean decoded,
			@Nullable String key, String owner, Instant arrived) {
		this.endpoint = endpoint;
		this.event = event;
		this.content = content;
		this.decoded = decoded;
		this.key = key;
		this.owner = owner;
		this.arrived = arrived;
	}

	WebhookEndpoint endpoint() {
		return this.endpoint;
	}

	WebhookEvent<JsonNode> event() {
		return this.event;
	}

	/**
	 * Return what the handler gets to read.
	 * @return the body as received, but for its content coding
	 */
	byte[] content() {
		return this.content;
	}

	/**
	 * Return whether the content differs from what was received.
	 * @return whether there was a content coding
	 */
	boolean decoded() {
		return this.decoded;
	}

	@Nullable String key() {
		return this.key;
	}

	String owner() {
		return this.owner;
	}

	Instant arrived() {
		return this.arrived;
	}

	void reachHandler() {
		this.handlerReached = true;
	}

	boolean handlerReached() {
		return this.handlerReached;
	}

	/**
	 * Remember that there is an answer, for somebody to write.
	 */
	void answer() {
		this.answered = true;
	}

	boolean isAnswered() {
		return this.answered;
	}

	/**
	 * Take the answer.
	 * @param taker who writes it, or gives it up
	 * @return whether it is the taker's, and nobody else's
	 */
	boolean takeAnswer(Object taker) {
		return this.answerTaker.compareAndSet(null, taker) || this.answerTaker.get() == taker;
	}

	/**
	 * Remember that nobody waits for an answer any more.
	 */
	void over() {
		this.over = true;
	}

	boolean isOver() {
		return this.over;
	}

	/**
	 * Finish the delivery.
	 * @param handled whether it was handled
	 * @return whether this was the first call
	 */
	boolean finish(boolean handled) {
		return this.handled.compareAndSet(null, handled);
	}

	boolean isHandled() {
		return Boolean.TRUE.equals(this.handled.get());
	}

}
