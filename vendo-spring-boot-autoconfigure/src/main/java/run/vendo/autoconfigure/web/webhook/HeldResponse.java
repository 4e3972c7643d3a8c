package run.vendo.autoconfigure.web.webhook;

import java.util.function.Supplier;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;

/**
 * A response that is held back until all of it is there and it is stored that the
 * delivery was handled: nobody is told of a success that might be forgotten, or that is
 * none because what comes of a stream later is a failure.
 */
final class HeldResponse extends ServerHttpResponseDecorator {

	// What a webhook is answered with is read by nobody.
	private static final int LARGEST = 1024 * 1024;

	private volatile boolean whole;

	/**
	 * Hold a response back.
	 * @param response the response
	 * @param finish stores what became of the delivery. Not asked for when somebody else
	 * answers, such as a filter that has lost patience: the handler may still be at work.
	 */
	HeldResponse(ServerHttpResponse response, Supplier<Mono<Void>> finish) {
		super(response);
		response.beforeCommit(() -> this.whole ? finish.get() : Mono.empty());
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		Mono<? extends DataBuffer> content = (body instanceof Mono<? extends DataBuffer> mono) ? mono
				: DataBufferUtils.join(body, LARGEST);
		return super.writeWith(content.handle(this::hold));
	}

	private void hold(DataBuffer buffer, SynchronousSink<DataBuffer> next) {
		if (isCommitted()) {
			// Somebody else has answered meanwhile: nobody is going to write it.
			DataBufferUtils.release(buffer);
			return;
		}
		this.whole = true;
		next.next(buffer);
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return writeWith(Flux.from(body).concatMap(Flux::from));
	}

	@Override
	public Mono<Void> setComplete() {
		return Mono.defer(() -> {
			this.whole = true;
			return super.setComplete();
		});
	}

}
