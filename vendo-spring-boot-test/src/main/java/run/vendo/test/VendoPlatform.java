package run.vendo.test;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.connection.ConnectionStatus;

import org.springframework.util.Assert;

/**
 * A simulator of the Vendo platform: real HTTP servers on the loopback interface that
 * serve what an application key reaches, the credentials worker, the data proxy, the
 * connect portal, the dashboard's API and the event stream, and send signed webhooks. A
 * test says what is connected, what things cost and what goes wrong.
 *
 * <pre class="code">
 * try (VendoPlatform platform = VendoPlatform.start();
 *         VendoClient vendo = platform.clientBuilder().build()) {
 *     platform.connect("slack");
 *     platform.failNext(503, 1);
 *     assertThat(vendo.token("slack")).isEqualTo(platform.token("slack"));
 * }
 * </pre>
 *
 * All methods can be called by any thread. Threads are daemons named
 * {@code vendo-platform-…} and end with {@link #close()}.
 *
 * @since 0.1.0
 */
public final class VendoPlatform implements AutoCloseable {

	private static final int WORKERS = 2;

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(15);

	private final ReentrantLock lifecycle = new ReentrantLock();

	private final String webhookSecret;

	private final PlatformState state;

	private final PlatformUser app;

	private final LoopResources loops;

	private final Scheduler scheduler;

	private final WebhookSender webhooks;

	private final Map<Role, Integer> ports;

	private @Nullable PlatformServer server;

	private boolean closed;

	private VendoPlatform(Builder settings) {
		this.webhookSecret = settings.webhookSecret;
		this.state = new PlatformState(settings);
		this.app = new PlatformUser(this.state, Identity.APP, null);
		this.loops = LoopResources.create("vendo-platform", WORKERS, true);
		this.scheduler = Schedulers.fromExecutorService(this.loops.onServer(false), "vendo-platform");
		this.webhooks = new WebhookSender(this.state, this.webhookSecret, this.loops, this.scheduler);
		try {
			PlatformServer server = PlatformServer.start(this.state, this.loops, this.scheduler,
					Map.of(Role.API, settings.port));
			this.server = server;
			this.ports = server.ports();
		}
		catch (RuntimeException ex) {
			this.loops.dispose();
			throw ex;
		}
		this.state.baseUrl(baseUrl());
		this.state.events.onEvent(this.webhooks::onEvent);
	}

	/**
	 * Start a platform on free ports, with nothing connected.
	 * @return a new platform
	 */
	public static VendoPlatform start() {
		return builder().start();
	}

	/**
	 * Return a builder of platforms.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return where the API and the connect portal are.
	 * @return the URL, without a slash at its end
	 */
	public URI baseUrl() {
		return url(Role.API);
	}

	/**
	 * Return where the credentials worker is.
	 * @return the URL, without a slash at its end
	 */
	public URI credentialsUrl() {
		return url(Role.CREDENTIALS);
	}

	/**
	 * Return where the data proxy is.
	 * @return the URL, without a slash at its end
	 */
	public URI dataProxyUrl() {
		return url(Role.DATA_PROXY);
	}

	/**
	 * Return where a provider's own API is: it answers 200 to whatever comes with a token
	 * that works, else 401.
	 * @param slug the provider
	 * @return the URL, without a slash at its end
	 */
	public URI providerUrl(String slug) {
		return URI.create(baseUrl() + "/providers/" + slug);
	}

	private URI url(Role role) {
		return PlatformServer.url(this.ports.getOrDefault(role, 0));
	}

	/**
	 * Return the application key that works.
	 * @return the key
	 */
	public String apiKey() {
		return this.state.keys.current();
	}

	/**
	 * Return what webhooks are signed with.
	 * @return the secret
	 */
	public String webhookSecret() {
		return this.webhookSecret;
	}

	/**
	 * Return a builder of clients of this platform: with its addresses, its key, its
	 * webhook secret and its clock. The environment's variables are not read.
	 * @return a new builder
	 */
	public VendoClient.Builder clientBuilder() {
		return VendoClient.builder()
			.environment((name) -> null)
			.apiKeySupplier(this::apiKey)
			.baseUrl(baseUrl())
			.credentialsUrl(credentialsUrl())
			.dataProxyUrl(dataProxyUrl())
			.webhookSecrets(this.webhookSecret)
			.clock(this.state.clock);
	}

	/**
	 * Return a user of the application.
	 * @param name who it is: the subject of the user's JWT
	 * @return the user
	 */
	public PlatformUser user(String name) {
		Assert.hasText(name, "'name' must not be blank");
		String jwt = Identity.jwt(name);
		return new PlatformUser(this.state, Identity.ofJwt(jwt), jwt);
	}

	/**
	 * Connect a provider.
	 * @param slug the provider; one the platform did not know is known from now on
	 * @return the event that tells of it
	 */
	public PlatformEvent connect(String slug) {
		return this.app.connect(slug);
	}

	/**
	 * Connect a provider in a certain way.
	 * @param slug the provider
	 * @param connection says what the connection looks like
	 * @return the event that tells of it
	 */
	public PlatformEvent connect(String slug, Consumer<PlatformConnection> connection) {
		return this.app.connect(slug, connection);
	}

	/**
	 * Change what a connection looks like.
	 * @param slug the provider
	 * @param connection says what is different
	 * @return the event that tells of it
	 * @throws IllegalStateException if it is not connected
	 */
	public PlatformEvent change(String slug, Consumer<PlatformConnection> connection) {
		return this.app.change(slug, connection);
	}

	/**
	 * Take a connection away; its tokens do not work any more.
	 * @param slug the provider
	 * @return the event that tells of it
	 * @throws IllegalStateException if it is not connected
	 */
	public PlatformEvent disconnect(String slug) {
		return this.app.disconnect(slug);
	}

	/**
	 * Make a connection need its user's consent again; its tokens do not work any more.
	 * @param slug the provider
	 * @return the event that tells of it
	 * @throws IllegalStateException if it is not connected
	 */
	public PlatformEvent needsReauth(String slug) {
		return this.app.needsReauth(slug);
	}

	/**
	 * Put a connection into error.
	 * @param slug the provider
	 * @param message what is wrong, in the platform's words
	 * @return the event that tells of it
	 * @throws IllegalStateException if it is not connected
	 */
	public PlatformEvent error(String slug, String message) {
		return this.app.error(slug, message);
	}

	/**
	 * Give a connection any status.
	 * @param slug the provider
	 * @param status the status
	 * @return the event that tells of it
	 */
	public PlatformEvent status(String slug, ConnectionStatus status) {
		return this.app.status(slug, status);
	}

	/**
	 * Return the status of a connection.
	 * @param slug the provider
	 * @return the status, {@link ConnectionStatus#AVAILABLE} where there is none
	 */
	public ConnectionStatus status(String slug) {
		return this.app.status(slug);
	}

	/**
	 * Make the tokens handed out so far useless and tell of it, as when a provider's
	 * token was replaced.
	 * @param slug the provider
	 * @return the event that tells of it
	 * @throws IllegalStateException if it is not connected
	 */
	public PlatformEvent rotateToken(String slug) {
		return this.app.rotateToken(slug);
	}

	/**
	 * Make the tokens handed out so far useless without a word.
	 * @param slug the provider
	 * @throws IllegalStateException if it is not connected
	 */
	public void expireTokens(String slug) {
		this.app.expireTokens(slug);
	}

	/**
	 * Return the token the credentials worker hands out at present.
	 * @param slug the provider
	 * @return the token
	 * @throws IllegalStateException if it is not connected
	 */
	public String token(String slug) {
		return this.app.token(slug);
	}

	/**
	 * Set how long the tokens handed out from now on work.
	 * @param lifetime how long, or {@code null} for tokens without an end
	 */
	public void tokenLifetime(@Nullable Duration lifetime) {
		this.state.tokens.lifetime(lifetime);
	}

	/**
	 * Add an integration to the catalog, or change one.
	 * @param slug the provider
	 * @param fields its fields as they go over the wire, for example {@code name}
	 */
	public void integration(String slug, Map<String, ?> fields) {
		Assert.hasText(slug, "'slug' must not be blank");
		this.state.catalog.put(slug, new LinkedHashMap<>(fields));
	}

	/**
	 * Say what an action of the data proxy does. Others answer with what they were asked.
	 * @param action the action, for example {@code SLACK_SEND_MESSAGE}; what is before
	 * its first underscore is the provider that has to be connected
	 * @param work gets the arguments and returns the data, as Jackson writes it; it must
	 * not block
	 */
	public void onAction(String action, Function<JsonNode, ? extends @Nullable Object> work) {
		this.state.action(action, work);
	}

	/**
	 * Use something that costs.
	 * @param provider whose it is
	 * @param micros what it costs, in millionths of a US dollar
	 */
	public void spend(String provider, long micros) {
		this.state.billing.spend(provider, micros);
	}

	/**
	 * Use something that costs: Vendo's own.
	 * @param micros what it costs, in millionths of a US dollar
	 */
	public void spend(long micros) {
		spend("vendo", micros);
	}

	/**
	 * Set the balance.
	 * @param micros what is left, in millionths of a US dollar
	 */
	public void balance(long micros) {
		this.state.billing.balance(micros);
	}

	/**
	 * Return the balance.
	 * @return what is left, in millionths of a US dollar
	 */
	public long balance() {
		return this.state.billing.balance();
	}

	/**
	 * Set the spend caps.
	 * @param dailyMicros what a day (UTC) may cost, in millionths of a US dollar, or
	 * {@code null} for no cap
	 * @param monthlyMicros what a month (UTC) may cost, or {@code null} for no cap
	 */
	public void spendCaps(@Nullable Long dailyMicros, @Nullable Long monthlyMicros) {
		this.state.billing.caps(dailyMicros, monthlyMicros);
	}

	/**
	 * Give the application another key; those there are keep working.
	 * @param key {@code vendo_sk_} and 32 characters
	 */
	public void addApiKey(String key) {
		this.state.keys.accept(key, KeyRing.Credential.APP_KEY);
	}

	/**
	 * Make a key known that belongs to one connection, not to the application.
	 * @param key {@code vendo_sk_} and 32 characters
	 */
	public void addConnectionKey(String key) {
		this.state.keys.accept(key, KeyRing.Credential.CONNECTION_KEY);
	}

	/**
	 * Return the cookie of somebody who is signed in to the dashboard. Asked after
	 * {@link #endSession()}, it is another.
	 * @return the {@code Cookie} header, {@code name=value}
	 */
	public String session() {
		return this.state.sessions.cookie();
	}

	/**
	 * End the session: its cookie does not work any more.
	 */
	public void endSession() {
		this.state.sessions.end();
	}

	/**
	 * Add a tool to those that can be deployed, or change one. Any other tool can be
	 * deployed too.
	 * @param slug the tool
	 * @param fields its fields as they go over the wire; with {@code released} being
	 * {@code false} it cannot be deployed, and {@code requiredBindings} lists the
	 * integrations that a deployment must be bound to
	 */
	public void tool(String slug, Map<String, ?> fields) {
		Assert.hasText(slug, "'slug' must not be blank");
		this.state.dashboard.tool(slug, fields);
	}

	/**
	 * Say whether there is a way to pay, without which nothing is deployed.
	 * @param billingSetUp whether there is
	 */
	public void billingSetUp(boolean billingSetUp) {
		this.state.dashboard.billingSetUp(billingSetUp);
	}

	/**
	 * Return what is deployed.
	 * @return the ids of the deployments that were not destroyed, in their order
	 */
	public List<String> deployments() {
		return this.state.dashboard.deployments()
			.stream()
			.map((deployment) -> String.valueOf(deployment.get("id")))
			.toList();
	}

	/**
	 * Revoke a key. Streams opened with it end.
	 * @param key the key
	 */
	public void revokeApiKey(String key) {
		refuseKey(key, "app_revoked");
	}

	/**
	 * Let a key expire. Streams opened with it end.
	 * @param key the key
	 */
	public void expireApiKey(String key) {
		refuseKey(key, "app_expired");
	}

	private void refuseKey(String key, String code) {
		this.state.keys.refuse(key, code);
		this.state.events.endStreamsOf(key::equals);
	}

	/**
	 * Enforce the documented rate limits, from zero, or do not.
	 * @param enforced whether they are enforced
	 */
	public void rateLimits(boolean enforced) {
		this.state.limiter.enable(enforced);
	}

	/**
	 * Let the next requests fail.
	 * @param fault how
	 */
	public void failNext(PlatformFault fault) {
		this.state.faults.add(fault);
	}

	/**
	 * Let the next requests fail with a status and the usual body. Probes and the connect
	 * portal are spared.
	 * @param status the status
	 * @param times how many requests
	 */
	public void failNext(int status, int times) {
		failNext(PlatformFault.status(status).times(times));
	}

	/**
	 * Let the next requests wait before anything is done for them: the first for the
	 * first time, the second for the second, and so on. Probes and the connect portal are
	 * spared.
	 * @param delays how long
	 */
	public void delayNext(Duration... delays) {
		this.state.faults.delay(delays);
	}

	/**
	 * Keep every request to a path waiting until told otherwise.
	 * @param path the path, percent-encoded as in the request; with {@code *} at its end,
	 * every path that begins so
	 * @return lets the requests go on
	 */
	public PlatformHold hold(String path) {
		return this.state.faults.hold(PathFilter.of(path));
	}

	/**
	 * Let nothing go wrong any more that has not yet; held requests go on.
	 */
	public void clearFaults() {
		this.state.faults.clear();
	}

	/**
	 * Return the requests that reached the platform, the latest 10,000 of them.
	 * @return the requests, in the order of their arrival; secrets in them are masked
	 */
	public List<RecordedRequest> requests() {
		return this.state.requests.all(PathFilter.ALL);
	}

	/**
	 * Return the requests that reached a path.
	 * @param path the path, percent-encoded as in the request; with {@code *} at its end,
	 * every path that begins so
	 * @return the requests, in the order of their arrival; secrets in them are masked
	 */
	public List<RecordedRequest> requests(String path) {
		return this.state.requests.all(PathFilter.of(path));
	}

	/**
	 * Return how many requests reached a path.
	 * @param path the path, percent-encoded as in the request; with {@code *} at its end,
	 * every path that begins so
	 * @return the number of requests since the last {@link #clearRequests()}
	 */
	public int requestCount(String path) {
		return this.state.requests.count(PathFilter.of(path));
	}

	/**
	 * Wait until requests have reached a path.
	 * @param path the path, percent-encoded as in the request; with {@code *} at its end,
	 * every path that begins so
	 * @param count how many, at least
	 * @param timeout how long to wait for them
	 * @throws AssertionError if they do not arrive in time
	 */
	public void awaitRequests(String path, int count, Duration timeout) {
		this.state.requests.await(PathFilter.of(path), count, timeout);
	}

	/**
	 * Forget the requests so far.
	 */
	public void clearRequests() {
		this.state.requests.clear();
	}

	/**
	 * Emit an event.
	 * @param kind what happened, known to anybody or not
	 * @param fields what else its payload holds; a field {@code id} takes the place of
	 * the payload's own
	 * @return the event
	 */
	public PlatformEvent emit(String kind, Map<String, ?> fields) {
		return this.state.events.emit(kind, fields);
	}

	/**
	 * Call something with every event, in their order. It must not block.
	 * @param listener what to call
	 */
	public void onEvent(Consumer<PlatformEvent> listener) {
		this.state.events.onEvent(listener);
	}

	/**
	 * Emit events about connections under their older names too, or do not.
	 * @param legacyAliases whether the older names are sent as well
	 */
	public void legacyAliases(boolean legacyAliases) {
		this.state.events.legacyAliases(legacyAliases);
	}

	/**
	 * Return how many event streams are open.
	 * @return the number of streams
	 */
	public int openStreams() {
		return this.state.events.openStreams();
	}

	/**
	 * Wait until a number of event streams is open.
	 * @param count how many, exactly
	 * @param timeout how long to wait
	 * @throws AssertionError if it does not come to that in time
	 */
	public void awaitStreams(int count, Duration timeout) {
		this.state.events.awaitStreams(count, timeout);
	}

	/**
	 * Wait until every stream that is not paused has taken everything.
	 * @param timeout how long to wait
	 * @throws AssertionError if it does not come to that in time
	 */
	public void awaitDrained(Duration timeout) {
		this.state.events.awaitDrained(timeout);
	}

	/**
	 * Return how many streams were cut off because their readers were too slow.
	 * @return the number of streams
	 */
	public int overflownStreams() {
		return this.state.events.overflows();
	}

	/**
	 * Close the connection of every event stream in the middle of the answer.
	 */
	public void dropStreams() {
		this.state.events.each(EventStream::drop);
	}

	/**
	 * Reset the connection of every event stream.
	 */
	public void resetStreams() {
		this.state.events.each(EventStream::reset);
	}

	/**
	 * End every event stream as HTTP ends an answer.
	 */
	public void endStreams() {
		this.state.events.each(EventStream::end);
	}

	/**
	 * Drop every event stream, those there are and the next ones too, once one of them
	 * has sent a number of events more. It happens once.
	 * @param events how many, at least 1
	 */
	public void dropStreamsAfter(int events) {
		Assert.isTrue(events >= 1, "'events' must be at least 1");
		this.state.events.dropAfter(events);
	}

	/**
	 * Send nothing to the streams that are open, not even heartbeats, until
	 * {@link #resumeStreams()}.
	 */
	public void pauseStreams() {
		this.state.events.each(EventStream::pause);
	}

	/**
	 * Send what was kept back by {@link #pauseStreams()}, and go on.
	 */
	public void resumeStreams() {
		this.state.events.each(EventStream::resume);
	}

	/**
	 * Forget the streams that are open but leave their connections as they are, as when a
	 * network goes away without a word: nothing more comes, and nobody says so.
	 */
	public void halfOpenStreams() {
		this.state.events.each(EventStream::abandon);
	}

	/**
	 * Send event streams slowly, those there are and the next ones too.
	 * @param bytes how many bytes at once
	 * @param every how long to wait in between
	 */
	public void dripStreams(int bytes, Duration every) {
		Assert.isTrue(bytes >= 1, "'bytes' must be at least 1");
		this.state.events.drip(new EventStream.Drip(bytes, every));
	}

	/**
	 * Send event streams at full speed again.
	 */
	public void stopDripping() {
		this.state.events.drip(null);
	}

	/**
	 * Send any bytes to every open stream, as they are.
	 * @param bytes the bytes
	 */
	public void sendRaw(byte[] bytes) {
		this.state.events.sendRaw(bytes.clone());
	}

	/**
	 * Send any text to every open stream, as it is.
	 * @param text the text, sent as UTF-8
	 */
	public void sendRaw(String text) {
		sendRaw(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Send a heartbeat to every open stream, besides those that come by themselves.
	 */
	public void sendHeartbeat() {
		this.state.events.each(EventStream::ping);
	}

	/**
	 * Send the latest events once more to every open stream.
	 * @param events how many
	 */
	public void redeliver(int events) {
		this.state.events.redeliver(events);
	}

	/**
	 * Forget the events so far, so that none of them is replayed.
	 */
	public void forgetHistory() {
		this.state.events.forgetHistory();
	}

	/**
	 * Refuse new event streams until {@link #acceptStreams()}.
	 * @param status the status to refuse them with; one below 400 has no body
	 */
	public void rejectStreams(int status) {
		rejectStreams(status, null);
	}

	/**
	 * Refuse new event streams until {@link #acceptStreams()}.
	 * @param status the status to refuse them with; one below 400 has no body
	 * @param retryAfter the time the platform asks to wait, in whole seconds, or
	 * {@code null}
	 */
	public void rejectStreams(int status, @Nullable Duration retryAfter) {
		String code = (status == 429) ? "rate_limit_sse_streams" : null;
		this.state.events
			.reject(new Refusal(status, code, "The simulator was told to answer " + status).retryAfter(retryAfter));
	}

	/**
	 * Accept event streams again.
	 */
	public void acceptStreams() {
		this.state.events.reject(null);
	}

	/**
	 * Send a signed webhook for every event from now on.
	 * @param url where to, or {@code null} for nowhere
	 */
	public void sendWebhooksTo(@Nullable URI url) {
		this.webhooks.url(url);
	}

	/**
	 * Send a signed webhook.
	 * @param id the id of the event
	 * @param type what it tells of
	 * @param data its data
	 * @throws IllegalStateException if it is not known where to
	 */
	public void sendWebhook(String id, String type, Map<String, ?> data) {
		this.webhooks.send(id, type, data);
	}

	/**
	 * Wait until every webhook is delivered, or given up after three attempts.
	 * @param timeout how long to wait
	 * @throws AssertionError if it does not come to that in time
	 */
	public void awaitWebhooks(Duration timeout) {
		this.webhooks.await(timeout);
	}

	/**
	 * Return the webhooks delivered or given up so far, the latest 1,000 of them.
	 * @return the deliveries, in their order
	 */
	public List<PlatformDelivery> webhookDeliveries() {
		return this.webhooks.deliveries();
	}

	/**
	 * Stop listening and close every connection, until {@link #restart()}: the platform
	 * is down.
	 */
	public void stop() {
		this.lifecycle.lock();
		try {
			PlatformServer server = this.server;
			this.server = null;
			if (server != null) {
				server.stop();
			}
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	/**
	 * Start again on the same ports. Everything is known as before, the last events among
	 * it.
	 */
	public void restart() {
		this.lifecycle.lock();
		try {
			Assert.state(!this.closed, "The platform was closed: start another one");
			stop();
			this.server = PlatformServer.start(this.state, this.loops, this.scheduler, this.ports);
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	/**
	 * Start again on the same ports, with no event to replay. Connections, tokens and
	 * balance are as before.
	 */
	public void restartWithoutHistory() {
		this.lifecycle.lock();
		try {
			stop();
			forgetHistory();
			restart();
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	/**
	 * End the platform and its threads. Closing it again does nothing.
	 */
	@Override
	public void close() {
		this.lifecycle.lock();
		try {
			if (this.closed) {
				return;
			}
			this.closed = true;
			clearFaults();
			stop();
			this.webhooks.stop();
			this.loops.disposeLater(Duration.ZERO, CLOSE_TIMEOUT).block(CLOSE_TIMEOUT.multipliedBy(2));
		}
		finally {
			this.lifecycle.unlock();
		}
	}

	@Override
	public String toString() {
		return "VendoPlatform[" + baseUrl() + "]";
	}

	/**
	 * Settings of a platform.
	 *
	 * @since 0.1.0
	 */
	public static final class Builder {

		String apiKey = Secrets.key();

		String webhookSecret = Secrets.webhookSecret();

		Clock clock = Clock.systemUTC();

		Duration heartbeat = Duration.ofSeconds(25);

		int streamBuffer = 10_000;

		boolean legacyAliases;

		@Nullable Duration tokenLifetime = Duration.ofHours(1);

		boolean freshTokens;

		boolean rateLimits = true;

		long balance = 12_500_000;

		long lowBalance = 1_000_000;

		int port;

		private Builder() {
		}

		/**
		 * Set the application key. It is a random one unless set.
		 * @param apiKey {@code vendo_sk_} and 32 characters
		 * @return this builder
		 */
		public Builder apiKey(String apiKey) {
			this.apiKey = Secrets.requireKey(apiKey);
			return this;
		}

		/**
		 * Set what webhooks are signed with. It is a random one unless set.
		 * @param webhookSecret the secret
		 * @return this builder
		 */
		public Builder webhookSecret(String webhookSecret) {
			Assert.hasText(webhookSecret, "'webhookSecret' must not be blank");
			this.webhookSecret = webhookSecret;
			return this;
		}

		/**
		 * Set the clock: of tokens' lives, timestamps, rate limits and days. Heartbeats
		 * and delays take real time.
		 * @param clock the clock, the system's unless set
		 * @return this builder
		 */
		public Builder clock(Clock clock) {
			this.clock = clock;
			return this;
		}

		/**
		 * Set how often a stream gets a heartbeat.
		 * @param heartbeat how often, every 25 seconds unless set
		 * @return this builder
		 */
		public Builder heartbeat(Duration heartbeat) {
			Assert.isTrue(!heartbeat.isNegative() && !heartbeat.isZero(), "'heartbeat' must be longer than nothing");
			this.heartbeat = heartbeat;
			return this;
		}

		/**
		 * Set how much may wait for a slow reader of a stream before it is cut off.
		 * @param events how many events, 10,000 unless set
		 * @return this builder
		 */
		public Builder streamBuffer(int events) {
			Assert.isTrue(events >= 1, "'events' must be at least 1");
			this.streamBuffer = events;
			return this;
		}

		/**
		 * Set whether events about connections come under their older names too.
		 * @param legacyAliases whether they do; not unless set
		 * @return this builder
		 */
		public Builder legacyAliases(boolean legacyAliases) {
			this.legacyAliases = legacyAliases;
			return this;
		}

		/**
		 * Set how long tokens work.
		 * @param tokenLifetime how long, one hour unless set; {@code null} for tokens
		 * without an end
		 * @return this builder
		 */
		public Builder tokenLifetime(@Nullable Duration tokenLifetime) {
			this.tokenLifetime = tokenLifetime;
			return this;
		}

		/**
		 * Set whether every request to the credentials worker gets a token of its own.
		 * @param freshTokens whether it does; not unless set
		 * @return this builder
		 */
		public Builder freshTokens(boolean freshTokens) {
			this.freshTokens = freshTokens;
			return this;
		}

		/**
		 * Set whether the documented rate limits are enforced.
		 * @param rateLimits whether they are; so unless set
		 * @return this builder
		 */
		public Builder rateLimits(boolean rateLimits) {
			this.rateLimits = rateLimits;
			return this;
		}

		/**
		 * Set the balance.
		 * @param micros in millionths of a US dollar, 12,500,000 unless set
		 * @return this builder
		 */
		public Builder balance(long micros) {
			this.balance = micros;
			return this;
		}

		/**
		 * Set at which balance it is called low.
		 * @param micros in millionths of a US dollar, 1,000,000 unless set
		 * @return this builder
		 */
		public Builder lowBalance(long micros) {
			this.lowBalance = micros;
			return this;
		}

		/**
		 * Set the port of the API and the connect portal, so that people find it.
		 * @param port the port, or 0 for a free one as the others have
		 * @return this builder
		 */
		public Builder port(int port) {
			Assert.isTrue(port >= 0 && port <= 65535, "'port' must be between 0 and 65535");
			this.port = port;
			return this;
		}

		/**
		 * Start the platform.
		 * @return a new platform
		 * @throws IllegalStateException if a port is taken
		 */
		public VendoPlatform start() {
			return new VendoPlatform(this);
		}

	}

}
