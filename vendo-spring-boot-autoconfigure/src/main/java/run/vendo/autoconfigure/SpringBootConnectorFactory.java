package run.vendo.autoconfigure;

import java.net.ConnectException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import io.netty.channel.EventLoopGroup;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

import run.vendo.http.ConnectorSettings;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.JdkStreamConnector;
import run.vendo.http.ReactorNettyClients;
import run.vendo.http.VendoConnector;
import run.vendo.http.VendoConnectorFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.util.Assert;

/**
 * Makes connectors the way the application has told Spring Boot to make them: library,
 * SSL bundle, proxy and other customizations. Asks for them at the first call.
 * <p>
 * The threads of Reactor Netty end when the context stops and there are others when it
 * starts again, to which a client that Spring Boot has made does not move by itself. So
 * connectors whose threads have ended are replaced, but only while the context runs: to
 * ask for threads in between would bring back some that nobody ends.
 */
final class SpringBootConnectorFactory implements VendoConnectorFactory, SmartLifecycle {

	private static final Log logger = LogFactory.getLog(SpringBootConnectorFactory.class);

	private static final String STOPPED = "The application context is stopped";

	private final ObjectProvider<ClientHttpConnectorBuilder<?>> connectorBuilder;

	private final ObjectProvider<ClientHttpRequestFactoryBuilder<?>> requestFactoryBuilder;

	private final ObjectProvider<HttpClientSettings> settings;

	private final @Nullable SslBundle sslBundle;

	/** Calls that are made before the context has started find it running. */
	private volatile boolean running = true;

	SpringBootConnectorFactory(ObjectProvider<ClientHttpConnectorBuilder<?>> connectorBuilder,
			ObjectProvider<ClientHttpRequestFactoryBuilder<?>> requestFactoryBuilder,
			ObjectProvider<HttpClientSettings> settings, @Nullable SslBundle sslBundle) {
		this.connectorBuilder = connectorBuilder;
		this.requestFactoryBuilder = requestFactoryBuilder;
		this.settings = settings;
		this.sslBundle = sslBundle;
	}

	@Override
	public VendoConnector create(ConnectorSettings settings) {
		ClientHttpConnectorBuilder<?> builder = this.connectorBuilder
			.getIfAvailable(ClientHttpConnectorBuilder::detect);
		HttpClientSettings httpClientSettings = this.settings.getIfAvailable(HttpClientSettings::defaults)
			.withRedirects(HttpRedirects.DONT_FOLLOW)
			.withConnectTimeout(settings.connectTimeout())
			.withReadTimeout(null);
		if (this.sslBundle != null) {
			httpClientSettings = httpClientSettings.withSslBundle(this.sslBundle);
		}
		ClientHttpRequestFactoryBuilder<?> factoryBuilder = this.requestFactoryBuilder
			.getIfAvailable(ClientHttpRequestFactoryBuilder::detect);
		if (builder instanceof ReactorClientHttpConnectorBuilder reactor) {
			return ReactorNetty.create(reactor, factoryBuilder, httpClientSettings, settings, this::isRunning);
		}
		if (builder instanceof JdkClientHttpConnectorBuilder jdk && settings.pool() == null) {
			return new SpringBootConnector(streamConnector(jdk, httpClientSettings), factoryBuilder, httpClientSettings,
					null, () -> false);
		}
		return new SpringBootConnector(builder.build(httpClientSettings), factoryBuilder, httpClientSettings, null,
				() -> false);
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * A context that pauses leaves the threads alone.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/**
	 * Starts after the threads of Reactor Netty and stops before they do. So do the
	 * connectors of Spring.
	 */
	@Override
	public int getPhase() {
		return 1;
	}

	// Spring Boot keeps the HTTP client to itself, but shows what it is built with.
	private static ClientHttpConnector streamConnector(JdkClientHttpConnectorBuilder builder,
			HttpClientSettings settings) {
		AtomicReference<java.net.http.HttpClient.Builder> httpClient = new AtomicReference<>();
		builder.withHttpClientCustomizer(httpClient::set).build(settings);
		return new JdkStreamConnector(Objects.requireNonNull(httpClient.get()).build());
	}

	/**
	 * Apart from the rest so that nothing else needs Reactor Netty to load.
	 */
	private static final class ReactorNetty {

		static VendoConnector create(ReactorClientHttpConnectorBuilder builder,
				ClientHttpRequestFactoryBuilder<?> factoryBuilder, HttpClientSettings httpClientSettings,
				ConnectorSettings settings, BooleanSupplier running) {
			ConnectionProvider provider = ReactorNettyClients.connectionProvider(settings);
			AtomicReference<HttpClient> customized = new AtomicReference<>();
			ClientHttpConnector connector = builder.withHttpClientFactory(() -> create(provider))
				.withHttpClientCustomizer((client) -> {
					HttpClient live = ReactorNettyClients.onLiveThreads(client);
					customized.set(live);
					return ReactorNettyClients.configure(live, settings);
				})
				.build(httpClientSettings);
			HttpClient client = Objects.requireNonNull(customized.get());
			Threads threads = new Threads(client.configuration().loopResources(),
					client.configuration().isPreferNative(), ReactorNettyClients.threads(client), running);
			ClientHttpConnector failing = (method, uri, requestCallback) -> {
				ConnectException failure = threads.failure();
				return (failure != null) ? Mono.error(failure) : connector.connect(method, uri, requestCallback);
			};
			return new SpringBootConnector(failing, onConnectionsOf(provider, threads, factoryBuilder, settings),
					httpClientSettings, () -> ReactorNettyClients.dispose(provider), threads::areOutlived);
		}

		// Spring Boot 4.0 leaves the proxy of the JVM aside.
		private static HttpClient create(ConnectionProvider provider) {
			return HttpClient.create(provider).proxyWithSystemProperties();
		}

		private static ClientHttpRequestFactoryBuilder<?> onConnectionsOf(ConnectionProvider provider, Threads threads,
				ClientHttpRequestFactoryBuilder<?> builder, ConnectorSettings settings) {
			if (!(builder instanceof ReactorClientHttpRequestFactoryBuilder reactor)) {
				return builder;
			}
			ReactorClientHttpRequestFactoryBuilder own = reactor.withHttpClientFactory(() -> create(provider))
				.withHttpClientCustomizer((client) -> ReactorNettyClients
					.configure(client.runOn(threads.resources(), threads.preferNative()), settings));
			return (httpClientSettings) -> {
				ClientHttpRequestFactory factory = own.build(httpClientSettings);
				return (uri, method) -> {
					ConnectException failure = threads.failure();
					if (failure != null) {
						throw failure;
					}
					return factory.createRequest(uri, method);
				};
			};
		}

		/**
		 * What serves the connections of a connector.
		 *
		 * @param resources where the threads are kept
		 * @param preferNative whether to use the transport of the operating system
		 * @param group the threads
		 * @param running whether the context runs
		 */
		private record Threads(LoopResources resources, boolean preferNative, EventLoopGroup group,
				BooleanSupplier running) {

			boolean areOutlived() {
				return this.group.isShuttingDown() && this.running.getAsBoolean();
			}

			/**
			 * Return why there is no use in a request: handed to threads that have ended,
			 * it may never be answered.
			 */
			@Nullable ConnectException failure() {
				if (!this.group.isShuttingDown()) {
					return null;
				}
				return new ConnectException(
						this.running.getAsBoolean() ? "The threads of Reactor Netty have ended" : STOPPED);
			}

		}

	}

	/**
	 * A connector that Spring Boot made. What blocking code calls with has an HTTP client
	 * of its own, so there is one for each timeout and not one for each session.
	 */
	private static final class SpringBootConnector implements VendoConnector {

		private final ClientHttpConnector clientConnector;

		private final ClientHttpRequestFactoryBuilder<?> factoryBuilder;

		private final HttpClientSettings settings;

		private final @Nullable Runnable connections;

		private final BooleanSupplier outlived;

		private final Map<Duration, ClientHttpRequestFactory> requestFactories = new HashMap<>();

		private boolean closed;

		/**
		 * Create a connector.
		 * @param clientConnector the connector for {@code WebClient}
		 * @param factoryBuilder builds request factories for {@code RestClient}
		 * @param settings what both are made from
		 * @param connections closes the connections, if they are ours to close
		 * @param outlived whether another connector has to take its place
		 */
		SpringBootConnector(ClientHttpConnector clientConnector, ClientHttpRequestFactoryBuilder<?> factoryBuilder,
				HttpClientSettings settings, @Nullable Runnable connections, BooleanSupplier outlived) {
			this.clientConnector = clientConnector;
			this.factoryBuilder = factoryBuilder;
			this.settings = settings;
			this.connections = connections;
			this.outlived = outlived;
		}

		@Override
		public ClientHttpConnector clientConnector() {
			return this.clientConnector;
		}

		@Override
		public synchronized ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
			// What is opened now would stay open.
			Assert.state(!this.closed, "The connector is closed");
			return this.requestFactories.computeIfAbsent(timeouts.response(),
					(response) -> this.factoryBuilder.build(this.settings.withReadTimeout(response)));
		}

		@Override
		public boolean isOutlived() {
			return this.outlived.getAsBoolean();
		}

		@Override
		public void close() {
			List<ClientHttpRequestFactory> open;
			synchronized (this) {
				this.closed = true;
				open = List.copyOf(this.requestFactories.values());
				this.requestFactories.clear();
			}
			open.forEach(SpringBootConnector::close);
			if (this.connections != null) {
				this.connections.run();
			}
		}

		// The JDK's client closes when it is not reachable any more.
		private static void close(ClientHttpRequestFactory requestFactory) {
			if (requestFactory instanceof DisposableBean disposable) {
				try {
					disposable.destroy();
				}
				catch (Exception ex) {
					logger.debug("The connections of a RestClient could not be closed", ex);
				}
			}
		}

	}

}
