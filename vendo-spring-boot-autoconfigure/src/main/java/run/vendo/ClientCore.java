package run.vendo;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.billing.ReactiveBillingApi;
import run.vendo.catalog.ReactiveCatalogApi;
import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.dashboard.ReactiveVendoDashboard;
import run.vendo.data.ReactiveDataApi;
import run.vendo.deployment.DeploymentApi;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.event.BalanceChanged;
import run.vendo.event.BalanceExhausted;
import run.vendo.event.BalanceLow;
import run.vendo.event.ConnectionEvent;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.event.UnknownEvent;
import run.vendo.event.VendoEvent;
import run.vendo.http.EnvironmentVariables;
import run.vendo.http.HttpConfig;
import run.vendo.http.PathSegments;
import run.vendo.http.Redaction;
import run.vendo.http.VendoCredential;
import run.vendo.http.VendoHttp;
import run.vendo.integration.ReactiveIntegrationsApi;
import run.vendo.reconciler.ReconcilerApi;
import run.vendo.sso.SsoApi;
import run.vendo.token.ByokCatalog;
import run.vendo.token.TokenCache;
import run.vendo.token.Tokens;
import run.vendo.webhook.WebhooksApi;

import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.util.UriUtils;

/**
 * What both front doors of one identity stand on.
 */
final class ClientCore {

	private final ClientSettings settings;

	final VendoHttp http;

	private final EnvironmentVariables environment;

	private final ByokCatalog catalog;

	final TokenCache tokenCache;

	final Tokens tokens;

	final WebhooksApi webhooks;

	private final Supplier<JsonMapper> mapper;

	// Made when the first of them is asked for: most clients for a user hand out a token
	// and are gone.
	private final SingletonSupplier<Apis> apis = SingletonSupplier.of(() -> new Apis(this));

	final ReactiveVendoClient reactive;

	final VendoClient blocking;

	ClientCore(ClientSettings settings, VendoHttp http, EnvironmentVariables environment, ByokCatalog catalog,
			TokenCache cache, WebhooksApi webhooks, Supplier<JsonMapper> mapper) {
		this(settings, http, environment, catalog, cache, new Tokens(http, environment, catalog, cache), webhooks,
				mapper);
	}

	private ClientCore(ClientSettings settings, VendoHttp http, EnvironmentVariables environment, ByokCatalog catalog,
			TokenCache tokenCache, Tokens tokens, WebhooksApi webhooks, Supplier<JsonMapper> mapper) {
		this.settings = settings;
		this.http = http;
		this.environment = environment;
		this.catalog = catalog;
		this.tokenCache = tokenCache;
		this.tokens = tokens;
		this.webhooks = webhooks;
		this.mapper = mapper;
		this.reactive = new DefaultReactiveVendoClient(this);
		this.blocking = new DefaultVendoClient(this);
	}

	Apis apis() {
		return this.apis.obtain();
	}

	private void passed(VendoEvent event) {
		dropTokens(event);
		if (this.http.countsBilling()) {
			if (event instanceof BalanceChanged balance) {
				this.http.recorder().balance(balance.remainingMicros());
			}
			else if (event instanceof BalanceLow balance) {
				this.http.recorder().balance(balance.creditsRemainingMicros());
			}
			else if (event instanceof BalanceExhausted) {
				this.http.recorder().balanceExhausted();
			}
		}
	}

	/**
	 * Forget the tokens of a provider whose connection has changed, also in a way that
	 * this version knows nothing of.
	 */
	private void dropTokens(VendoEvent event) {
		if (event instanceof ConnectionEvent connection) {
			this.tokenCache.invalidate(connection.slug());
		}
		else if (event instanceof UnknownEvent && event.kind().value().startsWith("connection.")) {
			String slug = event.data().path("slug").asString("");
			if (!slug.isBlank()) {
				this.tokenCache.invalidate(slug);
			}
		}
	}

	ClientCore forUser(String jwt) {
		this.http.requireVendoMode("forUser");
		return withUser(jwt);
	}

	ClientCore forRequest(HttpHeaders headers) {
		this.http.requireVendoMode("forRequest");
		List<String> values = headers.getOrDefault(VendoHttp.USER_JWT_HEADER, List.of());
		String jwt = (values.size() == 1) ? EnvironmentVariables.textOrNull(values.get(0)) : null;
		if (jwt == null) {
			throw ErrorDetails.of(ErrorCode.IDENTITY_NOT_PRESENT)
				.summary("The request has no %s header, so there is no user to act for"
					.formatted(VendoHttp.USER_JWT_HEADER))
				.toException();
		}
		return withUser(jwt);
	}

	private ClientCore withUser(String jwt) {
		VendoHttp userHttp = this.http.forUser(jwt);
		return new ClientCore(this.settings, userHttp, this.environment, this.catalog, this.tokenCache,
				this.tokens.with(userHttp), this.webhooks, this.mapper);
	}

	ReactiveVendoDashboard dashboard(String sessionCookie) {
		return ReactiveVendoDashboard.over(this.http.as(VendoCredential.sessionCookie(sessionCookie)));
	}

	URI connectUrl(String slug, ConnectUrlOptions options) {
		this.http.requireVendoMode("connectUrl");
		VendoCredential credential = this.http.config().credential();
		if (credential != null) {
			// The URL would carry it to a browser, and it would not work there.
			throw ErrorDetails.of(ErrorCode.AUTH)
				.summary("connectUrl needs an App Key, and the client has another credential")
				.nextStep("Build the client with the application's own key: apiKey(key) or vendo.api-key.")
				.toException();
		}
		StringBuilder url = new StringBuilder(this.http.config().baseUrl().toString()).append("/connections/connect/")
			.append(PathSegments.encode(slug, "slug"))
			.append("?app_key=")
			.append(encode(Objects.requireNonNull(this.http.config().apiKey()).get()));
		append(url, "&return_to=", options.returnTo());
		append(url, "&state=", options.state());
		return URI.create(url.toString());
	}

	private static void append(StringBuilder url, String parameter, @Nullable String value) {
		if (value != null) {
			url.append(parameter).append(encode(value));
		}
	}

	private static String encode(String value) {
		return UriUtils.encode(value, StandardCharsets.UTF_8);
	}

	ClientSettings mutableSettings() {
		return this.settings.sharing(this.http);
	}

	ClientSummary summary() {
		HttpConfig config = this.http.config();
		return new ClientSummary(this.http.isVendoMode(), maskedKey(config), config.baseUrl(), config.credentialsUrl(),
				config.dataProxyUrl(), config.apiVersion(), VendoHttp.version());
	}

	private static @Nullable String maskedKey(HttpConfig config) {
		Supplier<String> apiKey = config.apiKey();
		try {
			return (apiKey != null) ? Redaction.maskKey(apiKey.get()) : null;
		}
		catch (RuntimeException ex) {
			// Where the key comes from does not answer at present, or not with a key.
			return "unreadable";
		}
	}

	String describe() {
		String key = (this.http.config().apiKey() != null) ? Redaction.maskKey(this.http.config().apiKey().get())
				: "OSS mode";
		return this.http.config().baseUrl() + ", " + key + (this.http.isForUser() ? ", for a user" : "");
	}

	/**
	 * The sub-APIs of this identity.
	 */
	static final class Apis {

		final ReactiveConnectionsApi connections;

		final ReactiveIntegrationsApi integrations;

		final ReactiveBillingApi billing;

		final ReactiveCatalogApi catalog;

		final ReactiveEventsApi events;

		final ReactiveDataApi data;

		final SsoApi sso;

		final DeploymentApi deployment;

		final ReconcilerApi reconciler;

		private Apis(ClientCore core) {
			VendoHttp http = core.http;
			this.connections = ReactiveConnectionsApi.over(http, core.environment, core.catalog);
			this.integrations = ReactiveIntegrationsApi.over(http, core.catalog);
			this.billing = ReactiveBillingApi.over(http);
			this.catalog = ReactiveCatalogApi.over(http);
			ReactiveEventsApi events = ReactiveEventsApi.over(http, this.connections);
			this.events = (options) -> events.subscribe(options).doOnNext(core::passed);
			this.data = ReactiveDataApi.over(http, core.mapper);
			this.sso = SsoApi.over(core.environment);
			this.deployment = DeploymentApi.over(http, core.environment);
			this.reconciler = ReconcilerApi.over(http, core.environment, core.catalog, core.tokens, connectionEvents());
		}

		// What wakes reconcilers before their time is up.
		private Publisher<Object> connectionEvents() {
			return (subscriber) -> Flux.defer(this.events::subscribe)
				.filter(ConnectionEvent.class::isInstance)
				.subscribe(subscriber);
		}

	}

}
