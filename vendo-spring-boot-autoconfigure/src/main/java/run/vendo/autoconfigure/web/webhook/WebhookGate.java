package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import run.vendo.autoconfigure.web.webhook.WebhookAnswer.Outcome;
import run.vendo.error.ValidationException;
import run.vendo.webhook.WebhookEvent;
import run.vendo.webhook.WebhooksApi;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.AlternativeJdkIdGenerator;
import org.springframework.util.IdGenerator;
import org.springframework.util.function.SingletonSupplier;

/**
 * Decides about deliveries, for both stacks: which are let through, and what the others
 * are answered with. A delivery that was let through must be finished.
 */
final class WebhookGate {

	private static final Log logger = LogFactory.getLog(WebhookGate.class);

	private static final String NO_REASON = "none";

	// Made for the first delivery, as much of what an application may never need.
	private final SingletonSupplier<IdGenerator> owners = SingletonSupplier.of(AlternativeJdkIdGenerator::new);

	private final @Nullable WebhookDeliveryStore store;

	private final WebhookMetrics metrics;

	private final int maxBodySize;

	private final Duration lease;

	private final Duration retention;

	private final Duration defaultMaxAge;

	private final Clock clock;

	WebhookGate(@Nullable WebhookDeliveryStore store, WebhookMetrics metrics, int maxBodySize, Duration lease,
			Duration retention, Duration defaultMaxAge, Clock clock) {
		this.store = store;
		this.metrics = metrics;
		this.maxBodySize = maxBodySize;
		this.lease = lease;
		this.retention = retention;
		this.defaultMaxAge = defaultMaxAge;
		this.clock = clock;
	}

	int maxBodySize() {
		return this.maxBodySize;
	}

	/**
	 * Return how long a delivery is still claimed.
	 * @param delivery the delivery
	 * @return the time until its claim ends, or none
	 */
	Duration claimed(WebhookDelivery delivery) {
		Duration left = this.lease.minus(Duration.between(delivery.arrived(), this.clock.instant()));
		return left.isNegative() ? Duration.ZERO : left;
	}

	/**
	 * Return whether {@link #claim} and {@link #finish} may have to wait for a network.
	 * @return whether they must stay off an event loop
	 */
	boolean isBlocking() {
		return this.store != null && !(this.store instanceof InMemoryWebhookDeliveryStore);
	}

	/**
	 * Refuse what need not be read.
	 * @param headers the headers of the request
	 * @param contentLength the announced length of the body, or -1
	 * @throws WebhookAnswer if the body is too large or in an unknown content coding
	 */
	void requireReadable(HttpHeaders headers, long contentLength) {
		if (ContentCoding.of(headers) == null) {
			throw new WebhookAnswer(HttpStatus.UNSUPPORTED_MEDIA_TYPE, Outcome.REJECTED, "unknown-encoding",
					"The content encoding is none of %s".formatted(ContentCoding.SUPPORTED))
				.header(HttpHeaders.ACCEPT_ENCODING, ContentCoding.SUPPORTED);
		}
		if (contentLength > this.maxBodySize) {
			throw tooLarge();
		}
	}

	/**
	 * Verify a request.
	 * @param endpoint what it was sent to
	 * @param headers its headers
	 * @param body its body as received
	 * @return what may be claimed
	 * @throws WebhookAnswer if it is no valid delivery
	 */
	WebhookDelivery verify(WebhookEndpoint endpoint, HttpHeaders headers, byte[] body) {
		ContentCoding coding = ContentCoding.of(headers);
		Decoder decoder = new Decoder((coding != null) ? coding : ContentCoding.IDENTITY);
		try {
			WebhookEvent<JsonNode> event = verify(endpoint, headers, body, decoder);
			byte[] content = (decoder.content != null) ? decoder.content : body;
			String key = (this.store != null) ? key(endpoint, event, content) : null;
			return new WebhookDelivery(endpoint, event, content, coding != ContentCoding.IDENTITY, key,
					this.owners.obtain().generateId().toString(), this.clock.instant());
		}
		catch (ValidationException ex) {
			if (logger.isDebugEnabled()) {
				logger.debug("%s: %s".formatted(endpoint.name(), ex.getMessage()));
			}
			String reason = (ex.reason() != null) ? ex.reason() : "invalid";
			throw rejected(reason, reason.equals("no-secret") ? null : summary(ex, reason));
		}
	}

	private static WebhookEvent<JsonNode> verify(WebhookEndpoint endpoint, HttpHeaders headers, byte[] body,
			Decoder decoder) {
		WebhooksApi webhooks = endpoint.webhooks();
		if (decoder.coding != ContentCoding.IDENTITY) {
			return webhooks.verify(headers, body, endpoint.maxAge(), decoder::decode);
		}
		return (endpoint.maxAge() != null) ? webhooks.verify(headers, body, endpoint.maxAge())
				: webhooks.verify(headers, body);
	}

	/**
	 * Claim a delivery. Must be followed by {@link #finish}.
	 * @param delivery the delivery
	 * @throws WebhookAnswer if it was handled before, or is being handled
	 */
	void claim(WebhookDelivery delivery) {
		if (this.store == null || delivery.key() == null) {
			return;
		}
		WebhookDeliveryStore.Claim claim;
		try {
			claim = this.store.claim(delivery.key(), delivery.owner(), this.lease);
		}
		catch (RuntimeException ex) {
			logger.warn("%s: delivery is refused, because the store of deliveries does not answer"
				.formatted(delivery.endpoint().name()), ex);
			throw comeAgain(Outcome.FAILED, "store-unavailable", "It cannot be told whether this delivery is new");
		}
		switch (claim) {
			case GRANTED -> {
			}
			case HANDLED -> throw new WebhookAnswer(HttpStatus.OK, Outcome.DUPLICATE, NO_REASON, null);
			// A success here would make the platform forget the event although its
			// handler may yet fail.
			case IN_PROGRESS ->
				throw comeAgain(Outcome.IN_PROGRESS, "in-progress", "The same delivery is being handled at present");
		}
	}

	/**
	 * Finish a delivery. Only the first call has an effect.
	 * @param delivery the delivery
	 * @param handled whether it was handled, so that it need not come again
	 */
	void finish(WebhookDelivery delivery, boolean handled) {
		if (!delivery.finish(handled)) {
			return;
		}
		this.metrics.count(handled ? Outcome.HANDLED : Outcome.FAILED, NO_REASON, delivery.event().secretIndex());
		if (this.store == null || delivery.key() == null) {
			return;
		}
		warnIfLate(delivery);
		try {
			if (handled) {
				this.store.confirm(delivery.key(), delivery.owner(), retention(delivery.endpoint()));
			}
			else {
				this.store.release(delivery.key(), delivery.owner());
			}
		}
		catch (RuntimeException ex) {
			logger.warn("%s: what became of a delivery cannot be stored, so that it may be handled again or late"
				.formatted(delivery.endpoint().name()), ex);
		}
	}

	// Past the end of its claim, the same delivery may have been let in again.
	private void warnIfLate(WebhookDelivery delivery) {
		Duration time = Duration.between(delivery.arrived(), this.clock.instant());
		if (time.compareTo(this.lease) >= 0) {
			logger.warn(
					("%s: took %d s, and its claim on the delivery ended after %d s, so that it may have been handled "
							+ "twice. Make vendo.webhook.deduplication.lease longer than the slowest handler")
						.formatted(delivery.endpoint().name(), time.toSeconds(), this.lease.toSeconds()));
		}
	}

	/**
	 * Leave a delivery to the end of its claim, because nobody knows whether its handler
	 * is still at work.
	 * @param delivery the delivery
	 */
	void leave(WebhookDelivery delivery) {
		if (!delivery.finish(false)) {
			return;
		}
		if (this.store != null && delivery.key() != null) {
			logger.warn(
					("%s: was given up while it may still have been at work. The delivery is not handled again before "
							+ "its claim ends, %d s after it came")
						.formatted(delivery.endpoint().name(), this.lease.toSeconds()));
		}
		this.metrics.count(Outcome.FAILED, NO_REASON, delivery.event().secretIndex());
	}

	/**
	 * Record a failure that no answer tells of, because the sender has gone away.
	 * @param delivery the delivery
	 * @param failure what went wrong
	 */
	void failedAlone(WebhookDelivery delivery, Throwable failure) {
		String message = "%s: failed after its sender had gone away".formatted(delivery.endpoint().name());
		if (delivery.isHandled()) {
			logger.debug(message, failure);
		}
		else {
			logger.warn(message, failure);
		}
	}

	/**
	 * Record that a request was answered in place of its handler.
	 * @param endpoint what it was sent to, or {@code null} when that is not known
	 * @param answer the answer
	 * @param delivery the delivery, or {@code null} when it was not verified
	 */
	void answered(@Nullable WebhookEndpoint endpoint, WebhookAnswer answer, @Nullable WebhookDelivery delivery) {
		if (logger.isDebugEnabled()) {
			logger.debug("%s: answered with %d, %s %s".formatted(name(endpoint), answer.status().value(),
					answer.outcome(), answer.reason()));
		}
		this.metrics.count(answer.outcome(), answer.reason(),
				(delivery != null) ? delivery.event().secretIndex() : null);
	}

	WebhookAnswer tooLarge() {
		return new WebhookAnswer(HttpStatus.CONTENT_TOO_LARGE, Outcome.REJECTED, "too-large",
				"The body has more than %d bytes".formatted(this.maxBodySize));
	}

	/**
	 * Return the answer to a request that got to a handler past the verification: a
	 * forward, or a path that somebody changed on the way.
	 * @param endpoint the handler, or {@code null} when that is not known
	 * @return the answer
	 */
	WebhookAnswer notVerified(@Nullable WebhookEndpoint endpoint) {
		logger.warn(("%s: refused a request that was not verified for it. Was it forwarded, or does a filter "
				+ "change its path or method?")
			.formatted(name(endpoint)));
		return rejected("not-verified", "The request was not verified");
	}

	private static String name(@Nullable WebhookEndpoint endpoint) {
		return (endpoint != null) ? endpoint.name() : "Webhook";
	}

	private static WebhookAnswer rejected(String reason, @Nullable String detail) {
		return new WebhookAnswer(HttpStatus.BAD_REQUEST, Outcome.REJECTED, reason, detail);
	}

	private static WebhookAnswer comeAgain(Outcome outcome, String reason, String detail) {
		return new WebhookAnswer(HttpStatus.SERVICE_UNAVAILABLE, outcome, reason, detail)
			.header(HttpHeaders.RETRY_AFTER, "5");
	}

	// The hint for the operator is not for whoever sends.
	private static @Nullable String summary(ValidationException ex, String reason) {
		String summary = ex.details().summary();
		return (summary != null && summary.startsWith(reason + ": ")) ? summary.substring(reason.length() + 2) : null;
	}

	// A timestamp may lie in the future as far as in the past, so a delivery can be
	// replayed
	// for twice the maximum age.
	private Duration retention(WebhookEndpoint endpoint) {
		Duration maxAge = (endpoint.maxAge() != null) ? endpoint.maxAge() : this.defaultMaxAge;
		Duration replayable = maxAge.multipliedBy(2);
		return (this.retention.compareTo(replayable) > 0) ? this.retention : replayable;
	}

	/**
	 * Return what tells an event from others at one endpoint: its id, which is signed,
	 * and else all that is signed. Hashed, because somebody else decides how long an id
	 * is and what is in it.
	 */
	private static String key(WebhookEndpoint endpoint, WebhookEvent<JsonNode> event, byte[] content) {
		MessageDigest digest = sha256();
		digest.update(endpoint.name().getBytes(StandardCharsets.UTF_8));
		digest.update((byte) 0);
		JsonNode id = event.body().path("id");
		String text = (id.isString() || id.isNumber()) ? id.asString() : "";
		if (!text.isBlank()) {
			digest.update("id:".getBytes(StandardCharsets.UTF_8));
			digest.update(text.getBytes(StandardCharsets.UTF_8));
		}
		else {
			digest.update(("at:" + event.signedAt() + ":").getBytes(StandardCharsets.UTF_8));
			digest.update(content);
		}
		return "vendo:webhook:" + HexFormat.of().formatHex(digest.digest());
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * Decodes one body, and remembers the content for the handler.
	 */
	private final class Decoder {

		private final ContentCoding coding;

		private byte @Nullable [] content;

		Decoder(ContentCoding coding) {
			this.coding = coding;
		}

		byte[] decode(byte[] body) {
			byte[] content;
			try {
				content = this.coding.decode(body, WebhookGate.this.maxBodySize);
			}
			catch (IOException | UncheckedIOException ex) {
				throw rejected("bad-encoding", "The body is not in the content encoding that the header names");
			}
			if (content.length > WebhookGate.this.maxBodySize) {
				throw tooLarge();
			}
			this.content = content;
			return content;
		}

	}

}
