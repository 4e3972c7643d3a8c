package run.vendo.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * Ends what takes longer than one and the same time. Whoever begins first is late first,
 * so one timer, for the first in line, serves all. A timer for each call would wake up a
 * thread with every call, only to be cancelled a moment later.
 */
final class Deadlines {

	private final Scheduler scheduler;

	private final long nanos;

	private final ReentrantLock lock = new ReentrantLock();

	private final Set<Deadline> pending = new LinkedHashSet<>();

	private boolean scheduled;

	Deadlines(Scheduler scheduler, Duration after) {
		this.scheduler = scheduler;
		this.nanos = after.toNanos();
	}

	/**
	 * Return what completes when the time is up, counted from its subscription.
	 */
	Mono<Void> next() {
		return Mono.create((sink) -> {
			Deadline deadline = new Deadline(sink, now() + this.nanos);
			sink.onDispose(() -> remove(deadline));
			add(deadline);
		});
	}

	/**
	 * Return how many wait for their time to be up.
	 */
	int pending() {
		this.lock.lock();
		try {
			return this.pending.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void add(Deadline deadline) {
		this.lock.lock();
		try {
			this.pending.add(deadline);
			if (!this.scheduled) {
				this.scheduled = true;
				this.scheduler.schedule(this::sweep, this.nanos, TimeUnit.NANOSECONDS);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void remove(Deadline deadline) {
		this.lock.lock();
		try {
			this.pending.remove(deadline);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void sweep() {
		List<Deadline> late = new ArrayList<>();
		this.lock.lock();
		try {
			long now = now();
			Iterator<Deadline> inOrder = this.pending.iterator();
			this.scheduled = false;
			while (inOrder.hasNext() && !this.scheduled) {
				Deadline next = inOrder.next();
				long left = next.at - now;
				if (left > 0) {
					this.scheduled = true;
					this.scheduler.schedule(this::sweep, left, TimeUnit.NANOSECONDS);
				}
				else {
					inOrder.remove();
					late.add(next);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		late.forEach((deadline) -> deadline.sink.success());
	}

	private long now() {
		return this.scheduler.now(TimeUnit.NANOSECONDS);
	}

	/**
	 * One that waits. Equal to itself alone.
	 */
	private static final class Deadline {

		private final MonoSink<Void> sink;

		private final long at;

		Deadline(MonoSink<Void> sink, long at) {
			this.sink = sink;
			this.at = at;
		}

	}

}
