package run.vendo.http;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

import org.springframework.util.StringUtils;

/**
 * Takes secrets out of what people get to see.
 *
 * @since 0.1.0
 */
public final class Redaction {

	static final String MASK = "***";

	// How names of secrets end: access_token, apiKey, client-secret, set-cookie.
	private static final String SECRET_NAMES = "token|jwt|key|plaintext|secret|password|passwd|credentials?"
			+ "|authorization|cookie|signature";

	private static final Pattern SECRET_NAME = Pattern.compile("(?is).*(?:" + SECRET_NAMES + ")");

	private static final Pattern SEVERAL_SECRETS_NAME = Pattern.compile("(?is).*(?:" + SECRET_NAMES + ")s");

	// All patterns meet text that somebody else wrote, up to the length of an error body.
	// So each may begin a match only where a word begins, and what it has taken it does
	// not give back: the time it takes grows with the length and not with its square, and
	// no repetition needs the stack.

	private static final Pattern SECRET_JWT = Pattern
		.compile("(?<![\\w-])(?>[\\w-]*?e(?:yJ|yA|w[0ko]))[\\w-]{8,}+\\.[\\w-]{4,}+\\.[\\w-]*+");

	private static final Pattern SECRET_VALUE = Pattern
		.compile("vendo_sk_[\\w-]++|whsec_[^\\s\"'<>&]++|(?i:bearer|basic)\\s++[^\\s\"'<>,;]++");

	private static final Pattern SECRET_JSON_FIELD = Pattern.compile("(?i)([\"'][^\"']*(?:" + SECRET_NAMES
			+ ")s?\\\\*[\"']\\s*+:\\s*+)(\"(?:[^\"\\\\]++|\\\\(?s:.))*+\"?|'[^']*+'?|[{\\[](?s:.*+)|[^\\s,}\\]]++)");

	private static final Pattern SECRET_PARAMETER = Pattern
		.compile("(?i)(?<![\\w.-])([\\w.-]*(?:" + SECRET_NAMES + ")=)[^\\s&\"'<>]++");

	private static final Pattern SECRET_ELEMENT = Pattern
		.compile("(?i)(<[\\w.:-]*(?:" + SECRET_NAMES + ")(?:\\s[^<>]*+)?>)[^<]++");

	// Parameters of documented calls whose values say what was asked for and never who
	// asked.
	private static final Set<String> PLAIN_PARAMETERS = Set.of("slugs", "sandbox", "period", "range", "limit", "offset",
			"page");

	private Redaction() {
	}

	/**
	 * Return a text without what looks like a secret: keys, tokens, JWTs, webhook
	 * secrets, and the values of JSON fields and parameters with a telling name.
	 * @param text the text as it came
	 * @return the text with secrets masked
	 */
	public static String mask(String text) {
		String masked = text;
		if (masked.indexOf(':') >= 0) {
			masked = SECRET_JSON_FIELD.matcher(masked).replaceAll("$1\"" + MASK + "\"");
		}
		if (masked.indexOf('=') >= 0) {
			masked = SECRET_PARAMETER.matcher(masked).replaceAll("$1" + MASK);
		}
		if (masked.indexOf('<') >= 0) {
			masked = SECRET_ELEMENT.matcher(masked).replaceAll("$1" + MASK);
		}
		return maskValues(masked);
	}

	private static String maskValues(String text) {
		// Most URLs have nothing of what a secret cannot do without.
		String masked = (text.indexOf('.') >= 0) ? SECRET_JWT.matcher(text).replaceAll(MASK) : text;
		return (masked.indexOf('_') >= 0 || StringUtils.containsWhitespace(masked))
				? SECRET_VALUE.matcher(masked).replaceAll(MASK) : masked;
	}

	/**
	 * Return a key as it may be shown.
	 * @param apiKey the key, or {@code null} when there is none
	 * @return its prefix and last four characters, or {@code null} when there is none
	 */
	public static @Nullable String maskKey(@Nullable String apiKey) {
		if (apiKey == null) {
			return null;
		}
		if (!apiKey.startsWith("vendo_sk_") || apiKey.length() < 25) {
			return MASK;
		}
		return "vendo_sk_…" + apiKey.substring(apiKey.length() - 4);
	}

	/**
	 * Return a URL without user info, fragment and the values of its parameters; those of
	 * a few harmless parameters of documented calls stay.
	 * @param uri the URL
	 * @return scheme, host, port, path and masked query
	 */
	public static String mask(URI uri) {
		if (uri.getRawQuery() == null && uri.getRawUserInfo() == null && uri.getRawFragment() == null
				&& uri.getHost() != null) {
			// Most of them, and then it costs next to nothing to find nothing.
			String path = uri.getRawPath();
			if (maskValues(path).equals(path)) {
				return uri.toString();
			}
		}
		StringBuilder masked = new StringBuilder();
		if (uri.getScheme() != null) {
			masked.append(uri.getScheme()).append("://");
		}
		if (uri.getHost() != null) {
			masked.append(uri.getHost());
		}
		if (uri.getPort() != -1) {
			masked.append(':').append(uri.getPort());
		}
		if (uri.getRawPath() != null) {
			masked.append(maskValues(uri.getRawPath()));
		}
		if (uri.getRawQuery() != null) {
			masked.append('?').append(maskQuery(uri.getRawQuery()));
		}
		return masked.toString();
	}

	private static String maskQuery(String query) {
		List<String> parameters = new ArrayList<>();
		for (String parameter : query.split("&", -1)) {
			int equals = parameter.indexOf('=');
			String name = (equals >= 0) ? parameter.substring(0, equals) : parameter;
			boolean plain = equals < 0 || PLAIN_PARAMETERS.contains(name.toLowerCase(Locale.ROOT));
			parameters.add(plain ? maskValues(parameter) : name + "=" + MASK);
		}
		return String.join("&", parameters);
	}

	/**
	 * Return the body of an answer as it may be kept.
	 * @param body the body as it came
	 * @return the body with secrets masked
	 */
	static String maskBody(String body) {
		try {
			return maskTree(VendoJson.MAPPER.readTree(body)).toString();
		}
		catch (JacksonException ex) {
			// Not JSON, or a part of it: then by what it looks like.
			return mask(body);
		}
	}

	private static JsonNode maskTree(JsonNode node) {
		if (node instanceof ObjectNode object) {
			ObjectNode masked = VendoJson.MAPPER.createObjectNode();
			object.properties()
				.forEach((field) -> masked.set(mask(field.getKey()), maskField(field.getKey(), field.getValue())));
			return masked;
		}
		if (node instanceof ArrayNode array) {
			ArrayNode masked = VendoJson.MAPPER.createArrayNode();
			array.forEach((element) -> masked.add(maskTree(element)));
			return masked;
		}
		return node.isString() ? StringNode.valueOf(mask(node.stringValue())) : node;
	}

	private static JsonNode maskField(String name, JsonNode value) {
		boolean secret = SECRET_NAME.matcher(name).matches() && !value.isNull() && !value.isBoolean();
		// A number of tokens is no token.
		boolean secrets = SEVERAL_SECRETS_NAME.matcher(name).matches() && (value.isString() || value.isContainer());
		return (secret || secrets) ? StringNode.valueOf(MASK) : maskTree(value);
	}

}
