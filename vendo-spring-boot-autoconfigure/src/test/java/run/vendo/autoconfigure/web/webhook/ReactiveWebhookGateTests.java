package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

import run.vendo.fixture.MutableClock;
import run.vendo.webhook.WebhooksApi;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever becomes of a body, its buffers are given back.
 */
class ReactiveWebhookGateTests {

	private static final int LIMIT = 1000;

	private static final Duration LEASE = Duration.ofMinutes(5);

	private final MutableClock clock = new MutableClock();

	private final NettyDataBufferFactory factory = new NettyDataBufferFactory(new PooledByteBufAllocator());

	private final List<ByteBuf> buffers = new ArrayList<>();

	private final WebhookEndpoint endpoint = new WebhookEndpoint("test",
			WebhooksApi.of(List.of("whsec_x"), Duration.ofMinutes(5), this.clock), null);

	private final ReactiveWebhookGate gate = new ReactiveWebhookGate(
			new WebhookGate(new InMemoryWebhookDeliveryStore(10, this.clock), WebhookMetrics.none(), LIMIT, LEASE,
					Duration.ofHours(1), Duration.ofMinutes(5), this.clock));

	@AfterEach
	void everyBufferIsReleased() {
		assertThat(this.buffers).isNotEmpty().allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	@Test
	void whenTheDeliveryIsValid() {
		byte[] body = bytes("{\"id\":\"a\",\"data\":{}}");
		StepVerifier.create(this.gate.receive(this.endpoint, headers(body), chunks(body), Mono::just, Mono::error))
			.assertNext((delivery) -> assertThat(delivery.content()).isEqualTo(body))
			.verifyComplete();
	}

	@Test
	void whenTheDeliveryIsForged() {
		byte[] body = bytes("{\"id\":\"a\",\"data\":{}}");
		StepVerifier
			.create(this.gate.receive(this.endpoint, headers(bytes("{}")), chunks(body), Mono::just, Mono::error))
			.verifyErrorMatches((ex) -> ((WebhookAnswer) ex).reason().equals("mismatch"));
	}

	@Test
	void whenTheBodyIsTooLargeThenNoMoreOfItIsRead() {
		byte[] body = new byte[100 * LIMIT];
		StepVerifier.create(this.gate.receive(this.endpoint, headers(body), chunks(body), Mono::just, Mono::error))
			.verifyErrorMatches((ex) -> ((WebhookAnswer) ex).reason().equals("too-large"));
		assertThat(this.buffers).hasSizeLessThan(2 * LIMIT / 7);
	}

	@Test
	void whenTheConnectionBreaks() {
		byte[] body = bytes("{\"id\":\"a\",\"data\":{}}");
		StepVerifier
			.create(this.gate.receive(this.endpoint, headers(body),
					chunks(body).concatWith(Flux.error(new IOException("Reset"))), Mono::just, Mono::error))
			.verifyError(IOException.class);
	}

	@Test
	void whenTheClientGoesAway() {
		TestPublisher<DataBuffer> body = TestPublisher.create();
		Disposable subscription = this.gate
			.receive(this.endpoint, headers(bytes("{}")), body.flux(), Mono::just, Mono::error)
			.subscribe();
		body.next(buffer(bytes("{\"id\"")));
		subscription.dispose();
		body.assertCancelled();
	}

	@Test
	void whenTheClientGoesAwayThenTheWorkGoesOnUntilItsClaimEnds() {
		VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
		try {
			byte[] body = bytes("{\"id\":\"a\",\"data\":{}}");
			AtomicBoolean stopped = new AtomicBoolean();
			AtomicReference<@Nullable String> user = new AtomicReference<>();
			Sinks.Empty<Void> half = Sinks.empty();
			Disposable subscription = this.gate
				.receive(this.endpoint, headers(body), chunks(body), (delivery) -> half.asMono()
					.then(Mono.deferContextual((context) -> Mono.fromRunnable(() -> user.set(context.get("user")))))
					.then(Mono.never())
					.doOnCancel(() -> stopped.set(true)), Mono::error)
				.contextWrite(Context.of("user", "alice"))
				.subscribe();
			this.clock.advance(LEASE.dividedBy(2));
			subscription.dispose();
			half.tryEmitEmpty();
			assertThat(user).hasValue("alice");
			time.advanceTimeBy(LEASE.dividedBy(2).minusMillis(1));
			assertThat(stopped).isFalse();
			time.advanceTimeBy(Duration.ofMillis(1));
			assertThat(stopped).isTrue();
		}
		finally {
			VirtualTimeScheduler.reset();
		}
	}

	private Flux<DataBuffer> chunks(byte[] body) {
		return Flux.generate(() -> 0, (at, sink) -> {
			if (at >= body.length) {
				sink.complete();
				return at;
			}
			int end = Math.min(at + 7, body.length);
			sink.next(buffer(Arrays.copyOfRange(body, at, end)));
			return end;
		});
	}

	private DataBuffer buffer(byte[] bytes) {
		ByteBuf buffer = this.factory.getByteBufAllocator().directBuffer().writeBytes(bytes);
		this.buffers.add(buffer);
		return this.factory.wrap(buffer);
	}

	private HttpHeaders headers(byte[] body) {
		String timestamp = String.valueOf(this.clock.instant().getEpochSecond());
		HttpHeaders headers = new HttpHeaders();
		headers.set("Vendo-Timestamp", timestamp);
		headers.set("Vendo-Signature", WebhookServer.sign("whsec_x", timestamp, body));
		return headers;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
