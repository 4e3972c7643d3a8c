package run.vendo.autoconfigure.observation;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.VendoClientCustomizer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for how calls are observed, wherever
 * the registry comes from: a bean or a {@link VendoClientCustomizer}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = VendoAutoConfiguration.class)
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
