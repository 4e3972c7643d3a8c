package run.vendo.autoconfigure.actuate;

import java.time.Clock;
import java.util.function.Supplier;

import run.vendo.autoconfigure.event.EventStreamMonitor;
import run.vendo.autoconfigure.event.EventStreamStatus;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the stream that brings the platform's events.
 */
final class EventStreamHealth implements Supplier<Health> {

	private final EventStreamMonitor monitor;

	private final Clock clock;

	EventStreamHealth(EventStreamMonitor monitor, Clock clock) {
		this.monitor = monitor;
		this.clock = clock;
	}

	@Override
	public Health get() {
		EventStreamStatus status = this.monitor.status();
		return Health.status(status(status)).withDetails(Details.of(status, this.clock.instant())).build();
	}

	private static Status status(EventStreamStatus status) {
		return switch (status.state()) {
			case CONNECTED -> Status.UP;
			case REFUSED -> Status.DOWN;
			case PENDING, INTERRUPTED, CLOSED, STOPPED -> Status.UNKNOWN;
		};
	}

}
