package run.vendo.http;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names an observed call and says what is told of it. In Spring, a bean of this type
 * takes the place of the {@linkplain DefaultClientCallObservationConvention default}.
 *
 * @since 0.1.0
 */
public interface ClientCallObservationConvention extends ObservationConvention<ClientCallObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof ClientCallObservationContext;
	}

}
