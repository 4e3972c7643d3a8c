package run.vendo.docs;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import reactor.core.publisher.Mono;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.token.TokenCache;
import run.vendo.token.VendoSession;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

class TokenSnippets {

	private final VendoClient vendo;

	private final ReactiveVendoClient reactiveVendo;

	TokenSnippets(VendoClient vendo, ReactiveVendoClient reactiveVendo) {
		this.vendo = vendo;
		this.reactiveVendo = reactiveVendo;
	}

	void mode() {
		// tag::mode[]
		if (this.vendo.isVendoMode()) {
			System.out.println("Left to spend: " + this.vendo.billing().balance().creditsRemaining());
		}
		// end::mode[]
	}

	void one() {
		// tag::token[]
		String token = this.vendo.token("slack");
		// end::token[]
	}

	void oneReactive() {
		// tag::token-reactive[]
		Mono<String> token = this.reactiveVendo.token("slack");
		// end::token-reactive[]
	}

	void several() {
		// tag::tokens[]
		Map<String, Optional<String>> tokens = this.vendo.tokens(List.of("slack", "notion", "openai"));
		tokens.get("slack").ifPresent((token) -> System.out.println("Slack is connected"));
		// end::tokens[]
	}

	void invalidate() {
		// tag::invalidate[]
		this.vendo.invalidate("slack"); // the token of this client's identity
		this.vendo.tokenCache().invalidate("slack"); // everybody's
		// end::invalidate[]
	}

	void session() {
		// tag::session[]
		VendoSession slack = this.vendo.session("slack");
		String answer = slack.restClient()
			.post()
			.uri("https://slack.com/api/chat.postMessage")
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("channel", "#general", "text", "Hello"))
			.retrieve()
			.body(String.class);
		// end::session[]
	}

	void sessionTimeout() {
		// tag::session-timeout[]
		Mono<String> channels = this.reactiveVendo.session("slack")
			.webClient()
			.get()
			.uri("https://slack.com/api/conversations.list")
			.retrieve()
			.bodyToMono(String.class)
			.timeout(Duration.ofSeconds(30));
		// end::session-timeout[]
	}

	void user(String jwt) {
		// tag::for-user[]
		VendoClient user = this.vendo.forUser(jwt);
		String token = user.token("gmail");
		// end::for-user[]
	}

}

// tag::for-request[]
@RestController
class MailController {

	private final VendoClient vendo;

	MailController(VendoClient vendo) {
		this.vendo = vendo;
	}

	@GetMapping("/mail")
	String mail(@RequestHeader HttpHeaders headers) {
		return this.vendo.forRequest(headers)
			.session("gmail")
			.restClient()
			.get()
			.uri("https://gmail.googleapis.com/gmail/v1/users/me/messages")
			.retrieve()
			.body(String.class);
	}

}
// end::for-request[]

// tag::cache-bean[]
@Configuration(proxyBeanMethods = false)
class TokenCacheConfiguration {

	@Bean
	TokenCache tokenCache() {
		return TokenCache.builder().maximumSize(50_000).expiryMargin(Duration.ofMinutes(2)).build();
	}

}
// end::cache-bean[]
