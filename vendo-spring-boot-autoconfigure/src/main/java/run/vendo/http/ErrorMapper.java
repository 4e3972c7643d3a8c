package run.vendo.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;

import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;

/**
 * Reads an error answer, whichever of the platform's shapes it has.
 */
final class ErrorMapper {

	private static final int KEPT_BODY = 8 * 1024;

	private static final int MASKED_BODY = 64 * 1024;

	private static final int SHORTEST_SECRET = 8;

	private static final int LONGEST_ID = 200;

	private static final Pattern CODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}");

	private static final Pattern WORD_WITH_UNDERSCORES = Pattern.compile("[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+");

	private static final List<String> REQUEST_ID_HEADERS = List.of("Vendo-Request-Id", "X-Request-Id", "Request-Id",
			"CF-Ray");

	private final Clock clock;

	private final List<String> secrets;

	/**
	 * Create a reader of error answers.
	 * @param clock the time, to tell how far away a date is
	 * @param secrets what must not be repeated although nobody could tell that it is a
	 * secret
	 */
	ErrorMapper(Clock clock, List<String> secrets) {
		this.clock = clock;
		this.secrets = secrets.stream().filter((secret) -> secret.length() >= SHORTEST_SECRET).toList();
	}

	/**
	 * Collect what an error answer says.
	 * @param status its status
	 * @param headers its headers
	 * @param body its body, or the beginning of it
	 * @param slug the provider the call was about, if it was about one
	 * @return the facts that are in the answer
	 */
	ErrorDetails.Builder read(int status, HttpHeaders headers, byte[] body, @Nullable String slug) {
		JsonNode json = parse(body);
		JsonNode error = json.path("error").isObject() ? json.path("error") : json;
		String errorText = text(json.path("error"));
		ErrorDetails.Builder details = ErrorDetails.builder().status(status);
		details.code(code(headers, error, errorText));
		details.slug(firstText(identifier(text(error.path("slug"))), identifier(text(json.path("toolkit"))), slug));
		details.platformMessage(masked(firstText(text(error.path("message")), text(json.path("detail")), errorText,
				text(json.path("reason")))));
		details.suggestedFix(masked(text(error.path("suggested_fix"))));
		details.connectUrl(url(text(error.path("connect_url"))));
		details.retryAfter(retryAfter(headers, error));
		details.requestId(requestId(headers));
		details.errorId(identifier(firstText(headers.getFirst("Vendo-Error-Id"), text(error.path("error_id")),
				text(error.path("errorId")), text(json.path("error_id")))));
		details.fieldErrors(fieldErrors(json.path("errors")));
		details.responseBody(keptBody(body));
		return details;
	}

	/**
	 * Return the platform's id of a request.
	 * @param headers the headers of the answer
	 * @return the id, or {@code null}
	 */
	@Nullable String requestId(HttpHeaders headers) {
		for (String name : REQUEST_ID_HEADERS) {
			String value = headers.getFirst(name);
			if (StringUtils.hasText(value)) {
				return identifier(value);
			}
		}
		return null;
	}

	/**
	 * Return the part of a body that is kept.
	 * @param body the body as it came
	 * @return at most 8 KiB of text without secrets, or {@code null} without a body
	 */
	@Nullable String keptBody(byte[] body) {
		if (body.length == 0) {
			return null;
		}
		// Masked before it is cut, so that no half of a secret stays at the end.
		String text = withoutSecret(new String(body, 0, Math.min(body.length, MASKED_BODY), StandardCharsets.UTF_8));
		return cut(Redaction.maskBody((body.length > MASKED_BODY) ? withoutLastWord(text) : text));
	}

	private static String withoutLastWord(String text) {
		int end = text.length();
		while (end > 0 && " \t\r\n\"'<>,;&".indexOf(text.charAt(end - 1)) < 0) {
			end--;
		}
		return text.substring(0, end);
	}

	private static String cut(String text) {
		String ellipsis = "…";
		int room = KEPT_BODY - ellipsis.getBytes(StandardCharsets.UTF_8).length;
		int end = 0;
		for (int bytes = 0; end < text.length();) {
			int codePoint = text.codePointAt(end);
			bytes += (codePoint < 0x80) ? 1 : (codePoint < 0x800) ? 2 : (codePoint < 0x10000) ? 3 : 4;
			if (bytes > room) {
				return text.substring(0, end) + ellipsis;
			}
			end += Character.charCount(codePoint);
		}
		return text;
	}

	private String withoutSecret(String text) {
		String masked = text;
		for (String secret : this.secrets) {
			masked = masked.replace(secret, Redaction.MASK);
		}
		return masked;
	}

	private static JsonNode parse(byte[] body) {
		try {
			return VendoJson.MAPPER.readTree(body);
		}
		catch (JacksonException ex) {
			// An HTML page or nothing: then headers and status speak alone. The beginning
			// of a long answer says something as well.
			return (ex instanceof UnexpectedEndOfInputException || body.length >= MASKED_BODY) ? beginning(body)
					: VendoJson.MAPPER.missingNode();
		}
	}

	private static JsonNode beginning(byte[] body) {
		ObjectNode whole = VendoJson.MAPPER.createObjectNode();
		try (JsonParser parser = VendoJson.MAPPER.createParser(body)) {
			if (parser.nextToken() == JsonToken.START_OBJECT) {
				readFields(parser, whole);
			}
		}
		catch (JacksonException ex) {
			// Here it breaks off.
		}
		return whole;
	}

	// A value counts once something follows it: until then it may be half a number.
	private static void readFields(JsonParser parser, ObjectNode object) {
		String name = parser.nextName();
		while (name != null) {
			JsonToken token = parser.nextToken();
			if (token == JsonToken.START_OBJECT) {
				readFields(parser, object.putObject(name));
				name = parser.nextName();
			}
			else if (token == JsonToken.START_ARRAY) {
				readElements(parser, object.putArray(name));
				name = parser.nextName();
			}
			else {
				JsonNode value = parser.readValueAsTree();
				String following = parser.nextName();
				object.set(name, value);
				name = following;
			}
		}
	}

	private static void readElements(JsonParser parser, ArrayNode array) {
		JsonToken token = parser.nextToken();
		while (token != JsonToken.END_ARRAY) {
			if (token == JsonToken.START_OBJECT) {
				readFields(parser, array.addObject());
				token = parser.nextToken();
			}
			else if (token == JsonToken.START_ARRAY) {
				readElements(parser, array.addArray());
				token = parser.nextToken();
			}
			else {
				JsonNode value = parser.readValueAsTree();
				token = parser.nextToken();
				array.add(value);
			}
		}
	}

	private @Nullable ErrorCode code(HttpHeaders headers, JsonNode error, @Nullable String errorText) {
		ErrorCode code = code(headers.getFirst("Vendo-Error-Code"));
		code = (code != null) ? code : code(text(error.path("code")));
		if (code == null && errorText != null && WORD_WITH_UNDERSCORES.matcher(errorText).matches()) {
			code = code(errorText);
		}
		return code;
	}

	private @Nullable ErrorCode code(@Nullable String text) {
		String code = (text != null) ? text.strip() : "";
		boolean usable = CODE.matcher(code).matches() && code.equals(masked(code));
		return usable ? new ErrorCode(code) : null;
	}

	private @Nullable Duration retryAfter(HttpHeaders headers, JsonNode error) {
		Duration fromHeader = retryAfter(headers.getFirst(HttpHeaders.RETRY_AFTER));
		if (fromHeader != null) {
			return fromHeader;
		}
		JsonNode field = error.path("retry_after");
		return field.isNumber() ? seconds(field.asDouble(Double.MAX_VALUE)) : retryAfter(text(field));
	}

	private @Nullable Duration retryAfter(@Nullable String value) {
		if (!StringUtils.hasText(value)) {
			return null;
		}
		String text = value.strip();
		try {
			if (Character.isDigit(text.charAt(0))) {
				return seconds(Double.parseDouble(text));
			}
			Instant date = date(text);
			Duration wait = (date != null) ? Duration.between(this.clock.instant(), date) : null;
			return (wait != null && wait.isNegative()) ? Duration.ZERO : wait;
		}
		catch (NumberFormatException | ArithmeticException ex) {
			// What cannot be read asks for nothing.
			return null;
		}
	}

	private static @Nullable Instant date(String text) {
		for (DateTimeFormatter format : HttpDates.FORMATS) {
			try {
				return ZonedDateTime.parse(text, format).toInstant();
			}
			catch (DateTimeException ex) {
				// Then it may be in another form.
			}
		}
		return null;
	}

	private static @Nullable Duration seconds(double seconds) {
		return (seconds >= 0) ? Duration.ofMillis(Math.round(seconds * 1000)) : null;
	}

	private Map<String, List<String>> fieldErrors(JsonNode errors) {
		Map<String, List<String>> messages = new LinkedHashMap<>();
		errors.properties().forEach((field) -> {
			List<String> texts = new ArrayList<>();
			JsonNode value = field.getValue();
			if (value.isArray()) {
				value.forEach((message) -> texts.add(shown(message)));
			}
			else {
				texts.add(shown(value));
			}
			messages.put(String.valueOf(identifier(field.getKey())), texts);
		});
		return messages;
	}

	private String shown(JsonNode node) {
		return node.isString() ? String.valueOf(masked(node.stringValue()))
				: Redaction.maskBody(withoutSecret(node.toString()));
	}

	private static @Nullable URI url(@Nullable String text) {
		if (text == null) {
			return null;
		}
		try {
			URI url = URI.create(text);
			boolean web = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
			return (web && url.getHost() != null) ? url : null;
		}
		catch (IllegalArgumentException ex) {
			// Somebody will be sent there; a URL that cannot be read is none.
			return null;
		}
	}

	private @Nullable String masked(@Nullable String text) {
		return (text != null) ? Redaction.mask(withoutSecret(text)) : null;
	}

	// Something short that people copy: what is not fit for that is cut.
	private @Nullable String identifier(@Nullable String text) {
		String masked = masked((text != null) ? text.strip() : null);
		return (masked != null && masked.length() > LONGEST_ID) ? masked.substring(0, LONGEST_ID) + "…" : masked;
	}

	private static @Nullable String text(JsonNode node) {
		return (node.isString() && StringUtils.hasText(node.stringValue())) ? node.stringValue() : null;
	}

	private static @Nullable String firstText(@Nullable String... candidates) {
		for (String candidate : candidates) {
			if (StringUtils.hasText(candidate)) {
				return candidate;
			}
		}
		return null;
	}

	/**
	 * Apart, because few answers have a date to read, and its formats are not made in no
	 * time.
	 */
	private static final class HttpDates {

		// All three that RFC 9110 says a recipient has to know.
		static final List<DateTimeFormatter> FORMATS = List.of(DateTimeFormatter.RFC_1123_DATE_TIME,
				DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.US).withZone(ZoneOffset.UTC),
				DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US).withZone(ZoneOffset.UTC));

	}

}
