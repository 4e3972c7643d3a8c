package run.vendo.event;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.VendoClient;
import run.vendo.error.AuthException;
import run.vendo.error.ErrorCode;
import run.vendo.error.ForbiddenException;
import run.vendo.error.RateLimitedException;
import run.vendo.error.ServerException;
import run.vendo.error.TransportException;
import run.vendo.error.UpstreamException;
import run.vendo.error.VendoException;
import run.vendo.event.FakePlatform.LiveBody;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.mock.http.client.reactive.MockClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for when a stream connects again, with what, and when it does not any more.
 */
class EventStreamReconnectTests {

	private static final Duration A_DAY = Duration.ofDays(1);

	private final FakePlatform platform = new FakePlatform();

	private final VendoClient client = this.platform.client();

	private final Recorder recorder = new Recorder();

	@AfterEach
	void close() {
		this.client.close();
	}

	// How often and when

	@Test
	void whenEveryReconnectFailsThenThereAreThreeAndTheStreamFails() {
		this.platform.thenSend(event(1));
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 1.0, 3.0);
		assertThat(this.recorder.seen).containsExactly("1", "failed", "completed");
		assertThat(this.recorder.failure()).isInstanceOf(TransportException.class)
			.hasMessageContaining("No connection to platform.test");
	}

	@Test
	void whenTheFirstConnectionFailsThenThereAreThreeReconnectsToo() {
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 1.0, 3.0);
		assertThat(this.recorder.seen).containsExactly("failed", "completed");
	}

	@Test
	void whenReconnectsAreUnlimitedThenTheDelayDoublesUpToItsBound() {
		subscribe(options().withMaxReconnects(EventStreamOptions.UNLIMITED));
		this.platform.advanceSeconds(250);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 63.0, 123.0, 183.0,
				243.0);
		this.platform.advance(Duration.ofDays(3));
		assertThat(this.recorder.seen).isEmpty();
		assertThat(this.platform.streams).hasSize(11 + 3 * 24 * 60);
	}

	@Test
	void whenTheBackoffIsSetThenItIsKept() {
		subscribe(options().withMaxReconnects(5).withBackoff(Duration.ofMillis(200), Duration.ofMillis(500)));
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 0.2, 0.6, 1.1, 1.6);
		assertThat(this.recorder.seen).containsExactly("failed", "completed");
	}

	@Test
	void whenThereIsJitterThenItIsAddedToTheDelay() {
		this.platform.random = 0.8;
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 1.2, 3.6);
	}

	@Test
	void whenNoReconnectIsAllowedThenTheFirstDropIsTheLast() {
		this.platform.thenSend(event(1));
		subscribe(options().withMaxReconnects(0));
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(1);
		assertThat(this.recorder.seen).containsExactly("1", "failed", "completed");
	}

	@Test
	void whenOneReconnectIsAllowedThenItsFailureIsTheEnd() {
		this.platform.thenSend(event(1)).thenSend(event(2));
		subscribe(options().withMaxReconnects(1));
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 0.0);
		assertThat(this.recorder.seen).containsExactly("1", "2", "failed", "completed");
	}

	@Test
	void whenAnEventIsReceivedThenTheCountBeginsAnew() {
		this.platform.thenSend(event(1)).thenRefuse().thenRefuse().thenSend(event(2)).thenRefuse().thenRefuse();
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 1.0, 3.0, 3.0, 4.0, 6.0);
		assertThat(this.recorder.seen).containsExactly("1", "2", "failed", "completed");
	}

	@Test
	void whenThereIsAConnectionWithoutAnEventThenTheCountGoesOn() {
		this.platform.otherwise((request) -> Mono.just(FakePlatform.stream(FakePlatform.buffers(": ping\n\n"))));
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 1.0, 3.0);
		assertThat(this.recorder.failure()).hasMessageContaining("The server ended the event stream");
	}

	@Test
	void whenTheSameEventComesAgainAndAgainThenTheCountBeginsAnewButNotTheHaste() {
		this.platform.otherwise((request) -> Mono.just(FakePlatform.stream(FakePlatform.buffers(event(1)))));
		subscribe();
		this.platform.advanceSeconds(6);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
		assertThat(this.recorder.seen).containsExactly("1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "id: s%1$d\ndata: {\"id\":\"%1$d\"}\n\n", "data: {\"x\":1}\n\n", "data: no JSON\n\n" })
	void whenEveryConnectionBringsSomethingNewAndEndsThenTheServerIsNotAskedWithoutAPause(String event) {
		this.platform.otherwise((request) -> {
			String text = event.formatted(this.platform.streams.size());
			return (this.platform.streams.size() > 1000) ? Mono.never()
					: Mono.just(FakePlatform.stream(FakePlatform.buffers(text)));
		});
		subscribe();
		this.platform.advanceSeconds(4);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0);
		assertThat(this.recorder.seen).as("still read").hasSize(7);
		assertThat(this.platform.lists).as("compared once a connection").hasSizeLessThanOrEqualTo(7);
	}

	@Test
	void whenAConnectionLivedThenTheNextIsMadeAtOnceAgain() {
		this.platform.thenSend(event(1)).thenSend(event(2)).thenSend(event(3));
		LiveBody body = this.platform.thenOpen();
		this.platform.thenSend(event(5)).thenSend(event(6));
		subscribe();
		this.platform.advanceSeconds(1);
		body.send(event(4));
		this.platform.advanceSeconds(1);
		body.end();
		this.platform.advanceSeconds(0);
		assertThat(this.platform.attempts()).startsWith(0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0);
	}

	@Test
	void whenARepeatedEventIsReceivedThenTheCountBeginsAnew() {
		this.platform.thenSend(event(1)).thenRefuse().thenRefuse().thenSend(event(1));
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 0.0, 1.0, 3.0, 4.0, 5.0, 7.0);
		assertThat(this.recorder.seen).containsExactly("1", "failed", "completed");
	}

	@Test
	void whenConnectionsLiveLongWithoutAnEventThenTheyAreFailedReconnects() {
		List<LiveBody> bodies = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			bodies.add(this.platform.thenOpen());
		}
		subscribe();
		for (LiveBody body : bodies) {
			for (int i = 0; i < 3; i++) {
				this.platform.advanceSeconds(25);
				body.send(": ping\n\n");
			}
			body.end();
			this.platform.advanceSeconds(2);
		}
		assertThat(this.platform.attempts()).containsExactly(0.0, 75.0, 153.0, 231.0);
		assertThat(this.recorder.seen).containsExactly("failed", "completed");
	}

	@Test
	void whenTheServerOnlyEverOpensThenTheStreamFails() {
		this.platform.otherwise((request) -> Mono.just(FakePlatform.stream(new LiveBody().flux())));
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 60.0, 121.0, 183.0);
		assertThat(this.recorder.failure()).isInstanceOf(TransportException.class)
			.hasMessageContaining("Nothing came from the event stream");
	}

	@Test
	void whenAConnectionBreaksThenItIsADrop() {
		LiveBody first = this.platform.thenOpen();
		LiveBody second = this.platform.thenOpen();
		subscribe();
		first.send(event(1));
		first.fail(new IOException("Connection reset by peer"));
		this.platform.advanceSeconds(0);
		second.send(event(2));
		assertThat(this.recorder.seen).containsExactly("1", "2");
		assertThat(this.recorder.news).contains("interrupted 1 0 TransportException");
	}

	@Test
	void whenServerErrorsComeThenTheyAreFailedAttempts() {
		this.platform.thenSend(event(1)).thenStatus(500).thenStatus(502).thenStatus(418);
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(4);
		assertThat(this.recorder.news).containsSubsequence("interrupted 1 0 TransportException",
				"interrupted 2 1000 ServerException", "interrupted 3 2000 UpstreamException", "failed VendoException");
	}

	@Test
	void whenTheFailureIsFinalThenItIsTheLastOne() {
		this.platform.thenSend(event(1)).thenRefuse().thenRefuse().thenStatus(500);
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.recorder.failure()).isInstanceOf(ServerException.class);
		assertThat(this.recorder.last(StreamFailed.class)).satisfies((event) -> {
			assertThat(event.kind()).isEqualTo(EventKind.STREAM_FAILED);
			assertThat(event.data().path("status").intValue()).isEqualTo(500);
			assertThat(event.id()).isNull();
		});
	}

	@Test
	void whenTheAnswerDoesNotComeThenTheAttemptFails() {
		this.platform.then((request) -> Mono.never());
		subscribe(options().withConnectTimeout(Duration.ofSeconds(7)));
		this.platform.advanceSeconds(6.9);
		assertThat(this.platform.streams).hasSize(1);
		this.platform.advanceSeconds(0.2);
		assertThat(this.platform.attempts()).containsExactly(0.0, 7.0);
		assertThat(this.recorder.news).contains("interrupted 1 0 TransportException");
	}

	@Test
	void whenAnErrorAnswerNeverEndsThenTheAttemptFails() {
		this.platform.then((request) -> stalled(500, HttpHeaders.CONTENT_TYPE, "text/plain"));
		subscribe();
		this.platform.advanceSeconds(31);
		assertThat(this.platform.streams).hasSizeGreaterThan(1);
	}

	@Test
	void whenARefusalNeverEndsThenItsStatusCounts() {
		this.platform.then((request) -> stalled(401, "Vendo-Error-Code", "app_revoked"));
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0);
		assertThat(this.recorder.failure()).isInstanceOfSatisfying(AuthException.class,
				(ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.APP_REVOKED));
	}

	@Test
	void whenAnAnswerThatAsksToWaitNeverEndsThenItWaitsAsLongAsItIsAskedTo() {
		this.platform.then((request) -> stalled(429, HttpHeaders.RETRY_AFTER, "300")).thenSend(event(1));
		subscribe();
		this.platform.advanceSeconds(310);
		assertThat(this.platform.attempts()).startsWith(0.0, 305.0);
		assertThat(this.recorder.news).startsWith("interrupted 1 300000 RateLimitedException");
	}

	@Test
	void whenAnAnswerThatIsNoStreamNeverEndsThenItIsSaidWhatItIs() {
		this.platform.then((request) -> stalled(200, HttpHeaders.CONTENT_TYPE, "text/html"));
		subscribe(options().withMaxReconnects(0));
		this.platform.advance(A_DAY);
		assertThat(this.recorder.failure().code()).isEqualTo(ErrorCode.INVALID_RESPONSE);
		assertThat(this.recorder.failure().status()).isEqualTo(200);
	}

	@Test
	void whenAnErrorBodyNeverEndsThenWhatHasComeOfItCounts() {
		String body = "{\"error\":{\"code\":\"rate_limit_sse_streams\",\"retry_after\":60}}";
		this.platform.then((request) -> stalled(429, HttpHeaders.CONTENT_TYPE, "application/json", body));
		subscribe();
		this.platform.advanceSeconds(6);
		assertThat(this.recorder.news).startsWith("interrupted 1 60000 RateLimitedException");
	}

	@Test
	void whenAnythingButTooManyStreamsAsksToWaitForeverThenItWaitsAnHour() {
		this.platform.thenStatus(503, HttpHeaders.RETRY_AFTER, "99999999");
		subscribe();
		this.platform.advance(Duration.ofMinutes(59));
		assertThat(this.platform.streams).hasSize(1);
		this.platform.advance(Duration.ofMinutes(2));
		assertThat(this.platform.streams).hasSizeGreaterThan(1);
	}

	private static Mono<ClientHttpResponse> stalled(int status, String header, String value) {
		return stalled(status, header, value, "");
	}

	private static Mono<ClientHttpResponse> stalled(int status, String header, String value, String body) {
		MockClientHttpResponse response = FakePlatform.answer(status);
		response.getHeaders().set(header, value);
		// A body comes once.
		Queue<Flux<DataBuffer>> bodies = new ConcurrentLinkedQueue<>();
		bodies.add(Flux
			.<DataBuffer>just(DefaultDataBufferFactory.sharedInstance.wrap(body.getBytes(StandardCharsets.UTF_8)))
			.concatWith(Flux.never()));
		response.setBody(Flux.defer(bodies::remove));
		return Mono.just(response);
	}

	@Test
	void whenConnectionsFollowEachOtherThenThereIsOneAtATime() {
		LiveBody first = this.platform.thenOpen();
		LiveBody second = this.platform.thenOpen();
		subscribe();
		this.platform.advanceSeconds(60);
		assertThat(first.cancelled).isTrue();
		assertThat(second.cancelled).isFalse();
		assertThat(this.platform.streams).hasSize(2);
	}

	@Test
	void whenTheServerWantsLongerDelaysThenTheFirstIsRaised() {
		this.platform.thenSend("retry: 5000\n" + event(1));
		subscribe(options().withMaxReconnects(6));
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 5.0, 10.0, 15.0, 20.0, 28.0, 44.0);
	}

	@Test
	void whenTheServerWantsAbsurdDelaysThenTheBoundHolds() {
		this.platform.thenSend("retry: 999999999999999999999\n" + event(1));
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 60.0, 120.0, 180.0);
		assertThat(this.recorder.events.get(0).retry()).isEqualTo(Duration.ofMillis(Long.MAX_VALUE));
	}

	// Final answers

	@Test
	void whenTheKeyIsRefusedThenTheStreamFailsAtOnce() {
		this.platform.thenStatus(401, "Vendo-Error-Code", "app_revoked");
		subscribe(options().withMaxReconnects(EventStreamOptions.UNLIMITED));
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(1);
		assertThat(this.recorder.seen).containsExactly("failed", "completed");
		assertThat(this.recorder.failure()).isInstanceOf(AuthException.class);
		assertThat(this.recorder.last(StreamFailed.class).data().path("code").stringValue()).isEqualTo("app_revoked");
	}

	@Test
	void whenTheKeyIsRefusedLaterThenTheStreamFailsAtOnce() {
		this.platform.thenSend(event(1)).thenStatus(403);
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(2);
		assertThat(this.recorder.seen).containsExactly("1", "failed", "completed");
		assertThat(this.recorder.failure()).isInstanceOf(ForbiddenException.class);
		assertThat(this.recorder.news).endsWith("failed ForbiddenException");
	}

	@Test
	void whenThereIsNoContentThenTheStreamEnds() {
		this.platform.thenSend(event(1)).thenStatus(204);
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(2);
		assertThat(this.recorder.seen).containsExactly("1", "completed");
		assertThat(this.recorder.news).endsWith("closed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "7", "Thu, 01 Jan 1970 00:00:07 GMT" })
	void whenThereAreTooManyStreamsThenItWaitsAsLongAsItIsAskedTo(String retryAfter) {
		this.platform.thenStatus(429, HttpHeaders.RETRY_AFTER, retryAfter).thenSend(event(1));
		subscribe();
		this.platform.advanceSeconds(7);
		assertThat(this.platform.attempts()).startsWith(0.0, 7.0);
		assertThat(this.recorder.news).startsWith("interrupted 1 7000 RateLimitedException");
	}

	@Test
	void whenThereAreTooManyStreamsAndNothingIsAskedThenItTakesTheNextStep() {
		this.platform.thenStatus(429).thenStatus(429, HttpHeaders.RETRY_AFTER, "0").thenStatus(429).thenStatus(429);
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.attempts()).containsExactly(0.0, 1.0, 2.0, 4.0);
		assertThat(this.recorder.failure()).isInstanceOf(RateLimitedException.class);
	}

	@Test
	void whenItIsAskedToWaitForeverThenItWaitsADay() {
		this.platform.thenStatus(429, HttpHeaders.RETRY_AFTER, "99999999");
		subscribe();
		this.platform.advance(A_DAY.minusMinutes(1));
		assertThat(this.platform.streams).hasSize(1);
		this.platform.advance(Duration.ofMinutes(2));
		assertThat(this.platform.streams).hasSizeGreaterThan(1);
	}

	// What counts as a stream

	@ParameterizedTest
	@ValueSource(strings = { "text/event-stream", "text/event-stream;charset=utf-8", "Text/Event-Stream",
			"TEXT/EVENT-STREAM ; charset=latin1", "text/event-stream; charset=martian", " text/event-stream" })
	void whenTheTypeIsThatOfAStreamThenItIsRead(String type) {
		this.platform.then((request) -> {
			MockClientHttpResponse response = FakePlatform.answer(200, HttpHeaders.CONTENT_TYPE, type);
			response.setBody(FakePlatform.buffers("data: {\"id\":\"ä\"}\n\n"));
			return Mono.just(response);
		});
		subscribe();
		assertThat(this.recorder.seen).startsWith("ä");
	}

	@ParameterizedTest
	@CsvSource({ "200, text/html", "200, application/json", "200, text/event-streams", "200, ",
			"201, text/event-stream", "206, text/event-stream", "200, text/plain;x=text/event-stream" })
	void whenTheAnswerIsNoStreamThenNothingInItIsReadAsEvents(int status, @Nullable String type) {
		this.platform.otherwise((request) -> {
			MockClientHttpResponse response = (type != null)
					? FakePlatform.answer(status, HttpHeaders.CONTENT_TYPE, type) : FakePlatform.answer(status);
			response.setBody(FakePlatform.buffers(event(1)));
			return Mono.just(response);
		});
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(4);
		assertThat(this.recorder.seen).containsExactly("failed", "completed");
		assertThat(this.recorder.failure()).isInstanceOf(UpstreamException.class)
			.hasMessageContaining("not text/event-stream");
	}

	@Test
	void whenTheAnswerLeadsElsewhereOnTheSameHostThenItIsFollowed() {
		this.platform.thenStatus(307, HttpHeaders.LOCATION, "/moved").thenSend(event(1));
		subscribe();
		assertThat(this.platform.streams).extracting(FakePlatform.Request::path)
			.startsWith("/api/deployments/me/events", "/moved");
		assertThat(this.recorder.seen).containsExactly("1");
	}

	@Test
	void whenTheAnswerLeadsToAnotherHostThenTheKeyDoesNotGoThere() {
		this.platform.otherwise(
				(request) -> Mono.just(FakePlatform.answer(302, HttpHeaders.LOCATION, "https://elsewhere.test/")));
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(4).allMatch((request) -> request.path().startsWith("/api/"));
	}

	// Liveness

	@Test
	void whenNothingComesForAMinuteThenItIsADrop() {
		LiveBody first = this.platform.thenOpen();
		LiveBody second = this.platform.thenOpen();
		subscribe();
		first.send(event(1));
		this.platform.advanceSeconds(59.9);
		assertThat(first.cancelled).isFalse();
		this.platform.advanceSeconds(0.1);
		assertThat(first.cancelled).isTrue();
		assertThat(this.platform.streams).hasSize(2);
		second.send(event(2));
		assertThat(this.recorder.seen).containsExactly("1", "2");
		assertThat(this.recorder.news).contains("interrupted 1 0 TransportException");
	}

	@Test
	void whenAnyByteComesThenTheConnectionLives() {
		LiveBody body = this.platform.thenOpen();
		subscribe();
		for (int i = 0; i < 100; i++) {
			this.platform.advanceSeconds(59);
			body.send(":");
		}
		assertThat(this.platform.streams).hasSize(1);
		this.platform.advanceSeconds(60);
		assertThat(this.platform.streams).hasSize(2);
	}

	@Test
	void whenTheReaderIsSlowThenTheServerDoesNotLookDead() {
		LiveBody body = this.platform.thenOpen();
		this.recorder.initialDemand = 1;
		subscribe();
		for (int i = 1; i <= 50; i++) {
			body.send(event(i));
		}
		this.platform.advance(A_DAY);
		assertThat(this.recorder.seen).containsExactly("1");
		assertThat(body.cancelled).isFalse();
		assertThat(body.requested).isLessThan(5);
		this.recorder.request(49);
		assertThat(this.recorder.seen).hasSize(50);
		this.recorder.request(1);
		// From now on somebody waits.
		this.platform.advanceSeconds(59);
		assertThat(body.cancelled).isFalse();
		this.platform.advanceSeconds(1.1);
		assertThat(body.cancelled).isTrue();
	}

	@Test
	void whenTheReaderIsSlowThenWhatWasReadBeforeADropIsDeliveredAfterIt() {
		LiveBody body = this.platform.thenOpen();
		this.recorder.initialDemand = 1;
		subscribe();
		body.send(event(1) + event(2) + event(3)).send(event(4)).send(event(5)).send(event(6));
		body.fail(new IOException("reset"));
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(1);
		for (int i = 0; i < 10; i++) {
			this.recorder.request(1);
		}
		this.platform.advanceSeconds(0);
		assertThat(this.recorder.seen).containsExactly("1", "2", "3", "4", "5", "6");
		assertThat(this.platform.streams.get(1).lastEventId()).isEqualTo("s6");
	}

	// What is sent

	@Test
	void requestSaysWhatItWants() {
		subscribe();
		FakePlatform.Request request = this.platform.streams.get(0);
		assertThat(request.method().name()).isEqualTo("GET");
		assertThat(request.path()).isEqualTo("/api/deployments/me/events");
		assertThat(request.headers().toSingleValueMap()).containsEntry("Accept", "text/event-stream")
			.containsEntry("Cache-Control", "no-cache")
			.containsEntry("Accept-Encoding", "identity")
			.containsEntry("Authorization", "Bearer " + FakePlatform.KEY)
			.containsEntry("Vendo-API-Version", "2026-05-02")
			.containsKey("User-Agent")
			.doesNotContainKey("Last-Event-ID")
			.doesNotContainKey("X-Vendo-User-JWT");
	}

	@Test
	void whenTheClientIsForAUserThenTheJwtGoesAlong() {
		subscribe(this.client.forUser("a.b.c"), options());
		assertThat(this.platform.streams.get(0).headers().getFirst("X-Vendo-User-JWT")).isEqualTo("a.b.c");
	}

	@Test
	void whenTheKeyChangesThenTheNextAttemptUsesIt() {
		LiveBody body = this.platform.thenOpen();
		this.platform.thenOpen();
		subscribe();
		this.platform.key = () -> "vendo_sk_ffffffffffffffffffffffffffffffff";
		body.end();
		this.platform.advanceSeconds(0);
		assertThat(this.platform.streams).extracting((request) -> request.headers().getFirst("Authorization"))
			.containsExactly("Bearer " + FakePlatform.KEY, "Bearer vendo_sk_ffffffffffffffffffffffffffffffff");
	}

	@Test
	void whenTheKeyCannotBeHadThenTheAttemptFails() {
		LiveBody body = this.platform.thenOpen();
		subscribe();
		this.platform.key = () -> {
			throw new IllegalStateException("the vault is locked");
		};
		body.end();
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(1);
		assertThat(this.recorder.seen).containsExactly("failed", "completed");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			id: 1\\ndata: a\\n\\n                         | 1
			id: 1\\ndata: a\\n\\nid: 2\\n\\n               | 2
			id: 1\\ndata: a\\n\\nid: 2\\ndata: b\\n         | 1
			id: 1\\ndata: a\\n\\nid\\n\\n                  |
			id: 1\\ndata: a\\n\\nid: 2\\0\\n\\n             | 1
			id: a\\u0001b\\ndata: a\\n\\n                  |
			id: a\\u007fb\\ndata: a\\n\\n                  |
			id: a b\\ndata: a\\n\\n                       | a b
			id: {\\"a\\":\\"b\\"}\\ndata: a\\n\\n             | {\\"a\\":\\"b\\"}
			retry: 0\\ndata: a\\n\\n                      |
			""")
	void lastIdIsSentBack(String stream, @Nullable String id) {
		this.platform.thenSend(unescape(stream));
		subscribe();
		this.platform.advanceSeconds(0);
		assertThat(this.platform.streams.get(1).lastEventId()).isEqualTo((id != null) ? unescape(id) : null);
	}

	@Test
	void whenTheIdIsNotAsciiThenItsBytesAreSentBack() {
		this.platform.thenSend("id: ä€😀\ndata: a\n\n");
		subscribe();
		this.platform.advanceSeconds(0);
		String sent = this.platform.streams.get(1).lastEventId();
		assertThat(sent).isNotNull();
		assertThat(new String(sent.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)).isEqualTo("ä€😀");
	}

	@Test
	void whenTheIdIsTooLongForAHeaderThenItIsNotSentBack() {
		this.platform.thenSend("id: " + "x".repeat(10_000) + "\ndata: a\n\n");
		subscribe();
		this.platform.advanceSeconds(0);
		assertThat(this.platform.streams.get(1).lastEventId()).isNull();
	}

	@Test
	void whenAttemptsFailThenTheIdIsNotForgotten() {
		this.platform.thenSend(event(1)).thenRefuse().thenStatus(500).thenSend(event(2));
		subscribe();
		this.platform.advanceSeconds(4);
		assertThat(this.platform.streams).extracting(FakePlatform.Request::lastEventId)
			.startsWith(null, "s1", "s1", "s1", "s2");
	}

	@Test
	void whenThereIsAnIdToStartFromThenItIsSentFirst() {
		this.platform.thenSend(event(8));
		subscribe(options().withLastEventId("s7"));
		this.platform.advanceSeconds(0);
		assertThat(this.platform.streams).extracting(FakePlatform.Request::lastEventId).startsWith("s7", "s8");
	}

	@Test
	void whenAnEventIsRepeatedThenItsIdCounts() {
		this.platform.thenSend(event(1)).thenSend("id: s2\ndata: {\"id\":\"1\"}\n\n");
		subscribe();
		this.platform.advanceSeconds(1);
		assertThat(this.platform.streams).extracting(FakePlatform.Request::lastEventId).startsWith(null, "s1", "s2");
	}

	@Test
	void streamsHaveConnectionsOfTheirOwn() {
		subscribe();
		assertThat(this.platform.connectors).containsExactly("vendo-events without pool");
		this.client.connections().list();
		assertThat(this.platform.connectors).containsExactly("vendo-events without pool", "vendo");
	}

	// Ends

	@Test
	void whenTheReaderCancelsThenTheConnectionIsClosedAndNothingFollows() {
		LiveBody body = this.platform.thenOpen();
		subscribe();
		body.send(event(1));
		this.recorder.cancel();
		assertThat(body.cancelled).isTrue();
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(1);
		assertThat(this.recorder.news).endsWith("closed");
	}

	@Test
	void whenTheReaderCancelsBetweenAttemptsThenNothingFollows() {
		subscribe();
		this.platform.advanceSeconds(0.5);
		this.recorder.cancel();
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(2);
	}

	@Test
	void whenTheClientIsClosedThenTheStreamEnds() {
		LiveBody body = this.platform.thenOpen();
		subscribe();
		body.send(event(1));
		this.client.close();
		assertThat(body.cancelled).isTrue();
		assertThat(this.recorder.seen).containsExactly("1", "completed");
		assertThat(this.platform.connectors).contains("vendo-events closed");
		this.platform.advance(A_DAY);
		assertThat(this.platform.streams).hasSize(1);
	}

	@Test
	void whenTheClientIsClosedBetweenAttemptsThenTheStreamEnds() {
		subscribe(options().withMaxReconnects(EventStreamOptions.UNLIMITED));
		this.platform.advanceSeconds(40);
		int attempts = this.platform.streams.size();
		this.client.close();
		this.platform.advance(A_DAY);
		assertThat(this.recorder.seen).containsExactly("completed");
		assertThat(this.platform.streams).hasSize(attempts);
	}

	// Listeners

	@Test
	void listenerIsToldHowTheStreamIsDoing() {
		LiveBody first = this.platform.thenOpen();
		this.platform.thenRefuse();
		LiveBody second = this.platform.thenOpen();
		this.platform.thenStatus(204);
		subscribe();
		first.send(": ping\n\n");
		first.end();
		this.platform.advanceSeconds(1);
		second.send(event(1));
		this.platform.advanceSeconds(0.1);
		second.end();
		this.platform.advanceSeconds(1);
		assertThat(this.recorder.news).containsExactly("connected false", "sign of life",
				"interrupted 1 0 TransportException", "interrupted 2 1000 TransportException", "connected true",
				"sign of life", "resynchronized 0", "interrupted 1 0 TransportException", "closed");
	}

	@Test
	void whenAListenerThrowsThenTheStreamGoesOn() {
		this.platform.thenSend(event(1)).thenSend(event(2));
		this.recorder.throwing = true;
		subscribe();
		this.platform.advance(A_DAY);
		assertThat(this.recorder.seen).containsExactly("1", "2", "failed", "completed");
	}

	private static String event(int number) {
		return "id: s%d\nevent: deployment.updated\ndata: {\"id\":\"%d\"}\n\n".formatted(number, number);
	}

	private static String unescape(String text) {
		return text.replace("\\u0001", "\u0001").replace("\\u007f", "\u007f").translateEscapes();
	}

	private EventStreamOptions options() {
		return EventStreamOptions.defaults().withListener(this.recorder.listener());
	}

	private void subscribe() {
		subscribe(options());
	}

	private void subscribe(EventStreamOptions options) {
		subscribe(this.client, options);
	}

	private void subscribe(VendoClient client, EventStreamOptions options) {
		client.reactive().events().subscribe(options).subscribe(this.recorder);
		this.platform.advanceSeconds(0);
	}

	/**
	 * Takes down what happens.
	 */
	private static final class Recorder extends BaseSubscriber<VendoEvent> {

		private final List<VendoEvent> events = new ArrayList<>();

		private final List<String> seen = new ArrayList<>();

		private final List<String> news = new ArrayList<>();

		private long initialDemand = Long.MAX_VALUE;

		private boolean throwing;

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			request(this.initialDemand);
		}

		@Override
		protected void hookOnNext(VendoEvent event) {
			this.events.add(event);
			this.seen
				.add((event instanceof StreamFailed) ? "failed" : (event.id() != null) ? event.id() : event.rawData());
		}

		@Override
		protected void hookOnComplete() {
			this.seen.add("completed");
		}

		@Override
		protected void hookOnError(Throwable failure) {
			this.seen.add(failure.toString());
		}

		<T> T last(Class<T> type) {
			return type.cast(this.events.get(this.events.size() - 1));
		}

		VendoException failure() {
			return last(StreamFailed.class).cause();
		}

		private void note(String news) {
			this.news.add(news);
			if (this.throwing) {
				throw new IllegalStateException("listener");
			}
		}

		EventStreamListener listener() {
			return new EventStreamListener() {

				@Override
				public void onConnected(boolean reconnected) {
					note("connected " + reconnected);
				}

				@Override
				public void onInterrupted(VendoException cause, int attempt, Duration delay) {
					note("interrupted " + attempt + " " + delay.toMillis() + " " + cause.getClass().getSimpleName());
				}

				@Override
				public void onSignOfLife() {
					note("sign of life");
				}

				@Override
				public void onResynchronized(int differences) {
					note("resynchronized " + differences);
				}

				@Override
				public void onClosed() {
					note("closed");
				}

				@Override
				public void onFailed(VendoException cause) {
					note("failed " + cause.getClass().getSimpleName());
				}

			};
		}

	}

}
