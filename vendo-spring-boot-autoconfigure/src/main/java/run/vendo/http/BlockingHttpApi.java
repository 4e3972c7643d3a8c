package run.vendo.http;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.Assert;

/**
 * The escape hatch for threads that may wait.
 */
final class BlockingHttpApi implements HttpApi {

	private final ReactiveHttpApi reactive;

	BlockingHttpApi(ReactiveHttpApi reactive) {
		Assert.notNull(reactive, "'reactive' must not be null");
		this.reactive = reactive;
	}

	@Override
	public Request exchange(HttpMethod method, String path, Object... variables) {
		return new BlockingRequest(this.reactive.exchange(method, path, variables));
	}

	@Override
	public <T> Stream<Page<T>> pages(Paging paging, Class<T> type) {
		return PageWalk.stream(this.reactive, paging, type);
	}

	@Override
	public Optional<RateLimit> rateLimit() {
		return this.reactive.rateLimit();
	}

	@Override
	public Optional<RateLimit> rateLimit(String host) {
		return this.reactive.rateLimit(host);
	}

	private static final class BlockingRequest implements Request {

		private final ReactiveHttpApi.Request reactive;

		BlockingRequest(ReactiveHttpApi.Request reactive) {
			this.reactive = reactive;
		}

		@Override
		public Request query(String name, Object... values) {
			this.reactive.query(name, values);
			return this;
		}

		@Override
		public Request header(String name, String... values) {
			this.reactive.header(name, values);
			return this;
		}

		@Override
		public Request accept(MediaType... mediaTypes) {
			this.reactive.accept(mediaTypes);
			return this;
		}

		@Override
		public Request contentType(MediaType mediaType) {
			this.reactive.contentType(mediaType);
			return this;
		}

		@Override
		public Request body(Object body) {
			this.reactive.body(body);
			return this;
		}

		@Override
		public Request credential(VendoCredential credential) {
			this.reactive.credential(credential);
			return this;
		}

		@Override
		public Request cacheFor(Duration lifetime) {
			this.reactive.cacheFor(lifetime);
			return this;
		}

		@Override
		public Request timeout(Duration timeout) {
			this.reactive.timeout(timeout);
			return this;
		}

		@Override
		public Request idempotencyKey(String key) {
			this.reactive.idempotencyKey(key);
			return this;
		}

		@Override
		public <T> T retrieve(Class<T> type) {
			return Blocking.await(this.reactive.retrieve(type));
		}

		@Override
		public <T> T retrieve(ParameterizedTypeReference<T> type) {
			return Blocking.await(this.reactive.retrieve(type));
		}

		@Override
		public <T> ResponseEntity<T> toEntity(Class<T> type) {
			return Blocking.await(this.reactive.toEntity(type));
		}

		@Override
		public <T> ResponseEntity<T> toEntity(ParameterizedTypeReference<T> type) {
			return Blocking.await(this.reactive.toEntity(type));
		}

		@Override
		public ResponseEntity<Void> toBodilessEntity() {
			return Blocking.await(this.reactive.toBodilessEntity());
		}

	}

}
