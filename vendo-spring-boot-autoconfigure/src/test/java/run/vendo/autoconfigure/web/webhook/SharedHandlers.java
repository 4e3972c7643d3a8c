package run.vendo.autoconfigure.web.webhook;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import tools.jackson.databind.JsonNode;

import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;
import run.vendo.webhook.WebhookEvent;

import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Handlers that both stacks can call.
 */
final class SharedHandlers {

	private SharedHandlers() {
	}

	/**
	 * The data of the events.
	 *
	 * @param slug the provider
	 */
	record Data(String slug) {

	}

	/**
	 * The body of the events.
	 *
	 * @param id the id
	 * @param data the data
	 */
	record Body(String id, Data data) {

	}

	@RestController
	@RequestMapping("/shared")
	static class Annotated {

		private final Calls calls;

		Annotated(Calls calls) {
			this.calls = calls;
		}

		@VendoWebhookMapping("/nothing")
		void nothing() {
			this.calls.add("nothing");
		}

		@VendoWebhookMapping("/event")
		void event(WebhookEvent<?> event) {
			this.calls.add(event.body());
		}

		@VendoWebhookMapping("/typed-event")
		String typedEvent(WebhookEvent<Data> event) {
			this.calls.add(event.data().slug());
			return event.data().slug();
		}

		@VendoWebhookMapping("/bytes")
		void bytes(@RequestBody byte[] body) {
			this.calls.add(body);
		}

		@VendoWebhookMapping("/optional-bytes")
		void optionalBytes(@RequestBody(required = false) byte[] body) {
			this.calls.add(body);
		}

		@VendoWebhookMapping("/text")
		void text(@RequestBody String body) {
			this.calls.add(body);
		}

		@VendoWebhookMapping("/record")
		void record(@RequestBody Body body) {
			this.calls.add(body.data().slug());
		}

		@VendoWebhookMapping("/json")
		void json(@RequestBody JsonNode body) {
			this.calls.add(body.path("data").path("slug").asString());
		}

		@VendoWebhookMapping("/map")
		void map(@RequestBody Map<String, Object> body) {
			this.calls.add(body.get("type"));
		}

		@VendoWebhookMapping("/entity")
		ResponseEntity<Void> entity(HttpEntity<byte[]> entity) {
			this.calls.add(entity.getBody());
			return ResponseEntity.noContent().build();
		}

		@VendoWebhookMapping("/headers")
		void headers(@RequestHeader HttpHeaders headers) {
			this.calls.add(headers.getFirst("Vendo-Timestamp"));
		}

		@VendoWebhookMapping("/parameter")
		void parameter(@RequestParam(required = false) String name, @RequestParam(required = false) String other) {
			this.calls.add(name + other);
		}

		@VendoWebhookMapping("/tenants/{tenant}/hook")
		void path(@PathVariable String tenant) {
			this.calls.add(tenant);
		}

		@VendoWebhook
		@PostMapping("/future")
		CompletableFuture<String> future(WebhookEvent<Data> event) {
			return CompletableFuture.supplyAsync(() -> {
				this.calls.add(event.data().slug());
				return "done";
			});
		}

		@VendoWebhook
		@RequestMapping("/any-method")
		void anyMethod() {
			this.calls.add("any");
		}

		@GetMapping("/bytes")
		String notForWebhooks() {
			return "plain";
		}

		@PostMapping("/plain")
		String plain(@RequestBody String body) {
			return body;
		}

	}

	@Controller
	@VendoWebhook
	static class AnnotatedType {

		private final Calls calls;

		AnnotatedType(Calls calls) {
			this.calls = calls;
		}

		@PostMapping("/shared/type")
		@ResponseBody
		String type(@RequestBody String body) {
			this.calls.add(body);
			return "ok";
		}

	}

}
