package run.vendo.autoconfigure.web;

import java.net.URI;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

import run.vendo.ClientSummary;
import run.vendo.ConnectUrlOptions;
import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.billing.BillingApi;
import run.vendo.catalog.CatalogApi;
import run.vendo.connection.ConnectionsApi;
import run.vendo.dashboard.VendoDashboard;
import run.vendo.data.DataApi;
import run.vendo.deployment.DeploymentApi;
import run.vendo.event.EventsApi;
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
 * Acts for the user of whatever request the calling thread works on. What it returns
 * belongs to that user for good.
 */
final class RequestVendoClient implements VendoClient {

	private static VendoClient current() {
		return CurrentUser.require().client();
	}

	@Override
	public boolean isVendoMode() {
		return current().isVendoMode();
	}

	@Override
	public ClientSummary summary() {
		return current().summary();
	}

	@Override
	public String token(String slug) {
		return current().token(slug);
	}

	@Override
	public Map<String, Optional<String>> tokens(Collection<String> slugs) {
		return current().tokens(slugs);
	}

	@Override
	public void invalidate(String slug) {
		current().invalidate(slug);
	}

	@Override
	public TokenCache tokenCache() {
		return current().tokenCache();
	}

	@Override
	public Optional<TokenLifetime> cachedToken(String slug) {
		return current().cachedToken(slug);
	}

	@Override
	public VendoSession session(String slug) {
		return current().session(slug);
	}

	@Override
	public URI connectUrl(String slug, ConnectUrlOptions options) {
		return current().connectUrl(slug, options);
	}

	@Override
	public VendoClient forUser(String jwt) {
		return current().forUser(jwt);
	}

	@Override
	public VendoClient forRequest(HttpHeaders headers) {
		return current().forRequest(headers);
	}

	@Override
	public ConnectionsApi connections() {
		return current().connections();
	}

	@Override
	public IntegrationsApi integrations() {
		return current().integrations();
	}

	@Override
	public BillingApi billing() {
		return current().billing();
	}

	@Override
	public CatalogApi catalog() {
		return current().catalog();
	}

	@Override
	public VendoDashboard dashboard(String sessionCookie) {
		return current().dashboard(sessionCookie);
	}

	@Override
	public EventsApi events() {
		return current().events();
	}

	@Override
	public ReconcilerApi reconciler() {
		return current().reconciler();
	}

	@Override
	public WebhooksApi webhooks() {
		return current().webhooks();
	}

	@Override
	public DataApi data() {
		return current().data();
	}

	@Override
	public SsoApi sso() {
		return current().sso();
	}

	@Override
	public DeploymentApi deployment() {
		return current().deployment();
	}

	@Override
	public HttpApi http() {
		return current().http();
	}

	@Override
	public ReactiveVendoClient reactive() {
		return CurrentUser.require().reactiveClient();
	}

	@Override
	public Builder mutate() {
		return current().mutate();
	}

	@Override
	public void close() {
		// Belongs to no request.
	}

	@Override
	public String toString() {
		return "VendoClient[for the user of the request]";
	}

}
