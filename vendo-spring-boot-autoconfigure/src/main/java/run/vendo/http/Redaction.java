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

/**
 * Takes secrets out of what people get to see.
 *
 * @since 0.1.0
 */
public final class Redaction {

	private static final String MASK = "***";

	private static final String SECRET_NAMES = "access_?token|refresh_?token|id_?token|auth_?token|session_?token|token"
			+ "|jwt|api_?key|app_?key|private_?key|key|plaintext|secret|client_?secret|signing_?secret|webhook_?secret"
			+ "|password|passwd|credentials?|authorization|cookie|set-cookie|signature";

	private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(?:" + SECRET_NAMES + ")");

	private static final Pattern SECRET_VALUE = Pattern.compile("vendo_sk_[A-Za-z0-9_-]+" + "|whsec_[^\\s\"'<>&]+"
			+ "|eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*" + "|(?i:bearer|basic)\\s+[^\\s\"'<>,;]+");

	private static final Pattern SECRET_JSON_FIELD = Pattern.compile(
			"(?i)(\"[^\"]*(?:" + SECRET_NAMES + ")\"\\s*:\\s*)(\"(?:[^\"\\\\]|\\\\.)*\"?|[{\\[](?s:.*)|[^\\s,}\\]]+)");

	private static final Pattern SECRET_PARAMETER = Pattern
		.compile("(?i)(\\b[\\w.-]*(?:" + SECRET_NAMES + ")=)[^\\s&\"'<>]+");

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
		return SECRET_VALUE.matcher(masked).replaceAll(MASK);
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
			masked.append(SECRET_VALUE.matcher(uri.getRawPath()).replaceAll(MASK));
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
			parameters.add(plain ? SECRET_VALUE.matcher(parameter).replaceAll(MASK) : name + "=" + MASK);
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
			for (String name : List.copyOf(object.propertyNames())) {
				JsonNode value = object.path(name);
				boolean secret = SECRET_NAME.matcher(name).matches() && !value.isNull() && !value.isBoolean();
				object.set(name, secret ? StringNode.valueOf(MASK) : maskTree(value));
			}
		}
		else if (node instanceof ArrayNode array) {
			for (int i = 0; i < array.size(); i++) {
				array.set(i, maskTree(array.path(i)));
			}
		}
		else if (node.isString()) {
			return StringNode.valueOf(mask(node.stringValue()));
		}
		return node;
	}

}
