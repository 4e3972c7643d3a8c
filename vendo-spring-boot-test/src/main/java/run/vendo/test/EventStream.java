package run.vendo.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerResponse;

/**
 * One open event stream. What is to be sent waits in a bounded queue, and only as much of
 * it is written as the socket takes; a reader so slow that the queue runs over is cut
 * off, as any server does in the end, and has to come back for what is still replayed.
 */
final class EventStream implements Outcome {

	static final int NEVER = -1;

	private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.UTF_8);

	private static final String HANDLER = "vendo-platform-stream";

	private final Guard guard;

	private final int capacity;

	private final Duration heartbeat;

	private final String key;

	private final Consumer<EventStream> onClose;

	private final Runnable onLastEvent;

	private final AtomicBoolean drainScheduled = new AtomicBoolean();

	// Under the lock.

	private final Queue<Chunk> queue = new ArrayDeque<>();

	private int dropAfter = NEVER;

	private boolean paused;

	private boolean ending;

	private boolean finishing;

	private boolean overflowed;

	private boolean dropped;

	private boolean reset;

	private boolean closed;

	private boolean abandoned;

	private int unsent;

	private @Nullable Drip drip;

	// Written once, on the event loop.

	private volatile @Nullable Connection connection;

	private volatile @Nullable MonoSink<Void> completion;

	// On the event loop only.

	private @Nullable Chunk current;

	private int offset;

	private boolean ticking;

	private @Nullable Future<?> pings;

	EventStream(Guard guard, int capacity, Duration heartbeat, String key, Consumer<EventStream> onClose,
			Runnable onLastEvent) {
		this.guard = guard;
		this.capacity = capacity;
		this.heartbeat = heartbeat;
		this.key = key;
		this.onClose = onClose;
		this.onLastEvent = onLastEvent;
	}

	String key() {
		return this.key;
	}

	/**
	 * Begin to send, once the headers are out.
	 * @return when nothing more comes
	 */
	Mono<Void> start(HttpServerResponse response) {
		return Mono.<Void>create((sink) -> response.withConnection((connection) -> begin(connection, sink)))
			.doFinally((signal) -> finish());
	}

	private void begin(Connection connection, MonoSink<Void> sink) {
		Channel channel = connection.channel();
		this.completion = sink;
		this.connection = connection;
		channel.closeFuture().addListener((future) -> finish());
		connection.addHandlerLast(HANDLER, new WritabilityHandler());
		long period = this.heartbeat.toNanos();
		this.pings = channel.eventLoop().scheduleAtFixedRate(this::beat, period, period, TimeUnit.NANOSECONDS);
		if (this.guard.get(() -> this.dropped)) {
			close(channel);
			return;
		}
		drain();
	}

	void sendEvent(byte[] block) {
		this.guard.run(() -> {
			if (this.dropAfter != NEVER && !this.finishing && --this.dropAfter <= 0) {
				offer(new Chunk(block, true));
				this.finishing = true;
				this.onLastEvent.run();
			}
			else {
				offer(new Chunk(block, false));
			}
		});
	}

	void sendAlias(byte[] block) {
		offer(new Chunk(block, false));
	}

	void sendRaw(byte[] bytes) {
		offer(new Chunk(bytes, false));
	}

	void ping() {
		offer(new Chunk(PING, false));
	}

	private void offer(Chunk chunk) {
		this.guard.run(() -> {
			if (this.closed || this.abandoned || this.finishing || this.ending || this.overflowed
					|| chunk.bytes.length == 0) {
				return;
			}
			if (this.queue.size() >= this.capacity) {
				this.overflowed = true;
				this.queue.clear();
				this.unsent = 0;
			}
			else {
				this.queue.add(chunk);
				this.unsent++;
			}
			scheduleDrain();
		});
	}

	void dropAfter(int events) {
		this.guard.run(() -> this.dropAfter = events);
	}

	void drip(@Nullable Drip drip) {
		this.guard.run(() -> {
			this.drip = drip;
			scheduleDrain();
		});
	}

	void pause() {
		this.guard.run(() -> this.paused = true);
	}

	void resume() {
		this.guard.run(() -> {
			this.paused = this.abandoned;
			scheduleDrain();
		});
	}

	/**
	 * End the stream as HTTP ends an answer, after what is waiting to be sent.
	 */
	void end() {
		this.guard.run(() -> {
			this.ending = true;
			if (this.paused) {
				this.paused = false;
				this.queue.clear();
			}
			scheduleDrain();
		});
	}

	/**
	 * Close the connection in the middle of the answer.
	 */
	void drop() {
		this.guard.run(() -> this.dropped = true);
		Connection connection = this.connection;
		if (connection != null) {
			close(connection.channel());
		}
	}

	private void close(Channel channel) {
		if (this.guard.get(() -> this.reset)) {
			channel.config().setOption(ChannelOption.SO_LINGER, 0);
		}
		channel.close();
	}

	/**
	 * Reset the connection.
	 */
	void reset() {
		this.guard.run(() -> this.reset = true);
		drop();
	}

	/**
	 * Send nothing any more and forget the stream, with its connection left open, as when
	 * a server has gone without a word.
	 */
	void abandon() {
		this.guard.run(() -> {
			this.paused = true;
			this.abandoned = true;
			this.queue.clear();
			this.unsent = 0;
		});
		this.onClose.accept(this);
	}

	boolean isOverflowed() {
		return this.guard.get(() -> this.overflowed);
	}

	boolean isDrained() {
		return this.guard.get(() -> this.closed || this.paused || this.unsent == 0);
	}

	private void scheduleDrain() {
		Connection connection = this.connection;
		if (connection != null && this.drainScheduled.compareAndSet(false, true)) {
			connection.channel().eventLoop().execute(() -> {
				this.drainScheduled.set(false);
				drain();
			});
		}
	}

	private void beat() {
		boolean idle = this.guard.get(() -> !this.paused && this.queue.isEmpty());
		if (idle && this.current == null) {
			ping();
		}
	}

	private void drain() {
		Connection connection = this.connection;
		if (connection == null || !connection.channel().isActive() || this.ticking) {
			return;
		}
		Channel channel = connection.channel();
		Drip drip = this.guard.get(() -> this.drip);
		if (drip != null) {
			tick(channel, drip);
			return;
		}
		boolean wrote = false;
		while (channel.isWritable() && next()) {
			wrote = true;
			write(channel, Integer.MAX_VALUE);
		}
		if (wrote) {
			channel.flush();
		}
		endIfDone(channel);
	}

	private void tick(Channel channel, Drip drip) {
		if (channel.isWritable() && next()) {
			write(channel, drip.bytes);
			channel.flush();
		}
		boolean more = this.guard.get(() -> !this.paused && (this.current != null || !this.queue.isEmpty()));
		if (more) {
			this.ticking = true;
			channel.eventLoop().schedule(() -> {
				this.ticking = false;
				drain();
			}, drip.every.toNanos(), TimeUnit.NANOSECONDS);
		}
		endIfDone(channel);
	}

	/**
	 * Take the next chunk, unless the present one is not through yet.
	 */
	private boolean next() {
		return this.guard.get(() -> {
			if (this.paused || this.overflowed) {
				return false;
			}
			if (this.current == null) {
				this.current = this.queue.poll();
				this.offset = 0;
			}
			return this.current != null;
		});
	}

	private void write(Channel channel, int atMost) {
		Chunk chunk = Objects.requireNonNull(this.current);
		int length = Math.min(atMost, chunk.bytes.length - this.offset);
		ChannelFuture written = channel.write(Unpooled.wrappedBuffer(chunk.bytes, this.offset, length));
		this.offset += length;
		if (this.offset == chunk.bytes.length) {
			this.current = null;
			written.addListener((future) -> sent());
			if (chunk.last) {
				written.addListener(ChannelFutureListener.CLOSE);
			}
		}
	}

	private void sent() {
		this.guard.run(() -> this.unsent = Math.max(0, this.unsent - 1));
	}

	private void endIfDone(Channel channel) {
		if (this.guard.get(() -> this.overflowed && !this.paused)) {
			channel.close();
			return;
		}
		MonoSink<Void> completion = this.completion;
		if (completion != null && this.current == null
				&& this.guard.get(() -> this.ending && !this.closed && this.queue.isEmpty())) {
			completion.success();
		}
	}

	void finish() {
		boolean first = this.guard.get(() -> {
			boolean open = !this.closed;
			this.closed = true;
			this.queue.clear();
			return open;
		});
		if (!first) {
			return;
		}
		this.onClose.accept(this);
		Future<?> pings = this.pings;
		if (pings != null) {
			pings.cancel(false);
		}
		Connection connection = this.connection;
		if (connection != null && connection.channel().isActive()) {
			connection.removeHandler(HANDLER);
		}
	}

	/**
	 * How slowly a stream is sent.
	 *
	 * @param bytes how many bytes at once
	 * @param every how long to wait in between
	 */
	record Drip(int bytes, Duration every) {

	}

	private record Chunk(byte[] bytes, boolean last) {

	}

	/**
	 * Goes on sending when the socket takes more.
	 */
	private final class WritabilityHandler extends ChannelInboundHandlerAdapter {

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			if (context.channel().isWritable()) {
				drain();
			}
			context.fireChannelWritabilityChanged();
		}

	}

}
