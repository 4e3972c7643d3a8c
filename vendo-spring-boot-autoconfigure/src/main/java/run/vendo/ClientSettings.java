package run.vendo;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.http.ClientCallObservationConvention;
import run.vendo.http.ClientInstrumentation;
import run.vendo.http.ClientRecorder;
import run.vendo.http.ConnectionPool;
import run.vendo.http.EnvironmentVariables;
import run.vendo.http.ExchangeListener;
import run.vendo.http.HttpConfig;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.ResponseCaching;
import run.vendo.http.RetryPolicy;
import run.vendo.http.VendoConnectorFactory;
import run.vendo.http.VendoCredential;
import run.vendo.http.VendoHttp;
import run.vendo.http.VendoJson;
import run.vendo.token.ByokCatalog;
import run.vendo.token.TokenCache;
import run.vendo.webhook.WebhooksApi;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * What a client is built from, and the building itself.
 */
final class ClientSettings {

	private static final String DEFAULT_API_VERSION = "2026-05-02";

	private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

	private static final int DEFAULT_MAX_BODY_SIZE = 8 * 1024 * 1024;

	@Nullable Supplier<String> apiKey;

	@Nullable VendoCredential credential;

	@Nullable String baseUrl;

	@Nullable String credentialsUrl;

	@Nullable String dataProxyUrl;

	@Nullable String apiVersion;

	boolean allowInsecure;

	EnvironmentVariables environment = EnvironmentVariables.system();

	Map<String, Collection<String>> byok = new LinkedHashMap<>();

	RetryPolicy retry = RetryPolicy.defaults();

	HttpTimeouts timeouts = HttpTimeouts.defaults();

	ConnectionPool connectionPool = ConnectionPool.defaults();

	int maxBodySize = DEFAULT_MAX_BODY_SIZE;

	Supplier<WebClient.Builder> webClientBuilder = WebClient::builder;

	@Nullable VendoConnectorFactory connectorFactory;

	@Nullable TokenCache tokenCache;

	Consumer<TokenCache.Builder> tokenCacheCustomizer = (builder) -> {
	};

	List<String> webhookSecrets = List.of();

	Duration webhookMaxAge = WebhooksApi.DEFAULT_MAX_AGE;

	Supplier<JsonMapper> jsonMapper = () -> VendoJson.MAPPER;

	ObservationRegistry observationRegistry = ObservationRegistry.NOOP;

	@Nullable ClientCallObservationConvention observationConvention;

	boolean propagateTraces;

	ClientRecorder recorder = ClientRecorder.none();

	@Nullable Set<String> observedAccounts;

	@Nullable ExchangeListener exchangeListener;

	boolean rateLimiting;

	@Nullable ResponseCaching responseCaching;

	Clock clock = Clock.systemUTC();

	@Nullable Scheduler scheduler;

	DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();

	/**
	 * The client whose connections are shared, as long as nothing is set that makes them.
	 */
	private @Nullable VendoHttp shared;

	private String account = ClientRecorder.DEFAULT_ACCOUNT;

	private boolean accountNamed;

	/**
	 * What the client is like that these settings are taken from, if they are.
	 */
	private @Nullable HttpConfig origin;

	/**
	 * Whether something is set that the account may depend on.
	 */
	private boolean accountInDoubt;

	ClientSettings() {
	}

	private ClientSettings(ClientSettings other, @Nullable VendoHttp shared) {
		this.apiKey = other.apiKey;
		this.credential = other.credential;
		this.baseUrl = other.baseUrl;
		this.credentialsUrl = other.credentialsUrl;
		this.dataProxyUrl = other.dataProxyUrl;
		this.apiVersion = other.apiVersion;
		this.allowInsecure = other.allowInsecure;
		this.environment = other.environment;
		this.byok = new LinkedHashMap<>(other.byok);
		this.retry = other.retry;
		this.timeouts = other.timeouts;
		this.connectionPool = other.connectionPool;
		this.maxBodySize = other.maxBodySize;
		this.webClientBuilder = other.webClientBuilder;
		this.connectorFactory = other.connectorFactory;
		this.tokenCache = other.tokenCache;
		this.tokenCacheCustomizer = other.tokenCacheCustomizer;
		this.webhookSecrets = new ArrayList<>(other.webhookSecrets);
		this.webhookMaxAge = other.webhookMaxAge;
		this.jsonMapper = other.jsonMapper;
		this.observationRegistry = other.observationRegistry;
		this.observationConvention = other.observationConvention;
		this.propagateTraces = other.propagateTraces;
		this.recorder = other.recorder;
		this.account = other.account;
		this.observedAccounts = other.observedAccounts;
		this.exchangeListener = other.exchangeListener;
		this.rateLimiting = other.rateLimiting;
		this.responseCaching = other.responseCaching;
		this.clock = other.clock;
		this.scheduler = other.scheduler;
		this.random = other.random;
		this.shared = shared;
	}

	/**
	 * Return settings like these that share the connections of a client.
	 */
	ClientSettings sharing(VendoHttp http) {
		ClientSettings settings = new ClientSettings(this, http);
		settings.origin = http.config();
		return settings;
	}

	/**
	 * Say that connections have to be made anew.
	 */
	void ownConnections() {
		this.shared = null;
	}

	/**
	 * Say what the account is called.
	 */
	void account(@Nullable String name) {
		this.account = Objects.requireNonNullElse(EnvironmentVariables.textOrNull(name),
				ClientRecorder.DEFAULT_ACCOUNT);
		Assert.isTrue(ACCOUNT.matcher(this.account).matches(),
				"'account' must be letters, digits, '-' and '_', at most 64 of them, and begin with a letter or a digit");
		this.accountNamed = true;
	}

	/**
	 * Say that the account may be another one.
	 */
	void doubtAccount() {
		this.accountInDoubt = true;
	}

	ClientCore build() {
		ClientSettings effective = new ClientSettings(this, this.shared);
		effective.tokenCache = (this.tokenCache != null) ? this.tokenCache : newTokenCache();
		HttpConfig config = config();
		effective.account = effectiveAccount(config);
		VendoHttp http = (this.shared != null) ? this.shared.with(config, effective.account)
				: VendoHttp.create(config,
						(this.connectorFactory != null) ? this.connectorFactory : VendoConnectorFactory.detect(),
						this.connectionPool, () -> observed(this.webClientBuilder.get().clone()),
						new ClientInstrumentation(this.observationRegistry, this.observationConvention,
								this.propagateTraces, this.recorder, effective.account));
		ByokCatalog catalog = this.byok.isEmpty() ? ByokCatalog.defaults() : ByokCatalog.defaults().with(this.byok);
		this.recorder.knownSlugs(() -> knownSlugs(catalog));
		WebhooksApi webhooks = WebhooksApi.of(effectiveWebhookSecrets(), this.webhookMaxAge, this.clock);
		return new ClientCore(effective, http, this.environment, catalog, effective.tokenCache, webhooks,
				this.jsonMapper);
	}

	// The name belongs to a credential: where that is another one and nobody has said
	// whose it is, its figures must not be taken for those of the account.
	private String effectiveAccount(HttpConfig config) {
		if (!this.accountNamed && this.accountInDoubt && this.origin != null && !isSameAccount(config, this.origin)) {
			return ClientRecorder.OTHER_ACCOUNT;
		}
		boolean observed = this.observedAccounts == null || this.observedAccounts.contains(this.account)
				|| this.account.equals(ClientRecorder.DEFAULT_ACCOUNT);
		return observed ? this.account : ClientRecorder.OTHER_ACCOUNT;
	}

	private static boolean isSameAccount(HttpConfig one, HttpConfig other) {
		try {
			return one.baseUrl().equals(other.baseUrl()) && Objects.equals(one.credential(), other.credential())
					&& Objects.equals(key(one), key(other));
		}
		catch (RuntimeException ex) {
			// Where a key comes from does not answer at present.
			return false;
		}
	}

	private static @Nullable String key(HttpConfig config) {
		return (config.apiKey() != null) ? config.apiKey().get() : null;
	}

	// What the application was told of; what else it asks for can be anything.
	private Set<String> knownSlugs(ByokCatalog catalog) {
		Set<String> slugs = new LinkedHashSet<>();
		catalog.providers().forEach((provider) -> slugs.add(provider.slug()));
		String connections = this.environment.get("VENDO_CONNECTIONS");
		if (connections != null) {
			slugs.addAll(StringUtils.commaDelimitedListToSet(StringUtils.trimAllWhitespace(connections)));
		}
		return slugs;
	}

	private TokenCache newTokenCache() {
		TokenCache.Builder builder = TokenCache.builder().clock(this.clock);
		this.tokenCacheCustomizer.accept(builder);
		return builder.build();
	}

	private WebClient.Builder observed(WebClient.Builder builder) {
		return this.observationRegistry.isNoop() ? builder : builder.observationRegistry(this.observationRegistry);
	}

	private HttpConfig config() {
		URI base = Endpoint.API.resolve(this.baseUrl, this.environment, this.allowInsecure);
		URI credentials = Endpoint.CREDENTIALS.resolve(this.credentialsUrl, this.environment, this.allowInsecure);
		URI dataProxy = Endpoint.DATA_PROXY.resolve(this.dataProxyUrl, this.environment, this.allowInsecure);
		String version = Objects.requireNonNullElse(EnvironmentVariables.textOrNull(this.apiVersion),
				DEFAULT_API_VERSION);
		return new HttpConfig(base, credentials, dataProxy, version, effectiveBearer(), effectiveCredential(),
				this.retry, this.timeouts, this.maxBodySize, this.clock,
				(this.scheduler != null) ? this.scheduler : ParallelScheduler.INSTANCE, this.random,
				this.exchangeListener, this.rateLimiting, this.responseCaching);
	}

	// An App Key is the usual case, for which the exchange path needs nothing else.
	private @Nullable VendoCredential effectiveCredential() {
		boolean usual = this.credential == null || this.credential.type() == VendoCredential.Type.APP_KEY;
		return usual ? null : this.credential;
	}

	private @Nullable Supplier<String> effectiveBearer() {
		VendoCredential credential = this.credential;
		if (credential == null) {
			return effectiveApiKey();
		}
		return switch (credential.type()) {
			case APP_KEY, CONNECTION_KEY, IDENTITY_JWT -> credential::value;
			case SESSION_COOKIE, NONE -> null;
		};
	}

	private @Nullable Supplier<String> effectiveApiKey() {
		Supplier<String> source = this.apiKey;
		String key = EnvironmentVariables.textOrNull((source != null) ? source.get() : null);
		if (source != null && key != null) {
			return ApiKeys.requiring(source, key);
		}
		String fromEnvironment = this.environment.get("VENDO_API_KEY");
		if (fromEnvironment != null) {
			String checked = ApiKeys.require(fromEnvironment);
			return () -> checked;
		}
		return null;
	}

	private List<String> effectiveWebhookSecrets() {
		List<String> secrets = new ArrayList<>();
		for (String secret : this.webhookSecrets) {
			if (EnvironmentVariables.textOrNull(secret) != null) {
				secrets.add(secret);
			}
		}
		String fromEnvironment = this.environment.get("VENDO_WEBHOOK_SECRET");
		return (secrets.isEmpty() && fromEnvironment != null) ? List.of(fromEnvironment) : secrets;
	}

	void environment(Function<String, @Nullable String> environment) {
		this.environment = EnvironmentVariables.of(environment);
		doubtAccount();
	}

}
