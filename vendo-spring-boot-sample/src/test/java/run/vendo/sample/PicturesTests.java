package run.vendo.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.test.PlatformFault;
import run.vendo.test.VendoPlatform;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Logos come from the platform and from nowhere else; where there is none, initials.
 */
@TestInstance(Lifecycle.PER_CLASS)
class PicturesTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	private static final String INITIALS = ">SL</text>";

	private final HttpClient http = HttpClient.newHttpClient();

	private final VendoPlatform platform = VendoPlatform.start();

	// Pictures are kept, so each test has a provider of its own.
	private int number;

	private final MovingClock clock = new MovingClock();

	private final ConfigurableApplicationContext context = new SpringApplicationBuilder(SampleApplication.class)
		.initializers((context) -> context.getBeanFactory().registerSingleton("clock", this.clock))
		.run("--server.port=0", "--vendo.api-key=" + this.platform.apiKey(),
				"--vendo.base-url=" + this.platform.baseUrl(),
				"--vendo.credentials-url=" + this.platform.credentialsUrl(),
				"--vendo.data-proxy-url=" + this.platform.dataProxyUrl());

	@AfterAll
	void stop() {
		this.context.close();
		this.platform.close();
	}

	@Test
	void aLogoIsFetchedOnceAndWithoutTheKey() {
		String slug = logo(this.platform.baseUrl() + "/logos/some.svg");
		HttpResponse<String> picture = picture(slug);
		assertThat(picture.body()).contains("<circle").doesNotContain("<text");
		assertThat(picture.headers().firstValue("Content-Type")).contains("image/svg+xml");
		assertThat(picture(slug).body()).isEqualTo(picture.body());
		assertThat(this.platform.requests("/logos/some.svg")).singleElement()
			.satisfies((request) -> assertThat(request.header("Authorization")).isNull());
	}

	@Test
	void whoeverAsksForWhatNobodyKnowsAsksThePlatformOnce() {
		this.clock.move(Pictures.ASKED_AGAIN);
		String list = "/api/deployments/me/connections";
		// The event stream asks for it too, and what it tells of has it asked for anew.
		this.platform.awaitStreams(1, WAIT);
		this.platform.awaitRequests(list, 1, WAIT);
		String last = this.platform.emit("test.fence", Map.of()).id();
		ActivityLog log = this.context.getBean(ActivityLog.class);
		Awaitility.await()
			.atMost(WAIT)
			.until(() -> log.latest(null).stream().anyMatch((entry) -> last.equals(entry.id())));
		int before = this.platform.requests(list).size();
		for (int i = 0; i < 20; i++) {
			picture("unknown-" + i);
		}
		assertThat(this.platform.requests(list)).hasSizeLessThanOrEqualTo(before + 2);
	}

	@Test
	void aPictureThatIsOpenedByItselfCanDoNothing() {
		assertThat(picture("slack").headers().allValues("Content-Security-Policy")).contains("sandbox");
		assertThat(picture("slack").headers().firstValue("X-Content-Type-Options")).contains("nosniff");
	}

	@Test
	void withoutALogoThereAreInitials() {
		assertThat(picture(provider(Map.of("name", "Slack"))).body()).contains(INITIALS);
		assertThat(picture("nobody-knows-it").body()).contains(">NK</text>");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://127.0.0.1:%d/logo.svg", "http://localhost:%d/logo.svg",
			"http://platform@127.0.0.1:%d/logo.svg", "//127.0.0.1:%d/logo.svg" })
	void nobodyElseIsAsked(String url) throws IOException {
		AtomicInteger asked = new AtomicInteger();
		HttpServer other = server(asked);
		try {
			String slug = logo(url.formatted(other.getAddress().getPort()));
			assertThat(picture(slug).body()).contains(INITIALS);
			assertThat(asked).hasValue(0);
		}
		finally {
			other.stop(0);
		}
	}

	@Test
	void nobodyElseIsAskedByWayOfARedirect() throws IOException {
		AtomicInteger asked = new AtomicInteger();
		HttpServer other = server(asked);
		try {
			String slug = logo(this.platform.baseUrl() + "/logos/slack.svg");
			this.platform.failNext(PlatformFault.status(302)
				.header("Location", "http://localhost:" + other.getAddress().getPort() + "/logo.svg")
				.onPath("/logos/*"));
			assertThat(picture(slug).body()).contains(INITIALS);
			assertThat(asked).hasValue(0);
		}
		finally {
			other.stop(0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "file:///etc/passwd", "javascript:alert(1)", "data:image/svg+xml,<svg/>", "logo.svg", "",
			"http://[", "http:///logo.svg" })
	void whatIsNoAddressOfThePlatformIsLeftAlone(String url) {
		String slug = logo(url);
		assertThat(picture(slug).body()).contains(INITIALS);
	}

	@ParameterizedTest
	@CsvSource({ "text/html, <script>alert(1)</script>", "application/json, {}", "image/svg+xml-not, <svg/>",
			"nonsense, <svg/>" })
	void whatIsNoImageIsNotPassedOn(String type, String body) {
		String slug = logo(this.platform.baseUrl() + "/logos/slack.svg");
		this.platform.failNext(PlatformFault.status(200).body(type, body).onPath("/logos/*"));
		assertThat(picture(slug).body()).contains(INITIALS).doesNotContain(body);
	}

	@Test
	void aLogoThatCannotBeHadNowIsAskedForAgain() {
		String slug = logo(this.platform.baseUrl() + "/logos/slack.svg");
		this.platform.failNext(PlatformFault.status(404).onPath("/logos/*"));
		HttpResponse<String> before = picture(slug);
		assertThat(before.body()).contains(INITIALS);
		assertThat(before.headers().firstValue("Cache-Control")).contains("no-store");
		assertThat(picture(slug).body()).as("not asked for at each look").contains(INITIALS);
		this.clock.move(Pictures.ASKED_AGAIN);
		HttpResponse<String> after = picture(slug);
		assertThat(after.body()).contains("<circle");
		assertThat(after.headers().firstValue("Cache-Control")).contains("max-age=3600, private");
	}

	@Test
	void whatIsTooLargeIsNotPassedOn() {
		String slug = logo(this.platform.baseUrl() + "/logos/slack.svg");
		this.platform.failNext(
				PlatformFault.status(200).body("image/svg+xml", "x".repeat(Pictures.LARGEST + 1)).onPath("/logos/*"));
		assertThat(picture(slug).body()).contains(INITIALS);
	}

	@Test
	void initialsCannotBringMarkupAlong() {
		assertThat(picture(provider(Map.of("name", "<& Co"))).body()).contains(">&#60;C</text>");
	}

	private static HttpServer server(AtomicInteger asked) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			asked.incrementAndGet();
			exchange.getResponseHeaders().add("Content-Type", "image/svg+xml");
			exchange.sendResponseHeaders(200, -1);
			exchange.close();
		});
		server.start();
		return server;
	}

	private String logo(String url) {
		return provider(Map.of("name", "Slack", "logo_url", url));
	}

	private String provider(Map<String, ?> fields) {
		String slug = "provider-" + (++this.number);
		this.platform.integration(slug, fields);
		this.platform.connect(slug);
		this.clock.move(Pictures.ASKED_AGAIN);
		return slug;
	}

	private HttpResponse<String> picture(String slug) {
		try {
			HttpResponse<String> answer = this.http.send(
					HttpRequest.newBuilder(URI.create("http://localhost:%s/pictures/%s"
						.formatted(this.context.getEnvironment().getProperty("local.server.port"), slug))).build(),
					BodyHandlers.ofString());
			assertThat(answer.statusCode()).isEqualTo(200);
			return answer;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
