package run.vendo.test;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import run.vendo.connection.ConnectionStatus;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.TransportException;
import run.vendo.error.VendoException;
import run.vendo.event.EventKind;
import run.vendo.event.EventStreamListener;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.StreamFailed;
import run.vendo.event.VendoEvent;
import run.vendo.http.VendoJson;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.Assert;

/**
 * The event stream of a mock: what a test says happens on the platform reaches every
 * reader of {@code events()}, and with them an application's {@code @EventListener}
 * methods.
 *
 * <pre class="code">
 * MockEvents events = vendo.mockEvents();
 * events.needsReauth("slack");
 * events.awaitDelivered(Duration.ofSeconds(5));
 * assertThat(this.mails.sent()).hasSize(1);
 * </pre>
 *
 * Events are not checked against anything: what is connected on the mock stays as it is.
 * Without a reader they wait, up to the last 100 of them, for the first that comes. The
 * stream does not reconnect, resume or compare; to test an application through an outage
 * take {@link VendoPlatform}.
 *
 * @since 0.1.0
 * @see MockVendoClient#mockEvents()
 */
public final class MockEvents {

	private static final int KEPT = 100;

	private final Clock clock;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Set<Reader> readers = new LinkedHashSet<>();

	private final Queue<VendoEvent> kept = new ArrayDeque<>();

	private final Set<VendoEvent> undelivered = Collections.newSetFromMap(new IdentityHashMap<>());

	private boolean published;

	private long last;

	MockEvents(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Say that a provider was connected.
	 * @param slug the provider
	 * @return the event
	 */
	public VendoEvent connected(String slug) {
		return connection(EventKind.CONNECTION_CONNECTED, slug);
	}

	/**
	 * Say that a provider was disconnected.
	 * @param slug the provider
	 * @return the event
	 */
	public VendoEvent disconnected(String slug) {
		return connection(EventKind.CONNECTION_DISCONNECTED, slug);
	}

	/**
	 * Say that something about a connection changed.
	 * @param slug the provider
	 * @return the event
	 */
	public VendoEvent changed(String slug) {
		return connection(EventKind.CONNECTION_CHANGED, slug);
	}

	/**
	 * Say that a provider's consent has to be given again.
	 * @param slug the provider
	 * @return the event
	 */
	public VendoEvent needsReauth(String slug) {
		return connection(EventKind.CONNECTION_NEEDS_REAUTH, slug);
	}

	/**
	 * Say that a connection has another status.
	 * @param slug the provider
	 * @param status the status
	 * @return the event
	 */
	public VendoEvent statusChanged(String slug, ConnectionStatus status) {
		Assert.hasText(slug, "'slug' must not be blank");
		return emit(EventKind.CONNECTION_STATUS_CHANGED.value(),
				Map.of("slug", slug, "connection_id", "cn_" + slug, "status", status.value()));
	}

	/**
	 * Say that a connection does not work.
	 * @param slug the provider
	 * @param message what is wrong, in the platform's words
	 * @return the event
	 */
	public VendoEvent error(String slug, String message) {
		Assert.hasText(slug, "'slug' must not be blank");
		return emit(EventKind.CONNECTION_ERROR.value(), Map.of("slug", slug, "message", message));
	}

	private VendoEvent connection(EventKind kind, String slug) {
		Assert.hasText(slug, "'slug' must not be blank");
		return emit(kind.value(), Map.of("slug", slug, "connection_id", "cn_" + slug));
	}

	/**
	 * Emit an event of any kind.
	 * @param kind what happened, known to anybody or not
	 * @param fields what its payload holds beside {@code id}, {@code at} and
	 * {@code kind}, which are added where they are missing
	 * @return the event
	 */
	public VendoEvent emit(String kind, Map<String, ?> fields) {
		return emit(kind, VendoJson.MAPPER.<ObjectNode>valueToTree(fields));
	}

	/**
	 * Emit an event of any kind.
	 * @param kind what happened, known to anybody or not
	 * @param json the payload; {@code id}, {@code at} and {@code kind} are added where
	 * they are missing, and a text that is no JSON object is sent as it is
	 * @return the event
	 */
	public VendoEvent emit(String kind, String json) {
		try {
			JsonNode payload = VendoJson.MAPPER.readTree(json);
			if (payload instanceof ObjectNode object) {
				return emit(kind, object);
			}
		}
		catch (JacksonException ex) {
			// Such things arrive too, and listeners get them as they are.
			return emit(VendoEvent.of(kind, json));
		}
		return emit(VendoEvent.of(kind, json));
	}

	private VendoEvent emit(String kind, ObjectNode payload) {
		Assert.hasText(kind, "'kind' must not be blank");
		if (!payload.has("id")) {
			payload.put("id", "evt_mock_" + nextId());
		}
		if (!payload.has("at")) {
			payload.put("at", this.clock.instant().toString());
		}
		if (!payload.has("kind")) {
			payload.put("kind", kind);
		}
		return emit(VendoEvent.of(kind, payload.toString()));
	}

	private long nextId() {
		this.lock.lock();
		try {
			return ++this.last;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Emit an event.
	 * @param event the event, for example one of {@link VendoEvent#of(String, String)}
	 * @return the event
	 */
	public VendoEvent emit(VendoEvent event) {
		Assert.isTrue(!(event instanceof StreamFailed), "A stream fails with fail(…)");
		locked(() -> {
			if (this.published) {
				this.undelivered.add(event);
			}
			if (this.readers.isEmpty()) {
				this.kept.add(event);
				if (this.kept.size() > KEPT) {
					this.undelivered.remove(this.kept.remove());
				}
			}
			else {
				each((reader) -> reader.next(event));
			}
		});
		return event;
	}

	/**
	 * Let every stream that is open end for good. Who subscribes again gets a new one.
	 * <p>
	 * An application's listeners see a {@link StreamFailed}. The application subscribes
	 * again as it does on the platform: after {@code vendo.events.resubscribe-delay}, or
	 * not at all when the status is 401 or 403.
	 * @param exception why
	 */
	public void fail(VendoException exception) {
		Assert.notNull(exception, "'exception' must not be null");
		locked(() -> each((reader) -> reader.fail(exception)));
	}

	/**
	 * Interrupt every stream that is open. It recovers at once, and nothing is lost.
	 */
	public void drop() {
		VendoException cause = ErrorDetails.of(ErrorCode.UPSTREAM_ERROR)
			.transportReason(TransportException.Reason.RESET)
			.summary("The mock was told to drop the event stream")
			.toException();
		locked(() -> each((reader) -> reader.drop(cause)));
	}

	/**
	 * Return how many streams are open.
	 * @return the number of streams
	 */
	public int openStreams() {
		this.lock.lock();
		try {
			return this.readers.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait until a number of streams is open. An application opens its own a moment after
	 * it is ready; events do not have to wait for that.
	 * @param count how many, exactly
	 * @param timeout how long to wait
	 * @throws AssertionError if it does not come to that in time
	 */
	public void awaitStreams(int count, Duration timeout) {
		if (!await(timeout, () -> this.readers.size() == count)) {
			throw new AssertionError(
					"Expected %d open event streams, but there were %d".formatted(count, openStreams()));
		}
	}

	/**
	 * Wait until the listeners of the application have seen every event so far. Those
	 * that are {@code @Async} may still be at work.
	 * @param timeout how long to wait
	 * @throws AssertionError if they have not seen them in time
	 * @throws IllegalStateException if the mock is not one of an application context, so
	 * that there are no such listeners
	 */
	public void awaitDelivered(Duration timeout) {
		this.lock.lock();
		try {
			Assert.state(this.published, "Only a mock of @AutoConfigureMockVendo has listeners to wait for");
		}
		finally {
			this.lock.unlock();
		}
		if (!await(timeout, this.undelivered::isEmpty)) {
			throw new AssertionError(
					"Not all events have reached the application's listeners. Is there a listener that "
							+ "blocks, is vendo.events.enabled=false, or does the test load a slice without the events?");
		}
	}

	/**
	 * Forget what waits for a reader.
	 */
	void reset() {
		locked(() -> {
			this.kept.clear();
			this.undelivered.clear();
		});
	}

	/**
	 * Expect that events are published to listeners, and that it is told of.
	 */
	void expectPublished() {
		locked(() -> this.published = true);
	}

	void published(VendoEvent event) {
		locked(() -> this.undelivered.remove(event));
	}

	/**
	 * Return the stream.
	 * @param options of which the listener is told what happens to it
	 */
	Flux<VendoEvent> subscribe(EventStreamOptions options) {
		return Flux.defer(() -> {
			Reader reader = new Reader(options.listener());
			return reader.sink.asFlux()
				.doOnSubscribe((subscription) -> locked(() -> open(reader)))
				.doOnCancel(() -> locked(() -> cancelled(reader)));
		});
	}

	private void open(Reader reader) {
		this.readers.add(reader);
		reader.listener.onConnected(false);
		for (VendoEvent event = this.kept.poll(); event != null; event = this.kept.poll()) {
			reader.next(event);
		}
	}

	private void cancelled(Reader reader) {
		if (this.readers.remove(reader)) {
			reader.listener.onClosed();
		}
	}

	/**
	 * Return the stream as it goes over the wire, for clients that are built on the mock.
	 * They make of an end what they always do.
	 */
	Flux<DataBuffer> bytes() {
		AtomicBoolean consumed = new AtomicBoolean();
		return Flux.defer(() -> {
			if (!consumed.compareAndSet(false, true)) {
				// The client drains what it was answered, to be done with the connection.
				return Flux.empty();
			}
			Sinks.Empty<Void> end = Sinks.empty();
			EventStreamOptions options = EventStreamOptions.defaults().withListener(new EventStreamListener() {

				@Override
				public void onInterrupted(VendoException cause, int attempt, Duration delay) {
					end.tryEmitEmpty();
				}

			});
			return subscribe(options).takeUntilOther(end.asMono()).handle((event, sink) -> {
				if (event instanceof StreamFailed failed) {
					sink.error(failed.cause());
				}
				else {
					sink.next(block(event));
				}
			});
		});
	}

	private static DataBuffer block(VendoEvent event) {
		StringBuilder block = new StringBuilder("event: ").append(event.kind()).append('\n');
		event.rawData().lines().forEach((line) -> block.append("data: ").append(line).append('\n'));
		return DefaultDataBufferFactory.sharedInstance
			.wrap(block.append('\n').toString().getBytes(StandardCharsets.UTF_8));
	}

	private void each(Consumer<Reader> action) {
		List.copyOf(this.readers).forEach(action);
	}

	private void locked(Runnable action) {
		this.lock.lock();
		try {
			action.run();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean await(Duration timeout, BooleanSupplier condition) {
		long left = timeout.toNanos();
		this.lock.lock();
		try {
			while (!condition.getAsBoolean()) {
				if (left <= 0) {
					return false;
				}
				left = this.changed.awaitNanos(left);
			}
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for events", ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public String toString() {
		return "MockEvents[openStreams=" + openStreams() + "]";
	}

	/**
	 * One stream that is open.
	 */
	private final class Reader {

		private final Sinks.Many<VendoEvent> sink = Sinks.many().unicast().onBackpressureBuffer();

		private final EventStreamListener listener;

		Reader(EventStreamListener listener) {
			this.listener = listener;
		}

		void next(VendoEvent event) {
			this.sink.tryEmitNext(event);
		}

		void drop(VendoException cause) {
			this.listener.onInterrupted(cause, 1, Duration.ZERO);
			this.listener.onConnected(true);
		}

		void fail(VendoException cause) {
			MockEvents.this.readers.remove(this);
			this.listener.onFailed(cause);
			this.sink.tryEmitNext(StreamFailed.of(cause));
			this.sink.tryEmitComplete();
		}

	}

}
