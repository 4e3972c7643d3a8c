package run.vendo.http;

import java.io.OutputStream;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Keeps the headers of a trace from leaving with a request. Which headers these are, the
 * application's tracer decides, so they are not taken out again: they are written to
 * another request that nobody sends.
 */
final class TraceHeaders {

	private static final String KEPT_ATTRIBUTE = TraceHeaders.class.getName() + ".kept";

	// An observation asks the predicates after it has got its request and before any
	// tracer sees it. One for each registry, however many clients observe there.
	private static final Map<ObservationRegistry, Boolean> WATCHED = Collections.synchronizedMap(new WeakHashMap<>());

	private TraceHeaders() {
	}

	static void watch(ObservationRegistry registry) {
		if (!registry.isNoop() && WATCHED.putIfAbsent(registry, true) == null) {
			registry.observationConfig().observationPredicate((name, context) -> {
				keep(context);
				return true;
			});
		}
	}

	static WebClient.Builder kept(WebClient.Builder builder) {
		return builder.defaultRequest((request) -> request.attribute(KEPT_ATTRIBUTE, true));
	}

	static RestClient.Builder kept(RestClient.Builder builder) {
		return builder.defaultRequest((request) -> request.attribute(KEPT_ATTRIBUTE, true));
	}

	private static void keep(Observation.Context context) {
		if (context instanceof org.springframework.web.reactive.function.client.ClientRequestObservationContext reactive
				&& reactive.getCarrier() != null) {
			// To build the request and copy it would cost most of what the whole
			// observation does.
			ClientRequest request = reactive.getRequest();
			if (request != null && request.attributes().containsKey(KEPT_ATTRIBUTE)) {
				reactive.setCarrier(ClientRequest.create(request.method(), Observed.masked(request.url())));
			}
		}
		else if (context instanceof ClientRequestObservationContext blocking && blocking.getCarrier() != null
				&& blocking.getCarrier().getAttributes().containsKey(KEPT_ATTRIBUTE)) {
			blocking.setCarrier(new Copy(blocking.getCarrier()));
		}
	}

	/**
	 * A request to look at.
	 */
	private static final class Copy implements ClientHttpRequest {

		private final ClientHttpRequest request;

		private final HttpHeaders headers = new HttpHeaders();

		Copy(ClientHttpRequest request) {
			this.request = request;
			this.headers.addAll(request.getHeaders());
		}

		@Override
		public HttpMethod getMethod() {
			return this.request.getMethod();
		}

		@Override
		public URI getURI() {
			return Observed.masked(this.request.getURI());
		}

		@Override
		public Map<String, Object> getAttributes() {
			return this.request.getAttributes();
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public OutputStream getBody() {
			throw new UnsupportedOperationException("This copy of a request is not sent");
		}

		@Override
		public ClientHttpResponse execute() {
			throw new UnsupportedOperationException("This copy of a request is not sent");
		}

	}

}
