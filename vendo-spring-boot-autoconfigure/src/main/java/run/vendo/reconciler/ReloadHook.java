package run.vendo.reconciler;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import run.vendo.error.ErrorDetails;
import run.vendo.http.Blocking;
import run.vendo.http.Redaction;
import run.vendo.http.VendoHttp;
import run.vendo.http.VendoJson;

import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientResponse;

/**
 * Tells another process which variables changed.
 */
final class ReloadHook implements Consumer<Reconciler.Change> {

	private static final Duration MAX_DELAY = Duration.ofSeconds(8);

	private final VendoHttp http;

	private final URI url;

	private final ReloadHookOptions options;

	ReloadHook(VendoHttp http, URI url, ReloadHookOptions options) {
		this.http = http;
		this.url = url;
		this.options = options;
	}

	@Override
	public void accept(Reconciler.Change change) {
		byte[] body = VendoJson.MAPPER.writeValueAsBytes(Map.of("changed", change.names()));
		Blocking.await(post(body).timeout(this.options.timeout(), this.http.config().scheduler())
			.retryWhen(Retry.backoff(this.options.maxAttempts() - 1L, this.options.baseDelay())
				.maxBackoff(maxDelay())
				.scheduler(this.http.config().scheduler())
				.filter((failure) -> !(failure instanceof Refused refused) || refused.isPassing()))
			.onErrorMap(this::explain));
	}

	private Duration maxDelay() {
		Duration first = this.options.baseDelay();
		return (first.compareTo(MAX_DELAY) > 0) ? first : MAX_DELAY;
	}

	private Mono<HttpStatusCode> post(byte[] body) {
		return Mono.defer(() -> this.http.webClient()
			.build()
			.post()
			.uri(this.url)
			.contentType(MediaType.APPLICATION_JSON)
			.accept(MediaType.ALL)
			.bodyValue(body)
			.exchangeToMono(ReloadHook::answer));
	}

	private static Mono<HttpStatusCode> answer(ClientResponse response) {
		HttpStatusCode status = response.statusCode();
		return response.releaseBody()
			.then(Mono.defer(() -> status.is2xxSuccessful() ? Mono.just(status) : Mono.error(new Refused(status))));
	}

	private Throwable explain(Throwable failure) {
		Throwable last = (reactor.core.Exceptions.isRetryExhausted(failure) && failure.getCause() != null)
				? failure.getCause() : failure;
		String problem = (last instanceof Refused refused) ? "it answered " + refused.status.value()
				: "there was no answer (" + last.getClass().getSimpleName() + ")";
		return ErrorDetails.builder()
			.summary("The reload hook %s could not be told: %s".formatted(Redaction.mask(this.url), problem))
			.nextStep("See that it listens there and answers a POST with 2xx; the next run tells it again.")
			.toException();
	}

	/**
	 * An answer other than 2xx.
	 */
	private static final class Refused extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private static final List<Integer> PASSING = List.of(408, 425, 429);

		private final transient HttpStatusCode status;

		Refused(HttpStatusCode status) {
			super(status.toString(), null, false, false);
			this.status = status;
		}

		boolean isPassing() {
			return this.status.is5xxServerError() || PASSING.contains(this.status.value());
		}

	}

}
