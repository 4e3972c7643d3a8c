package run.vendo.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import run.vendo.test.VendoPlatform;
import run.vendo.test.WebhookSigner;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.http.HttpHeaders;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext
class SampleWebhookTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final HttpClient http = HttpClient.newHttpClient();

	@Autowired
	private VendoPlatform platform;

	@Autowired
	private ActivityLog log;

	@Value("${local.server.port}")
	private int port;

	@Test
	void whatHappensOnThePlatformArrivesAsAWebhookAndIsShown() {
		String id = this.platform.connect("gmail").id();
		this.platform.awaitWebhooks(PATIENCE);
		assertThat(this.platform.webhookDeliveries()).filteredOn((delivery) -> delivery.id().equals(id))
			.singleElement()
			.satisfies((delivery) -> assertThat(delivery.status()).isEqualTo(200));
		assertThat(received(id)).hasSize(1);
		assertThat(get("/").body()).contains("connection.connected", id);
	}

	@Test
	void deliveryThatComesTwiceIsHandledOnce() {
		this.platform.sendWebhook("evt_twice", "demo.greeting", Map.of());
		this.platform.sendWebhook("evt_twice", "demo.greeting", Map.of());
		this.platform.awaitWebhooks(PATIENCE);
		assertThat(this.platform.webhookDeliveries()).filteredOn((delivery) -> delivery.id().equals("evt_twice"))
			.hasSize(2)
			.allMatch((delivery) -> delivery.status() == 200);
		assertThat(received("evt_twice")).hasSize(1);
	}

	@Test
	void sameBytesAgainAreAnsweredWithoutTheHandler() {
		String body = "{\"id\":\"evt_bytes\",\"type\":\"demo.greeting\"}";
		HttpHeaders signature = WebhookSigner.of(this.platform.webhookSecret()).sign(body);
		assertThat(post(body, signature).statusCode()).isEqualTo(200);
		assertThat(post(body, signature).statusCode()).isEqualTo(200);
		assertThat(received("evt_bytes")).hasSize(1);
	}

	@Test
	void forgedWebhookIsRefused() {
		String body = "{\"id\":\"evt_forged\",\"type\":\"demo.greeting\"}";
		HttpResponse<String> answer = post(body, WebhookSigner.of("whsec_a_guess").sign(body));
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(answer.body()).contains("\"reason\":\"mismatch\"");
		assertThat(received("evt_forged")).isEmpty();
	}

	@Test
	void buttonsShowWhatIsTakenAndWhatIsRefused() {
		List<ActivityLog.Entry> before = webhooks();
		assertThat(press("signed").body()).contains("answered with 200");
		ActivityLog.Entry signed = webhooks().get(0);
		assertThat(before).doesNotContain(signed);
		assertThat(press("repeated").body()).contains("answered with 200");
		assertThat(press("forged").body()).contains("Forged: answered with 400");
		assertThat(press("replayed").body()).contains("Replayed a day later: answered with 400");
		// The log may be full, so how long it is says nothing.
		assertThat(webhooks().get(0)).isEqualTo(signed);
		assertThat(received(String.valueOf(signed.id()))).hasSize(1);
		assertThat(this.log.latest(ActivityLog.Group.REFUSED)).extracting(ActivityLog.Entry::words)
			.first(InstanceOfAssertFactories.STRING)
			.contains("signed 86400 s ago");
		assertThat(get("/parts/activity?show=REFUSED").body()).contains("The signature does not belong to this body",
				"signed 86400 s ago");
	}

	@Test
	void refusedWebhookKeepsItsAnswer() {
		String body = "{\"id\":\"evt_unsigned\",\"type\":\"demo.greeting\"}";
		HttpResponse<String> answer = post(body, new HttpHeaders());
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(answer.body()).contains("\"reason\":\"missing-signature\"");
	}

	@Test
	void otherSitesCannotPressButtons() {
		List<ActivityLog.Entry> before = this.log.latest(ActivityLog.Group.REFUSED);
		HttpRequest.Builder press = HttpRequest.newBuilder(uri("/demo/webhooks/forged")).POST(BodyPublishers.noBody());
		assertThat(send(press.copy().header("Sec-Fetch-Site", "cross-site").build()).statusCode()).isEqualTo(403);
		assertThat(send(press.copy().header("Sec-Fetch-Site", "same-site").build()).statusCode()).isEqualTo(403);
		assertThat(before).containsAll(this.log.latest(ActivityLog.Group.REFUSED));
	}

	@Test
	void unknownButtonIsNotFound() {
		assertThat(press("nope").statusCode()).isEqualTo(404);
	}

	@Test
	void pageHoldsOnlyTheLatest() {
		IntStream.rangeClosed(0, ActivityLog.KEPT)
			.forEach((i) -> this.platform.sendWebhook("evt_many_%03d".formatted(i), "demo.greeting", Map.of()));
		this.platform.awaitWebhooks(PATIENCE);
		assertThat(this.log.latest(null)).hasSize(ActivityLog.KEPT);
		assertThat(webhooks().get(0).id()).isEqualTo("evt_many_%03d".formatted(ActivityLog.KEPT));
		assertThat(get("/").body()).doesNotContain("evt_many_000")
			.contains("evt_many_%03d".formatted(ActivityLog.KEPT));
	}

	@Test
	void pageDoesNotShowTheSecret() {
		assertThat(get("/").body()).contains(WebhookHandler.PATH).doesNotContain(this.platform.webhookSecret());
	}

	@Test
	void withoutSecretAndSimulatorThereIsNoHandlerThatNobodyCouldReach() {
		WebApplicationContextRunner runner = new WebApplicationContextRunner().withBean(ActivityLog.class)
			.withUserConfiguration(WebhookHandler.class)
			.withPropertyValues("sample.demo=false");
		runner.run((context) -> assertThat(context).doesNotHaveBean(WebhookHandler.class));
		runner.withPropertyValues("vendo.webhook.secret=")
			.run((context) -> assertThat(context).doesNotHaveBean(WebhookHandler.class));
		runner.withPropertyValues("vendo.webhook.secret=whsec_1")
			.run((context) -> assertThat(context).hasSingleBean(WebhookHandler.class));
	}

	private List<ActivityLog.Entry> webhooks() {
		return this.log.latest(ActivityLog.Group.WEBHOOKS);
	}

	private List<ActivityLog.Entry> received(String id) {
		return webhooks().stream().filter((entry) -> id.equals(entry.id())).toList();
	}

	private HttpResponse<String> press(String button) {
		return send(HttpRequest.newBuilder(uri("/demo/webhooks/" + button)).POST(BodyPublishers.noBody()).build());
	}

	private HttpResponse<String> post(String body, HttpHeaders headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri(WebhookHandler.PATH))
			.header(HttpHeaders.CONTENT_TYPE, "application/json")
			.POST(BodyPublishers.ofString(body));
		headers.forEach((name, values) -> values.forEach((value) -> request.header(name, value)));
		return send(request.build());
	}

	private HttpResponse<String> get(String path) {
		return send(HttpRequest.newBuilder(uri(path)).build());
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.port + path);
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

}
