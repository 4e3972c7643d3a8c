package run.vendo.webhook;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import run.vendo.error.ValidationException;

import org.springframework.http.HttpHeaders;

/**
 * Verifies webhooks. No I/O; works in both modes.
 * <p>
 * A delivery is valid if {@code Vendo-Signature} and {@code Vendo-Timestamp} are there
 * exactly once, the timestamp is not further from now than the maximum age, the signature
 * is the HMAC-SHA256 of timestamp, dot and raw body under one of the secrets, and the
 * body is a JSON object. Everything else is a {@link ValidationException} whose
 * {@link ValidationException#reason() reason} is one of {@code no-secret},
 * {@code missing-signature}, {@code missing-timestamp}, {@code bad-timestamp},
 * {@code stale}, {@code future}, {@code malformed-signature}, {@code mismatch} and
 * {@code bad-json}.
 *
 * @since 0.1.0
 */
public interface WebhooksApi {

	/** How far a timestamp may be from now unless set otherwise: 5 minutes. */
	Duration DEFAULT_MAX_AGE = Duration.ofSeconds(300);

	/**
	 * Return an API for some secrets.
	 * @param secrets the secrets that are valid at present; several while one is being
	 * replaced
	 * @param maxAge how far a timestamp may be from now, unless a call says otherwise
	 * @param clock the time
	 * @return the API
	 */
	static WebhooksApi of(List<String> secrets, Duration maxAge, Clock clock) {
		return new WebhookVerifier(secrets, maxAge, clock);
	}

	/**
	 * Verify a delivery.
	 * @param headers the headers of the request
	 * @param body the body exactly as received
	 * @return the event
	 * @throws ValidationException if the delivery is not valid
	 */
	WebhookEvent<JsonNode> verify(HttpHeaders headers, byte[] body);

	/**
	 * Verify a delivery.
	 * @param headers the headers of the request
	 * @param body the body exactly as received
	 * @param maxAge how far the timestamp may be from now, positive
	 * @return the event
	 * @throws ValidationException if the delivery is not valid
	 */
	WebhookEvent<JsonNode> verify(HttpHeaders headers, byte[] body, Duration maxAge);

	/**
	 * Verify a delivery whose body came in a content coding such as {@code gzip}. The
	 * signature covers the bytes as received; they are decoded once it holds, so that
	 * nobody without the secret can make this program inflate anything.
	 * @param headers the headers of the request
	 * @param body the body exactly as received
	 * @param maxAge how far the timestamp may be from now, positive, or {@code null} for
	 * what this API was made with
	 * @param decoder returns the JSON that the body stands for; what it throws is passed
	 * on
	 * @return the event
	 * @throws ValidationException if the delivery is not valid
	 */
	WebhookEvent<JsonNode> verify(HttpHeaders headers, byte[] body, @Nullable Duration maxAge,
			UnaryOperator<byte[]> decoder);

	/**
	 * Verify a delivery whose body was UTF-8 and is a string already.
	 * @param headers the headers of the request
	 * @param body the body, not changed in any way since it was decoded
	 * @return the event
	 * @throws ValidationException if the delivery is not valid
	 */
	WebhookEvent<JsonNode> verify(HttpHeaders headers, String body);

	/**
	 * Verify a delivery whose body was UTF-8 and is a string already.
	 * @param headers the headers of the request
	 * @param body the body, not changed in any way since it was decoded
	 * @param maxAge how far the timestamp may be from now, positive
	 * @return the event
	 * @throws ValidationException if the delivery is not valid
	 */
	WebhookEvent<JsonNode> verify(HttpHeaders headers, String body, Duration maxAge);

}
