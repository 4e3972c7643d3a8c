package run.vendo.http;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * The way to the network: an HTTP library with connections of its own. A connector does
 * not follow redirects, does not repeat requests and sets no read timeout: the exchange
 * path above it does these things.
 *
 * @since 0.1.0
 * @see VendoConnectorFactory
 */
public interface VendoConnector extends AutoCloseable {

	/**
	 * Return the connector for {@code WebClient}.
	 * @return the same connector at every call
	 */
	ClientHttpConnector clientConnector();

	/**
	 * Return a request factory for {@code RestClient}, with timeouts like those of the
	 * client. It is asked for by every session, so it must not open an HTTP client each
	 * time.
	 * @param timeouts the timeouts to apply
	 * @return a request factory
	 */
	ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts);

	/**
	 * Return whether another connector has to take the place of this one, because what it
	 * runs on has ended under it: the threads of Reactor Netty, for example, end with the
	 * application context. The client then asks its factory for another one and closes
	 * this one. Asked before every request, so it must not wait for anything.
	 * @return whether no connection can be opened any more, and another connector could
	 */
	default boolean isOutlived() {
		return false;
	}

	/**
	 * Close the connections. Does nothing when they are closed already.
	 */
	@Override
	void close();

}
