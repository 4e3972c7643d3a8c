package run.vendo.http;

import io.netty.channel.EventLoopGroup;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;

/**
 * A connector over Reactor Netty for programs without Spring Boot.
 */
final class ReactorNettyConnector implements VendoConnector {

	private final ConnectionProvider connectionProvider;

	private final HttpClient httpClient;

	private final EventLoopGroup threads;

	private final ClientHttpConnector connector;

	ReactorNettyConnector(ConnectorSettings settings) {
		this.connectionProvider = ReactorNettyClients.connectionProvider(settings);
		HttpClient client = HttpClient.create(this.connectionProvider).compress(true).proxyWithSystemProperties();
		this.httpClient = ReactorNettyClients.configure(client, settings);
		this.threads = ReactorNettyClients.threads(this.httpClient);
		this.connector = new ReactorClientHttpConnector(this.httpClient);
	}

	@Override
	public ClientHttpConnector clientConnector() {
		return this.connector;
	}

	@Override
	public ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
		ReactorClientHttpRequestFactory factory = new ReactorClientHttpRequestFactory(this.httpClient);
		factory.setReadTimeout(timeouts.response());
		return factory;
	}

	@Override
	public boolean isOutlived() {
		return this.threads.isShuttingDown();
	}

	@Override
	public void close() {
		ReactorNettyClients.dispose(this.connectionProvider);
	}

}
