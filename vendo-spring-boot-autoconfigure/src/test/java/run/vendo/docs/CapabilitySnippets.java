package run.vendo.docs;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.billing.Balance;
import run.vendo.billing.Period;
import run.vendo.billing.SpendCaps;
import run.vendo.billing.Usage;
import run.vendo.billing.UsdBalance;
import run.vendo.connection.Connection;
import run.vendo.connection.ConnectionStatus;
import run.vendo.connection.ConnectionsApi;
import run.vendo.deployment.DeploymentApi;
import run.vendo.error.ValidationException;
import run.vendo.integration.Integration;
import run.vendo.sso.SsoApi;
import run.vendo.sso.VendoIdentity;
import run.vendo.webhook.WebhookEvent;
import run.vendo.webhook.WebhooksApi;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

// tag::inject[]
@Service
class ConnectedProviders {

	private final ConnectionsApi connections;

	ConnectedProviders(ConnectionsApi connections) {
		this.connections = connections;
	}

	List<String> slugs() {
		return this.connections.list().stream().filter(Connection::isConnected).map(Connection::slug).toList();
	}

}
// end::inject[]

class CapabilitySnippets {

	private final VendoClient vendo;

	CapabilitySnippets(VendoClient vendo) {
		this.vendo = vendo;
	}

	void connections() {
		// tag::connections[]
		for (Connection connection : this.vendo.connections().list()) {
			System.out.println(connection.displayName() + ": " + connection.status());
		}

		boolean reauth = this.vendo.connections()
			.get("slack")
			.filter((slack) -> slack.status().equals(ConnectionStatus.NEEDS_REAUTH))
			.isPresent();
		// end::connections[]
	}

	void integrations() {
		// tag::integrations[]
		List<Integration> all = this.vendo.integrations().list();
		Optional<Integration> slack = this.vendo.integrations().get("slack");
		List<String> variables = this.vendo.integrations().envVars("notion"); // NOTION_API_TOKEN,
																				// NOTION_TOKEN
		// end::integrations[]
	}

	void billing() {
		// tag::billing[]
		Balance balance = this.vendo.billing().balance();
		System.out.println(balance.creditsRemaining() + " " + balance.currency());

		SpendCaps caps = this.vendo.billing().spendCaps();
		boolean capped = caps.daily() != null && caps.usedToday().compareTo(caps.daily()) >= 0;

		Usage usage = this.vendo.billing().usage(Period.MONTH);
		JsonNode report = usage.json();
		// end::billing[]
	}

	void usd() {
		// tag::usd[]
		UsdBalance legacy = this.vendo.billing().legacyBalance();
		BigDecimal usd = this.vendo.billing().cliBalance().balanceUsd();
		// end::usd[]
	}

	void catalog(String appId) {
		// tag::catalog[]
		JsonNode tools = this.vendo.catalog().tools();
		Optional<JsonNode> n8n = this.vendo.catalog().tool("n8n");
		Optional<JsonNode> integrations = this.vendo.catalog().toolIntegrations("n8n", appId);
		JsonNode models = this.vendo.catalog().modelPricing();
		Optional<JsonNode> slack = this.vendo.catalog().pricing("slack");
		// end::catalog[]
	}

	void data(String connectionId) {
		// tag::data[]
		record Message(String channel, String ts) {
		}

		Map<String, Object> args = Map.of("channel", "#general", "text", "Hello");
		JsonNode tree = this.vendo.data().execute("SLACK_SEND_MESSAGE", args);
		Message message = this.vendo.data().execute("SLACK_SEND_MESSAGE", args, Message.class);
		this.vendo.data().forConnection(connectionId).execute("SLACK_SEND_MESSAGE", args);
		// end::data[]
	}

	void deployment() {
		// tag::deployment[]
		DeploymentApi deployment = this.vendo.deployment();
		if (deployment.isRunningOnVendo()) {
			System.out.println(deployment.tenantId() + " " + deployment.deploymentSlug());
		}
		// end::deployment[]
	}

}

// tag::sso[]
@RestController
class WhoAmIController {

	private final SsoApi sso;

	WhoAmIController(SsoApi sso) {
		this.sso = sso;
	}

	@GetMapping("/hello")
	String hello(@RequestHeader HttpHeaders headers) {
		return this.sso.identityFromHeaders(headers).map(VendoIdentity::name).orElse("stranger");
	}

	@GetMapping(SsoApi.IDENTITY_ENDPOINT_PATH)
	ResponseEntity<Map<String, Object>> identity(@RequestHeader HttpHeaders headers) {
		return this.sso.identityResponse(headers);
	}

}
// end::sso[]

// tag::webhook[]
@RestController
class VendoWebhookController {

	private final WebhooksApi webhooks;

	VendoWebhookController(WebhooksApi webhooks) {
		this.webhooks = webhooks;
	}

	@PostMapping("/webhooks/vendo")
	ResponseEntity<Void> receive(@RequestHeader HttpHeaders headers, @RequestBody byte[] body) {
		WebhookEvent<JsonNode> event;
		try {
			event = this.webhooks.verify(headers, body);
		}
		catch (ValidationException ex) {
			return ResponseEntity.badRequest().build(); // ex.reason() says why
		}
		System.out.println(event.type() + " " + event.data().path("slug").asString());
		return ResponseEntity.noContent().build();
	}

}
// end::webhook[]
