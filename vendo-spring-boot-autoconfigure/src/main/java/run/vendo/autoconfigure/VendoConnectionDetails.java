package run.vendo.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Where Vendo is and how to get in: the only place the client learns addresses and
 * secrets from. A bean of this type takes the place of the configuration properties.
 *
 * @since 0.1.0
 */
public interface VendoConnectionDetails extends ConnectionDetails {

	/**
	 * Return the API key. Asked again for every request, so that it may change while the
	 * application runs.
	 * @return the key, or {@code null} for OSS mode
	 */
	default @Nullable String getApiKey() {
		return null;
	}

	/**
	 * Return where the API is.
	 * @return the URL, or {@code null} for the public platform
	 */
	default @Nullable String getBaseUrl() {
		return null;
	}

	/**
	 * Return where the credentials worker is.
	 * @return the URL, or {@code null} for the public platform
	 */
	default @Nullable String getCredentialsUrl() {
		return null;
	}

	/**
	 * Return where the data proxy is.
	 * @return the URL, or {@code null} for the public platform
	 */
	default @Nullable String getDataProxyUrl() {
		return null;
	}

	/**
	 * Return the webhook secrets that are valid at present.
	 * @return the secrets, several while one is being replaced
	 */
	default List<String> getWebhookSecrets() {
		return List.of();
	}

	/**
	 * Return the certificates to trust and to show on every connection that the client
	 * opens. Asked for once, while the application starts.
	 * @return the bundle, or {@code null} for what Spring Boot's HTTP clients have
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

}
