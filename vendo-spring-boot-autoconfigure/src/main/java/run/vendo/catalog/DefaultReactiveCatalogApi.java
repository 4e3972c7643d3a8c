package run.vendo.catalog;

import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import run.vendo.error.NotFoundException;
import run.vendo.http.VendoHttp;

import org.springframework.util.Assert;

/**
 * The catalog over the exchange path.
 */
final class DefaultReactiveCatalogApi implements ReactiveCatalogApi {

	private final VendoHttp http;

	DefaultReactiveCatalogApi(VendoHttp http) {
		this.http = http;
	}

	@Override
	public Mono<JsonNode> tools() {
		return this.http.call("catalog", "tools").get("/api/tools/catalog").retrieve(JsonNode.class);
	}

	@Override
	public Mono<JsonNode> deployableTools() {
		return this.http.call("catalog", "deployableTools").get("/api/tools/deployable").retrieve(JsonNode.class);
	}

	@Override
	public Mono<JsonNode> tool(String slug) {
		return this.http.call("catalog", "tool")
			.get("/api/tools/{slug}", slug)
			.slug(slug)
			.retrieve(JsonNode.class)
			.onErrorResume(NotFoundException.class, (ex) -> Mono.empty());
	}

	@Override
	public Mono<JsonNode> usageFraming(String slug) {
		return this.http.call("catalog", "usageFraming")
			.get("/api/tools/{slug}/usage-framing", slug)
			.slug(slug)
			.retrieve(JsonNode.class)
			.onErrorResume(NotFoundException.class, (ex) -> Mono.empty());
	}

	@Override
	public Mono<JsonNode> toolIntegrations(String slug) {
		return this.http.call("catalog", "toolIntegrations")
			.get("/api/tools/{slug}/integrations", slug)
			.slug(slug)
			.retrieve(JsonNode.class)
			.onErrorResume(NotFoundException.class, (ex) -> Mono.empty());
	}

	@Override
	public Mono<JsonNode> toolIntegrations(String slug, String appId) {
		Assert.hasText(appId, "'appId' must not be blank");
		return this.http.call("catalog", "toolIntegrations")
			.get("/api/tools/{slug}/integrations", slug)
			.slug(slug)
			.query("appId", appId)
			.retrieve(JsonNode.class)
			.onErrorResume(NotFoundException.class, (ex) -> Mono.empty());
	}

	@Override
	public Mono<JsonNode> modelPricing() {
		return this.http.call("catalog", "modelPricing").get("/api/pricing/models").retrieve(JsonNode.class);
	}

	@Override
	public Mono<JsonNode> integrationPricing() {
		return this.http.call("catalog", "integrationPricing")
			.get("/api/pricing/integrations")
			.retrieve(JsonNode.class);
	}

	@Override
	public Mono<JsonNode> pricing(String slug) {
		return this.http.call("catalog", "pricing")
			.get("/api/pricing/public/{slug}", slug)
			.slug(slug)
			.retrieve(JsonNode.class)
			.onErrorResume(NotFoundException.class, (ex) -> Mono.empty());
	}

}
