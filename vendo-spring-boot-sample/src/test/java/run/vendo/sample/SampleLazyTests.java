package run.vendo.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import run.vendo.autoconfigure.web.webhook.VendoWebhookMapping;
import run.vendo.event.ConnectionConnected;
import run.vendo.test.VendoPlatform;
import run.vendo.webhook.WebhookEvent;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With beans that are made when they are first asked for, what nobody asks for works all
 * the same: events, the guard of webhooks, the reconciler, the balance of health.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.main.lazy-initialization=true")
@Import(SampleLazyTests.Lazy.class)
@DirtiesContext
@Timeout(60)
class SampleLazyTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	private static final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	private static final BlockingQueue<String> handled = new LinkedBlockingQueue<>();

	@TempDir
	private static Path directory;

	@Autowired
	private VendoPlatform platform;

	@Value("${local.server.port}")
	private int port;

	@DynamicPropertySource
	static void reconciler(DynamicPropertyRegistry registry) {
		registry.add("vendo.reconciler.file", () -> directory.resolve("vendo.env").toString());
		registry.add("vendo.reconciler.mapping", () -> "OPENAI_API_KEY=openai");
		registry.add("vendo.reconciler.bootstrap", () -> "true");
	}

	@Test
	void eventsComeToListenersThatNobodyHasAskedFor() throws InterruptedException {
		this.platform.awaitStreams(1, WAIT);
		this.platform.connect("github");
		assertThat(heard.poll(WAIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("github");
	}

	@Test
	void webhooksAreVerifiedFromTheFirstOneOn() throws Exception {
		URI uri = URI.create("http://127.0.0.1:" + this.port + "/lazy/webhook");
		HttpRequest forged = HttpRequest.newBuilder(uri)
			.header("Vendo-Timestamp", "1")
			.header("Vendo-Signature", "0".repeat(64))
			.POST(BodyPublishers.ofString("{\"id\":\"forged\"}"))
			.build();
		assertThat(HttpClient.newHttpClient().send(forged, BodyHandlers.ofString()).statusCode()).isBetween(400, 403);
		this.platform.sendWebhooksTo(uri);
		this.platform.sendWebhook("genuine", "connection.connected", Map.of());
		this.platform.sendWebhooksTo(null);
		assertThat(handled.poll(WAIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("genuine");
		assertThat(handled).isEmpty();
	}

	@Test
	void theBalanceIsReadBeforeAnybodyLooks() {
		this.platform.awaitRequests("/api/billing/balance", 1, WAIT);
		this.platform.awaitRequests("/api/billing/spend-caps", 1, WAIT);
	}

	@Test
	void theReconcilerWritesItsFile() throws Exception {
		assertThat(Files.readString(directory.resolve("vendo.env"))).contains("OPENAI_API_KEY");
	}

	@TestConfiguration(proxyBeanMethods = false)
	@RestController
	static class Lazy {

		@EventListener
		void on(ConnectionConnected event) {
			heard.add(event.slug());
		}

		@VendoWebhookMapping("/lazy/webhook")
		void webhook(WebhookEvent<JsonNode> event) {
			handled.add(String.valueOf(event.id()));
		}

	}

}
