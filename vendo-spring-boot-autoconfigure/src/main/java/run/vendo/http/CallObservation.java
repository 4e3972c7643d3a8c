package run.vendo.http;

import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import run.vendo.error.VendoException;

/**
 * The observation of one call, from its start to the one end that it has.
 */
final class CallObservation {

	private static final ClientCallObservationConvention DEFAULT_CONVENTION = new DefaultClientCallObservationConvention();

	private final Observation observation;

	private final ClientCallObservationContext context;

	private final AtomicBoolean stopped = new AtomicBoolean();

	private CallObservation(Observation observation, ClientCallObservationContext context) {
		this.observation = observation;
		this.context = context;
	}

	/**
	 * Begin to observe a call, beneath what the caller is observed as.
	 * @param instrumentation who observes
	 * @param call the call
	 * @param view the context of the caller
	 * @return the observation, or {@code null} when nobody observes
	 */
	static @Nullable CallObservation start(ClientInstrumentation instrumentation, ApiCall call, ContextView view) {
		if (instrumentation.registry().isNoop()) {
			return null;
		}
		ClientCallObservationContext context = new ClientCallObservationContext(instrumentation.account(),
				CallNames.api(call), CallNames.operation(call));
		Observation observation = VendoObservationDocumentation.CLIENT_CALL.observation(instrumentation.convention(),
				DEFAULT_CONVENTION, () -> context, instrumentation.registry());
		if (observation.isNoop()) {
			return null;
		}
		if (view.getOrDefault(Observed.OBSERVATION_KEY, null) instanceof Observation parent) {
			observation.parentObservation(parent);
		}
		return new CallObservation(observation.start(), context);
	}

	/**
	 * Let what the call does be observed beneath it.
	 * @param context the context of the call's parts
	 * @return the context to use
	 */
	Context within(Context context) {
		return context.put(Observed.OBSERVATION_KEY, this.observation);
	}

	void succeeded(int attempts, @Nullable Integer status, @Nullable String requestId) {
		if (this.stopped.compareAndSet(false, true)) {
			this.context.end(attempts, status, null, requestId);
			this.observation.stop();
		}
	}

	void failed(Throwable failure, int attempts) {
		if (this.stopped.compareAndSet(false, true)) {
			if (failure instanceof VendoException known) {
				this.context.end(Math.max(attempts, known.attempts()), known.status(), known.code(), known.requestId());
			}
			else {
				this.context.end(attempts, null, null, null);
			}
			this.observation.error(failure);
			this.observation.stop();
		}
	}

	void cancelled(int attempts) {
		if (this.stopped.compareAndSet(false, true)) {
			this.context.cancel(attempts);
			this.observation.stop();
		}
	}

}
