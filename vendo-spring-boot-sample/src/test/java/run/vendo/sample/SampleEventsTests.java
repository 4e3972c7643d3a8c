package run.vendo.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import run.vendo.event.VendoEvent;
import run.vendo.test.VendoPlatform;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the sample makes of the platform's events.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Import(SampleEventsTests.Heard.class)
@ExtendWith(OutputCaptureExtension.class)
@DirtiesContext
@Timeout(60)
class SampleEventsTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	private final HttpClient http = HttpClient.newHttpClient();

	@Autowired
	private VendoPlatform platform;

	@Autowired
	private Heard heard;

	@Value("${local.server.port}")
	private int port;

	@BeforeEach
	void listening() {
		this.platform.awaitStreams(1, WAIT);
		// What an earlier test has left is heard before this one begins.
		fence();
	}

	@Test
	void approvalInThePortalIsLoggedAndTheTokenWorksAtOnce(CapturedOutput output) {
		this.platform.needsReauth("slack");
		delivered("connection.needs_reauth");
		assertThat(get("/api/token/slack").statusCode()).isEqualTo(409);
		URI portal = URI.create(get("/connect/slack").headers().firstValue(HttpHeaders.LOCATION).orElseThrow());
		send(HttpRequest.newBuilder(portal)
			.header(HttpHeaders.CONTENT_TYPE, "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("decision=approve"))
			.build());
		delivered("connection.connected");
		assertThat(output).contains("slack needs its user's consent again").contains("slack is connected");
		assertThat(get("/api/token/slack").body()).contains(lastFour("slack"));
		assertThat(output.getAll()).doesNotContain(this.platform.token("slack")).doesNotContain(this.platform.apiKey());
	}

	@Test
	void tokenEndpointShowsTheNewTokenAtOnce() {
		assertThat(get("/api/token/openai").body()).contains(lastFour("openai"));
		String before = lastFour("openai");
		this.platform.rotateToken("openai");
		delivered("connection.changed");
		assertThat(get("/api/token/openai").body()).contains(lastFour("openai")).doesNotContain(before);
	}

	@Test
	void restartOfThePlatformLosesNothing(CapturedOutput output) {
		this.platform.stop();
		this.platform.connect("github");
		this.platform.restart();
		delivered("connection.connected");
		assertThat(output).contains("github is connected");
		this.platform.stop();
		this.platform.disconnect("github");
		this.platform.restartWithoutHistory();
		delivered("connection.disconnected");
		assertThat(output).contains("github is not connected any more (found out after an interruption)");
		this.platform.spend("openai", 20_000);
		delivered("billing.usage_recorded");
		assertThat(output).contains("openai has cost 0.02 USD");
	}

	@Test
	void nothingOfAPayloadIsLogged(CapturedOutput output) {
		this.platform.emit("tomorrow.news", Map.of("secret", "xoxb-hidden"));
		delivered("tomorrow.news");
		assertThat(output).contains("no words for: tomorrow.news");
		assertThat(output.getAll()).doesNotContain("xoxb-hidden");
	}

	/**
	 * Wait until an event has come to all listeners.
	 */
	private void delivered(String kind) {
		this.heard.await(kind);
		fence();
	}

	// What is heard comes after everything that was there before.
	private void fence() {
		this.platform.emit("test.fence", Map.of());
		this.heard.await("test.fence");
	}

	private String lastFour(String slug) {
		String token = this.platform.token(slug);
		return "…" + token.substring(token.length() - 4);
	}

	private HttpResponse<String> get(String path) {
		return send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path)).build());
	}

	private HttpResponse<String> send(HttpRequest request) {
		try {
			return this.http.send(request, BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Hears every event.
	 */
	@TestConfiguration(proxyBeanMethods = false)
	static class Heard {

		private final BlockingQueue<String> kinds = new LinkedBlockingQueue<>();

		@EventListener
		void on(VendoEvent event) {
			this.kinds.add(event.kind().value());
		}

		void await(String kind) {
			try {
				String next;
				do {
					next = this.kinds.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
					assertThat(next).as("events until " + kind).isNotNull();
				}
				while (!kind.equals(next));
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

	}

}
