package run.vendo.sample;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.web.ForRequest;
import run.vendo.billing.Balance;
import run.vendo.connection.Connection;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the page shows, as JSON. Answers are made of what a browser may see: a
 * {@link Connection} holds credentials, so it is never the answer itself.
 */
@RestController
@RequestMapping("/api")
class VendoApi {

	private final VendoClient vendo;

	VendoApi(VendoClient vendo) {
		this.vendo = vendo;
	}

	@GetMapping("/connections")
	List<ConnectionView> connections() {
		return this.vendo.connections().list().stream().map(ConnectionView::of).toList();
	}

	@GetMapping("/token/{slug}")
	TokenView token(@PathVariable String slug) {
		return new TokenView(slug, TokenMask.mask(this.vendo.token(slug)));
	}

	/**
	 * Show the token of whoever is signed in at the Vendo proxy. Without the proxy nobody
	 * is.
	 */
	@GetMapping("/me/token/{slug}")
	TokenView myToken(@PathVariable String slug, @ForRequest VendoClient user) {
		return new TokenView(slug, TokenMask.mask(user.token(slug)));
	}

	@GetMapping("/balance")
	BalanceView balance() {
		return BalanceView.of(this.vendo.billing().balance());
	}

	record ConnectionView(String slug, String name, String status) {

		static ConnectionView of(Connection connection) {
			return new ConnectionView(connection.slug(), connection.displayName(), connection.status().value());
		}

	}

	record TokenView(String slug, String token) {
	}

	record BalanceView(BigDecimal credits, String currency, @Nullable String topUpUrl) {

		static BalanceView of(Balance balance) {
			return new BalanceView(balance.creditsRemaining(), balance.currency().toUpperCase(Locale.ROOT),
					Links.web(balance.topUpUrl()));
		}

	}

}
