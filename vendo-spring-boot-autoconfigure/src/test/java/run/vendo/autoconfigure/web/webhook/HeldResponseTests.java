package run.vendo.autoconfigure.web.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HeldResponse}.
 */
class HeldResponseTests {

	private static final int PIECE = 64 * 1024;

	private final NettyDataBufferFactory factory = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);

	private final List<ByteBuf> buffers = new ArrayList<>();

	private final AtomicInteger finished = new AtomicInteger();

	private final MockServerHttpResponse response = new MockServerHttpResponse();

	private final HeldResponse held = new HeldResponse(this.response,
			() -> Mono.fromRunnable(this.finished::incrementAndGet));

	@AfterEach
	void everyBufferIsReleased() {
		assertThat(this.buffers).isNotEmpty().allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	@Test
	void whatIsWholeIsWrittenAndFinished() {
		StepVerifier.create(this.held.writeWith(Flux.range(0, 2).map((i) -> buffer()))).verifyComplete();
		assertThat(this.finished).hasValue(1);
		StepVerifier.create(this.response.getBody().doOnNext(DataBufferUtils::release).map(DataBuffer::capacity))
			.expectNextCount(1)
			.verifyComplete();
	}

	@Test
	void anAnswerWithoutAnEndIsAFailure() {
		StepVerifier.create(this.held.writeWith(Flux.generate((sink) -> sink.next(buffer()))))
			.verifyError(DataBufferLimitException.class);
		assertThat(this.finished).hasValue(0);
		assertThat(this.buffers).hasSizeLessThan(20);
	}

	@Test
	void whatIsReadyAfterSomebodyElseHasAnsweredIsLeft() {
		Sinks.One<DataBuffer> late = Sinks.one();
		StepVerifier.create(this.held.writeWith(Flux.concat(Mono.just(buffer()), late.asMono())))
			.then(() -> this.response.setComplete().block())
			.then(() -> late.tryEmitValue(buffer()))
			.verifyComplete();
		assertThat(this.finished).hasValue(0);
	}

	private DataBuffer buffer() {
		ByteBuf buffer = this.factory.getByteBufAllocator().directBuffer().writeZero(PIECE);
		this.buffers.add(buffer);
		return this.factory.wrap(buffer);
	}

}
