package run.vendo.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import run.vendo.connection.Connection;
import run.vendo.connection.ConnectionStatus;
import run.vendo.http.VendoJson;

/**
 * Where a stream has got to: its last id, what it has delivered lately and how the
 * connections stood then. Another stream can go on from it, once the first has ended.
 * <p>
 * What was handed to the next in line counts as delivered, also while it waits in a
 * buffer there.
 *
 * @since 0.1.0
 * @see EventStreamOptions#withCursor(EventCursor)
 */
public final class EventCursor {

	/** Ten times what the platform can replay. */
	private static final int REMEMBERED = 1000;

	private final Set<String> delivered = new HashSet<>();

	private final Deque<String> deliveredInOrder = new ArrayDeque<>();

	private final Map<Key, Known> connections = new HashMap<>();

	/** Those of them that are gone, the oldest first. */
	private final Set<Key> gone = new LinkedHashSet<>();

	private volatile String lastEventId;

	private volatile @Nullable Duration retry;

	/**
	 * Whether it is known how the connections stood, so that a difference means
	 * something.
	 */
	private boolean complete;

	private long sequence;

	private EventCursor(String lastEventId) {
		this.lastEventId = lastEventId;
	}

	/**
	 * Return a cursor that nothing has gone before.
	 * @return a new cursor
	 */
	public static EventCursor create() {
		return new EventCursor("");
	}

	/**
	 * Return a cursor that begins after an event.
	 * @param lastEventId the stream's id after that event, or {@code null} for the
	 * present
	 * @return a new cursor
	 */
	public static EventCursor after(@Nullable String lastEventId) {
		return new EventCursor((lastEventId != null) ? lastEventId : "");
	}

	/**
	 * Return the stream's id after the last block.
	 * @return the id; empty when the stream has none
	 */
	public String lastEventId() {
		return this.lastEventId;
	}

	void lastEventId(String lastEventId) {
		this.lastEventId = lastEventId;
	}

	@Nullable Duration retry() {
		return this.retry;
	}

	void retry(Duration retry) {
		this.retry = retry;
	}

	synchronized boolean isComplete() {
		return this.complete;
	}

	/**
	 * Return how many connections are kept in mind, those that are gone included.
	 */
	synchronized int known() {
		return this.connections.size();
	}

	/**
	 * Return a number that grows with every event, to tell afterwards which came since.
	 */
	synchronized long sequence() {
		return this.sequence;
	}

	/**
	 * Return whether an event was delivered already, under whatever name.
	 */
	synchronized boolean isRepeated(VendoEvent event) {
		return event.id() != null && this.delivered.contains(event.id());
	}

	/**
	 * Remember an event that is delivered.
	 */
	synchronized void deliver(VendoEvent event) {
		this.sequence++;
		this.lastEventId = event.lastEventId();
		String id = event.id();
		if (id != null && this.delivered.add(id)) {
			this.deliveredInOrder.addLast(id);
			if (this.deliveredInOrder.size() > REMEMBERED) {
				this.delivered.remove(this.deliveredInOrder.removeFirst());
			}
		}
		if (event instanceof ConnectionEvent connectionEvent) {
			remember(connectionEvent);
		}
	}

	private void remember(ConnectionEvent event) {
		Key key = new Key(event.slug(), text(event, "connection_id"));
		Key unnamed = new Key(event.slug(), null);
		if (key.id() == null) {
			List<Key> candidates = live(event.slug());
			if (candidates.size() > 1) {
				// Nobody can tell which one is meant: the next comparison will.
				return;
			}
			key = candidates.isEmpty() ? unnamed : candidates.get(0);
		}
		Known before = this.connections.get(key);
		if (key.id() != null) {
			// It has a name now. What stays behind without one would be taken for gone.
			Known nameless = remove(unnamed);
			if (before == null || (nameless != null && !before.isLive())) {
				before = nameless;
			}
		}
		put(key, ((before != null) ? before : Known.NOTHING).after(event, this.sequence));
	}

	private void put(Key key, Known known) {
		this.connections.put(key, known);
		this.gone.remove(key);
		if (!known.isLive()) {
			this.gone.add(key);
			if (this.gone.size() > REMEMBERED) {
				remove(this.gone.iterator().next());
			}
		}
	}

	private @Nullable Known remove(Key key) {
		this.gone.remove(key);
		return this.connections.remove(key);
	}

	private List<Key> live(String slug) {
		return this.connections.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().slug().equals(slug) && entry.getValue().isLive())
			.map(Map.Entry::getKey)
			.toList();
	}

	private static @Nullable String text(VendoEvent event, String field) {
		JsonNode value = event.data().path(field);
		return value.isString() ? value.stringValue() : null;
	}

	/**
	 * Compare the connections with what is known of them. What differs is known once it
	 * is {@link #deliver(VendoEvent) delivered}.
	 * @param present the connections as they are
	 * @param asOf the {@link #sequence()} before they were read: what an event said since
	 * then is newer, or will be followed by one that is
	 * @return what must have happened; nothing where nothing was known before
	 */
	synchronized List<VendoEvent> compare(List<Connection> present, long asOf) {
		Map<String, Map<Key, Known>> now = new TreeMap<>();
		this.connections.keySet().forEach((key) -> now.putIfAbsent(key.slug(), new LinkedHashMap<>()));
		for (Connection connection : present) {
			Known known = Known.of(connection);
			Map<Key, Known> ofSlug = now.computeIfAbsent(connection.slug(), (slug) -> new LinkedHashMap<>());
			if (known.isLive()) {
				ofSlug.putIfAbsent(new Key(connection.slug(), connection.id()), known);
			}
		}
		List<VendoEvent> differences = new ArrayList<>();
		now.forEach((slug, after) -> compare(slug, after, asOf, differences));
		this.complete = true;
		return differences;
	}

	private void compare(String slug, Map<Key, Known> after, long asOf, List<VendoEvent> differences) {
		Map<Key, Known> before = new TreeMap<>();
		this.connections.forEach((key, known) -> {
			if (key.slug().equals(slug)) {
				before.put(key, known);
			}
		});
		Map<Key, Key> pairs = pairs(before, after);
		boolean anyStays = before.entrySet()
			.stream()
			.anyMatch((entry) -> entry.getValue().isLive() && pairs.containsValue(entry.getKey()));
		// First what is gone, so that who looks at the provider alone ends with the rest.
		before.forEach((key, known) -> {
			if (pairs.containsValue(key) || known.sequence() > asOf) {
				return;
			}
			if (known.isLive() && (key.id() != null || after.isEmpty())) {
				differences.add(event(EventKind.CONNECTION_DISCONNECTED, key, Known.NOTHING));
			}
			else if (known.touched() <= asOf) {
				remove(key);
				if (after.isEmpty()) {
					put(new Key(slug, null), Known.NOTHING);
				}
			}
		});
		after.forEach((key, known) -> {
			Key formerKey = pairs.get(key);
			Known former = (formerKey != null) ? before.get(formerKey) : null;
			if (formerKey == null || former == null) {
				// Another one beside those that are known is news only when all were.
				if (this.complete || (!before.isEmpty() && !anyStays)) {
					differences.add(event(kind(known.status()), key, known));
				}
				else {
					put(key, known);
				}
				return;
			}
			if (former.sequence() > asOf) {
				return;
			}
			EventKind difference = difference(former, known, asOf);
			if (difference != null) {
				differences.add(event(difference, key, known));
			}
			else if (former.touched() <= asOf) {
				remove(formerKey);
				put(key, known);
			}
		});
	}

	/**
	 * Return which of the present connections is which of those that are known: the one
	 * with the same id, else one that has no id. Another id is another connection: who
	 * keeps count of each has to hear that the former is gone.
	 */
	private static Map<Key, Key> pairs(Map<Key, Known> before, Map<Key, Known> after) {
		Map<Key, Key> pairs = new HashMap<>();
		List<Key> left = new ArrayList<>();
		before.forEach((key, known) -> {
			if (after.containsKey(key)) {
				pairs.put(key, key);
			}
			else if (key.id() == null) {
				left.add(key);
			}
		});
		for (Key key : after.keySet()) {
			if (!pairs.containsKey(key) && !left.isEmpty()) {
				pairs.put(key, left.remove(0));
			}
		}
		return pairs;
	}

	private static @Nullable EventKind difference(Known former, Known known, long asOf) {
		if (!former.status().equals(known.status())) {
			return kind(known.status());
		}
		if (former.touched() > asOf) {
			return null;
		}
		if (differ(former.message(), known.message()) && known.status().equals(ConnectionStatus.ERROR)) {
			return EventKind.CONNECTION_ERROR;
		}
		return (former.isRenewedBy(known) || differ(former.message(), known.message())) ? EventKind.CONNECTION_CHANGED
				: null;
	}

	// What was not said is no difference.
	private static boolean differ(@Nullable Object one, @Nullable Object other) {
		return one != null && other != null && !one.equals(other);
	}

	private static EventKind kind(ConnectionStatus status) {
		if (status.equals(ConnectionStatus.CONNECTED)) {
			return EventKind.CONNECTION_CONNECTED;
		}
		if (status.equals(ConnectionStatus.AVAILABLE)) {
			return EventKind.CONNECTION_DISCONNECTED;
		}
		if (status.equals(ConnectionStatus.NEEDS_REAUTH)) {
			return EventKind.CONNECTION_NEEDS_REAUTH;
		}
		return status.equals(ConnectionStatus.ERROR) ? EventKind.CONNECTION_ERROR : EventKind.CONNECTION_STATUS_CHANGED;
	}

	private VendoEvent event(EventKind kind, Key key, Known known) {
		ObjectNode data = VendoJson.MAPPER.createObjectNode();
		data.put("kind", kind.value()).put("slug", key.slug()).put("status", known.status().value());
		if (key.id() != null) {
			data.put("connection_id", key.id());
		}
		if (known.connectedAt() != null) {
			data.put("connected_at", known.connectedAt().toString());
		}
		if (known.message() != null) {
			data.put("message", known.message());
		}
		return EventDecoder.decode(new EventEnvelope(kind, null, data, VendoJson.MAPPER.writeValueAsBytes(data),
				this.lastEventId, this.retry, true));
	}

	@Override
	public String toString() {
		return "EventCursor[lastEventId=" + this.lastEventId + "]";
	}

	/**
	 * Which connection: a provider may have several.
	 *
	 * @param slug the provider
	 * @param id the id of the connection, or {@code null}
	 */
	private record Key(String slug, @Nullable String id) implements Comparable<Key> {

		private static final Comparator<Key> ORDER = Comparator.comparing(Key::slug)
			.thenComparing((key) -> (key.id() != null) ? key.id() : "");

		@Override
		public int compareTo(Key other) {
			return ORDER.compare(this, other);
		}

	}

	/**
	 * How a connection stands.
	 *
	 * @param status its status; a provider that is not listed is available
	 * @param message what is wrong with it in the words of the list, or {@code null}
	 * @param connectedAt when consent was given, or {@code null} when that is not known
	 * @param heardAt when the last event about it happened by the platform's clock, or
	 * {@code null} when there was none since a comparison, or it did not say
	 * @param sequence which event last said how it stands
	 * @param touched which event last said anything about it
	 */
	private record Known(ConnectionStatus status, @Nullable String message, @Nullable Instant connectedAt,
			@Nullable Instant heardAt, long sequence, long touched) {

		/** An event and the consent it is about are not written down at one instant. */
		private static final Duration TOLERANCE = Duration.ofSeconds(1);

		static final Known NOTHING = new Known(ConnectionStatus.AVAILABLE, null, null, null, 0, 0);

		static Known of(Connection connection) {
			return new Known(connection.status(), connection.errorMessage(), connection.connectedAt(), null, 0, 0);
		}

		boolean isLive() {
			return !this.status.equals(ConnectionStatus.AVAILABLE);
		}

		// An event may word a failure differently, and may be the renewal of a consent:
		// only what was made up from the list can be compared with the next list.
		Known after(ConnectionEvent event, long sequence) {
			String message = event.isResynchronized() ? text(event, "message") : null;
			String consent = event.isResynchronized() ? text(event, "connected_at") : null;
			Instant connectedAt = (consent != null) ? Instant.parse(consent) : null;
			Instant heardAt = event.isResynchronized() ? null : event.at();
			ConnectionStatus now = status(event);
			return (now != null) ? new Known(now, message, connectedAt, heardAt, sequence, sequence)
					// It does not say how the connection stands: that may still have to
					// be found out.
					: new Known(this.status, message, connectedAt, heardAt, this.sequence, sequence);
		}

		/**
		 * Return whether another consent was given since.
		 */
		boolean isRenewedBy(Known other) {
			if (this.connectedAt != null || this.heardAt == null) {
				return differ(this.connectedAt, other.connectedAt);
			}
			return other.connectedAt != null
					&& Duration.between(this.heardAt, other.connectedAt).compareTo(TOLERANCE) > 0;
		}

		private static @Nullable ConnectionStatus status(ConnectionEvent event) {
			if (event instanceof ConnectionConnected) {
				return ConnectionStatus.CONNECTED;
			}
			if (event instanceof ConnectionDisconnected) {
				return ConnectionStatus.AVAILABLE;
			}
			if (event instanceof ConnectionNeedsReauth) {
				return ConnectionStatus.NEEDS_REAUTH;
			}
			if (event instanceof ConnectionError) {
				return ConnectionStatus.ERROR;
			}
			return (event instanceof ConnectionStatusChanged changed) ? changed.status() : null;
		}

	}

}
