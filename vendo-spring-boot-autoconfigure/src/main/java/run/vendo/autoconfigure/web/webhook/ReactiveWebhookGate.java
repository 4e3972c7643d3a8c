package run.vendo.autoconfigure.web.webhook;

import java.util.function.Function;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

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
	 * Verify and claim a request, and have it handled. What is refused is recorded.
	 * @param endpoint what it was sent to
	 * @param headers its headers
	 * @param body its body as received
	 * @param handle handles a delivery, and finishes it
	 * @param refuse answers in place of that
	 * @return what comes of either
	 */
	<T> Mono<T> receive(WebhookEndpoint endpoint, HttpHeaders headers, Flux<DataBuffer> body,
			Function<WebhookDelivery, Mono<T>> handle, Function<WebhookAnswer, Mono<T>> refuse) {
		return read(headers, body).map((bytes) -> this.gate.verify(endpoint, headers, bytes))
			.map((delivery) -> toTheEnd(delivery, claim(delivery, handle, refuse)))
			.onErrorResume(WebhookAnswer.class, (answer) -> {
				this.gate.answered(endpoint, answer, null);
				return Mono.just(refuse.apply(answer));
			})
			.flatMap(Function.identity());
	}

	/**
	 * Do the work on a delivery to its end, even if the sender goes away: its claim,
	 * given back while the work goes on, would let the same delivery in beside it. Once
	 * the sender has gone, the work has what is left of the time that a claim lasts.
	 * @param delivery the delivery
	 * @param work what is done about it, and finishes it
	 * @return what comes of it
	 */
	<T> Mono<T> toTheEnd(WebhookDelivery delivery, Mono<T> work) {
		return Mono.create((sink) -> {
			Sinks.Empty<Void> left = Sinks.empty();
			work.takeUntilOther(left.asMono().then(Mono.defer(() -> Mono.delay(this.gate.claimed(delivery)))))
				.subscribe((result) -> {
					sink.success(result);
					if (delivery.isOver()) {
						over(delivery, false);
					}
				}, (failure) -> {
					if (delivery.isOver()) {
						this.gate.failedAlone(delivery, failure);
					}
					else {
						sink.error(failure);
					}
				}, sink::success, Context.of(sink.contextView()));
			sink.onCancel(() -> {
				over(delivery, false);
				left.tryEmitEmpty();
			});
		});
	}

	/**
	 * Take notice that nobody waits for an answer any more: the sender has gone away, or
	 * has an answer. That happens unseen by all but who sees the whole request when it
	 * does between an answer and its writing.
	 * @param delivery the delivery
	 * @param success whether the sender was told of a success
	 */
	void over(WebhookDelivery delivery, boolean success) {
		delivery.over();
		if (delivery.isAnswered() && delivery.takeAnswer(this)) {
			// Nobody is going to write it.
			finish(delivery, success).subscribe();
		}
	}

	Mono<Void> finish(WebhookDelivery delivery, boolean handled) {
		return Mono.<Void>fromRunnable(() -> this.gate.finish(delivery, handled)).subscribeOn(this.scheduler);
	}

	private <T> Mono<T> claim(WebhookDelivery delivery, Function<WebhookDelivery, Mono<T>> handle,
			Function<WebhookAnswer, Mono<T>> refuse) {
		return Mono.fromCallable(() -> {
			this.gate.claim(delivery);
			return delivery;
		}).subscribeOn(this.scheduler).map(handle).onErrorResume(WebhookAnswer.class, (answer) -> {
			this.gate.answered(delivery.endpoint(), answer, delivery);
			return Mono.just(refuse.apply(answer));
		}).flatMap(Function.identity());
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
