package run.vendo.autoconfigure.web.webhook;

import java.util.Locale;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * Counts deliveries with Micrometer.
 */
final class MicrometerWebhookMetrics implements WebhookMetrics {

	static final String NAME = "vendo.webhook.deliveries";

	private final ObjectProvider<MeterRegistry> registry;

	MicrometerWebhookMetrics(ObjectProvider<MeterRegistry> registry) {
		this.registry = registry;
	}

	@Override
	public void count(WebhookAnswer.Outcome outcome, String reason, @Nullable Integer secretIndex) {
		this.registry.ifUnique((registry) -> Counter.builder(NAME)
			.description("Requests to webhook handlers by what became of them")
			.tag("outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.tag("reason", reason)
			.tag("secret", (secretIndex != null) ? secretIndex.toString() : "none")
			.register(registry)
			.increment());
	}

}
