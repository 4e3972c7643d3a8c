package run.vendo.catalog;

import java.util.Optional;

import tools.jackson.databind.JsonNode;

import run.vendo.http.Blocking;

import org.springframework.util.Assert;

/**
 * The catalog for threads that may wait.
 */
final class BlockingCatalogApi implements CatalogApi {

	private final ReactiveCatalogApi reactive;

	BlockingCatalogApi(ReactiveCatalogApi reactive) {
		Assert.notNull(reactive, "'reactive' must not be null");
		this.reactive = reactive;
	}

	@Override
	public JsonNode tools() {
		return Blocking.await(this.reactive.tools());
	}

	@Override
	public JsonNode deployableTools() {
		return Blocking.await(this.reactive.deployableTools());
	}

	@Override
	public Optional<JsonNode> tool(String slug) {
		return Blocking.awaitOptional(this.reactive.tool(slug));
	}

	@Override
	public Optional<JsonNode> usageFraming(String slug) {
		return Blocking.awaitOptional(this.reactive.usageFraming(slug));
	}

	@Override
	public Optional<JsonNode> toolIntegrations(String slug) {
		return Blocking.awaitOptional(this.reactive.toolIntegrations(slug));
	}

	@Override
	public Optional<JsonNode> toolIntegrations(String slug, String appId) {
		return Blocking.awaitOptional(this.reactive.toolIntegrations(slug, appId));
	}

	@Override
	public JsonNode modelPricing() {
		return Blocking.await(this.reactive.modelPricing());
	}

	@Override
	public JsonNode integrationPricing() {
		return Blocking.await(this.reactive.integrationPricing());
	}

	@Override
	public Optional<JsonNode> pricing(String slug) {
		return Blocking.awaitOptional(this.reactive.pricing(slug));
	}

}
