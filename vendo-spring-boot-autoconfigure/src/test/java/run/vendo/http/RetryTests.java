package run.vendo.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.VendoClient;
import run.vendo.billing.Balance;
import run.vendo.error.ErrorCode;
import run.vendo.error.RateLimitedException;
import run.vendo.error.ServerException;
import run.vendo.error.SpendCapExceededException;
import run.vendo.error.TransportException.Reason;
import run.vendo.error.TransportException;
import run.vendo.error.UpstreamException;
import run.vendo.error.VendoException;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of repeats, the delays between them, and what ends them.
 */
class RetryTests extends AbstractTransportTests {

	@ParameterizedTest
	@ValueSource(ints = { 429, 500, 502, 503, 504 })
	void whenStatusMayPassShouldTryThreeTimesInAll(int status) {
		answers(status(status));
		VendoClient client = client();
		VendoException failure = failureOf(() -> client.billing().balance());
		assertThat(requests()).hasSize(3);
		assertThat(failure.attempts()).isEqualTo(3);
		assertThat(failure.status()).isEqualTo(status);
		assertThat(failure).hasMessageContaining("attempts: 3");
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 402, 403, 404, 405, 408, 409, 410, 418, 422, 425, 501, 505, 507, 529 })
	void whenStatusStaysShouldTryOnce(int status) {
		answers(status(status));
		VendoClient client = client();
		VendoException failure = failureOf(() -> client.billing().balance());
		assertThat(requests()).hasSize(1);
		assertThat(failure.attempts()).isEqualTo(1);
		assertThat(failure.getMessage()).doesNotContain("attempts");
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST", "PUT", "PATCH", "DELETE" })
	void shouldRepeatEveryMethod(String method) {
		answers(status(503), status(500), json(200, "{}"));
		client().http().exchange(HttpMethod.valueOf(method), "/api/things").toBodilessEntity();
		assertThat(requests()).hasSize(3);
	}

	@Test
	void whenRepeatedShouldSendTheSameBodyAgain() {
		answers(status(503), json(200, "{}"));
		client().http().post("/api/things").body(java.util.Map.of("name", "Zürich")).toBodilessEntity();
		assertThat(requests()).extracting((request) -> request.getBodyAsString())
			.containsExactly("{\"name\":\"Zürich\"}", "{\"name\":\"Zürich\"}");
	}

	@Test
	void shouldDoubleTheBoundOfDelaysUpToEightSeconds() {
		answers(status(503));
		VendoClient client = closing(builder().retry(RetryPolicy.defaults().withMaxAttempts(9)).build());
		failureOf(() -> client.billing().balance());
		assertThat(this.scheduler.delays()).extracting(Duration::toMillis)
			.containsExactly(125L, 250L, 500L, 1000L, 2000L, 4000L, 4000L, 4000L);
	}

	@Test
	void shouldSpreadDelaysOverTheWholeBound() {
		answers(status(503));
		double[] random = { 0, 0.999 };
		int[] drawn = { 0 };
		VendoClient client = closing(builder().random(() -> random[drawn[0]++]).build());
		failureOf(() -> client.billing().balance());
		assertThat(this.scheduler.delays()).containsExactly(Duration.ZERO, Duration.ofNanos(499_500_000));
	}

	@Test
	void shouldFollowConfiguredPolicy() {
		answers(status(503));
		VendoClient client = closing(builder()
			.retry(RetryPolicy.defaults().withMaxAttempts(4).withDelays(Duration.ofSeconds(1), Duration.ofSeconds(3)))
			.build());
		VendoException failure = failureOf(() -> client.billing().balance());
		assertThat(failure.attempts()).isEqualTo(4);
		assertThat(this.scheduler.delays()).containsExactly(Duration.ofMillis(500), Duration.ofMillis(1000),
				Duration.ofMillis(1500));
	}

	@Test
	void whenPolicyIsNoneShouldTryOnce() {
		answers(status(503));
		VendoClient client = closing(builder().retry(RetryPolicy.none()).build());
		assertThat(failureOf(() -> client.billing().balance()).attempts()).isEqualTo(1);
		assertThat(requests()).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			7                                 | 7000
			' 7 '                             | 7000
			1.5                               | 1500
			30                                | 30000
			Wed, 20 May 2026 12:00:09 GMT     | 9000
			Wednesday, 20-May-26 12:00:09 GMT | 9000
			Wed May 20 12:00:09 2026          | 9000
			""")
	void shouldWaitAsLongAsRetryAfterSays(String retryAfter, long millis) {
		answers(status(429).withHeader("Retry-After", retryAfter), json(200, BALANCE));
		client().billing().balance();
		assertThat(this.scheduler.delays()).containsExactly(Duration.ofMillis(millis));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "0", "-5", "soon", "Wed, 20 May 2026 11:59:00 GMT", "Wed, 99 May 2026 11:59:00 GMT", "NaN" })
	void whenRetryAfterSaysNothingToWaitForShouldBackOffAsUsual(String retryAfter) {
		answers(status(503).withHeader("Retry-After", retryAfter), json(200, BALANCE));
		client().billing().balance();
		assertThat(this.scheduler.delays()).containsExactly(Duration.ofMillis(125));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"error":{"code":"rate_limited","message":"Slow down","retry_after":4}}   | 4000
			{"error":{"code":"rate_limited","message":"Slow down","retry_after":"4"}} | 4000
			{"error":{"message":"Slow down","retry_after":0.5}}                       | 500
			{"message":"Slow down","retry_after":4}                                   | 4000
			""")
	void whenOnlyTheBodySaysHowLongShouldWaitThatLong(String body, long millis) {
		answers(json(429, body), json(200, BALANCE));
		client().billing().balance();
		assertThat(this.scheduler.delays()).containsExactly(Duration.ofMillis(millis));
	}

	@Test
	void whenHeaderAndBodyDifferShouldFollowTheHeader() {
		answers(json(429, "{\"error\":{\"retry_after\":9}}").withHeader("Retry-After", "3"), json(200, BALANCE));
		client().billing().balance();
		assertThat(this.scheduler.delays()).containsExactly(Duration.ofSeconds(3));
	}

	@ParameterizedTest
	@ValueSource(strings = { "31", "30.001", "99999999999999999999999", "1e400", "Wed, 20 May 2026 12:00:31 GMT",
			"Fri, 31 Dec 9999 23:59:59 GMT", "Sat Jun  6 12:00:09 2026" })
	void whenRetryAfterIsAboveTheCeilingShouldRaiseAtOnce(String retryAfter) {
		answers(status(429).withHeader("Retry-After", retryAfter));
		VendoClient client = client();
		RateLimitedException failure = failureOf(RateLimitedException.class, () -> client.billing().balance());
		assertThat(requests()).hasSize(1);
		assertThat(failure.attempts()).isEqualTo(1);
		assertThat(failure.retryAfter()).isGreaterThan(Duration.ofSeconds(30));
		assertThat(this.scheduler.delays()).isEmpty();
	}

	@Test
	void shouldFollowConfiguredCeiling() {
		answers(status(503).withHeader("Retry-After", "5"), json(200, BALANCE));
		VendoClient client = closing(
				builder().retry(RetryPolicy.defaults().withMaxRetryAfter(Duration.ofSeconds(4))).build());
		assertThat(failureOf(() -> client.billing().balance()).retryAfter()).isEqualTo(Duration.ofSeconds(5));
		assertThat(requests()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "spend_cap_daily", "spend_cap_monthly", "spend_cap_exceeded" })
	void when429IsASpendCapShouldNeverRepeat(String code) {
		answers(status(429).withHeader("Vendo-Error-Code", code).withHeader("Retry-After", "1"));
		VendoClient client = client();
		SpendCapExceededException failure = failureOf(SpendCapExceededException.class,
				() -> client.billing().balance());
		assertThat(requests()).hasSize(1);
		assertThat(failure.attempts()).isEqualTo(1);
		assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void whenSpendCapIsOnlyInTheBodyShouldNeverRepeatEither() {
		answers(json(429, "{\"error\":\"spend_cap_daily\",\"detail\":\"The daily cap of 5 USD is reached\"}"));
		VendoClient client = client();
		failureOf(SpendCapExceededException.class, () -> client.billing().balance());
		assertThat(requests()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"error\":{\"code\":\"spend_cap_daily\",\"message\":\"%s\"}}",
			"{\"error\":\"spend_cap_daily\",\"detail\":\"%s\"}",
			"{\"more\":[1,{\"a\":[]},\"x\"],\"message\":\"No\",\"code\":\"spend_cap_daily\",\"errors\":{\"a\":[\"b\",\"%s\"]}}" })
	void whenBodyOfASpendCapIsLongShouldNeverRepeatEither(String body) {
		answers(json(429, body.formatted("m".repeat(70_000))));
		VendoClient client = client();
		failureOf(SpendCapExceededException.class, () -> client.billing().balance());
		assertThat(requests()).hasSize(1);
	}

	@Test
	void whenBodyOfASpendCapBreaksShouldNeverRepeatEither() throws Exception {
		RawServer server = RawServer.start((exchange) -> {
			exchange.send("HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
					+ "Content-Length: 1000\r\n\r\n{\"error\":\"spend_cap_daily\",\"detail\":\"The daily");
			exchange.reset();
		});
		VendoClient client = client(server);
		assertThat(failureOf(SpendCapExceededException.class, () -> client.billing().balance()).attempts())
			.isEqualTo(1);
	}

	@Test
	void whenConnectionBreaksShouldRepeat() throws Exception {
		VendoClient client = client(RawServer.start((exchange) -> {
			if (exchange.number() < 3) {
				exchange.reset();
			}
			exchange.sendJson("{}");
		}));
		client.http().post("/api/things").toBodilessEntity();
		assertThat(this.scheduler.delays()).hasSize(2);
	}

	@Test
	void whenAnswerIsAnnouncedShouldNeverTakeThatForTheAnswerOrItForTheNext() {
		RawServer server = closing(RawServer.start((exchange) -> {
			String hint = (exchange.number() == 1) ? "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" : "";
			exchange.keepAlive().send(hint).sendJson("{\"number\":%d}".formatted(exchange.number()));
		}));
		VendoClient client = closing(
				builder(server.url()).connectionPool(ConnectionPool.defaults().withMaxConnections(1)).build());
		// The JDK's client waits for the answer itself.
		int first = (this.connector == Connector.JDK) ? 1 : 2;
		for (int i = 0; i < 3; i++) {
			assertThat(client.http().get("/x").retrieve(String.class))
				.isEqualTo("{\"number\":%d}".formatted(first + i));
		}
		if (this.connector == Connector.REACTOR_NETTY) {
			VendoClient hinted = client(RawServer.sending("HTTP/1.1 103 Early Hints\r\n\r\n"));
			UpstreamException failure = failureOf(UpstreamException.class, () -> hinted.billing().balance());
			assertThat(failure).hasMessageContaining("103").hasMessageContaining("early hints");
			assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_RESPONSE);
			assertThat(failure.attempts()).isEqualTo(3);
		}
	}

	@Test
	void whenFailuresDifferShouldRaiseTheLastOne() {
		answers(status(429), status(503), status(500));
		VendoClient client = client();
		assertThat(failureOf(() -> client.billing().balance())).isInstanceOf(ServerException.class)
			.extracting(VendoException::attempts)
			.isEqualTo(3);
	}

	@Test
	void whenBudgetIsSpentShouldNotRepeat() {
		answers(status(503));
		VendoClient client = closing(builder().random(() -> 0).retry(RetryPolicy.defaults().withBudget(3)).build());
		List<Integer> attempts = IntStream.range(0, 4)
			.mapToObj((call) -> failureOf(() -> client.billing().balance()).attempts())
			.toList();
		assertThat(attempts).containsExactly(3, 2, 1, 1);
	}

	@Test
	void whenTimePassesShouldEarnOneRetryASecondUpToTheBudget() {
		answers(status(503));
		VendoClient client = closing(builder().random(() -> 0).retry(RetryPolicy.defaults().withBudget(2)).build());
		assertThat(failureOf(() -> client.billing().balance()).attempts()).isEqualTo(3);
		this.scheduler.elapse(Duration.ofMillis(999));
		assertThat(failureOf(() -> client.billing().balance()).attempts()).isEqualTo(1);
		this.scheduler.elapse(Duration.ofMillis(1));
		assertThat(failureOf(() -> client.billing().balance()).attempts()).isEqualTo(2);
		this.scheduler.elapse(Duration.ofHours(1));
		assertThat(failureOf(() -> client.billing().balance()).attempts()).isEqualTo(3);
		assertThat(failureOf(() -> client.billing().balance()).attempts()).isEqualTo(1);
	}

	@Test
	void whenCallsSucceedShouldEarnRetries() {
		platform.stubFor(com.github.tomakehurst.wiremock.client.WireMock.get("/good").willReturn(json(200, "{}")));
		VendoClient client = closing(builder().random(() -> 0).retry(RetryPolicy.defaults().withBudget(1)).build());
		Runnable good = () -> client.http().get("/good").toBodilessEntity();
		platform.stubFor(com.github.tomakehurst.wiremock.client.WireMock.get("/bad").willReturn(status(503)));
		Runnable bad = () -> client.http().get("/bad").toBodilessEntity();
		assertThat(failureOf(bad).attempts()).isEqualTo(2);
		IntStream.range(0, 9).forEach((call) -> good.run());
		assertThat(failureOf(bad).attempts()).isEqualTo(1);
		good.run();
		assertThat(failureOf(bad).attempts()).isEqualTo(2);
	}

	@Test
	void whenManyCallsFailAtOnceShouldSpendTheBudgetExactly() throws Exception {
		answers(status(503));
		VendoClient client = closing(builder().random(() -> 0).retry(RetryPolicy.defaults().withBudget(10)).build());
		int callers = 40;
		CyclicBarrier together = new CyclicBarrier(callers);
		ExecutorService executor = Executors.newFixedThreadPool(callers);
		try {
			List<Future<Integer>> attempts = IntStream.range(0, callers).mapToObj((caller) -> executor.submit(() -> {
				together.await();
				return failureOf(() -> client.billing().balance()).attempts();
			})).toList();
			int sum = 0;
			for (Future<Integer> attempt : attempts) {
				sum += attempt.get();
			}
			assertThat(sum).isEqualTo(callers + 10);
			assertThat(requests()).hasSize(callers + 10);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenBudgetIsZeroShouldHaveNoLimit() {
		answers(status(503));
		VendoClient client = closing(builder().random(() -> 0).retry(RetryPolicy.defaults().withBudget(0)).build());
		IntStream.range(0, 60)
			.forEach((call) -> assertThat(failureOf(() -> client.billing().balance()).attempts()).isEqualTo(3));
	}

	@Test
	void whenClientActsForUserShouldSpendTheSameBudget() {
		answers(status(503));
		VendoClient client = closing(builder().random(() -> 0).retry(RetryPolicy.defaults().withBudget(2)).build());
		assertThat(failureOf(() -> client.forUser(JWT).billing().balance()).attempts()).isEqualTo(3);
		assertThat(failureOf(() -> client.forUser("other").billing().balance()).attempts()).isEqualTo(1);
	}

	@Test
	void whenAttemptTakesTooLongShouldRepeatAndThenRaiseTimeout() throws Exception {
		CountDownLatch arrived = new CountDownLatch(2);
		CountDownLatch first = new CountDownLatch(1);
		RawServer server = RawServer.start((exchange) -> {
			first.countDown();
			arrived.countDown();
			exchange.hang();
		});
		TestScheduler time = new TestScheduler(Duration.ofSeconds(30));
		VendoClient client = closing(builder(closing(server).url()).scheduler(time)
			.timeouts(HttpTimeouts.defaults())
			.retry(RetryPolicy.defaults().withMaxAttempts(2))
			.build());
		CompletableFuture<Balance> call = client.reactive().billing().balance().toFuture();
		first.await();
		assertThat(time.timeouts()).containsExactly(Duration.ofSeconds(30));
		time.elapse(Duration.ofSeconds(30));
		arrived.await();
		assertThat(call).isNotDone();
		time.elapse(Duration.ofSeconds(30));
		TransportException failure = transportFailureOf(call);
		assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
		assertThat(failure.attempts()).isEqualTo(2);
		assertThat(failure).hasMessageContaining("within 30000 ms").hasNoCause();
		assertThat(time.timeouts()).isEmpty();
	}

	@Test
	void whenBodyStallsShouldRaiseTimeout() throws Exception {
		CountDownLatch stalled = new CountDownLatch(1);
		RawServer server = RawServer.start((exchange) -> {
			exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"credits_remaining_micros\":1");
			stalled.countDown();
			exchange.hang();
		});
		VendoClient client = closing(builder(closing(server).url()).retry(RetryPolicy.none()).build());
		CompletableFuture<Balance> call = client.reactive().billing().balance().toFuture();
		stalled.await();
		this.scheduler.elapse(Duration.ofMinutes(5));
		assertThat(transportFailureOf(call).reason()).isEqualTo(Reason.TIMEOUT);
	}

	@Test
	void whenBytesDripWithoutEndShouldRaiseTimeoutAllTheSame() throws Exception {
		CountDownLatch dripping = new CountDownLatch(3);
		RawServer server = RawServer.start((exchange) -> {
			exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 8000000\r\n\r\n");
			while (true) {
				exchange.send(" ");
				dripping.countDown();
				Thread.yield();
			}
		});
		VendoClient client = closing(builder(closing(server).url()).retry(RetryPolicy.none())
			.timeouts(HttpTimeouts.defaults().withResponse(Duration.ofHours(1)))
			.build());
		CompletableFuture<Balance> call = client.reactive().billing().balance().toFuture();
		dripping.await();
		this.scheduler.elapse(Duration.ofHours(1));
		assertThat(transportFailureOf(call).reason()).isEqualTo(Reason.TIMEOUT);
	}

	@Test
	void whenStatusIsKnownAndItsBodyStallsShouldRaiseByStatus() throws Exception {
		RawServer server = RawServer.start((exchange) -> {
			exchange.send("HTTP/1.1 401 Unauthorized\r\nVendo-Error-Code: app_revoked\r\nX-Request-Id: req_1\r\n"
					+ "RateLimit-Remaining: 59\r\nContent-Length: 100\r\n\r\n{\"error\":");
			exchange.hang();
		});
		VendoClient client = client(server);
		CompletableFuture<Balance> call = client.reactive().billing().balance().toFuture();
		// Seen when the head has come.
		while (client.http().rateLimit().isEmpty()) {
			assertThat(Thread.currentThread().isInterrupted()).as("waited too long").isFalse();
			Thread.onSpinWait();
		}
		this.scheduler.elapse(Duration.ofMinutes(5));
		assertThat(call).failsWithin(Duration.ZERO)
			.withThrowableOfType(ExecutionException.class)
			.havingCause()
			.isInstanceOfSatisfying(run.vendo.error.AuthException.class, (failure) -> {
				assertThat(failure.status()).isEqualTo(401);
				assertThat(failure.requestId()).isEqualTo("req_1");
				assertThat(failure.attempts()).isEqualTo(1);
			});
	}

	@Test
	void whenRetryAfterIsWithinTheDeadlineShouldWait() {
		answers(status(503).withHeader("Retry-After", "20"), json(200, BALANCE));
		VendoClient client = closing(builder()
			.timeouts(HttpTimeouts.defaults().withResponse(Duration.ofMinutes(2)).withCall(Duration.ofMinutes(2)))
			.build());
		client.billing().balance();
		assertThat(this.scheduler.delays()).containsExactly(Duration.ofSeconds(20));
	}

	@Test
	void whenRetryAfterGoesBeyondTheDeadlineShouldRaiseAtOnce() {
		answers(status(503).withHeader("Retry-After", "120"), json(200, BALANCE));
		VendoClient client = closing(
				builder().retry(RetryPolicy.defaults().withMaxRetryAfter(Duration.ofHours(1))).build());
		VendoException failure = failureOf(
				() -> client.http().get("/api/tools/catalog").timeout(Duration.ofMinutes(2)).toBodilessEntity());
		assertThat(failure).isInstanceOf(UpstreamException.class);
		assertThat(failure.status()).isEqualTo(503);
		assertThat(failure.attempts()).isEqualTo(1);
		assertThat(requests()).hasSize(1);
	}

	@Test
	void whenDeadlineIsNearShouldGiveTheLastAttemptWhatIsLeft() throws Exception {
		CountDownLatch second = new CountDownLatch(1);
		RawServer server = RawServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.send(
						"HTTP/1.1 503 Unavailable\r\nRetry-After: 30\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
				return;
			}
			second.countDown();
			exchange.hang();
		});
		VendoClient client = client(server);
		CompletableFuture<String> call = client.reactive()
			.http()
			.post("/api/things")
			.timeout(Duration.ofMinutes(2))
			.retrieve(String.class)
			.toFuture();
		second.await();
		assertThat(this.scheduler.timeouts()).containsExactly(Duration.ofSeconds(90));
		this.scheduler.elapse(Duration.ofSeconds(90));
		TransportException failure = transportFailureOf(call);
		assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
		assertThat(failure.attempts()).isEqualTo(2);
	}

	@Test
	void whenTimeoutIsEndlessShouldNotOverflow() {
		answers(json(200, "{}"));
		client().http().get("/api/tools/catalog").timeout(Duration.ofSeconds(Long.MAX_VALUE)).toBodilessEntity();
		assertThat(requests()).hasSize(1);
	}

	@Test
	void whenCallsSucceedShouldShareOneTimer() {
		answers(status(503), json(200, BALANCE));
		VendoClient client = client();
		for (int i = 0; i < 10; i++) {
			client.billing().balance();
		}
		assertThat(this.scheduler.timeouts()).hasSize(1);
	}

	private static TransportException transportFailureOf(CompletableFuture<?> call) throws InterruptedException {
		try {
			call.get();
			throw new AssertionError("The call succeeded");
		}
		catch (ExecutionException ex) {
			assertThat(ex.getCause()).isInstanceOf(TransportException.class);
			return (TransportException) ex.getCause();
		}
	}

}
