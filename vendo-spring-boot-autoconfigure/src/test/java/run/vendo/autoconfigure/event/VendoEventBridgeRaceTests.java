package run.vendo.autoconfigure.event;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import run.vendo.autoconfigure.event.EventStreamStatus.State;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.VendoEvent;
import run.vendo.fixture.MutableClock;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a stop of {@link VendoEventBridge} while its stream says something.
 */
@Timeout(120)
class VendoEventBridgeRaceTests {

	private static final int RACES = 3000;

	private final FakeEvents events = new FakeEvents();

	private final HookedClock clock = new HookedClock();

	private final GenericApplicationContext context = new GenericApplicationContext();

	private final ExecutorService platform = Executors.newSingleThreadExecutor();

	private volatile Consumer<Object> listener = (event) -> {
	};

	private final VendoEventBridge bridge = new VendoEventBridge(this.events, EventStreamOptions.defaults(),
			Duration.ofHours(1), (event) -> this.listener.accept(event), new ListenerFailures(this.context), executor(),
			this.clock);

	private static SimpleAsyncTaskExecutor executor() {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("vendo-events-");
		executor.setDaemon(true);
		return executor;
	}

	@AfterEach
	void close() {
		this.bridge.stop();
		this.platform.shutdownNow();
		this.context.close();
	}

	private FakeEvents.Subscription open() {
		this.bridge.start();
		this.bridge.onApplicationEvent(
				new ApplicationReadyEvent(new SpringApplication(), new String[0], this.context, Duration.ZERO));
		return this.events.awaitSubscription();
	}

	@Test
	void whenItIsStoppedTheMomentThatTheStreamSaysSomethingThenItIsStopped() throws Exception {
		for (int i = 0; i < RACES; i++) {
			Signal signal = Signal.values()[i % Signal.values().length];
			FakeEvents.Subscription stream = open();
			CyclicBarrier now = new CyclicBarrier(2);
			Future<?> said = this.platform.submit(() -> {
				await(now);
				signal.accept(stream);
			});
			await(now);
			this.bridge.stop();
			said.get(30, TimeUnit.SECONDS);
			assertStopped("%s, race %d", signal, i);
		}
	}

	@Test
	void whenItIsStoppedTheMomentThatTheStreamEndsThenItIsStopped() throws Exception {
		for (int i = 0; i < RACES; i++) {
			End end = End.values()[i % End.values().length];
			FakeEvents.Subscription stream = open();
			CyclicBarrier now = new CyclicBarrier(2);
			CountDownLatch ended = new CountDownLatch(1);
			this.listener = (event) -> {
				if (event instanceof VendoEvent) {
					await(ended);
					await(now);
				}
			};
			stream.send(this.events.connected("slack"));
			end.accept(stream);
			ended.countDown();
			await(now);
			this.bridge.stop();
			assertStopped("%s, race %d", end, i);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void whenItIsStartedTheMomentThatItIsStoppedThenItIsOneOrTheOther() throws Exception {
		open();
		for (int i = 0; i < RACES; i++) {
			this.bridge.start();
			AtomicInteger missing = new AtomicInteger(2);
			Future<?> started = this.platform.submit(() -> {
				spinUntilThere(missing);
				this.bridge.start();
			});
			spinUntilThere(missing);
			// A start has a little to do before it looks.
			for (int j = 0; j < i % 100; j++) {
				Thread.onSpinWait();
			}
			this.bridge.stop();
			started.get(30, TimeUnit.SECONDS);
			assertThat(this.bridge.status().state()).as("race %d", i)
				.isEqualTo(this.bridge.isRunning() ? State.PENDING : State.STOPPED);
		}
	}

	private static void spinUntilThere(AtomicInteger missing) {
		missing.decrementAndGet();
		while (missing.get() > 0) {
			Thread.onSpinWait();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenItIsStoppedWhileTheTimeOfASignalIsAskedForThenItIsStopped(Signal signal) {
		FakeEvents.Subscription stream = open();
		this.clock.next(this.bridge::stop);
		signal.accept(stream);
		assertStopped("%s", signal);
		List<Object> heard = new CopyOnWriteArrayList<>();
		CountDownLatch delivered = new CountDownLatch(1);
		this.listener = (event) -> {
			heard.add(event);
			if (event instanceof VendoEvent) {
				delivered.countDown();
			}
		};
		open().send(this.events.connected("slack"));
		await(delivered);
		assertThat(heard).as("what was said too late").hasSize(1);
	}

	@Test
	void whenToCancelWaitsForASignalOfTheStreamThenItStops() {
		FakeEvents.Subscription stream = open();
		CountDownLatch delivered = new CountDownLatch(1);
		this.listener = (event) -> delivered.countDown();
		stream.send(this.events.connected("slack"));
		await(delivered);
		this.events.onCancel(() -> {
			try {
				this.platform.submit(stream::open).get(20, TimeUnit.SECONDS);
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		});
		this.bridge.stop();
		assertThat(stream.isCancelled()).isTrue();
		assertStopped("after the signal");
	}

	@Test
	void whileTheClockTakesLongNobodyWaitsForTheStatus() throws Exception {
		FakeEvents.Subscription stream = open();
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.clock.next(() -> {
			asked.countDown();
			await(go);
		});
		Future<?> said = this.platform.submit(stream::open);
		await(asked);
		assertThat(this.bridge.status().state()).isEqualTo(State.PENDING);
		this.bridge.stop();
		go.countDown();
		said.get(30, TimeUnit.SECONDS);
		assertStopped("after the clock");
	}

	private void assertStopped(String when, Object... arguments) {
		EventStreamStatus status = this.bridge.status();
		assertThat(status.state()).as(when, arguments).isEqualTo(State.STOPPED);
		assertThat(status.connectedSince()).as(when, arguments).isNull();
	}

	/**
	 * What the stream says of itself.
	 */
	enum Signal {

		CONNECTED(FakeEvents.Subscription::open),

		INTERRUPTED((stream) -> stream.interrupt(FakeEvents.failure(503))),

		FAILED((stream) -> stream.options().listener().onFailed(FakeEvents.failure(503))),

		REFUSED((stream) -> stream.options().listener().onFailed(FakeEvents.failure(401)));

		private final Consumer<FakeEvents.Subscription> signal;

		Signal(Consumer<FakeEvents.Subscription> signal) {
			this.signal = signal;
		}

		void accept(FakeEvents.Subscription stream) {
			this.signal.accept(stream);
		}

	}

	/**
	 * How the stream ends.
	 */
	enum End {

		BY_ITSELF(FakeEvents.Subscription::end),

		WITH_A_FAILURE((stream) -> stream.events().tryEmitError(FakeEvents.failure(503)).orThrow());

		private final Consumer<FakeEvents.Subscription> end;

		End(Consumer<FakeEvents.Subscription> end) {
			this.end = end;
		}

		void accept(FakeEvents.Subscription stream) {
			this.end.accept(stream);
		}

	}

	/**
	 * Does what a test wants the next time somebody asks for the time.
	 */
	private static final class HookedClock extends Clock {

		private volatile Runnable next = () -> {
		};

		void next(Runnable next) {
			this.next = () -> {
				this.next = () -> {
				};
				next.run();
			};
		}

		@Override
		public Instant instant() {
			this.next.run();
			return MutableClock.START;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			throw new UnsupportedOperationException();
		}

	}

}
