package run.vendo.test;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import run.vendo.connection.ConnectionStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What comes over an event stream.
 */
@Timeout(60)
class PlatformStreamTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	private final MutableClock clock = new MutableClock("2026-05-20T12:00:00Z");

	private VendoPlatform platform = VendoPlatform.builder().clock(this.clock).start();

	@AfterEach
	void close() {
		this.platform.close();
	}

	@Test
	void shouldSendEventsAsDocumented() throws IOException {
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			assertThat(stream.status()).isEqualTo(200);
			assertThat(stream.response().headers().firstValue("Content-Type")).contains("text/event-stream");
			assertThat(stream.response().headers().firstValue("Cache-Control")).contains("no-cache");
			this.platform.connect("slack", (connection) -> connection.id("cn_1"));
			assertThat(stream.block()).containsExactly("id: 1", "event: connection.connected",
					"data: {\"id\":\"evt_1\",\"at\":\"2026-05-20T12:00:00Z\",\"kind\":\"connection.connected\","
							+ "\"slug\":\"slack\",\"connection_id\":\"cn_1\"}");
		}
		this.platform.awaitStreams(0, WAIT);
	}

	@Test
	void shouldTellOfEverythingThatHappensWithItsFields() throws IOException {
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			this.platform.connect("slack");
			this.platform.change("slack", (connection) -> connection.metadata(Map.of("a", 1)));
			this.platform.status("slack", ConnectionStatus.PENDING_SETUP);
			this.platform.needsReauth("slack");
			this.platform.error("slack", "down");
			this.platform.disconnect("slack");
			this.platform.spend("openai", 12_000_000);
			this.platform.emit("deployment.updated", Map.of());
			this.platform.emit("of.tomorrow", Map.of("x", List.of(1, 2)));
			List<String> events = new ArrayList<>();
			for (int i = 0; i < 11; i++) {
				Raw.Block block = stream.next();
				assertThat(block.data().path("kind").asString()).isEqualTo(block.event());
				assertThat(block.data().path("at").asString()).isEqualTo("2026-05-20T12:00:00Z");
				events.add(block.event() + block.data().propertyNames().stream().skip(3).toList());
			}
			assertThat(events).containsExactly("connection.connected[slug, connection_id]",
					"connection.changed[slug, connection_id]", "connection.status_changed[slug, connection_id, status]",
					"connection.needs_reauth[slug, connection_id]", "connection.error[slug, message]",
					"connection.disconnected[slug, connection_id]", "billing.usage_recorded[provider, micros]",
					"billing.balance_changed[remaining_micros]", "billing.balance_low[credits_remaining_micros]",
					"deployment.updated[]", "of.tomorrow[x]");
		}
	}

	@Test
	void whenComingBackThenGetsWhatWasMissedAndThenWhatHappens() throws IOException {
		for (int i = 0; i < 5; i++) {
			this.platform.emit("number", Map.of("n", i));
		}
		try (Raw.Stream stream = Raw.stream(this.platform, "Last-Event-ID", "2")) {
			this.platform.emit("number", Map.of("n", 5));
			assertThat(numbers(stream, 4)).containsExactly(2, 3, 4, 5);
		}
		for (String id : List.of("5", "no-number", "999", "-1")) {
			try (Raw.Stream stream = Raw.stream(this.platform, "Last-Event-ID", id)) {
				PlatformEvent next = this.platform.emit("next", Map.of());
				String expected = id.equals("5") ? "6" : next.streamId();
				assertThat(stream.next().id()).isEqualTo(expected);
			}
		}
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			PlatformEvent next = this.platform.emit("next", Map.of());
			assertThat(stream.next().id()).isEqualTo(next.streamId());
		}
	}

	@Test
	void shouldReplayTheLastHundredOnly() throws IOException {
		for (int i = 1; i <= 150; i++) {
			this.platform.emit("number", Map.of("n", i));
		}
		try (Raw.Stream stream = Raw.stream(this.platform, "Last-Event-ID", "1")) {
			this.platform.emit("number", Map.of("n", 151));
			List<Integer> numbers = numbers(stream, 101);
			assertThat(numbers).startsWith(51, 52).endsWith(150, 151).isSorted();
		}
	}

	@Test
	void whenHistoryIsForgottenThenNothingIsReplayed() throws IOException {
		this.platform.emit("number", Map.of("n", 1));
		this.platform.emit("number", Map.of("n", 2));
		this.platform.restart();
		try (Raw.Stream stream = Raw.stream(this.platform, "Last-Event-ID", "1")) {
			assertThat(numbers(stream, 1)).containsExactly(2);
		}
		this.platform.restartWithoutHistory();
		try (Raw.Stream stream = Raw.stream(this.platform, "Last-Event-ID", "1")) {
			this.platform.emit("number", Map.of("n", 3));
			assertThat(numbers(stream, 1)).containsExactly(3);
		}
	}

	@Test
	void shouldSendHeartbeats() throws IOException {
		restartWith(VendoPlatform.builder().heartbeat(Duration.ofMillis(5)));
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			for (int i = 0; i < 5; i++) {
				assertThat(stream.block()).containsExactly(": ping");
			}
		}
	}

	@Test
	void whenToldToThenSendsAHeartbeat() throws IOException {
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			this.platform.sendHeartbeat();
			assertThat(stream.block()).containsExactly(": ping");
		}
	}

	@Test
	void whenFiveAreOpenThenTheSixthIsRefusedUntilOneEnds() throws IOException {
		List<Raw.Stream> streams = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			streams.add(Raw.stream(this.platform));
		}
		assertThat(this.platform.openStreams()).isEqualTo(5);
		try (Raw.Stream refused = Raw.stream(this.platform)) {
			assertThat(refused.status()).isEqualTo(429);
			assertThat(refused.response().headers().firstValue("Vendo-Error-Code")).contains("rate_limit_sse_streams");
			assertThat(String.join("", refused.block())).contains("\"code\":\"rate_limit_sse_streams\"");
		}
		streams.remove(0).close();
		this.platform.awaitStreams(4, WAIT);
		streams.add(Raw.stream(this.platform));
		PlatformEvent event = this.platform.emit("for.all", Map.of());
		for (Raw.Stream stream : streams) {
			assertThat(stream.next().id()).isEqualTo(event.streamId());
			stream.close();
		}
	}

	@Test
	void whenLegacyAliasesAreOnThenConnectionsComeTwiceUnderOneId() throws IOException {
		this.platform.legacyAliases(true);
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			this.platform.connect("slack");
			Raw.Block event = stream.next();
			Raw.Block alias = stream.next();
			assertThat(event.event()).isEqualTo("connection.connected");
			assertThat(alias.event()).isEqualTo("connection_created");
			assertThat(alias.data().path("id")).isEqualTo(event.data().path("id"));
			assertThat(alias.id()).isNotEqualTo(event.id());
			this.platform.legacyAliases(false);
			this.platform.disconnect("slack");
			this.platform.emit("end", Map.of());
			assertThat(stream.next().event()).isEqualTo("connection.disconnected");
			assertThat(stream.next().event()).isEqualTo("end");
		}
	}

	@Test
	void whenDroppedThenEndsInTheMiddle() throws IOException {
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			this.platform.dropStreams();
			assertThatExceptionOfType(IOException.class).isThrownBy(stream::read);
		}
		this.platform.awaitStreams(0, WAIT);
		try (RawSocket socket = socket()) {
			this.platform.resetStreams();
			assertThatExceptionOfType(SocketException.class).isThrownBy(socket::read);
		}
	}

	@Test
	void whenEndedThenEndsAsHttpDoesAfterWhatWasSent() throws IOException {
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			this.platform.emit("last", Map.of());
			this.platform.endStreams();
			assertThat(stream.next().event()).isEqualTo("last");
			assertThat(stream.read()).isEqualTo(-1);
		}
		this.platform.awaitStreams(0, WAIT);
	}

	@Test
	void whenDroppedAfterSomeEventsThenThatManyCome() throws IOException {
		this.platform.dropStreamsAfter(2);
		// The JDK's client throws away what it has not handed on when a stream breaks
		// off.
		try (RawSocket socket = socket()) {
			for (int i = 1; i <= 3; i++) {
				this.platform.emit("number", Map.of("n", i));
			}
			assertThat(socket.readAll()).contains("\"n\":1", "\"n\":2")
				.doesNotContain("\"n\":3")
				.doesNotEndWith("0\r\n\r\n");
		}
		try (Raw.Stream stream = Raw.stream(this.platform, "Last-Event-ID", "2")) {
			this.platform.emit("number", Map.of("n", 4));
			assertThat(numbers(stream, 2)).containsExactly(3, 4);
		}
	}

	@Test
	void whenPausedThenNothingComesUntilResumed() throws IOException {
		restartWith(VendoPlatform.builder().heartbeat(Duration.ofMillis(1)));
		try (RawSocket paused = socket()) {
			this.platform.pauseStreams();
			this.platform.emit("kept", Map.of());
			try (RawSocket other = socket()) {
				// Hundreds of heartbeats later there is still none in the paused one:
				// what was
				// on its way is taken out first.
				for (int i = 0; i < 50; i++) {
					other.readUntil(": ping\n\n");
				}
				while (!paused.isSilent()) {
					paused.read();
				}
				for (int i = 0; i < 50; i++) {
					other.readUntil(": ping\n\n");
				}
				assertThat(paused.isSilent()).isTrue();
			}
			this.platform.resumeStreams();
			// One may have been about to be sent when the stream was paused.
			assertThat(paused.readUntil("event: kept\n").split("ping", -1)).hasSizeLessThan(3);
		}
	}

	@Test
	void whenHalfOpenThenStreamsAreForgottenAndSilent() throws IOException {
		restartWith(VendoPlatform.builder().heartbeat(Duration.ofMillis(1)));
		try (RawSocket silent = socket()) {
			this.platform.halfOpenStreams();
			this.platform.awaitStreams(0, WAIT);
			this.platform.emit("lost", Map.of());
			try (RawSocket other = socket()) {
				for (int i = 0; i < 50; i++) {
					other.readUntil(": ping\n\n");
				}
				while (!silent.isSilent()) {
					assertThat(silent.read()).isNotEqualTo(-1);
				}
				for (int i = 0; i < 50; i++) {
					other.readUntil(": ping\n\n");
				}
				assertThat(silent.isSilent()).isTrue();
			}
		}
	}

	@Test
	void whenDrippedThenEverythingComesSlowlyButWhole() throws IOException {
		this.platform.dripStreams(3, Duration.ofNanos(1));
		try (RawSocket socket = socket()) {
			this.platform.emit("dripped", Map.of("text", "é"));
			// Each piece is a chunk of three bytes, at most.
			assertThat(socket.readUntil("\r\n")).isEqualTo("3\r\n");
			assertThat(socket.readUntil("\r\n")).isEqualTo("id:\r\n");
			this.platform.stopDripping();
			this.platform.emit("whole", Map.of());
			assertThat(socket.readUntil("whole")).isNotEmpty();
		}
		this.platform.dripStreams(1, Duration.ofNanos(1));
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			this.platform.emit("dripped", Map.of("text", "é"));
			assertThat(stream.next().data().path("text").asString()).isEqualTo("é");
		}
	}

	@Test
	void whenRawBytesAreSentThenTheyComeAsTheyAre() throws IOException {
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			this.platform.sendRaw("data: half");
			this.platform.sendRaw(new byte[0]);
			this.platform.sendRaw(" and half\nretry: 10\n\n");
			assertThat(stream.block()).containsExactly("data: half and half", "retry: 10");
		}
	}

	@Test
	void whenRedeliveredThenTheSameComesAgain() throws IOException {
		this.platform.emit("number", Map.of("n", 1));
		this.platform.emit("number", Map.of("n", 2));
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			this.platform.redeliver(1);
			Raw.Block block = stream.next();
			assertThat(block.id()).isEqualTo("2");
			assertThat(block.data().path("id").asString()).isEqualTo("evt_2");
			this.platform.redeliver(100);
			assertThat(numbers(stream, 2)).containsExactly(1, 2);
		}
	}

	@Test
	void whenStreamsAreRejectedThenSaysSoUntilTheyAreAccepted() {
		this.platform.rejectStreams(429, Duration.ofSeconds(7));
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			assertThat(stream.status()).isEqualTo(429);
			assertThat(stream.response().headers().firstValue("Retry-After")).contains("7");
		}
		this.platform.rejectStreams(204);
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			assertThat(stream.status()).isEqualTo(204);
		}
		this.platform.acceptStreams();
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			assertThat(stream.status()).isEqualTo(200);
		}
	}

	@Test
	void whenKeyIsRevokedThenItsStreamsEnd() throws IOException {
		String other = "vendo_sk_" + "b".repeat(32);
		this.platform.addApiKey(other);
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			this.platform.revokeApiKey(other);
			this.platform.emit("still", Map.of());
			assertThat(stream.next().event()).isEqualTo("still");
			this.platform.revokeApiKey(this.platform.apiKey());
			assertThat(stream.read()).isEqualTo(-1);
		}
	}

	@Test
	void whenReaderIsTooSlowThenIsCutOff() throws IOException {
		restartWith(VendoPlatform.builder().streamBuffer(10));
		try (Raw.Stream stream = Raw.stream(this.platform)) {
			this.platform.pauseStreams();
			for (int i = 0; i < 11; i++) {
				this.platform.emit("number", Map.of("n", i));
			}
			this.platform.resumeStreams();
			assertThatExceptionOfType(IOException.class).isThrownBy(stream::read);
		}
		this.platform.awaitStreams(0, WAIT);
		assertThat(this.platform.overflownStreams()).isOne();
	}

	@Test
	void whenManyEmitAtOnceThenEveryStreamGetsTheSameOrderWithoutGaps() throws Exception {
		try (Raw.Stream first = Raw.stream(this.platform); Raw.Stream second = Raw.stream(this.platform)) {
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Thread thread = new Thread(() -> {
					for (int n = 0; n < 500; n++) {
						this.platform.emit("number", Map.of("n", n));
					}
				});
				threads.add(thread);
				thread.start();
			}
			for (int i = 1; i <= 2000; i++) {
				assertThat(first.next().id()).isEqualTo(String.valueOf(i));
				assertThat(second.next().id()).isEqualTo(String.valueOf(i));
			}
			for (Thread thread : threads) {
				thread.join();
			}
			this.platform.awaitDrained(WAIT);
		}
	}

	private void restartWith(VendoPlatform.Builder settings) {
		this.platform.close();
		this.platform = settings.start();
	}

	/**
	 * Open a stream and read its headers.
	 */
	private RawSocket socket() throws IOException {
		RawSocket socket = new RawSocket(this.platform.baseUrl(),
				"GET /api/deployments/me/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + this.platform.apiKey()
						+ "\r\n\r\n");
		assertThat(socket.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 OK");
		return socket;
	}

	private static List<Integer> numbers(Raw.Stream stream, int count) throws IOException {
		List<Integer> numbers = new ArrayList<>();
		while (numbers.size() < count) {
			numbers.add(stream.next().data().path("n").intValue());
		}
		return numbers;
	}

}
