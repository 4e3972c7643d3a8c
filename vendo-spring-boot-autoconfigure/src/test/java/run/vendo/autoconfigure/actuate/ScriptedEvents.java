package run.vendo.autoconfigure.actuate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.event.EventStreamListener;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.event.StreamFailed;
import run.vendo.event.VendoEvent;

/**
 * A stream that a test drives by hand.
 */
class ScriptedEvents implements ReactiveEventsApi {

	private final Sinks.Many<VendoEvent> events = Sinks.many().unicast().onBackpressureBuffer();

	private final CompletableFuture<EventStreamListener> listener = new CompletableFuture<>();

	@Override
	public Flux<VendoEvent> subscribe(EventStreamOptions options) {
		return this.events.asFlux().doOnSubscribe((subscription) -> this.listener.complete(options.listener()));
	}

	void awaitSubscription() {
		this.listener.orTimeout(20, TimeUnit.SECONDS).join();
	}

	EventStreamListener listener() {
		return this.listener.join();
	}

	void send(VendoEvent event) {
		this.events.tryEmitNext(event).orThrow();
	}

	void fail(int status) {
		VendoException cause = failure(status);
		listener().onFailed(cause);
		send(StreamFailed.of(cause));
		this.events.tryEmitComplete().orThrow();
	}

	static VendoException failure(int status) {
		return ErrorDetails.of(new ErrorCode("odd"))
			.status(status)
			.summary("It broke, and access_token=" + OperatedPlatform.CANARY)
			.toException();
	}

}
