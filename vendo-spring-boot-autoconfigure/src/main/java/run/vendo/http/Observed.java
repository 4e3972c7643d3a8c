package run.vendo.http;

import java.net.URI;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import reactor.core.publisher.Mono;

import org.springframework.http.client.observation.DefaultClientRequestObservationConvention;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;

/**
 * What observations get to see of a request: its URL without the values of its
 * parameters.
 */
final class Observed {

	// Where Reactor's context has the observation that is under way. The WebClient looks
	// for its
	// parent there, and leaves its own there for its filters.
	static final String OBSERVATION_KEY = "micrometer.observation";

	private Observed() {
	}

	/**
	 * Observe a request under a masked URL, and send it to the real one. A filter and not
	 * a convention, for the application may have given the client a convention of its
	 * own.
	 * @param request the request
	 * @param next sends it
	 * @return the answer
	 */
	static Mono<ClientResponse> masked(ClientRequest request, ExchangeFunction next) {
		return Mono.deferContextual((context) -> {
			Object observation = context.getOrDefault(OBSERVATION_KEY, null);
			if (observation instanceof Observation current
					&& current.getContext() instanceof ClientRequestObservationContext observed) {
				URI masked = masked(request.url());
				if (!masked.equals(request.url())) {
					observed.setRequest(ClientRequest.from(request).url(masked).build());
				}
			}
			return next.exchange(request);
		});
	}

	/**
	 * Return a URL without the values of its parameters.
	 * @param url the URL
	 * @return the same where there is nothing to mask
	 */
	static URI masked(URI url) {
		try {
			String masked = Redaction.mask(url);
			return masked.equals(url.toString()) ? url : URI.create(masked);
		}
		catch (IllegalArgumentException ex) {
			// Better no URL than all of it.
			return URI.create("/");
		}
	}

	/**
	 * Let a client for blocking code be observed in the same way.
	 * @param builder the builder of the client
	 * @param registry where observations go
	 * @return the builder
	 */
	static RestClient.Builder masked(RestClient.Builder builder, ObservationRegistry registry) {
		return builder.observationRegistry(registry).observationConvention(new MaskedUrlConvention());
	}

	/**
	 * Spring's convention, but for the URL.
	 */
	private static final class MaskedUrlConvention extends DefaultClientRequestObservationConvention {

		@Override
		protected KeyValue requestUri(
				org.springframework.http.client.observation.ClientRequestObservationContext context) {
			KeyValue uri = super.requestUri(context);
			return (context.getCarrier() != null)
					? KeyValue.of(uri.getKey(), Redaction.mask(context.getCarrier().getURI())) : uri;
		}

	}

}
