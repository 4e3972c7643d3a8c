package run.vendo.reconciler;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Ends the program, once. On a thread of its own: whatever closes the reconciler on the
 * way out must not wait for the one who asked.
 */
final class Restart implements Consumer<Reconciler.Change> {

	private static final Log logger = LogFactory.getLog(Restart.class);

	private final int exitCode;

	private final IntConsumer exit;

	private final AtomicBoolean asked = new AtomicBoolean();

	Restart(int exitCode, IntConsumer exit) {
		this.exitCode = exitCode;
		this.exit = exit;
	}

	@Override
	public void accept(Reconciler.Change change) {
		if (this.asked.compareAndSet(false, true)) {
			logger
				.info("The application ends with exit code %d to be started again, because these variables changed: %s"
					.formatted(this.exitCode, change.names()));
			Thread thread = new Thread(() -> this.exit.accept(this.exitCode), "vendo-reconciler-restart");
			thread.setDaemon(false);
			thread.start();
		}
	}

}
