package run.vendo.sample;

import java.util.Objects;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.event.EventStreamState;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Remembers how the stream of events is doing.
 */
@Component
class StreamStatus {

	private final ApplicationEventPublisher publisher;

	private volatile View current;

	StreamStatus(VendoClient vendo, ApplicationEventPublisher publisher) {
		this.publisher = publisher;
		this.current = vendo.isVendoMode() ? new View(Tone.WAITING, "connecting")
				: new View(Tone.NEUTRAL, "none without an API key");
	}

	View current() {
		return this.current;
	}

	@EventListener
	void on(EventStreamState state) {
		View view = view(state);
		if (!Objects.equals(view, this.current)) {
			this.current = view;
			this.publisher.publishEvent(new PartChanged(Part.STREAM));
		}
	}

	private View view(EventStreamState state) {
		if (state instanceof EventStreamState.Connected) {
			return new View(Tone.GOOD, "connected");
		}
		if (state instanceof EventStreamState.Interrupted) {
			return new View(Tone.BAD, "interrupted, reconnecting");
		}
		if (state instanceof EventStreamState.Recovered recovered) {
			return new View(Tone.GOOD, "recovered after %.1f s".formatted(recovered.outage().toMillis() / 1000.0));
		}
		if (state instanceof EventStreamState.GapUnresolved) {
			return new View(Tone.WARNING, "connected, changes may be missing");
		}
		if (state instanceof EventStreamState.Failed failed) {
			return (failed.nextAttempt() != null)
					? new View(Tone.BAD, "failed, next attempt in %d s".formatted(failed.nextAttempt().toSeconds()))
					: new View(Tone.BAD, "the API key was rejected");
		}
		if (state instanceof EventStreamState.Closed) {
			return new View(Tone.NEUTRAL, "closed");
		}
		// The comparison after an interruption: what it found comes as events.
		return (this.current.tone() == Tone.WARNING) ? new View(Tone.GOOD, "connected") : this.current;
	}

	/**
	 * What the page shows.
	 */
	record View(Tone tone, String words) {

	}

}
