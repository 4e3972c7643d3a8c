package run.vendo.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * Time for tests. What waits less than its patience, such as the delay before a retry,
 * runs at once and is noted; what waits longer, such as a timeout, waits until the test
 * lets time pass.
 */
final class TestScheduler implements Scheduler {

	private final Duration patience;

	private final List<Duration> delays = new ArrayList<>();

	private final List<Waiting> waiting = new ArrayList<>();

	private long nanos;

	TestScheduler(Duration patience) {
		this.patience = patience;
	}

	@Override
	public Disposable schedule(Runnable task) {
		task.run();
		return Disposables.disposed();
	}

	@Override
	public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
		Duration wait = Duration.ofNanos(unit.toNanos(delay));
		synchronized (this) {
			if (wait.compareTo(this.patience) >= 0) {
				Waiting waiting = new Waiting(task, wait, this.nanos + wait.toNanos());
				this.waiting.add(waiting);
				return waiting;
			}
			this.delays.add(wait);
			this.nanos += wait.toNanos();
		}
		task.run();
		return Disposables.disposed();
	}

	@Override
	public synchronized long now(TimeUnit unit) {
		return unit.convert(this.nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public Worker createWorker() {
		return new Worker() {

			@Override
			public Disposable schedule(Runnable task) {
				return TestScheduler.this.schedule(task);
			}

			@Override
			public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
				return TestScheduler.this.schedule(task, delay, unit);
			}

			@Override
			public void dispose() {
			}

		};
	}

	/**
	 * Return the delays that have passed, in order.
	 */
	synchronized List<Duration> delays() {
		return List.copyOf(this.delays);
	}

	/**
	 * Return the timeouts that are running.
	 */
	synchronized List<Duration> timeouts() {
		return this.waiting.stream().map(Waiting::length).toList();
	}

	/**
	 * Let time pass, and run what is due.
	 */
	void elapse(Duration duration) {
		List<Waiting> due;
		synchronized (this) {
			this.nanos += duration.toNanos();
			due = this.waiting.stream().filter((waiting) -> waiting.at() <= this.nanos).toList();
			this.waiting.removeAll(due);
		}
		due.forEach((waiting) -> waiting.task().run());
	}

	private final class Waiting implements Disposable {

		private final Runnable task;

		private final Duration length;

		private final long at;

		private Waiting(Runnable task, Duration length, long at) {
			this.task = task;
			this.length = length;
			this.at = at;
		}

		Runnable task() {
			return this.task;
		}

		Duration length() {
			return this.length;
		}

		long at() {
			return this.at;
		}

		@Override
		public void dispose() {
			synchronized (TestScheduler.this) {
				TestScheduler.this.waiting.remove(this);
			}
		}

	}

}
