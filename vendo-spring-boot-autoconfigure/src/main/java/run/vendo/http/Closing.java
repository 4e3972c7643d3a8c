package run.vendo.http;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Whether a client is closed, and a signal for those who have to know at once.
 */
final class Closing {

	private final AtomicBoolean closed = new AtomicBoolean();

	// Made for the first who asks: most clients have no stream that is open.
	private Sinks.@Nullable Empty<Void> sink;

	boolean isClosed() {
		return this.closed.get();
	}

	/**
	 * Close.
	 * @return whether this call did it
	 */
	boolean close() {
		if (!this.closed.compareAndSet(false, true)) {
			return false;
		}
		Sinks.Empty<Void> told;
		synchronized (this) {
			told = this.sink;
		}
		if (told != null) {
			told.tryEmitEmpty();
		}
		return true;
	}

	/**
	 * Return what completes when the client is closed, at once if it is already.
	 */
	synchronized Mono<Void> signal() {
		if (isClosed()) {
			return Mono.empty();
		}
		if (this.sink == null) {
			this.sink = Sinks.empty();
		}
		return this.sink.asMono();
	}

}
