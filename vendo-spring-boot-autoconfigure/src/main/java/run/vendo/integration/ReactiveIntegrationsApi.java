package run.vendo.integration;

import java.util.List;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.error.TransportException;
import run.vendo.error.ValidationException;
import run.vendo.http.VendoHttp;
import run.vendo.token.ByokCatalog;

/**
 * The providers Vendo knows. Public: works without an API key too.
 *
 * @since 0.1.0
 * @see IntegrationsApi
 */
public interface ReactiveIntegrationsApi {

	/**
	 * Return an API over an exchange path.
	 * @param http where calls go
	 * @param catalog the variables of providers in OSS mode
	 * @return the API
	 */
	static ReactiveIntegrationsApi over(VendoHttp http, ByokCatalog catalog) {
		return new DefaultReactiveIntegrationsApi(http, catalog);
	}

	/**
	 * Return all providers: {@code GET /api/integrations}. Calls made at the same moment
	 * share one request.
	 * @return the providers; fails with {@link TransportException} if the platform cannot
	 * be reached
	 */
	Flux<Integration> list();

	/**
	 * Return one provider: {@code GET /api/integrations/{slug}}.
	 * @param slug the provider
	 * @return the provider, empty when Vendo does not know it; fails with
	 * {@link ValidationException} if the slug is blank
	 */
	Mono<Integration> get(String slug);

	/**
	 * Return the environment variables that may hold an application's own key. No I/O.
	 * @param slug the provider
	 * @return the names, the primary one first; empty when the catalog does not have the
	 * provider
	 */
	List<String> envVars(String slug);

}
