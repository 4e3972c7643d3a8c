package run.vendo;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.http.ClientCallObservationConvention;
import run.vendo.http.ClientRecorder;
import run.vendo.http.ConnectionPool;
import run.vendo.http.ExchangeListener;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.ResponseCaching;
import run.vendo.http.RetryPolicy;
import run.vendo.http.VendoConnectorFactory;
import run.vendo.http.VendoCredential;
import run.vendo.token.TokenCache;

import org.springframework.util.Assert;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The builder of both front doors.
 */
abstract class AbstractVendoClientBuilder<C, B extends VendoClientBuilder<C, B>> implements VendoClientBuilder<C, B> {

	private final ClientSettings settings;

	AbstractVendoClientBuilder(ClientSettings settings) {
		this.settings = settings;
	}

	@SuppressWarnings("unchecked")
	private B self() {
		return (B) this;
	}

	ClientCore buildCore() {
		return this.settings.build();
	}

	@Override
	public B apiKey(@Nullable String apiKey) {
		this.settings.apiKey = (apiKey != null) ? () -> apiKey : null;
		this.settings.credential = null;
		this.settings.doubtAccount();
		return self();
	}

	@Override
	public B apiKeySupplier(Supplier<String> apiKey) {
		Assert.notNull(apiKey, "'apiKey' must not be null");
		this.settings.apiKey = apiKey;
		this.settings.credential = null;
		this.settings.doubtAccount();
		return self();
	}

	@Override
	public B credential(@Nullable VendoCredential credential) {
		this.settings.credential = credential;
		this.settings.doubtAccount();
		return self();
	}

	@Override
	public B account(@Nullable String account) {
		this.settings.account(account);
		return self();
	}

	@Override
	public B observedAccounts(Collection<String> accounts) {
		this.settings.observedAccounts = Set.copyOf(accounts);
		return self();
	}

	@Override
	public B baseUrl(@Nullable String baseUrl) {
		this.settings.baseUrl = baseUrl;
		this.settings.doubtAccount();
		return self();
	}

	@Override
	public B credentialsUrl(@Nullable String credentialsUrl) {
		this.settings.credentialsUrl = credentialsUrl;
		return self();
	}

	@Override
	public B dataProxyUrl(@Nullable String dataProxyUrl) {
		this.settings.dataProxyUrl = dataProxyUrl;
		return self();
	}

	@Override
	public B allowInsecure(boolean allowInsecure) {
		this.settings.allowInsecure = allowInsecure;
		return self();
	}

	@Override
	public B apiVersion(@Nullable String apiVersion) {
		this.settings.apiVersion = apiVersion;
		return self();
	}

	@Override
	public B environment(Function<String, @Nullable String> environment) {
		this.settings.environment(environment);
		return self();
	}

	@Override
	public B byok(Map<String, ? extends Collection<String>> variables) {
		this.settings.byok.putAll(variables);
		return self();
	}

	@Override
	public B retry(RetryPolicy retry) {
		Assert.notNull(retry, "'retry' must not be null");
		this.settings.retry = retry;
		return self();
	}

	@Override
	public B timeouts(HttpTimeouts timeouts) {
		Assert.notNull(timeouts, "'timeouts' must not be null");
		if (!timeouts.connect().equals(this.settings.timeouts.connect())) {
			this.settings.ownConnections();
		}
		this.settings.timeouts = timeouts;
		return self();
	}

	@Override
	public B connectionPool(ConnectionPool pool) {
		Assert.notNull(pool, "'pool' must not be null");
		this.settings.connectionPool = pool;
		this.settings.ownConnections();
		return self();
	}

	@Override
	public B maxBodySize(int bytes) {
		Assert.isTrue(bytes > 0, "'bytes' must be positive");
		this.settings.maxBodySize = bytes;
		return self();
	}

	@Override
	public B webClientBuilder(Supplier<WebClient.Builder> webClientBuilder) {
		Assert.notNull(webClientBuilder, "'webClientBuilder' must not be null");
		this.settings.webClientBuilder = webClientBuilder;
		this.settings.ownConnections();
		return self();
	}

	@Override
	public B connectorFactory(VendoConnectorFactory connectorFactory) {
		Assert.notNull(connectorFactory, "'connectorFactory' must not be null");
		this.settings.connectorFactory = connectorFactory;
		this.settings.ownConnections();
		return self();
	}

	@Override
	public B tokenCache(TokenCache tokenCache) {
		Assert.notNull(tokenCache, "'tokenCache' must not be null");
		this.settings.tokenCache = tokenCache;
		return self();
	}

	@Override
	public B tokenCache(Consumer<TokenCache.Builder> tokenCache) {
		Assert.notNull(tokenCache, "'tokenCache' must not be null");
		this.settings.tokenCacheCustomizer = this.settings.tokenCacheCustomizer.andThen(tokenCache);
		return self();
	}

	@Override
	public B webhookSecrets(String... secrets) {
		this.settings.webhookSecrets = List.of(secrets);
		return self();
	}

	@Override
	public B webhookMaxAge(Duration maxAge) {
		Assert.isTrue(!maxAge.isNegative() && !maxAge.isZero(), "'maxAge' must be positive");
		this.settings.webhookMaxAge = maxAge;
		return self();
	}

	@Override
	public B jsonMapper(Supplier<JsonMapper> jsonMapper) {
		Assert.notNull(jsonMapper, "'jsonMapper' must not be null");
		this.settings.jsonMapper = jsonMapper;
		return self();
	}

	@Override
	public B observationRegistry(ObservationRegistry observationRegistry) {
		Assert.notNull(observationRegistry, "'observationRegistry' must not be null");
		this.settings.observationRegistry = observationRegistry;
		this.settings.ownConnections();
		return self();
	}

	@Override
	public B observationConvention(@Nullable ClientCallObservationConvention observationConvention) {
		this.settings.observationConvention = observationConvention;
		this.settings.ownConnections();
		return self();
	}

	@Override
	public B exchangeListener(ExchangeListener exchangeListener) {
		Assert.notNull(exchangeListener, "'exchangeListener' must not be null");
		ExchangeListener before = this.settings.exchangeListener;
		this.settings.exchangeListener = (before != null) ? before.andThen(exchangeListener) : exchangeListener;
		return self();
	}

	@Override
	public B propagateTraces(boolean propagateTraces) {
		this.settings.propagateTraces = propagateTraces;
		this.settings.ownConnections();
		return self();
	}

	@Override
	public B rateLimiting(boolean rateLimiting) {
		this.settings.rateLimiting = rateLimiting;
		return self();
	}

	@Override
	public B recorder(ClientRecorder recorder) {
		Assert.notNull(recorder, "'recorder' must not be null");
		this.settings.recorder = recorder;
		this.settings.ownConnections();
		return self();
	}

	@Override
	public B responseCaching(@Nullable ResponseCaching responseCaching) {
		this.settings.responseCaching = responseCaching;
		return self();
	}

	@Override
	public B clock(Clock clock) {
		Assert.notNull(clock, "'clock' must not be null");
		this.settings.clock = clock;
		return self();
	}

	@Override
	public B scheduler(Scheduler scheduler) {
		Assert.notNull(scheduler, "'scheduler' must not be null");
		this.settings.scheduler = scheduler;
		return self();
	}

	@Override
	public B random(DoubleSupplier random) {
		Assert.notNull(random, "'random' must not be null");
		this.settings.random = random;
		return self();
	}

}
