package run.vendo.autoconfigure.actuate;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import run.vendo.ClientSummary;
import run.vendo.token.TokenCacheStatistics;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What {@link VendoEndpoint} answers. Holds no secret.
 *
 * @param mode {@code vendo} or {@code oss}
 * @param apiKey prefix and last four characters of the key, or {@code null} in OSS mode
 * @param urls where the platform is
 * @param apiVersion the version of the API that is asked for
 * @param version the version of this library
 * @param connections the providers
 * @param tokenCache how the token cache has served
 * @param events the stream that brings the platform's events, or {@code null} without one
 * @param balance balance and caps, or {@code null} in OSS mode
 * @param accounts the further accounts by name, or {@code null} without any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record VendoDescriptor(String mode, @Nullable String apiKey, Urls urls, String apiVersion, String version,
		Connections connections, TokenCacheStatistics tokenCache, @Nullable Map<String, Object> events,
		@Nullable Map<String, Object> balance,
		@Nullable Map<String, Account> accounts) implements OperationResponseBody {

	/**
	 * Where the platform is.
	 *
	 * @param api the API
	 * @param credentials the credentials worker
	 * @param dataProxy the data proxy
	 */
	record Urls(String api, String credentials, String dataProxy) {

		static Urls of(ClientSummary summary) {
			return new Urls(summary.baseUrl().toString(), summary.credentialsUrl().toString(),
					summary.dataProxyUrl().toString());
		}

	}

	/**
	 * A further account.
	 *
	 * @param mode {@code vendo} or {@code oss}
	 * @param apiKey prefix and last four characters of the key, or {@code null} in OSS
	 * mode
	 * @param urls where the platform is
	 * @param apiVersion the version of the API that is asked for
	 * @param tokenCache how the account's token cache has served
	 * @param balance balance and caps, or {@code null} in OSS mode
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Account(String mode, @Nullable String apiKey, Urls urls, String apiVersion, TokenCacheStatistics tokenCache,
			@Nullable Map<String, Object> balance) {

	}

	/**
	 * The providers.
	 *
	 * @param asOf when they were read, or {@code null} when they never were
	 * @param error why they could not be read now, or {@code null}
	 * @param list the providers as they were read last
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Connections(@Nullable String asOf, @Nullable String error, List<Provider> list) {

	}

	/**
	 * How a provider is connected.
	 *
	 * @param slug the provider
	 * @param status how the connection stands
	 * @param profile how it is connected
	 * @param token the token that is kept for the application, or {@code null} without
	 * one
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Provider(String slug, String status, String profile, @Nullable Token token) {

	}

	/**
	 * A token that is kept, without its value.
	 *
	 * @param expiresAt when the provider stops accepting it, or {@code null} when not
	 * said
	 * @param usableUntil when it stops being handed out
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Token(@Nullable String expiresAt, String usableUntil) {

	}

}
