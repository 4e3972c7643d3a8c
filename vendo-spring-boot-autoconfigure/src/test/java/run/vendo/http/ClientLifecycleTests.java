package run.vendo.http;

import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.error.TransportException;
import run.vendo.error.TransportException.Reason;
import run.vendo.error.VendoException;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.StreamFailed;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

/**
 * Tests of connections and threads: whose they are, who shares them, and when they go.
 */
class ClientLifecycleTests extends AbstractTransportTests {

	private static final ConnectionPool ONE_CONNECTION = ConnectionPool.defaults().withMaxConnections(1);

	private static RawServer keeping() {
		return RawServer.start((exchange) -> {
			exchange.keepAlive().sendJson("{}");
		});
	}

	private static void call(VendoClient client) {
		client.http().get("/x").toBodilessEntity();
	}

	// Bounded by the timeout of every test.
	private static void await(BooleanSupplier condition) {
		while (!condition.getAsBoolean()) {
			assertThat(Thread.currentThread().isInterrupted()).as("waited too long").isFalse();
			Thread.onSpinWait();
		}
	}

	@Test
	void whenOnlyBuiltShouldOpenNothing() throws Exception {
		AtomicInteger connectors = new AtomicInteger();
		RawServer server = closing(keeping());
		VendoClient client = builder(server.url()).connectorFactory((settings) -> {
			connectors.incrementAndGet();
			return this.connector.factory().create(settings);
		}).build();
		client.forUser(JWT);
		client.mutate().build().close();
		client.close();
		assertThat(connectors).hasValue(0);
		assertThat(server.connections()).isZero();
	}

	@Test
	void shouldReuseConnectionsAlsoOfDerivedClients() {
		RawServer server = closing(keeping());
		VendoClient client = closing(builder(server.url()).connectionPool(ONE_CONNECTION).build());
		VendoClient user = client.forUser(JWT);
		VendoClient derived = closing(client.mutate().apiVersion("2027-01-01").build());
		IntStream.range(0, 10).forEach((i) -> {
			call(client);
			call(user);
			call(derived);
		});
		assertThat(server.requests()).hasSize(30);
		// The JDK has no bound, and an answer may be here before its connection is free.
		assertThat(server.connections()).isLessThanOrEqualTo((this.connector == Connector.JDK) ? 10 : 1);
	}

	@Test
	void whenLastClientIsClosedShouldCloseConnections() {
		// The JDK's close when the client is no longer reachable.
		assumeThat(this.connector).isEqualTo(Connector.REACTOR_NETTY);
		RawServer server = closing(keeping());
		VendoClient first = builder(server.url()).connectionPool(ONE_CONNECTION).build();
		VendoClient second = first.mutate().build();
		call(first);
		first.close();
		first.close();
		first.forUser(JWT);
		call(second);
		assertThat(server.connections()).isEqualTo(1);
		assertThat(server.openConnections()).isEqualTo(1);
		second.close();
		await(() -> server.openConnections() == 0);
	}

	@Test
	void whenUserClientIsClosedShouldStayOpen() {
		RawServer server = closing(keeping());
		VendoClient client = client(server);
		client.forUser(JWT).close();
		call(client);
		call(client.forUser(JWT));
	}

	@Test
	void whenClosedShouldRefuseFurtherUse() {
		RawServer server = closing(keeping());
		VendoClient client = client(server);
		VendoClient user = client.forUser(JWT);
		VendoClient.Builder derived = client.mutate();
		client.close();
		assertThat(failureOf(() -> call(client))).hasMessageContaining("This client is closed")
			.hasMessageContaining("Build another one")
			.extracting(VendoException::attempts)
			.isEqualTo(0);
		assertThat(failureOf(() -> call(user))).hasMessageContaining("This client is closed");
		assertThatExceptionOfType(VendoException.class).isThrownBy(derived::build)
			.withMessageContaining("This client is closed");
		assertThat(server.connections()).isZero();
	}

	@Test
	void whatIsSeenWithAnotherCredentialDoesNotCloseTheClient() {
		RawServer server = closing(keeping());
		java.net.URI url = java.net.URI.create(server.url());
		VendoHttp http = VendoHttp.create(
				new HttpConfig(url, url, url, "1", () -> KEY, null, RetryPolicy.none(), HttpTimeouts.defaults(), 1024,
						java.time.Clock.systemUTC(), Schedulers.parallel(), () -> 0.5, null, false, null),
				this.connector.factory(), ConnectionPool.defaults(), WebClient::builder, ClientInstrumentation.none());
		http.as(VendoCredential.none()).close();
		http.forUser(JWT).close();
		assertThat(http.isClosed()).isFalse();
		http.api().get("/x").toBodilessEntity().block();
		http.close();
		assertThat(http.as(VendoCredential.none()).isClosed()).isTrue();
	}

	@Test
	void whenClosedWithACallUnderWayThenItEndsOneWayOrTheOther() throws Exception {
		CountDownLatch arrived = new CountDownLatch(1);
		CountDownLatch closed = new CountDownLatch(1);
		RawServer server = closing(RawServer.start((exchange) -> {
			arrived.countDown();
			closed.await();
			exchange.sendJson("{}");
		}));
		VendoClient client = builder(server.url()).build();
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<VendoException> call = executor.submit(() -> {
				try {
					call(client);
					return null;
				}
				catch (VendoException ex) {
					return ex;
				}
			});
			arrived.await();
			client.close();
			closed.countDown();
			VendoException failure = call.get();
			if (failure != null) {
				assertThat(failure.attempts()).isEqualTo(1);
			}
			assertThat(server.requests()).hasSize(1);
		}
		finally {
			closed.countDown();
			executor.shutdownNow();
		}
	}

	@Test
	void whenClosedBeforeARetryThenItIsNotMade() throws Exception {
		TestScheduler time = new TestScheduler(Duration.ofNanos(1));
		answers(status(503), json(200, "{}"));
		VendoClient client = builder().scheduler(time).build();
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<VendoException> call = executor.submit(() -> failureOf(() -> call(client)));
			await(() -> time.timeouts().stream().anyMatch((wait) -> wait.compareTo(Duration.ofMinutes(1)) < 0));
			client.close();
			time.elapse(Duration.ofMinutes(1));
			assertThat(call.get()).isNotNull().satisfies((ex) -> {
				assertThat(ex.status()).isEqualTo(503);
				assertThat(ex.attempts()).isEqualTo(1);
			});
			assertThat(requests()).hasSize(1);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenClosedDuringTheFirstCallShouldLeaveNoConnectorOpen() throws Exception {
		AtomicInteger opened = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			for (int i = 0; i < 500; i++) {
				VendoClient client = builder("http://127.0.0.1").retry(RetryPolicy.none())
					.connectorFactory((settings) -> new CountingConnector(opened, closed))
					.build();
				CyclicBarrier together = new CyclicBarrier(2);
				Future<?> call = executor.submit(() -> {
					together.await();
					return failureOf(() -> call(client));
				});
				Future<?> close = executor.submit(() -> {
					together.await();
					client.close();
					return null;
				});
				assertThat(call.get()).isNotNull();
				close.get();
				assertThat(closed).hasValue(opened.get());
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenConnectorIsOutlivedShouldGoOnOverOneOtherAndCloseIt() throws Exception {
		List<CountingConnector> made = new CopyOnWriteArrayList<>();
		AtomicInteger opened = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		VendoClient client = closing(builder("http://127.0.0.1").retry(RetryPolicy.none())
			.environment(Map.of("VENDO_TOKEN_SLACK", "xoxb-1")::get)
			.connectorFactory((settings) -> {
				CountingConnector connector = new CountingConnector(opened, closed);
				made.add(connector);
				return connector;
			})
			.build());
		WebClient held = client.session("slack").webClient();
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			failureOf(() -> call(client));
			for (int i = 1; i <= 50; i++) {
				made.get(made.size() - 1).outlived = true;
				CyclicBarrier together = new CyclicBarrier(8);
				List<Future<?>> calls = new ArrayList<>();
				for (int j = 0; j < 8; j++) {
					calls.add(executor.submit(() -> {
						together.await();
						return failureOf(() -> call(client));
					}));
				}
				for (Future<?> call : calls) {
					assertThat(call.get()).isInstanceOf(VendoException.class);
				}
				assertThat(opened).hasValue(i + 1);
				assertThat(closed).hasValue(i);
			}
			int before = made.get(made.size() - 1).asked.get();
			assertThatException()
				.isThrownBy(() -> held.get().uri("http://127.0.0.1/").retrieve().toBodilessEntity().block());
			assertThat(made.get(made.size() - 1).asked).as("a session that somebody holds").hasValueGreaterThan(before);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenAConnectorCannotBeClosedShouldCloseTheOtherAndSayBoth() {
		AtomicInteger opened = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		VendoClient client = builder("http://127.0.0.1").retry(RetryPolicy.none())
			.connectorFactory((settings) -> new UncloseableConnector(settings.name(), opened, closed))
			.build();
		failureOf(() -> call(client));
		StepVerifier.create(client.reactive().events().subscribe(EventStreamOptions.defaults().withMaxReconnects(0)))
			.expectNextMatches(StreamFailed.class::isInstance)
			.thenCancel()
			.verify(Duration.ofSeconds(20));
		assertThat(opened).hasValue(2);
		assertThatIllegalStateException().isThrownBy(client::close)
			.withMessage("vendo stays open")
			.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement(THROWABLE)
				.hasMessage("vendo-events stays open"));
		assertThat(closed).hasValue(2);
	}

	@Test
	void whenAnOutlivedConnectorCannotBeClosedShouldGoOnOverAnother() {
		AtomicInteger opened = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		List<CountingConnector> made = new ArrayList<>();
		VendoClient client = builder("http://127.0.0.1").retry(RetryPolicy.none()).connectorFactory((settings) -> {
			made.add(made.isEmpty() ? new UncloseableConnector(settings.name(), opened, closed)
					: new CountingConnector(opened, closed));
			return made.get(made.size() - 1);
		}).build();
		closing(client);
		failureOf(() -> call(client));
		made.get(0).outlived = true;
		assertThat(failureOf(() -> call(client))).isInstanceOf(TransportException.class);
		assertThat(closed).hasValue(1);
		assertThat(made.get(1).asked).hasValue(1);
	}

	@Test
	void whenConnectorIsOutlivedAfterTheCloseShouldOpenNoOther() {
		AtomicInteger opened = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		CountingConnector connector = new CountingConnector(opened, closed);
		VendoClient client = builder("http://127.0.0.1").retry(RetryPolicy.none())
			.environment(Map.of("VENDO_TOKEN_SLACK", "xoxb-1")::get)
			.connectorFactory((settings) -> (opened.get() == 1) ? connector : new CountingConnector(opened, closed))
			.build();
		WebClient held = client.session("slack").webClient();
		failureOf(() -> call(client));
		client.close();
		connector.outlived = true;
		assertThatException()
			.isThrownBy(() -> held.get().uri("http://127.0.0.1/").retrieve().toBodilessEntity().block());
		assertThat(connector.asked).hasValue(1);
		assertThat(opened).hasValue(1);
		assertThat(closed).hasValue(1);
	}

	@Test
	void whenClosedShouldLeaveNoThread() {
		RawServer server = closing(keeping());
		// Those of other tests.
		Set<Thread> before = threads((thread) -> true);
		Predicate<Thread> ours = (thread) -> !before.contains(thread)
				&& (thread.getName().startsWith("vendo-") || thread.getName().startsWith("HttpClient-"));
		IntStream.range(0, 10).forEach((i) -> callOnceAndClose(server));
		await(() -> {
			// The JDK's own thread goes with its client.
			System.gc();
			return threads(ours).isEmpty();
		});
		// Reactor Netty's are shared by the whole process, in which others may be ending.
		assertThat(threads((thread) -> !before.contains(thread) && thread.getName().startsWith("reactor-http")))
			.hasSizeLessThanOrEqualTo(Math.max(4, Runtime.getRuntime().availableProcessors()) + 1);
	}

	private void callOnceAndClose(RawServer server) {
		VendoClient client = builder(server.url()).build();
		call(client);
		client.close();
	}

	@Test
	void threadsShouldBeDaemons() {
		RawServer server = closing(keeping());
		call(client(server));
		assertThat(threads((thread) -> thread.getName().startsWith("vendo-")
				|| thread.getName().contains("reactor-http") || thread.getName().startsWith("HttpClient-")))
			.allMatch(Thread::isDaemon);
	}

	private static Set<Thread> threads(Predicate<Thread> predicate) {
		return Thread.getAllStackTraces().keySet().stream().filter(predicate).collect(Collectors.toSet());
	}

	@Test
	void shouldUseTheApplicationsBuilderAndLeaveItAsItWas() {
		RawServer server = closing(RawServer.start((exchange) -> exchange.sendJson("{}")));
		List<String> filtered = new ArrayList<>();
		WebClient.Builder own = WebClient.builder().defaultHeader("X-Own", "yes").filter((request, next) -> {
			filtered.add(request.url().getPath());
			return next.exchange(request);
		});
		VendoClient client = closing(builder(server.url()).webClientBuilder(() -> own).build());
		client.http().get("/ours").toBodilessEntity();
		own.build().get().uri(server.url() + "/theirs").retrieve().toBodilessEntity().block();
		client.forUser(JWT).http().post("/ours").toBodilessEntity();
		own.build().get().uri(server.url() + "/theirs").retrieve().toBodilessEntity().block();
		assertThat(filtered).containsExactly("/ours", "/theirs", "/ours", "/theirs");
		assertThat(server.requests()).hasSize(4)
			.allSatisfy((head) -> assertThat(head).containsIgnoringCase("x-own: yes"));
		assertThat(List.of(server.requests().get(1), server.requests().get(3)))
			.allSatisfy((head) -> assertThat(head).doesNotContain(KEY, JWT)
				.doesNotContainIgnoringCase("vendo", "idempotency-key"));
	}

	@Test
	void whenCallIsCancelledShouldLetGoOfTheConnection() throws Exception {
		CountDownLatch arrived = new CountDownLatch(1);
		CountDownLatch gone = new CountDownLatch(1);
		RawServer server = closing(RawServer.start((exchange) -> {
			if (exchange.number() > 1) {
				exchange.sendJson("{}");
				return;
			}
			arrived.countDown();
			exchange.awaitClientGone();
			gone.countDown();
		}));
		VendoClient client = closing(builder(server.url()).connectionPool(ONE_CONNECTION).build());
		Disposable call = client.reactive().http().get("/x").retrieve(String.class).subscribe();
		arrived.await();
		call.dispose();
		gone.await();
		call(client);
		assertThat(this.scheduler.timeouts()).hasSize(1);
	}

	@Test
	void whenBodyIsUnderWayShouldCancelItToo() throws Exception {
		// Spring's connector over the JDK does not pass this on.
		assumeThat(this.connector).isEqualTo(Connector.REACTOR_NETTY);
		CountDownLatch arrived = new CountDownLatch(1);
		CountDownLatch gone = new CountDownLatch(1);
		RawServer server = closing(RawServer.start((exchange) -> {
			exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":");
			exchange.awaitClientGone();
			gone.countDown();
		}));
		WebClient.Builder watching = WebClient.builder()
			.filter((request, next) -> next.exchange(request)
				.map((response) -> response.mutate()
					.body((body) -> body.doOnNext((part) -> arrived.countDown()))
					.build()));
		VendoClient client = closing(builder(server.url()).webClientBuilder(() -> watching).build());
		Disposable call = client.reactive().http().get("/x").retrieve(String.class).subscribe();
		arrived.await();
		call.dispose();
		gone.await();
	}

	@Test
	void whenCallerIsInterruptedShouldStopTheCall() throws Exception {
		CountDownLatch arrived = new CountDownLatch(1);
		CountDownLatch gone = new CountDownLatch(1);
		RawServer server = closing(RawServer.start((exchange) -> {
			arrived.countDown();
			exchange.awaitClientGone();
			gone.countDown();
		}));
		VendoClient client = closing(builder(server.url()).build());
		CompletableFuture<VendoException> failure = new CompletableFuture<>();
		AtomicReference<Boolean> interrupted = new AtomicReference<>();
		Thread caller = new Thread(() -> {
			VendoException raised = failureOf(() -> call(client));
			interrupted.set(Thread.currentThread().isInterrupted());
			failure.complete(raised);
		});
		caller.start();
		arrived.await();
		caller.interrupt();
		assertThat(failure.get()).isInstanceOfSatisfying(TransportException.class,
				(ex) -> assertThat(ex.reason()).isEqualTo(Reason.INTERRUPTED));
		assertThat(interrupted.get()).isTrue();
		gone.await();
		caller.join();
	}

	@Test
	void whenThreadMayNotWaitShouldNameTheReactiveClient() {
		RawServer server = closing(keeping());
		VendoClient client = client(server);
		Mono<Object> misuse = Mono.fromRunnable(() -> call(client)).subscribeOn(Schedulers.parallel());
		assertThatIllegalStateException().isThrownBy(misuse::block)
			.withMessageContaining("ReactiveVendoClient")
			.withMessageContaining("boundedElastic")
			.withMessageContaining("parallel-");
		assertThatIllegalStateException()
			.isThrownBy(() -> Mono.fromSupplier(() -> client.token("slack")).subscribeOn(Schedulers.single()).block());
		assertThat(server.connections()).isZero();
		Mono.fromRunnable(() -> call(client)).subscribeOn(Schedulers.boundedElastic()).block();
		assertThat(server.requests()).hasSize(1);
	}

	@Test
	void whenCallFailsShouldShowWhoAsked() {
		answers(status(404));
		VendoClient client = client();
		assertThat(failureOf(() -> call(client)).getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals(ClientLifecycleTests.class.getName()));
	}

	@Test
	void whenManyThreadsShareOneClientShouldNeverMixUpTheirCalls() throws Exception {
		RawServer server = closing(RawServer.start((exchange) -> {
			exchange.keepAlive()
				.sendJson("{\"path\":\"%s\",\"jwt\":\"%s\",\"key\":\"%s\"}".formatted(exchange.head().split(" ")[1],
						exchange.header(VendoHttp.USER_JWT_HEADER), exchange.header("Idempotency-Key")));
		}));
		VendoClient client = closing(builder(server.url())
			.connectionPool(ConnectionPool.defaults().withMaxConnections(8).withPending(10_000, Duration.ofMinutes(1)))
			.build());
		int threads = 64;
		int calls = 20;
		CyclicBarrier together = new CyclicBarrier(threads);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Future<Void>> results = IntStream.range(0, threads).mapToObj((caller) -> executor.<Void>submit(() -> {
				VendoClient user = (caller % 2 == 0) ? client.forUser("user-" + caller) : client;
				together.await();
				for (int i = 0; i < calls; i++) {
					String id = caller + "-" + i;
					JsonNode echo = user.http().post("/{id}", id).idempotencyKey(id).retrieve(JsonNode.class);
					assertThat(echo.path("path").stringValue()).isEqualTo("/" + id);
					assertThat(echo.path("key").stringValue()).isEqualTo(id);
					assertThat(echo.path("jwt").stringValue()).isEqualTo((caller % 2 == 0) ? "user-" + caller : "");
				}
				return null;
			})).toList();
			for (Future<Void> result : results) {
				result.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(server.requests()).hasSize(threads * calls);
		assertThat(this.scheduler.timeouts()).hasSize(1);
		if (this.connector == Connector.REACTOR_NETTY) {
			assertThat(server.connections()).isLessThanOrEqualTo(8);
		}
	}

	@Test
	void whenConnectTimeoutDiffersShouldNotShareConnections() {
		RawServer server = closing(keeping());
		VendoClient client = client(server);
		call(client);
		VendoClient other = closing(client.mutate()
			.timeouts(HttpTimeouts.defaults().withConnect(Duration.ofMinutes(1)).withResponse(Duration.ofMinutes(5)))
			.build());
		client.close();
		call(other);
		assertThat(server.connections()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "P60D", "PT2562047788015215H" })
	void whenConnectTimeoutIsEndlessShouldNotOverflow(Duration connectTimeout) {
		RawServer server = closing(keeping());
		VendoClient client = closing(builder(server.url())
			.timeouts(HttpTimeouts.defaults().withConnect(connectTimeout).withResponse(Duration.ofMinutes(5)))
			.build());
		call(client);
		assertThat(server.requests()).hasSize(1);
	}

	private static class CountingConnector implements VendoConnector {

		private final AtomicInteger closed;

		private final AtomicInteger asked = new AtomicInteger();

		private volatile boolean outlived;

		CountingConnector(AtomicInteger opened, AtomicInteger closed) {
			opened.incrementAndGet();
			this.closed = closed;
		}

		@Override
		public ClientHttpConnector clientConnector() {
			return (method, uri, callback) -> {
				this.asked.incrementAndGet();
				return Mono.error(new ConnectException("Nobody there"));
			};
		}

		@Override
		public ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean isOutlived() {
			return this.outlived;
		}

		@Override
		public void close() {
			this.closed.incrementAndGet();
		}

	}

	private static final class UncloseableConnector extends CountingConnector {

		private final String name;

		UncloseableConnector(String name, AtomicInteger opened, AtomicInteger closed) {
			super(opened, closed);
			this.name = name;
		}

		@Override
		public void close() {
			super.close();
			throw new IllegalStateException(this.name + " stays open");
		}

	}

}
