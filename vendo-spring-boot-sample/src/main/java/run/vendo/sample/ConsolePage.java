package run.vendo.sample;

import java.util.Optional;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import run.vendo.sso.VendoIdentity;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * The page with the connections, and its parts, each of which the page asks for again
 * when it has changed.
 */
@Controller
class ConsolePage {

	private final ConnectionsPanel connections;

	private final BalancePanel balance;

	private final ActivityLog activity;

	ConsolePage(ConnectionsPanel connections, BalancePanel balance, ActivityLog activity) {
		this.connections = connections;
		this.balance = balance;
		this.activity = activity;
	}

	@GetMapping("/")
	String page(Optional<VendoIdentity> user, Model model) {
		connections(user, model);
		balance(model);
		activity(null, model);
		return "console";
	}

	@GetMapping("/parts/connections")
	String connections(Optional<VendoIdentity> user, Model model) {
		model.addAttribute("connections", this.connections.view(user));
		return "parts/connections :: content";
	}

	@PostMapping("/connections/{slug}/invalidate")
	String invalidate(@PathVariable String slug, Optional<VendoIdentity> user, Model model,
			HttpServletResponse response) {
		this.connections.invalidate(user, slug);
		// What the page had asked for before may come after this answer, and be older.
		response.setHeader("HX-Trigger-After-Swap", "connections");
		return connections(user, model);
	}

	@GetMapping("/parts/balance")
	String balance(Model model) {
		model.addAttribute("balance", this.balance.view());
		return "parts/balance :: content";
	}

	@GetMapping("/parts/activity")
	String activity(@RequestParam(required = false) ActivityLog.@Nullable Group show, Model model) {
		model.addAttribute("groups", ActivityLog.Group.values());
		model.addAttribute("entries", this.activity.latest(show));
		return "parts/activity :: content";
	}

	@GetMapping("/parts/stream")
	String stream() {
		return "parts/stream :: content";
	}

	/**
	 * Say how connecting a provider has ended. This is where the portal leads back to.
	 */
	@GetMapping("/connected")
	String connected(@RequestParam(required = false) @Nullable String error, Model model) {
		model.addAttribute("denied", error != null);
		return "connected";
	}

}
