package run.vendo.autoconfigure.event;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

import run.vendo.event.EventKind;
import run.vendo.event.VendoEvent;

/**
 * What the bridge counts.
 */
final class EventStatistics {

	private static final String OTHER = "other";

	static final List<String> KINDS = List.of(EventKind.CONNECTION_CONNECTED.value(),
			EventKind.CONNECTION_DISCONNECTED.value(), EventKind.CONNECTION_CHANGED.value(),
			EventKind.CONNECTION_STATUS_CHANGED.value(), EventKind.CONNECTION_NEEDS_REAUTH.value(),
			EventKind.CONNECTION_ERROR.value(), EventKind.BILLING_USAGE_RECORDED.value(),
			EventKind.BILLING_BALANCE_CHANGED.value(), EventKind.BILLING_BALANCE_LOW.value(),
			EventKind.BILLING_BALANCE_EXHAUSTED.value(), EventKind.BILLING_CAP_WARNED.value(),
			EventKind.BILLING_CAP_TRIPPED.value(), EventKind.DEPLOYMENT_UPDATED.value(), EventKind.MESSAGE.value(),
			EventKind.STREAM_FAILED.value(), OTHER);

	// All there are, so that the platform cannot make another by inventing a kind.
	private final Map<String, LongAdder> delivered = new LinkedHashMap<>();

	private final LongAdder timed = new LongAdder();

	private final LongAdder lagMillis = new LongAdder();

	private final LongAdder interruptions = new LongAdder();

	EventStatistics() {
		KINDS.forEach((kind) -> this.delivered.put(kind, new LongAdder()));
	}

	void delivered(VendoEvent event, Instant now) {
		LongAdder known = this.delivered.get(event.kind().value());
		Objects.requireNonNull((known != null) ? known : this.delivered.get(OTHER)).increment();
		Instant at = event.isResynchronized() ? null : event.at();
		if (at != null) {
			this.timed.increment();
			this.lagMillis.add(Math.max(0, Duration.between(at, now).toMillis()));
		}
	}

	void interrupted() {
		this.interruptions.increment();
	}

	long delivered(String kind) {
		LongAdder counter = this.delivered.get(kind);
		return (counter != null) ? counter.sum() : 0;
	}

	long timed() {
		return this.timed.sum();
	}

	long lagMillis() {
		return this.lagMillis.sum();
	}

	long interruptions() {
		return this.interruptions.sum();
	}

}
