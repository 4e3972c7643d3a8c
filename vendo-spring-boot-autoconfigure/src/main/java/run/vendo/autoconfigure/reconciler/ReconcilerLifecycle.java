package run.vendo.autoconfigure.reconciler;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import run.vendo.event.ConnectionEvent;
import run.vendo.reconciler.Reconciler;
import run.vendo.reconciler.ReconcilerOptions;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * Runs a reconciler as long as the application runs. Unless the file is to be written
 * while the application starts, the first run takes place once it is ready.
 */
final class ReconcilerLifecycle implements Reconciler, SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

	private final Function<ReconcilerOptions.FirstRun, Reconciler> starter;

	private final boolean bootstrap;

	private final ReconcilerStatistics statistics;

	private boolean ready;

	private volatile @Nullable Reconciler reconciler;

	/**
	 * Create the lifecycle.
	 * @param starter starts a reconciler
	 * @param bootstrap whether the file is written while the application starts
	 * @param statistics what the reconciler is counted with
	 */
	ReconcilerLifecycle(Function<ReconcilerOptions.FirstRun, Reconciler> starter, boolean bootstrap,
			ReconcilerStatistics statistics) {
		this.statistics = statistics;
		this.starter = starter;
		this.bootstrap = bootstrap;
	}

	ReconcilerStatistics statistics() {
		return this.statistics;
	}

	@Override
	public synchronized void start() {
		if (this.reconciler == null) {
			this.reconciler = this.starter.apply(firstRun());
		}
	}

	private ReconcilerOptions.FirstRun firstRun() {
		if (this.bootstrap && !this.ready) {
			return ReconcilerOptions.FirstRun.AT_START;
		}
		return this.ready ? ReconcilerOptions.FirstRun.IN_BACKGROUND : ReconcilerOptions.FirstRun.LATER;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		synchronized (this) {
			if (this.ready) {
				return;
			}
			this.ready = true;
		}
		if (!this.bootstrap) {
			reevaluate();
		}
	}

	@EventListener
	void onConnectionEvent(ConnectionEvent event) {
		reevaluate();
	}

	@Override
	public void reevaluate() {
		Reconciler current = this.reconciler;
		if (current != null) {
			current.reevaluate();
		}
	}

	@Override
	public boolean isRunning() {
		return this.reconciler != null;
	}

	@Override
	public void stop() {
		Reconciler current;
		synchronized (this) {
			current = this.reconciler;
			this.reconciler = null;
		}
		if (current != null) {
			current.close();
		}
	}

	@Override
	public void close() {
		stop();
	}

}
