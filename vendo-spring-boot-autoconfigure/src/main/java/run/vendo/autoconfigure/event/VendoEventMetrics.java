package run.vendo.autoconfigure.event;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;

import run.vendo.autoconfigure.observation.VendoMeterDocumentation;

/**
 * Meters of the bridge.
 */
final class VendoEventMetrics implements MeterBinder {

	private final VendoEventBridge bridge;

	private final EventStatistics statistics;

	VendoEventMetrics(VendoEventBridge bridge) {
		this.bridge = bridge;
		this.statistics = bridge.statistics();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (String kind : EventStatistics.KINDS) {
			FunctionCounter
				.builder(VendoMeterDocumentation.EVENTS_DELIVERED.getName(), this.statistics,
						(statistics) -> statistics.delivered(kind))
				.description(VendoMeterDocumentation.EVENTS_DELIVERED.getDescription())
				.tag("kind", kind)
				.register(registry);
		}
		for (EventStreamStatus.State state : EventStreamStatus.State.values()) {
			Gauge
				.builder(VendoMeterDocumentation.EVENTS_STREAM.getName(), this.bridge,
						(bridge) -> (bridge.status().state() == state) ? 1 : 0)
				.description(VendoMeterDocumentation.EVENTS_STREAM.getDescription())
				.tag("state", state.name().toLowerCase(Locale.ROOT))
				.strongReference(true)
				.register(registry);
		}
		FunctionCounter
			.builder(VendoMeterDocumentation.EVENTS_INTERRUPTIONS.getName(), this.statistics,
					EventStatistics::interruptions)
			.description(VendoMeterDocumentation.EVENTS_INTERRUPTIONS.getDescription())
			.register(registry);
		FunctionTimer
			.builder(VendoMeterDocumentation.EVENTS_LAG.getName(), this.statistics, EventStatistics::timed,
					EventStatistics::lagMillis, TimeUnit.MILLISECONDS)
			.description(VendoMeterDocumentation.EVENTS_LAG.getDescription())
			.register(registry);
		FunctionCounter
			.builder(VendoMeterDocumentation.EVENTS_LISTENER_FAILURES.getName(), this.bridge,
					VendoEventBridge::listenerFailures)
			.description(VendoMeterDocumentation.EVENTS_LISTENER_FAILURES.getDescription())
			.register(registry);
		Gauge.builder(VendoMeterDocumentation.EVENTS_WAITING.getName(), this.bridge, VendoEventBridge::waiting)
			.description(VendoMeterDocumentation.EVENTS_WAITING.getDescription())
			.strongReference(true)
			.register(registry);
		TimeGauge
			.builder(VendoMeterDocumentation.EVENTS_DELIVERING.getName(), this.bridge, TimeUnit.MILLISECONDS,
					(bridge) -> bridge.deliveringFor().toMillis())
			.description(VendoMeterDocumentation.EVENTS_DELIVERING.getDescription())
			.strongReference(true)
			.register(registry);
	}

}
