package run.vendo.autoconfigure.web;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import run.vendo.ConnectUrlOptions;
import run.vendo.VendoClient;
import run.vendo.error.VendoException;
import run.vendo.http.EnvironmentVariables;

import org.springframework.http.HttpHeaders;

/**
 * Leads a signed-in user to where a provider is connected. The URL holds the API key, so
 * it is neither kept nor passed on.
 */
final class ConnectRedirect {

	static final String PATH = "/vendo/connect/";

	static final String PATTERN = PATH + "{slug}";

	private final ConnectUrlOptions options;

	ConnectRedirect(@Nullable String returnTo) {
		this.options = ConnectUrlOptions.none().withReturnTo(EnvironmentVariables.textOrNull(returnTo));
	}

	/**
	 * Return where to go.
	 * @throws VendoException if nobody is signed in, or there is no such place
	 */
	URI target(RequestUser user, VendoClient client, String slug) {
		if (user.identity().isEmpty()) {
			throw UserParameters.nobody();
		}
		return client.connectUrl(slug, this.options);
	}

	static void secure(HttpHeaders headers) {
		headers.setCacheControl("no-store");
		headers.set("Referrer-Policy", "no-referrer");
	}

}
