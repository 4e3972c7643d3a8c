package run.vendo.connection;

import java.util.List;
import java.util.Optional;

import run.vendo.error.AuthException;
import run.vendo.error.TransportException;
import run.vendo.error.ValidationException;
import run.vendo.http.Blocking;

/**
 * The providers an application is connected to.
 * <p>
 * Without an API key the answers come from the catalog of providers and the environment,
 * without any I/O.
 *
 * @since 0.1.0
 * @see ReactiveConnectionsApi
 */
public interface ConnectionsApi {

	/**
	 * Return an API that waits for what a reactive one does.
	 * @param reactive the API that does the work
	 * @return the blocking API
	 */
	static ConnectionsApi over(ReactiveConnectionsApi reactive) {
		return new ConnectionsApi() {

			@Override
			public List<Connection> list() {
				// Ours are a list already.
				return (reactive instanceof DefaultReactiveConnectionsApi ours) ? Blocking.await(ours.all())
						: List.copyOf(Blocking.await(reactive.list().collectList()));
			}

			@Override
			public Optional<Connection> get(String slug) {
				return Blocking.awaitOptional(reactive.get(slug));
			}

		};
	}

	/**
	 * Return all connections: {@code GET /api/deployments/me/connections}. Calls made at
	 * the same moment share one request.
	 * <p>
	 * When the platform cannot be reached and {@code VENDO_CONNECTIONS} is set, the slugs
	 * in it are returned as connected, with nothing else known about them.
	 * @return the connections, in the platform's order
	 * @throws AuthException if the key is refused
	 * @throws TransportException if the platform cannot be reached
	 */
	List<Connection> list();

	/**
	 * Return the connection of one provider: the first of {@link #list()} with its slug.
	 * @param slug the provider
	 * @return the connection, empty when there is none
	 * @throws ValidationException if the slug is blank
	 */
	Optional<Connection> get(String slug);

}
