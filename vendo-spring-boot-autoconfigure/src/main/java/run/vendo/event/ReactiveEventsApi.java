package run.vendo.event;

import reactor.core.publisher.Flux;

import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.http.VendoHttp;

/**
 * What happens on the platform, as it happens.
 *
 * @since 0.1.0
 * @see EventsApi
 */
public interface ReactiveEventsApi {

	/**
	 * Return an API over an exchange path.
	 * @param http where calls go
	 * @param connections where the connections are read to make up for missed events
	 * @return the API
	 */
	static ReactiveEventsApi over(VendoHttp http, ReactiveConnectionsApi connections) {
		return new DefaultReactiveEventsApi(http, connections);
	}

	/**
	 * Return the stream with the default options.
	 * @return the events
	 * @see #subscribe(EventStreamOptions)
	 */
	default Flux<VendoEvent> subscribe() {
		return subscribe(EventStreamOptions.defaults());
	}

	/**
	 * Return the stream: {@code GET /api/deployments/me/events}. Every subscriber has one
	 * connection of its own, which is made anew when it ends; the platform allows five at
	 * once for one application.
	 * <p>
	 * Events come in order and each of them once. After an interruption the platform
	 * replays up to 100 of them; for those before, the connections are read and compared,
	 * and what changed is delivered as {@linkplain VendoEvent#isResynchronized()
	 * resynchronized} events. A subscriber that asks for no more slows the platform down;
	 * nothing is dropped.
	 * @param options how the stream is kept up
	 * @return the events; ends with a {@link StreamFailed} when the stream ends for good,
	 * fails with {@link VendoOnlyFeatureException} without an API key
	 */
	Flux<VendoEvent> subscribe(EventStreamOptions options);

}
