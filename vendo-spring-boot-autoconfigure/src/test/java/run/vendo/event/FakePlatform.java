package run.vendo.event;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

import run.vendo.VendoClient;
import run.vendo.http.ConnectorSettings;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.VendoConnector;
import run.vendo.http.VendoConnectorFactory;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.mock.http.client.reactive.MockClientHttpRequest;
import org.springframework.mock.http.client.reactive.MockClientHttpResponse;

/**
 * A platform at the place where the network would begin, under a time that stands still
 * unless a test moves it.
 */
final class FakePlatform implements VendoConnectorFactory {

	static final String KEY = "vendo_sk_0123456789abcdefghijABCDEFGHIJ__";

	final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	/** The requests for a stream, in order. */
	final List<Request> streams = new ArrayList<>();

	/** The requests for the connections, in order. */
	final List<Request> lists = new ArrayList<>();

	/** The names of the connectors that were made. */
	final List<String> connectors = new ArrayList<>();

	/** The connections as the platform lists them. */
	final Map<String, String> connections = new TreeMap<>();

	private final Queue<Function<Request, Mono<ClientHttpResponse>>> answers = new ArrayDeque<>();

	private Function<Request, Mono<ClientHttpResponse>> otherwise = (request) -> refused();

	private Supplier<Mono<ClientHttpResponse>> list = () -> Mono.just(list(this.connections));

	double random;

	Supplier<String> key = () -> KEY;

	VendoClient client() {
		return VendoClient.builder()
			.environment(Map.<String, String>of()::get)
			.apiKeySupplier(() -> this.key.get())
			.baseUrl("https://platform.test")
			.connectorFactory(this)
			.scheduler(this.time)
			.clock(clock())
			.random(() -> this.random)
			.build();
	}

	private Clock clock() {
		return new Clock() {

			@Override
			public java.time.ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(java.time.ZoneId zone) {
				return this;
			}

			@Override
			public Instant instant() {
				return Instant.ofEpochMilli(now());
			}

		};
	}

	long now() {
		return this.time.now(TimeUnit.MILLISECONDS);
	}

	void advance(Duration duration) {
		this.time.advanceTimeBy(duration);
	}

	void advanceSeconds(double seconds) {
		advance(Duration.ofMillis(Math.round(seconds * 1000)));
	}

	/** Return when the streams were asked for, in seconds. */
	List<Double> attempts() {
		return this.streams.stream().map((request) -> request.at() / 1000.0).toList();
	}

	Request lastStream() {
		return this.streams.get(this.streams.size() - 1);
	}

	/** Answer the next request for a stream. */
	FakePlatform then(Function<Request, Mono<ClientHttpResponse>> answer) {
		this.answers.add(answer);
		return this;
	}

	FakePlatform thenStatus(int status, String... headers) {
		return then((request) -> Mono.just(answer(status, headers)));
	}

	/** Answer the next request for a stream with one that sends a text and then ends. */
	FakePlatform thenSend(String text) {
		return then((request) -> Mono.just(stream(buffers(text))));
	}

	/** Answer the next request for a stream with one that stays open. */
	LiveBody thenOpen() {
		LiveBody body = new LiveBody();
		then((request) -> Mono.just(stream(body.flux())));
		return body;
	}

	FakePlatform thenRefuse() {
		return then((request) -> refused());
	}

	/** Answer all further requests for a stream. */
	FakePlatform otherwise(Function<Request, Mono<ClientHttpResponse>> answer) {
		this.otherwise = answer;
		return this;
	}

	FakePlatform list(Supplier<Mono<ClientHttpResponse>> list) {
		this.list = list;
		return this;
	}

	static Mono<ClientHttpResponse> refused() {
		return Mono.error(new java.net.ConnectException("Connection refused"));
	}

	static ClientHttpResponse stream(Flux<DataBuffer> body) {
		MockClientHttpResponse response = answer(200, HttpHeaders.CONTENT_TYPE, "text/event-stream");
		response.setBody(body);
		return response;
	}

	static MockClientHttpResponse answer(int status, String... headers) {
		MockClientHttpResponse response = new MockClientHttpResponse(HttpStatusCode.valueOf(status));
		for (int i = 0; i < headers.length; i += 2) {
			response.getHeaders().set(headers[i], headers[i + 1]);
		}
		return response;
	}

	static ClientHttpResponse list(Map<String, String> connections) {
		return listOf(connections.entrySet()
			.stream()
			.map((entry) -> "{\"id\":%s,\"slug\":\"%s\",\"status\":\"%s\"}".formatted(
					entry.getValue().equals("available") ? "null" : "\"cn_" + entry.getKey() + "\"", entry.getKey(),
					entry.getValue()))
			.collect(Collectors.joining(",")));
	}

	/**
	 * Return the connections.
	 * @param entries each as the platform lists it
	 */
	static ClientHttpResponse listOf(String entries) {
		MockClientHttpResponse response = answer(200, HttpHeaders.CONTENT_TYPE, "application/json");
		response.setBody("{\"connections\":[" + entries + "]}");
		return response;
	}

	static Flux<DataBuffer> buffers(String... texts) {
		return Flux.fromArray(texts).map(FakePlatform::buffer);
	}

	static DataBuffer buffer(String text) {
		return buffer(text.getBytes(StandardCharsets.UTF_8));
	}

	static DataBuffer buffer(byte[] bytes) {
		return DefaultDataBufferFactory.sharedInstance.wrap(bytes);
	}

	@Override
	public VendoConnector create(ConnectorSettings settings) {
		this.connectors.add(settings.name() + ((settings.pool() == null) ? " without pool" : ""));
		boolean streams = settings.name().equals("vendo-events");
		return new VendoConnector() {

			@Override
			public ClientHttpConnector clientConnector() {
				return (method, uri, callback) -> connect(streams, method, uri, callback);
			}

			@Override
			public ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
				throw new UnsupportedOperationException();
			}

			@Override
			public void close() {
				FakePlatform.this.connectors.add(settings.name() + " closed");
			}

		};
	}

	private Mono<ClientHttpResponse> connect(boolean stream, HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> callback) {
		MockClientHttpRequest request = new MockClientHttpRequest(method, uri);
		return callback.apply(request).then(Mono.defer(() -> {
			Request seen = new Request(method, uri.getRawPath(), request.getHeaders(), now());
			if (!stream) {
				this.lists.add(seen);
				return this.list.get();
			}
			this.streams.add(seen);
			Function<Request, Mono<ClientHttpResponse>> answer = this.answers.poll();
			return ((answer != null) ? answer : this.otherwise).apply(seen);
		}));
	}

	/**
	 * What was asked for.
	 *
	 * @param at when, in milliseconds
	 */
	record Request(HttpMethod method, String path, HttpHeaders headers, long at) {

		@Nullable String lastEventId() {
			return this.headers.getFirst("Last-Event-ID");
		}

	}

	/**
	 * A stream that sends what a test tells it to.
	 */
	static final class LiveBody {

		private final Sinks.Many<DataBuffer> sink = Sinks.many().unicast().onBackpressureBuffer();

		boolean cancelled;

		long requested;

		Flux<DataBuffer> flux() {
			return this.sink.asFlux().doOnRequest((n) -> this.requested += n).doOnCancel(() -> this.cancelled = true);
		}

		LiveBody send(String text) {
			this.sink.tryEmitNext(buffer(text)).orThrow();
			return this;
		}

		/** Send, to a reader that may be gone. */
		void offer(String text) {
			this.sink.tryEmitNext(buffer(text));
		}

		/** End, with a failure or without, where the reader may be gone. */
		void finish(@Nullable Throwable failure) {
			if (failure != null) {
				this.sink.tryEmitError(failure);
			}
			else {
				this.sink.tryEmitComplete();
			}
		}

		void end() {
			this.sink.tryEmitComplete().orThrow();
		}

		void fail(Throwable failure) {
			this.sink.tryEmitError(failure).orThrow();
		}

	}

}
