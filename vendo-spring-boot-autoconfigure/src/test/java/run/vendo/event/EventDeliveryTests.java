package run.vendo.event;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

import run.vendo.VendoClient;
import run.vendo.connection.ConnectionStatus;
import run.vendo.error.VendoException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.event.FakePlatform.LiveBody;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.mock.http.client.reactive.MockClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what is made of the blocks of a stream, what is left out and what is made up.
 */
class EventDeliveryTests {

	private final FakePlatform platform = new FakePlatform();

	private final VendoClient client = this.platform.client();

	private final List<VendoEvent> events = new ArrayList<>();

	private final List<String> news = new ArrayList<>();

	@AfterEach
	void close() {
		this.client.close();
	}

	// Kinds

	@Test
	void everyKindHasItsType() {
		LiveBody body = open();
		send(body, "connection.connected", "'slug':'slack','connection_id':'cn_1'");
		send(body, "connection.disconnected", "'slug':'slack','connection_id':'cn_1'");
		send(body, "connection.changed", "'slug':'slack'");
		send(body, "connection.status_changed", "'slug':'slack','connection_id':'cn_1','status':'pending_setup'");
		send(body, "connection.needs_reauth", "'slug':'slack','connection_id':'cn_1'");
		send(body, "connection.error", "'slug':'slack','message':'no good'");
		send(body, "billing.usage_recorded", "'provider':'openai','micros':1234567");
		send(body, "billing.balance_changed", "'remaining_micros':12500000");
		send(body, "billing.balance_low", "'credits_remaining_micros':1");
		send(body, "billing.balance_exhausted", "'x':1");
		send(body, "billing.cap_warned", "'window':'daily','pct':80.5");
		send(body, "billing.cap_tripped", "'window':'weekly'");
		send(body, "deployment.updated", "'x':1");
		assertThat(this.events).extracting((event) -> event.getClass().getSimpleName())
			.containsExactly("ConnectionConnected", "ConnectionDisconnected", "ConnectionChanged",
					"ConnectionStatusChanged", "ConnectionNeedsReauth", "ConnectionError", "UsageRecorded",
					"BalanceChanged", "BalanceLow", "BalanceExhausted", "CapWarned", "CapTripped", "DeploymentUpdated");
		assertThat((ConnectionConnected) this.events.get(0)).satisfies((event) -> {
			assertThat(event.slug()).isEqualTo("slack");
			assertThat(event.connectionId()).isEqualTo("cn_1");
		});
		assertThat(((ConnectionChanged) this.events.get(2)).connectionId()).isNull();
		assertThat(((ConnectionStatusChanged) this.events.get(3)).status()).isEqualTo(ConnectionStatus.PENDING_SETUP);
		assertThat(((ConnectionError) this.events.get(5)).message()).isEqualTo("no good");
		assertThat(((UsageRecorded) this.events.get(6)).cost()).isEqualTo(new BigDecimal("1.234567"));
		assertThat(((BalanceChanged) this.events.get(7)).remaining()).isEqualTo(new BigDecimal("12.500000"));
		assertThat(((BalanceLow) this.events.get(8)).creditsRemaining()).isEqualTo(new BigDecimal("0.000001"));
		assertThat(((CapWarned) this.events.get(10)).pct()).isEqualTo(80.5);
		assertThat(((CapTripped) this.events.get(11)).window()).isEqualTo("weekly");
	}

	@Test
	void eventSaysWhatEveryEventHas() {
		LiveBody body = open();
		body.send("retry: 2500\nid: 7\nevent: deployment.updated\n"
				+ "data: {\"id\":\"evt_1\",\ndata: \"at\":\"2026-05-20T12:00:00.5Z\",\"kind\":\"deployment.updated\"}\n\n");
		VendoEvent event = this.events.get(0);
		assertThat(event.id()).isEqualTo("evt_1");
		assertThat(event.at()).isEqualTo(Instant.parse("2026-05-20T12:00:00.5Z"));
		assertThat(event.kind()).isEqualTo(EventKind.DEPLOYMENT_UPDATED);
		assertThat(event.data().path("id").stringValue()).isEqualTo("evt_1");
		assertThat(event.rawData())
			.isEqualTo("{\"id\":\"evt_1\",\n\"at\":\"2026-05-20T12:00:00.5Z\",\"kind\":\"deployment.updated\"}");
		assertThat(event.lastEventId()).isEqualTo("7");
		assertThat(event.retry()).isEqualTo(Duration.ofMillis(2500));
		assertThat(event.isResynchronized()).isFalse();
		assertThat(event).hasToString("DeploymentUpdated[envelope=evt_1]");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-",
			textBlock = """
					deployment.updated    | {"kind":"other"}             | deployment.updated | DeploymentUpdated
					-                     | {"kind":"deployment.updated"} | deployment.updated | DeploymentUpdated
					-                     | {"x":1}                      | message            | UnknownEvent
					-                     | {"kind":7}                   | message            | UnknownEvent
					-                     | no JSON                      | message            | UnknownEvent
					thing.happened        | {"kind":"deployment.updated"} | thing.happened     | UnknownEvent
					deployment.updated    | no JSON                      | deployment.updated | UnknownEvent
					deployment.updated    | [1]                          | deployment.updated | UnknownEvent
					deployment.updated    | null                         | deployment.updated | UnknownEvent
					deployment.updated    | {}{}                         | deployment.updated | UnknownEvent
					deployment.updated    | {"a":1                       | deployment.updated | UnknownEvent
					connection.connected  | {"id":"1"}                   | connection.connected | UnknownEvent
					connection.connected  | {"slug":7}                   | connection.connected | UnknownEvent
					connection.status_changed | {"slug":"a"}             | connection.status_changed | UnknownEvent
					billing.usage_recorded | {"provider":"a","micros":"1"} | billing.usage_recorded | UnknownEvent
					billing.balance_changed | {"remaining_micros":1.5}   | billing.balance_changed | UnknownEvent
					billing.balance_changed | {"remaining_micros":99999999999999999999} | billing.balance_changed | UnknownEvent
					billing.cap_warned    | {"window":"daily"}           | billing.cap_warned | UnknownEvent
					connection_created    | {"slug":"a"}                 | connection.connected | ConnectionConnected
					connection_deleted    | {"slug":"a"}                 | connection.disconnected | ConnectionDisconnected
					connection_updated    | {"slug":"a"}                 | connection.changed | ConnectionChanged
					connection_updated    | {"slug":"a","kind":"connection.needs_reauth"} | connection.needs_reauth | ConnectionNeedsReauth
					connection_updated    | {"slug":"a","kind":"thing.happened"} | connection.changed | ConnectionChanged
					-                     | {"slug":"a","kind":"connection_created"} | connection.connected | ConnectionConnected
					""")
	void kindIsThatOfTheBlock(@Nullable String name, String data, String kind, String type) {
		LiveBody body = open();
		body.send(((name != null) ? "event: " + name + "\n" : "") + "data: " + data + "\n\n");
		assertThat(this.events).singleElement().satisfies((event) -> {
			assertThat(event.kind()).hasToString(kind);
			assertThat(event.getClass().getSimpleName()).isEqualTo(type);
			assertThat(event.rawData()).isEqualTo(data);
		});
		assertThat(this.platform.streams).hasSize(1);
		assertThat(body.cancelled).isFalse();
	}

	@Test
	void whenBytesAreNoUtf8ThenTheyAreReplaced() {
		this.platform.then((request) -> Mono.just(FakePlatform.stream(reactor.core.publisher.Flux
			.just(FakePlatform.buffer(bytes("data: {\"slug\":\"a\u00ffb\",\"kind\":\"connection.connected\"}\n\n"))))));
		subscribe(options());
		assertThat(this.events).first()
			.isInstanceOfSatisfying(ConnectionConnected.class,
					(event) -> assertThat(event.slug()).isEqualTo("a\ufffdb"));
	}

	private static byte[] bytes(String latin1) {
		return latin1.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "yesterday", "2026-05-20", "2026-05-20T12:00:00", "" })
	void whenTheTimeCannotBeReadThenThereIsNone(String at) {
		assertThat(VendoEvent.of("deployment.updated", "{\"at\":\"%s\"}".formatted(at)).at()).isNull();
	}

	@Test
	void eventThatIsMadeByHandIsLikeOneThatCame() {
		LiveBody body = open();
		body.send("event: connection.connected\ndata: {\"id\":\"1\",\"slug\":\"slack\"}\n\n");
		assertThat(this.events)
			.containsExactly(VendoEvent.of("connection.connected", "{\"id\":\"1\",\"slug\":\"slack\"}"));
	}

	// Repeats

	@ParameterizedTest
	@ValueSource(strings = { "connection_created,connection.connected", "connection.connected,connection_created",
			"connection_created,connection_created", "connection.connected,connection.changed" })
	void whenTheSameEventComesUnderTwoNamesThenItIsDeliveredOnce(String names) {
		LiveBody body = open();
		for (String name : names.split(",")) {
			body.send("event: %s\ndata: {\"id\":\"evt_1\",\"slug\":\"slack\"}\n\n".formatted(name));
		}
		assertThat(this.events).singleElement().isInstanceOf(ConnectionConnected.class);
		assertThat(this.news).containsOnlyOnce("repeated evt_1");
	}

	@Test
	void whenTheStreamsIdRepeatsThenItIsNoRepetition() {
		LiveBody body = open();
		body.send("id: 1\ndata: {\"id\":\"a\"}\n\ndata: {\"id\":\"b\"}\n\nid: 1\ndata: {\"id\":\"c\"}\n\n");
		assertThat(this.events).extracting(VendoEvent::id).containsExactly("a", "b", "c");
	}

	@Test
	void whenEventsHaveNoIdThenNoneIsARepetition() {
		LiveBody body = open();
		body.send("data: {}\n\ndata: {}\n\ndata: x\n\ndata: x\n\ndata: {\"id\":7}\n\ndata: {\"id\":7}\n\n");
		assertThat(this.events).extracting(VendoEvent::id).containsExactly(null, null, null, null, "7");
	}

	@Test
	void whenAnEventIsReplayedAfterAReconnectThenItIsDeliveredOnce() {
		this.platform.thenSend(numbered(1, 5)).thenSend(numbered(3, 8));
		LiveBody body = this.platform.thenOpen();
		subscribe(options());
		this.platform.advanceSeconds(1);
		body.send(numbered(1, 9));
		assertThat(this.events).extracting(VendoEvent::id).containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9");
	}

	@Test
	void whenManyEventsCameSinceThenARepetitionIsForgotten() {
		LiveBody body = open();
		body.send(numbered(1, 1000)).send(numbered(1, 1000));
		assertThat(this.events).hasSize(1000);
		// Memory is bounded: one more than it holds, and the first is out of it.
		body.send(numbered(1001, 1001)).send(numbered(1, 1));
		assertThat(this.events).hasSize(1002);
	}

	@Test
	void whenAnEventIsTooLargeThenItIsLeftOutAndReported() {
		LiveBody body = open(options().withMaxEventSize(1000));
		body.send("id: 1\nevent: x\ndata: " + "y".repeat(1001) + "\n\nid: 2\ndata: {\"id\":\"a\"}\n\n");
		assertThat(this.events).extracting(VendoEvent::id).containsExactly("a");
		assertThat(this.news).contains("too large x 1001");
		body.send("id: 3\ndata: " + "y".repeat(2000) + "\n\n");
		body.end();
		this.platform.advanceSeconds(0);
		assertThat(this.platform.streams.get(1).lastEventId()).isEqualTo("3");
	}

	@Test
	void whenAnEventIsJustUnderAMebibyteThenItIsDelivered() {
		LiveBody body = open();
		String padding = "y".repeat(1024 * 1024 - 9);
		for (String part : List.of("data: {\"id\":\"" + padding.substring(0, 500_000),
				padding.substring(500_000) + "\"}", "\n\n")) {
			body.send(part);
		}
		assertThat(this.events).singleElement().satisfies((event) -> assertThat(event.id()).isEqualTo(padding));
	}

	// Comparison of connections

	@Test
	void whenConnectionsChangedMeanwhileThenTheDifferencesAreDelivered() {
		set("a=connected,b=connected,c=available,d=connected,e=connected,f=connected,g=connected");
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		set("a=connected,b=available,c=connected,d=needs_reauth,e=error,f=pending_setup");
		first.end();
		this.platform.advanceSeconds(1);
		assertThat(this.events).allMatch(VendoEvent::isResynchronized)
			.extracting((event) -> event.kind() + " " + ((ConnectionEvent) event).slug())
			.containsExactly("connection.disconnected b", "connection.connected c", "connection.needs_reauth d",
					"connection.error e", "connection.status_changed f", "connection.disconnected g");
		assertThat(((ConnectionStatusChanged) this.events.get(4)).status()).isEqualTo(ConnectionStatus.PENDING_SETUP);
		assertThat(((ConnectionConnected) this.events.get(1)).connectionId()).isEqualTo("cn_c");
		assertThat(this.news).contains("resynchronized 6");
		second.end();
		this.platform.thenOpen();
		this.platform.advanceSeconds(2);
		assertThat(this.events).as("nothing twice").hasSize(6);
	}

	@Test
	void whenTheStreamBeginsThenNothingIsMadeUp() {
		set("a=connected,b=error");
		LiveBody body = open();
		send(body, "deployment.updated", "'x':1");
		assertThat(this.events).hasSize(1);
		assertThat(this.platform.lists).hasSize(1);
		assertThat(this.news).noneMatch((news) -> news.startsWith("resynchronized"));
	}

	@Test
	void whenConnectionsAreReadThenEventsAreNotHeldBack() {
		Sinks.One<ClientHttpResponse> answer = Sinks.one();
		this.platform.list(answer::asMono);
		LiveBody body = open();
		send(body, "connection.connected", "'slug':'a'");
		assertThat(this.events).hasSize(1);
		answer.tryEmitValue(FakePlatform.list(java.util.Map.of("a", "available"))).orThrow();
		assertThat(this.events).as("what an event said is newer than what was read before it").hasSize(1);
	}

	@Test
	void whenAnEventComesWhileConnectionsAreReadThenItWins() {
		set("a=connected,b=connected");
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		Sinks.One<ClientHttpResponse> answer = Sinks.one();
		this.platform.list(answer::asMono);
		first.end();
		this.platform.advanceSeconds(0);
		send(second, "connection.connected", "'slug':'a','connection_id':'cn_a'");
		answer.tryEmitValue(FakePlatform.list(java.util.Map.of("a", "error", "b", "error"))).orThrow();
		this.platform.advanceSeconds(0.1);
		assertThat(this.events).extracting((event) -> event.kind() + " " + ((ConnectionEvent) event).slug())
			.containsExactly("connection.connected a", "connection.error b");
	}

	@Test
	void whenAnEventDoesNotSayHowTheConnectionStandsThenTheComparisonDoes() {
		set("a=connected");
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		Sinks.One<ClientHttpResponse> answer = Sinks.one();
		this.platform.list(answer::asMono);
		first.end();
		this.platform.advanceSeconds(0);
		send(second, "connection.changed", "'slug':'a','connection_id':'cn_new'");
		answer.tryEmitValue(FakePlatform.list(java.util.Map.of("a", "error"))).orThrow();
		this.platform.advanceSeconds(0.1);
		assertThat(this.events).extracting((event) -> event.kind().value())
			.containsExactly("connection.changed", "connection.error");
	}

	@Test
	void whenTheReplaySaysWhatChangedThenNothingIsMadeUp() {
		set("a=connected,b=connected");
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		set("a=error,b=error");
		first.end();
		this.platform.advanceSeconds(0.9);
		assertThat(this.platform.lists).hasSize(2);
		assertThat(this.events).isEmpty();
		send(second, "connection.error", "'slug':'a','connection_id':'cn_a'");
		this.platform.advanceSeconds(0.1);
		assertThat(this.events).extracting((event) -> ((ConnectionEvent) event).slug() + event.isResynchronized())
			.containsExactly("afalse", "btrue");
		this.platform.advanceSeconds(10);
		assertThat(this.events).hasSize(2);
	}

	@Test
	void whenTheReplayComesInPiecesThenNothingIsMadeUpBetweenThem() {
		set("a=connected,b=connected");
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		set("a=error,b=error");
		first.end();
		this.platform.advanceSeconds(0);
		send(second, "connection.needs_reauth", "'slug':'a','connection_id':'cn_a'");
		this.platform.advanceSeconds(0.09);
		second.send("id: x\ndata: {\"id\"");
		this.platform.advanceSeconds(0.005);
		second.send(":\"x\"}\n\n");
		this.platform.advanceSeconds(0.09);
		send(second, "connection.connected", "'slug':'a','connection_id':'cn_a'");
		send(second, "connection.error", "'slug':'a','connection_id':'cn_a'");
		assertThat(this.events).hasSize(4).noneMatch(VendoEvent::isResynchronized);
		this.platform.advanceSeconds(0.05);
		second.send(": a heartbeat is not part of it\n\n");
		this.platform.advanceSeconds(0.05);
		assertThat(this.events.stream().skip(4)).singleElement()
			.isInstanceOfSatisfying(ConnectionError.class, (error) -> assertThat(error.slug()).isEqualTo("b"));
	}

	@Test
	void whenTheReplayIsReadSlowlyThenNothingIsMadeUpInTheMiddleOfIt() {
		set("a=connected");
		LiveBody first = this.platform.thenOpen();
		LiveBody second = this.platform.thenOpen();
		List<String> taken = new ArrayList<>();
		BaseSubscriber<VendoEvent> reader = new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
				subscription.request(1);
			}

			@Override
			protected void hookOnNext(VendoEvent event) {
				taken.add(event.kind() + (event.isResynchronized() ? " made up" : ""));
			}

		};
		this.client.reactive().events().subscribe(options()).subscribe(reader);
		this.platform.advanceSeconds(0);
		set("a=error");
		first.end();
		this.platform.advanceSeconds(0);
		send(second, "connection.needs_reauth", "'slug':'a','connection_id':'cn_a'");
		second.send(numbered(100, 101));
		send(second, "connection.error", "'slug':'a','connection_id':'cn_a'");
		for (int i = 0; i < 4; i++) {
			this.platform.advanceSeconds(2);
			reader.request(1);
		}
		this.platform.advanceSeconds(2);
		assertThat(taken).containsExactly("connection.needs_reauth", "deployment.updated", "deployment.updated",
				"connection.error");
	}

	@Test
	void whenItNeverGetsQuietThenTheComparisonComesAllTheSame() {
		set("a=connected");
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		set("a=error");
		first.end();
		this.platform.advanceSeconds(0);
		for (int i = 1; i <= 199; i++) {
			second.send(numbered(i, i));
			this.platform.advanceSeconds(0.05);
		}
		assertThat(this.events).noneMatch(VendoEvent::isResynchronized);
		this.platform.advanceSeconds(0.05);
		assertThat(this.events).last().isInstanceOf(ConnectionError.class);
	}

	@Test
	void whenThereIsNoReplayThenTheComparisonDoesNotWaitForIt() {
		set("a=connected");
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		set("a=error");
		first.end();
		this.platform.advanceSeconds(0.9);
		second.send(": ping\n\n");
		assertThat(this.events).isEmpty();
		this.platform.advanceSeconds(0.1);
		assertThat(this.events).singleElement().isInstanceOf(ConnectionError.class);
	}

	@Test
	void whenConnectionsCannotBeReadThenItIsTriedAgain() {
		set("a=connected");
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		this.platform.list(FakePlatform::refused);
		first.end();
		this.platform.advanceSeconds(50);
		second.send(": ping\n\n");
		assertThat(this.events).isEmpty();
		assertThat(this.news).contains("resynchronization failed 1000", "resynchronization failed 2000",
				"resynchronization failed 4000");
		set("a=revoked");
		this.platform.list(() -> Mono.just(FakePlatform.list(this.platform.connections)));
		this.platform.advanceSeconds(40);
		assertThat(this.events).singleElement()
			.isInstanceOfSatisfying(ConnectionStatusChanged.class,
					(event) -> assertThat(event.status()).isEqualTo(ConnectionStatus.REVOKED));
		assertThat(this.platform.streams).hasSize(2);
	}

	@Test
	void whenTheConnectionIsLostThenTheReadingStopsWithIt() {
		LiveBody first = this.platform.thenOpen();
		this.platform.list(FakePlatform::refused);
		subscribe(options());
		first.end();
		this.platform.advance(Duration.ofMinutes(1));
		int lists = this.platform.lists.size();
		this.platform.advance(Duration.ofHours(5));
		assertThat(this.platform.lists).hasSize(lists);
	}

	@Test
	void whenASlugIsKnownFromAnEventThenItsChangeIsNoticedWithoutABaseline() {
		this.platform.list(FakePlatform::refused);
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		send(first, "connection.connected", "'slug':'a','connection_id':'cn_a'");
		set("a=available,b=connected");
		this.platform.list(() -> Mono.just(FakePlatform.list(this.platform.connections)));
		first.end();
		this.platform.advanceSeconds(1);
		assertThat(this.events).hasSize(2);
		assertThat(this.events.get(1)).isInstanceOf(ConnectionDisconnected.class);
		assertThat(second.cancelled).isFalse();
	}

	@Test
	void whenTheConnectionIsAnotherOneThenTheFormerIsGone() {
		set("b=connected");
		LiveBody first = open();
		this.platform.thenOpen();
		send(first, "connection.connected", "'slug':'a','connection_id':'cn_other'");
		set("a=connected,b=connected");
		first.end();
		this.platform.advanceSeconds(1);
		assertThat(this.events).hasSize(3);
		assertThat(this.events.get(1)).isInstanceOfSatisfying(ConnectionDisconnected.class,
				(event) -> assertThat(event.connectionId()).isEqualTo("cn_other"));
		assertThat(this.events.get(2)).isInstanceOfSatisfying(ConnectionConnected.class,
				(event) -> assertThat(event.connectionId()).isEqualTo("cn_a"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					cn_1=connected,cn_2=connected  |        | cn_1=connected,cn_2=needs_reauth | connection.needs_reauth cn_2
					cn_1=connected,cn_2=connected  |        | cn_2=connected                   | connection.disconnected cn_1
					cn_1=connected                 |        | cn_2=connected,cn_1=connected    | connection.connected cn_2
					cn_1=connected,cn_2=connected  |        | cn_2=error,cn_1=revoked          | connection.error cn_2,connection.status_changed cn_1
					cn_1=connected                 |        | cn_2=connected                   | connection.disconnected cn_1,connection.connected cn_2
					cn_1=connected,cn_2=connected  |        | cn_1=connected,cn_3=connected    | connection.disconnected cn_2,connection.connected cn_3
					cn_1=connected,cn_2=connected  | \"cn_2\" | cn_1=connected,cn_2=needs_reauth |
					cn_1=connected,cn_2=connected  | null   | cn_1=connected,cn_2=needs_reauth | connection.needs_reauth cn_2
					cn_1=connected                 | null   | cn_1=needs_reauth                |
					""")
	void whenAProviderHasSeveralConnectionsThenEachIsCompared(String before, @Nullable String reauth, String after,
			@Nullable String expected) {
		connections(before);
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		this.platform.thenOpen();
		if (reauth != null) {
			send(first, "connection.needs_reauth", "'slug':'a','connection_id':" + reauth);
			this.events.clear();
		}
		connections(after);
		first.end();
		this.platform.advanceSeconds(2);
		second.end();
		this.platform.advanceSeconds(2);
		assertThat(this.platform.lists).hasSize(3);
		assertThat(this.events.stream()
			.map((event) -> event.kind() + " " + event.data().path("connection_id").asString())
			.collect(Collectors.joining(","))).isEqualTo((expected != null) ? expected : "");
	}

	@ParameterizedTest
	@CsvSource({ "connected, connected_at, 2026-05-20T12:00:00Z, 2026-05-20T13:00:00Z, connection.changed",
			"connected, connected_at, 2026-05-20T12:00:00Z, 2026-05-20T12:00:00.000Z, ",
			"error, error_message, no quota, no access, connection.error",
			"revoked, error_message, by you, by them, connection.changed" })
	void whenMoreThanTheStatusIsAnotherThenItIsSaidOnce(String status, String field, String before, String after,
			@Nullable String expected) {
		String connection = "{\"id\":\"cn_1\",\"slug\":\"a\",\"status\":\"%s\",\"%s\":\"%s\"}";
		list(connection.formatted(status, field, before));
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		this.platform.thenOpen();
		list(connection.formatted(status, field, after));
		first.end();
		this.platform.advanceSeconds(2);
		second.end();
		this.platform.advanceSeconds(2);
		assertThat(this.platform.lists).hasSize(3);
		assertThat(this.events.stream().map((event) -> event.kind().value()).collect(Collectors.joining(",")))
			.isEqualTo((expected != null) ? expected : "");
	}

	@ParameterizedTest
	@CsvSource({ "2026-05-20T12:30:00Z, connection.changed", "2026-05-20T13:00:00Z, ", "2026-05-20T12:59:59.500Z, ",
			"2026-05-20T13:30:00Z, ", "unknown, ", "0001-01-01T00:00:00Z, connection.changed",
			"9999-12-31T23:59:59Z, " })
	void whenAConsentIsRenewedAfterTheLastEventThenTheConnectionHasChanged(String at, @Nullable String expected) {
		String connection = "{\"id\":\"cn_1\",\"slug\":\"a\",\"status\":\"connected\",\"connected_at\":\"%s\"}";
		list(connection.formatted("2026-05-20T12:00:00Z"));
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		this.platform.thenOpen();
		send(first, "connection.connected", "'slug':'a','connection_id':'cn_1','at':'" + at + "'");
		list(connection.formatted("2026-05-20T13:00:00Z"));
		first.end();
		this.platform.advanceSeconds(2);
		second.end();
		this.platform.advanceSeconds(2);
		assertThat(this.platform.lists).hasSize(3);
		assertThat(this.events.stream().skip(1).map((event) -> event.kind().value()).collect(Collectors.joining(",")))
			.isEqualTo((expected != null) ? expected : "");
	}

	@Test
	void whenConnectionsComeAndGoThenTheCursorDoesNotGrow() {
		EventCursor cursor = EventCursor.create();
		for (int i = 0; i < 10_000; i++) {
			String data = "{\"slug\":\"a\",\"connection_id\":\"cn_%d\"}".formatted(i);
			cursor.deliver(VendoEvent.of("connection.connected", data));
			cursor.deliver(VendoEvent.of("connection.disconnected", data));
		}
		cursor.deliver(VendoEvent.of("connection.connected", "{\"slug\":\"a\",\"connection_id\":\"cn_10000\"}"));
		assertThat(cursor.known()).isEqualTo(1001);
		assertThat(cursor.compare(List.of(), cursor.sequence())).singleElement()
			.isInstanceOfSatisfying(ConnectionDisconnected.class,
					(event) -> assertThat(event.connectionId()).isEqualTo("cn_10000"));
	}

	@Test
	void whenAnErrorThatNamesNoConnectionIsFollowedByOneThatDoesThenItIsAboutTheSame() {
		EventCursor cursor = EventCursor.create();
		cursor.compare(List.of(), 0);
		String data = "{\"slug\":\"a\",\"connection_id\":\"cn_1\"}";
		cursor.deliver(VendoEvent.of("connection.connected", data));
		cursor.deliver(VendoEvent.of("connection.disconnected", data));
		cursor.deliver(VendoEvent.of("connection.error", "{\"slug\":\"a\"}"));
		long asOf = cursor.sequence();
		cursor.deliver(VendoEvent.of("connection.needs_reauth", data));
		assertThat(cursor.compare(List.of(), asOf)).as("it was read before the last event").isEmpty();
	}

	@Test
	void whenAnErrorIsMadeUpThenItIsMadeUpOnce() {
		set("a=connected");
		LiveBody first = open();
		LiveBody second = this.platform.thenOpen();
		this.platform.thenOpen();
		set("a=error");
		first.end();
		this.platform.advanceSeconds(2);
		second.end();
		this.platform.advanceSeconds(2);
		assertThat(this.platform.lists).hasSize(3);
		assertThat(this.events).singleElement().isInstanceOf(ConnectionError.class);
	}

	@Test
	void whenTheReaderTakesOneDifferenceThenTheOthersAreKeptForLater() {
		EventCursor cursor = EventCursor.create();
		set("a=connected,b=connected,c=connected");
		LiveBody first = open(options().withCursor(cursor));
		first.send("id: 5\ndata: {\"id\":\"x\"}\n\n");
		this.subscription.dispose();
		set("a=available,b=available,c=available");
		this.platform.thenOpen();
		List<VendoEvent> taken = new ArrayList<>();
		this.client.reactive().events().subscribe(options().withCursor(cursor)).take(1).subscribe(taken::add);
		this.platform.advanceSeconds(1);
		this.platform.thenOpen();
		subscribe(options().withCursor(cursor));
		this.platform.advanceSeconds(1);
		assertThat(taken).extracting((event) -> ((ConnectionEvent) event).slug()).containsExactly("a");
		assertThat(this.events.stream().skip(1)).extracting((event) -> ((ConnectionEvent) event).slug())
			.containsExactly("b", "c");
	}

	// Cursors

	@Test
	void whenAnotherStreamGoesOnThenNothingIsMissedNorRepeated() {
		EventCursor cursor = EventCursor.create();
		set("a=connected");
		open(options().withCursor(cursor)).send(numbered(1, 3)).end();
		this.platform.advance(Duration.ofMinutes(10));
		assertThat(this.events).last().isInstanceOf(StreamFailed.class);
		assertThat(this.events).last().extracting(VendoEvent::lastEventId).isEqualTo("s3");
		assertThat(cursor.lastEventId()).isEqualTo("s3");
		set("a=needs_reauth");
		open(options().withCursor(cursor)).send(numbered(2, 5));
		this.platform.advanceSeconds(0.1);
		assertThat(this.platform.lastStream().lastEventId()).isEqualTo("s3");
		assertThat(this.events).extracting((event) -> (event.id() != null) ? event.id() : event.kind().value())
			.containsExactly("1", "2", "3", "stream.failed", "4", "5", "connection.needs_reauth");
	}

	@Test
	void whenACursorBeginsAfterAnEventThenThatIsSent() {
		this.platform.thenOpen();
		subscribe(options().withLastEventId("x").withCursor(EventCursor.after("s9")));
		assertThat(this.platform.lastStream().lastEventId()).isEqualTo("s9");
		assertThat(EventCursor.after(null).lastEventId()).isEmpty();
	}

	@Test
	void whenTheReaderCancelsWhileEventsComeThenTheCursorIsNotAheadOfIt() throws InterruptedException {
		for (int round = 0; round < 1500; round++) {
			FakePlatform platform = new FakePlatform();
			platform.list(Mono::never);
			LiveBody body = platform.thenOpen();
			EventCursor cursor = EventCursor.create();
			List<String> taken = new CopyOnWriteArrayList<>();
			try (VendoClient client = platform.client()) {
				Disposable reader = client.reactive()
					.events()
					.subscribe(EventStreamOptions.defaults().withCursor(cursor))
					.subscribe((event) -> taken.add(event.lastEventId()));
				platform.advanceSeconds(0);
				CountDownLatch begun = new CountDownLatch(1);
				Thread server = new Thread(() -> {
					for (int i = 0; i < 100; i++) {
						body.offer("id: %d\ndata: {\"id\":\"%d\"}\n\nid: %d+\n\n".formatted(i, i, i));
						if (i == 5) {
							begun.countDown();
						}
					}
				});
				server.start();
				begun.await();
				for (int spin = (round % 50) * 20; spin > 0; spin--) {
					Thread.onSpinWait();
				}
				reader.dispose();
				server.join();
			}
			assertThat(taken).as("round %d", round).contains(cursor.lastEventId().replace("+", ""));
		}
	}

	// Modes

	@Test
	void whenThereIsNoKeyThenItIsAVendoOnlyFeature() {
		try (VendoClient oss = VendoClient.builder()
			.environment(java.util.Map.<String, String>of()::get)
			.connectorFactory(this.platform)
			.build()) {
			assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> oss.events().subscribe())
				.withMessageContaining("events.subscribe");
			StepVerifier.create(oss.reactive().events().subscribe()).verifyError(VendoOnlyFeatureException.class);
		}
		assertThat(this.platform.connectors).isEmpty();
	}

	@Test
	void whenTheClientIsClosedThenThereIsNoStream() {
		this.client.close();
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.client.events().subscribe())
			.withMessageContaining("closed");
		assertThat(this.platform.streams).isEmpty();
	}

	private @Nullable Disposable subscription;

	private void set(String connections) {
		this.platform.connections.clear();
		for (String connection : connections.split(",")) {
			this.platform.connections.put(connection.split("=")[0], connection.split("=")[1]);
		}
	}

	private void connections(String connections) {
		list(Arrays.stream(connections.split(","))
			.map((connection) -> connection.split("="))
			.map((parts) -> "{\"id\":\"%s\",\"slug\":\"a\",\"status\":\"%s\"}".formatted(parts[0], parts[1]))
			.collect(Collectors.joining(",")));
	}

	private void list(String connections) {
		this.platform.list(() -> {
			MockClientHttpResponse response = FakePlatform.answer(200, HttpHeaders.CONTENT_TYPE, "application/json");
			response.setBody("{\"connections\":[" + connections + "]}");
			return Mono.just(response);
		});
	}

	private LiveBody open() {
		return open(options());
	}

	private LiveBody open(EventStreamOptions options) {
		LiveBody body = this.platform.thenOpen();
		subscribe(options);
		return body;
	}

	private void subscribe(EventStreamOptions options) {
		this.subscription = this.client.reactive().events().subscribe(options).subscribe(this.events::add);
		this.platform.advanceSeconds(0);
	}

	private int sent;

	private void send(LiveBody body, String kind, String fields) {
		int number = ++this.sent;
		body.send("id: %d\nevent: %s\ndata: {\"id\":\"evt_%d\",\"kind\":\"%s\",%s}\n\n".formatted(number, kind, number,
				kind, fields.replace('\'', '"')));
	}

	private static String numbered(int from, int to) {
		return IntStream.rangeClosed(from, to)
			.mapToObj((number) -> "id: s%d\nevent: deployment.updated\ndata: {\"id\":\"%d\"}\n\n".formatted(number,
					number))
			.collect(Collectors.joining());
	}

	private EventStreamOptions options() {
		return EventStreamOptions.defaults().withListener(new EventStreamListener() {

			@Override
			public void onRepeated(VendoEvent event) {
				EventDeliveryTests.this.news.add("repeated " + event.id());
			}

			@Override
			public void onTooLarge(@Nullable String kind, long bytes) {
				EventDeliveryTests.this.news.add("too large " + kind + " " + bytes);
			}

			@Override
			public void onResynchronized(int differences) {
				EventDeliveryTests.this.news.add("resynchronized " + differences);
			}

			@Override
			public void onResynchronizationFailed(VendoException cause, Duration delay) {
				EventDeliveryTests.this.news.add("resynchronization failed " + delay.toMillis());
			}

		});
	}

}
