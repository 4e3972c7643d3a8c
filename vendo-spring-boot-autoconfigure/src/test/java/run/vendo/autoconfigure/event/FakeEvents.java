package run.vendo.autoconfigure.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import reactor.core.publisher.Flux;
import reactor.test.publisher.TestPublisher;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.event.StreamFailed;
import run.vendo.event.VendoEvent;

/**
 * A stream that a test drives by hand.
 */
final class FakeEvents implements ReactiveEventsApi {

	private final LinkedBlockingQueue<Subscription> opened = new LinkedBlockingQueue<>();

	private final List<Subscription> all = new ArrayList<>();

	private int number;

	@Override
	public Flux<VendoEvent> subscribe(EventStreamOptions options) {
		return Flux.defer(() -> {
			Subscription subscription = new Subscription(TestPublisher.create(), options);
			this.all.add(subscription);
			this.opened.add(subscription);
			return subscription.publisher.flux();
		});
	}

	Subscription awaitSubscription() {
		try {
			Subscription subscription = this.opened.poll(10, TimeUnit.SECONDS);
			if (subscription == null) {
				throw new AssertionError("Nobody has subscribed");
			}
			subscription.publisher.assertWasSubscribed();
			return subscription;
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	int subscriptions() {
		return this.all.size();
	}

	VendoEvent connected(String slug) {
		this.number++;
		return VendoEvent.of("connection.connected",
				"{\"id\":\"e%d\",\"slug\":\"%s\",\"connection_id\":\"c%d\"}".formatted(this.number, slug, this.number));
	}

	static VendoException failure(int status) {
		return ErrorDetails.of(ErrorCode.UPSTREAM_ERROR).status(status).summary("It broke").toException();
	}

	record Subscription(TestPublisher<VendoEvent> publisher, EventStreamOptions options) {

		void open() {
			this.options.listener().onConnected(false);
		}

		void interrupt(VendoException cause) {
			this.options.listener().onInterrupted(cause, 1, Duration.ZERO);
		}

		void fail(VendoException cause) {
			this.options.listener().onFailed(cause);
			this.publisher.next(StreamFailed.of(cause)).complete();
		}

	}

}
