package run.vendo;

import java.util.concurrent.TimeUnit;

import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Reactor's parallel scheduler, which is asked for by the first call and not while a
 * client is built.
 */
final class ParallelScheduler implements Scheduler {

	static final ParallelScheduler INSTANCE = new ParallelScheduler();

	private ParallelScheduler() {
	}

	@Override
	public Disposable schedule(Runnable task) {
		return Schedulers.parallel().schedule(task);
	}

	@Override
	public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
		return Schedulers.parallel().schedule(task, delay, unit);
	}

	@Override
	public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
		return Schedulers.parallel().schedulePeriodically(task, initialDelay, period, unit);
	}

	@Override
	public long now(TimeUnit unit) {
		return Schedulers.parallel().now(unit);
	}

	@Override
	public Worker createWorker() {
		return Schedulers.parallel().createWorker();
	}

	@Override
	public String toString() {
		return "parallel";
	}

}
