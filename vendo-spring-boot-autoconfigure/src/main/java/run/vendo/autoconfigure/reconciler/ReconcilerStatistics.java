package run.vendo.autoconfigure.reconciler;

import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

import run.vendo.reconciler.Reconciler;
import run.vendo.reconciler.ReconcilerListener;

/**
 * Counts what a reconciler does, and tells the application's own listener.
 */
final class ReconcilerStatistics implements ReconcilerListener {

	final LongAdder written = new LongAdder();

	final LongAdder unchanged = new LongAdder();

	final LongAdder failed = new LongAdder();

	final LongAdder delivered = new LongAdder();

	final LongAdder undelivered = new LongAdder();

	private final ReconcilerListener listener;

	ReconcilerStatistics(@Nullable ReconcilerListener listener) {
		this.listener = (listener != null) ? listener : new ReconcilerListener() {
		};
	}

	@Override
	public void written(Reconciler.Change change) {
		this.written.increment();
		this.listener.written(change);
	}

	@Override
	public void unchanged() {
		this.unchanged.increment();
		this.listener.unchanged();
	}

	@Override
	public void delivered(Reconciler.Change change) {
		this.delivered.increment();
		this.listener.delivered(change);
	}

	@Override
	public void reconcilingFailed(RuntimeException failure) {
		this.failed.increment();
		this.listener.reconcilingFailed(failure);
	}

	@Override
	public void deliveryFailed(Reconciler.Change change, RuntimeException failure) {
		this.undelivered.increment();
		this.listener.deliveryFailed(change, failure);
	}

}
