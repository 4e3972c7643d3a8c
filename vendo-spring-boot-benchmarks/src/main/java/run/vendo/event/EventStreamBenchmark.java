package run.vendo.event;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamException;
import com.launchdarkly.logging.LDLogger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

import run.vendo.http.VendoJson;

/**
 * Reading the event stream, from bytes as a socket hands them over. In the package of the
 * parser, which is nobody else's to use.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OperationsPerInvocation(EventStreamBenchmark.EVENTS)
public class EventStreamBenchmark {

	/** How many events there are. */
	public static final int EVENTS = 100_000;

	private static final int BUFFER = 8192;

	private byte[] stream;

	@Setup
	public void write() {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < EVENTS; i++) {
			text.append("id: %d\nevent: connection.connected\ndata: ".formatted(1_000_000 + i));
			text.append(
					"{\"id\":\"evt_%d\",\"at\":\"2026-05-20T12:00:00Z\",\"slug\":\"slack\",\"connection_id\":\"cn_1\"}\n\n"
						.formatted(1_000_000 + i));
		}
		this.stream = text.toString().getBytes(StandardCharsets.UTF_8);
	}

	@Benchmark
	public int frames(Blackhole blackhole) {
		return parse(new CountingHandler() {
			@Override
			public void event(StreamItem.Frame frame) {
				this.count++;
				blackhole.consume(frame);
			}
		});
	}

	@Benchmark
	public int whole(Blackhole blackhole) {
		return parse(new CountingHandler() {
			@Override
			public void event(StreamItem.Frame frame) {
				this.count++;
				blackhole.consume(EventDecoder.decode(frame, null));
			}
		});
	}

	private int parse(CountingHandler handler) {
		EventStreamParser parser = new EventStreamParser(1024 * 1024, "", handler);
		for (int from = 0; from < this.stream.length; from += BUFFER) {
			parser.parse(this.stream, from, Math.min(BUFFER, this.stream.length - from));
		}
		return handler.count;
	}

	@Benchmark
	public int framesLimit(Blackhole blackhole) throws StreamException {
		int count = 0;
		try (EventSource source = new EventSource.Builder(new Bytes(this.stream))
			.errorStrategy(ErrorStrategy.alwaysThrow())
			.readBufferSize(BUFFER)
			.build()) {
			for (; count < EVENTS; count++) {
				MessageEvent event = source.readMessage();
				blackhole.consume(event.getEventName());
				blackhole.consume(event.getLastEventId());
				blackhole.consume(event.getData());
			}
		}
		return count;
	}

	/**
	 * What nobody can do without: finding the ends of the lines, and one parse of each
	 * payload.
	 */
	@Benchmark
	public int wholeLimit(Blackhole blackhole) {
		int count = 0;
		int start = 0;
		for (int i = 0; i < this.stream.length; i++) {
			if (this.stream[i] == '\n') {
				if (i > start && this.stream[start] == 'd') {
					blackhole.consume(VendoJson.MAPPER.readTree(this.stream, start + 6, i - start - 6));
					count++;
				}
				start = i + 1;
			}
		}
		return count;
	}

	private abstract static class CountingHandler implements EventStreamParser.Handler {

		int count;

		@Override
		public void position(String lastEventId) {
		}

		@Override
		public void retry(Duration delay) {
		}

		@Override
		public void tooLarge(String type, long bytes, String lastEventId) {
			throw new IllegalStateException("No event is too large");
		}

	}

	/**
	 * Bytes instead of a connection.
	 */
	private static final class Bytes extends ConnectStrategy {

		private final byte[] bytes;

		Bytes(byte[] bytes) {
			this.bytes = bytes;
		}

		@Override
		public Client createClient(LDLogger logger) {
			return new Client() {

				@Override
				public Result connect(String lastEventId) {
					return new Result(new ByteArrayInputStream(Bytes.this.bytes), getOrigin(), () -> {
					});
				}

				@Override
				public boolean awaitClosed(long timeoutMillis) {
					return true;
				}

				@Override
				public URI getOrigin() {
					return URI.create("http://127.0.0.1/");
				}

				@Override
				public void close() {
				}

			};
		}

	}

}
