package run.vendo.http;

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

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The connections of one client and of all that were derived from it. Opened by the first
 * call, so that building a client costs nothing; closed with the last client.
 */
final class Transport {

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
		ClientHttpRequestFactory requestFactory = this.requests.connector.obtain().requestFactory(timeouts);
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
		last.forEach(VendoConnector::close);
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
	 * One connector and the client over it, made when first needed.
	 */
	private final class Connections {

		private final VendoConnectorFactory factory;

		private final ConnectorSettings settings;

		private final SingletonSupplier<VendoConnector> connector;

		private final SingletonSupplier<WebClient> webClient;

		private @Nullable VendoConnector open;

		Connections(VendoConnectorFactory factory, ConnectorSettings settings,
				Supplier<WebClient.Builder> webClientBuilder, int maxBodySize) {
			this.factory = factory;
			this.settings = settings;
			this.connector = SingletonSupplier.of(this::connect);
			this.webClient = SingletonSupplier.of(() -> traced(webClientBuilder.get().clone())
				.clientConnector(this.connector.obtain().clientConnector())
				.filter(Observed::masked)
				.codecs((codecs) -> {
					codecs.defaultCodecs().maxInMemorySize(maxBodySize);
					// What the application wants to see of its own requests: here every
					// one carries a secret.
					codecs.defaultCodecs().enableLoggingRequestDetails(false);
				})
				.build());
		}

		private WebClient.Builder traced(WebClient.Builder builder) {
			return Transport.this.instrumentation.propagate() ? builder : TraceHeaders.kept(builder);
		}

		// A call may come to this point after the last client was closed; connections
		// opened then would stay open.
		private VendoConnector connect() {
			synchronized (Transport.this) {
				if (Transport.this.users == 0) {
					throw VendoHttp.closedException();
				}
				VendoConnector connector = this.factory.create(this.settings);
				this.open = connector;
				return connector;
			}
		}

		private void addOpenTo(List<VendoConnector> connectors) {
			if (this.open != null) {
				connectors.add(this.open);
			}
		}

	}

}
