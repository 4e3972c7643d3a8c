package run.vendo.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;

import run.vendo.ReactiveVendoClient;
import run.vendo.connection.ConnectionStatus;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.event.BalanceLow;
import run.vendo.event.ConnectionConnected;
import run.vendo.event.ConnectionDisconnected;
import run.vendo.event.ConnectionError;
import run.vendo.event.ConnectionEvent;
import run.vendo.event.ConnectionNeedsReauth;
import run.vendo.event.ConnectionStatusChanged;
import run.vendo.event.EventStream;
import run.vendo.event.EventStreamListener;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.StreamFailed;
import run.vendo.event.UnknownEvent;
import run.vendo.event.VendoEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link MockEvents} without an application.
 */
@Timeout(60)
class MockEventsTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private static final VendoException FAILURE = ErrorDetails.of(ErrorCode.APP_REVOKED).status(401).toException();

	private final MockVendoClient vendo = MockVendoClient.create();

	private final MockEvents events = this.vendo.mockEvents();

	@Test
	void whatIsEmittedReachesBothKindsOfReaderInOrder() {
		List<VendoEvent> seen = new ArrayList<>();
		Disposable reactive = this.vendo.reactive().events().subscribe().subscribe(seen::add);
		try (EventStream stream = this.vendo.events().subscribe()) {
			VendoEvent connected = this.events.connected("slack");
			VendoEvent reauth = this.events.needsReauth("slack");
			Iterator<VendoEvent> iterator = stream.iterator();
			assertThat(iterator.next()).isSameAs(connected);
			assertThat(iterator.next()).isSameAs(reauth);
			assertThat(seen).containsExactly(connected, reauth);
			assertThat(this.events.openStreams()).isEqualTo(2);
		}
		reactive.dispose();
		assertThat(this.events.openStreams()).isZero();
	}

	@Test
	void eventsAreOfTheirTypesWithWhatThePlatformSends() {
		assertThat(this.events.connected("slack")).isInstanceOfSatisfying(ConnectionConnected.class, (event) -> {
			assertThat(event.slug()).isEqualTo("slack");
			assertThat(event.connectionId()).isEqualTo("cn_slack");
			assertThat(event.at()).isNotNull();
			assertThat(event.isResynchronized()).isFalse();
		});
		assertThat(this.events.disconnected("slack")).isInstanceOf(ConnectionDisconnected.class);
		assertThat(this.events.needsReauth("slack")).isInstanceOf(ConnectionNeedsReauth.class);
		assertThat(this.events.changed("slack")).isInstanceOf(ConnectionEvent.class);
		assertThat(this.events.error("slack", "Gone")).isInstanceOfSatisfying(ConnectionError.class,
				(event) -> assertThat(event.message()).isEqualTo("Gone"));
		assertThat(this.events.statusChanged("slack", ConnectionStatus.PENDING_SETUP)).isInstanceOfSatisfying(
				ConnectionStatusChanged.class,
				(event) -> assertThat(event.status()).isEqualTo(ConnectionStatus.PENDING_SETUP));
		assertThat(this.events.emit("billing.balance_low", Map.of("credits_remaining_micros", 1_000_000L)))
			.isInstanceOf(BalanceLow.class);
		assertThat(this.events.emit("billing.balance_low", "{\"id\":\"mine\",\"credits_remaining_micros\":1}").id())
			.isEqualTo("mine");
		assertThat(this.events.emit("tomorrow.news", "not json")).isInstanceOfSatisfying(UnknownEvent.class,
				(event) -> assertThat(event.rawData()).isEqualTo("not json"));
	}

	@Test
	void everyEventHasAnIdOfItsOwn() {
		assertThat(List.of(this.events.connected("slack").id(), this.events.connected("slack").id()))
			.doesNotHaveDuplicates()
			.doesNotContainNull();
	}

	@Test
	void whatIsEmittedBeforeThereIsAReaderWaitsForIt() {
		VendoEvent event = this.events.connected("slack");
		try (EventStream stream = this.vendo.events().subscribe()) {
			assertThat(stream.iterator().next()).isSameAs(event);
		}
	}

	@Test
	void whenResetThenNothingWaits() {
		this.events.connected("slack");
		this.vendo.reset();
		try (EventStream stream = this.vendo.events().subscribe()) {
			VendoEvent event = this.events.connected("notion");
			assertThat(stream.iterator().next()).isSameAs(event);
		}
	}

	@Test
	void whenItFailsThenTheStreamEndsWithTheFailureAndAnotherCanBeOpened() {
		Told told = new Told();
		try (EventStream stream = this.vendo.events().subscribe(EventStreamOptions.defaults().withListener(told))) {
			this.events.fail(FAILURE);
			Iterator<VendoEvent> iterator = stream.iterator();
			assertThat(iterator.next()).isInstanceOfSatisfying(StreamFailed.class,
					(event) -> assertThat(event.cause()).isSameAs(FAILURE));
			assertThat(iterator.hasNext()).isFalse();
		}
		assertThat(told.news).containsExactly("connected", "failed");
		try (EventStream stream = this.vendo.events().subscribe()) {
			VendoEvent event = this.events.connected("slack");
			assertThat(stream.iterator().next()).isSameAs(event);
		}
	}

	@Test
	void whenDroppedThenTheStreamRecoversAndGoesOn() {
		Told told = new Told();
		try (EventStream stream = this.vendo.events().subscribe(EventStreamOptions.defaults().withListener(told))) {
			this.events.drop();
			VendoEvent event = this.events.connected("slack");
			assertThat(stream.iterator().next()).isSameAs(event);
			assertThat(told.news).containsExactly("connected", "interrupted", "reconnected");
		}
		assertThat(told.news).endsWith("closed");
	}

	@Test
	void usersHaveTheSameStream() {
		try (EventStream stream = this.vendo.forUser("jwt").events().subscribe()) {
			VendoEvent event = this.events.connected("slack");
			assertThat(stream.iterator().next()).isSameAs(event);
		}
	}

	@Test
	void streamsAreNotAmongTheCallsAndMeetNoFailureThatIsMeantForCalls() {
		this.vendo.failing(MockVendoApi.CONNECTIONS, ErrorCode.UPSTREAM_ERROR);
		try (EventStream stream = this.vendo.events().subscribe()) {
			VendoEvent event = this.events.connected("slack");
			assertThat(stream.iterator().next()).isSameAs(event);
			assertThat(this.vendo.calls()).isEmpty();
		}
	}

	@Test
	void inOssModeThereIsNoStream() {
		MockVendoClient oss = MockVendoClient.builder().ossMode().build();
		assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> oss.events().subscribe());
	}

	@Test
	void clientsBuiltOnTheMockReadTheSameEventsWithoutAConnection() throws InterruptedException {
		// A client compares what events say with the connections, also on a mock.
		this.vendo.withConnections("slack");
		BlockingQueue<VendoEvent> seen = new LinkedBlockingQueue<>();
		try (ReactiveVendoClient built = this.vendo.reactive().mutate().build()) {
			Disposable reader = built.events().subscribe().subscribe(seen::add);
			this.events.awaitStreams(1, SOON);
			VendoEvent first = this.events.connected("slack");
			assertThat(seen.poll(20, TimeUnit.SECONDS)).isNotNull().extracting(VendoEvent::id).isEqualTo(first.id());
			this.events.drop();
			VendoEvent second = this.events.emit("tomorrow.news", "line 1\nline 2");
			assertThat(seen.poll(20, TimeUnit.SECONDS)).isNotNull()
				.extracting(VendoEvent::rawData)
				.isEqualTo(second.rawData());
			reader.dispose();
		}
		this.events.awaitStreams(0, SOON);
	}

	@Test
	void manyThreadsEmitAndEveryReaderSeesTheSameOrder() throws InterruptedException {
		List<VendoEvent> one = new ArrayList<>();
		List<VendoEvent> other = new ArrayList<>();
		this.vendo.reactive().events().subscribe().subscribe(one::add);
		this.vendo.reactive().events().subscribe().subscribe(other::add);
		CountDownLatch done = new CountDownLatch(4);
		for (int i = 0; i < 4; i++) {
			new Thread(() -> {
				for (int j = 0; j < 500; j++) {
					this.events.changed("slack");
				}
				done.countDown();
			}).start();
		}
		assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(one).hasSize(2000).doesNotHaveDuplicates().isEqualTo(other);
	}

	@Test
	void aStreamThatIsNotOpenedInTimeIsAnError() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.events.awaitStreams(1, Duration.ofMillis(1)))
			.withMessage("Expected 1 open event streams, but there were 0");
	}

	@Test
	void whereThereAreNoListenersOneCannotWaitForThem() {
		assertThatIllegalStateException().isThrownBy(() -> this.events.awaitDelivered(SOON))
			.withMessageContaining("@AutoConfigureMockVendo");
	}

	@Test
	void blankNamesAndTerminalEventsAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.events.connected(" "));
		assertThatIllegalArgumentException().isThrownBy(() -> this.events.emit(StreamFailed.of(FAILURE)));
	}

	private static final class Told implements EventStreamListener {

		private final List<String> news = new ArrayList<>();

		@Override
		public void onConnected(boolean reconnected) {
			this.news.add(reconnected ? "reconnected" : "connected");
		}

		@Override
		public void onInterrupted(VendoException cause, int attempt, Duration delay) {
			this.news.add("interrupted");
		}

		@Override
		public void onFailed(VendoException cause) {
			this.news.add("failed");
		}

		@Override
		public void onClosed() {
			this.news.add("closed");
		}

	}

}
