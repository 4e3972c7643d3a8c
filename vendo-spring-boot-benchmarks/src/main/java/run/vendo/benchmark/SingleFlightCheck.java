package run.vendo.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import run.vendo.VendoClient;

/**
 * Counts the requests that reach a server when many ask for one cold token at once. The
 * server answers only when all have begun to ask, so that none is served from the cache
 * by luck.
 */
final class SingleFlightCheck {

	private static final int REPEATS = 5;

	private final int callers;

	private final AtomicInteger requests = new AtomicInteger();

	private final Set<String> answers = ConcurrentHashMap.newKeySet();

	private volatile Sinks.Empty<Void> gate = Sinks.empty();

	private SingleFlightCheck(int callers) {
		this.callers = callers;
	}

	static List<Row> run(Options options) throws InterruptedException {
		return List.of(new SingleFlightCheck(options.callers()).row(false),
				new SingleFlightCheck(options.callers()).row(true));
	}

	private Row row(boolean reactive) throws InterruptedException {
		String stack = reactive ? "reactive" : "blocking";
		Benchmarks.progress("single flight, " + stack);
		int most = 0;
		try (LoopbackServer server = new LoopbackServer((request, response) -> {
			int number = this.requests.incrementAndGet();
			byte[] answer = "{\"access_token\":\"token-%d\"}".formatted(number).getBytes(StandardCharsets.UTF_8);
			return this.gate.asMono().then(Mono.defer(() -> Mono.from(LoopbackServer.send(response, answer))));
		}); VendoClient client = VendoClient.builder().apiKey(Fixtures.API_KEY).credentialsUrl(server.url()).build()) {
			for (int repeat = 0; repeat < REPEATS; repeat++) {
				this.requests.set(0);
				this.answers.clear();
				this.gate = Sinks.empty();
				if (reactive) {
					askWithoutWaiting(client);
				}
				else {
					askAndWait(client);
				}
				most = Math.max(most, this.requests.get());
				if (this.answers.size() != 1) {
					throw new IllegalStateException("One token was asked for, and there were " + this.answers);
				}
				client.invalidate("slack");
			}
		}
		return Row.exact("%,d callers, one cold token, %s".formatted(this.callers, stack),
				"requests that reach the server", "exactly 1", Integer.toString(most),
				"the most of %d repeats".formatted(REPEATS), most == 1);
	}

	private void askAndWait(VendoClient client) throws InterruptedException {
		CyclicBarrier start = new CyclicBarrier(this.callers);
		CountDownLatch begun = new CountDownLatch(this.callers);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < this.callers; i++) {
			Thread thread = new Thread(null, () -> {
				try {
					start.await();
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
				begun.countDown();
				this.answers.add(client.token("slack"));
			}, "caller-" + i, 256 * 1024);
			threads.add(thread);
			thread.start();
		}
		if (!begun.await(30, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The callers did not begin");
		}
		this.gate.tryEmitEmpty();
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private void askWithoutWaiting(VendoClient client) throws InterruptedException {
		CountDownLatch begun = new CountDownLatch(this.callers);
		CountDownLatch done = new CountDownLatch(this.callers);
		Flux.range(0, this.callers).parallel().runOn(Schedulers.parallel()).doOnNext((i) -> {
			client.reactive()
				.token("slack")
				.doFinally((signal) -> done.countDown())
				.subscribe(this.answers::add, (failure) -> this.answers.add(failure.toString()));
			begun.countDown();
		}).subscribe();
		begun.await();
		this.gate.tryEmitEmpty();
		if (!done.await(30, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The callers were not answered");
		}
	}

}
