package run.vendo.autoconfigure.web.webhook;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;

/**
 * An exchange whose request has the body that was verified, to be read as often as one
 * likes.
 */
final class VerifiedExchange extends ServerWebExchangeDecorator {

	private final WebhookDelivery delivery;

	private final ServerHttpRequest request;

	private final ServerHttpResponse response;

	VerifiedExchange(ServerWebExchange delegate, WebhookDelivery delivery, ServerHttpResponse response) {
		super(delegate);
		this.delivery = delivery;
		this.response = response;
		this.request = new VerifiedRequest(delegate, delivery);
	}

	@Override
	public ServerHttpRequest getRequest() {
		return this.request;
	}

	@Override
	public ServerHttpResponse getResponse() {
		return this.response;
	}

	@Override
	public Mono<MultiValueMap<String, String>> getFormData() {
		return Mono.fromSupplier(() -> {
			String contentType = this.request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
			return FormParameters.isForm(contentType) ? FormParameters.parse(this.delivery.content(), contentType)
					: new LinkedMultiValueMap<>();
		});
	}

	// A body of parts is no JSON object, so there are none in a delivery whatever its
	// content type says.
	@Override
	public Mono<MultiValueMap<String, Part>> getMultipartData() {
		return Mono.fromSupplier(LinkedMultiValueMap::new);
	}

	/**
	 * The request with the verified body.
	 */
	private static final class VerifiedRequest extends ServerHttpRequestDecorator {

		private final ServerWebExchange exchange;

		private final WebhookDelivery delivery;

		private final HttpHeaders headers;

		VerifiedRequest(ServerWebExchange exchange, WebhookDelivery delivery) {
			super(exchange.getRequest());
			this.exchange = exchange;
			this.delivery = delivery;
			this.headers = delivery.decoded() ? decoded(super.getHeaders(), delivery) : super.getHeaders();
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public Flux<DataBuffer> getBody() {
			return Flux.defer(() -> {
				byte[] content = this.delivery.content();
				return (content.length > 0) ? Flux.just(this.exchange.getResponse().bufferFactory().wrap(content))
						: Flux.empty();
			});
		}

		private static HttpHeaders decoded(HttpHeaders headers, WebhookDelivery delivery) {
			HttpHeaders decoded = new HttpHeaders();
			decoded.putAll(headers);
			decoded.remove(HttpHeaders.CONTENT_ENCODING);
			decoded.setContentLength(delivery.content().length);
			return decoded;
		}

	}

}
