package run.vendo.autoconfigure.web.webhook;

import java.time.Clock;

import tools.jackson.databind.json.JsonMapper;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.http.VendoJson;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for handlers that take webhooks. A
 * controller annotated with {@link VendoWebhook @VendoWebhook} is not protected without
 * it.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = VendoAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnWebApplication
@EnableConfigurationProperties(VendoWebhookProperties.class)
@Import({ VendoWebhookConfigurations.MetadataStore.class, VendoWebhookConfigurations.Memory.class,
		VendoWebhookConfigurations.Metrics.class, VendoWebhookConfigurations.Servlet.class,
		VendoWebhookConfigurations.Reactive.class })
public final class VendoWebhookAutoConfiguration {

	VendoWebhookAutoConfiguration() {
	}

	@Bean
	WebhookEndpoints vendoWebhookEndpoints(BeanFactory beanFactory, Environment environment) {
		return new WebhookEndpoints(beanFactory, environment);
	}

	@Bean
	@Lazy
	WebhookEvents vendoWebhookEvents(ObjectProvider<JsonMapper> mapper) {
		return new WebhookEvents(() -> mapper.getIfUnique(() -> VendoJson.MAPPER));
	}

	// Needs more than all the rest, and not where nothing takes webhooks.
	@Bean
	@Lazy
	WebhookGate vendoWebhookGate(VendoWebhookProperties properties, WebhookEndpoints endpoints,
			ObjectProvider<WebhookDeliveryStore> store, ObjectProvider<WebhookMetrics> metrics,
			ObjectProvider<Clock> clock) {
		VendoWebhookProperties.Deduplication deduplication = properties.deduplication();
		return new WebhookGate(deduplication.enabled() ? store.getIfAvailable() : null,
				metrics.getIfAvailable(WebhookMetrics::none), properties.maxBytes(), deduplication.lease(),
				deduplication.retention(), endpoints.defaultMaxAge(), clock.getIfUnique(Clock::systemUTC));
	}

}
