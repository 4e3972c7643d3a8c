package run.vendo.autoconfigure.event;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.event.EventCursor;
import run.vendo.event.EventStreamListener;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.event.StreamFailed;
import run.vendo.event.VendoEvent;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

/**
 * Publishes the events of the platform as application events: in order, on one thread of
 * its own, from the time the application is ready until it stops.
 * <p>
 * What has arrived and is not delivered when the bridge stops is delivered first when it
 * starts again, and the stream goes on where it was.
 */
final class VendoEventBridge implements EventStreamMonitor, SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

	private static final Log logger = LogFactory.getLog(VendoEventBridge.class);

	/** What may wait for the delivering thread; more than that waits in the socket. */
	private static final int WINDOW = 32;

	/**
	 * As many changes of state may wait. A listener that lets so many wait misses some.
	 */
	private static final int MAX_WAITING = 1000;

	private static final Duration LONGEST_DELAY = Duration.ofHours(1);

	private static final Duration PATIENCE = Duration.ofMillis(400);

	private final ReactiveEventsApi events;

	private final EventStreamOptions options;

	private final Duration resubscribeDelay;

	private final ApplicationEventPublisher publisher;

	private final ListenerFailures failures;

	private final Executor executor;

	private final Clock clock;

	private final EventCursor cursor = EventCursor.create();

	private final StreamRecord record;

	private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();

	private final EventStatistics statistics = new EventStatistics();

	private volatile UnaryOperator<Duration> patience = UnaryOperator.identity();

	private volatile @Nullable Instant deliveringSince;

	private volatile @Nullable Instant outageSince;

	/** Whether it was said that the connections cannot be compared, and still cannot. */
	private volatile boolean gapTold;

	/**
	 * Guards what follows, what a delivery keeps, and how the stream is said to stand. No
	 * code of the application's is called under it, nor of the stream's.
	 */
	private final Object monitor = new Object();

	private boolean ready;

	private boolean running;

	private @Nullable Delivery delivery;

	VendoEventBridge(ReactiveEventsApi events, EventStreamOptions options, Duration resubscribeDelay,
			ApplicationEventPublisher publisher, ListenerFailures failures, Executor executor, Clock clock) {
		this.events = events;
		this.options = options.withCursor(this.cursor);
		this.resubscribeDelay = resubscribeDelay;
		this.publisher = publisher;
		this.failures = failures;
		this.executor = executor;
		this.clock = clock;
		this.record = new StreamRecord(clock, this.cursor::lastEventId);
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		synchronized (this.monitor) {
			this.ready = true;
			open();
		}
	}

	@Override
	public void start() {
		this.failures.keepListenersApart();
		synchronized (this.monitor) {
			this.running = true;
			open();
		}
	}

	private void open() {
		if (this.running && this.ready && (this.delivery == null || this.delivery.stopping)) {
			Delivery delivery = new Delivery(this.delivery);
			this.delivery = delivery;
			this.record.not(EventStreamStatus.State.PENDING);
			this.executor.execute(delivery);
		}
	}

	@Override
	public void stop() {
		Delivery delivery;
		synchronized (this.monitor) {
			this.running = false;
			delivery = this.delivery;
			if (delivery != null) {
				delivery.stopping = true;
				this.record.not(EventStreamStatus.State.STOPPED);
			}
		}
		if (delivery != null) {
			delivery.end();
		}
	}

	@Override
	public boolean isRunning() {
		synchronized (this.monitor) {
			return this.running;
		}
	}

	/**
	 * Stops before everything else does, so that no listener meets what is half gone, and
	 * before the web server waits for its requests.
	 */
	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

	@Override
	public EventStreamStatus status() {
		return this.record.status();
	}

	/**
	 * Have a stop wait longer or shorter than it wants to: a test cannot rely on the
	 * time.
	 */
	void patience(UnaryOperator<Duration> patience) {
		this.patience = patience;
	}

	EventStatistics statistics() {
		return this.statistics;
	}

	long listenerFailures() {
		return this.failures.count();
	}

	int waiting() {
		return this.waiting.size();
	}

	/**
	 * How long the event that is being delivered has been: a listener that blocks shows
	 * here.
	 */
	Duration deliveringFor() {
		Instant since = this.deliveringSince;
		return (since != null) ? Duration.between(since, this.clock.instant()) : Duration.ZERO;
	}

	private void publish(Object event) {
		this.deliveringSince = this.clock.instant();
		try {
			this.publisher.publishEvent(event);
		}
		catch (Throwable ex) {
			// Only where the application has an event multicaster of its own: that of
			// Spring keeps listeners apart, see start().
			this.failures.report(event, ex);
		}
		finally {
			this.deliveringSince = null;
		}
	}

	private static boolean isRefusal(VendoException failure) {
		Integer status = failure.status();
		return status != null && (status == 401 || status == 403);
	}

	/**
	 * The work of one thread, from a start to a stop.
	 */
	private final class Delivery implements Runnable {

		/** Completed when neither this nor anything before it is at work. */
		private final CompletableFuture<Void> done = new CompletableFuture<>();

		private final CountDownLatch stopped = new CountDownLatch(1);

		// Until this runs: deliveries are not to keep all those before them.
		private @Nullable Delivery previous;

		private volatile boolean stopping;

		/** Whether the application was told that the stream is open. */
		private boolean connected;

		private @Nullable Subscriber subscriber;

		private @Nullable Thread thread;

		Delivery(@Nullable Delivery previous) {
			this.previous = previous;
		}

		@Override
		public void run() {
			synchronized (VendoEventBridge.this.monitor) {
				this.thread = Thread.currentThread();
			}
			Delivery previous = this.previous;
			this.previous = null;
			if (previous != null && !awaitEndOf(previous)) {
				previous.done.whenComplete((nothing, failure) -> this.done.complete(null));
				return;
			}
			VendoEventBridge.this.failures.deliveringOn(Thread.currentThread());
			try {
				boolean again = true;
				while (again && !this.stopping) {
					again = deliver(subscribe());
				}
				if (this.stopping && this.connected) {
					publish(new EventStreamState.Closed());
				}
			}
			finally {
				VendoEventBridge.this.failures.deliveringOn(null);
				this.done.complete(null);
			}
		}

		/**
		 * Wait for a delivery whose listener did not end in time. Order comes first.
		 * @return whether it has ended; not when this one was stopped as well meanwhile
		 */
		private boolean awaitEndOf(Delivery previous) {
			while (!this.stopping || previous.done.isDone()) {
				try {
					previous.done.get();
					return true;
				}
				catch (InterruptedException ex) {
					logger.trace("Interrupted while another delivery is at work", ex);
				}
				catch (ExecutionException ex) {
					throw new IllegalStateException(ex);
				}
			}
			return false;
		}

		// Who stops does not wait for this: it may look up the key, and that may block.
		private Subscriber subscribe() {
			Subscriber subscriber = new Subscriber();
			synchronized (VendoEventBridge.this.monitor) {
				if (this.stopping) {
					return subscriber;
				}
				this.subscriber = subscriber;
			}
			try {
				VendoEventBridge.this.events
					.subscribe(VendoEventBridge.this.options.withListener(new StateListener(this)))
					.subscribe(subscriber);
			}
			catch (RuntimeException ex) {
				subscriber.hookOnError(ex);
			}
			return subscriber;
		}

		/**
		 * Deliver until the stream ends or the bridge stops.
		 * @return whether to subscribe again
		 */
		private boolean deliver(Subscriber subscriber) {
			while (!this.stopping && !subscriber.ended) {
				try {
					VendoEventBridge.this.waiting.take().run();
					if (!this.stopping) {
						// A listener that was interrupted for reasons of its own may
						// leave its flag behind. It is not meant for the next one.
						Thread.interrupted();
					}
				}
				catch (InterruptedException ex) {
					logger.trace("Interrupted while there was nothing to deliver", ex);
				}
			}
			Duration delay = delayAfter(subscriber.failure);
			return delay != null && !isStoppedWithin(delay);
		}

		/**
		 * Tell that the stream has ended for good, unless the bridge stops.
		 * @param failure why, or {@code null} when the platform wants it so
		 * @return how long to wait for the next attempt, or {@code null} for none
		 */
		private @Nullable Duration delayAfter(@Nullable VendoException failure) {
			boolean unavailable = failure instanceof VendoOnlyFeatureException;
			boolean recorded = (failure == null || unavailable)
					? record((record) -> record.not(EventStreamStatus.State.CLOSED))
					: recordFailure(failure, isRefusal(failure));
			if (!recorded) {
				return null;
			}
			if (failure == null) {
				logger.debug("The platform has ended the event stream and wants no reconnect");
				publishLast(new EventStreamState.Closed());
				return null;
			}
			if (unavailable) {
				logger.debug("No API key is set: there are no events in OSS mode");
				return null;
			}
			if (isRefusal(failure)) {
				logger.error("The platform refuses the event stream and it stays closed: connection changes go "
						+ "unnoticed until the API key (vendo.api-key) is right and the application is started again. "
						+ failure);
				publishLast(new EventStreamState.Failed(failure, null));
				return null;
			}
			Duration delay = VendoEventBridge.this.resubscribeDelay;
			Duration wanted = failure.retryAfter();
			if (wanted != null && wanted.compareTo(delay) > 0) {
				delay = (wanted.compareTo(LONGEST_DELAY) < 0) ? wanted : LONGEST_DELAY;
			}
			logger.debug("The event stream has ended for good, the next attempt is in " + delay);
			publish(new EventStreamState.Failed(failure, delay));
			return delay;
		}

		/**
		 * Tell of a state in line with the events, unless the bridge stops before.
		 */
		void announce(EventStreamState state) {
			if (VendoEventBridge.this.waiting.size() >= MAX_WAITING) {
				return;
			}
			VendoEventBridge.this.waiting.add(() -> {
				if (!this.stopping) {
					this.connected = this.connected || state instanceof EventStreamState.Connected
							|| state instanceof EventStreamState.Recovered;
					publish(state);
				}
			});
		}

		// A stop that comes meanwhile has nothing to add.
		private void publishLast(EventStreamState state) {
			this.connected = false;
			publish(state);
		}

		private boolean isStoppedWithin(Duration delay) {
			try {
				return this.stopped.await(delay.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				logger.trace("Interrupted while waiting for the next attempt", ex);
				return this.stopping;
			}
		}

		/**
		 * Keep how the stream stands, in one step with the look whether it was stopped:
		 * what comes late does not count.
		 * @return whether it counts
		 */
		private boolean record(Consumer<StreamRecord> state) {
			synchronized (VendoEventBridge.this.monitor) {
				if (!this.stopping) {
					state.accept(VendoEventBridge.this.record);
				}
				return !this.stopping;
			}
		}

		private boolean recordFailure(VendoException failure, boolean forGood) {
			// The clock may be the application's.
			Instant now = VendoEventBridge.this.clock.instant();
			return record((record) -> record.failed(failure, now, forGood));
		}

		void end() {
			Subscriber subscriber;
			Thread thread;
			synchronized (VendoEventBridge.this.monitor) {
				subscriber = this.subscriber;
				thread = this.thread;
			}
			// Not under the lock: whoever is told may wait for somebody who records.
			if (subscriber != null) {
				subscriber.cancel();
			}
			this.stopped.countDown();
			// Wakes up the thread when it waits for something to deliver.
			VendoEventBridge.this.waiting.add(() -> {
			});
			if (thread == Thread.currentThread() || isDoneWithin(PATIENCE)) {
				return;
			}
			if (thread != null) {
				thread.interrupt();
			}
			if (!isDoneWithin(PATIENCE)) {
				logger
					.warn("An event listener, or the look-up of the API key, is still at work and does not mind being "
							+ "interrupted. Its thread is left behind; use @Async for what takes long in a listener");
			}
		}

		private boolean isDoneWithin(Duration time) {
			try {
				this.done.get(VendoEventBridge.this.patience.apply(time).toMillis(), TimeUnit.MILLISECONDS);
				return true;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return true;
			}
			catch (TimeoutException ex) {
				return false;
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * Takes the events of one subscription.
	 */
	private final class Subscriber extends BaseSubscriber<VendoEvent> {

		private volatile @Nullable VendoException failure;

		private volatile boolean ended;

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			subscription.request(WINDOW);
		}

		@Override
		protected void hookOnNext(VendoEvent event) {
			if (event instanceof StreamFailed failed) {
				this.failure = failed.cause();
			}
			else if (!event.isResynchronized()) {
				VendoEventBridge.this.record.event();
			}
			VendoEventBridge.this.waiting.add(() -> {
				publish(event);
				VendoEventBridge.this.statistics.delivered(event, VendoEventBridge.this.clock.instant());
				request(1);
			});
		}

		@Override
		protected void hookOnComplete() {
			end();
		}

		@Override
		protected void hookOnError(Throwable failure) {
			this.failure = (failure instanceof VendoException vendo) ? vendo
					: new VendoException(ErrorDetails.of(ErrorCode.UPSTREAM_ERROR).build(), failure);
			end();
		}

		private void end() {
			// In line, so that everything before it is delivered first.
			VendoEventBridge.this.waiting.add(() -> this.ended = true);
		}

	}

	/**
	 * Tells the application, and the log, how the stream is doing.
	 */
	private final class StateListener implements EventStreamListener {

		private final Delivery delivery;

		StateListener(Delivery delivery) {
			this.delivery = delivery;
		}

		@Override
		public void onConnected(boolean reconnected) {
			Instant now = VendoEventBridge.this.clock.instant();
			if (!this.delivery.record((record) -> record.connected(now))) {
				return;
			}
			Instant since = VendoEventBridge.this.outageSince;
			if (since == null) {
				logger.debug("The event stream is open");
				this.delivery.announce(new EventStreamState.Connected());
				return;
			}
			VendoEventBridge.this.outageSince = null;
			Duration outage = Duration.between(since, now);
			logger.info("The event stream is open again after " + outage);
			this.delivery.announce(new EventStreamState.Recovered(outage));
		}

		@Override
		public void onInterrupted(VendoException cause, int attempt, Duration delay) {
			VendoEventBridge.this.statistics.interrupted();
			if (!this.delivery.recordFailure(cause, false)) {
				return;
			}
			interrupted(cause);
			if (logger.isDebugEnabled()) {
				logger.debug("Reconnect %d of the event stream in %s after: %s".formatted(attempt, delay, cause));
			}
		}

		@Override
		public void onSignOfLife() {
			VendoEventBridge.this.record.alive();
		}

		@Override
		public void onResynchronizationFailed(VendoException cause, Duration delay) {
			if (!VendoEventBridge.this.gapTold) {
				VendoEventBridge.this.gapTold = true;
				logger.warn("What the interruption of the event stream has hidden is not known: the connections cannot "
						+ "be read. This is tried again until it succeeds. " + cause);
				this.delivery.announce(new EventStreamState.GapUnresolved(cause));
			}
		}

		@Override
		public void onResynchronized(int differences) {
			VendoEventBridge.this.gapTold = false;
			this.delivery.announce(new EventStreamState.Resynchronized(differences));
		}

		@Override
		public void onFailed(VendoException cause) {
			if (this.delivery.recordFailure(cause, isRefusal(cause)) && !isRefusal(cause)) {
				interrupted(cause);
			}
		}

		private void interrupted(VendoException cause) {
			if (VendoEventBridge.this.outageSince != null) {
				return;
			}
			VendoEventBridge.this.outageSince = VendoEventBridge.this.clock.instant();
			if (ErrorCode.RATE_LIMIT_SSE_STREAMS.equals(cause.code())) {
				logger
					.warn("The platform allows an application five event streams at once, and all are taken: count the "
							+ "running instances and close streams that are not needed, or set vendo.events.enabled=false "
							+ "where events do not matter. Until one is free, connection changes go unnoticed here");
			}
			else {
				logger.warn("The event stream is interrupted and will be opened again; connection changes go unnoticed "
						+ "until then: " + cause);
			}
			this.delivery.announce(new EventStreamState.Interrupted(cause));
		}

	}

}
