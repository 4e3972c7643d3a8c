package run.vendo.autoconfigure.web.webhook;

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VendoWebhookProperties}.
 */
class VendoWebhookPropertiesTests {

	@Test
	void defaultsAreTheSameWhetherSomethingIsSetOrNothing() {
		VendoWebhookProperties nothing = bind(Map.of());
		VendoWebhookProperties one = bind(Map.of("vendo.webhook.deduplication.enabled", "true"));
		assertThat(nothing.deduplication()).isEqualTo(one.deduplication());
		assertThat(one.deduplication().capacity()).isEqualTo(10_000);
	}

	private static VendoWebhookProperties bind(Map<String, String> properties) {
		return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("vendo.webhook",
				VendoWebhookProperties.class);
	}

}
