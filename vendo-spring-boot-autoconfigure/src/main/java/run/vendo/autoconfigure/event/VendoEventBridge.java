package run.vendo.autoconfigure.event;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

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
final class VendoEventBridge implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

	private static final Log logger = LogFactory.getLog(VendoEventBridge.class);

	/** What may wait for the delivering thread; more than that waits in the socket. */
	private static final int WINDOW = 32;

	/**
	 * As many changes of state may wait. A listener that lets so many wait misses some.
	 */
	private static final int MAX_WAITING = 1000;

	private static final Duration PATIENCE = Duration.ofMillis(400);

	private final ReactiveEventsApi events;

	private final EventStreamOptions options;

	private final Duration resubscribeDelay;

	private final ApplicationEventPublisher publisher;

	private final ListenerFailures failures;

	private final Executor executor;

	private final Clock clock;

	private final EventCursor cursor = EventCursor.create();

	private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();

	private final AtomicLong delivered = new AtomicLong();

	private final Object monitor = new Object();

	private volatile @Nullable Instant deliveringSince;

	private volatile @Nullable Instant outageSince;

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
		synchronized (this.monitor) {
			this.running = true;
			open();
		}
	}

	private void open() {
		if (this.running && this.ready && (this.delivery == null || this.delivery.stopping)) {
			Delivery delivery = new Delivery(this.delivery);
			this.delivery = delivery;
			this.executor.execute(delivery);
		}
	}

	@Override
	public void stop() {
		Delivery delivery;
		synchronized (this.monitor) {
			this.running = false;
			delivery = this.delivery;
		}
		if (delivery != null) {
			delivery.stop();
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

	long delivered() {
		return this.delivered.get();
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
			// From a listener that is not an annotated method; those report themselves.
			this.failures.report(null, event, ex);
		}
		finally {
			this.deliveringSince = null;
		}
	}

	private void announce(EventStreamState state) {
		if (this.waiting.size() < MAX_WAITING) {
			this.waiting.add(() -> publish(state));
		}
	}

	/**
	 * The work of one thread, from a start to a stop.
	 */
	private final class Delivery implements Runnable {

		private final CountDownLatch done = new CountDownLatch(1);

		private final @Nullable Delivery previous;

		private final CountDownLatch stopped = new CountDownLatch(1);

		private volatile boolean stopping;

		private volatile boolean connected;

		private @Nullable Subscriber subscriber;

		private @Nullable Thread thread;

		Delivery(@Nullable Delivery previous) {
			this.previous = previous;
		}

		@Override
		public void run() {
			synchronized (this) {
				this.thread = Thread.currentThread();
			}
			try {
				if (this.previous != null) {
					// Blocked by a listener that did not end in time. Order comes first.
					this.previous.done.await();
				}
				VendoEventBridge.this.failures.deliveringOn(Thread.currentThread());
				while (!this.stopping && deliver(subscribe())) {
					pause();
				}
			}
			catch (InterruptedException ex) {
				// Stopped while there was nothing to deliver: the end is what was asked
				// for.
				logger.trace("Interrupted", ex);
			}
			finally {
				VendoEventBridge.this.failures.deliveringOn(null);
				this.done.countDown();
			}
		}

		private synchronized Subscriber subscribe() {
			Subscriber subscriber = new Subscriber();
			this.subscriber = subscriber;
			if (!this.stopping) {
				VendoEventBridge.this.events
					.subscribe(VendoEventBridge.this.options.withListener(new StateListener(this)))
					.subscribe(subscriber);
			}
			return subscriber;
		}

		/**
		 * Deliver until the stream ends or the bridge stops.
		 * @return whether to subscribe again
		 */
		private boolean deliver(Subscriber subscriber) throws InterruptedException {
			while (!this.stopping && !subscriber.ended) {
				VendoEventBridge.this.waiting.take().run();
			}
			return !this.stopping && ended(subscriber);
		}

		private boolean ended(Subscriber subscriber) {
			VendoException failure = subscriber.failure;
			if (failure == null) {
				logger.debug("The platform has ended the event stream and wants no reconnect");
				publish(new EventStreamState.Closed());
				return false;
			}
			if (failure instanceof VendoOnlyFeatureException) {
				logger.debug("No API key is set: there are no events in OSS mode");
				return false;
			}
			Integer status = failure.status();
			if (status != null && (status == 401 || status == 403)) {
				logger
					.error("The platform refuses the event stream and it stays closed: connection changes go unnoticed "
							+ "until the API key (vendo.api-key) is right and the application is started again. "
							+ failure);
				publish(new EventStreamState.Failed(failure, null));
				return false;
			}
			Duration delay = VendoEventBridge.this.resubscribeDelay;
			logger.debug("The event stream has ended for good, the next attempt is in " + delay);
			publish(new EventStreamState.Failed(failure, delay));
			return true;
		}

		/**
		 * Wait for the next attempt.
		 * @return whether the bridge has stopped meanwhile
		 */
		private boolean pause() throws InterruptedException {
			return this.stopped.await(VendoEventBridge.this.resubscribeDelay.toMillis(), TimeUnit.MILLISECONDS);
		}

		void stop() {
			Thread thread;
			synchronized (this) {
				this.stopping = true;
				if (this.subscriber != null) {
					this.subscriber.cancel();
				}
				thread = this.thread;
			}
			this.stopped.countDown();
			// Wakes up the thread when it waits for something to deliver.
			VendoEventBridge.this.waiting.add(() -> {
			});
			if (thread == Thread.currentThread()) {
				return;
			}
			try {
				if (this.done.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
					return;
				}
				if (thread != null) {
					thread.interrupt();
				}
				if (!this.done.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
					logger
						.warn("An event listener is still at work on an event of the platform and does not mind being "
								+ "interrupted. Its thread is left behind; use @Async for what takes long");
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
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
			VendoEventBridge.this.waiting.add(() -> {
				publish(event);
				VendoEventBridge.this.delivered.incrementAndGet();
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
			this.delivery.connected = true;
			Instant since = VendoEventBridge.this.outageSince;
			if (since == null) {
				logger.debug("The event stream is open");
				announce(new EventStreamState.Connected());
				return;
			}
			VendoEventBridge.this.outageSince = null;
			Duration outage = Duration.between(since, VendoEventBridge.this.clock.instant());
			logger.info("The event stream is open again after " + outage);
			announce(new EventStreamState.Recovered(outage));
		}

		@Override
		public void onInterrupted(VendoException cause, int attempt, Duration delay) {
			interrupted(cause);
			if (logger.isDebugEnabled()) {
				logger.debug("Reconnect %d of the event stream in %s after: %s".formatted(attempt, delay, cause));
			}
		}

		@Override
		public void onFailed(VendoException cause) {
			Integer status = cause.status();
			if (status == null || (status != 401 && status != 403)) {
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
			announce(new EventStreamState.Interrupted(cause));
		}

	}

}
