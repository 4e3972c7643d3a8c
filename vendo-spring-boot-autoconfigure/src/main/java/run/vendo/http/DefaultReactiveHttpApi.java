package run.vendo.http;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

import reactor.core.publisher.Mono;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * The escape hatch over the exchange path.
 */
final class DefaultReactiveHttpApi implements ReactiveHttpApi {

	private final VendoHttp http;

	DefaultReactiveHttpApi(VendoHttp http) {
		this.http = http;
	}

	@Override
	public Request exchange(HttpMethod method, String path, Object... variables) {
		return new DefaultRequest(this.http.call("http", "exchange").to(method, path, variables));
	}

	@Override
	public Optional<RateLimit> rateLimit() {
		return this.http.rateLimit(null);
	}

	@Override
	public Optional<RateLimit> rateLimit(String host) {
		return this.http.rateLimit(host);
	}

	private static final class DefaultRequest implements Request {

		private final ApiCall call;

		DefaultRequest(ApiCall call) {
			this.call = call;
		}

		@Override
		public Request query(String name, Object... values) {
			this.call.query(name, values);
			return this;
		}

		@Override
		public Request header(String name, String... values) {
			this.call.header(name, values);
			return this;
		}

		@Override
		public Request accept(MediaType... mediaTypes) {
			this.call.accept(mediaTypes);
			return this;
		}

		@Override
		public Request contentType(MediaType mediaType) {
			this.call.contentType(mediaType);
			return this;
		}

		@Override
		public Request body(Object body) {
			this.call.body(body);
			return this;
		}

		@Override
		public Request credential(VendoCredential credential) {
			this.call.credential(credential);
			return this;
		}

		@Override
		public Request cacheFor(Duration lifetime) {
			this.call.cacheFor(lifetime);
			return this;
		}

		@Override
		public Request timeout(Duration timeout) {
			this.call.timeout(timeout);
			return this;
		}

		@Override
		public Request idempotencyKey(String key) {
			this.call.idempotencyKey(key);
			return this;
		}

		@Override
		public <T> Mono<T> retrieve(Class<T> type) {
			return toEntity(type).map(DefaultRequest::body);
		}

		@Override
		public <T> Mono<T> retrieve(ParameterizedTypeReference<T> type) {
			return toEntity(type).map(DefaultRequest::body);
		}

		@Override
		public <T> Mono<ResponseEntity<T>> toEntity(Class<T> type) {
			return toEntity(ParameterizedTypeReference.<T>forType(type));
		}

		@Override
		public <T> Mono<ResponseEntity<T>> toEntity(ParameterizedTypeReference<T> type) {
			return this.call.toEntity(type);
		}

		@Override
		public Mono<ResponseEntity<Void>> toBodilessEntity() {
			return this.call.toBodilessEntity();
		}

		private static <T> T body(ResponseEntity<T> entity) {
			return Objects.requireNonNull(entity.getBody());
		}

	}

}
