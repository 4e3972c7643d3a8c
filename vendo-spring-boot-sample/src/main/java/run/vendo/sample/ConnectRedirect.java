package run.vendo.sample;

import java.net.URI;
import java.util.List;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;

import run.vendo.ConnectUrlOptions;
import run.vendo.VendoClient;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Leads to the platform's page for connecting a provider, and back.
 * <p>
 * The address of that page holds the API key, so whoever follows this link sees it, and
 * where it leads back to is what the request says about the host. So it answers the
 * developer's own machine alone, under its own name. An application with other people in
 * it offers such a link to those alone who may have the key.
 */
@RestController
class ConnectRedirect {

	// Names of it, not looked up: a name that leads here may be anybody's.
	private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1", "[::1]", "0:0:0:0:0:0:0:1",
			"[0:0:0:0:0:0:0:1]");

	// A proxy on this machine calls for others. One that says nothing cannot be told.
	private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
			"X-Real-IP", "Via");

	private final VendoClient vendo;

	ConnectRedirect(VendoClient vendo) {
		this.vendo = vendo;
	}

	@GetMapping("/connect/{slug}")
	ResponseEntity<Void> connect(@PathVariable String slug, HttpServletRequest request) {
		if (!THIS_MACHINE.contains(request.getRemoteAddr()) || !THIS_MACHINE.contains(request.getServerName())
				|| FORWARDED.stream().anyMatch((name) -> request.getHeader(name) != null)) {
			throw new ResponseStatusException(HttpStatus.FORBIDDEN,
					"Providers are connected from the machine that the sample runs on, at http://localhost");
		}
		URI back = ServletUriComponentsBuilder.fromCurrentContextPath().path("/connected").build().toUri();
		return ResponseEntity.status(HttpStatus.SEE_OTHER)
			.location(this.vendo.connectUrl(slug, ConnectUrlOptions.none().withReturnTo(back)))
			.header(HttpHeaders.CACHE_CONTROL, "no-store")
			.header("Referrer-Policy", "no-referrer")
			.build();
	}

}
