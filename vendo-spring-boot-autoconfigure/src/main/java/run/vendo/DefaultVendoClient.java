package run.vendo;

import java.net.URI;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

import run.vendo.billing.BillingApi;
import run.vendo.catalog.CatalogApi;
import run.vendo.connection.ConnectionsApi;
import run.vendo.dashboard.VendoDashboard;
import run.vendo.data.DataApi;
import run.vendo.deployment.DeploymentApi;
import run.vendo.event.EventsApi;
import run.vendo.http.Blocking;
import run.vendo.http.HttpApi;
import run.vendo.integration.IntegrationsApi;
import run.vendo.reconciler.ReconcilerApi;
import run.vendo.sso.SsoApi;
import run.vendo.token.TokenCache;
import run.vendo.token.TokenLifetime;
import run.vendo.token.VendoSession;
import run.vendo.webhook.WebhooksApi;

import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;

/**
 * The blocking front door: waits for what the reactive engine does.
 */
final class DefaultVendoClient implements VendoClient {

	private final ClientCore core;

	private final SingletonSupplier<Apis> apis;

	DefaultVendoClient(ClientCore core) {
		this.core = core;
		this.apis = SingletonSupplier.of(() -> new Apis(core));
	}

	@Override
	public boolean isVendoMode() {
		return this.core.http.isVendoMode();
	}

	@Override
	public ClientSummary summary() {
		return this.core.summary();
	}

	@Override
	public String token(String slug) {
		return this.core.tokens.await(slug);
	}

	@Override
	public Map<String, Optional<String>> tokens(Collection<String> slugs) {
		return Blocking.await(this.core.tokens.tokens(slugs));
	}

	@Override
	public void invalidate(String slug) {
		this.core.tokens.invalidate(slug);
	}

	@Override
	public TokenCache tokenCache() {
		return this.core.tokenCache;
	}

	@Override
	public Optional<TokenLifetime> cachedToken(String slug) {
		return this.core.tokens.cached(slug);
	}

	@Override
	public VendoSession session(String slug) {
		return this.core.tokens.session(slug);
	}

	@Override
	public URI connectUrl(String slug, ConnectUrlOptions options) {
		return this.core.connectUrl(slug, options);
	}

	@Override
	public VendoClient forUser(String jwt) {
		return this.core.forUser(jwt).blocking;
	}

	@Override
	public VendoClient forRequest(HttpHeaders headers) {
		return this.core.forRequest(headers).blocking;
	}

	@Override
	public ConnectionsApi connections() {
		return this.apis.obtain().connections;
	}

	@Override
	public IntegrationsApi integrations() {
		return this.apis.obtain().integrations;
	}

	@Override
	public BillingApi billing() {
		return this.apis.obtain().billing;
	}

	@Override
	public CatalogApi catalog() {
		return this.apis.obtain().catalog;
	}

	@Override
	public VendoDashboard dashboard(String sessionCookie) {
		return VendoDashboard.over(this.core.dashboard(sessionCookie));
	}

	@Override
	public EventsApi events() {
		return this.apis.obtain().events;
	}

	@Override
	public WebhooksApi webhooks() {
		return this.core.webhooks;
	}

	@Override
	public DataApi data() {
		return this.apis.obtain().data;
	}

	@Override
	public SsoApi sso() {
		return this.core.apis().sso;
	}

	@Override
	public DeploymentApi deployment() {
		return this.core.apis().deployment;
	}

	@Override
	public ReconcilerApi reconciler() {
		return this.core.apis().reconciler;
	}

	@Override
	public HttpApi http() {
		return this.apis.obtain().http;
	}

	@Override
	public ReactiveVendoClient reactive() {
		return this.core.reactive;
	}

	@Override
	public Builder mutate() {
		return new DefaultVendoClientBuilder(this.core.mutableSettings());
	}

	@Override
	public void close() {
		this.core.http.close();
	}

	@Override
	public String toString() {
		return "VendoClient[" + this.core.describe() + "]";
	}

	/**
	 * The sub-APIs that wait.
	 */
	private static final class Apis {

		private final ConnectionsApi connections;

		private final IntegrationsApi integrations;

		private final BillingApi billing;

		private final CatalogApi catalog;

		private final EventsApi events;

		private final DataApi data;

		private final HttpApi http;

		private Apis(ClientCore core) {
			ClientCore.Apis reactive = core.apis();
			this.connections = ConnectionsApi.over(reactive.connections);
			this.integrations = IntegrationsApi.over(reactive.integrations);
			this.billing = BillingApi.over(reactive.billing);
			this.catalog = CatalogApi.over(reactive.catalog);
			this.events = EventsApi.over(reactive.events);
			this.data = DataApi.over(reactive.data);
			this.http = HttpApi.over(core.http.api());
		}

	}

}
