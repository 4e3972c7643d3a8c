package run.vendo.sample;

import java.net.URI;

import run.vendo.ConnectUrlOptions;
import run.vendo.VendoClient;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Leads to the platform's page for connecting a provider, and back.
 * <p>
 * The address of that page holds the API key, so whoever follows this link sees it. That
 * is all right here, where only the developer's own machine is let in. An application
 * with other people in it offers such a link to those alone who may have the key.
 */
@RestController
class ConnectRedirect {

	private final VendoClient vendo;

	ConnectRedirect(VendoClient vendo) {
		this.vendo = vendo;
	}

	@GetMapping("/connect/{slug}")
	ResponseEntity<Void> connect(@PathVariable String slug) {
		URI back = ServletUriComponentsBuilder.fromCurrentContextPath().path("/connected").build().toUri();
		return ResponseEntity.status(HttpStatus.SEE_OTHER)
			.location(this.vendo.connectUrl(slug, ConnectUrlOptions.none().withReturnTo(back)))
			.header(HttpHeaders.CACHE_CONTROL, "no-store")
			.header("Referrer-Policy", "no-referrer")
			.build();
	}

}
