package run.vendo.event;

import reactor.core.publisher.Flux;

import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.http.VendoEndpoint;
import run.vendo.http.VendoHttp;

import org.springframework.util.Assert;

/**
 * The stream as the platform sends it.
 */
final class DefaultReactiveEventsApi implements ReactiveEventsApi {

	private final VendoHttp http;

	private final ReactiveConnectionsApi connections;

	DefaultReactiveEventsApi(VendoHttp http, ReactiveConnectionsApi connections) {
		this.http = http;
		this.connections = connections;
	}

	@Override
	public Flux<VendoEvent> subscribe(EventStreamOptions options) {
		Assert.notNull(options, "'options' must not be null");
		return Flux.defer(() -> {
			this.http.requireVendoMode("events.subscribe");
			this.http.requireCredential(VendoEndpoint.EVENTS);
			this.http.requireOpen();
			return new EventSubscription(this.http, this.connections.snapshot(), options).events();
		});
	}

}
