package run.vendo.sample;

import java.time.Duration;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import run.vendo.autoconfigure.event.EventStreamState;
import run.vendo.event.ConnectionEvent;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells every open page which of its parts has changed. The page then asks for that part,
 * so nothing of an event gets to a browser that may not see it.
 */
@RestController
class LiveUpdates {

	private static final Duration HEARTBEAT = Duration.ofSeconds(15);

	private static final Duration RECONNECT = Duration.ofSeconds(1);

	private final Sinks.Many<Part> changes = Sinks.many().multicast().directBestEffort();

	private final Sinks.Empty<Void> closing = Sinks.empty();

	@GetMapping(path = "/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<ServerSentEvent<String>> live() {
		return Flux.merge(1, changes(), heartbeats()).takeUntilOther(this.closing.asMono());
	}

	/**
	 * Return what changes from now on, and everything first: a page that comes back after
	 * an interruption does not know what it has missed. However slow a browser is, at
	 * most one change of each part waits for it.
	 */
	private Flux<ServerSentEvent<String>> changes() {
		return Flux.fromArray(Part.values())
			.flatMap(this::changesOf, Part.values().length, 1)
			.map((part) -> ServerSentEvent.builder("changed").event(part.event()).retry(RECONNECT).build());
	}

	private Flux<Part> changesOf(Part part) {
		return this.changes.asFlux().filter(part::equals).startWith(part).onBackpressureLatest();
	}

	// Without them neither side would notice that the other has gone.
	private Flux<ServerSentEvent<String>> heartbeats() {
		return Flux.interval(HEARTBEAT)
			.onBackpressureDrop()
			.map((number) -> ServerSentEvent.<String>builder().comment("still here").build());
	}

	@EventListener
	synchronized void on(PartChanged event) {
		this.changes.tryEmitNext(event.part());
	}

	@EventListener
	void on(ConnectionEvent event) {
		on(new PartChanged(Part.CONNECTIONS));
	}

	@EventListener
	void on(EventStreamState.Recovered state) {
		on(new PartChanged(Part.CONNECTIONS));
		on(new PartChanged(Part.BALANCE));
	}

	/**
	 * End all streams. They would never end by themselves, and the server waits for open
	 * requests before it stops.
	 */
	@EventListener
	void on(ContextClosedEvent event) {
		this.closing.tryEmitEmpty();
	}

}
