package run.vendo.autoconfigure.web.webhook;

import java.util.Locale;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import run.vendo.autoconfigure.observation.VendoMeterDocumentation;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;

/**
 * Counts deliveries with Micrometer.
 */
final class MicrometerWebhookMetrics implements WebhookMetrics {

	private final SingletonSupplier<MeterRegistry> registry;

	MicrometerWebhookMetrics(ObjectProvider<MeterRegistry> registry) {
		this.registry = SingletonSupplier.ofNullable(registry::getIfUnique);
	}

	@Override
	public void count(WebhookAnswer.Outcome outcome, String reason, @Nullable Integer secretIndex) {
		MeterRegistry registry = this.registry.get();
		if (registry != null) {
			Counter.builder(VendoMeterDocumentation.WEBHOOK_DELIVERIES.getName())
				.description(VendoMeterDocumentation.WEBHOOK_DELIVERIES.getDescription())
				.tag("outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'))
				.tag("reason", reason)
				.tag("secret", (secretIndex != null) ? secretIndex.toString() : "none")
				.register(registry)
				.increment();
		}
	}

}
