package run.vendo.docs;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.web.ForRequest;
import run.vendo.autoconfigure.web.webhook.VendoWebhookMapping;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.RateLimitedException;
import run.vendo.event.ConnectionConnected;
import run.vendo.event.ConnectionNeedsReauth;
import run.vendo.event.ConnectionStatusChanged;
import run.vendo.webhook.WebhookEvent;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

abstract class MigrationSnippets {

	private final VendoClient vendo;

	MigrationSnippets(VendoClient vendo) {
		this.vendo = vendo;
	}

	void errors() {
		// tag::migration-errors[]
		try {
			use(this.vendo.token("slack"));
		}
		catch (NotConnectedException | NeedsReauthException ex) {
			connect(ex.slug());
		}
		catch (RateLimitedException ex) {
			later(ex.retryAfter());
		}
		// end::migration-errors[]
	}

	abstract void use(String token);

	abstract void connect(@Nullable String slug);

	abstract void later(@Nullable Duration wait);

}

// tag::migration-events[]
@Component
class ConsentWatch {

	@EventListener
	void connected(ConnectionConnected event) {
		System.out.println(event.slug() + " connected!");
	}

	@EventListener
	void consentIsNeeded(ConnectionNeedsReauth event) {
		remind(event.slug());
	}

	@EventListener(condition = "#event.status.value == 'needs_reauth'")
	void consentIsNeeded(ConnectionStatusChanged event) {
		remind(event.slug());
	}

	private void remind(String slug) {
		System.out.println("Please connect " + slug + " again");
	}

}
// end::migration-events[]

// tag::migration-request[]
@RestController
class CalendarController {

	@GetMapping("/api/calendar")
	String calendar(@ForRequest VendoClient vendo) {
		return vendo.session("google")
			.restClient()
			.get()
			.uri("https://www.googleapis.com/calendar/v3/users/me/calendarList")
			.retrieve()
			.body(String.class);
	}

}
// end::migration-request[]

// tag::migration-webhook[]
@RestController
class HookController {

	@VendoWebhookMapping("/webhooks/vendo")
	void receive(WebhookEvent<JsonNode> event) {
		System.out.println(event.type() + " " + event.data().path("slug").asString());
	}

}
// end::migration-webhook[]
