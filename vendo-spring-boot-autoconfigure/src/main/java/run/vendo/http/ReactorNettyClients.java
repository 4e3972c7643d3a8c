package run.vendo.http;

import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.netty.http.HttpResources;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Makes Reactor Netty's part of a connector. Apart from the rest so that nothing else
 * needs Reactor Netty to load.
 *
 * @since 0.1.0
 */
public final class ReactorNettyClients {

	private static final Log logger = LogFactory.getLog(ReactorNettyClients.class);

	private ReactorNettyClients() {
	}

	/**
	 * Create a connection pool.
	 * @param settings name and limits of the pool
	 * @return a new pool, which the caller disposes of
	 */
	public static ConnectionProvider connectionProvider(ConnectorSettings settings) {
		ConnectionPool pool = settings.pool();
		if (pool == null) {
			return ConnectionProvider.newConnection();
		}
		return ConnectionProvider.builder(settings.name())
			.maxConnections(pool.maxConnections())
			.pendingAcquireMaxCount(pool.maxPending())
			.pendingAcquireTimeout(pool.acquireTimeout())
			.maxIdleTime(pool.maxIdleTime())
			.maxLifeTime(pool.maxLifeTime())
			.evictInBackground(pool.evictionInterval())
			.build();
	}

	/**
	 * Dispose of a connection pool, also of one whose threads have ended: its connections
	 * can be given up then, but not closed in order.
	 * @param connectionProvider the pool
	 */
	public static void dispose(ConnectionProvider connectionProvider) {
		connectionProvider.disposeLater().subscribe((nothing) -> {
		}, (failure) -> logger.debug("Connections were given up that could not be closed", failure));
	}

	/**
	 * Apply what every Vendo client needs. Reactor Netty repeats a request by itself when
	 * a kept connection turns out to be dead; it is told not to, because repeats are
	 * counted and paid for one layer up.
	 * @param client the client to adjust
	 * @param settings what to adjust it to
	 * @return the adjusted client
	 */
	public static HttpClient configure(HttpClient client, ConnectorSettings settings) {
		return client.disableRetry(true)
			.followRedirect(false)
			// It takes an announcement for the answer; the next call on the connection
			// must not take the answer for its own.
			.doOnResponse((response, connection) -> {
				if (response.status().code() < 200) {
					connection.markPersistent(false);
				}
			})
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(settings.connectTimeout().toMillis()));
	}

	/**
	 * Let a client run on threads that live. Those that the process shares are ended by
	 * whichever application context closes first, and others take their place; a client
	 * that was told of the former does not hear of it.
	 * @param client the client
	 * @return the client, on the present threads of the process where its own were those
	 * and have ended
	 */
	public static HttpClient onLiveThreads(HttpClient client) {
		LoopResources own = client.configuration().loopResources();
		boolean ended = own.isDisposed() || threads(client).isShuttingDown();
		return (ended && own instanceof HttpResources)
				? client.runOn(HttpResources.get(), client.configuration().isPreferNative()) : client;
	}

	/**
	 * Return the threads themselves: what they are kept in may be replaced while they
	 * live, and asked after their end it may make others. Those that are not there yet
	 * are made.
	 * @param client the client
	 * @return what its connections run on
	 */
	public static EventLoopGroup threads(HttpClient client) {
		return client.configuration().loopResources().onClient(client.configuration().isPreferNative());
	}

}
