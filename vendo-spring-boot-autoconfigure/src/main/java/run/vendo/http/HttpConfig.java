package run.vendo.http;

import java.net.URI;
import java.time.Clock;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * What the exchange path is told: where to send calls, in whose name, and how patiently.
 *
 * @param baseUrl the API, without a trailing slash
 * @param credentialsUrl the credentials worker, without a trailing slash
 * @param dataProxyUrl the data proxy, without a trailing slash
 * @param apiVersion the value of {@code Vendo-API-Version}
 * @param apiKey the key, asked anew for every request; {@code null} in OSS mode
 * @param credential what calls go with if it is not an App Key, else {@code null}; of a
 * key or a JWT, {@code apiKey} gives the value too
 * @param retry how failed calls are repeated
 * @param timeouts how long a call may take
 * @param maxBodySize how many bytes an answer may have
 * @param clock the time
 * @param scheduler where delays and timeouts run
 * @param random gives jitter, at least 0 and below 1
 * @param exchangeListener is told of every attempt, or {@code null}
 * @param rateLimiting whether calls of limited endpoints are spaced
 * @param responseCaching which answers are kept, or {@code null} when none are
 * @since 0.1.0
 */
public record HttpConfig(URI baseUrl, URI credentialsUrl, URI dataProxyUrl, String apiVersion,
		@Nullable Supplier<String> apiKey, @Nullable VendoCredential credential, RetryPolicy retry,
		HttpTimeouts timeouts, int maxBodySize, Clock clock, Scheduler scheduler, DoubleSupplier random,
		@Nullable ExchangeListener exchangeListener, boolean rateLimiting, @Nullable ResponseCaching responseCaching) {

	/**
	 * Return a configuration that differs in what calls go with.
	 * @param credential what calls go with
	 * @return the new configuration
	 */
	HttpConfig with(VendoCredential credential) {
		boolean bearer = switch (credential.type()) {
			case APP_KEY, CONNECTION_KEY, IDENTITY_JWT -> true;
			case SESSION_COOKIE, NONE -> false;
		};
		return new HttpConfig(this.baseUrl, this.credentialsUrl, this.dataProxyUrl, this.apiVersion,
				bearer ? credential::value : null, credential, this.retry, this.timeouts, this.maxBodySize, this.clock,
				this.scheduler, this.random, this.exchangeListener, this.rateLimiting, this.responseCaching);
	}

	/**
	 * Return what kind of credential calls go with.
	 * @return the kind
	 */
	VendoCredential.Type credentialType() {
		if (this.credential != null) {
			return this.credential.type();
		}
		return (this.apiKey != null) ? VendoCredential.Type.APP_KEY : VendoCredential.Type.NONE;
	}

	@Override
	public String toString() {
		return "HttpConfig[baseUrl=" + this.baseUrl + ", credentialsUrl=" + this.credentialsUrl + ", dataProxyUrl="
				+ this.dataProxyUrl + ", apiVersion=" + this.apiVersion + "]";
	}

}
