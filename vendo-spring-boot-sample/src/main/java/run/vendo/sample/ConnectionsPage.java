package run.vendo.sample;

import java.util.List;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.connection.Connection;
import run.vendo.error.VendoException;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * The page that lists the connections.
 */
@Controller
class ConnectionsPage {

	private final VendoClient vendo;

	ConnectionsPage(VendoClient vendo) {
		this.vendo = vendo;
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
