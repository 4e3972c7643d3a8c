package run.vendo.autoconfigure.event;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.event.StreamFailed;
import run.vendo.event.VendoEvent;
import run.vendo.fixture.Conditions;

/**
 * A stream that a test drives by hand.
 */
final class FakeEvents implements ReactiveEventsApi {

	private final LinkedBlockingQueue<Subscription> opened = new LinkedBlockingQueue<>();

	private final AtomicInteger subscriptions = new AtomicInteger();

	private volatile RuntimeException failure;

	private volatile Runnable before;

	private volatile Runnable onCancel = () -> {
	};

	private int number;

	@Override
	public Flux<VendoEvent> subscribe(EventStreamOptions options) {
		RuntimeException failure = this.failure;
		if (failure != null) {
			this.failure = null;
			throw failure;
		}
		Runnable before = this.before;
		if (before != null) {
			this.before = null;
			before.run();
		}
		return Flux.defer(() -> {
			Subscription subscription = new Subscription(Sinks.many().unicast().onBackpressureBuffer(), options,
					new AtomicLong(), new CountDownLatch(1));
			this.subscriptions.incrementAndGet();
			this.opened.add(subscription);
			return subscription.events.asFlux().doOnRequest(subscription.requested::addAndGet).doOnCancel(() -> {
				this.onCancel.run();
				subscription.cancelled.countDown();
			});
		});
	}

	void failNext(RuntimeException failure) {
		this.failure = failure;
	}

	void beforeNext(Runnable before) {
		this.before = before;
	}

	void onCancel(Runnable onCancel) {
		this.onCancel = onCancel;
	}

	Subscription awaitSubscription() {
		try {
			Subscription subscription = this.opened.poll(20, TimeUnit.SECONDS);
			if (subscription == null) {
				throw new AssertionError("Nobody has subscribed");
			}
			return subscription;
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	int subscriptions() {
		return this.subscriptions.get();
	}

	VendoEvent connected(String slug) {
		this.number++;
		return VendoEvent.of("connection.connected",
				"{\"id\":\"e%d\",\"slug\":\"%s\",\"connection_id\":\"c%d\"}".formatted(this.number, slug, this.number));
	}

	static VendoException failure(int status) {
		return ErrorDetails.of(ErrorCode.UPSTREAM_ERROR).status(status).summary("It broke").toException();
	}

	record Subscription(Sinks.Many<VendoEvent> events, EventStreamOptions options, AtomicLong requested,
			CountDownLatch cancelled) {

		void send(VendoEvent... sent) {
			for (VendoEvent event : sent) {
				this.events.emitNext(event, Sinks.EmitFailureHandler.FAIL_FAST);
			}
		}

		void end() {
			this.events.emitComplete(Sinks.EmitFailureHandler.FAIL_FAST);
		}

		void open() {
			this.options.listener().onConnected(false);
		}

		void interrupt(VendoException cause) {
			this.options.listener().onInterrupted(cause, 1, Duration.ZERO);
		}

		void fail(VendoException cause) {
			this.options.listener().onFailed(cause);
			send(StreamFailed.of(cause));
			end();
		}

		boolean isCancelled() {
			return this.cancelled.getCount() == 0;
		}

		/**
		 * Wait until it is cancelled, which may be by a thread that only now subscribes.
		 */
		void awaitCancellation() {
			Conditions.await(this::isCancelled);
		}

	}

}
