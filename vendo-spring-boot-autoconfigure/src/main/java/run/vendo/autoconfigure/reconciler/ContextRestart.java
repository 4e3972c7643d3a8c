package run.vendo.autoconfigure.reconciler;

import java.util.function.IntConsumer;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationContext;

/**
 * Closes the application context and then ends the program with the exit code asked for,
 * whatever other beans would have it end with.
 *
 * @param context the context to close
 * @param exit ends the program
 */
record ContextRestart(ApplicationContext context, IntConsumer exit) implements IntConsumer {

	@Override
	public void accept(int exitCode) {
		try {
			SpringApplication.exit(this.context, () -> exitCode);
		}
		finally {
			this.exit.accept(exitCode);
		}
	}

}
