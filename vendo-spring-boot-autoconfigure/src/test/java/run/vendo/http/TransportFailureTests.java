package run.vendo.http;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import run.vendo.VendoClient;
import run.vendo.error.ErrorCode;
import run.vendo.error.TransportException;
import run.vendo.error.TransportException.Reason;
import run.vendo.error.UpstreamException;
import run.vendo.fixture.ClosedPort;

import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests of what callers get to know when no answer comes.
 */
class TransportFailureTests extends AbstractTransportTests {

	private TransportException failureAt(String url) {
		VendoClient client = closing(builder(url).allowInsecure(true).build()).forUser(JWT);
		TransportException failure = failureOf(TransportException.class,
				() -> client.http().get("/x").query("state", "s3cret").retrieve(String.class));
		assertThat(failure).isInstanceOf(UpstreamException.class);
		assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_ERROR);
		assertThat(failure.status()).isNull();
		assertThat(failure.requestSummary()).isEqualTo("GET " + url + "/x?state=***");
		assertThat(failure).hasMessageContaining("\n  next: ");
		StringWriter trace = new StringWriter();
		failure.printStackTrace(new PrintWriter(trace));
		assertThat(trace.toString()).doesNotContain("s3cret", KEY, JWT);
		return failure;
	}

	private TransportException failureAt(RawServer server) {
		return failureAt(closing(server).url());
	}

	@Test
	void whenNameIsImpossibleShouldSayDns() {
		TransportException failure = failureAt("http://" + "x".repeat(70) + ".example.invalid");
		assertThat(failure.reason()).isEqualTo(Reason.DNS);
		assertThat(failure.attempts()).isEqualTo(3);
		assertThat(failure).hasMessageContaining("has no known address");
	}

	@Test
	void whenNobodyListensShouldSayConnect() {
		ClosedPort nobody = closing(new ClosedPort());
		TransportException failure = failureAt(nobody.url().toString());
		assertThat(failure.reason()).isEqualTo(Reason.CONNECT);
		assertThat(failure.attempts()).isEqualTo(3);
		assertThat(failure).hasMessageContaining("No connection to 127.0.0.1:" + nobody.port());
		assertThat(failure.getCause()).isNotNull();
	}

	@Test
	void whenTheEventLoopIsShutDownShouldSayConnect() {
		VendoClient client = closing(builder("https://vendo.example.invalid").webClientBuilder(() -> WebClient.builder()
			.filter((request, next) -> Mono
				.error(new WebClientRequestException(new RejectedExecutionException("event executor terminated"),
						request.method(), request.url(), request.headers()))))
			.build());
		TransportException failure = failureOf(TransportException.class,
				() -> client.http().get("/x").retrieve(String.class));
		assertThat(failure.reason()).isEqualTo(Reason.CONNECT);
		assertThat(failure.getCause()).isInstanceOf(RejectedExecutionException.class);
	}

	@Test
	void whenCertificateIsNotTrustedShouldSayTls() {
		TransportException failure = failureAt("https://127.0.0.1:" + platform.httpsPort());
		assertThat(failure.reason()).isEqualTo(Reason.TLS);
		assertThat(failure).hasMessageContaining("SSL bundle");
	}

	@Test
	void whenServerSpeaksNoTlsShouldSayTls() {
		RawServer plain = closing(RawServer.greeting("HTTP/1.1 400 Bad Request\r\n\r\n"));
		assertThat(failureAt("https://127.0.0.1:" + plain.port()).reason()).isEqualTo(Reason.TLS);
	}

	@Test
	void whenServerWantsTlsShouldNotTakeItForAnAnswer() {
		TransportException failure = failureAt("http://127.0.0.1:" + platform.httpsPort());
		assertThat(failure.reason()).isIn(Reason.PROTOCOL, Reason.RESET);
	}

	@Test
	void whenConnectionIsResetShouldSayReset() {
		assertThat(failureAt(RawServer.start(RawServer.Exchange::reset)).reason()).isEqualTo(Reason.RESET);
	}

	@Test
	void whenConnectionIsClosedShouldSayReset() {
		RawServer server = RawServer.sending("");
		TransportException failure = failureAt(server);
		assertThat(failure.reason()).isEqualTo(Reason.RESET);
		assertThat(failure.attempts()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 OK\r\nContent-Ty", "HTTP/1.1 2" })
	void whenHeadBreaksOffShouldSayReset(String head) {
		assertThat(failureAt(RawServer.sending(head)).reason()).isIn(Reason.RESET, Reason.PROTOCOL);
	}

	@ParameterizedTest
	@ValueSource(strings = { "SSH-2.0-OpenSSH_9.6\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "220 smtp ready\r\n\r\n",
			"\r\n\r\n\u0000\u0001\u0002\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}" })
	void whenServerSpeaksNoHttpShouldSayProtocol(String answer) {
		TransportException failure = failureAt(RawServer.sending(answer));
		assertThat(failure.reason()).isEqualTo(Reason.PROTOCOL);
		assertThat(failure).hasMessageContaining("does not answer as an HTTP server does");
	}

	@Test
	void whenServerEchoesShouldNotRepeatTheRequestInAnyCause() {
		TransportException failure = failureAt(RawServer.start((exchange) -> exchange.send(exchange.head())));
		assertThat(failure.reason()).isEqualTo(Reason.PROTOCOL);
	}

	@Test
	void whenTooManyCallsWaitShouldSayOverloadAtOnce() throws Exception {
		// The JDK has no bound to reach.
		assumeThat(this.connector).isEqualTo(Connector.REACTOR_NETTY);
		CountDownLatch arrived = new CountDownLatch(1);
		RawServer server = closing(RawServer.start((exchange) -> {
			arrived.countDown();
			exchange.hang();
		}));
		VendoClient client = closing(builder(server.url())
			.connectionPool(ConnectionPool.defaults().withMaxConnections(1).withPending(1, Duration.ofMinutes(1)))
			.build());
		var first = client.reactive().http().get("/1").retrieve(String.class).toFuture();
		arrived.await();
		var second = client.reactive().http().get("/2").retrieve(String.class).toFuture();
		TransportException failure = failureOf(TransportException.class,
				() -> client.http().get("/3").retrieve(String.class));
		assertThat(failure.reason()).isEqualTo(Reason.OVERLOAD);
		assertThat(failure.attempts()).isEqualTo(1);
		assertThat(failure).hasMessageContaining("vendo.http.pool.max-connections");
		assertThat(first).isNotDone();
		assertThat(second).isNotDone();
		assertThat(server.requests()).hasSize(1);
		first.cancel(true);
		second.cancel(true);
	}

	@Test
	void whenKeptConnectionIsDeadShouldRepeatWithinTheCall() {
		VendoClient client = client(RawServer.start((exchange) -> {
			exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
			if (exchange.number() == 1) {
				// Promises to stay, and goes at the next request.
				exchange.keepAlive();
			}
		}));
		client.http().post("/1").toBodilessEntity();
		client.http().post("/2").toBodilessEntity();
		client.http().post("/3").toBodilessEntity();
	}

}
