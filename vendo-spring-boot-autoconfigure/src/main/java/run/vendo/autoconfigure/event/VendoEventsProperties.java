package run.vendo.autoconfigure.event;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import run.vendo.event.EventStreamOptions;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * How the platform's events are received. What is not set is null, and then the default
 * of the client applies.
 *
 * @param enabled Whether the platform's events are published as application events.
 * @param maxReconnects Failed reconnects in a row that end the stream. A negative number
 * means no such end.
 * @param initialBackoff Time before the second reconnect. The first comes at once, and
 * the time doubles with every further one.
 * @param maxBackoff Longest time between two reconnects.
 * @param idleTimeout Time the stream may be silent before it counts as dead. The platform
 * sends a heartbeat every 25 seconds.
 * @param connectTimeout Time the platform may take to begin its answer.
 * @param maxEventSize Largest event that is delivered. Larger ones are left out.
 * @param resubscribeDelay Time until the next attempt after the reconnects that are
 * allowed have failed.
 */
@ConfigurationProperties("vendo.events")
record VendoEventsProperties(@DefaultValue("true") boolean enabled, @Nullable Integer maxReconnects,
		@Nullable Duration initialBackoff, @Nullable Duration maxBackoff, @Nullable Duration idleTimeout,
		@Nullable Duration connectTimeout, @Nullable DataSize maxEventSize,
		@DefaultValue("60s") Duration resubscribeDelay) {

	private static final long LARGEST_EVENT = 1024 * 1024 * 1024;

	EventStreamOptions options() {
		EventStreamOptions defaults = EventStreamOptions.defaults();
		Duration initialBackoff = notNegative("initial-backoff", or(this.initialBackoff, defaults.initialBackoff()));
		Duration maxBackoff = or(this.maxBackoff, defaults.maxBackoff());
		if (maxBackoff.compareTo(initialBackoff) < 0) {
			throw invalid("max-backoff", maxBackoff,
					"It must not be shorter than vendo.events.initial-backoff, which is %d ms."
						.formatted(initialBackoff.toMillis()));
		}
		notNegative("resubscribe-delay", this.resubscribeDelay);
		return new EventStreamOptions(or(this.maxReconnects, defaults.maxReconnects()), initialBackoff, maxBackoff,
				positive("idle-timeout", or(this.idleTimeout, defaults.idleTimeout())),
				positive("connect-timeout", or(this.connectTimeout, defaults.connectTimeout())),
				maxEventBytes(defaults), null, null, defaults.listener());
	}

	private int maxEventBytes(EventStreamOptions defaults) {
		if (this.maxEventSize == null) {
			return defaults.maxEventSize();
		}
		long bytes = this.maxEventSize.toBytes();
		if (bytes <= 0 || bytes > LARGEST_EVENT) {
			throw invalid("max-event-size", this.maxEventSize, "It must be between 1 byte and 1 GB.");
		}
		return (int) bytes;
	}

	private static Duration positive(String name, Duration value) {
		if (value.isZero()) {
			throw invalid(name, value, "It must be longer than nothing.");
		}
		return notNegative(name, value);
	}

	private static Duration notNegative(String name, Duration value) {
		if (value.isNegative()) {
			throw invalid(name, value, "It must not be negative.");
		}
		return value;
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, Object value, String reason) {
		return new InvalidConfigurationPropertyValueException("vendo.events." + name, value, reason);
	}

	private static <T> T or(@Nullable T value, T otherwise) {
		return (value != null) ? value : otherwise;
	}

}
