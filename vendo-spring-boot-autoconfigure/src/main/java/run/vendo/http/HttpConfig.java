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
 * @param retry how failed calls are repeated
 * @param timeouts how long a call may take
 * @param maxBodySize how many bytes an answer may have
 * @param clock the time
 * @param scheduler where delays and timeouts run
 * @param random gives jitter, at least 0 and below 1
 * @since 0.1.0
 */
public record HttpConfig(URI baseUrl, URI credentialsUrl, URI dataProxyUrl, String apiVersion,
		@Nullable Supplier<String> apiKey, RetryPolicy retry, HttpTimeouts timeouts, int maxBodySize, Clock clock,
		Scheduler scheduler, DoubleSupplier random) {

	@Override
	public String toString() {
		return "HttpConfig[baseUrl=" + this.baseUrl + ", credentialsUrl=" + this.credentialsUrl + ", dataProxyUrl="
				+ this.dataProxyUrl + ", apiVersion=" + this.apiVersion + "]";
	}

}
