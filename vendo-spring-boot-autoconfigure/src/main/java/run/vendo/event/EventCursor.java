package run.vendo.event;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

	private final Map<String, Known> connections = new HashMap<>();

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
		Known before = this.connections.getOrDefault(event.slug(), Known.NOTHING);
		this.connections.put(event.slug(), before.after(event, this.sequence));
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
		Map<String, Known> now = new LinkedHashMap<>();
		present.forEach((connection) -> now.putIfAbsent(connection.slug(), Known.of(connection)));
		List<VendoEvent> differences = new ArrayList<>();
		Set<String> slugs = new HashSet<>(this.connections.keySet());
		slugs.addAll(now.keySet());
		slugs.stream().sorted().forEach((slug) -> {
			Known before = this.connections.getOrDefault(slug, Known.NOTHING);
			Known after = now.getOrDefault(slug, Known.NOTHING);
			if (before.sequence() > asOf) {
				return;
			}
			boolean known = this.complete || this.connections.containsKey(slug);
			VendoEvent difference = known ? difference(slug, before, after, asOf) : null;
			if (difference != null) {
				differences.add(difference);
			}
			else if (before.touched() <= asOf) {
				this.connections.put(slug, after);
			}
		});
		this.complete = true;
		return differences;
	}

	private @Nullable VendoEvent difference(String slug, Known before, Known after, long asOf) {
		boolean other = before.touched() <= asOf && before.id() != null && after.id() != null
				&& !before.id().equals(after.id());
		if (before.status().equals(after.status())) {
			return other ? event(EventKind.CONNECTION_CHANGED, slug, after) : null;
		}
		return event(kind(after.status()), slug, after);
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

	private VendoEvent event(EventKind kind, String slug, Known known) {
		ObjectNode data = VendoJson.MAPPER.createObjectNode();
		data.put("kind", kind.value()).put("slug", slug).put("status", known.status().value());
		if (known.id() != null) {
			data.put("connection_id", known.id());
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
	 * How a connection stands.
	 *
	 * @param id its id, or {@code null}
	 * @param status its status; a provider that is not listed is available
	 * @param message what is wrong with it, or {@code null}
	 * @param sequence which event last said how it stands
	 * @param touched which event last said anything about it
	 */
	private record Known(@Nullable String id, ConnectionStatus status, @Nullable String message, long sequence,
			long touched) {

		static final Known NOTHING = new Known(null, ConnectionStatus.AVAILABLE, null, 0, 0);

		static Known of(Connection connection) {
			return new Known(connection.id(), connection.status(), connection.errorMessage(), 0, 0);
		}

		Known after(ConnectionEvent event, long sequence) {
			if (event instanceof ConnectionConnected connected) {
				return new Known(connected.connectionId(), ConnectionStatus.CONNECTED, null, sequence, sequence);
			}
			if (event instanceof ConnectionDisconnected) {
				return new Known(null, ConnectionStatus.AVAILABLE, null, sequence, sequence);
			}
			if (event instanceof ConnectionNeedsReauth reauth) {
				return new Known(reauth.connectionId(), ConnectionStatus.NEEDS_REAUTH, null, sequence, sequence);
			}
			if (event instanceof ConnectionStatusChanged changed) {
				return new Known(changed.connectionId(), changed.status(), null, sequence, sequence);
			}
			JsonNode sent = event.data().path("connection_id");
			String now = sent.isString() ? sent.stringValue() : this.id;
			if (event instanceof ConnectionError error) {
				return new Known(now, ConnectionStatus.ERROR, error.message(), sequence, sequence);
			}
			// It does not say how the connection stands: that may still have to be found
			// out.
			return new Known(now, this.status, this.message, this.sequence, sequence);
		}

	}

}
