package run.vendo.autoconfigure.event;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import run.vendo.error.VendoException;

/**
 * Published as an application event when the stream that brings the platform's events
 * changes its state, in order with these events.
 *
 * <pre class="code">
 * &#64;EventListener
 * void on(EventStreamState.Interrupted state) {
 * </pre>
 *
 * @since 0.1.0
 */
public sealed interface EventStreamState {

	/**
	 * The stream is open.
	 *
	 * @since 0.1.0
	 */
	record Connected() implements EventStreamState {

	}

	/**
	 * The stream has ended unexpectedly, and attempts to open it again begin. Published
	 * once for each outage.
	 *
	 * @param cause why it has ended
	 * @since 0.1.0
	 */
	record Interrupted(VendoException cause) implements EventStreamState {

	}

	/**
	 * The stream is open again after an outage. What the outage has hidden comes next, as
	 * far as it can be found out.
	 *
	 * @param outage how long it was closed
	 * @since 0.1.0
	 */
	record Recovered(Duration outage) implements EventStreamState {

	}

	/**
	 * After an interruption, the connections were compared with what was known. What has
	 * changed meanwhile is published as events of its own; other kinds of events that the
	 * platform did not replay are lost.
	 *
	 * @param differences how many changes were found
	 * @since 0.1.0
	 */
	record Resynchronized(int differences) implements EventStreamState {

	}

	/**
	 * After an interruption, the connections could not be read, so that changes may be
	 * unknown. It is tried again. Published once until it succeeds.
	 *
	 * @param cause why
	 * @since 0.1.0
	 */
	record GapUnresolved(VendoException cause) implements EventStreamState {

	}

	/**
	 * The stream is closed: the platform has no events for the application, or the
	 * application stops. It does not follow a {@link Failed} without a next attempt.
	 *
	 * @since 0.1.0
	 */
	record Closed() implements EventStreamState {

	}

	/**
	 * The stream has ended, and the reconnects that are allowed have failed.
	 *
	 * @param cause why
	 * @param nextAttempt how long until the next attempt, or {@code null} when there will
	 * be none because the platform has rejected the API key
	 * @since 0.1.0
	 */
	record Failed(VendoException cause, @Nullable Duration nextAttempt) implements EventStreamState {

	}

}
