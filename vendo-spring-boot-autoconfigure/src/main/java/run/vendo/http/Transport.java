package run.vendo.http;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The connections of one client and of all that were derived from it. Opened by the first
 * call, so that building a client costs nothing; closed with the last client.
 */
final class Transport {

	private static final Log logger = LogFactory.getLog(Transport.class);

	private final Connections requests;

	private final Connections streams;

	private final Map<String, RateLimit> rateLimits = new ConcurrentHashMap<>();

	private final Map<LimitedCaller, CallLimiter> limiters = new ConcurrentHashMap<>();

	private final ClientInstrumentation instrumentation;

	private volatile @Nullable Unbounded unbounded;

	private int users = 1;

	Transport(VendoConnectorFactory connectorFactory, Duration connectTimeout, ConnectionPool pool,
			Supplier<WebClient.Builder> webClientBuilder, int maxBodySize, ClientInstrumentation instrumentation) {
		this.instrumentation = instrumentation;
		if (!instrumentation.propagate()) {
			TraceHeaders.watch(instrumentation.registry());
		}
		this.requests = new Connections(connectorFactory, new ConnectorSettings("vendo", connectTimeout, pool),
				webClientBuilder, maxBodySize);
		// A stream keeps its connection for good: it must not take one from the pool.
		this.streams = new Connections(connectorFactory, new ConnectorSettings("vendo-events", connectTimeout, null),
				webClientBuilder, maxBodySize);
	}

	WebClient webClient() {
		return this.requests.webClient.obtain();
	}

	WebClient streamClient() {
		return this.streams.webClient.obtain();
	}

	RestClient.Builder restClient(HttpTimeouts timeouts) {
		ClientHttpRequestFactory requestFactory = this.requests.requestFactory(timeouts);
		RestClient.Builder builder = Observed.masked(RestClient.builder().requestFactory(requestFactory),
				this.instrumentation.registry());
		return this.instrumentation.propagate() ? builder : TraceHeaders.kept(builder);
	}

	ClientInstrumentation instrumentation() {
		return this.instrumentation;
	}

	/**
	 * Return strategies that read bodies of any length. Bodies are bounded when they are
	 * read; the codecs belong to the connections, which clients with another bound may
	 * share.
	 * @param strategies the strategies of these connections
	 * @return the same without a bound
	 */
	ExchangeStrategies unbounded(ExchangeStrategies strategies) {
		Unbounded known = this.unbounded;
		if (known == null || known.origin() != strategies) {
			known = new Unbounded(strategies,
					strategies.mutate().codecs((codecs) -> codecs.defaultCodecs().maxInMemorySize(-1)).build());
			this.unbounded = known;
		}
		return known.strategies();
	}

	synchronized void share() {
		if (this.users == 0) {
			throw VendoHttp.closedException();
		}
		this.users++;
	}

	void release() {
		List<VendoConnector> last = new ArrayList<>();
		synchronized (this) {
			this.users--;
			if (this.users == 0) {
				this.requests.addOpenTo(last);
				this.streams.addOpenTo(last);
			}
		}
		RuntimeException failure = null;
		for (VendoConnector connector : last) {
			try {
				connector.close();
			}
			catch (RuntimeException ex) {
				// The other one has to be closed all the same.
				if (failure == null) {
					failure = ex;
				}
				else if (failure != ex) {
					failure.addSuppressed(ex);
				}
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

	void sawRateLimit(URI uri, HttpHeaders headers, java.time.Clock clock) {
		if (headers.containsHeader("RateLimit-Remaining") || headers.containsHeader("X-RateLimit-Remaining")
				|| headers.containsHeader("RateLimit-Limit") || headers.containsHeader("X-RateLimit-Limit")) {
			RateLimit limit = RateLimit.from(headers, clock.instant());
			if (limit != null) {
				this.rateLimits.put(uri.getHost().toLowerCase(Locale.ROOT), limit);
				this.rateLimits.put(hostAndPort(uri), limit);
			}
		}
	}

	Optional<RateLimit> rateLimit(URI uri) {
		return Optional.ofNullable(this.rateLimits.get(hostAndPort(uri)));
	}

	/**
	 * Return what a host last said.
	 * @param host the host, with a port or for all its ports
	 */
	Optional<RateLimit> rateLimit(String host) {
		return Optional.ofNullable(this.rateLimits.get(host.toLowerCase(Locale.ROOT)));
	}

	private static String hostAndPort(URI uri) {
		int port = (uri.getPort() != -1) ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
		return uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
	}

	/**
	 * Return what spaces the calls of all clients of a platform that share these
	 * connections: its limits are for the address that calls come from, whichever client
	 * makes them. Clients with connections of their own are not known here.
	 */
	CallLimiter limiter(URI platform, Scheduler scheduler) {
		String origin = (platform.getScheme() + "://" + platform.getRawAuthority()).toLowerCase(Locale.ROOT);
		return this.limiters.computeIfAbsent(new LimitedCaller(origin, scheduler),
				(caller) -> new CallLimiter(scheduler));
	}

	static RetryBudget budget(RetryPolicy retry, Scheduler scheduler) {
		return new RetryBudget(retry.budget(), () -> scheduler.now(TimeUnit.NANOSECONDS));
	}

	/**
	 * Those whose calls count together.
	 *
	 * @param platform the platform they call
	 * @param scheduler what tells them the time
	 */
	private record LimitedCaller(String platform, Scheduler scheduler) {

	}

	/**
	 * Strategies without a bound.
	 *
	 * @param origin what they were made from
	 * @param strategies the strategies
	 */
	private record Unbounded(ExchangeStrategies origin, ExchangeStrategies strategies) {

	}

	/**
	 * One connector and the client over it, made when first needed. Clients that others
	 * hold go on over another connector when this one is outlived.
	 */
	private final class Connections {

		private final VendoConnectorFactory factory;

		private final ConnectorSettings settings;

		private final SingletonSupplier<WebClient> webClient;

		private volatile @Nullable VendoConnector open;

		Connections(VendoConnectorFactory factory, ConnectorSettings settings,
				Supplier<WebClient.Builder> webClientBuilder, int maxBodySize) {
			this.factory = factory;
			this.settings = settings;
			this.webClient = SingletonSupplier
				.of(() -> traced(webClientBuilder.get().clone()).clientConnector(clientConnector())
					.filter(Observed::masked)
					.codecs((codecs) -> {
						codecs.defaultCodecs().maxInMemorySize(maxBodySize);
						// Of its own requests the application may want to see all. Each
						// of these carries a secret.
						codecs.defaultCodecs().enableLoggingRequestDetails(false);
					})
					.build());
		}

		private WebClient.Builder traced(WebClient.Builder builder) {
			return Transport.this.instrumentation.propagate() ? builder : TraceHeaders.kept(builder);
		}

		// Made once before it is needed, so that what is wrong with the settings is no
		// failure of a request.
		private ClientHttpConnector clientConnector() {
			connector();
			return (method, uri, requestCallback) -> connector().clientConnector()
				.connect(method, uri, requestCallback);
		}

		ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
			return new RequestFactory(this, timeouts);
		}

		private VendoConnector connector() {
			VendoConnector connector = this.open;
			return (connector != null && !connector.isOutlived()) ? connector : connect();
		}

		// A call may come to this point after the last client was closed; connections
		// opened then would stay open.
		private VendoConnector connect() {
			VendoConnector former;
			VendoConnector connector;
			synchronized (Transport.this) {
				former = this.open;
				if (former != null && !former.isOutlived()) {
					return former;
				}
				if (Transport.this.users == 0) {
					throw VendoHttp.closedException();
				}
				connector = this.factory.create(this.settings);
				this.open = connector;
			}
			if (former != null) {
				close(former);
			}
			return connector;
		}

		private static void close(VendoConnector former) {
			try {
				former.close();
			}
			catch (RuntimeException ex) {
				// Not the fault of the call that happens to need another.
				logger.debug("A connector whose threads have ended could not be closed", ex);
			}
		}

		private void addOpenTo(List<VendoConnector> connectors) {
			VendoConnector connector = this.open;
			if (connector != null) {
				connectors.add(connector);
			}
		}

	}

	/**
	 * Makes the requests of blocking code over whichever connector is the present one.
	 */
	private static final class RequestFactory implements ClientHttpRequestFactory {

		private final Connections connections;

		private final HttpTimeouts timeouts;

		private volatile Made made;

		RequestFactory(Connections connections, HttpTimeouts timeouts) {
			this.connections = connections;
			this.timeouts = timeouts;
			VendoConnector connector = connections.connector();
			this.made = new Made(connector, connector.requestFactory(timeouts));
		}

		@Override
		public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
			VendoConnector connector = this.connections.connector();
			Made made = this.made;
			if (made.connector() != connector) {
				made = new Made(connector, connector.requestFactory(this.timeouts));
				this.made = made;
			}
			return made.factory().createRequest(uri, method);
		}

		/**
		 * What a connector has made.
		 *
		 * @param connector the connector
		 * @param factory makes requests over its connections
		 */
		private record Made(VendoConnector connector, ClientHttpRequestFactory factory) {

		}

	}

}
