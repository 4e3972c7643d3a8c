package run.vendo.test;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import run.vendo.ClientSummary;
import run.vendo.ConnectUrlOptions;
import run.vendo.VendoClient;
import run.vendo.autoconfigure.actuate.BalanceSnapshot;
import run.vendo.billing.BillingApi;
import run.vendo.catalog.CatalogApi;
import run.vendo.connection.ConnectionsApi;
import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.dashboard.VendoDashboard;
import run.vendo.data.DataApi;
import run.vendo.deployment.DeploymentApi;
import run.vendo.event.EventsApi;
import run.vendo.http.HttpApi;
import run.vendo.http.RetryPolicy;
import run.vendo.http.VendoHttp;
import run.vendo.integration.IntegrationsApi;
import run.vendo.reconciler.ReconcilerApi;
import run.vendo.sso.SsoApi;
import run.vendo.token.TokenCache;
import run.vendo.token.TokenLifetime;
import run.vendo.token.VendoSession;
import run.vendo.webhook.WebhooksApi;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.util.Assert;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A {@link VendoClient} for tests that makes no network call. It is the real client on a
 * platform in memory, which answers what the test says and records what was asked: slugs
 * are checked, errors are mapped and webhooks are verified as they always are.
 * <pre>{@code
 * MockVendoClient vendo = MockVendoClient.create().withToken("slack", "xoxb-1");
 * new Greeter(vendo).greet();
 * assertThat(vendo.calls()).extracting(MockVendoCall::type, MockVendoCall::slug)
 *     .containsExactly(tuple("token", "slack"));
 * }</pre>
 * <p>
 * Nothing is connected until the test says so. Tokens are not kept and calls are not
 * repeated, so that what a test sets holds from the next call on, and every call is
 * recorded once; equal reads made at the same moment may share one, as they always do.
 * The {@link #reactive() reactive kind} and the clients of users share one script and one
 * record with this one; any number of threads may use all of them.
 *
 * @since 0.1.0
 * @see MockReactiveVendoClient
 */
public final class MockVendoClient extends MockScripting<MockVendoClient> implements VendoClient {

	/** The API key of every mock that is in Vendo mode. */
	public static final String API_KEY = "vendo_sk_mock-mock-mock-mock-mock-mock-mo";

	/** The secret of every mock's webhooks, unless its builder was given another. */
	public static final String WEBHOOK_SECRET = "whsec_mock";

	private final VendoClient client;

	private final Settings settings;

	private final MockReactiveVendoClient reactive;

	private final @Nullable String user;

	private MockVendoClient(MockState state, VendoClient client, Settings settings, @Nullable String user) {
		super(state);
		this.client = client;
		this.settings = settings;
		this.user = user;
		this.reactive = new MockReactiveVendoClient(this, client.reactive());
	}

	/**
	 * Return a mock in Vendo mode, without connections and without a look at the
	 * environment.
	 * @return a new mock
	 */
	public static MockVendoClient create() {
		return builder().build();
	}

	/**
	 * Return a builder of a mock. What it is told is what {@link #reset()} returns to.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder(new MockState(new MockScript(), Clock.systemUTC()));
	}

	/**
	 * Return what was asked of the platform, the earliest call first.
	 * @return a copy of the record
	 */
	public List<MockVendoCall> calls() {
		return this.state.calls();
	}

	/**
	 * Return what was asked of one API.
	 * @param api the API
	 * @return a copy of that part of the record
	 */
	public List<MockVendoCall> calls(MockVendoApi api) {
		return calls().stream().filter((call) -> call.api() == api).toList();
	}

	/**
	 * Return what was asked about one provider.
	 * @param slug the provider
	 * @return a copy of that part of the record
	 */
	public List<MockVendoCall> calls(String slug) {
		return calls().stream().filter((call) -> call.slugs().contains(slug)).toList();
	}

	/**
	 * Forget the record, and whatever was said since the mock was built.
	 */
	public void reset() {
		this.state.reset();
	}

	/**
	 * Return a signer of webhooks that this mock finds valid.
	 * @return a signer with the secret and the clock of this mock
	 */
	public WebhookSigner webhookSigner() {
		return WebhookSigner.of(this.settings.webhookSecret).withClock(this.settings.clock);
	}

	/**
	 * Return the same mock for code that must not wait.
	 * @return the reactive kind of this mock
	 */
	@Override
	public MockReactiveVendoClient reactive() {
		return this.reactive;
	}

	/**
	 * Return what says which events there are. Streams are not among the calls.
	 * @return the events of this mock and of those that share its script
	 */
	public MockEvents mockEvents() {
		return this.state.events();
	}

	BalanceSnapshot mockBalance() {
		return this.state.balance();
	}

	@Override
	public boolean isVendoMode() {
		return this.client.isVendoMode();
	}

	@Override
	public ClientSummary summary() {
		return this.client.summary();
	}

	@Override
	public String token(String slug) {
		return this.client.token(slug);
	}

	@Override
	public Map<String, Optional<String>> tokens(Collection<String> slugs) {
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
	public Optional<TokenLifetime> cachedToken(String slug) {
		return this.client.cachedToken(slug);
	}

	@Override
	public VendoSession session(String slug) {
		return this.client.session(slug);
	}

	@Override
	public URI connectUrl(String slug, ConnectUrlOptions options) {
		URI url = this.client.connectUrl(slug, options);
		this.state.record(
				MockVendoCall.of(MockVendoApi.CONNECT_URL, "connectUrl", slug, this.user, HttpMethod.GET, url, null));
		return url;
	}

	/**
	 * Return a mock that acts for a user. It shares script and record with this one.
	 * @param jwt the user's JWT, any text that a header can carry
	 * @return a mock for that user
	 */
	@Override
	public MockVendoClient forUser(String jwt) {
		return new MockVendoClient(this.state, this.client.forUser(jwt), this.settings, jwt.strip());
	}

	/**
	 * Return a mock that acts for the user of a request. It shares script and record with
	 * this one.
	 * @param headers the headers of the request
	 * @return a mock for that user
	 */
	@Override
	public MockVendoClient forRequest(HttpHeaders headers) {
		VendoClient ofUser = this.client.forRequest(headers);
		String jwt = headers.getFirst(VendoHttp.USER_JWT_HEADER);
		return new MockVendoClient(this.state, ofUser, this.settings, (jwt != null) ? jwt.strip() : null);
	}

	@Override
	public ConnectionsApi connections() {
		return ConnectionsApi.over(reactiveConnections());
	}

	ReactiveConnectionsApi reactiveConnections() {
		return new MockConnectionsApi(this.client.reactive().connections(), this.state, isVendoMode(), this.user);
	}

	@Override
	public IntegrationsApi integrations() {
		return this.client.integrations();
	}

	@Override
	public BillingApi billing() {
		return this.client.billing();
	}

	@Override
	public CatalogApi catalog() {
		return this.client.catalog();
	}

	@Override
	public VendoDashboard dashboard(String sessionCookie) {
		return this.client.dashboard(sessionCookie);
	}

	/**
	 * Return the stream of this mock, which is the same for all users. It tells what
	 * {@link #mockEvents()} is told, and opens no connection.
	 * @return the events
	 */
	@Override
	public EventsApi events() {
		return EventsApi.over(this.reactive.events());
	}

	@Override
	public WebhooksApi webhooks() {
		return this.client.webhooks();
	}

	@Override
	public DataApi data() {
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
	public HttpApi http() {
		return this.client.http();
	}

	/**
	 * Return a builder of a client on the platform of this mock. What it builds makes no
	 * network call, unless it is told to make connections of its own.
	 * @return a new builder
	 */
	@Override
	public VendoClient.Builder mutate() {
		return this.client.mutate();
	}

	@Override
	public void close() {
		this.client.close();
	}

	/**
	 * Let a builder build clients on the platform of this mock.
	 * @param builder the builder
	 */
	void adopt(VendoClient.Builder builder) {
		this.settings.applyTo(builder, this.state);
	}

	@Override
	public String toString() {
		return "Mock" + this.client;
	}

	/**
	 * What mocks differ in beside their script.
	 *
	 * @param vendoMode whether there is an API key
	 * @param webhookSecret the secret of webhooks
	 * @param clock the time
	 */
	private record Settings(boolean vendoMode, String webhookSecret, Clock clock) {

		void applyTo(VendoClient.Builder builder, MockState state) {
			MockExchange exchange = new MockExchange(state);
			builder.apiKey(this.vendoMode ? API_KEY : null)
				.baseUrl(MockState.BASE_URL)
				.credentialsUrl(MockState.CREDENTIALS_URL)
				.dataProxyUrl(MockState.DATA_PROXY_URL)
				.webClientBuilder(() -> WebClient.builder().exchangeFunction(exchange))
				.connectorFactory((settings) -> exchange)
				// Not a size of 0, which is made good a moment later only.
				.tokenCache(TokenCache.builder().defaultLifetime(Duration.ZERO).clock(this.clock).build())
				.retry(RetryPolicy.none())
				.webhookSecrets(this.webhookSecret)
				.clock(this.clock);
		}

		// Without the secret, as everywhere.
		@Override
		public String toString() {
			return "Settings[vendoMode=" + this.vendoMode + "]";
		}

	}

	/**
	 * Builder of {@link MockVendoClient}, and of {@link MockReactiveVendoClient} by
	 * {@link MockVendoClient#reactive()}.
	 */
	public static final class Builder extends MockScripting<Builder> {

		private boolean vendoMode = true;

		private String webhookSecret = WEBHOOK_SECRET;

		private Clock clock = Clock.systemUTC();

		private VendoClient.Builder client = VendoClient.builder().environment((name) -> null);

		private Builder(MockState state) {
			super(state);
		}

		/**
		 * Leave the API key out.
		 * @return this builder
		 * @see #environment(Function)
		 */
		public Builder ossMode() {
			this.vendoMode = false;
			return this;
		}

		/**
		 * Set the environment variables that the client sees; none by default.
		 * @param environment returns the value of a variable, or {@code null} when it is
		 * not set; a {@code Map}'s {@code get} will do
		 * @return this builder
		 */
		public Builder environment(Function<String, @Nullable String> environment) {
			this.client.environment(environment);
			return this;
		}

		/**
		 * Set the secret of webhooks.
		 * @param webhookSecret the secret
		 * @return this builder
		 */
		public Builder webhookSecret(String webhookSecret) {
			Assert.hasText(webhookSecret, "'webhookSecret' must not be blank");
			this.webhookSecret = webhookSecret;
			return this;
		}

		/**
		 * Set what tells the time.
		 * @param clock the clock
		 * @return this builder
		 */
		public Builder clock(Clock clock) {
			this.clock = clock;
			return this;
		}

		/**
		 * Begin with settings of an application.
		 * @param client the builder that has them
		 * @return this builder
		 */
		Builder client(VendoClient.Builder client) {
			this.client = client;
			return this;
		}

		/**
		 * Build the mock.
		 * @return a new mock
		 */
		public MockVendoClient build() {
			MockState forked = this.state.fork(this.clock);
			Settings settings = new Settings(this.vendoMode, this.webhookSecret, this.clock);
			settings.applyTo(this.client, forked);
			return new MockVendoClient(forked, this.client.build(), settings, null);
		}

	}

}
