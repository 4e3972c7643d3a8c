package run.vendo.http;

import java.util.function.LongSupplier;

/**
 * A token bucket that bounds how many retries a client may spend, so that a platform that
 * is down is not met with three times the load.
 */
final class RetryBudget {

	private static final double EARNED_BY_SUCCESS = 0.1;

	private static final double EARNED_BY_SECOND = 1;

	private final int capacity;

	private final LongSupplier nanoTime;

	private double available;

	private long updated;

	RetryBudget(int capacity, LongSupplier nanoTime) {
		this.capacity = capacity;
		this.nanoTime = nanoTime;
		this.available = capacity;
		this.updated = nanoTime.getAsLong();
	}

	/**
	 * Take one retry out of the budget.
	 * @return whether there was one to take
	 */
	synchronized boolean tryRetry() {
		if (this.capacity == 0) {
			return true;
		}
		long now = this.nanoTime.getAsLong();
		earn((now - this.updated) / 1e9 * EARNED_BY_SECOND);
		this.updated = now;
		if (this.available < 1) {
			return false;
		}
		this.available -= 1;
		return true;
	}

	synchronized void succeeded() {
		earn(EARNED_BY_SUCCESS);
	}

	synchronized double available() {
		return this.available;
	}

	private void earn(double retries) {
		this.available = Math.min(this.capacity, this.available + Math.max(0, retries));
	}

}
