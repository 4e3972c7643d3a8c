package run.vendo.http;

import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.reactive.AbstractClientHttpRequest;
import org.springframework.http.client.reactive.AbstractClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.util.LinkedMultiValueMap;

/**
 * Connects streams over the HTTP client of the JDK. Spring's own connector keeps a
 * connection open after its reader has gone, until the server ends it; a stream's reader
 * may go at any time. For requests without a body.
 *
 * @since 0.1.0
 */
public final class JdkStreamConnector implements ClientHttpConnector {

	private final HttpClient httpClient;

	/**
	 * Create a connector.
	 * @param httpClient what to connect with
	 */
	public JdkStreamConnector(HttpClient httpClient) {
		this.httpClient = httpClient;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		StreamRequest request = new StreamRequest(method, uri);
		return Mono.defer(() -> {
			Exchange exchange = new Exchange(request);
			return requestCallback.apply(request)
				.then(Mono.create(exchange::send))
				.map(exchange::response)
				// Last of all: what comes before could still drop the answer.
				.doOnCancel(exchange::cancel);
		});
	}

	/**
	 * A request and its answer, whose body is taken by its reader, or refused by us when
	 * the reader has gone.
	 */
	private final class Exchange {

		private final StreamRequest request;

		private final AtomicBoolean taken = new AtomicBoolean();

		private volatile boolean cancelled;

		private volatile @Nullable CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> answer;

		Exchange(StreamRequest request) {
			this.request = request;
		}

		void send(MonoSink<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> sink) {
			CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> answer = JdkStreamConnector.this.httpClient
				.sendAsync(this.request.builder.build(), HttpResponse.BodyHandlers.ofPublisher());
			this.answer = answer;
			if (this.cancelled) {
				cancel();
			}
			answer.whenComplete((response, failure) -> {
				if (failure == null) {
					sink.success(response);
				}
				else if (!this.cancelled) {
					sink.error((failure instanceof CompletionException && failure.getCause() != null)
							? failure.getCause() : failure);
				}
			});
		}

		void cancel() {
			this.cancelled = true;
			CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> answer = this.answer;
			if (answer != null && !answer.cancel(true)) {
				// It has come, and perhaps nobody has got it.
				answer.thenAccept((response) -> {
					if (this.taken.compareAndSet(false, true)) {
						response.body().subscribe(new Refusal());
					}
				});
			}
		}

		ClientHttpResponse response(HttpResponse<Flow.Publisher<List<ByteBuffer>>> response) {
			return new StreamResponse(response, Flux
				.defer(() -> this.taken.compareAndSet(false, true) ? StreamResponse.body(response) : Flux.empty()));
		}

	}

	/**
	 * Wants nothing of an answer, which closes its connection.
	 */
	private static final class Refusal implements Flow.Subscriber<List<ByteBuffer>> {

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			subscription.cancel();
		}

		@Override
		public void onNext(List<ByteBuffer> buffers) {
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onComplete() {
		}

	}

	private static final class StreamRequest extends AbstractClientHttpRequest {

		// Those that the client sets itself, and refuses to be given.
		private static final Set<String> RESTRICTED = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

		static {
			RESTRICTED.addAll(List.of("connection", "content-length", "expect", "host", "upgrade"));
		}

		private final HttpMethod method;

		private final URI uri;

		private final HttpRequest.Builder builder;

		StreamRequest(HttpMethod method, URI uri) {
			this.method = method;
			this.uri = uri;
			this.builder = HttpRequest.newBuilder(uri).method(method.name(), HttpRequest.BodyPublishers.noBody());
		}

		@Override
		public HttpMethod getMethod() {
			return this.method;
		}

		@Override
		public URI getURI() {
			return this.uri;
		}

		@Override
		public DataBufferFactory bufferFactory() {
			return DefaultDataBufferFactory.sharedInstance;
		}

		@Override
		@SuppressWarnings("unchecked")
		public <T> T getNativeRequest() {
			return (T) this.builder;
		}

		@Override
		protected void applyHeaders() {
			getHeaders().forEach((name, values) -> {
				if (!RESTRICTED.contains(name)) {
					// The client would send question marks for all that is not ASCII.
					values.stream()
						.filter(StandardCharsets.US_ASCII.newEncoder()::canEncode)
						.forEach((value) -> this.builder.header(name, value));
				}
			});
		}

		@Override
		protected void applyCookies() {
			getCookies().values()
				.stream()
				.flatMap(List::stream)
				.map((cookie) -> new HttpCookie(cookie.getName(), cookie.getValue()).toString())
				.reduce((one, other) -> one + "; " + other)
				.ifPresent((cookies) -> this.builder.header(HttpHeaders.COOKIE, cookies));
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			return Mono.error(new UnsupportedOperationException("A stream is asked for without a body"));
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			return Mono.error(new UnsupportedOperationException("A stream is asked for without a body"));
		}

		@Override
		public Mono<Void> setComplete() {
			return doCommit();
		}

	}

	private static final class StreamResponse extends AbstractClientHttpResponse {

		StreamResponse(HttpResponse<?> response, Flux<DataBuffer> body) {
			super(HttpStatusCode.valueOf(response.statusCode()), headers(response), new LinkedMultiValueMap<>(), body);
		}

		private static HttpHeaders headers(HttpResponse<?> response) {
			HttpHeaders headers = new HttpHeaders();
			response.headers().map().forEach(headers::put);
			return HttpHeaders.readOnlyHttpHeaders(headers);
		}

		static Flux<DataBuffer> body(HttpResponse<Flow.Publisher<List<ByteBuffer>>> response) {
			return JdkFlowAdapter.flowPublisherToFlux(response.body())
				.flatMapIterable(Function.identity(), 1)
				.map(DefaultDataBufferFactory.sharedInstance::wrap);
		}

	}

}
