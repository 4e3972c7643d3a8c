package run.vendo.token;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

import reactor.core.publisher.Mono;

import run.vendo.http.Blocking;
import run.vendo.http.HttpConfig;
import run.vendo.http.VendoHttp;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * A session over the token resolution of one identity.
 */
final class DefaultVendoSession implements VendoSession {

	private final Tokens tokens;

	private final String slug;

	private final SingletonSupplier<WebClient> webClient;

	private final SingletonSupplier<RestClient> restClient;

	DefaultVendoSession(Tokens tokens, VendoHttp http, String slug) {
		this.tokens = tokens;
		this.slug = slug;
		this.webClient = SingletonSupplier
			.of(() -> http.webClient().filter(this::exchange).filter(timeout(http.config())).build());
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
				return response.releaseBody()
					.then(this.tokens.replacement(this.slug, token))
					.flatMap((replacement) -> next.exchange(authorized(request, replacement)));
			}));
	}

	/**
	 * Limit the time until an answer begins, for the {@code RestClient} has such a limit
	 * as well. How long its body takes is the reader's business: it may be a stream.
	 */
	private static ExchangeFilterFunction timeout(HttpConfig config) {
		Duration limit = config.timeouts().response();
		return (request, next) -> next.exchange(request)
			.timeout(limit, Mono.error(() -> new WebClientRequestException(
					new TimeoutException(
							"No answer from %s within %d ms".formatted(request.url().getHost(), limit.toMillis())),
					request.method(), request.url(), HttpHeaders.EMPTY)), config.scheduler());
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
		response.close();
		request.getHeaders().setBearerAuth(Blocking.await(this.tokens.replacement(this.slug, token)));
		return execution.execute(request, body);
	}

	@Override
	public String toString() {
		return "VendoSession[slug=" + this.slug + "]";
	}

}
