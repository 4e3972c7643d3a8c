package run.vendo.http;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

import run.vendo.VendoClient;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what calls say in the log.
 */
class HttpLogTests extends AbstractTransportTests {

	private static final String SECRET = "s3cret-state";

	private final Logger logger = (Logger) LoggerFactory.getLogger("run.vendo");

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@BeforeEach
	void listen() {
		this.log.list = new CopyOnWriteArrayList<>();
		this.log.start();
		this.logger.setLevel(Level.TRACE);
		this.logger.addAppender(this.log);
	}

	@AfterEach
	void stopListening() {
		this.logger.detachAppender(this.log);
		this.logger.setLevel(null);
	}

	// Without the times, which are anybody's guess, and without what calls of other tests
	// still say: those of other servers, and those that were cancelled.
	private List<String> lines() {
		return this.log.list.stream()
			.filter((event) -> event.getLoggerName().startsWith("run.vendo.http"))
			.filter((event) -> !event.getLoggerName().equals(DroppedErrors.class.getName()))
			.filter((event) -> !event.getFormattedMessage().contains("://")
					|| event.getFormattedMessage().contains(platformUrl() + "/"))
			.map((event) -> event.getLevel() + " "
					+ event.getFormattedMessage().replaceAll("after \\d+ ms", "after N ms"))
			.toList();
	}

	@Test
	void everyAttemptSaysMethodUrlStatusTimeAttemptAndRequestId() {
		answers(status(503).withHeader("Vendo-Request-Id", "req_1").withHeader("Vendo-Error-Code", "upstream_error"),
				json(200, BALANCE).withHeader("Vendo-Request-Id", "req_2"));
		client().billing().balance();
		assertThat(lines()).containsExactly(
				"DEBUG GET %s/api/billing/balance failed with 503 upstream_error, request id req_1 after N ms, attempt 1"
					.formatted(platformUrl()),
				"DEBUG GET %s/api/billing/balance answered 200, request id req_2 after N ms, attempt 2"
					.formatted(platformUrl()));
	}

	@Test
	void whenAnswerHasNoRequestIdThenSaysNothingOfIt() {
		answers(status(204));
		client().http().delete("/api/x").toBodilessEntity();
		assertThat(lines())
			.containsExactly("DEBUG DELETE %s/api/x answered 204 after N ms, attempt 1".formatted(platformUrl()));
	}

	@Test
	void valuesOfParametersAreMasked() {
		answers(json(200, "{}"));
		client().http().get("/api/x").query("state", SECRET).query("period", "day").toBodilessEntity();
		assertThat(lines()).singleElement()
			.asString()
			.contains("/api/x?state=***&period=day answered 200")
			.doesNotContain(SECRET);
	}

	@Test
	void aStreamThatBeginsSaysSo() {
		answers(json(200, "id: 1\nevent: message\ndata: x\n\n").withHeader("Content-Type", "text/event-stream")
			.withHeader("Vendo-Request-Id", "req_3"));
		URI url = URI.create(platformUrl());
		VendoHttp http = VendoHttp.create(
				new HttpConfig(url, url, url, "1", () -> KEY, null, RetryPolicy.none(), HttpTimeouts.defaults(), 1024,
						Clock.systemUTC(), Schedulers.parallel(), () -> 0.5, null, false, null),
				this.connector.factory(), ConnectionPool.defaults(), WebClient::builder, ClientInstrumentation.none());
		closing(http::close);
		// To its end: who subscribes to events leaves a call behind that asks for the
		// connections.
		http.call("events", "subscribe")
			.get("/api/deployments/me/events")
			.stream(MediaType.TEXT_EVENT_STREAM, Duration.ofMinutes(1), (body) -> body.map(DataBufferUtils::release))
			.blockLast();
		assertThat(lines()).contains(
				"DEBUG GET %s/api/deployments/me/events began to answer 200, request id req_3 after N ms, attempt 1"
					.formatted(platformUrl()));
	}

	@Test
	void noSecretIsLoggedAtAnyLevel() {
		answers(json(200, "{\"access_token\":\"t0ken-of-slack\",\"expires_at\":null}"));
		VendoClient client = client();
		client.token("slack");
		client.forUser(JWT).token("slack");
		answers(json(401, "{\"error\":{\"code\":\"app_revoked\",\"message\":\"%s is revoked\"}}".formatted(KEY)));
		failureOf(() -> client.forUser(JWT).token("notion"));
		assertThat(this.log.list).isNotEmpty()
			.allSatisfy((event) -> assertThat(event.getFormattedMessage()).doesNotContain(KEY, JWT, "t0ken-of-slack"));
	}

	@Test
	void whenDebugIsOffThenSaysNothing() {
		this.logger.setLevel(Level.INFO);
		answers(json(200, BALANCE));
		client().billing().balance();
		assertThat(lines()).isEmpty();
	}

}
