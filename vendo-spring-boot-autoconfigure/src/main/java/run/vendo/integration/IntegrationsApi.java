package run.vendo.integration;

import java.util.List;
import java.util.Optional;

import run.vendo.error.TransportException;
import run.vendo.error.ValidationException;
import run.vendo.http.Blocking;

/**
 * The providers Vendo knows. Public: works without an API key too.
 *
 * @since 0.1.0
 * @see ReactiveIntegrationsApi
 */
public interface IntegrationsApi {

	/**
	 * Return an API that waits for what a reactive one does.
	 * @param reactive the API that does the work
	 * @return the blocking API
	 */
	static IntegrationsApi over(ReactiveIntegrationsApi reactive) {
		return new IntegrationsApi() {

			@Override
			public List<Integration> list() {
				return List.copyOf(Blocking.await(reactive.list().collectList()));
			}

			@Override
			public Optional<Integration> get(String slug) {
				return Blocking.awaitOptional(reactive.get(slug));
			}

			@Override
			public List<String> envVars(String slug) {
				return reactive.envVars(slug);
			}

		};
	}

	/**
	 * Return all providers: {@code GET /api/integrations}. Calls made at the same moment
	 * share one request.
	 * @return the providers, in the platform's order
	 * @throws TransportException if the platform cannot be reached
	 */
	List<Integration> list();

	/**
	 * Return one provider: {@code GET /api/integrations/{slug}}.
	 * @param slug the provider
	 * @return the provider, empty when Vendo does not know it
	 * @throws ValidationException if the slug is blank
	 */
	Optional<Integration> get(String slug);

	/**
	 * Return the environment variables that may hold an application's own key. No I/O.
	 * @param slug the provider
	 * @return the names, the primary one first; empty when the catalog does not have the
	 * provider
	 */
	List<String> envVars(String slug);

}
