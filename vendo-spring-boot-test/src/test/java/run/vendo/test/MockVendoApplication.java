package run.vendo.test;

import java.util.Map;

import reactor.core.publisher.Mono;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.connection.ConnectionsApi;
import run.vendo.error.ValidationException;
import run.vendo.sso.SsoApi;
import run.vendo.webhook.WebhooksApi;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application such as somebody would test with mocks.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
class MockVendoApplication {

	@RestController
	static class HookController {

		private final WebhooksApi webhooks;

		private final VendoClient vendo;

		private final ReactiveVendoClient reactive;

		HookController(WebhooksApi webhooks, VendoClient vendo, ReactiveVendoClient reactive) {
			this.webhooks = webhooks;
			this.vendo = vendo;
			this.reactive = reactive;
		}

		@PostMapping("/hooks")
		Map<String, String> hook(@RequestHeader HttpHeaders headers, @RequestBody byte[] body) {
			return Map.of("type", this.webhooks.verify(headers, body).type());
		}

		@GetMapping("/token/{slug}")
		String token(@PathVariable String slug) {
			return this.vendo.token(slug);
		}

		@GetMapping("/reactive-token/{slug}")
		Mono<String> reactiveToken(@PathVariable String slug) {
			return this.reactive.token(slug);
		}

		@ExceptionHandler(ValidationException.class)
		@ResponseStatus(HttpStatus.UNAUTHORIZED)
		String invalid(ValidationException ex) {
			return String.valueOf(ex.reason());
		}

	}

	/**
	 * What else the application is made of.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Tenants {

		@Bean(defaultCandidate = false)
		VendoClient tenantClient(VendoClient.Builder builder) {
			return builder.build();
		}

		@Bean
		Report report(ConnectionsApi connections, SsoApi sso) {
			return new Report(connections, sso);
		}

	}

	record Report(ConnectionsApi connections, SsoApi sso) {

	}

}
