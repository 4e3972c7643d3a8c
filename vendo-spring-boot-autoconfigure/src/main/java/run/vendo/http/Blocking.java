package run.vendo.http;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.TransportException;
import run.vendo.error.VendoException;

/**
 * Waits for what the reactive engine does. Platform, virtual and bounded-elastic threads
 * may wait; an event loop may not.
 *
 * @since 0.1.0
 */
public final class Blocking {

	private Blocking() {
	}

	/**
	 * Wait for a value that always comes.
	 * @param <T> the type of the value
	 * @param mono what to wait for
	 * @return the value
	 * @throws VendoException when the call fails, with the stack of the waiting thread
	 * @throws IllegalStateException on a thread that must not wait, or when no value came
	 */
	public static <T> T await(Mono<T> mono) {
		T value = get(mono);
		if (value == null) {
			throw new IllegalStateException("The call ended without a value");
		}
		return value;
	}

	/**
	 * Wait for a value that may be absent.
	 * @param <T> the type of the value
	 * @param mono what to wait for
	 * @return the value, or empty when the call ended without one
	 * @throws VendoException when the call fails, with the stack of the waiting thread
	 * @throws IllegalStateException on a thread that must not wait
	 */
	public static <T> Optional<T> awaitOptional(Mono<T> mono) {
		return Optional.ofNullable(get(mono));
	}

	private static <T> @Nullable T get(Mono<T> mono) {
		requireBlockingThread();
		CompletableFuture<T> future = mono.contextCapture().toFuture();
		try {
			return future.get();
		}
		catch (ExecutionException ex) {
			throw atCaller(ex.getCause());
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			throw interrupted(ex, "an answer");
		}
	}

	/**
	 * Make sure that the current thread may wait.
	 * @throws IllegalStateException on a thread that must not
	 */
	public static void requireBlockingThread() {
		if (Schedulers.isInNonBlockingThread()) {
			throw new IllegalStateException(
					"The blocking VendoClient was called on the thread '%s', which must not wait. "
						.formatted(Thread.currentThread().getName())
							+ "Inject ReactiveVendoClient there, or move the call to Schedulers.boundedElastic().");
		}
	}

	/**
	 * Return what to throw when the current thread was interrupted while it waited. Its
	 * interrupt flag is set again.
	 * @param cause the interruption
	 * @param awaited what it waited for
	 * @return the exception to throw
	 */
	public static VendoException interrupted(InterruptedException cause, String awaited) {
		Thread.currentThread().interrupt();
		return ErrorDetails.of(ErrorCode.UPSTREAM_ERROR)
			.transportReason(TransportException.Reason.INTERRUPTED)
			.summary("The thread was interrupted while it waited for %s".formatted(awaited))
			.build()
			.toException(cause);
	}

	private static RuntimeException atCaller(@Nullable Throwable failure) {
		if (failure instanceof VendoException vendo) {
			return vendo.atCaller();
		}
		if (failure instanceof Error error) {
			throw error;
		}
		if (failure instanceof RuntimeException runtime) {
			return runtime;
		}
		return new IllegalStateException("The call failed in an unforeseen way", failure);
	}

}
