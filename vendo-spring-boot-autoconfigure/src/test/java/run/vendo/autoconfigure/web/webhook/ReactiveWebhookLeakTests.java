package run.vendo.autoconfigure.web.webhook;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import run.vendo.fixture.Conditions;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * On Reactor Netty, whatever is delivered and whoever goes away in the middle of it,
 * every buffer is given back. Netty's own detector says so, looking at every buffer.
 */
class ReactiveWebhookLeakTests {

	private static final int TIMES = 8;

	private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

	private static final AtomicInteger MARKERS = new AtomicInteger();

	private static ResourceLeakDetector.Level level;

	@BeforeAll
	static void lookAtEveryBuffer() {
		level = ResourceLeakDetector.getLevel();
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
		ByteBufUtil.setLeakListener((type, records) -> LEAKS.add(type + " " + records));
	}

	@AfterAll
	static void lookAwayAgain() {
		ByteBufUtil.setLeakListener(null);
		ResourceLeakDetector.setLevel(level);
	}

	@Test
	void whateverIsDeliveredEveryBufferIsGivenBack() throws Exception {
		try (WebhookServer server = start(SharedHandlers.Annotated.class, ReactiveHandlers.Annotated.class,
				ReactiveHandlers.Functional.class, Streams.class, Watch.class)) {
			leaks();
			LEAKS.clear();
			for (int i = 0; i < TIMES; i++) {
				for (String path : List.of("/shared/bytes", "/shared/typed-event", "/stack/flux", "/stack/exchange",
						"/stack/function", "/streams/flux", "/streams/failing", "/streams/events")) {
					deliver(server, path);
				}
			}
			for (int i = 0; i < TIMES; i++) {
				goAwayBeforeTheBodyIsThere(server);
				goAwayBeforeTheAnswer(server);
			}
			assertThat(leaks()).isEmpty();
		}
	}

	@Test
	void whenSomebodyKeepsABufferThenThatIsSeen() {
		try (WebhookServer server = start(SharedHandlers.Annotated.class, KeepsBuffers.class)) {
			leaks();
			LEAKS.clear();
			for (int i = 0; i < TIMES; i++) {
				assertThat(server.deliver("/shared/bytes", WebhookServer.event()).statusCode()).isEqualTo(200);
			}
			assertThat(leaks()).isNotEmpty();
		}
	}

	private static WebhookServer start(Class<?>... sources) {
		return WebhookServer.start(Stack.REACTIVE, List.of(), sources);
	}

	private static void deliver(WebhookServer server, String path) throws IOException {
		byte[] body = WebhookServer.event().getBytes(StandardCharsets.UTF_8);
		byte[] large = new byte[2 * 1024 * 1024];
		byte[] compressed = gzip(body);
		server.send(server.signed(path, body).build());
		// A repetition, a forgery, and what is too large with and without saying so.
		server.send(server.signed(path, body).build());
		server.send(server.signed(path, "whsec_guess", body).build());
		sendLarge(server, server.signed(path, large).build());
		sendLarge(server,
				server.signed(path, large)
					.POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
					.build());
		server.send(server.signed(path, compressed).header("Content-Encoding", "gzip").build());
		server.send(server.signed(path, body).header("Content-Encoding", "gzip").build());
		server.send(server.signed(path, body).header("Content-Encoding", "br").build());
	}

	private static void sendLarge(WebhookServer server, HttpRequest request) {
		try {
			assertThat(server.send(request).statusCode()).isEqualTo(413);
		}
		catch (UncheckedIOException ex) {
			// The server does not wait for the rest, and a client may not see its answer.
			assertThat(ex).hasCauseInstanceOf(IOException.class);
		}
	}

	private static void goAwayBeforeTheBodyIsThere(WebhookServer server) throws Exception {
		byte[] head = ("POST /shared/bytes HTTP/1.1\r\nHost: x\r\nVendo-Timestamp: 1\r\nVendo-Signature: x\r\n"
				+ "Content-Length: 100000\r\n\r\n" + "x".repeat(50_000))
			.getBytes(StandardCharsets.US_ASCII);
		try (Socket socket = connect(server)) {
			socket.getOutputStream().write(head);
			assertThat(server.bean(Watch.class).arrived.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(server.bean(Watch.class).left.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
	}

	private static void goAwayBeforeTheAnswer(WebhookServer server) throws Exception {
		Streams streams = server.bean(Streams.class);
		Sinks.One<String> work = Sinks.one();
		streams.work = work.asMono();
		streams.entered = new CountDownLatch(1);
		String body = WebhookServer.event();
		String timestamp = String.valueOf(server.clock().instant().getEpochSecond());
		String signature = WebhookServer.sign(WebhookServer.SECRET, timestamp, body.getBytes(StandardCharsets.UTF_8));
		try (Socket socket = connect(server)) {
			socket.getOutputStream()
				.write(("POST /streams/waiting HTTP/1.1\r\nHost: x\r\nVendo-Timestamp: %s\r\nVendo-Signature: %s\r\n"
					.formatted(timestamp, signature) + "Content-Length: " + body.length() + "\r\n\r\n" + body)
					.getBytes(StandardCharsets.US_ASCII));
			assertThat(server.bean(Watch.class).arrived.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
			assertThat(streams.entered.await(30, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(server.bean(Watch.class).left.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
		work.tryEmitValue("too late");
	}

	private static Socket connect(WebhookServer server) throws IOException {
		Socket socket = new Socket("127.0.0.1", server.uri("/").getPort());
		// To be gone at once, whatever was sent.
		socket.setSoLinger(true, 0);
		return socket;
	}

	private static byte[] gzip(byte[] body) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (OutputStream out = new GZIPOutputStream(bytes)) {
			out.write(body);
		}
		return bytes.toByteArray();
	}

	/**
	 * Return the leaks, once some of our own that came later are among them.
	 */
	private static List<String> leaks() {
		for (int i = 0; i < 3; i++) {
			String marker = "marker " + MARKERS.incrementAndGet();
			PooledByteBufAllocator.DEFAULT.directBuffer(1).touch(marker);
			Conditions.await(() -> {
				System.gc();
				PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
				return LEAKS.stream().anyMatch((leak) -> leak.contains(marker));
			});
		}
		return LEAKS.stream().filter((leak) -> !leak.contains("marker ")).toList();
	}

	@RestController
	static class Streams {

		volatile Mono<String> work = Mono.empty();

		volatile CountDownLatch entered = new CountDownLatch(1);

		@VendoWebhookMapping("/streams/flux")
		Flux<String> flux() {
			return Flux.range(0, 100).map((number) -> "number " + number);
		}

		@VendoWebhookMapping("/streams/failing")
		Flux<String> failing() {
			return flux().concatWith(Mono.error(new IllegalStateException("Not today")));
		}

		@VendoWebhookMapping(path = "/streams/events")
		Flux<ServerSentEvent<String>> events() {
			return flux().map((data) -> ServerSentEvent.builder(data).build());
		}

		@VendoWebhookMapping("/streams/waiting")
		Mono<String> waiting() {
			this.entered.countDown();
			return this.work;
		}

	}

	/**
	 * Sees requests come and their senders go away.
	 */
	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class Watch implements WebFilter {

		final Semaphore arrived = new Semaphore(0);

		final Semaphore left = new Semaphore(0);

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			if (!"x".equals(exchange.getRequest().getHeaders().getFirst("Host"))) {
				return chain.filter(exchange);
			}
			this.arrived.release();
			// Once, and not before all beneath has been told.
			return chain.filter(exchange).doFinally((signal) -> this.left.release());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class KeepsBuffers {

		@Bean
		@Order(Ordered.HIGHEST_PRECEDENCE)
		WebFilter keepsBuffers() {
			return (exchange, chain) -> chain
				.filter(exchange.mutate().request(new ServerHttpRequestDecorator(exchange.getRequest()) {

					@Override
					public Flux<DataBuffer> getBody() {
						return super.getBody().doOnNext(DataBufferUtils::retain);
					}

				}).build());
		}

	}

}
