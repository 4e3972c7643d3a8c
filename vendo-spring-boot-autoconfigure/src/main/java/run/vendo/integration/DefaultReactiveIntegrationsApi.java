package run.vendo.integration;

import java.util.List;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.error.NotFoundException;
import run.vendo.http.VendoHttp;
import run.vendo.token.ByokCatalog;

/**
 * Integrations as the platform lists them.
 */
final class DefaultReactiveIntegrationsApi implements ReactiveIntegrationsApi {

	private final VendoHttp http;

	private final ByokCatalog catalog;

	DefaultReactiveIntegrationsApi(VendoHttp http, ByokCatalog catalog) {
		this.http = http;
		this.catalog = catalog;
	}

	@Override
	public Flux<Integration> list() {
		return this.http
			.share("integrations.list",
					() -> this.http.call("integrations", "list")
						.get("/api/integrations")
						.retrieve(IntegrationList.class)
						.map(IntegrationList::integrations))
			.flatMapIterable((integrations) -> integrations);
	}

	@Override
	public Mono<Integration> get(String slug) {
		return this.http.call("integrations", "get")
			.get("/api/integrations/{slug}", slug)
			.slug(slug)
			.retrieve(Integration.class)
			.onErrorResume(NotFoundException.class, (ex) -> Mono.empty());
	}

	@Override
	public List<String> envVars(String slug) {
		return this.catalog.variables(slug);
	}

}
