package run.vendo.event;

import run.vendo.error.VendoException;
import run.vendo.error.VendoOnlyFeatureException;

/**
 * What happens on the platform, as it happens.
 *
 * @since 0.1.0
 * @see ReactiveEventsApi
 */
public interface EventsApi {

	/**
	 * Return an API whose streams are read by a thread that waits.
	 * @param reactive the API that does the work
	 * @return the blocking API
	 */
	static EventsApi over(ReactiveEventsApi reactive) {
		return (options) -> EventStream.of(reactive.subscribe(options));
	}

	/**
	 * Open a stream with the default options.
	 * @return the stream, which the caller closes
	 * @throws VendoOnlyFeatureException without an API key
	 * @see #subscribe(EventStreamOptions)
	 */
	default EventStream subscribe() {
		return subscribe(EventStreamOptions.defaults());
	}

	/**
	 * Open a stream: {@code GET /api/deployments/me/events}. Does not wait for the
	 * connection, which is made anew when it ends; the platform allows five at once for
	 * one application.
	 * <p>
	 * Events come in order and each of them once. After an interruption the platform
	 * replays up to 100 of them; for those before, the connections are read and compared,
	 * and what changed is delivered as {@linkplain VendoEvent#isResynchronized()
	 * resynchronized} events. A reader that is slow slows the platform down; nothing is
	 * dropped.
	 * @param options how the stream is kept up
	 * @return the stream, which the caller closes; it ends with a {@link StreamFailed}
	 * when it ends for good
	 * @throws VendoOnlyFeatureException without an API key
	 * @throws VendoException if the client is closed
	 */
	EventStream subscribe(EventStreamOptions options);

}
