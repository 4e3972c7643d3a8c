package run.vendo;

import java.net.URI;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

import reactor.core.publisher.Mono;

import run.vendo.billing.ReactiveBillingApi;
import run.vendo.catalog.ReactiveCatalogApi;
import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.dashboard.ReactiveVendoDashboard;
import run.vendo.data.ReactiveDataApi;
import run.vendo.deployment.DeploymentApi;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.http.ReactiveHttpApi;
import run.vendo.integration.ReactiveIntegrationsApi;
import run.vendo.reconciler.ReconcilerApi;
import run.vendo.sso.SsoApi;
import run.vendo.token.TokenCache;
import run.vendo.token.VendoSession;
import run.vendo.webhook.WebhooksApi;

import org.springframework.http.HttpHeaders;

/**
 * The reactive front door.
 */
final class DefaultReactiveVendoClient implements ReactiveVendoClient {

	private final ClientCore core;

	DefaultReactiveVendoClient(ClientCore core) {
		this.core = core;
	}

	@Override
	public boolean isVendoMode() {
		return this.core.http.isVendoMode();
	}

	@Override
	public Mono<String> token(String slug) {
		return this.core.tokens.token(slug);
	}

	@Override
	public Mono<Map<String, Optional<String>>> tokens(Collection<String> slugs) {
		return this.core.tokens.tokens(slugs);
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
	public VendoSession session(String slug) {
		return this.core.tokens.session(slug);
	}

	@Override
	public URI connectUrl(String slug, ConnectUrlOptions options) {
		return this.core.connectUrl(slug, options);
	}

	@Override
	public ReactiveVendoClient forUser(String jwt) {
		return this.core.forUser(jwt).reactive;
	}

	@Override
	public ReactiveVendoClient forRequest(HttpHeaders headers) {
		return this.core.forRequest(headers).reactive;
	}

	@Override
	public ReactiveConnectionsApi connections() {
		return this.core.apis().connections;
	}

	@Override
	public ReactiveIntegrationsApi integrations() {
		return this.core.apis().integrations;
	}

	@Override
	public ReactiveEventsApi events() {
		return this.core.apis().events;
	}

	@Override
	public ReactiveBillingApi billing() {
		return this.core.apis().billing;
	}

	@Override
	public ReactiveCatalogApi catalog() {
		return this.core.apis().catalog;
	}

	@Override
	public ReactiveVendoDashboard dashboard(String sessionCookie) {
		return this.core.dashboard(sessionCookie);
	}

	@Override
	public WebhooksApi webhooks() {
		return this.core.webhooks;
	}

	@Override
	public ReactiveDataApi data() {
		return this.core.apis().data;
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
	public ReactiveHttpApi http() {
		return this.core.http.api();
	}

	@Override
	public VendoClient blocking() {
		return this.core.blocking;
	}

	@Override
	public Builder mutate() {
		return new DefaultReactiveVendoClientBuilder(this.core.mutableSettings());
	}

	@Override
	public void close() {
		this.core.http.close();
	}

	@Override
	public String toString() {
		return "ReactiveVendoClient[" + this.core.describe() + "]";
	}

}
