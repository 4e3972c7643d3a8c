package run.vendo.event;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

import run.vendo.VendoClient;
import run.vendo.event.FakePlatform.LiveBody;
import run.vendo.event.FakePlatform.Request;

import org.springframework.http.client.reactive.ClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Half an hour in which everything goes wrong that can: 100,000 events, 500 faults.
 */
class EventStreamStormTests {

	private static final int EVENTS = 100_000;

	private static final int FAULTS = 500;

	private static final int SEEDS = 20;

	private static final int LULL = 1000;

	private static final Duration STEP = Duration.ofMinutes(30).dividedBy(EVENTS);

	private static final String[] SLUGS = { "slack", "github", "notion", "gmail", "openai", "stripe", "linear", "jira",
			"figma", "asana" };

	/** Those that have more than one connection. */
	private static final Map<String, Integer> SEVERAL = Map.of("slack", 3, "github", 2, "notion", 4);

	/** What is closer together than that cannot be told apart. */
	private static final Duration TOLERANCE = Duration.ofSeconds(1);

	@Test
	void whenEverythingGoesWrongThenListenersEndWithThePlatformsState() throws Exception {
		// Storms share nothing, and time stands still in each unless it is moved.
		ExecutorService executor = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
		try {
			List<Future<?>> storms = new ArrayList<>();
			for (long seed = 1; seed <= SEEDS; seed++) {
				long ofThisOne = seed;
				storms.add(executor.submit(() -> storm(ofThisOne)));
			}
			for (Future<?> storm : storms) {
				storm.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static void storm(long seed) {
		Storm storm = new Storm(seed);
		try (VendoClient client = storm.platform.client()) {
			client.reactive()
				.events()
				.subscribe(EventStreamOptions.defaults()
					.withMaxReconnects(EventStreamOptions.UNLIMITED)
					.withBackoff(Duration.ofMillis(200), Duration.ofSeconds(2))
					.withIdleTimeout(Duration.ofSeconds(2)))
				.subscribe(storm.reader);
			storm.rage();
			assertThat(storm.reader.end).as("end, seed %d", seed).isNull();
			assertThat(storm.reader.disorder).as("disorder, seed %d", seed).isEmpty();
			BitSet expected = new BitSet();
			expected.set(0, storm.produced);
			expected.andNot(storm.lost);
			assertThat(storm.reader.delivered).as("every event that could be replayed, seed %d", seed)
				.isEqualTo(expected);
			// Else the storm was none.
			assertThat(storm.platform.streams).hasSizeGreaterThan(200);
			assertThat(storm.lost.cardinality()).isGreaterThan(100);
			assertThat(storm.reader.resynchronized).isPositive();
			assertThat(storm.reader.renewed).isPositive();
			assertThat(storm.reader.premature).as("made up ahead of what led up to it, seed %d", seed).isZero();
			assertThat(storm.reader.repeated).isZero();
		}
	}

	private static final class Storm {

		private final FakePlatform platform = new FakePlatform();

		private final long seed;

		private final Random random;

		private final Reader reader;

		private final Deque<Sent> history = new ArrayDeque<>();

		private final BitSet lost = new BitSet();

		/** The connections there are, by provider and id. */
		private final Map<String, Present> connections = new TreeMap<>();

		/** The ids of those that took the place of others. */
		private final Map<String, String> ids = new TreeMap<>();

		private int epoch = 1;

		private int produced;

		/** How many of them the last answer with the connections knew of. */
		private int listed;

		private @Nullable LiveBody body;

		/** Whether the server believes in a connection that is none any more. */
		private boolean deaf;

		private long downUntil;

		private int errors;

		private long listBrokenUntil;

		Storm(long seed) {
			this.seed = seed;
			this.random = new Random(seed);
			this.reader = new Reader(this);
			this.platform.random = 0.5;
			this.platform.otherwise(this::connect);
			this.platform.list(this::list);
		}

		void rage() {
			int[] faults = this.random.ints(FAULTS, 0, EVENTS).sorted().toArray();
			int next = 0;
			while (this.produced < EVENTS) {
				int burst = Math.min(1 + this.random.nextInt(8), EVENTS - this.produced);
				this.platform.advance(STEP.multipliedBy(burst));
				StringBuilder text = new StringBuilder(burst * 256);
				for (int i = 0; i < burst; i++) {
					text.append(happen());
				}
				write(text.toString());
				while (next < FAULTS && faults[next] < this.produced) {
					fault();
					next++;
				}
				if (this.produced % LULL < burst) {
					calm();
				}
			}
			calm();
			assertThat(next).isEqualTo(FAULTS);
		}

		// Nothing happens for a while, but the server lives: then everybody agrees.
		void calm() {
			this.downUntil = 0;
			this.errors = 0;
			this.listBrokenUntil = 0;
			for (int i = 0; i < 20; i++) {
				this.platform.advanceSeconds(1);
				write(": ping\n\n");
			}
			Map<String, String> statuses = new TreeMap<>();
			this.connections.forEach((key, present) -> statuses.put(key, present.status()));
			assertThat(this.reader.view)
				.as("how the connections stand after %d events, seed %d", this.produced, this.seed)
				.isEqualTo(statuses);
			this.connections.forEach((key, present) -> assertThat(this.reader.heard.get(key).plus(TOLERANCE))
				.as("what was heard of %s since its consent, after %d events, seed %d", key, this.produced, this.seed)
				.isAfterOrEqualTo(present.connectedAt()));
		}

		private String happen() {
			int number = this.produced++;
			String slug = SLUGS[this.random.nextInt(SLUGS.length)];
			int several = SEVERAL.getOrDefault(slug, 1);
			String place = (several > 1) ? slug + "_" + this.random.nextInt(several) : slug;
			String connection = this.ids.getOrDefault(place, "cn_" + place);
			StringBuilder text = new StringBuilder(256);
			String id = this.epoch + "-" + number;
			switch (this.random.nextInt(10)) {
				case 0, 1 -> connection(text, id, number, slug, connection, "connection.connected", "connected");
				case 2 -> {
					connection(text, id, number, slug, connection, "connection.disconnected", null);
					if (several > 1) {
						// What takes its place is another connection.
						this.ids.put(place, "cn_" + place + "_" + number);
					}
				}
				case 3 -> connection(text, id, number, slug, connection, "connection.needs_reauth", "needs_reauth");
				case 4 -> {
					// An error does not say which connection it is about.
					String kind = (several > 1) ? "connection.status_changed" : "connection.error";
					connection(text, id, number, slug, connection, kind, "error");
				}
				case 5 -> connection(text, id, number, slug, connection, "connection.status_changed",
						this.random.nextBoolean() ? "revoked" : "pending_setup");
				case 6 -> connection(text, id, number, slug, connection, "connection.changed", null);
				default -> block(text, id, "billing.usage_recorded", number, "billing.usage_recorded",
						"\"provider\":\"openai\",\"micros\":12");
			}
			Sent sent = new Sent(number, text.toString());
			this.history.add(sent);
			if (this.history.size() > 100) {
				this.history.remove();
			}
			return sent.text();
		}

		private void connection(StringBuilder text, String id, int number, String slug, String connection, String kind,
				@Nullable String status) {
			String key = slug + "/" + connection;
			Instant now = Instant.ofEpochMilli(this.platform.now());
			if (kind.equals("connection.disconnected")) {
				this.connections.remove(key);
			}
			else if (status != null) {
				Present before = this.connections.get(key);
				Instant consent = (before != null && !status.equals("connected")) ? before.connectedAt() : now;
				this.connections.put(key, new Present(slug, connection, status, consent));
			}
			String fields = "\"at\":\"" + now + "\",\"slug\":\"" + slug + "\""
					+ (kind.equals("connection.error") ? "" : ",\"connection_id\":\"" + connection + "\"")
					+ ((status != null) ? ",\"status\":\"" + status + "\"" : "");
			String former = switch (kind) {
				case "connection.connected" -> "connection_created";
				case "connection.disconnected" -> "connection_deleted";
				default -> "connection_updated";
			};
			boolean formerFirst = this.random.nextBoolean();
			if (formerFirst) {
				block(text, id, former, number, kind, fields);
			}
			block(text, id, kind, number, kind, fields);
			if (!formerFirst && this.random.nextBoolean()) {
				block(text, id, former, number, kind, fields);
			}
		}

		private static void block(StringBuilder text, String id, String name, int number, String kind, String fields) {
			text.append("id: ").append(id).append("\nevent: ").append(name).append("\ndata: {\"id\":\"evt_");
			text.append(number).append("\",\"kind\":\"").append(kind).append("\",").append(fields).append("}\n\n");
		}

		private void write(String text) {
			LiveBody body = this.body;
			if (body != null && !this.deaf) {
				int cut = (this.random.nextInt(10) == 0) ? this.random.nextInt(text.length()) : 0;
				if (cut > 0) {
					body.offer(text.substring(0, cut));
				}
				body.offer(text.substring(cut));
			}
		}

		private void fault() {
			switch (this.random.nextInt(9)) {
				case 0 -> drop(null);
				case 1 -> drop(new IOException("Connection reset by peer"));
				case 2 -> {
					// In the middle of a block.
					write("id: 9-9\nevent: connection.connected\ndata: {\"id\":\"evt_none\"");
					drop(null);
				}
				case 3 -> this.deaf = true;
				case 4 -> {
					this.errors = 1 + this.random.nextInt(3);
					drop(null);
				}
				case 5 -> {
					Sent[] sent = this.history.stream()
						.filter((candidate) -> !this.lost.get(candidate.number()))
						.toArray(Sent[]::new);
					for (int i = this.random.nextInt(5); i >= 0 && sent.length > 0; i--) {
						write(sent[this.random.nextInt(sent.length)].text());
					}
				}
				case 6 -> restart(false);
				case 7 -> restart(true);
				default -> {
					this.listBrokenUntil = this.platform.now() + this.random.nextInt(5000);
					drop(null);
				}
			}
		}

		private void restart(boolean forget) {
			if (forget) {
				this.history.clear();
				this.epoch++;
			}
			this.downUntil = this.platform.now() + this.random.nextInt(3000);
			drop(null);
		}

		private void drop(@Nullable Throwable failure) {
			LiveBody body = this.body;
			this.body = null;
			if (body != null && !this.deaf) {
				body.finish(failure);
			}
		}

		private Mono<ClientHttpResponse> connect(Request request) {
			if (this.platform.now() < this.downUntil) {
				return FakePlatform.refused();
			}
			if (this.errors > 0) {
				this.errors--;
				return Mono.just(FakePlatform.answer(500 + this.random.nextInt(5)));
			}
			LiveBody body = new LiveBody();
			this.body = body;
			this.deaf = false;
			String lastEventId = request.lastEventId();
			if (lastEventId != null) {
				replay(body, lastEventId);
			}
			return Mono.just(FakePlatform.stream(body.flux()));
		}

		private void replay(LiveBody body, String lastEventId) {
			int dash = lastEventId.indexOf('-');
			int last = Integer.parseInt(lastEventId.substring(dash + 1));
			boolean known = Integer.parseInt(lastEventId.substring(0, dash)) == this.epoch
					|| this.history.stream().anyMatch((sent) -> sent.number() == last);
			BitSet replayed = new BitSet();
			if (known || this.random.nextBoolean()) {
				for (Sent sent : this.history) {
					if (!known || sent.number() > last) {
						body.offer(sent.text());
						replayed.set(sent.number());
					}
				}
			}
			for (int i = Math.max(0, last - 1000); i < this.produced; i++) {
				if (!replayed.get(i) && !this.reader.delivered.get(i)) {
					this.lost.set(i);
				}
			}
		}

		private Mono<ClientHttpResponse> list() {
			if (this.platform.now() < this.listBrokenUntil) {
				return Mono.just(FakePlatform.answer(503));
			}
			int delay = this.random.nextInt(3);
			if (delay == 0) {
				this.listed = this.produced;
				return Mono.just(FakePlatform.listOf(listed()));
			}
			// Read at some point between question and answer.
			String early = listed();
			int asked = this.produced;
			return Mono.delay(Duration.ofMillis(this.random.nextInt(400)), this.platform.time).map((tick) -> {
				this.listed = (delay == 1) ? asked : this.produced;
				return FakePlatform.listOf((delay == 1) ? early : listed());
			});
		}

		private String listed() {
			List<String> entries = new ArrayList<>();
			this.connections.values()
				.forEach((present) -> entries
					.add("{\"id\":\"%s\",\"slug\":\"%s\",\"status\":\"%s\",\"connected_at\":\"%s\"}"
						.formatted(present.id(), present.slug(), present.status(), present.connectedAt())));
			for (String slug : SLUGS) {
				if (this.connections.keySet().stream().noneMatch((key) -> key.startsWith(slug + "/"))) {
					entries.add("{\"id\":null,\"slug\":\"%s\",\"status\":\"available\"}".formatted(slug));
				}
			}
			return String.join(",", entries);
		}

	}

	/**
	 * How a connection stands on the platform.
	 */
	private record Present(String slug, String id, String status, Instant connectedAt) {

	}

	/**
	 * One block of the server, or two under both names.
	 */
	private record Sent(int number, String text) {

	}

	/**
	 * An application: its view of the connections is what the events told it.
	 */
	private static final class Reader extends BaseSubscriber<VendoEvent> {

		private final Storm storm;

		private final Random random = new Random(42);

		private final Map<String, String> view = new TreeMap<>();

		/** What is known of each to be as new as that. */
		private final Map<String, Instant> heard = new TreeMap<>();

		private final BitSet delivered = new BitSet();

		private final StringBuilder disorder = new StringBuilder();

		private int last = -1;

		private int repeated;

		private int resynchronized;

		private int renewed;

		/** When a state was made up, by the number of the next event. */
		private final Map<String, Integer> madeUp = new TreeMap<>();

		private int premature;

		private int open;

		private @Nullable String end;

		Reader(Storm storm) {
			this.storm = storm;
		}

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			this.open = 10;
			request(10);
		}

		@Override
		protected void hookOnNext(VendoEvent event) {
			if (event.isResynchronized()) {
				this.resynchronized++;
			}
			else {
				count(event);
			}
			if (event instanceof ConnectionEvent connection) {
				String key = key(connection);
				hear(key, connection);
				if (!(event instanceof ConnectionChanged)) {
					watch(key, connection);
				}
				look(key, connection);
			}
			if (--this.open == 0) {
				askForMore();
			}
		}

		private static String key(ConnectionEvent event) {
			return event.slug() + "/" + event.data().path("connection_id").asString("cn_" + event.slug());
		}

		private void hear(String key, ConnectionEvent event) {
			String consent = event.data().path(event.isResynchronized() ? "connected_at" : "at").asString("");
			if (!consent.isEmpty()) {
				this.heard.put(key, Instant.parse(consent));
			}
			if (event.isResynchronized() && event instanceof ConnectionChanged) {
				this.renewed++;
			}
		}

		private void look(String key, ConnectionEvent event) {
			if (event instanceof ConnectionConnected) {
				this.view.put(key, "connected");
			}
			else if (event instanceof ConnectionDisconnected) {
				this.view.remove(key);
			}
			else if (event instanceof ConnectionNeedsReauth) {
				this.view.put(key, "needs_reauth");
			}
			else if (event instanceof ConnectionError) {
				this.view.put(key, "error");
			}
			else if (event instanceof ConnectionStatusChanged changed) {
				this.view.put(key, changed.status().value());
			}
		}

		// What is made up and then followed by what had happened before it is a flicker.
		private void watch(String key, ConnectionEvent event) {
			if (event.isResynchronized()) {
				// Nobody can know what will be replayed after a connection that is dead.
				if (!this.storm.deaf) {
					this.madeUp.put(key, this.storm.listed);
				}
				return;
			}
			Integer when = this.madeUp.remove(key);
			if (when != null && number(event) < when) {
				this.premature++;
			}
		}

		// A reader that is busy now and then.
		private void askForMore() {
			this.open = 1 + this.random.nextInt(60);
			if (this.random.nextInt(200) != 0) {
				request(this.open);
				return;
			}
			this.storm.platform.time.schedule(() -> request(this.open), this.random.nextInt(3000),
					TimeUnit.MILLISECONDS);
		}

		private static int number(VendoEvent event) {
			String id = event.id();
			return (id != null && id.startsWith("evt_")) ? Integer.parseInt(id.substring(4)) : -1;
		}

		private void count(VendoEvent event) {
			int number = number(event);
			if (number < 0 || event instanceof UnknownEvent) {
				this.disorder.append("unknown ").append(event.rawData()).append('\n');
				return;
			}
			if (this.delivered.get(number)) {
				this.repeated++;
			}
			if (number <= this.last) {
				this.disorder.append(number).append(" after ").append(this.last).append('\n');
			}
			this.last = Math.max(this.last, number);
			this.delivered.set(number);
		}

		@Override
		protected void hookOnComplete() {
			this.end = "completed";
		}

		@Override
		protected void hookOnError(Throwable failure) {
			this.end = failure.toString();
		}

	}

}
