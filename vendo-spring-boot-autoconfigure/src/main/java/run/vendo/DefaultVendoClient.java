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

/**
 * The blocking front door: waits for what the reactive engine does.
 */
final class DefaultVendoClient implements VendoClient {

	private final ClientCore core;

	private final ConnectionsApi connections;

	private final IntegrationsApi integrations;

	private final BillingApi billing;

	private final CatalogApi catalog;

	private final EventsApi events;

	private final DataApi data;

	private final HttpApi http;

	DefaultVendoClient(ClientCore core) {
		this.core = core;
		this.connections = ConnectionsApi.over(core.connections);
		this.integrations = IntegrationsApi.over(core.integrations);
		this.billing = BillingApi.over(core.billing);
		this.catalog = CatalogApi.over(core.catalogApi);
		this.events = EventsApi.over(core.events);
		this.data = DataApi.over(core.data);
		this.http = HttpApi.over(core.http.api());
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
		return this.connections;
	}

	@Override
	public IntegrationsApi integrations() {
		return this.integrations;
	}

	@Override
	public BillingApi billing() {
		return this.billing;
	}

	@Override
	public CatalogApi catalog() {
		return this.catalog;
	}

	@Override
	public VendoDashboard dashboard(String sessionCookie) {
		return VendoDashboard.over(this.core.dashboard(sessionCookie));
	}

	@Override
	public EventsApi events() {
		return this.events;
	}

	@Override
	public WebhooksApi webhooks() {
		return this.core.webhooks;
	}

	@Override
	public DataApi data() {
		return this.data;
	}

	@Override
	public SsoApi sso() {
		return this.core.sso;
	}

	@Override
	public DeploymentApi deployment() {
		return this.core.deployment;
	}

	@Override
	public ReconcilerApi reconciler() {
		return this.core.reconciler;
	}

	@Override
	public HttpApi http() {
		return this.http;
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

}
