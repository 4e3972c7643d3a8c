package run.vendo.http;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Who watches a client.
 *
 * @param registry where calls are observed
 * @param convention what is told of a call, or {@code null} for the default
 * @param propagate whether the headers of a trace go along with requests
 * @param recorder what counts
 * @since 0.1.0
 */
public record ClientInstrumentation(ObservationRegistry registry, @Nullable ClientCallObservationConvention convention,
		boolean propagate, ClientRecorder recorder) {

	private static final ClientInstrumentation NONE = new ClientInstrumentation(ObservationRegistry.NOOP, null, false,
			ClientRecorder.none());

	/**
	 * Return what watches nothing.
	 * @return no instrumentation
	 */
	public static ClientInstrumentation none() {
		return NONE;
	}

}
