package run.vendo.event;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import run.vendo.VendoClient;
import run.vendo.error.TransportException;
import run.vendo.event.RawEventServer.Connection;
import run.vendo.error.ErrorCode;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.JdkStreamConnector;
import run.vendo.http.VendoConnector;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link EventStream}, over real sockets and each of the HTTP libraries.
 */
@ParameterizedClass
@ValueSource(strings = { "reactor", "jdk" })
@Timeout(180)
class EventStreamTests {

	@Parameter
	private String library;

	private RawEventServer server;

	private VendoClient client;

	@BeforeEach
	void start() throws IOException {
		this.server = new RawEventServer();
		VendoClient.Builder builder = VendoClient.builder()
			.environment(Map.<String, String>of()::get)
			.apiKey(FakePlatform.KEY)
			.baseUrl(this.server.url());
		if (this.library.equals("jdk")) {
			HttpClient httpClient = HttpClient.newHttpClient();
			builder.connectorFactory((settings) -> new VendoConnector() {

				@Override
				public ClientHttpConnector clientConnector() {
					return (settings.pool() != null) ? new JdkClientHttpConnector(httpClient)
							: new JdkStreamConnector(httpClient);
				}

				@Override
				public ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
					throw new UnsupportedOperationException();
				}

				@Override
				public void close() {
				}

			});
		}
		this.client = builder.build();
	}

	@AfterEach
	void stop() throws IOException {
		this.client.close();
		this.server.close();
	}

	@Test
	void iteratesOverEventsAsTheyCome() throws Exception {
		try (EventStream stream = this.client.events().subscribe()) {
			Connection connection = this.server.stream().begin();
			Iterator<VendoEvent> events = stream.iterator();
			for (int i = 0; i < 100; i++) {
				connection.send(event(i));
				assertThat(events.next().id()).isEqualTo("evt_" + i);
			}
		}
	}

	@Test
	void whenCharactersAreCutThenTheyArePutTogether() throws Exception {
		try (EventStream stream = this.client.events().subscribe()) {
			Connection connection = this.server.stream().begin();
			for (byte part : "data: {\"id\":\"ä€😀\"}\r\n\r\n".getBytes(StandardCharsets.UTF_8)) {
				connection.send(new byte[] { part });
			}
			assertThat(stream.iterator().next().id()).isEqualTo("ä€😀");
		}
	}

	@Test
	void requestSaysWhatItWantsOnTheWire() throws Exception {
		try (EventStream stream = this.client.events()
			.subscribe(EventStreamOptions.defaults().withLastEventId("a b"))) {
			String head = this.server.stream().begin().head();
			assertThat(stream).isNotNull();
			assertThat(head.lines()).anyMatch((line) -> line.equalsIgnoreCase("Accept: text/event-stream"))
				.anyMatch((line) -> line.equalsIgnoreCase("Cache-Control: no-cache"))
				.anyMatch((line) -> line.equalsIgnoreCase("Accept-Encoding: identity"))
				.anyMatch((line) -> line.equalsIgnoreCase("Last-Event-ID: a b"))
				.anyMatch((line) -> line.equalsIgnoreCase("Authorization: Bearer " + FakePlatform.KEY))
				.filteredOn((line) -> line.toLowerCase(java.util.Locale.ROOT).startsWith("accept"))
				.hasSize(2);
		}
	}

	@Test
	void whenTheIdIsNotAsciiThenItIsSentAsItsBytesOrNotAtAll() throws Exception {
		EventStreamOptions options = EventStreamOptions.defaults().withLastEventId("ä€");
		try (EventStream stream = this.client.events().subscribe(options)) {
			String head = this.server.stream().head();
			assertThat(stream).isNotNull();
			String bytes = new String("ä€".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
			if (this.library.equals("jdk")) {
				// It would send question marks.
				assertThat(head).doesNotContainIgnoringCase("last-event-id");
			}
			else {
				assertThat(head).containsIgnoringCase("last-event-id: " + bytes + "\n");
			}
		}
	}

	@Test
	void whenTheConnectionIsResetThenItResumes() throws Exception {
		try (EventStream stream = this.client.events().subscribe()) {
			Iterator<VendoEvent> events = stream.iterator();
			Connection first = this.server.stream().begin().send(event(1));
			assertThat(events.next().id()).isEqualTo("evt_1");
			first.reset();
			Connection second = this.server.stream();
			assertThat(second.head()).containsIgnoringCase("last-event-id: 1\n");
			second.begin().send(event(1)).send(event(2)).close();
			assertThat(events.next().id()).isEqualTo("evt_2");
			assertThat(this.server.stream().head()).containsIgnoringCase("last-event-id: 2\n");
		}
	}

	@Test
	void whenARefusalStallsThenWhatHasComeOfItCounts() throws Exception {
		EventStreamOptions options = EventStreamOptions.defaults()
			.withMaxReconnects(0)
			.withConnectTimeout(Duration.ofMinutes(1));
		try (EventStream stream = this.client.events().subscribe(options)) {
			this.server.stream()
				.send("HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
						+ "{\"error\":{\"code\":\"rate_limit_sse_streams\",\"message\":\"Five are open\"}}");
			assertThat(stream.iterator().next()).isInstanceOfSatisfying(StreamFailed.class,
					(event) -> assertThat(event.cause().code()).isEqualTo(ErrorCode.RATE_LIMIT_SSE_STREAMS));
		}
	}

	@Test
	void whenTheServerEndsItForGoodThenIterationEndsAfterTheFailure() throws Exception {
		try (EventStream stream = this.client.events().subscribe()) {
			this.server.stream().begin().send(event(1)).close();
			this.server.stream().send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
			List<VendoEvent> events = new ArrayList<>();
			stream.forEach(events::add);
			assertThat(events).hasSize(2).last().isInstanceOf(StreamFailed.class);
			assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> stream.iterator().next());
		}
	}

	@Test
	void whenAllStreamsSayNoMoreThenIterationEnds() throws Exception {
		try (EventStream stream = this.client.events().subscribe()) {
			this.server.stream().send("HTTP/1.1 204 No Content\r\n\r\n");
			assertThat(stream).isEmpty();
		}
	}

	@Test
	void whenItIsClosedThenTheConnectionIsClosedAndTheWaitEnds() throws Exception {
		EventStream stream = this.client.events().subscribe();
		Connection connection = this.server.stream().begin().send(event(1));
		Iterator<VendoEvent> events = stream.iterator();
		events.next();
		FutureTask<Boolean> waiting = waitFor(events::hasNext);
		stream.close();
		stream.close();
		assertThat(waiting.get(20, TimeUnit.SECONDS)).isFalse();
		assertThat(connection.isClosedByClient()).isTrue();
		assertThat(stream.iterator().hasNext()).isFalse();
	}

	@Test
	void whenTheClientIsClosedThenTheConnectionIsClosedAndTheWaitEnds() throws Exception {
		EventStream stream = this.client.events().subscribe();
		Connection connection = this.server.stream().begin().send(event(1));
		Iterator<VendoEvent> events = stream.iterator();
		events.next();
		FutureTask<Boolean> waiting = waitFor(events::hasNext);
		this.client.close();
		assertThat(waiting.get(20, TimeUnit.SECONDS)).isFalse();
		assertThat(connection.isClosedByClient()).isTrue();
	}

	@Test
	void whenTheWaitIsInterruptedThenItSaysSoAndNoEventIsLost() throws Exception {
		try (EventStream stream = this.client.events().subscribe()) {
			Connection connection = this.server.stream().begin();
			Iterator<VendoEvent> events = stream.iterator();
			CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
			Thread reader = reader(() -> {
				try {
					events.hasNext();
				}
				catch (TransportException ex) {
					interrupted.complete(Thread.currentThread().isInterrupted()
							&& ex.reason() == TransportException.Reason.INTERRUPTED);
				}
				return null;
			});
			reader.interrupt();
			assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
			connection.send(event(1));
			assertThat(events.next().id()).isEqualTo("evt_1");
		}
	}

	@Test
	void whenTheThreadMustNotWaitThenItSaysWhatToDo() throws Exception {
		try (EventStream stream = this.client.events().subscribe()) {
			FutureTask<Boolean> wait = new FutureTask<>(() -> stream.iterator().hasNext());
			Schedulers.parallel().schedule(wait);
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> wait.get(20, TimeUnit.SECONDS))
				.withCauseInstanceOf(IllegalStateException.class)
				.withMessageContaining("ReactiveVendoClient");
		}
	}

	@Test
	void whenSeveralThreadsIterateThenEachEventIsTakenOnce() throws Exception {
		int count = 20_000;
		try (EventStream stream = this.client.events().subscribe()) {
			Connection connection = this.server.stream().begin();
			Map<String, Boolean> taken = new ConcurrentHashMap<>();
			AtomicLong twice = new AtomicLong();
			CountDownLatch all = new CountDownLatch(count);
			for (int i = 0; i < 4; i++) {
				reader(() -> {
					for (VendoEvent event : stream) {
						if (taken.put(String.valueOf(event.id()), true) != null) {
							twice.incrementAndGet();
						}
						all.countDown();
					}
					return null;
				});
			}
			for (int i = 0; i < count; i++) {
				connection.send(event(i));
			}
			assertThat(all.await(120, TimeUnit.SECONDS)).isTrue();
			assertThat(twice).hasValue(0);
			assertThat(taken).hasSize(count);
		}
	}

	@Test
	void streamIsOrderedAndClosesWithIt() throws Exception {
		EventStream events = this.client.events().subscribe();
		Connection connection = this.server.stream().begin();
		for (int i = 0; i < 30; i++) {
			connection.send(event(i));
		}
		try (Stream<VendoEvent> stream = events.stream()) {
			assertThat(stream.limit(30).map(VendoEvent::id))
				.containsExactlyElementsOf(IntStream.range(0, 30).mapToObj((i) -> "evt_" + i).toList());
		}
		assertThat(connection.isClosedByClient()).isTrue();
	}

	@Test
	void whenTheReaderIsSlowThenTheServerIsSlowedDownAndNothingIsLost() throws Exception {
		int count = 400;
		String padding = "x".repeat(200_000);
		try (EventStream stream = this.client.events().subscribe()) {
			Connection connection = this.server.stream().begin();
			AtomicLong written = new AtomicLong();
			FutureTask<Void> writing = new FutureTask<>(() -> {
				for (int i = 0; i < count; i++) {
					connection
						.send("id: %d\ndata: {\"id\":\"evt_%d\",\"padding\":\"%s\"}\n\n".formatted(i, i, padding));
					written.incrementAndGet();
				}
				return null;
			});
			new Thread(writing, "writer").start();
			Iterator<VendoEvent> events = stream.iterator();
			assertThat(events.next().id()).isEqualTo("evt_0");
			// 80 MB in all: what does not fit into the queue, the buffers of the library
			// and those of the two sockets waits in the server.
			long before;
			do {
				before = written.get();
				assertThatExceptionOfType(TimeoutException.class)
					.isThrownBy(() -> writing.get(300, TimeUnit.MILLISECONDS));
			}
			while (written.get() > before || before == 0);
			assertThat(before).isLessThan(count / 2);
			for (int i = 1; i < count; i++) {
				assertThat(events.next().id()).isEqualTo("evt_" + i);
			}
			writing.get(60, TimeUnit.SECONDS);
		}
	}

	@Test
	void whenNothingComesThenItConnectsAnew() throws Exception {
		EventStreamOptions options = EventStreamOptions.defaults()
			.withIdleTimeout(Duration.ofMillis(200))
			.withMaxReconnects(EventStreamOptions.UNLIMITED);
		try (EventStream stream = this.client.events().subscribe(options)) {
			Connection first = this.server.stream().begin();
			assertThat(first.isClosedByClient()).isTrue();
			FutureTask<VendoEvent> next = waitFor(stream.iterator()::next);
			// To a machine that is busy an event may come too late for that time as well.
			while (!next.isDone()) {
				assertThat(this.server.stream().begin(event(1)).isClosedByClient()).isTrue();
			}
			assertThat(next.get().id()).isEqualTo("evt_1");
		}
	}

	@Test
	void whenConnectionsChangeMeanwhileThenTheDifferenceIsDelivered() throws Exception {
		this.server.connections = "{\"connections\":[{\"slug\":\"slack\",\"status\":\"connected\"}]}";
		CountDownLatch known = new CountDownLatch(1);
		EventCursor cursor = EventCursor.create();
		try (EventStream stream = this.client.events().subscribe(EventStreamOptions.defaults().withCursor(cursor))) {
			Connection first = this.server.stream().begin();
			while (!cursor.isComplete()) {
				known.await(10, TimeUnit.MILLISECONDS);
			}
			this.server.connections = "{\"connections\":[{\"slug\":\"slack\",\"status\":\"needs_reauth\"}]}";
			first.close();
			this.server.stream().begin();
			assertThat(stream.iterator().next()).isInstanceOfSatisfying(ConnectionNeedsReauth.class,
					(event) -> assertThat(event.isResynchronized()).isTrue());
		}
	}

	@Test
	void whenAPublisherFailsThenIterationFails() {
		try (EventStream stream = EventStream
			.of(Flux.concat(Flux.just(VendoEvent.of("a", "b")), Flux.error(new ArithmeticException("bug"))))) {
			Iterator<VendoEvent> events = stream.iterator();
			assertThat(events.next().kind()).hasToString("a");
			assertThatIllegalStateException().isThrownBy(events::hasNext)
				.withRootCauseInstanceOf(ArithmeticException.class);
		}
	}

	private static <T> FutureTask<T> waitFor(Callable<T> task) throws InterruptedException {
		FutureTask<T> future = new FutureTask<>(task);
		reader(() -> {
			future.run();
			return null;
		});
		return future;
	}

	/** Start a thread and return once it waits for something. */
	private static Thread reader(Callable<?> task) throws InterruptedException {
		Thread thread = new Thread(() -> {
			try {
				task.call();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, "reader");
		thread.setDaemon(true);
		thread.start();
		CountDownLatch never = new CountDownLatch(1);
		while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
			never.await(1, TimeUnit.MILLISECONDS);
		}
		return thread;
	}

	private static String event(int number) {
		return "id: %d\nevent: deployment.updated\ndata: {\"id\":\"evt_%d\"}\n\n".formatted(number, number);
	}

}
