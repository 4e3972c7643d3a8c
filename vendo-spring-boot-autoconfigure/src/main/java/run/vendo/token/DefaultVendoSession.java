package run.vendo.token;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import run.vendo.http.Blocking;
import run.vendo.http.HttpConfig;
import run.vendo.http.VendoHttp;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * A session over the token resolution of one identity.
 */
final class DefaultVendoSession implements VendoSession {

	private static final Log logger = LogFactory.getLog(VendoSession.class);

	// What is longer, or takes longer, is not read to its end: another connection costs
	// less.
	private static final int LEFT_OVER = 64 * 1024;

	private static final Duration LEFT_OVER_TIME = Duration.ofSeconds(1);

	private final Tokens tokens;

	private final HttpConfig config;

	private final String slug;

	private final SingletonSupplier<WebClient> webClient;

	private final SingletonSupplier<RestClient> restClient;

	DefaultVendoSession(Tokens tokens, VendoHttp http, String slug) {
		this.tokens = tokens;
		this.config = http.config();
		this.slug = slug;
		this.webClient = SingletonSupplier
			.of(() -> http.webClient().filter(this::exchange).filter(this::limit).build());
		this.restClient = SingletonSupplier.of(() -> http.restClient().requestInterceptor(this::intercept).build());
	}

	@Override
	public String slug() {
		return this.slug;
	}

	@Override
	public WebClient webClient() {
		return this.webClient.obtain();
	}

	@Override
	public RestClient restClient() {
		return this.restClient.obtain();
	}

	private Mono<ClientResponse> exchange(ClientRequest request, ExchangeFunction next) {
		return this.tokens.token(this.slug)
			.flatMap((token) -> next.exchange(authorized(request, token)).flatMap((response) -> {
				if (!HttpStatus.UNAUTHORIZED.equals(response.statusCode())
						|| !this.tokens.isReplaceable(this.slug, token)) {
					return Mono.just(response);
				}
				return discard(response).then(this.tokens.replacement(this.slug, token))
					.flatMap((replacement) -> next.exchange(authorized(request, replacement)));
			}));
	}

	private Mono<Void> discard(ClientResponse response) {
		Flux<DataBuffer> body = response.body(BodyExtractors.toDataBuffers());
		return discard(DataBufferUtils.takeUntilByteCount(body, LEFT_OVER).doOnNext(DataBufferUtils::release).then());
	}

	private Mono<Void> discard(Mono<Void> body) {
		return body.timeout(LEFT_OVER_TIME, this.config.scheduler()).onErrorResume((ex) -> {
			ignored(ex);
			return Mono.empty();
		});
	}

	// However the body ends, the token has been refused. What a library says of a body
	// that
	// it cannot read may quote it, and a provider may quote the token there.
	private static void ignored(Throwable failure) {
		logger.debug("The rest of a refusal could not be read: " + failure.getClass().getName());
	}

	/**
	 * Limit the time until an answer begins, for the {@code RestClient} has such a limit
	 * as well. How long its body takes is the reader's business: it may be a stream.
	 */
	private Mono<ClientResponse> limit(ClientRequest request, ExchangeFunction next) {
		Duration limit = this.config.timeouts().response();
		return next.exchange(request)
			.timeout(limit, Mono.error(() -> new WebClientRequestException(
					new TimeoutException(
							"No answer from %s within %d ms".formatted(request.url().getHost(), limit.toMillis())),
					request.method(), request.url(), HttpHeaders.EMPTY)), this.config.scheduler());
	}

	private static ClientRequest authorized(ClientRequest request, String token) {
		return ClientRequest.from(request).headers((headers) -> headers.setBearerAuth(token)).build();
	}

	private ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		String token = this.tokens.await(this.slug);
		request.getHeaders().setBearerAuth(token);
		ClientHttpResponse response = execution.execute(request, body);
		if (!HttpStatus.UNAUTHORIZED.equals(response.getStatusCode()) || !this.tokens.isReplaceable(this.slug, token)) {
			return response;
		}
		discard(response);
		request.getHeaders().setBearerAuth(Blocking.await(this.tokens.replacement(this.slug, token)));
		return execution.execute(request, body);
	}

	// Elsewhere, for some libraries wait for the end of a body that is closed.
	private void discard(ClientHttpResponse response) {
		Mono<Void> body = Mono.<Void>fromRunnable(() -> {
			try (response; InputStream content = response.getBody()) {
				content.readNBytes(LEFT_OVER);
			}
			catch (IOException | RuntimeException ex) {
				// Here, for after its time nobody would hear of it.
				ignored(ex);
			}
		}).subscribeOn(Schedulers.boundedElastic());
		Blocking.awaitOptional(discard(body));
	}

	@Override
	public String toString() {
		return "VendoSession[slug=" + this.slug + "]";
	}

}
