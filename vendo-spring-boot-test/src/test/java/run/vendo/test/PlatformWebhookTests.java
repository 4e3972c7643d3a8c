package run.vendo.test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.webhook.WebhookEvent;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What an application receives.
 */
@Timeout(60)
class PlatformWebhookTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	private final MutableClock clock = new MutableClock("2026-05-20T12:00:00Z");

	private final VendoPlatform platform = VendoPlatform.builder()
		.clock(this.clock)
		.webhookSecret("whsec_example_0123456789")
		.start();

	private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

	private final AtomicInteger failures = new AtomicInteger();

	private final HttpServer receiver;

	PlatformWebhookTests() throws IOException {
		this.receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		this.receiver.createContext("/", (exchange) -> {
			HttpHeaders headers = new HttpHeaders();
			exchange.getRequestHeaders().forEach(headers::addAll);
			this.received.add(new Received(headers, exchange.getRequestBody().readAllBytes()));
			exchange.sendResponseHeaders((this.failures.getAndDecrement() > 0) ? 500 : 204, -1);
			exchange.close();
		});
		this.receiver.start();
	}

	@AfterEach
	void close() {
		this.platform.close();
		this.receiver.stop(0);
	}

	@Test
	void shouldSignAsDocumented() throws InterruptedException {
		this.platform.sendWebhooksTo(url());
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("slug", "slack");
		data.put("connection_id", "cn_1");
		this.platform.sendWebhook("evt_1", "connection.connected", data);
		Received webhook = this.received.take();
		assertThat(webhook.headers.getFirst("Vendo-Timestamp")).isEqualTo("1779278400");
		assertThat(webhook.headers.getFirst("Vendo-Event-Id")).isEqualTo("evt_1");
		assertThat(webhook.headers.getFirst("Content-Type")).isEqualTo("application/json");
		assertThat(webhook.headers.getFirst("Vendo-Signature"))
			.isEqualTo("9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c1");
	}

	@Test
	void whenSomethingHappensThenAVerifiableWebhookTellsOfIt() throws InterruptedException {
		this.platform.connect("gmail");
		this.platform.sendWebhooksTo(url());
		PlatformEvent event = this.platform.connect("slack");
		this.platform.needsReauth("slack");
		Received first = this.received.take();
		Received second = this.received.take();
		try (VendoClient vendo = this.platform.clientBuilder().build()) {
			WebhookEvent<JsonNode> verified = vendo.webhooks().verify(first.headers, first.body);
			assertThat(verified.id()).isEqualTo(event.id());
			assertThat(verified.type()).hasToString("connection.connected");
			assertThat(verified.data().path("slug").asString()).isEqualTo("slack");
			assertThat(verified.data().has("kind")).isFalse();
			assertThat(vendo.webhooks().verify(second.headers, second.body).type())
				.hasToString("connection.needs_reauth");
		}
		this.platform.awaitWebhooks(WAIT);
		this.platform.sendWebhooksTo(null);
		this.platform.disconnect("slack");
		this.platform.awaitWebhooks(WAIT);
		assertThat(this.received).isEmpty();
		assertThat(this.platform.webhookDeliveries()).extracting(PlatformDelivery::status).containsExactly(204, 204);
	}

	@Test
	void whenReceiverFailsThenIsSentAgainAndThenGivenUp() {
		this.platform.sendWebhooksTo(url());
		this.failures.set(2);
		this.platform.sendWebhook("evt_a", "test", Map.of());
		this.platform.awaitWebhooks(WAIT);
		assertThat(this.platform.webhookDeliveries()).containsExactly(new PlatformDelivery("evt_a", "test", 204, 3));
		assertThat(this.received).extracting((webhook) -> webhook.headers.getFirst("Vendo-Event-Id"))
			.containsExactly("evt_a", "evt_a", "evt_a");
		this.failures.set(3);
		this.platform.sendWebhook("evt_b", "test", Map.of());
		this.platform.sendWebhook("evt_c", "test", Map.of());
		this.platform.awaitWebhooks(WAIT);
		assertThat(this.platform.webhookDeliveries()).contains(new PlatformDelivery("evt_b", "test", 500, 3),
				new PlatformDelivery("evt_c", "test", 204, 1));
	}

	@Test
	void whenNobodyListensThenIsGivenUp() throws IOException {
		// A port that is taken, so that nobody else comes to listen there.
		try (Socket taken = new Socket()) {
			taken.bind(new InetSocketAddress("127.0.0.1", 0));
			this.platform.sendWebhooksTo(URI.create("http://127.0.0.1:" + taken.getLocalPort() + "/webhooks"));
			this.platform.sendWebhook("evt_a", "test", Map.of());
			this.platform.awaitWebhooks(WAIT);
		}
		assertThat(this.platform.webhookDeliveries()).containsExactly(new PlatformDelivery("evt_a", "test", 0, 3));
	}

	@Test
	void whenThereIsNowhereToSendToThenSaysSo() {
		assertThatIllegalStateException().isThrownBy(() -> this.platform.sendWebhook("evt_a", "test", Map.of()))
			.withMessageContaining("sendWebhooksTo");
	}

	private URI url() {
		return URI.create("http://127.0.0.1:" + this.receiver.getAddress().getPort() + "/webhooks");
	}

	private record Received(HttpHeaders headers, byte[] body) {

	}

}
