package run.vendo.autoconfigure.event;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import run.vendo.event.EventStreamOptions;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
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

	VendoEventsProperties {
		Assert.isTrue(!resubscribeDelay.isNegative(), "'vendo.events.resubscribe-delay' must not be negative");
	}

	EventStreamOptions options() {
		EventStreamOptions defaults = EventStreamOptions.defaults();
		return new EventStreamOptions(or(this.maxReconnects, defaults.maxReconnects()),
				or(this.initialBackoff, defaults.initialBackoff()), or(this.maxBackoff, defaults.maxBackoff()),
				or(this.idleTimeout, defaults.idleTimeout()), or(this.connectTimeout, defaults.connectTimeout()),
				(this.maxEventSize != null) ? Math.toIntExact(this.maxEventSize.toBytes()) : defaults.maxEventSize(),
				null, null, defaults.listener());
	}

	private static <T> T or(@Nullable T value, T otherwise) {
		return (value != null) ? value : otherwise;
	}

}
