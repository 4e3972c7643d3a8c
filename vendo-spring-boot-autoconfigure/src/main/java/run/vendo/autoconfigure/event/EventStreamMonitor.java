package run.vendo.autoconfigure.event;

/**
 * Tells how the stream is doing that brings the platform's events. There is a bean of
 * this type wherever events are published as application events.
 *
 * @since 0.1.0
 */
public interface EventStreamMonitor {

	/**
	 * Return how the stream is doing. Never waits.
	 * @return the present status
	 */
	EventStreamStatus status();

}
