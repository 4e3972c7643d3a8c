package run.vendo.http;

import java.net.http.HttpClient;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;

/**
 * A connector over the JDK's own HTTP client, for class paths without Reactor Netty.
 */
final class JdkConnector implements VendoConnector {

	private final HttpClient httpClient;

	private final ClientHttpConnector connector;

	JdkConnector(ConnectorSettings settings) {
		this.httpClient = HttpClient.newBuilder()
			.connectTimeout(settings.connectTimeout())
			.followRedirects(HttpClient.Redirect.NEVER)
			.build();
		this.connector = (settings.pool() != null) ? new JdkClientHttpConnector(this.httpClient)
				: new JdkStreamConnector(this.httpClient);
	}

	@Override
	public ClientHttpConnector clientConnector() {
		return this.connector;
	}

	@Override
	public ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
		JdkClientHttpRequestFactory factory = new JdkClientHttpRequestFactory(this.httpClient);
		factory.setReadTimeout(timeouts.response());
		return factory;
	}

	// The JDK closes idle connections and ends its threads once the client is
	// unreachable; before JDK 21 there is
	// no other way.
	@Override
	public void close() {
	}

}
