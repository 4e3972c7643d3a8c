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
 * @param account the account that calls are observed and counted under
 * @since 0.1.0
 */
public record ClientInstrumentation(ObservationRegistry registry, @Nullable ClientCallObservationConvention convention,
		boolean propagate, ClientRecorder recorder, String account) {

	private static final ClientInstrumentation NONE = new ClientInstrumentation(ObservationRegistry.NOOP, null, false,
			ClientRecorder.none(), ClientRecorder.DEFAULT_ACCOUNT);

	/**
	 * Return what watches nothing.
	 * @return no instrumentation
	 */
	public static ClientInstrumentation none() {
		return NONE;
	}

	/**
	 * Return what watches the clients of another account.
	 * @param account the account
	 * @return the instrumentation
	 */
	ClientInstrumentation forAccount(String account) {
		return new ClientInstrumentation(this.registry, this.convention, this.propagate,
				this.recorder.forAccount(account), account);
	}

}
