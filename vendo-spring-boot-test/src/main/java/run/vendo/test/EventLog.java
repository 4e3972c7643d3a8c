package run.vendo.test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The events of the application: the last 100 of them, and the streams that are open. An
 * event is appended and given to every stream under the lock, and a stream begins under
 * the lock with what it missed, so that nothing is lost or doubled in between.
 */
final class EventLog {

	static final int REPLAYED = 100;

	static final int MAX_STREAMS = 5;

	// What the older names lead to. Whatever else becomes of a connection was an update.
	private static final Map<String, String> LEGACY_KINDS = Map.of("connection.connected", "connection_created",
			"connection.disconnected", "connection_deleted", "connection.changed", "connection_updated",
			"connection.status_changed", "connection_updated", "connection.needs_reauth", "connection_updated",
			"connection.error", "connection_updated");

	private final Guard guard;

	private final Clock clock;

	private final Duration heartbeat;

	private final int streamBuffer;

	private final Deque<Entry> history = new ArrayDeque<>();

	private final Set<EventStream> streams = new LinkedHashSet<>();

	private final List<Consumer<PlatformEvent>> listeners = new ArrayList<>();

	private boolean legacyAliases;

	private long lastBlock;

	private long lastEvent;

	private @Nullable Refusal rejection;

	private EventStream.@Nullable Drip drip;

	private int dropAfter = EventStream.NEVER;

	private int overflows;

	EventLog(Guard guard, Clock clock, Duration heartbeat, int streamBuffer, boolean legacyAliases) {
		this.guard = guard;
		this.clock = clock;
		this.heartbeat = heartbeat;
		this.streamBuffer = streamBuffer;
		this.legacyAliases = legacyAliases;
	}

	void legacyAliases(boolean legacyAliases) {
		this.guard.run(() -> this.legacyAliases = legacyAliases);
	}

	PlatformEvent emit(String kind, Map<String, ?> fields) {
		if (kind.isEmpty() || kind.chars().anyMatch((character) -> character < ' ')) {
			throw new IllegalArgumentException("A kind is a word on a line of its own");
		}
		return this.guard.get(() -> {
			Instant at = this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
			String id = "evt_" + (++this.lastEvent);
			Map<String, @Nullable Object> payload = Json.object("id", id, "at", at.toString(), "kind", kind);
			payload.putAll(fields);
			Block block = block(kind, payload);
			PlatformEvent event = new PlatformEvent(String.valueOf(block.id), String.valueOf(payload.get("id")), at,
					kind, Json.MAPPER.valueToTree(payload));
			Entry entry = new Entry(block, alias(kind, payload));
			this.history.add(entry);
			if (this.history.size() > REPLAYED) {
				this.history.remove();
			}
			this.streams.forEach((stream) -> entry.sendTo(stream, 0));
			this.listeners.forEach((listener) -> listener.accept(event));
			return event;
		});
	}

	private @Nullable Block alias(String kind, Map<String, @Nullable Object> payload) {
		String legacyKind = LEGACY_KINDS.get(kind);
		if (legacyKind == null || !this.legacyAliases) {
			return null;
		}
		Map<String, @Nullable Object> aliased = new LinkedHashMap<>(payload);
		aliased.put("kind", legacyKind);
		return block(legacyKind, aliased);
	}

	private Block block(String kind, Map<String, @Nullable Object> payload) {
		long id = ++this.lastBlock;
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.writeBytes("id: %d\nevent: %s\ndata: ".formatted(id, kind).getBytes(StandardCharsets.UTF_8));
		bytes.writeBytes(Json.write(payload));
		bytes.writeBytes("\n\n".getBytes(StandardCharsets.UTF_8));
		return new Block(id, bytes.toByteArray());
	}

	/**
	 * Begin a stream.
	 * @param lastEventId the last block the reader has, if it has any
	 * @param key the key it was opened with
	 * @throws Refusal if no stream is given
	 */
	EventStream open(@Nullable String lastEventId, String key) {
		return this.guard.get(() -> {
			if (this.rejection != null) {
				throw this.rejection;
			}
			if (this.streams.size() >= MAX_STREAMS) {
				throw new Refusal(429, "rate_limit_sse_streams",
						"There are %d event streams open for this application already".formatted(MAX_STREAMS));
			}
			EventStream stream = new EventStream(this.guard, this.streamBuffer, this.heartbeat, key, this::closed,
					this::fired);
			stream.drip(this.drip);
			stream.dropAfter(this.dropAfter);
			long last = replayFrom(lastEventId);
			this.history.forEach((entry) -> entry.sendTo(stream, last));
			this.streams.add(stream);
			return stream;
		});
	}

	/**
	 * Return after which block a stream begins. An id that was never given out says
	 * nothing about what its reader missed, so nothing is replayed to it.
	 */
	private long replayFrom(@Nullable String lastEventId) {
		try {
			long last = Long.parseLong(Objects.requireNonNullElse(lastEventId, ""));
			return (last >= 0) ? last : Long.MAX_VALUE;
		}
		catch (NumberFormatException ex) {
			return Long.MAX_VALUE;
		}
	}

	private void closed(EventStream stream) {
		this.guard.run(() -> {
			if (this.streams.remove(stream) && stream.isOverflowed()) {
				this.overflows++;
			}
		});
	}

	private void fired() {
		this.dropAfter = EventStream.NEVER;
	}

	void onEvent(Consumer<PlatformEvent> listener) {
		this.guard.run(() -> this.listeners.add(listener));
	}

	int openStreams() {
		return this.guard.get(this.streams::size);
	}

	int overflows() {
		return this.guard.get(() -> this.overflows);
	}

	void awaitStreams(int count, Duration timeout) {
		this.guard.await(timeout, () -> this.streams.size() == count,
				() -> "Expected %d open event streams, but there were %d".formatted(count, this.streams.size()));
	}

	void awaitDrained(Duration timeout) {
		this.guard.await(timeout, () -> this.streams.stream().allMatch(EventStream::isDrained),
				() -> "Expected everything to be sent to %d open event streams".formatted(this.streams.size()));
	}

	void redeliver(int events) {
		this.guard.run(() -> {
			List<Entry> entries = new ArrayList<>(this.history);
			entries.subList(Math.max(0, entries.size() - events), entries.size())
				.forEach((entry) -> this.streams.forEach((stream) -> entry.sendTo(stream, 0)));
		});
	}

	void sendRaw(byte[] bytes) {
		each((stream) -> stream.sendRaw(bytes));
	}

	void forgetHistory() {
		this.guard.run(this.history::clear);
	}

	void reject(@Nullable Refusal rejection) {
		this.guard.run(() -> this.rejection = rejection);
	}

	void drip(EventStream.@Nullable Drip drip) {
		this.guard.run(() -> {
			this.drip = drip;
			this.streams.forEach((stream) -> stream.drip(drip));
		});
	}

	void dropAfter(int events) {
		this.guard.run(() -> {
			this.dropAfter = events;
			this.streams.forEach((stream) -> stream.dropAfter(events));
		});
	}

	void each(Consumer<EventStream> action) {
		this.guard.run(() -> new ArrayList<>(this.streams).forEach(action));
	}

	void endStreamsOf(Predicate<String> key) {
		each((stream) -> {
			if (key.test(stream.key())) {
				stream.end();
			}
		});
	}

	/**
	 * An event as one block or, with its older name, two.
	 */
	private record Entry(Block block, @Nullable Block alias) {

		void sendTo(EventStream stream, long after) {
			if (this.block.id > after) {
				stream.sendEvent(this.block.bytes);
			}
			if (this.alias != null && this.alias.id > after) {
				stream.sendAlias(this.alias.bytes);
			}
		}

	}

	private record Block(long id, byte[] bytes) {

	}

}
