package run.vendo.docs;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

import run.vendo.autoconfigure.web.webhook.VendoWebhook;
import run.vendo.autoconfigure.web.webhook.VendoWebhookExchangeMatcher;
import run.vendo.autoconfigure.web.webhook.VendoWebhookFilterFunctions;
import run.vendo.autoconfigure.web.webhook.VendoWebhookMapping;
import run.vendo.autoconfigure.web.webhook.VendoWebhookRequestMatcher;
import run.vendo.webhook.WebhookEvent;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

class WebhookSnippets {

	private static final Logger logger = LoggerFactory.getLogger(WebhookSnippets.class);

	// tag::webhook-application[]
	@SpringBootApplication
	@RestController
	static class HooksApplication {

		private static final Logger logger = LoggerFactory.getLogger(HooksApplication.class);

		public static void main(String[] args) {
			SpringApplication.run(HooksApplication.class, args);
		}

		@VendoWebhookMapping("/webhooks/vendo")
		void receive(WebhookEvent<ConnectionData> event) {
			logger.info("{} {}", event.type(), event.data().slug());
		}

		record ConnectionData(String slug, @JsonProperty("connection_id") String connectionId) {

		}

	}
	// end::webhook-application[]

	static class Parameters {

		// tag::webhook-parameters[]
		@VendoWebhookMapping("/webhooks/all")
		void anyEvent(WebhookEvent<?> event) {
			logger.info("{} {}", event.id(), event.body().path("data").path("slug").asString());
		}

		@VendoWebhook
		@PostMapping("/webhooks/{team}")
		void body(@PathVariable String team, @RequestBody JsonNode body) {
			logger.info("{}: {}", team, body.path("type").asString());
		}

		@VendoWebhookMapping("/webhooks/bell")
		void nothingAtAll() {
			logger.info("Something has happened");
		}
		// end::webhook-parameters[]

		// tag::webhook-secret[]
		@VendoWebhookMapping(path = "/webhooks/billing", secret = "acme.billing-webhook-secret", maxAge = "1m")
		void billing(WebhookEvent<?> event) {
			logger.info("{}", event.type());
		}
		// end::webhook-secret[]

	}

}

interface HookVault {

	String read(String path);

}

// tag::webhook-secret-bean[]
@Configuration(proxyBeanMethods = false)
class HookSecrets {

	@Bean
	List<String> billingHookSecrets(HookVault vault) {
		return List.of(vault.read("billing-hook/new"), vault.read("billing-hook/old"));
	}

}
// end::webhook-secret-bean[]

// tag::webhook-function[]
@Configuration(proxyBeanMethods = false)
class HookRoutes {

	@Bean
	RouterFunction<ServerResponse> hooks(VendoWebhookFilterFunctions webhooks) {
		return RouterFunctions.route().POST("/webhooks/function", (request) -> {
			WebhookEvent<JsonNode> event = VendoWebhookFilterFunctions.event(request);
			return ServerResponse.ok().body(event.type());
		}).filter(webhooks.verify()).build();
	}

}
// end::webhook-function[]

// tag::webhook-security[]
@Configuration(proxyBeanMethods = false)
class HookSecurity {

	@Bean
	SecurityFilterChain security(HttpSecurity http, VendoWebhookRequestMatcher webhooks) throws Exception {
		return http
			.authorizeHttpRequests(
					(requests) -> requests.requestMatchers(webhooks).permitAll().anyRequest().authenticated())
			.build();
	}

}
// end::webhook-security[]

// tag::webhook-security-reactive[]
@Configuration(proxyBeanMethods = false)
class ReactiveHookSecurity {

	@Bean
	SecurityWebFilterChain security(ServerHttpSecurity http, VendoWebhookExchangeMatcher webhooks) {
		return http
			.authorizeExchange((exchanges) -> exchanges.matchers(webhooks).permitAll().anyExchange().authenticated())
			.build();
	}

}
// end::webhook-security-reactive[]
