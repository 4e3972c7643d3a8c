package run.vendo.event;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import run.vendo.error.VendoException;

/**
 * Is told how a stream is doing. Called on the threads of the stream, which wait for it:
 * an implementation must not block. What it throws is logged and does no harm.
 *
 * @since 0.1.0
 */
public interface EventStreamListener {

	/**
	 * A connection is open.
	 * @param reconnected whether there was one before
	 */
	default void onConnected(boolean reconnected) {
	}

	/**
	 * A connection has ended, or could not be made, and there will be another attempt.
	 * @param cause why
	 * @param attempt the number of the next attempt since an event was last received,
	 * from 1
	 * @param delay how long it will be until then
	 */
	default void onInterrupted(VendoException cause, int attempt, Duration delay) {
	}

	/**
	 * Something came that shows that the connection lives: a heartbeat, or an event.
	 */
	default void onSignOfLife() {
	}

	/**
	 * After an interruption, the connections were compared with what was known.
	 * @param differences how many events were made up for what was missed
	 */
	default void onResynchronized(int differences) {
	}

	/**
	 * The connections could not be read to compare them, and there will be another
	 * attempt. Until it succeeds, what was missed stays unknown.
	 * @param cause why
	 * @param delay how long it will be until then
	 */
	default void onResynchronizationFailed(VendoException cause, Duration delay) {
	}

	/**
	 * An event was too large and was left out.
	 * @param kind the name of its block, or {@code null} when it had none
	 * @param bytes how large it was, in bytes
	 */
	default void onTooLarge(@Nullable String kind, long bytes) {
	}

	/**
	 * An event came again and was left out.
	 * @param event the event
	 */
	default void onRepeated(VendoEvent event) {
	}

	/**
	 * The stream has ended because the server or the reader wants no more.
	 */
	default void onClosed() {
	}

	/**
	 * The stream has ended for good.
	 * @param cause why
	 */
	default void onFailed(VendoException cause) {
	}

}
