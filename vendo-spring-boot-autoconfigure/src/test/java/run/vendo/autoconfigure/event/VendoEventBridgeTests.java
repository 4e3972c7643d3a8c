package run.vendo.autoconfigure.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.autoconfigure.event.EventStreamStatus.State;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.event.ConnectionConnected;
import run.vendo.event.ConnectionEvent;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.event.StreamFailed;
import run.vendo.event.UnknownEvent;
import run.vendo.event.VendoEvent;
import run.vendo.fixture.MutableClock;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class VendoEventBridgeTests {

	private final FakeEvents events = new FakeEvents();

	private final Seen seen = new Seen();

	private final MutableClock clock = new MutableClock();

	private final CountedPatience patience = new CountedPatience();

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	@AfterEach
	void close() {
		this.contexts.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void deliversEventsAsThemselvesInOrderOnItsOwnThread() {
		start(Recorder.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		List<VendoEvent> sent = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			sent.add(this.events.connected("slack"));
		}
		sent.forEach(stream::send);
		for (VendoEvent event : sent) {
			assertThat(this.seen.take()).isSameAs(event);
		}
		assertThat(this.seen.threads).hasSize(1).allMatch((name) -> name.startsWith("vendo-events"));
	}

	@Test
	void listenersChooseByTypeAndByField() {
		start(Choosers.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.send(this.events.connected("notion"), VendoEvent.of("tomorrow.news", "{\"id\":\"u1\"}"),
				this.events.connected("slack"));
		assertThat(this.seen.take()).isEqualTo("connected notion");
		assertThat(this.seen.take()).isEqualTo("unknown tomorrow.news");
		assertThat(this.seen.take()).isEqualTo("connected slack");
		assertThat(this.seen.take()).isEqualTo("slack alone");
	}

	@Test
	void listenerThatThrowsStopsNeitherOtherListenersNorLaterEvents(CapturedOutput output) {
		ConfigurableApplicationContext context = start(Recorder.class, Thrower.class, LegacyThrower.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		for (int i = 0; i < 3; i++) {
			VendoEvent event = this.events.connected("slack");
			stream.send(event);
			assertThat(this.seen.take()).isSameAs(event);
		}
		context.close();
		assertThat(output.getOut().lines().filter((line) -> isOurs(line, "ERROR"))).hasSize(2);
		assertThat(output).containsOnlyOnce("Event listener " + Thrower.class.getName() + ".on failed")
			.containsOnlyOnce("Event listener " + LegacyThrower.class.getName() + ".onApplicationEvent failed");
	}

	@Test
	void listenerFailuresAreCounted() {
		ConfigurableApplicationContext context = start(Recorder.class, Thrower.class);
		MeterRegistry meters = new SimpleMeterRegistry();
		context.getBean(VendoEventMetrics.class).bindTo(meters);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.send(this.events.connected("slack"), this.events.connected("slack"));
		this.seen.take();
		this.seen.take();
		context.close();
		assertThat(meters.get("vendo.events.listener.failures").functionCounter().count()).isEqualTo(2);
	}

	@Test
	void deliveredEventsAreCountedByKindAndThoseOfTomorrowTogether() {
		ConfigurableApplicationContext context = start(Recorder.class);
		MeterRegistry meters = new SimpleMeterRegistry();
		context.getBean(VendoEventMetrics.class).bindTo(meters);
		int before = meters.getMeters().size();
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.send(this.events.connected("slack"), this.events.connected("notion"));
		this.seen.take();
		this.seen.take();
		for (int i = 0; i < 10; i++) {
			stream.send(VendoEvent.of("tomorrow.news-" + i, "{\"id\":\"u" + i + "\"}"));
			this.seen.take();
		}
		// An event is counted after its listeners, and before the next.
		stream.send(VendoEvent.of("deployment.updated", "{\"id\":\"d1\"}"));
		this.seen.take();
		assertThat(delivered(meters, "connection.connected")).isEqualTo(2);
		assertThat(delivered(meters, "connection.changed")).isZero();
		assertThat(delivered(meters, "other")).isEqualTo(10);
		assertThat(meters.getMeters()).hasSize(before);
	}

	private static double delivered(MeterRegistry meters, String kind) {
		return meters.get("vendo.events.delivered").tag("kind", kind).functionCounter().count();
	}

	@Test
	void theStateOfTheStreamIsShown() {
		ConfigurableApplicationContext context = start(Recorder.class);
		MeterRegistry meters = new SimpleMeterRegistry();
		context.getBean(VendoEventMetrics.class).bindTo(meters);
		assertThat(state(meters)).containsExactly("pending");
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.open();
		assertThat(state(meters)).containsExactly("connected");
		stream.interrupt(FakeEvents.failure(503));
		assertThat(state(meters)).containsExactly("interrupted");
		assertThat(meters.get("vendo.events.interruptions").functionCounter().count()).isEqualTo(1);
		stream.open();
		assertThat(state(meters)).containsExactly("connected");
		context.close();
		assertThat(state(meters)).containsExactly("stopped");
	}

	private static List<String> state(MeterRegistry meters) {
		return meters.get("vendo.events.stream")
			.gauges()
			.stream()
			.filter((gauge) -> gauge.value() == 1)
			.map((gauge) -> gauge.getId().getTag("state"))
			.toList();
	}

	@Test
	void whoeverElsePublishesAnEventSeesWhatListenersThrow() {
		ConfigurableApplicationContext context = start(Thrower.class);
		assertThatIllegalStateException().isThrownBy(() -> context.publishEvent(this.events.connected("slack")))
			.withMessage("Broken listener");
	}

	@Test
	void listenerThatPublishesAnEventSeesWhatItsListenersThrow(CapturedOutput output) {
		start(Republisher.class, Recorder.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		VendoEvent event = this.events.connected("slack");
		stream.send(event);
		assertThat(this.seen.take()).isEqualTo("No such order");
		assertThat(this.seen.take()).as("others hear of it all the same").isSameAs(event);
		VendoEvent next = this.events.connected("slack");
		stream.send(next);
		assertThat(this.seen.take()).isEqualTo("No such order");
		assertThat(this.seen.take()).isSameAs(next);
		assertThat(output).containsOnlyOnce("Event listener " + Republisher.class.getName() + ".on failed");
	}

	@Test
	void nothingIsOpenedBeforeTheApplicationIsReady() {
		start(BeforeReady.class);
		assertThat(this.seen.take()).isEqualTo(0);
		this.events.awaitSubscription();
	}

	@Test
	void whenDisabledThereIsNoBridge() {
		ConfigurableApplicationContext context = start(new String[] { "--vendo.events.enabled=false" }, Recorder.class);
		assertThat(context.getBeanNamesForType(VendoEventBridge.class)).isEmpty();
		assertThat(this.events.subscriptions()).isZero();
	}

	@Test
	void lazyApplicationOpensItAllTheSame() {
		start(new String[] { "--spring.main.lazy-initialization=true" }, Recorder.class);
		this.events.awaitSubscription();
	}

	@Test
	void slowListenerSlowsTheStream() throws Exception {
		ConfigurableApplicationContext context = start(Blocker.class);
		MeterRegistry meters = new SimpleMeterRegistry();
		context.getBean(VendoEventMetrics.class).bindTo(meters);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		for (int i = 0; i < 100; i++) {
			stream.send(this.events.connected("slack"));
		}
		Blocker blocker = context.getBean(Blocker.class);
		blocker.entered.await();
		assertThat(stream.requested()).hasValue(32);
		assertThat(meters.get("vendo.events.waiting").gauge().value()).isEqualTo(31);
		this.clock.advance(Duration.ofSeconds(3));
		assertThat(context.getBean(VendoEventBridge.class).deliveringFor()).isEqualTo(Duration.ofSeconds(3));
		blocker.go.countDown();
	}

	@Test
	void stopsInTimeAlthoughAListenerBlocks() throws Exception {
		ConfigurableApplicationContext context = start(Blocker.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.send(this.events.connected("slack"));
		Blocker blocker = context.getBean(Blocker.class);
		blocker.entered.await();
		this.patience.none = true;
		assertStopsInTime(context.getBean(VendoEventBridge.class));
		context.close();
		assertThat(blocker.interrupted.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(stream.isCancelled()).isTrue();
	}

	@Test
	void stopsInTimeWhileAReconnectIsDue() throws Exception {
		ConfigurableApplicationContext context = start(States.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.open();
		this.seen.take();
		stream.interrupt(FakeEvents.failure(503));
		assertThat(this.seen.take()).isInstanceOf(EventStreamState.Interrupted.class);
		assertStopsInTime(context.getBean(VendoEventBridge.class));
		assertThat(stream.isCancelled()).isTrue();
	}

	@Test
	void stopsInTimeWhileItWaitsToSubscribeAgain() throws Exception {
		ConfigurableApplicationContext context = start(new String[] { "--vendo.events.resubscribe-delay=1h" },
				States.class);
		this.events.awaitSubscription().fail(FakeEvents.failure(503));
		this.seen.take();
		assertThat(this.seen.take()).isInstanceOf(EventStreamState.Failed.class);
		assertStopsInTime(context.getBean(VendoEventBridge.class));
	}

	@Test
	void stopsInTimeWhileSubscribingBlocks() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.events.beforeNext(() -> {
			entered.countDown();
			awaitUninterruptibly(go);
		});
		ConfigurableApplicationContext context = start(Recorder.class);
		entered.await();
		VendoEventBridge bridge = context.getBean(VendoEventBridge.class);
		this.patience.none = true;
		assertStopsInTime(bridge);
		bridge.start();
		go.countDown();
		FakeEvents.Subscription late = this.events.awaitSubscription();
		FakeEvents.Subscription next = this.events.awaitSubscription();
		assertThat(late.isCancelled()).as("the one that came too late").isTrue();
		VendoEvent event = this.events.connected("slack");
		next.send(event);
		assertThat(this.seen.take()).isSameAs(event);
	}

	@Test
	void stopsBeforeTheWebServerWaitsForItsRequests() {
		assertThat(start(Recorder.class).getBean(VendoEventBridge.class).getPhase())
			.isGreaterThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
	}

	// In time is within a second. It counts how long it wants to wait, and that it waits
	// for nothing else: how long it takes is up to the machine.
	private void assertStopsInTime(VendoEventBridge bridge) throws Exception {
		this.patience.asked.set(0);
		FutureTask<Void> stop = new FutureTask<>(bridge::stop, null);
		Thread thread = new Thread(stop, "stops");
		thread.setDaemon(true);
		thread.start();
		stop.get(30, TimeUnit.SECONDS);
		assertThat(this.patience.asked).hasPositiveValue().hasValueLessThan(1000);
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		while (latch.getCount() > 0) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				// That is what makes it stubborn.
			}
		}
	}

	@Test
	void listenerMayCloseTheContext() throws Exception {
		ConfigurableApplicationContext context = start(Closer.class);
		Closer closer = context.getBean(Closer.class);
		this.events.awaitSubscription().send(this.events.connected("slack"));
		assertThat(closer.closed.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(context.isActive()).isFalse();
	}

	@Test
	void stoppedBridgeStartsAgainWhereItWas() throws Exception {
		ConfigurableApplicationContext context = start(Recorder.class);
		FakeEvents.Subscription first = this.events.awaitSubscription();
		VendoEventBridge bridge = context.getBean(VendoEventBridge.class);
		assertStopsInTime(bridge);
		assertThat(bridge.isRunning()).isFalse();
		first.awaitCancellation();
		bridge.start();
		FakeEvents.Subscription second = this.events.awaitSubscription();
		assertThat(second.options().cursor()).isNotNull().isSameAs(first.options().cursor());
		VendoEvent event = this.events.connected("slack");
		second.send(event);
		assertThat(this.seen.take()).isSameAs(event);
	}

	@Test
	void pausedContextClosesTheStreamAndOpensItAgain() {
		ConfigurableApplicationContext context = start(Recorder.class);
		FakeEvents.Subscription first = this.events.awaitSubscription();
		context.pause();
		first.awaitCancellation();
		context.restart();
		VendoEvent event = this.events.connected("slack");
		this.events.awaitSubscription().send(event);
		assertThat(this.seen.take()).isSameAs(event);
	}

	@Test
	void whatHadArrivedBeforeAStopIsDeliveredAfterTheStart() throws Exception {
		ConfigurableApplicationContext context = start(Blocker.class, Recorder.class);
		Blocker blocker = context.getBean(Blocker.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		VendoEvent first = this.events.connected("slack");
		VendoEvent second = this.events.connected("slack");
		stream.send(first, second);
		blocker.entered.await();
		VendoEventBridge bridge = context.getBean(VendoEventBridge.class);
		this.patience.none = true;
		bridge.stop();
		blocker.go.countDown();
		bridge.start();
		assertThat(this.seen.take()).isSameAs(first);
		assertThat(this.seen.take()).isSameAs(second);
	}

	@Test
	void listenerThatLeavesItsInterruptFlagDoesNotEndTheDelivery() {
		start(Interrupter.class, Recorder.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		for (int i = 0; i < 3; i++) {
			VendoEvent event = this.events.connected("slack");
			stream.send(event);
			assertThat(this.seen.take()).isSameAs(event);
		}
		assertThat(stream.isCancelled()).isFalse();
	}

	@Test
	void whileAListenerMindsNoInterruptNobodyElseDelivers() throws Exception {
		ConfigurableApplicationContext context = start(Stubborn.class, Recorder.class);
		Stubborn stubborn = context.getBean(Stubborn.class);
		FakeEvents.Subscription first = this.events.awaitSubscription();
		VendoEvent event = this.events.connected("slack");
		VendoEvent next = this.events.connected("slack");
		first.send(event, next);
		stubborn.entered.await();
		VendoEventBridge bridge = context.getBean(VendoEventBridge.class);
		this.patience.none = true;
		for (int i = 0; i < 3; i++) {
			assertStopsInTime(bridge);
			bridge.start();
		}
		assertThat(this.seen.queue).isEmpty();
		stubborn.go.countDown();
		assertThat(this.seen.take()).isSameAs(event);
		assertThat(this.seen.take()).isSameAs(next);
		assertThat(stubborn.mostAtOnce).hasValue(1);
	}

	@Test
	void whenSubscribingFailsItIsTriedAgain() {
		this.events.failNext(new IllegalStateException("No"));
		start(new String[] { "--vendo.events.resubscribe-delay=1ms" }, Recorder.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		VendoEvent event = this.events.connected("slack");
		stream.send(event);
		assertThat(this.seen.take()).isSameAs(event);
	}

	@Test
	void whenThePlatformAsksForALongerPauseItIsKept() {
		start(new String[] { "--vendo.events.resubscribe-delay=1s" }, States.class);
		this.events.awaitSubscription()
			.fail(ErrorDetails.of(ErrorCode.RATE_LIMIT_SSE_STREAMS)
				.status(429)
				.retryAfter(Duration.ofMinutes(10))
				.toException());
		this.seen.take();
		assertThat(this.seen.take()).isInstanceOfSatisfying(EventStreamState.Failed.class,
				(state) -> assertThat(state.nextAttempt()).isEqualTo(Duration.ofMinutes(10)));
	}

	@Test
	void applicationLearnsWhatIsNotKnownAfterAnInterruption(CapturedOutput output) {
		start(States.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		for (int i = 0; i < 2; i++) {
			stream.options().listener().onResynchronizationFailed(FakeEvents.failure(503), Duration.ofSeconds(1));
		}
		stream.options().listener().onResynchronized(2);
		assertThat(this.seen.take()).isInstanceOf(EventStreamState.GapUnresolved.class);
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Resynchronized(2));
		assertThat(output).containsOnlyOnce("has hidden is not known");
	}

	@Test
	void whatIsNotKnownIsSaidOnceHoweverOftenItSubscribesAgain(CapturedOutput output) {
		start(new String[] { "--vendo.events.resubscribe-delay=1ms" }, States.class);
		for (int i = 0; i < 3; i++) {
			FakeEvents.Subscription stream = this.events.awaitSubscription();
			stream.options().listener().onResynchronizationFailed(FakeEvents.failure(503), Duration.ofSeconds(1));
			stream.fail(FakeEvents.failure(503));
		}
		FakeEvents.Subscription last = this.events.awaitSubscription();
		last.options().listener().onResynchronized(0);
		List<Object> states = new ArrayList<>();
		do {
			states.add(this.seen.take());
		}
		while (!(states.get(states.size() - 1) instanceof EventStreamState.Resynchronized));
		assertThat(states).filteredOn(EventStreamState.GapUnresolved.class::isInstance).hasSize(1);
		assertThat(output).containsOnlyOnce("has hidden is not known");
		last.options().listener().onResynchronizationFailed(FakeEvents.failure(503), Duration.ofSeconds(1));
		assertThat(this.seen.take()).as("the next gap").isInstanceOf(EventStreamState.GapUnresolved.class);
	}

	@Test
	void whenTheApplicationStopsTheStreamIsSaidToBeClosed() {
		ConfigurableApplicationContext context = start(States.class);
		this.events.awaitSubscription().open();
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Connected());
		context.close();
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Closed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "max-event-size=2GB", "max-backoff=500ms", "idle-timeout=0s", "resubscribe-delay=-1s" })
	void impossibleSettingIsNamed(String setting) {
		assertThatException().isThrownBy(() -> start(new String[] { "--vendo.events." + setting }))
			.withStackTraceContaining("vendo.events." + setting.substring(0, setting.indexOf('=')));
	}

	@Test
	void contextsLeaveNoThread() {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		for (int i = 0; i < 20; i++) {
			ConfigurableApplicationContext context = start(Recorder.class);
			VendoEvent event = this.events.connected("slack");
			this.events.awaitSubscription().send(event);
			assertThat(this.seen.take()).isSameAs(event);
			context.close();
		}
		assertThat(Thread.getAllStackTraces().keySet()).filteredOn((thread) -> !before.contains(thread))
			.noneMatch(
					(thread) -> thread.isAlive() && thread.getName().startsWith("vendo-events") && !isEnding(thread));
	}

	private static boolean isEnding(Thread thread) {
		try {
			thread.join(20_000);
			return !thread.isAlive();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void whenTheStreamFailsForGoodItSubscribesAgainFromWhereItWas() {
		start(new String[] { "--vendo.events.resubscribe-delay=1ms" }, States.class);
		FakeEvents.Subscription first = this.events.awaitSubscription();
		first.open();
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Connected());
		first.fail(FakeEvents.failure(503));
		assertThat(this.seen.take()).isInstanceOf(EventStreamState.Interrupted.class);
		assertThat(this.seen.take()).isInstanceOfSatisfying(EventStreamState.Failed.class,
				(state) -> assertThat(state.nextAttempt()).isEqualTo(Duration.ofMillis(1)));
		FakeEvents.Subscription second = this.events.awaitSubscription();
		assertThat(second.options().cursor()).isSameAs(first.options().cursor());
		second.open();
		assertThat(this.seen.take()).isInstanceOf(EventStreamState.Recovered.class);
	}

	@Test
	void terminalEventReachesListenersToo() {
		start(new String[] { "--vendo.events.resubscribe-delay=1h" }, Recorder.class);
		this.events.awaitSubscription().fail(FakeEvents.failure(503));
		assertThat(this.seen.take()).isInstanceOf(StreamFailed.class);
	}

	@Test
	void whenThePlatformRejectsTheKeyItStopsAndSaysSoOnce(CapturedOutput output) {
		ConfigurableApplicationContext context = start(new String[] { "--vendo.events.resubscribe-delay=1ms" },
				States.class);
		this.events.awaitSubscription().fail(FakeEvents.failure(401));
		assertThat(this.seen.take()).isInstanceOfSatisfying(EventStreamState.Failed.class,
				(state) -> assertThat(state.nextAttempt()).isNull());
		context.close();
		assertThat(this.events.subscriptions()).isOne();
		assertThat(output).containsOnlyOnce("The platform refuses the event stream");
		assertThat(output.getOut().lines()).noneMatch((line) -> isOurs(line, "WARN"));
	}

	@Test
	void whenThePlatformWantsNoReconnectItStaysClosed() {
		ConfigurableApplicationContext context = start(new String[] { "--vendo.events.resubscribe-delay=1ms" },
				States.class);
		this.events.awaitSubscription().end();
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Closed());
		context.close();
		assertThat(this.events.subscriptions()).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenAListenerStopsTheBridgeAsTheStreamEndsThenItIsToldOnce(boolean refused) throws Exception {
		ConfigurableApplicationContext context = start(States.class);
		VendoEventBridge bridge = context.getBean(VendoEventBridge.class);
		Class<?> end = refused ? EventStreamState.Failed.class : EventStreamState.Closed.class;
		CountDownLatch stopped = new CountDownLatch(1);
		context.addApplicationListener((event) -> {
			if (event instanceof PayloadApplicationEvent<?> state && end.isInstance(state.getPayload())) {
				bridge.stop();
				stopped.countDown();
			}
		});
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.open();
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Connected());
		if (refused) {
			stream.fail(FakeEvents.failure(401));
		}
		else {
			stream.end();
		}
		assertThat(this.seen.take()).isInstanceOf(end);
		assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
		// Comes after all that the former delivery says.
		bridge.start();
		this.events.awaitSubscription().open();
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Connected());
	}

	@Test
	void aStreamThatOpensAsTheBridgeStopsIsNotSaidToBeClosed() {
		ConfigurableApplicationContext context = start(States.class);
		VendoEventBridge bridge = context.getBean(VendoEventBridge.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		this.events.onCancel(stream::open);
		bridge.stop();
		bridge.start();
		this.events.awaitSubscription().open();
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Connected());
	}

	@Test
	void whatWaitsToBeSaidOfAStreamIsNotSaidAfterItWasStopped() throws Exception {
		ConfigurableApplicationContext context = start(States.class);
		VendoEventBridge bridge = context.getBean(VendoEventBridge.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		CountDownLatch stopped = new CountDownLatch(1);
		context.addApplicationListener((event) -> {
			if (event instanceof PayloadApplicationEvent<?> said && said.getPayload() instanceof ConnectionConnected) {
				stream.open();
				bridge.stop();
				stopped.countDown();
			}
		});
		stream.send(this.events.connected("slack"));
		assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
		bridge.start();
		this.events.awaitSubscription().open();
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Connected());
		context.close();
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Closed());
	}

	@Test
	void deliveriesOfTheBridgeDoNotKeepThoseBeforeThem() {
		ConfigurableApplicationContext context = start(States.class);
		VendoEventBridge bridge = context.getBean(VendoEventBridge.class);
		for (int i = 0; i < 3; i++) {
			this.events.awaitSubscription();
			bridge.stop();
			bridge.start();
		}
		this.events.awaitSubscription();
		Object delivery = ReflectionTestUtils.getField(bridge, "delivery");
		assertThat(delivery).isNotNull();
		assertThat(ReflectionTestUtils.getField(delivery, "previous")).isNull();
	}

	@Test
	void outageIsOneWarningAndItsEndOneLine(CapturedOutput output) {
		ConfigurableApplicationContext context = start(new String[] { "--vendo.events.resubscribe-delay=1ms" },
				States.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.open();
		stream.interrupt(FakeEvents.failure(503));
		stream.interrupt(FakeEvents.failure(502));
		stream.fail(FakeEvents.failure(500));
		this.events.awaitSubscription().open();
		List<Class<?>> states = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			states.add(this.seen.take().getClass());
		}
		assertThat(states).containsExactly(EventStreamState.Connected.class, EventStreamState.Interrupted.class,
				EventStreamState.Failed.class, EventStreamState.Recovered.class);
		context.close();
		assertThat(output.getOut().lines().filter((line) -> isOurs(line, "WARN"))).hasSize(1);
		assertThat(output).containsOnlyOnce("The event stream is open again after");
	}

	// The name of a logger may be cut short.
	private static boolean isOurs(String line, String level) {
		return line.contains(" " + level + " ") && line.contains("VendoEventBridge");
	}

	@Test
	void limitOfStreamsIsExplained(CapturedOutput output) {
		start(States.class);
		this.events.awaitSubscription()
			.interrupt(ErrorDetails.of(ErrorCode.RATE_LIMIT_SSE_STREAMS).status(429).toException());
		assertThat(this.seen.take()).isInstanceOf(EventStreamState.Interrupted.class);
		assertThat(output).contains("five event streams at once").contains("vendo.events.enabled=false");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whereVirtualThreadsAreEnabledItRunsOnOne() {
		start(new String[] { "--spring.threads.virtual.enabled=true" }, Recorder.class);
		this.events.awaitSubscription().send(this.events.connected("slack"));
		this.seen.take();
		assertThat(this.seen.groups).containsExactly("VirtualThreads");
	}

	@Test
	void statusFollowsTheStream() {
		ConfigurableApplicationContext context = start(new String[] { "--vendo.events.resubscribe-delay=1ms" },
				Recorder.class);
		EventStreamMonitor monitor = context.getBean(EventStreamMonitor.class);
		FakeEvents.Subscription first = this.events.awaitSubscription();
		assertThat(monitor.status())
			.isEqualTo(new EventStreamStatus(State.PENDING, null, null, null, 0, null, null, ""));
		first.open();
		assertThat(monitor.status().state()).isEqualTo(State.CONNECTED);
		assertThat(monitor.status().connectedSince()).isNotNull();
		VendoException cause = FakeEvents.failure(503);
		first.interrupt(cause);
		assertThat(monitor.status().state()).isEqualTo(State.INTERRUPTED);
		assertThat(monitor.status().connectedSince()).isNull();
		assertThat(monitor.status().lastError()).isSameAs(cause);
		assertThat(monitor.status().lastErrorAt()).isNotNull();
		first.fail(FakeEvents.failure(500));
		assertThat(monitor.status().state()).isEqualTo(State.INTERRUPTED);
		FakeEvents.Subscription second = this.events.awaitSubscription();
		second.open();
		assertThat(monitor.status().state()).isEqualTo(State.CONNECTED);
		assertThat(monitor.status().reconnects()).isEqualTo(1);
		second.fail(FakeEvents.failure(401));
		assertThat(monitor.status().state()).isEqualTo(State.REFUSED);
	}

	@Test
	void statusTellsWhenSomethingLastCame() {
		ConfigurableApplicationContext context = start(Recorder.class);
		EventStreamMonitor monitor = context.getBean(EventStreamMonitor.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.open();
		stream.options().listener().onSignOfLife();
		assertThat(monitor.status().lastSignOfLifeAt()).isNotNull();
		assertThat(monitor.status().lastEventAt()).isNull();
		VendoEvent event = this.events.connected("slack");
		stream.send(event);
		assertThat(this.seen.take()).isSameAs(event);
		assertThat(monitor.status().lastEventAt()).isNotNull();
	}

	@Test
	void statusOfAStoppedStreamIsThatAndNothingLateChangesIt() {
		ConfigurableApplicationContext context = start(Recorder.class);
		VendoEventBridge bridge = context.getBean(VendoEventBridge.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.open();
		bridge.stop();
		assertThat(bridge.status().state()).isEqualTo(State.STOPPED);
		stream.open();
		stream.interrupt(FakeEvents.failure(503));
		assertThat(bridge.status().state()).isEqualTo(State.STOPPED);
		assertThat(bridge.status().connectedSince()).isNull();
		bridge.start();
		assertThat(bridge.status().state()).isEqualTo(State.PENDING);
	}

	@Test
	void whenThePlatformHasNoEventsThenTheStatusIsClosed() {
		ConfigurableApplicationContext context = start(States.class);
		FakeEvents.Subscription stream = this.events.awaitSubscription();
		stream.end();
		assertThat(this.seen.take()).isEqualTo(new EventStreamState.Closed());
		assertThat(context.getBean(EventStreamMonitor.class).status().state()).isEqualTo(State.CLOSED);
	}

	private ConfigurableApplicationContext start(Class<?>... listeners) {
		return start(new String[0], listeners);
	}

	private ConfigurableApplicationContext start(String[] arguments, Class<?>... listeners) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class).sources(listeners)
			.web(WebApplicationType.NONE)
			.initializers((created) -> {
				created.getBeanFactory().registerSingleton("events", this.events);
				created.getBeanFactory().registerSingleton("seen", this.seen);
				created.getBeanFactory().registerSingleton("clock", this.clock);
			})
			// Ahead of those of a test, so that what is logged by default is.
			.properties("logging.level.run.vendo=INFO")
			.run(arguments);
		this.contexts.add(context);
		context.getBeanProvider(VendoEventBridge.class).ifAvailable((bridge) -> bridge.patience(this.patience));
		return context;
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(VendoEventsAutoConfiguration.class)
	static class Application {

		@Bean
		static ReactiveEventsApi reactiveEventsApi(FakeEvents events) {
			return events;
		}

	}

	/**
	 * Has a stop wait longer than it wants to, for a thread that is about to end on a
	 * machine that is busy, and not at all where a test has one that is not about to.
	 */
	private static final class CountedPatience implements UnaryOperator<Duration> {

		/** How long it wanted to wait in all, in milliseconds. */
		private final AtomicLong asked = new AtomicLong();

		private volatile boolean none;

		@Override
		public Duration apply(Duration wanted) {
			this.asked.addAndGet(wanted.toMillis());
			return this.none ? Duration.ZERO : Duration.ofSeconds(20);
		}

	}

	static class Seen {

		final List<String> threads = Collections.synchronizedList(new ArrayList<>());

		final List<String> groups = Collections.synchronizedList(new ArrayList<>());

		final LinkedBlockingQueue<Object> queue = new LinkedBlockingQueue<>();

		void add(Object what) {
			Thread thread = Thread.currentThread();
			if (!this.threads.contains(thread.getName())) {
				this.threads.add(thread.getName());
				this.groups.add(thread.getThreadGroup().getName());
			}
			this.queue.add(what);
		}

		Object take() {
			try {
				Object what = this.queue.poll(20, TimeUnit.SECONDS);
				if (what == null) {
					throw new AssertionError("Nothing was delivered");
				}
				return what;
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

	}

	record Recorder(Seen seen) {

		@EventListener
		@Order(10)
		void on(VendoEvent event) {
			this.seen.add(event);
		}

	}

	record Choosers(Seen seen) {

		@EventListener
		@Order(1)
		void connected(ConnectionConnected event) {
			this.seen.add("connected " + event.slug());
		}

		@EventListener(condition = "#event.slug == 'slack'")
		@Order(2)
		void slack(ConnectionEvent event) {
			this.seen.add("slack alone");
		}

		@EventListener
		void unknown(UnknownEvent event) {
			this.seen.add("unknown " + event.kind());
		}

	}

	record States(Seen seen) {

		@EventListener
		void on(EventStreamState state) {
			this.seen.add(state);
		}

	}

	static class Thrower {

		@EventListener
		@Order(1)
		void on(ConnectionEvent event) {
			throw new IllegalStateException("Broken listener");
		}

	}

	record Republisher(ApplicationEventPublisher publisher, Seen seen) {

		@EventListener
		@Order(1)
		void on(ConnectionEvent event) {
			try {
				this.publisher.publishEvent(new Order17());
			}
			catch (IllegalStateException ex) {
				this.seen.add(ex.getMessage());
				throw ex;
			}
		}

		@EventListener
		void on(Order17 order) {
			throw new IllegalStateException("No such order");
		}

	}

	record Order17() {

	}

	@Order(2)
	static class LegacyThrower implements ApplicationListener<PayloadApplicationEvent<ConnectionConnected>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<ConnectionConnected> event) {
			throw new IllegalStateException("Broken listener");
		}

	}

	static class Blocker {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch go = new CountDownLatch(1);

		final CountDownLatch interrupted = new CountDownLatch(1);

		@EventListener
		@Order(1)
		void on(ConnectionEvent event) {
			this.entered.countDown();
			try {
				this.go.await();
			}
			catch (InterruptedException ex) {
				this.interrupted.countDown();
			}
		}

	}

	static class Closer {

		final CountDownLatch closed = new CountDownLatch(1);

		private final ConfigurableApplicationContext context;

		Closer(ConfigurableApplicationContext context) {
			this.context = context;
		}

		@EventListener
		void on(ConnectionEvent event) {
			this.context.close();
			this.closed.countDown();
		}

	}

	static class Interrupter {

		@EventListener
		@Order(1)
		void on(ConnectionEvent event) {
			Thread.currentThread().interrupt();
		}

	}

	static class Stubborn {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch go = new CountDownLatch(1);

		final AtomicInteger mostAtOnce = new AtomicInteger();

		private final AtomicInteger atOnce = new AtomicInteger();

		@EventListener
		@Order(1)
		void on(ConnectionEvent event) {
			this.mostAtOnce.accumulateAndGet(this.atOnce.incrementAndGet(), Math::max);
			this.entered.countDown();
			awaitUninterruptibly(this.go);
			this.atOnce.decrementAndGet();
		}

	}

	record BeforeReady(Seen seen, FakeEvents events) {

		@EventListener(ApplicationStartedEvent.class)
		void started() {
			this.seen.add(this.events.subscriptions());
		}

	}

}
