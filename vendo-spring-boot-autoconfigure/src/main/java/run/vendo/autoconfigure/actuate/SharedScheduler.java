package run.vendo.autoconfigure.actuate;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * One scheduler for all who need one now and then, so that their number makes no threads.
 * It is there from the first lease until the last one is given back.
 */
final class SharedScheduler {

	private final Supplier<Scheduler> schedulers;

	private @Nullable Scheduler scheduler;

	private int leases;

	SharedScheduler(Supplier<Scheduler> schedulers) {
		this.schedulers = schedulers;
	}

	/**
	 * Return the scheduler.
	 * @return a scheduler to dispose of, which stops none of the others
	 */
	synchronized Scheduler lease() {
		if (this.scheduler == null) {
			this.scheduler = this.schedulers.get();
		}
		this.leases++;
		return new Lease(this.scheduler);
	}

	private synchronized void giveBack() {
		this.leases--;
		if (this.leases == 0 && this.scheduler != null) {
			this.scheduler.dispose();
			this.scheduler = null;
		}
	}

	/**
	 * What one of them has of it.
	 */
	private final class Lease implements Scheduler {

		private final Scheduler scheduler;

		private final AtomicBoolean over = new AtomicBoolean();

		Lease(Scheduler scheduler) {
			this.scheduler = scheduler;
		}

		@Override
		public long now(TimeUnit unit) {
			return this.scheduler.now(unit);
		}

		@Override
		public Disposable schedule(Runnable task) {
			return this.scheduler.schedule(task);
		}

		@Override
		public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
			return this.scheduler.schedule(task, delay, unit);
		}

		@Override
		public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
			return this.scheduler.schedulePeriodically(task, initialDelay, period, unit);
		}

		@Override
		public Worker createWorker() {
			return this.scheduler.createWorker();
		}

		@Override
		public boolean isDisposed() {
			return this.over.get();
		}

		@Override
		public void dispose() {
			if (this.over.compareAndSet(false, true)) {
				giveBack();
			}
		}

	}

}
