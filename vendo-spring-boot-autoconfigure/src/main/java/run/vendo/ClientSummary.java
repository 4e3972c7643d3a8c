package run.vendo;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * What a client is set up with, for people to read. Holds no secret.
 *
 * @param vendoMode whether it works with an API key
 * @param maskedApiKey prefix and last four characters of the key, or {@code null} in OSS
 * mode
 * @param baseUrl where the API is
 * @param credentialsUrl where the credentials worker is
 * @param dataProxyUrl where the data proxy is
 * @param apiVersion the version of the API that is asked for
 * @param version the version of this library
 * @since 0.1.0
 */
public record ClientSummary(boolean vendoMode, @Nullable String maskedApiKey, URI baseUrl, URI credentialsUrl,
		URI dataProxyUrl, String apiVersion, String version) {

}
