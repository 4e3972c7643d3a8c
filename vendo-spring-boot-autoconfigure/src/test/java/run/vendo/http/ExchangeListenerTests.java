package run.vendo.http;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import run.vendo.VendoClient;
import run.vendo.error.ErrorCode;
import run.vendo.error.VendoException;
import run.vendo.fixture.ClosedPort;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ExchangeListener}.
 */
class ExchangeListenerTests {

	@AutoClose
	private final StubServer server = StubServer.start();

	private final List<ExchangeReport> reports = new CopyOnWriteArrayList<>();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.server.url())
		.retry(RetryPolicy.defaults().withDelays(Duration.ofMillis(1), Duration.ofMillis(1)))
		.exchangeListener(this.reports::add)
		.build();

	@Test
	void everyAttemptIsToldOnce() {
		AtomicInteger calls = new AtomicInteger();
		this.server.respond((request) -> (calls.incrementAndGet() < 3) ? Response.error(503, "upstream_error")
				: Response.json(201, "{\"balance_usd\":1}"));
		this.client.billing().cliBalance();
		assertThat(this.reports).extracting(ExchangeReport::attempt).containsExactly(1, 2, 3);
		assertThat(this.reports).extracting(ExchangeReport::status).containsExactly(503, 503, 201);
		assertThat(this.reports).extracting(ExchangeReport::isSuccess).containsExactly(false, false, true);
		assertThat(this.reports).allSatisfy((report) -> {
			assertThat(report.api()).isEqualTo("billing");
			assertThat(report.operation()).isEqualTo("cliBalance");
			assertThat(report.request()).isEqualTo("GET " + this.server.url() + "/api/cli/balance");
			assertThat(report.duration()).isPositive();
		});
		assertThat(this.reports.get(0).error().code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
	}

	@Test
	void whatItIsToldHoldsNoSecret() {
		this.server.respond((request) -> Response.json(400,
				"{\"error\":{\"message\":\"no " + TestClients.KEY + "\"},\"token\":\"s3cr3t\"}"));
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.client.forUser(TestClients.JWT)
			.http()
			.get("/x")
			.query("access_token", "s3cr3t")
			.header("X-Secret", "s3cr3t")
			.toBodilessEntity());
		assertThat(this.reports).singleElement().satisfies((report) -> {
			String all = report + report.request() + report.error().responseBody() + report.error().platformMessage();
			assertThat(all).doesNotContain("s3cr3t", TestClients.KEY, TestClients.JWT);
		});
	}

	@Test
	void whenNoAnswerComesThereIsNoStatus() {
		try (ClosedPort nobody = new ClosedPort()) {
			assertThatExceptionOfType(VendoException.class)
				.isThrownBy(() -> this.client.http().get(nobody.url() + "/x").toBodilessEntity());
		}
		assertThat(this.reports).hasSize(3).allSatisfy((report) -> {
			assertThat(report.status()).isNull();
			assertThat(report.error().transportReason()).isNotNull();
		});
	}

	@Test
	void whenAnAnswerCannotBeReadTheStatusIsThere() {
		this.server.respond((request) -> Response.json("[]"));
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.client.billing().balance());
		assertThat(this.reports).singleElement().satisfies((report) -> {
			assertThat(report.status()).isEqualTo(200);
			assertThat(report.error().code()).isEqualTo(ErrorCode.INVALID_RESPONSE);
		});
	}

	@Test
	void aCallThatIsNotSentIsNotTold() {
		assertThatExceptionOfType(VendoException.class)
			.isThrownBy(() -> this.client.http().get("/api/apps").toBodilessEntity());
		assertThat(this.reports).isEmpty();
	}

	@Test
	void whatAListenerThrowsChangesNothingAndTheNextIsToldAllTheSame() {
		this.server.respond((request) -> Response.json("{}"));
		List<ExchangeReport> next = new CopyOnWriteArrayList<>();
		try (VendoClient other = this.client.mutate().exchangeListener((report) -> {
			throw new IllegalStateException("of the test");
		}).exchangeListener(next::add).build()) {
			other.http().get("/x").toBodilessEntity();
		}
		assertThat(this.reports).hasSize(1);
		assertThat(next).hasSize(1);
	}

	@Test
	void anAssertionOfAListenerIsNotTheCallsFailure() {
		this.server.respond((request) -> Response.json("{}"));
		try (VendoClient other = this.client.mutate().exchangeListener((report) -> {
			throw new AssertionError("of the test");
		}).build()) {
			assertThat(other.http().get("/x").toBodilessEntity().getStatusCode().value()).isEqualTo(200);
			this.server.respond((request) -> Response.error(404, "provider_unknown"));
			assertThatExceptionOfType(VendoException.class).isThrownBy(() -> other.http().get("/x").toBodilessEntity())
				.satisfies((ex) -> assertThat(ex.status()).isEqualTo(404));
		}
		assertThat(this.server.count()).isEqualTo(2);
	}

	@Test
	void theUrlToConnectAtIsMaskedForListenersAndWholeForTheCaller() {
		String url = "https://vendo.run/connections/connect/slack?app_key=" + TestClients.KEY + "&state=s3cr3t";
		this.server.respond((request) -> Response.json(403,
				"{\"error\":{\"code\":\"binding_missing\",\"connect_url\":\"" + url + "\"}}"));
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.client.token("slack"))
			.satisfies((ex) -> assertThat(ex.connectUrl()).hasToString(url));
		assertThat(this.reports).singleElement()
			.satisfies((report) -> assertThat(report.error().connectUrl())
				.hasToString("https://vendo.run/connections/connect/slack?app_key=***&state=***"));
	}

	@Test
	void aStreamIsToldOnceAndItsRateLimitIsRemembered() throws Exception {
		try (RawServer raw = RawServer
			.start((exchange) -> exchange.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
					+ "RateLimit-Remaining: 7\r\nContent-Length: 100\r\n\r\n: ping\n\n"))) {
			VendoHttp http = http(raw);
			StepVerifier.create(stream(http)).verifyError(VendoException.class);
			assertThat(this.reports).singleElement().satisfies((report) -> {
				assertThat(report.isSuccess()).isTrue();
				assertThat(report.status()).isEqualTo(200);
			});
			assertThat(http.api().rateLimit().orElseThrow().remaining()).isEqualTo(7);
			http.close();
		}
	}

	@Test
	void aStreamThatHasNoContentOrCannotBeginIsToldOnce() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		try (RawServer raw = RawServer.start((exchange) -> exchange.send((calls.incrementAndGet() == 1)
				? "HTTP/1.1 204 No Content\r\n\r\n" : "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"))) {
			VendoHttp http = http(raw);
			StepVerifier.create(stream(http)).verifyComplete();
			StepVerifier.create(stream(http)).verifyError(VendoException.class);
			assertThat(this.reports).extracting(ExchangeReport::status).containsExactly(204, 500);
			assertThat(this.reports).extracting(ExchangeReport::isSuccess).containsExactly(true, false);
			http.close();
		}
	}

	private VendoHttp http(RawServer server) {
		URI url = URI.create(server.url());
		return VendoHttp.create(
				new HttpConfig(url, url, url, "1", () -> TestClients.KEY, null, RetryPolicy.none(),
						HttpTimeouts.defaults(), 1024, Clock.systemUTC(), Schedulers.parallel(), () -> 0.5,
						this.reports::add, false, null),
				VendoConnectorFactory.detect(), ConnectionPool.defaults(), WebClient::builder,
				ClientInstrumentation.none());
	}

	private static Flux<Integer> stream(VendoHttp http) {
		return http.call("events", "subscribe")
			.get("/x")
			.stream(MediaType.TEXT_EVENT_STREAM, Duration.ofSeconds(20), (body) -> body.map((part) -> {
				int bytes = part.readableByteCount();
				DataBufferUtils.release(part);
				return bytes;
			}).ignoreElements().cast(Integer.class).flux());
	}

}
