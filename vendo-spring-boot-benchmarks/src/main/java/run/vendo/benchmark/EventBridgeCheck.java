package run.vendo.benchmark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import run.vendo.event.ConnectionConnected;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/**
 * Sends events through the whole of it, from a socket to an {@code @EventListener}: a few
 * of them each second to see how long one takes, and as many as go through to see what
 * becomes of heap and rate.
 */
public final class EventBridgeCheck {

	private static final double TARGET_MILLIS = 5;

	private static final double TARGET_GROWTH = 2;

	private static final int BLOCK = 100;

	private static final int CONNECTIONS = 100;

	private EventBridgeCheck() {
	}

	static List<Row> run(Options options) throws IOException, InterruptedException {
		Benchmarks.progress("event bridge, %,d events".formatted(options.events()));
		Properties result = ChildJvm.run(ChildJvm.withStarter(), options.smoke() ? ChildJvm.SMOKE : List.of("-Xmx512m"),
				EventBridgeCheck.class, Integer.toString(options.events()), options.smoke() ? "100" : "10000");
		double p99 = Double.parseDouble(result.getProperty("p99"));
		double growth = Double.parseDouble(result.getProperty("growth"));
		return List.of(
				Row.once("event on the socket → listener called, 1,000 events/s, p99", "the clock",
						"≤ " + Row.number(TARGET_MILLIS) + " ms", Row.number(p99) + " ms",
						"p50 %s ms, largest %s ms".formatted(result.getProperty("p50"), result.getProperty("max")),
						p99 <= TARGET_MILLIS),
				Row.once("%,d events through the bridge: heap growth".formatted(options.events()),
						"the heap after a tenth", "< " + Row.number(TARGET_GROWTH) + " MiB",
						Row.number(growth) + " MiB", "events/s in each tenth: " + result.getProperty("rates"),
						growth < TARGET_GROWTH));
	}

	/**
	 * Send the events and tell what became of them.
	 * @param args how many to send at full speed, and how many at leisure
	 * @throws InterruptedException if it is interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		int events = Integer.parseInt(args[0]);
		int leisurely = Integer.parseInt(args[1]);
		latency(leisurely);
		volume(events);
		System.exit(0);
	}

	private static void latency(int events) throws InterruptedException {
		// The first second of each JVM says little; it is left out.
		int warmUp = Math.min(events, 5_000);
		Receiver receiver = new Receiver(events + warmUp, 1);
		Flux<byte[]> stream = Flux.interval(Duration.ofMillis(1))
			.onBackpressureBuffer()
			.take(events + warmUp)
			.map((i) -> event(i));
		receive(stream, receiver);
		long[] nanos = Arrays.copyOfRange(receiver.nanos, warmUp, events + warmUp);
		Arrays.sort(nanos);
		ChildJvm.result("p50", Row.number(nanos[events / 2] / 1e6));
		ChildJvm.result("p99", nanos[(int) (events * 0.99)] / 1e6);
		ChildJvm.result("max", Row.number(nanos[events - 1] / 1e6));
	}

	private static void volume(int events) throws InterruptedException {
		Receiver receiver = new Receiver(events, 10);
		receive(Flux.range(0, events / BLOCK).map(EventBridgeCheck::block), receiver);
		StringBuilder rates = new StringBuilder();
		for (int i = 0; i < 10; i++) {
			rates.append((i > 0) ? " " : "")
				.append(Row.number(events / 10 / ((receiver.times[i + 1] - receiver.times[i]) / 1e9)));
		}
		ChildJvm.result("rates", rates);
		ChildJvm.result("growth", (receiver.heaps[9] - receiver.heaps[0]) / 1024.0 / 1024.0);
	}

	private static byte[] block(int number) {
		ByteArrayOutputStream block = new ByteArrayOutputStream();
		for (int i = 0; i < BLOCK; i++) {
			block.writeBytes(event((long) number * BLOCK + i));
		}
		return block.toByteArray();
	}

	private static byte[] event(long number) {
		return "id: %d\nevent: connection.connected\ndata: {\"id\":\"evt_%d\",\"slug\":\"slack\",\"connection_id\":\"conn_%d\",\"sent\":%d}\n\n"
			.formatted(number, number, number % CONNECTIONS, System.nanoTime())
			.getBytes(StandardCharsets.UTF_8);
	}

	private static void receive(Flux<byte[]> stream, Receiver receiver) throws InterruptedException {
		try (LoopbackServer server = new LoopbackServer((request, response) -> answer(request, response, stream))) {
			ConfigurableApplicationContext context = start(server, receiver);
			if (!receiver.done.await(10, TimeUnit.MINUTES)) {
				throw new IllegalStateException("Not all events have arrived");
			}
			context.close();
		}
	}

	private static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response, Flux<byte[]> stream) {
		if (!request.path().endsWith("me/events")) {
			return LoopbackServer.send(response, "{\"connections\":[]}".getBytes(StandardCharsets.UTF_8));
		}
		// Open after the last event: a stream that ends would be opened again.
		return response.sse().sendByteArray(stream.concatWith(Flux.never()));
	}

	private static ConfigurableApplicationContext start(LoopbackServer server, Receiver receiver) {
		SpringApplication application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("receiver", receiver))
			.properties("vendo.api-key=" + Fixtures.API_KEY, "vendo.base-url=" + server.url(),
					"logging.level.root=warn")
			.build();
		return application.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Listener listener(Receiver receiver) {
			return new Listener(receiver);
		}

	}

	static final class Listener {

		private final Receiver receiver;

		Listener(Receiver receiver) {
			this.receiver = receiver;
		}

		@EventListener
		void on(ConnectionConnected event) {
			this.receiver.received(event);
		}

	}

	/**
	 * Takes notes. Called by one thread.
	 */
	static final class Receiver {

		private final CountDownLatch done = new CountDownLatch(1);

		private final long[] nanos;

		private final long[] times;

		private final long[] heaps;

		private final int step;

		private int count;

		Receiver(int events, int steps) {
			this.nanos = new long[events];
			this.times = new long[steps + 1];
			this.heaps = new long[steps];
			this.step = events / steps;
		}

		void received(ConnectionConnected event) {
			if (this.count == 0) {
				this.times[0] = System.nanoTime();
			}
			this.nanos[this.count++] = System.nanoTime() - event.data().path("sent").asLong();
			if (this.count % this.step == 0) {
				int number = this.count / this.step;
				this.times[number] = System.nanoTime();
				if (this.heaps.length > 1) {
					this.heaps[number - 1] = heap();
					// What looking at the heap takes is no one's rate.
					long looked = System.nanoTime() - this.times[number];
					for (int i = 0; i <= number; i++) {
						this.times[i] += looked;
					}
				}
			}
			if (this.count == this.nanos.length) {
				this.done.countDown();
			}
		}

		private static long heap() {
			for (int i = 0; i < 3; i++) {
				System.gc();
			}
			return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
		}

	}

}
