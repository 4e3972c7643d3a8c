package run.vendo.event;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

import run.vendo.connection.Connection;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.TransportException;
import run.vendo.error.VendoException;
import run.vendo.http.ApiCall;
import run.vendo.http.VendoHttp;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * One subscription: a connection at a time, and what happens between them.
 * <p>
 * Bytes are read one buffer at a time, and the next one is asked for once the events of
 * the last one were taken, so that a slow reader slows the server down and nothing else.
 * Whatever changes the {@link EventCursor} goes through one line, in which an event is
 * followed by its delivery before the next is looked at.
 */
final class EventSubscription {

	private static final Log logger = LogFactory.getLog(EventSubscription.class);

	private static final String PATH = "/api/deployments/me/events";

	private static final int LONGEST_ID_SENT = 4096;

	private static final int CHUNK_SIZE = 8192;

	private static final int SHORT_LIVED_ALLOWED = 2;

	/**
	 * How long the comparison waits for the replay, which says the same and more.
	 */
	private static final Duration GRACE = Duration.ofSeconds(1);

	/**
	 * How long no event may come for the replay to be over.
	 */
	private static final Duration QUIET = Duration.ofMillis(100);

	/**
	 * How long the comparison waits where it never gets quiet.
	 */
	private static final Duration LONGEST_GRACE = Duration.ofSeconds(10);

	private final VendoHttp http;

	private final Mono<List<Connection>> connections;

	private final EventStreamOptions options;

	private final EventCursor cursor;

	private final AtomicBoolean ended = new AtomicBoolean();

	private ReconnectPolicy policy;

	private LiveConnection current;

	private boolean connectedBefore;

	/** How many connections in a row brought an event and ended at once. */
	private int shortLived;

	private @Nullable VendoException failure;

	/**
	 * The event that is on its way to the reader. It arrives before the next is looked
	 * at, or never: then the reader has cancelled, and nothing counts any more.
	 */
	private volatile @Nullable VendoEvent underWay;

	EventSubscription(VendoHttp http, Mono<List<Connection>> connections, EventStreamOptions options) {
		this.http = http;
		this.connections = connections;
		this.options = options;
		this.cursor = (options.cursor() != null) ? options.cursor() : EventCursor.after(options.lastEventId());
		this.policy = ReconnectPolicy.of(options);
		this.current = new LiveConnection(0);
	}

	Flux<VendoEvent> events() {
		return Flux.defer(this::connect)
			.repeatWhen((ends) -> ends.map((count) -> next())
				.takeWhile((step) -> step.delay() != null)
				.concatMap((step) -> Mono.delay(step.delay(), scheduler())))
			.concatWith(Flux.defer(this::end))
			.doOnCancel(() -> tellOfTheEnd(EventStreamListener::onClosed))
			// Last of all: what comes after could still drop the event when the reader
			// cancels, and the next stream would go on behind it.
			.doOnNext(this::delivered);
	}

	private Flux<VendoEvent> connect() {
		LiveConnection connection = new LiveConnection(this.current.number + 1);
		this.current = connection;
		ApiCall call = this.http.call("events", "subscribe")
			.vendoOnly()
			.get(PATH)
			.header(HttpHeaders.CACHE_CONTROL, "no-cache")
			// A compressed stream comes in lumps.
			.header(HttpHeaders.ACCEPT_ENCODING, "identity");
		String lastEventId = headerOf(this.cursor.lastEventId());
		if (lastEventId != null) {
			call.header("Last-Event-ID", lastEventId);
		}
		return call.stream(MediaType.TEXT_EVENT_STREAM, this.options.connectTimeout(), connection::read)
			.onErrorResume(VendoException.class, (failure) -> {
				connection.failure = failure;
				return Flux.empty();
			})
			.flatMapIterable(Deliveries::new, 1);
	}

	/**
	 * Return an id as a header carries it, byte by byte; {@code null} when none can.
	 */
	private static @Nullable String headerOf(String id) {
		byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
		if (bytes.length == 0 || bytes.length > LONGEST_ID_SENT) {
			return null;
		}
		for (byte character : bytes) {
			if ((character >= 0 && character < ' ' && character != '\t') || character == 0x7f) {
				return null;
			}
		}
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	private void delivered(VendoEvent event) {
		if (event instanceof StreamFailed) {
			return;
		}
		this.cursor.deliver(event);
		if (!event.isResynchronized()) {
			this.current.fruitful = true;
		}
		this.underWay = null;
	}

	// Runs between two connections, when nothing else does.
	private ReconnectPolicy.Step next() {
		LiveConnection connection = this.current;
		if (connection.isOver()) {
			return new ReconnectPolicy.Step(null, this.policy);
		}
		VendoException cause = connection.cause();
		Integer status = connection.opened ? null : cause.status();
		if (status != null && (status == 401 || status == 403)) {
			this.failure = cause;
			return new ReconnectPolicy.Step(null, this.policy);
		}
		if (connection.received) {
			this.policy = this.policy.renewed();
		}
		boolean reconnected = connection.number > 1;
		boolean tooMany = status != null && status == 429;
		// A server that sends the same again and ends would be asked without a pause,
		boolean circling = reconnected && connection.received && !connection.fruitful;
		// and so would one that sends something new every time.
		if (connection.livedFor() >= this.options.initialBackoff().toMillis()) {
			this.shortLived = 0;
		}
		else if (connection.received) {
			this.shortLived++;
		}
		boolean hasty = connection.received && this.shortLived > SHORT_LIVED_ALLOWED;
		ReconnectPolicy.End end = new ReconnectPolicy.End(reconnected && !connection.received, tooMany,
				circling || hasty, cause.retryAfter());
		ReconnectPolicy.Step step = this.policy.after(end, this.cursor.retry(), jitter());
		this.policy = step.then();
		Duration delay = step.delay();
		if (delay == null) {
			this.failure = cause;
			return step;
		}
		if (logger.isDebugEnabled()) {
			logger.debug("The event stream is interrupted; attempt %d in %d ms: %s".formatted(this.policy.reconnects(),
					delay.toMillis(), cause.getMessage()));
		}
		tell((listener) -> listener.onInterrupted(cause, this.policy.reconnects(), delay));
		return step;
	}

	private Flux<VendoEvent> end() {
		VendoException failure = this.failure;
		if (failure == null) {
			tellOfTheEnd(EventStreamListener::onClosed);
			return Flux.empty();
		}
		tellOfTheEnd((listener) -> listener.onFailed(failure));
		return Flux.just(StreamFailed.of(failure, this.cursor.lastEventId(), this.cursor.retry()));
	}

	private void tellOfTheEnd(Consumer<EventStreamListener> news) {
		if (this.ended.compareAndSet(false, true)) {
			tell(news);
		}
	}

	private void tell(Consumer<EventStreamListener> news) {
		try {
			news.accept(this.options.listener());
		}
		catch (RuntimeException ex) {
			logger.warn("An event stream listener failed", ex);
		}
	}

	private Scheduler scheduler() {
		return this.http.config().scheduler();
	}

	private long now() {
		return scheduler().now(TimeUnit.MILLISECONDS);
	}

	private double jitter() {
		return this.http.config().random().getAsDouble();
	}

	/**
	 * One connection, or the attempt to make one.
	 */
	private final class LiveConnection implements EventStreamParser.Handler {

		private final int number;

		private final EventStreamParser parser;

		private final byte[] chunk = new byte[CHUNK_SIZE];

		/** Whether there are events in the buffer that is read. */
		private boolean brought;

		/** How many buffers with events have been read. */
		private volatile int read;

		/** How many of them have been dealt with. */
		private int dealt;

		/** Says so, each time it is one more. */
		private final Sinks.Many<Integer> dealtWith = Sinks.many().replay().latestOrDefault(0);

		private List<StreamItem> items = new ArrayList<>();

		private volatile boolean opened;

		private volatile long openedAt;

		private volatile @Nullable VendoException failure;

		/** Whether an event was received. */
		private volatile boolean received;

		/** Whether one of them is no repetition. */
		private volatile boolean fruitful;

		LiveConnection(int number) {
			this.number = number;
			this.parser = new EventStreamParser(EventSubscription.this.options.maxEventSize(),
					EventSubscription.this.cursor.lastEventId(), this);
		}

		Flux<List<StreamItem>> read(Flux<DataBuffer> bytes) {
			this.openedAt = now();
			this.opened = true;
			boolean reconnected = EventSubscription.this.connectedBefore;
			EventSubscription.this.connectedBefore = true;
			tell((listener) -> listener.onConnected(reconnected));
			Duration idleTimeout = EventSubscription.this.options.idleTimeout();
			Sinks.Empty<Void> end = Sinks.empty();
			Flux<List<StreamItem>> blocks = new IdleTimeout(bytes, idleTimeout, scheduler(), () -> silent(idleTimeout))
				.map(this::parse)
				.doOnDiscard(DataBuffer.class, DataBufferUtils::release)
				// Here already, so that what was read before is still delivered.
				.onErrorResume(VendoException.class, (failure) -> {
					this.failure = failure;
					return Flux.empty();
				})
				.doOnTerminate(end::tryEmitEmpty);
			Mono<List<StreamItem>> snapshot = snapshot();
			if (reconnected || EventSubscription.this.cursor.isComplete()) {
				snapshot = snapshot.delayUntil((found) -> replayed());
			}
			return Flux.merge(1, blocks, snapshot.takeUntilOther(end.asMono()));
		}

		// A replay comes in as many pieces as the network likes, and nobody says where it
		// ends: it has when nothing more comes, and all that came was dealt with.
		private Mono<Long> replayed() {
			Mono<Long> quiet = this.dealtWith.asFlux()
				.switchMap((dealtWith) -> Mono.delay((dealtWith == 0) ? GRACE : QUIET, scheduler())
					.filter((tick) -> dealtWith == this.read))
				.next();
			return Mono.firstWithSignal(quiet, Mono.delay(LONGEST_GRACE, scheduler()));
		}

		// The stream is open by now: what happens after the snapshot comes as an event.
		private Mono<List<StreamItem>> snapshot() {
			return Mono.defer(() -> {
				long asOf = EventSubscription.this.cursor.sequence();
				// Never cancelled, only ignored: it is short, and HTTP libraries complain
				// when an answer is given up halfway.
				return Mono.fromFuture(EventSubscription.this.connections.materialize().toFuture(), true)
					.<List<Connection>>dematerialize()
					.map((connections) -> List.<StreamItem>of(new StreamItem.Snapshot(connections, asOf)));
			}).retryWhen(Retry.from((failures) -> failures.concatMap((signal) -> {
				if (!(signal.failure() instanceof VendoException cause)) {
					return Mono.error(signal.failure());
				}
				int step = (int) Math.min(signal.totalRetries() + 1, 64);
				Duration delay = EventSubscription.this.policy.delay(step, null, jitter());
				logger.debug("The connections could not be compared: " + cause.getMessage());
				tell((listener) -> listener.onResynchronizationFailed(cause, delay));
				return Mono.delay(delay, scheduler());
			})));
		}

		private List<StreamItem> parse(DataBuffer buffer) {
			tell(EventStreamListener::onSignOfLife);
			try {
				int length;
				while ((length = Math.min(buffer.readableByteCount(), CHUNK_SIZE)) > 0) {
					buffer.read(this.chunk, 0, length);
					this.parser.parse(this.chunk, 0, length);
				}
			}
			finally {
				DataBufferUtils.release(buffer);
			}
			List<StreamItem> parsed = this.items;
			this.items = new ArrayList<>();
			if (this.brought) {
				this.brought = false;
				this.read++;
			}
			return parsed;
		}

		@Override
		public void event(StreamItem.Frame frame) {
			this.received = true;
			this.brought = true;
			this.items.add(frame);
		}

		@Override
		public void position(String lastEventId) {
			this.items.add(new StreamItem.Position(lastEventId));
		}

		@Override
		public void retry(Duration delay) {
			EventSubscription.this.cursor.retry(delay);
		}

		@Override
		public void tooLarge(@Nullable String type, long bytes, String lastEventId) {
			this.received = true;
			this.brought = true;
			this.items.add(new StreamItem.TooLarge(type, bytes, lastEventId));
		}

		void dealtWithOneMore() {
			this.dealtWith.tryEmitNext(++this.dealt);
		}

		/**
		 * Return whether nobody wants another connection.
		 */
		boolean isOver() {
			return EventSubscription.this.http.isClosed() || (this.failure == null && !this.opened);
		}

		/**
		 * Return how long it was open, in milliseconds.
		 */
		long livedFor() {
			return this.opened ? now() - this.openedAt : 0;
		}

		VendoException cause() {
			VendoException failure = this.failure;
			return (failure != null) ? failure
					: broken(TransportException.Reason.RESET, "The server ended the event stream");
		}

		private VendoException silent(Duration time) {
			return broken(TransportException.Reason.TIMEOUT,
					"Nothing came from the event stream for %d ms".formatted(time.toMillis()));
		}

		private VendoException broken(TransportException.Reason reason, String summary) {
			return ErrorDetails.of(ErrorCode.UPSTREAM_ERROR)
				.transportReason(reason)
				.requestSummary("GET " + EventSubscription.this.http.config().baseUrl() + PATH)
				.attempts(1)
				.summary(summary)
				.toException();
		}

	}

	/**
	 * The events in what one buffer brought, decoded when it is their turn.
	 */
	private final class Deliveries implements Iterable<VendoEvent> {

		private final List<StreamItem> items;

		Deliveries(List<StreamItem> items) {
			this.items = items;
		}

		@Override
		public Iterator<VendoEvent> iterator() {
			return new DeliveryIterator(this.items.iterator());
		}

	}

	private final class DeliveryIterator implements Iterator<VendoEvent> {

		private final Iterator<StreamItem> items;

		private final Queue<VendoEvent> differences = new ArrayDeque<>();

		private @Nullable VendoEvent next;

		/** Whether there were events of the server among the items. */
		private boolean sent;

		DeliveryIterator(Iterator<StreamItem> items) {
			this.items = items;
		}

		@Override
		public boolean hasNext() {
			if (EventSubscription.this.underWay != null) {
				return false;
			}
			while (this.next == null && (!this.differences.isEmpty() || this.items.hasNext())) {
				this.next = this.differences.isEmpty() ? eventOf(this.items.next()) : this.differences.remove();
			}
			if (this.next == null && this.sent) {
				this.sent = false;
				EventSubscription.this.current.dealtWithOneMore();
			}
			return this.next != null;
		}

		@Override
		public VendoEvent next() {
			VendoEvent event = hasNext() ? this.next : null;
			if (event == null) {
				throw new NoSuchElementException();
			}
			this.next = null;
			EventSubscription.this.underWay = event;
			return event;
		}

		private @Nullable VendoEvent eventOf(StreamItem item) {
			EventCursor cursor = EventSubscription.this.cursor;
			if (item instanceof StreamItem.Frame frame) {
				this.sent = true;
				VendoEvent event = EventDecoder.decode(frame, cursor.retry());
				if (!cursor.isRepeated(event)) {
					return event;
				}
				cursor.lastEventId(frame.lastEventId());
				tell((listener) -> listener.onRepeated(event));
			}
			else if (item instanceof StreamItem.Position position) {
				cursor.lastEventId(position.lastEventId());
			}
			else if (item instanceof StreamItem.TooLarge large) {
				this.sent = true;
				if (!large.lastEventId().equals(cursor.lastEventId())) {
					EventSubscription.this.current.fruitful = true;
				}
				cursor.lastEventId(large.lastEventId());
				logger.warn("An event of %,d bytes was left out: it is larger than %,d bytes".formatted(large.bytes(),
						EventSubscription.this.options.maxEventSize()));
				tell((listener) -> listener.onTooLarge(large.type(), large.bytes()));
			}
			else if (item instanceof StreamItem.Snapshot snapshot) {
				boolean comparable = cursor.isComplete();
				List<VendoEvent> found = cursor.compare(snapshot.connections(), snapshot.asOf());
				this.differences.addAll(found);
				if (comparable || !found.isEmpty()) {
					tell((listener) -> listener.onResynchronized(found.size()));
				}
			}
			return null;
		}

	}

}
