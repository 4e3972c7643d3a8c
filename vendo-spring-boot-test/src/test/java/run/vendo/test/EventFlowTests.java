package run.vendo.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.event.EventStreamMonitor;
import run.vendo.autoconfigure.event.EventStreamState;
import run.vendo.autoconfigure.event.VendoEventsAutoConfiguration;
import run.vendo.connection.ConnectionStatus;
import run.vendo.error.VendoException;
import run.vendo.event.ConnectionChanged;
import run.vendo.event.ConnectionConnected;
import run.vendo.event.ConnectionDisconnected;
import run.vendo.event.ConnectionEvent;
import run.vendo.event.ConnectionNeedsReauth;
import run.vendo.event.EventStream;
import run.vendo.event.StreamFailed;
import run.vendo.event.UnknownEvent;
import run.vendo.event.VendoEvent;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Events from the platform to an application's listeners, over real sockets.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class EventFlowTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	// Whatever a context could wait for takes longer: see launch().
	private static final Duration A_MOMENT = Duration.ofSeconds(20);

	// Those of other tests' cached contexts may be there all the time.
	private final Set<Thread> others = deliveringThreads();

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	private VendoPlatform platform = VendoPlatform.start();

	@AfterEach
	void close() {
		this.contexts.forEach(ConfigurableApplicationContext::close);
		this.platform.close();
	}

	@Test
	void whatHappensOnThePlatformReachesTheListener() {
		Listener listener = start();
		PlatformEvent sent = this.platform.connect("slack");
		assertThat(listener.take()).isInstanceOfSatisfying(ConnectionConnected.class, (event) -> {
			assertThat(event.slug()).isEqualTo("slack");
			assertThat(event.id()).isEqualTo(sent.id());
			assertThat(event.at()).isEqualTo(sent.at());
			assertThat(event.isResynchronized()).isFalse();
		});
		assertThat(listener.states.poll()).isEqualTo(new EventStreamState.Connected());
	}

	@Test
	void tokenIsTheNewOneByTheTimeTheListenerSeesTheEvent() {
		this.platform.connect("slack");
		Listener listener = start();
		String before = listener.vendo.token("slack");
		assertThat(listener.vendo.token("slack")).isEqualTo(before);
		for (int i = 0; i < 50; i++) {
			this.platform.rotateToken("slack");
			assertThat(listener.take()).isInstanceOf(ConnectionChanged.class);
			assertThat(listener.tokens.remove()).isEqualTo(this.platform.token("slack")).isNotEqualTo(before);
			before = this.platform.token("slack");
		}
	}

	@Test
	void tokensOfUsersAreDroppedToo() {
		PlatformUser alice = this.platform.user("alice");
		alice.connect("slack");
		this.platform.connect("slack");
		Listener listener = start();
		VendoClient ofAlice = listener.vendo.forUser(alice.jwt());
		String before = ofAlice.token("slack");
		alice.expireTokens("slack");
		assertThat(ofAlice.token("slack")).isEqualTo(before);
		this.platform.change("slack", (connection) -> connection.metadata(Map.of("a", 1)));
		listener.take();
		assertThat(ofAlice.token("slack")).isEqualTo(alice.token("slack")).isNotEqualTo(before);
	}

	@Test
	void whenPlatformRestartsThenWhatWasMissedIsReplayedOnceAndInOrder() {
		Listener listener = start();
		List<String> sent = new ArrayList<>();
		sent.add(this.platform.connect("slack").id());
		listener.take();
		this.platform.stop();
		for (int i = 0; i < 50; i++) {
			sent.add(this.platform.emit("number", Map.of("n", i)).id());
		}
		sent.add(this.platform.needsReauth("slack").id());
		this.platform.restart();
		List<String> seen = new ArrayList<>(List.of(sent.get(0)));
		while (seen.size() < sent.size()) {
			seen.add(listener.takeSent().id());
		}
		assertThat(seen).isEqualTo(sent);
		sent.add(this.platform.connect("notion").id());
		assertThat(listener.takeSent().id()).isEqualTo(sent.get(sent.size() - 1));
		assertThat(listener.view()).isEqualTo(stateOfThePlatform("slack", "notion"));
	}

	@Test
	void whenPlatformForgotWhatWasMissedThenItIsMadeUpFor() {
		Listener listener = start();
		// By the time this is found out all is known that is connected, so that another
		// connection is news.
		this.platform.connect("supabase");
		listener.take();
		this.platform.stop();
		this.platform.disconnect("supabase");
		this.platform.restartWithoutHistory();
		assertThat(listener.take()).isInstanceOf(ConnectionDisconnected.class);
		for (String slug : List.of("slack", "notion", "openai", "gmail")) {
			this.platform.connect(slug);
			listener.take();
		}
		this.platform.stop();
		this.platform.needsReauth("slack");
		this.platform.disconnect("notion");
		this.platform.connect("supabase");
		this.platform.restartWithoutHistory();
		Map<String, VendoEvent> found = new HashMap<>();
		for (int i = 0; i < 3; i++) {
			ConnectionEvent event = (ConnectionEvent) listener.take();
			assertThat(event.isResynchronized()).isTrue();
			found.put(event.slug(), event);
		}
		assertThat(found).containsOnlyKeys("slack", "notion", "supabase");
		assertThat(found.get("slack")).isInstanceOf(ConnectionNeedsReauth.class);
		assertThat(found.get("notion")).isInstanceOf(ConnectionDisconnected.class);
		assertThat(found.get("supabase")).isInstanceOf(ConnectionConnected.class);
		assertThat(listener.view()).isEqualTo(stateOfThePlatform("slack", "notion", "openai", "gmail", "supabase"));
	}

	@Test
	void whenConnectionIsDeadWithoutAWordThenItIsReplaced() {
		this.platform.close();
		this.platform = VendoPlatform.builder().heartbeat(Duration.ofMillis(100)).start();
		Listener listener = start("--vendo.events.idle-timeout=3s");
		this.platform.connect("slack");
		listener.take();
		this.platform.halfOpenStreams();
		PlatformEvent missed = this.platform.needsReauth("slack");
		assertThat(listener.takeSent().id()).isEqualTo(missed.id());
		assertThat(listener.state()).isInstanceOf(EventStreamState.Connected.class);
		assertThat(listener.state()).isInstanceOfSatisfying(EventStreamState.Interrupted.class,
				(state) -> assertThat(state.cause().getMessage()).contains("3000 ms"));
		assertThat(listener.state()).isInstanceOf(EventStreamState.Recovered.class);
	}

	@Test
	void heartbeatsKeepAQuietStreamOpen() {
		this.platform.close();
		this.platform = VendoPlatform.builder().heartbeat(Duration.ofMillis(50)).start();
		Listener listener = start("--vendo.events.idle-timeout=5s");
		// Longer than the idle timeout.
		listener.rest(Duration.ofMillis(5500));
		this.platform.connect("slack");
		listener.take();
		assertThat(this.platform.requestCount("/api/deployments/me/events")).isOne();
	}

	@Test
	void whenKeyIsRevokedThenItStopsAndSaysSo(CapturedOutput output) {
		Listener listener = start("--vendo.events.resubscribe-delay=1ms");
		this.platform.connect("slack");
		listener.take();
		this.platform.revokeApiKey(this.platform.apiKey());
		assertThat(listener.take()).isInstanceOfSatisfying(StreamFailed.class,
				(event) -> assertThat(event.cause().status()).isEqualTo(401));
		EventStreamState last = listener.state();
		while (!(last instanceof EventStreamState.Failed)) {
			last = listener.state();
		}
		assertThat(((EventStreamState.Failed) last).nextAttempt()).isNull();
		assertThat(this.platform.requestCount("/api/deployments/me/events")).isEqualTo(2);
		assertThat(output).containsOnlyOnce("The platform refuses the event stream").contains("vendo.api-key");
		assertThat(output.getAll()).doesNotContain(this.platform.apiKey());
	}

	@Test
	void whenFiveStreamsAreOpenThenItWaitsForOneAndSaysWhatTheLimitMeans(CapturedOutput output) {
		List<EventStream> streams = new ArrayList<>();
		try (VendoClient other = this.platform.clientBuilder().build()) {
			for (int i = 0; i < 5; i++) {
				streams.add(other.events().subscribe());
			}
			this.platform.awaitStreams(5, WAIT);
			Listener listener = launch("--vendo.events.initial-backoff=10ms", "--vendo.events.max-backoff=50ms",
					"--vendo.events.resubscribe-delay=10ms");
			EventStreamState state = listener.state();
			while (!(state instanceof EventStreamState.Failed)) {
				state = listener.state();
			}
			assertThat(output).containsOnlyOnce("five event streams at once");
			streams.remove(0).close();
			while (!(state instanceof EventStreamState.Recovered)) {
				state = listener.state();
			}
			PlatformEvent sent = this.platform.connect("slack");
			VendoEvent event = listener.take();
			while (event instanceof StreamFailed) {
				event = listener.take();
			}
			assertThat(event.id()).isEqualTo(sent.id());
		}
		finally {
			streams.forEach(EventStream::close);
		}
	}

	@Test
	void whatComesUnderOldNamesTooIsDeliveredOnce() {
		this.platform.legacyAliases(true);
		Listener listener = start();
		this.platform.connect("slack");
		this.platform.needsReauth("slack");
		this.platform.disconnect("slack");
		this.platform.redeliver(3);
		this.platform.emit("end", Map.of());
		assertThat(listener.take()).isInstanceOf(ConnectionConnected.class);
		assertThat(listener.take()).isInstanceOf(ConnectionNeedsReauth.class);
		assertThat(listener.take()).isInstanceOf(ConnectionDisconnected.class);
		assertThat(listener.take()).isInstanceOf(UnknownEvent.class);
	}

	@Test
	void contextClosesAtOnceAndTheStreamWithIt() {
		start();
		stopsAtOnce();
		this.platform.awaitStreams(0, WAIT);
	}

	@Test
	void contextStopsAtOnceWhileThePlatformIsDown() {
		Listener listener = start("--vendo.events.max-reconnects=-1", "--vendo.events.initial-backoff=5m",
				"--vendo.events.max-backoff=5m");
		this.platform.stop();
		while (!(listener.state() instanceof EventStreamState.Interrupted)) {
			continue;
		}
		stopsAtOnce();
	}

	@Test
	void contextStopsAtOnceWhileThePlatformDoesNotAnswer() {
		this.platform.delayNext(Duration.ofMinutes(5));
		launch();
		this.platform.awaitRequests("/api/deployments/me/events", 1, WAIT);
		stopsAtOnce();
	}

	// The bridge alone, with its thread, and then all the rest.
	private void stopsAtOnce() {
		ConfigurableApplicationContext context = this.contexts.remove(0);
		Set<Thread> threads = deliveringThreads();
		threads.removeAll(this.others);
		assertThat(threads).isNotEmpty();
		long begin = System.nanoTime();
		((Lifecycle) context.getBean(EventStreamMonitor.class)).stop();
		assertThat(threads).allMatch(EventFlowTests::ends);
		context.close();
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(A_MOMENT);
	}

	@Test
	void contextsLeaveNoThread() {
		for (int i = 0; i < 20; i++) {
			Listener listener = start();
			this.platform.emit("number", Map.of("n", i));
			listener.take();
			this.contexts.remove(0).close();
			this.platform.awaitStreams(0, WAIT);
		}
		assertThat(deliveringThreads()).filteredOn((thread) -> !this.others.contains(thread))
			.allMatch(EventFlowTests::ends);
	}

	private static Set<Thread> deliveringThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("vendo-events"))
			.collect(Collectors.toSet());
	}

	@Test
	void whenListenerBlocksThenThePlatformHasToWait() throws InterruptedException {
		this.platform.close();
		this.platform = VendoPlatform.builder().streamBuffer(100).start();
		Listener listener = start();
		// From here on the stream has a place to go on from.
		this.platform.connect("slack");
		listener.take();
		listener.blocked = new CountDownLatch(1);
		long before = usedHeap();
		// Far more than sockets hold, 10 kB each: what waits is either in the
		// application's memory or kept back by the platform, which cuts it off.
		String text = "x".repeat(10_000);
		int sent = 0;
		boolean keptBack = false;
		while (this.platform.overflownStreams() == 0 && sent < 20_000) {
			this.platform.emit("big", Map.of("text", text));
			sent++;
			if (!keptBack && sent % 50 == 0) {
				// Not faster than the platform itself can send.
				keptBack = isKeptBack();
			}
		}
		assertThat(this.platform.overflownStreams()).isPositive();
		assertThat(usedHeap() - before).isLessThan(16L * 1024 * 1024);
		CountDownLatch blocked = listener.blocked;
		listener.blocked = null;
		blocked.countDown();
		PlatformEvent last = this.platform.emit("last", Map.of());
		VendoEvent event = listener.take();
		while (!last.id().equals(event.id())) {
			event = listener.take();
		}
	}

	private boolean isKeptBack() {
		try {
			this.platform.awaitDrained(Duration.ofSeconds(2));
			return false;
		}
		catch (AssertionError ex) {
			return true;
		}
	}

	private static long usedHeap() {
		System.gc();
		Runtime runtime = Runtime.getRuntime();
		return runtime.totalMemory() - runtime.freeMemory();
	}

	private static boolean ends(Thread thread) {
		try {
			thread.join(WAIT.toMillis());
			return !thread.isAlive();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private Map<String, ConnectionStatus> stateOfThePlatform(String... slugs) {
		Map<String, ConnectionStatus> state = new HashMap<>();
		for (String slug : slugs) {
			state.put(slug, this.platform.status(slug));
		}
		return state;
	}

	private Listener start(String... arguments) {
		Listener listener = launch(arguments);
		this.platform.awaitStreams(1, WAIT);
		// What is connected is known from here on, so that a difference means something.
		this.platform.awaitRequests("/api/deployments/me/connections", 1, WAIT);
		return listener;
	}

	private Listener launch(String... arguments) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.initializers((created) -> created.getBeanFactory().registerSingleton("platform", this.platform))
			.properties("logging.level.run.vendo=INFO", "spring.lifecycle.timeout-per-shutdown-phase=5m")
			.run(arguments);
		this.contexts.add(context);
		return context.getBean(Listener.class);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ VendoAutoConfiguration.class, VendoEventsAutoConfiguration.class,
			LifecycleAutoConfiguration.class })
	static class Application {

		@Bean
		VendoClient vendoClient(VendoPlatform platform) {
			return platform.clientBuilder().build();
		}

		@Bean
		Listener listener(VendoClient vendo) {
			return new Listener(vendo);
		}

	}

	/**
	 * Keeps what it hears, and what it finds out when it does.
	 */
	static class Listener {

		private final BlockingQueue<VendoEvent> events = new LinkedBlockingQueue<>();

		private final BlockingQueue<EventStreamState> states = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> tokens = new LinkedBlockingQueue<>();

		private final Map<String, ConnectionStatus> view = new ConcurrentHashMap<>();

		private final VendoClient vendo;

		private volatile CountDownLatch blocked;

		Listener(VendoClient vendo) {
			this.vendo = vendo;
		}

		@EventListener
		void on(VendoEvent event) throws InterruptedException {
			CountDownLatch blocked = this.blocked;
			if (blocked != null) {
				blocked.await();
			}
			if (event instanceof ConnectionEvent connection) {
				look(connection);
			}
			this.events.add(event);
		}

		private void look(ConnectionEvent event) {
			if (event instanceof ConnectionConnected) {
				this.view.put(event.slug(), ConnectionStatus.CONNECTED);
			}
			else if (event instanceof ConnectionDisconnected) {
				this.view.put(event.slug(), ConnectionStatus.AVAILABLE);
			}
			else if (event instanceof ConnectionNeedsReauth) {
				this.view.put(event.slug(), ConnectionStatus.NEEDS_REAUTH);
			}
			else if (event instanceof ConnectionChanged) {
				try {
					this.tokens.add(this.vendo.token(event.slug()));
				}
				catch (VendoException ex) {
					this.tokens.add(ex.getMessage());
				}
			}
		}

		@EventListener
		void on(EventStreamState state) {
			this.states.add(state);
		}

		Map<String, ConnectionStatus> view() {
			return this.view;
		}

		VendoEvent take() {
			return take(this.events);
		}

		/**
		 * Take the next event that was sent. What the connections say may be known before
		 * the replay has told it.
		 */
		VendoEvent takeSent() {
			VendoEvent event = take();
			while (event.isResynchronized()) {
				event = take();
			}
			return event;
		}

		EventStreamState state() {
			return take(this.states);
		}

		/**
		 * Wait for a time in which nothing is heard.
		 */
		void rest(Duration time) {
			try {
				assertThat(this.events.poll(time.toMillis(), TimeUnit.MILLISECONDS)).isNull();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

		private static <T> T take(BlockingQueue<T> queue) {
			try {
				T next = queue.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
				if (next == null) {
					throw new AssertionError("Nothing was delivered");
				}
				return next;
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

	}

}
