package run.vendo.http;

import java.util.function.LongSupplier;

/**
 * A token bucket that bounds how many retries a client may spend, so that a platform that
 * is down is not met with three times the load.
 */
final class RetryBudget {

	// Counted in billionths, so that a second of time earns what a retry costs and ten
	// successes earn exactly one.
	private static final long RETRY = 1_000_000_000L;

	private static final long EARNED_BY_SUCCESS = RETRY / 10;

	private final long capacity;

	private final LongSupplier nanoTime;

	private long available;

	// Of no meaning as long as the budget is full.
	private long updated;

	RetryBudget(int capacity, LongSupplier nanoTime) {
		this.capacity = capacity * RETRY;
		this.nanoTime = nanoTime;
		this.available = this.capacity;
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
		earn(now - this.updated);
		this.updated = now;
		if (this.available < RETRY) {
			return false;
		}
		this.available -= RETRY;
		return true;
	}

	synchronized void succeeded() {
		earn(EARNED_BY_SUCCESS);
	}

	private void earn(long earned) {
		this.available += Math.max(0, Math.min(this.capacity - this.available, earned));
	}

}
