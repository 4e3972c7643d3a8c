package run.vendo.test;

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import reactor.core.publisher.Mono;

import run.vendo.ConnectUrlOptions;
import run.vendo.ReactiveVendoClient;
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
 * A {@link ReactiveVendoClient} for tests that makes no network call: the reactive kind
 * of {@link MockVendoClient}, which says what it answers and how it is told.
 *
 * @since 0.1.0
 * @see MockVendoClient#builder()
 */
public final class MockReactiveVendoClient extends MockScripting<MockReactiveVendoClient>
		implements ReactiveVendoClient {

	private final MockVendoClient blocking;

	private final ReactiveVendoClient client;

	MockReactiveVendoClient(MockVendoClient blocking, ReactiveVendoClient client) {
		super(blocking.state);
		this.blocking = blocking;
		this.client = client;
	}

	/**
	 * Return a mock in Vendo mode, without connections and without a look at the
	 * environment.
	 * @return a new mock
	 */
	public static MockReactiveVendoClient create() {
		return MockVendoClient.create().reactive();
	}

	/**
	 * Return what was asked of the platform, the earliest call first.
	 * @return a copy of the record
	 */
	public List<MockVendoCall> calls() {
		return this.blocking.calls();
	}

	/**
	 * Return what was asked of one API.
	 * @param api the API
	 * @return a copy of that part of the record
	 */
	public List<MockVendoCall> calls(MockVendoApi api) {
		return this.blocking.calls(api);
	}

	/**
	 * Return what was asked about one provider.
	 * @param slug the provider
	 * @return a copy of that part of the record
	 */
	public List<MockVendoCall> calls(String slug) {
		return this.blocking.calls(slug);
	}

	/**
	 * Forget the record, and whatever was said since the mock was built.
	 */
	public void reset() {
		this.blocking.reset();
	}

	/**
	 * Return a signer of webhooks that this mock finds valid.
	 * @return a signer with the secret and the clock of this mock
	 */
	public WebhookSigner webhookSigner() {
		return this.blocking.webhookSigner();
	}

	/**
	 * Return the same mock for code that may wait.
	 * @return the blocking kind of this mock
	 */
	@Override
	public MockVendoClient blocking() {
		return this.blocking;
	}

	/**
	 * Return what says which events there are. Streams are not among the calls.
	 * @return the events of this mock and of those that share its script
	 */
	public MockEvents mockEvents() {
		return this.state.events();
	}

	@Override
	public boolean isVendoMode() {
		return this.client.isVendoMode();
	}

	@Override
	public Mono<String> token(String slug) {
		return this.client.token(slug);
	}

	@Override
	public Mono<Map<String, Optional<String>>> tokens(Collection<String> slugs) {
		return this.client.tokens(slugs);
	}

	@Override
	public void invalidate(String slug) {
		this.client.invalidate(slug);
	}

	@Override
	public TokenCache tokenCache() {
		return this.client.tokenCache();
	}

	@Override
	public VendoSession session(String slug) {
		return this.client.session(slug);
	}

	@Override
	public URI connectUrl(String slug, ConnectUrlOptions options) {
		return this.blocking.connectUrl(slug, options);
	}

	/**
	 * Return a mock that acts for a user. It shares script and record with this one.
	 * @param jwt the user's JWT, any text that a header can carry
	 * @return a mock for that user
	 */
	@Override
	public MockReactiveVendoClient forUser(String jwt) {
		return this.blocking.forUser(jwt).reactive();
	}

	/**
	 * Return a mock that acts for the user of a request. It shares script and record with
	 * this one.
	 * @param headers the headers of the request
	 * @return a mock for that user
	 */
	@Override
	public MockReactiveVendoClient forRequest(HttpHeaders headers) {
		return this.blocking.forRequest(headers).reactive();
	}

	@Override
	public ReactiveConnectionsApi connections() {
		return this.blocking.reactiveConnections();
	}

	@Override
	public ReactiveIntegrationsApi integrations() {
		return this.client.integrations();
	}

	@Override
	public ReactiveBillingApi billing() {
		return this.client.billing();
	}

	@Override
	public ReactiveCatalogApi catalog() {
		return this.client.catalog();
	}

	@Override
	public ReactiveVendoDashboard dashboard(String sessionCookie) {
		return this.client.dashboard(sessionCookie);
	}

	/**
	 * Return the stream of this mock, which is the same for all users. It tells what
	 * {@link #mockEvents()} is told, and opens no connection.
	 * @return the events
	 */
	@Override
	public ReactiveEventsApi events() {
		return isVendoMode() ? this.state.events()::subscribe : this.client.events();
	}

	@Override
	public WebhooksApi webhooks() {
		return this.client.webhooks();
	}

	@Override
	public ReactiveDataApi data() {
		return this.client.data();
	}

	@Override
	public SsoApi sso() {
		return this.client.sso();
	}

	@Override
	public DeploymentApi deployment() {
		return this.client.deployment();
	}

	@Override
	public ReconcilerApi reconciler() {
		return this.client.reconciler();
	}

	@Override
	public ReactiveHttpApi http() {
		return this.client.http();
	}

	/**
	 * Return a builder of a client on the platform of this mock. What it builds makes no
	 * network call, unless it is told to make connections of its own.
	 * @return a new builder
	 */
	@Override
	public ReactiveVendoClient.Builder mutate() {
		return this.client.mutate();
	}

	@Override
	public void close() {
		this.client.close();
	}

	@Override
	public String toString() {
		return "Mock" + this.client;
	}

}
