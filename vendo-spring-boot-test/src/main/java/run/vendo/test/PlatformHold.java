package run.vendo.test;

import java.time.Duration;
import java.util.function.Consumer;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Keeps requests waiting, so that a test can look at what happens meanwhile. The requests
 * have arrived and are recorded, and have had no effect yet.
 *
 * @since 0.1.0
 * @see VendoPlatform#hold(String)
 */
public final class PlatformHold implements AutoCloseable {

	private final Guard guard;

	private final PathFilter path;

	private final Consumer<PlatformHold> onRelease;

	private final Sinks.Empty<Void> released = Sinks.empty();

	private int waiting;

	PlatformHold(Guard guard, PathFilter path, Consumer<PlatformHold> onRelease) {
		this.guard = guard;
		this.path = path;
		this.onRelease = onRelease;
	}

	/**
	 * Wait until requests are kept waiting.
	 * @param count how many, at least
	 * @param timeout how long to wait for them
	 * @throws AssertionError if they do not arrive in time
	 */
	public void awaitRequests(int count, Duration timeout) {
		this.guard.await(timeout, () -> this.waiting >= count,
				() -> "Expected %d held requests to %s, but there were %d".formatted(count, this.path, this.waiting));
	}

	/**
	 * Return how many requests were kept waiting so far.
	 * @return the number of requests
	 */
	public int requests() {
		return this.guard.get(() -> this.waiting);
	}

	/**
	 * Let the requests go on. Later ones are not kept waiting.
	 */
	public void release() {
		this.guard.run(() -> this.onRelease.accept(this));
		this.released.tryEmitEmpty();
	}

	/**
	 * Let the requests go on.
	 * @see #release()
	 */
	@Override
	public void close() {
		release();
	}

	boolean matches(Call call) {
		return this.path.meets(call);
	}

	Mono<Void> join() {
		this.guard.run(() -> this.waiting++);
		return this.released.asMono();
	}

}
