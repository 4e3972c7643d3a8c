package run.vendo.sample;

import java.util.List;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.connection.Connection;
import run.vendo.error.VendoException;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * The page that lists the connections.
 */
@Controller
class ConnectionsPage {

	private final VendoClient vendo;

	private final WebhookLog webhooks;

	private final ObjectProvider<WebhookHandler> handler;

	private final ObjectProvider<DemoWebhooks> demo;

	ConnectionsPage(VendoClient vendo, WebhookLog webhooks, ObjectProvider<WebhookHandler> handler,
			ObjectProvider<DemoWebhooks> demo) {
		this.vendo = vendo;
		this.webhooks = webhooks;
		this.handler = handler;
		this.demo = demo;
	}

	@GetMapping("/")
	String connections(Model model) {
		model.addAttribute("vendoMode", this.vendo.isVendoMode());
		model.addAttribute("dashboard", this.vendo.sso().dashboardUrl());
		try {
			model.addAttribute("connections", this.vendo.connections().list().stream().map(Row::of).toList());
		}
		catch (VendoException ex) {
			// A page that is still there and says why beats an error page.
			model.addAttribute("connections", List.of());
			model.addAttribute("failure", ex.getMessage());
		}
		model.addAttribute("webhooks", this.webhooks.latest());
		model.addAttribute("webhookPath", (this.handler.getIfAvailable() != null) ? WebhookHandler.PATH : null);
		this.demo.ifAvailable((demo) -> {
			model.addAttribute("demoKinds", DemoWebhooks.Kind.values());
			model.addAttribute("demoOutcomes", demo.outcomes());
		});
		return "connections";
	}

	/**
	 * A line of the table.
	 */
	record Row(String slug, String name, String status, String words, boolean connected, @Nullable String problem,
			String action) {

		static Row of(Connection connection) {
			String status = connection.status().value();
			return new Row(connection.slug(), connection.displayName(), status, status.replace('_', ' '),
					connection.isConnected(), connection.errorMessage(),
					(connection.id() != null) ? "Reconnect" : "Connect");
		}

	}

}
