package run.vendo.autoconfigure.reconciler;

import java.util.concurrent.atomic.LongAdder;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import run.vendo.autoconfigure.observation.VendoMeterDocumentation;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Meters of the reconciler.
 */
final class VendoReconcilerMetrics implements MeterBinder {

	private final ObjectProvider<ReconcilerLifecycle> reconciler;

	/**
	 * Create the meters.
	 * @param reconciler the reconciler, unless the application has one of its own
	 */
	VendoReconcilerMetrics(ObjectProvider<ReconcilerLifecycle> reconciler) {
		this.reconciler = reconciler;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.reconciler.ifAvailable((reconciler) -> bindTo(registry, reconciler.statistics()));
	}

	private static void bindTo(MeterRegistry registry, ReconcilerStatistics statistics) {
		register(registry, VendoMeterDocumentation.RECONCILER_RUNS, "written", statistics.written);
		register(registry, VendoMeterDocumentation.RECONCILER_RUNS, "unchanged", statistics.unchanged);
		register(registry, VendoMeterDocumentation.RECONCILER_RUNS, "failed", statistics.failed);
		register(registry, VendoMeterDocumentation.RECONCILER_DELIVERIES, "delivered", statistics.delivered);
		register(registry, VendoMeterDocumentation.RECONCILER_DELIVERIES, "failed", statistics.undelivered);
	}

	private static void register(MeterRegistry registry, VendoMeterDocumentation meter, String outcome,
			LongAdder counter) {
		FunctionCounter.builder(meter.getName(), counter, LongAdder::sum)
			.description(meter.getDescription())
			.tag("outcome", outcome)
			.register(registry);
	}

}
