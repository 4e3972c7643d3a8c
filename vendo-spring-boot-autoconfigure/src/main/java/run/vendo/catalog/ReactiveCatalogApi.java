package run.vendo.catalog;

import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import run.vendo.error.TransportException;
import run.vendo.error.ValidationException;
import run.vendo.http.VendoHttp;

/**
 * Tools that can be deployed, and what things cost. Public: works without a key. What is
 * answered is not laid down further than that it is JSON, and is passed on as it came.
 *
 * @since 0.1.0
 * @see CatalogApi
 */
public interface ReactiveCatalogApi {

	/**
	 * Return an API over an exchange path.
	 * @param http where calls go
	 * @return the API
	 */
	static ReactiveCatalogApi over(VendoHttp http) {
		return new DefaultReactiveCatalogApi(http);
	}

	/**
	 * Return the catalog of tools: {@code GET /api/tools/catalog}.
	 * @return the catalog; fails with {@link TransportException} if the platform cannot
	 * be reached
	 */
	Mono<JsonNode> tools();

	/**
	 * Return the tools that can be deployed: {@code GET /api/tools/deployable}.
	 * @return the tools; fails with {@link TransportException} if the platform cannot be
	 * reached
	 */
	Mono<JsonNode> deployableTools();

	/**
	 * Return one tool: {@code GET /api/tools/{slug}}.
	 * @param slug the tool
	 * @return the tool, empty when Vendo does not know it; fails with
	 * {@link ValidationException} if the slug is blank
	 */
	Mono<JsonNode> tool(String slug);

	/**
	 * Return what a tool says about its usage: {@code GET
	 * /api/tools/{slug}/usage-framing}.
	 * @param slug the tool
	 * @return what it says, empty when Vendo does not know the tool; fails with
	 * {@link ValidationException} if the slug is blank
	 */
	Mono<JsonNode> usageFraming(String slug);

	/**
	 * Return the integrations of a tool: {@code GET /api/tools/{slug}/integrations}.
	 * @param slug the tool
	 * @return the integrations, empty when Vendo does not know the tool; fails with
	 * {@link ValidationException} if the slug is blank
	 */
	Mono<JsonNode> toolIntegrations(String slug);

	/**
	 * Return the integrations of a tool as one application has them: {@code GET
	 * /api/tools/{slug}/integrations?appId=}.
	 * @param slug the tool
	 * @param appId the application
	 * @return the integrations, empty when Vendo does not know the tool; fails with
	 * {@link ValidationException} if the slug is blank
	 */
	Mono<JsonNode> toolIntegrations(String slug, String appId);

	/**
	 * Return what models cost: {@code GET /api/pricing/models}.
	 * @return the prices; fails with {@link TransportException} if the platform cannot be
	 * reached
	 */
	Mono<JsonNode> modelPricing();

	/**
	 * Return what integrations cost: {@code GET /api/pricing/integrations}.
	 * @return the prices; fails with {@link TransportException} if the platform cannot be
	 * reached
	 */
	Mono<JsonNode> integrationPricing();

	/**
	 * Return what one provider costs: {@code GET /api/pricing/public/{slug}}.
	 * @param slug the provider
	 * @return the prices, empty when Vendo does not know it; fails with
	 * {@link ValidationException} if the slug is blank
	 */
	Mono<JsonNode> pricing(String slug);

}
