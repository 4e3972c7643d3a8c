package run.vendo.autoconfigure.event;

import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters of the bridge.
 */
final class VendoEventMetrics implements MeterBinder {

	private final VendoEventBridge bridge;

	VendoEventMetrics(VendoEventBridge bridge) {
		this.bridge = bridge;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		FunctionCounter.builder("vendo.events.delivered", this.bridge, VendoEventBridge::delivered)
			.description("Events of the platform that were delivered to the application's listeners")
			.register(registry);
		FunctionCounter.builder("vendo.events.listener.failures", this.bridge, VendoEventBridge::listenerFailures)
			.description("Times an event listener threw an exception")
			.register(registry);
		Gauge.builder("vendo.events.waiting", this.bridge, VendoEventBridge::waiting)
			.description("Events that have arrived and wait for the listeners to be done with the one before")
			.register(registry);
		TimeGauge
			.builder("vendo.events.delivering", this.bridge, TimeUnit.MILLISECONDS,
					(bridge) -> bridge.deliveringFor().toMillis())
			.description("How long the listeners have been at work on the event that is being delivered")
			.register(registry);
	}

}
