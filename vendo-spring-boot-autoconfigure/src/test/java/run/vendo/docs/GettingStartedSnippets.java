package run.vendo.docs;

import java.net.URI;

import reactor.core.publisher.Mono;

import run.vendo.ConnectUrlOptions;
import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

// tag::controller[]
@RestController
class ChannelController {

	private final VendoClient vendo;

	ChannelController(VendoClient vendo) {
		this.vendo = vendo;
	}

	@GetMapping("/channels")
	String channels() {
		return this.vendo.session("slack")
			.restClient()
			.get()
			.uri("https://slack.com/api/conversations.list")
			.retrieve()
			.body(String.class);
	}

}
// end::controller[]

// tag::reactive-controller[]
@RestController
class ReactiveChannelController {

	private final ReactiveVendoClient vendo;

	ReactiveChannelController(ReactiveVendoClient vendo) {
		this.vendo = vendo;
	}

	@GetMapping("/channels")
	Mono<String> channels() {
		return this.vendo.session("slack")
			.webClient()
			.get()
			.uri("https://slack.com/api/conversations.list")
			.retrieve()
			.bodyToMono(String.class);
	}

}
// end::reactive-controller[]

// tag::connect[]
@RestController
class ConnectController {

	private final VendoClient vendo;

	ConnectController(VendoClient vendo) {
		this.vendo = vendo;
	}

	@GetMapping("/connect/{slug}")
	ResponseEntity<Void> connect(@PathVariable String slug) {
		ConnectUrlOptions options = ConnectUrlOptions.none().withReturnTo("https://app.example.com/connected");
		URI portal = this.vendo.connectUrl(slug, options);
		return ResponseEntity.status(HttpStatus.SEE_OTHER).location(portal).build();
	}

}
// end::connect[]
