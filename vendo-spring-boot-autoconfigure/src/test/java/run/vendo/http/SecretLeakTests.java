package run.vendo.http;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import run.vendo.VendoClient;
import run.vendo.error.VendoException;

import org.springframework.web.reactive.function.client.WebClient;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that no secret is shown, whatever happens to a call.
 */
class SecretLeakTests extends AbstractTransportTests {

	private static final String TOKEN = "ya29.provider-token";

	private static final String STATE = "s3cret-state";

	private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

	private final Level level = this.root.getLevel();

	private final Recorder recorder = new Recorder();

	@BeforeEach
	void listen() {
		this.recorder.start();
		this.root.setLevel(Level.TRACE);
		this.root.addAppender(this.recorder);
	}

	@AfterEach
	void stopListening() {
		this.root.detachAppender(this.recorder);
		this.root.setLevel(this.level);
	}

	@Test
	void shouldNeverShowSecrets() {
		List<Object> shown = new ArrayList<>();
		// Told to show what it sends, as spring.http.codecs.log-request-details does.
		VendoClient client = closing(builder().webClientBuilder(
				() -> WebClient.builder().codecs((codecs) -> codecs.defaultCodecs().enableLoggingRequestDetails(true)))
			.build());
		VendoClient user = client.forUser(JWT);
		shown.addAll(List.of(client, user, client.reactive(), user.reactive(), client.http(), client.session("slack"),
				client.mutate(), client.tokenCache()));
		answers(json(200, "{\"access_token\":\"%s\",\"expires_at\":null}".formatted(TOKEN)));
		assertThat(user.token("slack")).isEqualTo(TOKEN);
		shown.add(user.tokenCache());
		answers(status(503), json(200, "{}"));
		call(user);
		String echo = "{\"error\":{\"code\":\"app_unknown\",\"message\":\"%s %s\",\"access_token\":\"%s\"}}"
			.formatted(KEY, JWT, TOKEN);
		answers(json(401, echo).withHeader("X-Request-Id", KEY));
		shown.add(failureOf(() -> call(user)));
		answers(json(200, echo));
		assertThat(user.http().get("/x").retrieve(Object.class)).asString().contains(TOKEN);
		shown.add(failureOf(() -> user.token("gmail")));
		shown.add(failureOf(() -> user.billing().balance()));
		answers(aResponse().withBody(TOKEN + "<html>"));
		shown.add(failureOf(() -> user.tokens(List.of("gmail", "notion"))));
		answers(status(302).withHeader("Location", "http://localhost:1/?access_token=" + TOKEN));
		shown.add(failureOf(() -> call(user)));
		VendoClient nowhere = client(RawServer.start((exchange) -> exchange.send(exchange.head()))).forUser(JWT);
		shown.add(failureOf(() -> call(nowhere)));
		shown.add(failureOf(() -> client.http().get("/{a}?token=" + TOKEN).toBodilessEntity()));
		answers(json(500, "{\"error\":{\"message\":\"x\"}}"));
		shown.add(failureOf(() -> user.data().execute("SLACK_SEND", Map.of("password", TOKEN))));
		assertThat(shown).doesNotContainNull().allSatisfy((object) -> {
			assertThat(textOf(object)).doesNotContain(KEY, JWT, TOKEN, STATE);
			if (object instanceof VendoException failure) {
				assertThat(String.valueOf(failure.responseBody())).doesNotContain(KEY, JWT, TOKEN, STATE);
			}
		});
		assertThat(this.recorder.lines).anyMatch((line) -> line.contains("ExchangeFunctions"))
			.allSatisfy((line) -> assertThat(line).doesNotContain(KEY, JWT, TOKEN));
		assertThat(this.recorder.lines).filteredOn((line) -> line.startsWith("run.vendo."))
			.anyMatch((line) -> line.contains("attempt 2"))
			.allSatisfy((line) -> assertThat(line).doesNotContain(STATE));
	}

	private static void call(VendoClient client) {
		client.http().post("/x").query("state", STATE).body("{\"a\":\"" + STATE + "\"}").toBodilessEntity();
	}

	private static String textOf(Object object) {
		if (object instanceof Throwable failure) {
			StringWriter trace = new StringWriter();
			failure.printStackTrace(new PrintWriter(trace));
			return trace.toString();
		}
		return object.toString();
	}

	private static final class Recorder extends AppenderBase<ILoggingEvent> {

		private static final List<String> NOT_OURS = List.of("reactor.netty.", "io.netty.", "wiremock.",
				"org.wiremock.", "com.github.tomakehurst.", "org.eclipse.jetty.");

		private final List<String> lines = new CopyOnWriteArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			// The server of the test, and the wire itself.
			if (NOT_OURS.stream().noneMatch(event.getLoggerName()::startsWith)) {
				this.lines.add(event.getLoggerName() + " " + event.getFormattedMessage()
						+ ThrowableProxyUtil.asString(event.getThrowableProxy()));
			}
		}

	}

}
