package run.vendo.autoconfigure.observation;

import io.micrometer.observation.ObservationRegistry;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.VendoClientCustomizer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for how calls are observed where
 * there is an observation registry.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = VendoAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
@EnableConfigurationProperties(VendoObservationsProperties.class)
public final class VendoObservationAutoConfiguration {

	VendoObservationAutoConfiguration() {
	}

	@Bean
	@Order(0)
	VendoClientCustomizer vendoObservationCustomizer(VendoObservationsProperties properties) {
		return (builder) -> builder.propagateTraces(properties.propagate());
	}

}
