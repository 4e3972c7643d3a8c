package run.vendo.event;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Ends a connection on which nothing comes, but only while something is asked for: a slow
 * reader must not look like a dead server.
 */
final class IdleTimeout extends FluxOperator<DataBuffer, DataBuffer> {

	private final Duration timeout;

	private final Scheduler scheduler;

	private final Supplier<? extends Throwable> failure;

	/**
	 * Create the operator.
	 * @param source the bytes of the connection
	 * @param timeout how long nothing may come
	 * @param scheduler where that is watched
	 * @param failure what the connection then ends with
	 */
	IdleTimeout(Flux<? extends DataBuffer> source, Duration timeout, Scheduler scheduler,
			Supplier<? extends Throwable> failure) {
		super(source);
		this.timeout = timeout;
		this.scheduler = scheduler;
		this.failure = failure;
	}

	@Override
	public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
		this.source.subscribe(new Watch(actual));
	}

	private final class Watch implements CoreSubscriber<DataBuffer>, Subscription, Runnable {

		private final CoreSubscriber<? super DataBuffer> actual;

		private final AtomicLong demand = new AtomicLong();

		private final AtomicBoolean done = new AtomicBoolean();

		private final Disposable.Swap timer = Disposables.swap();

		private volatile long lastActivity;

		@SuppressWarnings("NullAway.Init")
		private Subscription upstream;

		// Serialized, because the timer speaks on a thread of its own.
		Watch(CoreSubscriber<? super DataBuffer> actual) {
			this.actual = Operators.serialize(actual);
		}

		@Override
		public Context currentContext() {
			return this.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			if (Operators.validate(this.upstream, subscription)) {
				this.upstream = subscription;
				this.lastActivity = now();
				watch(IdleTimeout.this.timeout.toNanos());
				this.actual.onSubscribe(this);
			}
		}

		@Override
		public void onNext(DataBuffer buffer) {
			if (this.done.get()) {
				DataBufferUtils.release(buffer);
				return;
			}
			this.lastActivity = now();
			this.demand.updateAndGet((demand) -> (demand == Long.MAX_VALUE) ? demand : demand - 1);
			this.actual.onNext(buffer);
		}

		@Override
		public void onError(Throwable failure) {
			if (this.done.compareAndSet(false, true)) {
				this.timer.dispose();
				this.actual.onError(failure);
			}
			else {
				Operators.onErrorDropped(failure, currentContext());
			}
		}

		@Override
		public void onComplete() {
			if (this.done.compareAndSet(false, true)) {
				this.timer.dispose();
				this.actual.onComplete();
			}
		}

		@Override
		public void request(long n) {
			if (this.demand.get() == 0) {
				// Before the timer can see the demand: the silence begins now.
				this.lastActivity = now();
			}
			this.demand.updateAndGet((demand) -> Operators.addCap(demand, n));
			this.upstream.request(n);
		}

		@Override
		public void cancel() {
			if (this.done.compareAndSet(false, true)) {
				this.timer.dispose();
				this.upstream.cancel();
			}
		}

		private long now() {
			return IdleTimeout.this.scheduler.now(TimeUnit.NANOSECONDS);
		}

		private void watch(long nanos) {
			this.timer.update(IdleTimeout.this.scheduler.schedule(this, nanos, TimeUnit.NANOSECONDS));
		}

		// One timer that looks every now and then, instead of one for every buffer.
		@Override
		public void run() {
			long timeout = IdleTimeout.this.timeout.toNanos();
			long last = this.lastActivity;
			boolean asked = this.demand.get() > 0;
			long silent = now() - last;
			// Whoever asks meanwhile has not waited yet.
			if (!asked || last != this.lastActivity) {
				watch(timeout);
			}
			else if (silent < timeout) {
				watch(timeout - silent);
			}
			else if (this.done.compareAndSet(false, true)) {
				this.upstream.cancel();
				this.actual.onError(IdleTimeout.this.failure.get());
			}
		}

	}

}
