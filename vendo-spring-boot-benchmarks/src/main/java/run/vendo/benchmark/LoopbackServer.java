package run.vendo.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * A server that does next to nothing, on threads of its own, so that what is measured is
 * the client.
 */
final class LoopbackServer implements AutoCloseable {

	private final LoopResources threads = LoopResources.create("loopback-server", 1, true);

	private final AtomicInteger requests = new AtomicInteger();

	private final DisposableServer server;

	LoopbackServer(BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
		this(Duration.ZERO, handler);
	}

	/**
	 * Start a server that thinks before it answers.
	 */
	LoopbackServer(Duration thinking, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
		// On the only thread there is: an answer from another one costs a change of it.
		Scheduler thread = Schedulers.fromExecutorService(this.threads.onServer(true).next());
		this.server = HttpServer.create().host("127.0.0.1").port(0).runOn(this.threads).handle((request, response) -> {
			this.requests.incrementAndGet();
			Publisher<Void> answer = handler.apply(request, response);
			return thinking.isZero() ? answer : Mono.delay(thinking, thread).thenEmpty(answer);
		}).bindNow();
	}

	static LoopbackServer answering(String json) {
		byte[] body = json.getBytes(StandardCharsets.UTF_8);
		return new LoopbackServer((request, response) -> send(response, body));
	}

	static Publisher<Void> send(HttpServerResponse response, byte[] json) {
		return response.header("Content-Type", "application/json")
			.header("Content-Length", Integer.toString(json.length))
			.sendByteArray(Mono.just(json));
	}

	String url() {
		return "http://127.0.0.1:" + this.server.port();
	}

	int requests() {
		return this.requests.get();
	}

	@Override
	public void close() {
		this.server.disposeNow();
		// No quiet period: nobody calls any more.
		this.threads.disposeLater(Duration.ZERO, Duration.ofSeconds(3)).block();
	}

}
