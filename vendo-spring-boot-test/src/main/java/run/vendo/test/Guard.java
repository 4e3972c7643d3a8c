package run.vendo.test;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The one lock of a platform. A change and the event that tells of it are made under it,
 * so that every observer sees both or neither, and all of them in the same order. Held
 * for moments only, because event loops take it too.
 */
final class Guard {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/**
	 * Do something that may change what others wait for.
	 */
	void run(Runnable work) {
		this.lock.lock();
		try {
			work.run();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Do something that may change what others wait for, and return what it gives.
	 */
	<T extends @Nullable Object> T get(Supplier<T> work) {
		this.lock.lock();
		try {
			T result = work.get();
			this.changed.signalAll();
			return result;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until something is so.
	 * @param timeout how long at most
	 * @param condition what is waited for; evaluated under the lock
	 * @param expected what to say when it does not happen
	 */
	void await(Duration timeout, BooleanSupplier condition, Supplier<String> expected) {
		this.lock.lock();
		try {
			long left = timeout.toNanos();
			while (!condition.getAsBoolean()) {
				if (left <= 0) {
					throw new AssertionError("%s within %d ms".formatted(expected.get(), timeout.toMillis()));
				}
				left = this.changed.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting: " + expected.get(), ex);
		}
		finally {
			this.lock.unlock();
		}
	}

}
