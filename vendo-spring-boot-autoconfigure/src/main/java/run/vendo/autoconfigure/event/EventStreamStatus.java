package run.vendo.autoconfigure.event;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import run.vendo.error.VendoException;

/**
 * How the stream is doing that brings the platform's events.
 *
 * @param state how it stands
 * @param connectedSince since when it is open, or {@code null} when it is not
 * @param lastEventAt when the platform last sent an event, or {@code null} when it never
 * did
 * @param lastSignOfLifeAt when anything last came, heartbeats included, or {@code null}
 * when nothing ever did
 * @param reconnects how often it was opened again
 * @param lastError why it was last interrupted, also when it is open again, or
 * {@code null}
 * @param lastErrorAt when that was, or {@code null}
 * @param lastEventId the stream's id after the last event; empty when it has none
 * @since 0.1.0
 */
public record EventStreamStatus(State state, @Nullable Instant connectedSince, @Nullable Instant lastEventAt,
		@Nullable Instant lastSignOfLifeAt, long reconnects, @Nullable VendoException lastError,
		@Nullable Instant lastErrorAt, String lastEventId) {

	/**
	 * How the stream stands.
	 *
	 * @since 0.1.0
	 */
	public enum State {

		/** It has not been opened yet: the application is not ready, or just is. */
		PENDING,

		/** It is open. */
		CONNECTED,

		/** It is not open, and will be tried again. */
		INTERRUPTED,

		/** It is closed because the platform has no events for the application. */
		CLOSED,

		/** It has ended for good because the platform refuses the API key. */
		REFUSED,

		/** It is closed because the application pauses or stops. */
		STOPPED

	}

}
