package run.vendo.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.http.codec.ServerSentEvent;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(180)
class LiveUpdatesTests {

	private final LiveUpdates updates = new LiveUpdates();

	@Test
	void browserThatComesIsToldOfEveryPart() {
		Reader reader = new Reader(this.updates);
		reader.request(100);
		assertThat(reader.events).containsExactly("connections", "balance", "activity", "stream");
	}

	@Test
	void everyBrowserIsToldWhatChanges() {
		Reader one = new Reader(this.updates);
		Reader other = new Reader(this.updates);
		one.request(100);
		other.request(100);
		this.updates.on(new PartChanged(Part.BALANCE));
		assertThat(one.events).endsWith("stream", "balance").hasSize(5);
		assertThat(other.events).endsWith("stream", "balance").hasSize(5);
	}

	@Test
	void changesDoNotPileUpForASlowBrowser() {
		Reader slow = new Reader(this.updates);
		for (int i = 0; i < 10_000; i++) {
			this.updates.on(new PartChanged(Part.ACTIVITY));
			this.updates.on(new PartChanged(Part.CONNECTIONS));
		}
		slow.request(1_000);
		assertThat(slow.events).hasSizeLessThan(15).contains("activity", "connections", "balance", "stream");
	}

	@Test
	void noChangeIsLostWhenManyThreadsTellAtOnce() throws InterruptedException {
		Reader reader = new Reader(this.updates);
		reader.request(Long.MAX_VALUE);
		List<Thread> threads = IntStream.range(0, 4).mapToObj((number) -> new Thread(() -> {
			for (int i = 0; i < 1_000; i++) {
				this.updates.on(new PartChanged(Part.ACTIVITY));
			}
		})).toList();
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(reader.events).hasSize(4 + 4_000);
	}

	@Test
	void streamsEndWithTheApplicationAndNewOnesToo() {
		Reader before = new Reader(this.updates);
		before.request(100);
		assertThat(before.complete).isFalse();
		this.updates.on(new ContextClosedEvent(new StaticApplicationContext()));
		assertThat(before.complete).isTrue();
		Reader after = new Reader(this.updates);
		after.request(100);
		assertThat(after.complete).isTrue();
	}

	@Test
	void openPageDoesNotHoldUpAGracefulShutdown() throws Exception {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(SampleApplication.class)
			.run("--server.port=0", "--server.shutdown=graceful", "--spring.lifecycle.timeout-per-shutdown-phase=5m");
		try {
			URI live = URI.create(
					"http://localhost:%s/live".formatted(context.getEnvironment().getProperty("local.server.port")));
			InputStream body = HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(live).build(), BodyHandlers.ofInputStream())
				.body();
			BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
			assertThat(lines.readLine()).isEqualTo("event:connections");
			CompletableFuture<Void> end = CompletableFuture.runAsync(() -> readToTheEnd(lines));
			Instant begin = Instant.now();
			context.close();
			assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofMinutes(1));
			assertThat(ended(end)).isTrue();
		}
		finally {
			context.close();
		}
	}

	private static boolean ended(CompletableFuture<Void> end) throws InterruptedException, ExecutionException {
		try {
			end.get(30, TimeUnit.SECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

	private static void readToTheEnd(BufferedReader lines) {
		try {
			while (lines.readLine() != null) {
				continue;
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A browser that reads as fast as it is told to.
	 */
	private static final class Reader extends BaseSubscriber<ServerSentEvent<String>> {

		private final List<String> events = new ArrayList<>();

		private boolean complete;

		Reader(LiveUpdates updates) {
			updates.live().subscribe(this);
		}

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			// Nothing is asked for until the test does.
		}

		@Override
		protected void hookOnNext(ServerSentEvent<String> event) {
			this.events.add(String.valueOf(event.event()));
		}

		@Override
		protected void hookOnComplete() {
			this.complete = true;
		}

	}

}
