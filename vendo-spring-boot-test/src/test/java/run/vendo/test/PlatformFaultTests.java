package run.vendo.test;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import run.vendo.VendoClient;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.TransportException;
import run.vendo.error.UpstreamException;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.RetryPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What goes wrong when it is told to.
 */
@Timeout(60)
class PlatformFaultTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	private final VendoPlatform platform = VendoPlatform.start();

	private final VendoClient vendo = this.platform.clientBuilder()
		.retry(new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO, 100))
		.build();

	@AfterEach
	void close() {
		this.vendo.close();
		this.platform.close();
	}

	@Test
	void whenFailsTwiceThenTheThirdRequestSucceeds() {
		this.platform.connect("slack");
		this.platform.failNext(503, 2);
		assertThat(balance().statusCode()).isEqualTo(503);
		HttpResponse<String> token = Raw.get(this.platform.credentialsUrl() + "/slack",
				Raw.bearer(this.platform.apiKey()));
		assertThat(token.statusCode()).isEqualTo(503);
		assertThat(Raw.json(token).path("detail").asString()).isNotEmpty();
		assertThat(balance().statusCode()).isEqualTo(200);
		this.platform.failNext(500, 1);
		try (VendoClient patient = this.platform.clientBuilder()
			.retry(new RetryPolicy(2, Duration.ZERO, Duration.ZERO, Duration.ZERO, 100))
			.build()) {
			assertThat(patient.token("slack")).isEqualTo(this.platform.token("slack"));
		}
	}

	@Test
	void shouldSpareProbesAndPeopleUnlessNamed() {
		this.platform.failNext(503, 1);
		assertThat(Raw.get(this.platform.baseUrl() + "/healthz").statusCode()).isEqualTo(200);
		assertThat(Raw.get(this.vendo.connectUrl("slack")).statusCode()).isEqualTo(200);
		assertThat(balance().statusCode()).isEqualTo(503);
		this.platform.failNext(PlatformFault.status(500).onPath("/healthz"));
		assertThat(balance().statusCode()).isEqualTo(200);
		assertThat(Raw.get(this.platform.baseUrl() + "/healthz").statusCode()).isEqualTo(500);
	}

	@Test
	void shouldFailWithEverythingAnErrorCanHold() {
		PlatformFault fault = PlatformFault.status(401)
			.code("connection_needs_reauth")
			.message("Consent ran out")
			.slug("slack")
			.retryAfter(Duration.ofMillis(1500))
			.suggestedFix("Connect again")
			.connectUrl(URI.create("https://vendo.run/c"))
			.header("X-Request-Id", "req_own");
		this.platform.failNext(fault.times(2));
		HttpResponse<String> response = balance();
		assertThat(response.headers().firstValue("Vendo-Error-Code")).contains("connection_needs_reauth");
		assertThat(response.headers().firstValue("Retry-After")).contains("2");
		assertThat(response.headers().allValues("X-Request-Id")).containsExactly("req_own");
		assertThat(Raw.json(response)).isEqualTo(Json.MAPPER.readTree("""
				{"error":{"code":"connection_needs_reauth","message":"Consent ran out","slug":"slack",
				"retry_after":2,"connect_url":"https://vendo.run/c","suggested_fix":"Connect again"}}"""));
		assertThatExceptionOfType(NeedsReauthException.class).isThrownBy(() -> this.vendo.billing().balance())
			.satisfies((ex) -> assertThat(ex.requestId()).isEqualTo("req_own"));
	}

	@Test
	void whenAnswerHasABodyOfItsOwnThenItIsSentAsItIs() {
		this.platform.failNext(PlatformFault.status(200).body("text/html", "<html>édge</html>"));
		HttpResponse<String> response = balance();
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("<html>édge</html>");
		assertThat(response.headers().firstValue("Content-Type")).contains("text/html");
		this.platform.failNext(PlatformFault.status(200).body("application/json", ""));
		assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> this.vendo.billing().balance());
		this.platform.failNext(PlatformFault.status(204));
		assertThat(balance().statusCode()).isEqualTo(204);
	}

	@Test
	void whenBodyIsCutThenTheConnectionEndsInTheMiddle() {
		this.platform
			.failNext(PlatformFault.status(200).body("application/json", "{\"a\":\"0123456789\"}").cutAfter(5));
		String answer = RawSocket.exchange(this.platform.baseUrl(), request());
		assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n{\"a\":");
		assertThat(answer.toLowerCase(Locale.ROOT)).contains("content-length: 18");
	}

	@Test
	void whenResetThenNothingComesAndNothingHappened() throws IOException {
		this.platform.connect("slack");
		this.platform.onAction("SLACK_X", (args) -> {
			throw new AssertionError("It was done");
		});
		this.platform.failNext(PlatformFault.reset());
		assertThatExceptionOfType(TransportException.class)
			.isThrownBy(() -> this.vendo.data().execute("SLACK_X", Map.of()));
		this.platform.failNext(PlatformFault.reset());
		try (RawSocket socket = new RawSocket(this.platform.baseUrl(), request())) {
			assertThatExceptionOfType(SocketException.class).isThrownBy(socket::readAll);
		}
	}

	@Test
	void whenNotHttpThenSomethingElseComes() {
		this.platform.failNext(PlatformFault.notHttp().times(2));
		assertThat(RawSocket.exchange(this.platform.baseUrl(), request())).startsWith("SSH-2.0");
		assertThatExceptionOfType(TransportException.class).isThrownBy(() -> this.vendo.billing().balance());
		assertThat(balance().statusCode()).isEqualTo(200);
	}

	@Test
	void whenHungThenTheClientGivesUp() {
		this.platform.failNext(PlatformFault.hang());
		try (VendoClient hasty = this.platform.clientBuilder()
			.retry(new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO, 100))
			.timeouts(HttpTimeouts.defaults().withResponse(Duration.ofMillis(200)))
			.build()) {
			assertThatExceptionOfType(TransportException.class).isThrownBy(() -> hasty.billing().balance());
			// It may give up before the platform has read what it asked.
			this.platform.awaitRequests("/api/billing/balance", 1, WAIT);
			assertThat(balance().statusCode()).isEqualTo(200);
		}
	}

	@Test
	void whenDelayedThenTheNextRequestIsNot() {
		this.platform.delayNext(Duration.ofMinutes(10));
		CompletableFuture<HttpResponse<String>> delayed = balanceAsync();
		this.platform.awaitRequests("/api/billing/balance", 1, WAIT);
		assertThat(balance().statusCode()).isEqualTo(200);
		assertThat(delayed).isNotDone();
		this.platform.delayNext(Duration.ofMillis(1));
		assertThat(balance().statusCode()).isEqualTo(200);
	}

	@Test
	void whenHeldThenRequestsWaitForTheirRelease() {
		PlatformHold hold = this.platform.hold("/api/billing/*");
		CompletableFuture<HttpResponse<String>> held = balanceAsync();
		hold.awaitRequests(1, WAIT);
		assertThat(hold.requests()).isOne();
		this.platform.balance(1_000_000);
		assertThat(Raw.get(this.platform.baseUrl() + "/api/integrations").statusCode()).isEqualTo(200);
		assertThat(held).isNotDone();
		hold.release();
		assertThat(Raw.json(held.join()).path("credits_remaining_micros").intValue()).isEqualTo(1_000_000);
		assertThat(balance().statusCode()).isEqualTo(200);
		assertThat(hold.requests()).isOne();
	}

	@Test
	void whenFaultsAreClearedThenAllIsWell() {
		this.platform.failNext(PlatformFault.status(500).always());
		for (int i = 0; i < 10; i++) {
			assertThat(balance().statusCode()).isEqualTo(500);
		}
		this.platform.hold("/api/billing/balance");
		this.platform.delayNext(Duration.ofMinutes(10));
		this.platform.clearFaults();
		assertThat(balance().statusCode()).isEqualTo(200);
	}

	@Test
	void whenWhatIsWaitedForDoesNotComeThenSaysWhatDid() {
		balance();
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.platform.awaitRequests("/api/billing/balance", 2, Duration.ofMillis(1)))
			.withMessage("Expected 2 requests to /api/billing/balance, but there were 1 within 1 ms");
	}

	@Test
	void whenStoppedThenOpenConnectionsEnd() throws IOException {
		PlatformHold hold = this.platform.hold("/api/*");
		try (RawSocket socket = new RawSocket(this.platform.baseUrl(), request())) {
			hold.awaitRequests(1, WAIT);
			this.platform.stop();
			try {
				assertThat(socket.read()).isEqualTo(-1);
			}
			catch (EOFException | SocketException ex) {
				// An end as well.
			}
		}
	}

	private String request() {
		return "GET /api/billing/balance HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + this.platform.apiKey()
				+ "\r\nConnection: close\r\n\r\n";
	}

	private HttpResponse<String> balance() {
		return Raw.get(this.platform.baseUrl() + "/api/billing/balance", Raw.bearer(this.platform.apiKey()));
	}

	private CompletableFuture<HttpResponse<String>> balanceAsync() {
		return Raw.CLIENT.sendAsync(Raw.request("GET", this.platform.baseUrl() + "/api/billing/balance", "",
				Raw.bearer(this.platform.apiKey())), HttpResponse.BodyHandlers.ofString());
	}

}
