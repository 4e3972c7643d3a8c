package run.vendo.webhook;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.http.EnvironmentVariables;
import run.vendo.http.VendoJson;

import org.springframework.http.HttpHeaders;
import org.springframework.util.Assert;

/**
 * Verifies deliveries against the secrets that are valid at present.
 */
final class WebhookVerifier implements WebhooksApi {

	private static final Pattern RFC_3339 = Pattern
		.compile("\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?(?:[Zz]|[+-]\\d{2}:\\d{2})");

	private static final int LONGEST_UNIX_TIME = 18;

	// In the case that the map of headers keeps, so that it has nothing to convert.
	private static final String SIGNATURE = WebhookSignature.SIGNATURE_HEADER.toLowerCase(Locale.ROOT);

	private static final String TIMESTAMP = WebhookSignature.TIMESTAMP_HEADER.toLowerCase(Locale.ROOT);

	private final List<WebhookSignature> secrets;

	private final Duration maxAge;

	private final Clock clock;

	WebhookVerifier(List<String> secrets, Duration maxAge, Clock clock) {
		this.secrets = signatures(secrets);
		this.maxAge = requirePositive(maxAge);
		this.clock = clock;
	}

	private static List<WebhookSignature> signatures(List<String> secrets) {
		List<WebhookSignature> signatures = new ArrayList<>();
		for (String secret : secrets) {
			String text = EnvironmentVariables.textOrNull(secret);
			if (text != null) {
				signatures.add(new WebhookSignature(text));
			}
		}
		return List.copyOf(signatures);
	}

	@Override
	public WebhookEvent<JsonNode> verify(HttpHeaders headers, byte[] body) {
		return verify(headers, body, this.maxAge);
	}

	@Override
	public WebhookEvent<JsonNode> verify(HttpHeaders headers, String body) {
		return verify(headers, body.getBytes(StandardCharsets.UTF_8), this.maxAge);
	}

	@Override
	public WebhookEvent<JsonNode> verify(HttpHeaders headers, String body, Duration maxAge) {
		return verify(headers, body.getBytes(StandardCharsets.UTF_8), maxAge);
	}

	@Override
	public WebhookEvent<JsonNode> verify(HttpHeaders headers, byte[] body, Duration maxAge) {
		return doVerify(headers, body, maxAge, UnaryOperator.identity());
	}

	@Override
	public WebhookEvent<JsonNode> verify(HttpHeaders headers, byte[] body, @Nullable Duration maxAge,
			UnaryOperator<byte[]> decoder) {
		return doVerify(headers, body, (maxAge != null) ? maxAge : this.maxAge, decoder);
	}

	private WebhookEvent<JsonNode> doVerify(HttpHeaders headers, byte[] body, Duration maxAge,
			UnaryOperator<byte[]> decoder) {
		Assert.notNull(headers, "'headers' must not be null");
		Assert.notNull(body, "'body' must not be null");
		requirePositive(maxAge);
		if (this.secrets.isEmpty()) {
			throw invalid("no-secret", "No webhook secret is set, so nothing can be verified",
					"Set vendo.webhook.secret (VENDO_WEBHOOK_SECRET) to the secret from the Vendo dashboard.");
		}
		String signatureText = single(headers.get(SIGNATURE), WebhookSignature.SIGNATURE_HEADER, "missing-signature",
				"malformed-signature");
		String timestamp = single(headers.get(TIMESTAMP), WebhookSignature.TIMESTAMP_HEADER, "missing-timestamp",
				"bad-timestamp")
			.strip();
		Instant signedAt = parseTimestamp(timestamp);
		requireFresh(signedAt, maxAge);
		byte[] signature = WebhookSignature.parse(signatureText);
		if (signature == null) {
			throw invalid("malformed-signature", "The header %s is not 64 lower-case hexadecimal digits"
				.formatted(WebhookSignature.SIGNATURE_HEADER));
		}
		int secretIndex = matchingSecret(timestamp, body, signature);
		if (secretIndex < 0) {
			throw invalid("mismatch", "The signature does not belong to this body and timestamp",
					"Check that the secret is this endpoint's, and that nothing on the way changes the body.");
		}
		JsonNode json = parseBody(decoder.apply(body));
		// The header counts only where the body has no id of its own.
		String deliveryId = json.path("id").isString() ? null : headers.getFirst(WebhookSignature.EVENT_ID_HEADER);
		return new WebhookEvent<>(json, deliveryId, signedAt, secretIndex, json.path("data"));
	}

	private static String single(@Nullable List<String> values, String name, String missing, String repeated) {
		if (values == null || values.isEmpty() || (values.size() == 1 && values.get(0).isBlank())) {
			throw invalid(missing, "The header %s is missing".formatted(name));
		}
		if (values.size() > 1) {
			throw invalid(repeated, "The header %s is there %d times".formatted(name, values.size()));
		}
		return values.get(0);
	}

	private static Instant parseTimestamp(String timestamp) {
		Instant instant = parseUnixTime(timestamp);
		if (instant == null && RFC_3339.matcher(timestamp).matches()) {
			try {
				instant = OffsetDateTime.parse(timestamp).toInstant();
			}
			catch (DateTimeException ex) {
				// A date that no calendar has is as bad as no date.
				instant = null;
			}
		}
		if (instant == null) {
			throw invalid("bad-timestamp", "The header %s is neither unix seconds nor RFC 3339 with an offset"
				.formatted(WebhookSignature.TIMESTAMP_HEADER));
		}
		return instant;
	}

	private static @Nullable Instant parseUnixTime(String timestamp) {
		if (timestamp.isEmpty() || timestamp.length() > LONGEST_UNIX_TIME) {
			return null;
		}
		long seconds = 0;
		for (int i = 0; i < timestamp.length(); i++) {
			int digit = timestamp.charAt(i) - '0';
			if (digit < 0 || digit > 9) {
				return null;
			}
			seconds = seconds * 10 + digit;
		}
		return (seconds <= Instant.MAX.getEpochSecond()) ? Instant.ofEpochSecond(seconds) : null;
	}

	private void requireFresh(Instant signedAt, Duration maxAge) {
		long seconds = Math.floorDiv(this.clock.millis(), 1000);
		if (Math.abs(seconds - signedAt.getEpochSecond()) < maxAge.toSeconds()) {
			// Whole seconds settle it for nearly every delivery.
			return;
		}
		Duration age = Duration.between(signedAt, this.clock.instant());
		if (age.compareTo(maxAge) > 0) {
			throw invalid("stale", "The delivery was signed %d s ago, more than the %d s allowed"
				.formatted(age.toSeconds(), maxAge.toSeconds()), "Check the clock of this machine.");
		}
		if (age.negated().compareTo(maxAge) > 0) {
			throw invalid("future", "The delivery was signed %d s in the future, more than the %d s allowed"
				.formatted(age.negated().toSeconds(), maxAge.toSeconds()), "Check the clock of this machine.");
		}
	}

	// All secrets are tried, whichever matches, so that the time it takes tells nothing.
	private int matchingSecret(String timestamp, byte[] body, byte[] signature) {
		int matching = -1;
		for (int i = 0; i < this.secrets.size(); i++) {
			boolean matches = MessageDigest.isEqual(this.secrets.get(i).sign(timestamp, body), signature);
			matching = (matches && matching < 0) ? i : matching;
		}
		return matching;
	}

	private static JsonNode parseBody(byte[] body) {
		try {
			JsonNode json = VendoJson.MAPPER.readTree(body);
			if (json.isObject()) {
				return json;
			}
		}
		catch (JacksonException ex) {
			// Said below, without the parser's words: they quote the body.
		}
		throw invalid("bad-json", "The body is not a JSON object");
	}

	private static Duration requirePositive(Duration maxAge) {
		Assert.isTrue(!maxAge.isNegative() && !maxAge.isZero(), "'maxAge' must be positive");
		return maxAge;
	}

	private static VendoException invalid(String reason, String summary) {
		return invalid(reason, summary, null);
	}

	private static VendoException invalid(String reason, String summary, @Nullable String nextStep) {
		return ErrorDetails.of(ErrorCode.VALIDATION_FAILED)
			.reason(reason)
			.summary(reason + ": " + summary)
			.nextStep(nextStep)
			.toException();
	}

}
