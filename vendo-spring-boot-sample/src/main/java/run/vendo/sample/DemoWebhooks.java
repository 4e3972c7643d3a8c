package run.vendo.sample;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import run.vendo.test.PlatformDelivery;
import run.vendo.test.VendoPlatform;
import run.vendo.test.WebhookSigner;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Sends webhooks to the sample itself: good ones from the simulator, and what somebody
 * else might try.
 */
@Component
@Conditional(DemoConfiguration.OnDemo.class)
class DemoWebhooks {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String TYPE = "demo.greeting";

	private static final String BODY = "{\"id\":\"%s\",\"type\":\"" + TYPE + "\",\"data\":{}}";

	private final VendoPlatform platform;

	private final String contextPath;

	private final RestClient http = RestClient.create();

	private volatile @Nullable String url;

	private @Nullable String last;

	DemoWebhooks(VendoPlatform platform, Environment environment) {
		this.platform = platform;
		this.contextPath = environment.getProperty("server.servlet.context-path", "");
	}

	// The port is the server's own word. What a request says about the host is anybody's.
	@EventListener
	void started(WebServerInitializedEvent event) {
		String url = "http://127.0.0.1:" + event.getWebServer().getPort() + this.contextPath + WebhookHandler.PATH;
		this.url = url;
		this.platform.sendWebhooksTo(URI.create(url));
	}

	/**
	 * Let one kind of webhook be sent, and return the status it is answered with.
	 */
	synchronized int send(Kind kind) {
		return switch (kind) {
			case SIGNED -> deliver("evt_" + UUID.randomUUID());
			case REPEATED -> deliver(Objects.requireNonNullElseGet(this.last, () -> "evt_" + UUID.randomUUID()));
			case FORGED -> post(WebhookSigner.of("whsec_a_guess"));
			case REPLAYED -> post(WebhookSigner.of(this.platform.webhookSecret())
				.withTimestamp(Instant.now().minus(Duration.ofDays(1))));
		};
	}

	private int deliver(String id) {
		this.last = id;
		this.platform.sendWebhook(id, TYPE, Map.of());
		this.platform.awaitWebhooks(PATIENCE);
		List<PlatformDelivery> deliveries = this.platform.webhookDeliveries();
		return deliveries.get(deliveries.size() - 1).status();
	}

	private int post(WebhookSigner signer) {
		String body = BODY.formatted("evt_" + UUID.randomUUID());
		return this.http.post()
			.uri(Objects.requireNonNull(this.url))
			.contentType(MediaType.APPLICATION_JSON)
			.headers(signer.headers(body))
			.body(body)
			.exchangeForRequiredValue((request, response) -> response.getStatusCode().value());
	}

	/**
	 * What can be sent.
	 */
	enum Kind {

		/** The platform delivers an event. */
		SIGNED("Signed by the platform"),

		/** The platform delivers the same event again, because an answer was lost. */
		REPEATED("The last one again"),

		/** Somebody makes up an event without knowing the secret. */
		FORGED("Forged"),

		/** Somebody sends what was overheard a day ago. */
		REPLAYED("Replayed a day later");

		private final String words;

		Kind(String words) {
			this.words = words;
		}

		public String words() {
			return this.words;
		}

	}

}
