package run.vendo.docs;

import io.micrometer.common.KeyValues;

import run.vendo.http.ClientCallObservationContext;
import run.vendo.http.ClientCallObservationConvention;
import run.vendo.http.DefaultClientCallObservationConvention;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Code of the page on observability.
 */
@Configuration(proxyBeanMethods = false)
class ObservabilitySnippets {

	// tag::observation-convention[]
	@Bean
	ClientCallObservationConvention teamConvention() {
		return new DefaultClientCallObservationConvention() {

			@Override
			public KeyValues getLowCardinalityKeyValues(ClientCallObservationContext context) {
				return super.getLowCardinalityKeyValues(context).and("team", "payments");
			}

		};
	}
	// end::observation-convention[]

}
