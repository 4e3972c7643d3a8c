package run.vendo;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import run.vendo.error.VendoConfigurationException;
import run.vendo.http.EnvironmentVariables;

/**
 * The hosts that calls go to, and what their URLs must look like.
 */
enum Endpoint {

	/** The API. */
	API("vendo.base-url", "https://vendo.run", "VENDO_BASE_URL", "VENDO_API_URL"),

	/** The credentials worker. */
	CREDENTIALS("vendo.credentials-url", "https://credentials.vendo.run", "VENDO_CREDENTIALS_URL"),

	/** The data proxy. */
	DATA_PROXY("vendo.data-proxy-url", "https://composio-proxy.vendo.run", "VENDO_DATA_PROXY_URL");

	private static final Pattern LOOPBACK = Pattern
		.compile("localhost|.+\\.localhost|127(?:\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

	private final String property;

	private final String defaultUrl;

	private final List<String> variables;

	Endpoint(String property, String defaultUrl, String... variables) {
		this.property = property;
		this.defaultUrl = defaultUrl;
		this.variables = List.of(variables);
	}

	/**
	 * Return the URL to use.
	 * @throws VendoConfigurationException if it is none, or not a safe one
	 */
	URI resolve(@Nullable String configured, EnvironmentVariables environment, boolean allowInsecure) {
		String url = EnvironmentVariables.textOrNull(configured);
		for (String variable : this.variables) {
			url = (url != null) ? url : environment.get(variable);
		}
		return check((url != null) ? url : this.defaultUrl, allowInsecure);
	}

	private URI check(String url, boolean allowInsecure) {
		URI uri = parse(url);
		String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
		if (!scheme.equals("https") && !scheme.equals("http")) {
			throw invalid("is not an absolute URL that begins with https://");
		}
		if (uri.getHost() == null) {
			throw invalid("has no host that can be understood");
		}
		if (uri.getRawUserInfo() != null) {
			throw invalid("holds a user name or password, which Vendo does not use");
		}
		if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
			throw invalid("has a query or a fragment, to which no path can be added");
		}
		if (scheme.equals("http") && !allowInsecure
				&& !LOOPBACK.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches()) {
			throw new VendoConfigurationException(this.property,
					"The URL in %s is plain http to %s, which would send the API key readable over the network"
						.formatted(this.property, uri.getHost()),
					"Use https, or set vendo.allow-insecure=true if that network is yours alone.");
		}
		return URI.create(withoutSuffix(uri.toString()));
	}

	private URI parse(String url) {
		try {
			return new URI(url);
		}
		catch (URISyntaxException ex) {
			// Without the cause: it repeats the URL, and a password with it.
			throw invalid("is not a URL");
		}
	}

	private String withoutSuffix(String url) {
		String trimmed = url.replaceFirst("/+$", "");
		boolean api = this == API && trimmed.endsWith("/api");
		return api ? trimmed.substring(0, trimmed.length() - "/api".length()).replaceFirst("/+$", "") : trimmed;
	}

	private VendoConfigurationException invalid(String problem) {
		return new VendoConfigurationException(this.property, "The URL in %s %s".formatted(this.property, problem),
				"Set %s (%s) to a URL like %s, or leave it out to use that one.".formatted(this.property,
						String.join(" or ", this.variables), this.defaultUrl));
	}

}
