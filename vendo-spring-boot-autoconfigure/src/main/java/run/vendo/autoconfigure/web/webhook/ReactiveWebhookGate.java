package run.vendo.autoconfigure.web.webhook;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;

/**
 * The gate for code that must not wait.
 */
final class ReactiveWebhookGate {

	private static final byte[] EMPTY = new byte[0];

	private final WebhookGate gate;

	private final Scheduler scheduler;

	ReactiveWebhookGate(WebhookGate gate) {
		this.gate = gate;
		this.scheduler = gate.isBlocking() ? Schedulers.boundedElastic() : Schedulers.immediate();
	}

	/**
	 * Verify and claim a request. What is refused is recorded.
	 * @param endpoint what it was sent to
	 * @param headers its headers
	 * @param body its body as received
	 * @return the delivery, or a {@link WebhookAnswer} as an error
	 */
	Mono<WebhookDelivery> receive(WebhookEndpoint endpoint, HttpHeaders headers, Flux<DataBuffer> body) {
		return read(headers, body).map((bytes) -> this.gate.verify(endpoint, headers, bytes))
			.doOnError(WebhookAnswer.class, (answer) -> this.gate.answered(endpoint, answer, null))
			.flatMap((delivery) -> claim(delivery).doOnError(WebhookAnswer.class,
					(answer) -> this.gate.answered(endpoint, answer, delivery)));
	}

	Mono<Void> finish(WebhookDelivery delivery, boolean handled) {
		return Mono.<Void>fromRunnable(() -> this.gate.finish(delivery, handled)).subscribeOn(this.scheduler);
	}

	private Mono<WebhookDelivery> claim(WebhookDelivery delivery) {
		return Mono.fromCallable(() -> {
			this.gate.claim(delivery);
			return delivery;
		}).subscribeOn(this.scheduler);
	}

	private Mono<byte[]> read(HttpHeaders headers, Flux<DataBuffer> body) {
		return Mono.defer(() -> {
			this.gate.requireReadable(headers, headers.getContentLength());
			return DataBufferUtils.join(body, this.gate.maxBodySize())
				.map(ReactiveWebhookGate::bytes)
				.onErrorMap(DataBufferLimitException.class, (ex) -> this.gate.tooLarge())
				.defaultIfEmpty(EMPTY);
		});
	}

	private static byte[] bytes(DataBuffer buffer) {
		try {
			byte[] bytes = new byte[buffer.readableByteCount()];
			buffer.read(bytes);
			return bytes;
		}
		finally {
			DataBufferUtils.release(buffer);
		}
	}

}
