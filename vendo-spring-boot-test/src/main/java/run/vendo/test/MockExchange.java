package run.vendo.test;

import java.io.IOException;
import java.net.URI;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.http.HttpTimeouts;
import run.vendo.http.VendoConnector;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeStrategies;

/**
 * What stands where the network would be: hands requests of both of Spring's clients to
 * the state of a mock.
 */
final class MockExchange implements ExchangeFunction, VendoConnector {

	private static final ExchangeStrategies STRATEGIES = ExchangeStrategies.withDefaults();

	private final MockState state;

	MockExchange(MockState state) {
		this.state = state;
	}

	@Override
	public Mono<ClientResponse> exchange(ClientRequest request) {
		if (MockState.isEvents(request.method(), request.url())) {
			return Mono.fromSupplier(() -> ClientResponse.create(HttpStatusCode.valueOf(200), STRATEGIES)
				.headers((headers) -> headers.setContentType(MediaType.TEXT_EVENT_STREAM))
				.body(this.state.events().bytes())
				.build());
		}
		return write(request).map((written) -> {
			MockAnswer answer = this.state.exchange(request.method(), request.url(), written.headers(), written.body());
			return ClientResponse.create(HttpStatusCode.valueOf(answer.status()), STRATEGIES)
				.headers((headers) -> headers.putAll(answer.headers()))
				.body(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(answer.body())))
				.build();
		});
	}

	/**
	 * Return what a request would send.
	 * @param request the request
	 * @return its headers and its body
	 */
	static Mono<Written> write(ClientRequest request) {
		var written = new org.springframework.mock.http.client.reactive.MockClientHttpRequest(request.method(),
				request.url());
		return request.writeTo(written, STRATEGIES)
			.then(Mono.defer(() -> DataBufferUtils.join(written.getBody())))
			.map((buffer) -> {
				byte[] bytes = new byte[buffer.readableByteCount()];
				buffer.read(bytes);
				DataBufferUtils.release(buffer);
				return bytes;
			})
			.defaultIfEmpty(new byte[0])
			.map((bytes) -> new Written(written.getHeaders(), bytes));
	}

	// Never asked: whoever has an exchange function needs no connector.
	@Override
	public ClientHttpConnector clientConnector() {
		return (method, uri, callback) -> Mono.error(() -> new IllegalStateException("A mock opens no connection"));
	}

	@Override
	public ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
		return this::createRequest;
	}

	private MockClientHttpRequest createRequest(URI uri, HttpMethod method) {
		return new MockClientHttpRequest(method, uri) {

			@Override
			protected ClientHttpResponse executeInternal() throws IOException {
				MockAnswer answer = MockExchange.this.state.exchange(getMethod(), getURI(), getHeaders(),
						getBodyAsBytes());
				MockClientHttpResponse response = new MockClientHttpResponse(answer.body(), answer.status());
				response.getHeaders().putAll(answer.headers());
				return response;
			}

		};
	}

	@Override
	public void close() {
	}

	/**
	 * What a request would send.
	 *
	 * @param headers its headers, those that its body brought among them
	 * @param body its body, empty when there is none
	 */
	record Written(HttpHeaders headers, byte[] body) {

	}

}
