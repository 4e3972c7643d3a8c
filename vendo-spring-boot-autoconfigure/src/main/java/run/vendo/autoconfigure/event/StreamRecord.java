package run.vendo.autoconfigure.event;

import java.time.Clock;
import java.time.Instant;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import run.vendo.autoconfigure.event.EventStreamStatus.State;
import run.vendo.error.VendoException;

/**
 * Keeps what happens to the stream, for those who look at it from time to time.
 */
final class StreamRecord implements EventStreamMonitor {

	private final Clock clock;

	private final Supplier<String> lastEventId;

	private State state = State.PENDING;

	private @Nullable Instant connectedSince;

	private long connections;

	private @Nullable VendoException lastError;

	private @Nullable Instant lastErrorAt;

	private volatile @Nullable Instant lastEventAt;

	private volatile @Nullable Instant lastSignOfLifeAt;

	StreamRecord(Clock clock, Supplier<String> lastEventId) {
		this.clock = clock;
		this.lastEventId = lastEventId;
	}

	@Override
	public synchronized EventStreamStatus status() {
		return new EventStreamStatus(this.state, this.connectedSince, this.lastEventAt, this.lastSignOfLifeAt,
				Math.max(0, this.connections - 1), this.lastError, this.lastErrorAt, this.lastEventId.get());
	}

	synchronized void connected(Instant since) {
		this.state = State.CONNECTED;
		this.connectedSince = since;
		this.connections++;
	}

	void alive() {
		this.lastSignOfLifeAt = this.clock.instant();
	}

	void event() {
		this.lastEventAt = this.clock.instant();
	}

	synchronized void failed(VendoException cause, Instant at, boolean forGood) {
		if (this.lastError != cause) {
			this.lastError = cause;
			this.lastErrorAt = at;
		}
		not(forGood ? State.REFUSED : State.INTERRUPTED);
	}

	/**
	 * Tell that the stream is not open.
	 * @param state how it stands instead
	 */
	synchronized void not(State state) {
		this.state = state;
		this.connectedSince = null;
	}

}
