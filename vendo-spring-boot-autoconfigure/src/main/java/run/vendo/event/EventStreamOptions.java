package run.vendo.event;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How a stream is kept up.
 *
 * @param maxReconnects how many failed reconnects in a row end the stream,
 * {@link #UNLIMITED} for no such end
 * @param initialBackoff how long to wait before the second reconnect; the first comes at
 * once, and the delay doubles from there
 * @param maxBackoff how long to wait at most
 * @param idleTimeout how long a connection may be silent before it counts as dead; the
 * platform sends a heartbeat every 25 s
 * @param connectTimeout how long an attempt may take until its answer begins
 * @param maxEventSize how many bytes of data an event may have; a larger one is left out
 * @param lastEventId after which event to start, or {@code null} for the present
 * @param cursor what another stream left off with, or {@code null} to begin anew; takes
 * precedence over {@code lastEventId}
 * @param listener what is told how the stream is doing
 * @since 0.1.0
 */
public record EventStreamOptions(int maxReconnects, Duration initialBackoff, Duration maxBackoff, Duration idleTimeout,
		Duration connectTimeout, int maxEventSize, @Nullable String lastEventId, @Nullable EventCursor cursor,
		EventStreamListener listener) {

	/** As many reconnects as it takes. */
	public static final int UNLIMITED = -1;

	private static final EventStreamOptions DEFAULTS = new EventStreamOptions(3, Duration.ofSeconds(1),
			Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(30), 1024 * 1024, null, null,
			new EventStreamListener() {
			});

	public EventStreamOptions {
		Assert.isTrue(!initialBackoff.isNegative(), "'initialBackoff' must not be negative");
		Assert.isTrue(maxBackoff.compareTo(initialBackoff) >= 0,
				"'maxBackoff' must not be shorter than 'initialBackoff'");
		Assert.isTrue(!idleTimeout.isNegative() && !idleTimeout.isZero(), "'idleTimeout' must be positive");
		Assert.isTrue(!connectTimeout.isNegative() && !connectTimeout.isZero(), "'connectTimeout' must be positive");
		Assert.isTrue(maxEventSize > 0, "'maxEventSize' must be positive");
		Assert.notNull(listener, "'listener' must not be null");
	}

	/**
	 * Return 3 reconnects, 1 s to 60 s backoff, 60 s of silence, 30 s to connect, 1 MiB
	 * an event.
	 * @return the default options
	 */
	public static EventStreamOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Return these options with another bound for reconnects.
	 * @param maxReconnects how many failed reconnects in a row end the stream,
	 * {@link #UNLIMITED} for no such end
	 * @return new options
	 */
	public EventStreamOptions withMaxReconnects(int maxReconnects) {
		return new EventStreamOptions(maxReconnects, this.initialBackoff, this.maxBackoff, this.idleTimeout,
				this.connectTimeout, this.maxEventSize, this.lastEventId, this.cursor, this.listener);
	}

	/**
	 * Return these options with other delays.
	 * @param initialBackoff how long to wait before the second reconnect
	 * @param maxBackoff how long to wait at most
	 * @return new options
	 */
	public EventStreamOptions withBackoff(Duration initialBackoff, Duration maxBackoff) {
		return new EventStreamOptions(this.maxReconnects, initialBackoff, maxBackoff, this.idleTimeout,
				this.connectTimeout, this.maxEventSize, this.lastEventId, this.cursor, this.listener);
	}

	/**
	 * Return these options with another limit for silence.
	 * @param idleTimeout how long a connection may be silent
	 * @return new options
	 */
	public EventStreamOptions withIdleTimeout(Duration idleTimeout) {
		return new EventStreamOptions(this.maxReconnects, this.initialBackoff, this.maxBackoff, idleTimeout,
				this.connectTimeout, this.maxEventSize, this.lastEventId, this.cursor, this.listener);
	}

	/**
	 * Return these options with another limit for connecting.
	 * @param connectTimeout how long an attempt may take until its answer begins
	 * @return new options
	 */
	public EventStreamOptions withConnectTimeout(Duration connectTimeout) {
		return new EventStreamOptions(this.maxReconnects, this.initialBackoff, this.maxBackoff, this.idleTimeout,
				connectTimeout, this.maxEventSize, this.lastEventId, this.cursor, this.listener);
	}

	/**
	 * Return these options with another limit for events.
	 * @param maxEventSize how many bytes of data an event may have
	 * @return new options
	 */
	public EventStreamOptions withMaxEventSize(int maxEventSize) {
		return new EventStreamOptions(this.maxReconnects, this.initialBackoff, this.maxBackoff, this.idleTimeout,
				this.connectTimeout, maxEventSize, this.lastEventId, this.cursor, this.listener);
	}

	/**
	 * Return these options with a place to start.
	 * @param lastEventId after which event to start, or {@code null} for the present
	 * @return new options
	 */
	public EventStreamOptions withLastEventId(@Nullable String lastEventId) {
		return new EventStreamOptions(this.maxReconnects, this.initialBackoff, this.maxBackoff, this.idleTimeout,
				this.connectTimeout, this.maxEventSize, lastEventId, this.cursor, this.listener);
	}

	/**
	 * Return these options to go on where another stream left off: with the same last id,
	 * without repeating what it delivered, and making up for what was missed meanwhile.
	 * @param cursor the cursor of the other stream, which has ended
	 * @return new options
	 */
	public EventStreamOptions withCursor(@Nullable EventCursor cursor) {
		return new EventStreamOptions(this.maxReconnects, this.initialBackoff, this.maxBackoff, this.idleTimeout,
				this.connectTimeout, this.maxEventSize, this.lastEventId, cursor, this.listener);
	}

	/**
	 * Return these options with a listener.
	 * @param listener what is told how the stream is doing
	 * @return new options
	 */
	public EventStreamOptions withListener(EventStreamListener listener) {
		return new EventStreamOptions(this.maxReconnects, this.initialBackoff, this.maxBackoff, this.idleTimeout,
				this.connectTimeout, this.maxEventSize, this.lastEventId, this.cursor, listener);
	}

}
