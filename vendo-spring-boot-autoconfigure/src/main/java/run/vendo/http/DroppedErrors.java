package run.vendo.http;

import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.util.context.Context;

/**
 * Takes errors that come after nobody listens any more. A call that is cancelled, by its
 * caller or by a timeout, ends in such errors by its nature; Reactor would log each of
 * them as an error with its whole stack.
 */
final class DroppedErrors {

	// Where Reactor looks for somebody to tell.
	private static final String KEY = "reactor.onErrorDropped.local";

	private static final Log logger = LogFactory.getLog(DroppedErrors.class);

	private static final Consumer<Throwable> QUIET = (failure) -> logger
		.trace("A cancelled request failed with " + failure.getClass().getName());

	private DroppedErrors() {
	}

	/**
	 * Return a context in which such errors are only traced, unless the application takes
	 * them itself.
	 * @param context the context
	 * @return the context to use
	 */
	static Context quiet(Context context) {
		return context.hasKey(KEY) ? context : context.put(KEY, QUIET);
	}

}
