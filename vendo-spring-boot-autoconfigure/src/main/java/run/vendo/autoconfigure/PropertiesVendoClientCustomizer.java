package run.vendo.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.http.ConnectionPool;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.RetryPolicy;
import run.vendo.token.TokenCache;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * Applies connection details and configuration properties to the builder.
 */
final class PropertiesVendoClientCustomizer implements VendoClientCustomizer, Ordered {

	private final VendoProperties properties;

	private final VendoConnectionDetails details;

	private final @Nullable HttpClientSettings httpClientSettings;

	private final Environment environment;

	PropertiesVendoClientCustomizer(VendoProperties properties, VendoConnectionDetails details,
			@Nullable HttpClientSettings httpClientSettings, Environment environment) {
		this.properties = properties;
		this.details = details;
		this.httpClientSettings = httpClientSettings;
		this.environment = environment;
	}

	@Override
	public int getOrder() {
		return 0;
	}

	@Override
	public void customize(VendoClient.Builder builder) {
		builder.environment(new SpringEnvironment(this.environment, this.properties));
		builder.apiKeySupplier(this.details::getApiKey);
		builder.observedAccounts(this.properties.accounts().keySet());
		builder.baseUrl(this.details.getBaseUrl());
		builder.credentialsUrl(this.details.getCredentialsUrl());
		builder.dataProxyUrl(this.details.getDataProxyUrl());
		builder.webhookSecrets(this.details.getWebhookSecrets());
		builder.apiVersion(this.properties.apiVersion());
		builder.allowInsecure(this.properties.allowInsecure());
		builder.byok(this.properties.byok());
		builder.timeouts(timeouts(this.properties.http()));
		builder.rateLimiting(this.properties.http().rateLimiting());
		builder.connectionPool(pool(this.properties.http().pool()));
		builder.retry(retry(this.properties.retry()));
		builder.tokenCache((cache) -> customize(cache, this.properties.tokenCache()));
		DataSize maxBodySize = this.properties.http().maxBodySize();
		if (maxBodySize != null) {
			builder.maxBodySize(bytes(maxBodySize));
		}
		Duration webhookMaxAge = positive("vendo.webhook.max-age", this.properties.webhook().maxAge());
		if (webhookMaxAge != null) {
			builder.webhookMaxAge(webhookMaxAge);
		}
	}

	// What is said for Vendo comes before what is said for all HTTP clients, and both
	// before the defaults.
	private HttpTimeouts timeouts(VendoProperties.Http http) {
		HttpClientSettings settings = this.httpClientSettings;
		Duration connect = positive("vendo.http.connect-timeout", http.connectTimeout());
		if (connect == null && settings != null) {
			connect = limit(settings.connectTimeout());
		}
		Duration response = positive("vendo.http.response-timeout", http.responseTimeout());
		if (response == null && settings != null) {
			response = limit(settings.readTimeout());
		}
		Duration call = positive("vendo.http.call-timeout", http.callTimeout());
		HttpTimeouts timeouts = HttpTimeouts.defaults();
		timeouts = (connect != null) ? timeouts.withConnect(connect) : timeouts;
		timeouts = (response != null) ? timeouts.withResponse(response) : timeouts;
		return (call != null) ? timeouts.withCall(call) : timeouts;
	}

	// For some HTTP libraries nothing means no limit, and then there is none to inherit.
	private static @Nullable Duration limit(@Nullable Duration value) {
		return (value == null || value.isNegative() || value.isZero()) ? null : value;
	}

	private static ConnectionPool pool(VendoProperties.Http.Pool pool) {
		ConnectionPool defaults = ConnectionPool.defaults();
		return new ConnectionPool(
				orElse(atLeast(1, "vendo.http.pool.max-connections", pool.maxConnections()), defaults.maxConnections()),
				orElse(atLeast(1, "vendo.http.pool.max-pending", pool.maxPending()), defaults.maxPending()),
				orElse(positive("vendo.http.pool.acquire-timeout", pool.acquireTimeout()), defaults.acquireTimeout()),
				orElse(positive("vendo.http.pool.max-idle-time", pool.maxIdleTime()), defaults.maxIdleTime()),
				orElse(positive("vendo.http.pool.max-life-time", pool.maxLifeTime()), defaults.maxLifeTime()),
				orElse(positive("vendo.http.pool.eviction-interval", pool.evictionInterval()),
						defaults.evictionInterval()));
	}

	private static RetryPolicy retry(VendoProperties.Retry retry) {
		RetryPolicy defaults = RetryPolicy.defaults();
		Duration base = orElse(notNegative("vendo.retry.base-delay", retry.baseDelay()), defaults.baseDelay());
		Duration max = orElse(notNegative("vendo.retry.max-delay", retry.maxDelay()), defaults.maxDelay());
		if (max.compareTo(base) < 0) {
			throw new InvalidConfigurationPropertyValueException(
					(retry.maxDelay() != null) ? "vendo.retry.max-delay" : "vendo.retry.base-delay",
					(retry.maxDelay() != null) ? max : base,
					"vendo.retry.max-delay (%s) must not be shorter than vendo.retry.base-delay (%s).".formatted(max,
							base));
		}
		return new RetryPolicy(
				orElse(atLeast(1, "vendo.retry.max-attempts", retry.maxAttempts()), defaults.maxAttempts()), base, max,
				orElse(notNegative("vendo.retry.max-retry-after", retry.maxRetryAfter()), defaults.maxRetryAfter()),
				orElse(atLeast(0, "vendo.retry.budget", retry.budget()), defaults.budget()));
	}

	private static void customize(TokenCache.Builder cache, VendoProperties.TokenCache properties) {
		Long maximumSize = atLeast(0L, "vendo.token-cache.maximum-size", properties.maximumSize());
		if (maximumSize != null) {
			cache.maximumSize(maximumSize);
		}
		Duration expiryMargin = notNegative("vendo.token-cache.expiry-margin", properties.expiryMargin());
		if (expiryMargin != null) {
			cache.expiryMargin(expiryMargin);
		}
		Duration defaultLifetime = positive("vendo.token-cache.default-lifetime", properties.defaultLifetime());
		if (defaultLifetime != null) {
			cache.defaultLifetime(defaultLifetime);
		}
	}

	private static int bytes(DataSize size) {
		if (size.toBytes() < 1 || size.toBytes() > Integer.MAX_VALUE) {
			throw new InvalidConfigurationPropertyValueException("vendo.http.max-body-size", size,
					"It must be between 1 byte and 2 GB.");
		}
		return (int) size.toBytes();
	}

	private static @Nullable Duration positive(String name, @Nullable Duration value) {
		if (value != null && (value.isNegative() || value.isZero())) {
			throw new InvalidConfigurationPropertyValueException(name, value,
					"It must be longer than nothing, for example 5s.");
		}
		return value;
	}

	private static @Nullable Duration notNegative(String name, @Nullable Duration value) {
		if (value != null && value.isNegative()) {
			throw new InvalidConfigurationPropertyValueException(name, value, "It must not be negative.");
		}
		return value;
	}

	private static <N extends Number> @Nullable N atLeast(long minimum, String name, @Nullable N value) {
		if (value != null && value.longValue() < minimum) {
			throw new InvalidConfigurationPropertyValueException(name, value,
					"It must be at least %d.".formatted(minimum));
		}
		return value;
	}

	private static <T> T orElse(@Nullable T value, T other) {
		return (value != null) ? value : other;
	}

}
