package run.vendo.test;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.util.retry.Retry;

import org.springframework.http.HttpHeaders;

/**
 * Signs webhooks and delivers them one after another. One that is not answered with
 * success is tried again a little later, three times in all.
 */
final class WebhookSender {

	private static final int KEPT = 1000;

	private static final int REPEATS = 2;

	private static final Duration BACKOFF = Duration.ofMillis(100);

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final PlatformState state;

	private final SecretKeySpec key;

	private final Scheduler scheduler;

	private final HttpClient client;

	private final Sinks.Many<Delivery> queue = Sinks.many().unicast().onBackpressureBuffer();

	private final Deque<PlatformDelivery> done = new ArrayDeque<>();

	private final Disposable worker;

	private volatile @Nullable URI url;

	private int finished;

	private int queued;

	WebhookSender(PlatformState state, String secret, LoopResources loops, Scheduler scheduler) {
		this.state = state;
		this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
		this.scheduler = scheduler;
		this.client = HttpClient.create(ConnectionProvider.newConnection())
			.runOn(loops, false)
			.responseTimeout(TIMEOUT)
			.followRedirect(false);
		this.worker = this.queue.asFlux().concatMap(this::deliver).subscribe();
	}

	void url(@Nullable URI url) {
		this.url = url;
	}

	void onEvent(PlatformEvent event) {
		URI url = this.url;
		if (url != null) {
			Map<String, @Nullable Object> data = Json.object();
			event.payload().properties().forEach((field) -> {
				if (!List.of("id", "at", "kind").contains(field.getKey())) {
					data.put(field.getKey(), field.getValue());
				}
			});
			enqueue(url, event.id(), event.kind(), event.at(), data);
		}
	}

	void send(String id, String type, Map<String, ?> data) {
		URI url = this.url;
		if (url == null) {
			throw new IllegalStateException(
					"There is nowhere to send webhooks to: call sendWebhooksTo(...) with the receiver's URL first");
		}
		enqueue(url, id, type, this.state.clock.instant(), data);
	}

	private void enqueue(URI url, String id, String type, Instant at, Map<String, ?> data) {
		byte[] body = Json.write(Json.object("id", id, "type", type, "occurred_at", at.toString(), "data", data));
		// Emissions have to come one at a time, and in the order of what they tell of.
		this.state.guard.run(() -> {
			this.queued++;
			this.queue.tryEmitNext(new Delivery(url, id, type, body)).orThrow();
		});
	}

	private Mono<Void> deliver(Delivery delivery) {
		int[] attempts = new int[1];
		return Mono.defer(() -> {
			attempts[0]++;
			return post(delivery);
		})
			.retryWhen(Retry.fixedDelay(REPEATS, BACKOFF)
				.scheduler(this.scheduler)
				.onRetryExhaustedThrow((spec, signal) -> signal.failure()))
			.onErrorResume((failure) -> Mono.just((failure instanceof Refused refused) ? refused.status : 0))
			.doOnNext((status) -> finish(new PlatformDelivery(delivery.id, delivery.type, status, attempts[0])))
			.then();
	}

	private Mono<Integer> post(Delivery delivery) {
		String timestamp = String.valueOf(this.state.clock.instant().getEpochSecond());
		return this.client.headers((headers) -> {
			headers.set(HttpHeaders.CONTENT_TYPE, "application/json");
			headers.set("Vendo-Signature", sign(timestamp, delivery.body));
			headers.set("Vendo-Timestamp", timestamp);
			headers.set("Vendo-Event-Id", delivery.id);
		})
			.post()
			.uri(delivery.url)
			.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(delivery.body)))
			.responseSingle((response, content) -> Mono.just(response.status().code()))
			.flatMap((status) -> (status / 100 == 2) ? Mono.just(status) : Mono.error(new Refused(status)));
	}

	private String sign(String timestamp, byte[] body) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(this.key);
			mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("This Java cannot compute an HMAC-SHA256", ex);
		}
	}

	private void finish(PlatformDelivery delivery) {
		this.state.guard.run(() -> {
			this.finished++;
			this.done.add(delivery);
			if (this.done.size() > KEPT) {
				this.done.remove();
			}
		});
	}

	List<PlatformDelivery> deliveries() {
		return this.state.guard.get(() -> new ArrayList<>(this.done));
	}

	void await(Duration timeout) {
		this.state.guard.await(timeout, () -> this.finished == this.queued,
				() -> "Expected all %d webhooks to be delivered, but %d were".formatted(this.queued, this.finished));
	}

	void stop() {
		this.worker.dispose();
	}

	private record Delivery(URI url, String id, String type, byte[] body) {

	}

	/**
	 * An answer other than success.
	 */
	private static final class Refused extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final int status;

		Refused(int status) {
			super("Status " + status, null, false, false);
			this.status = status;
		}

	}

}
