package run.vendo.connection;

import java.util.List;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.error.AuthException;
import run.vendo.error.TransportException;
import run.vendo.error.ValidationException;
import run.vendo.http.EnvironmentVariables;
import run.vendo.http.VendoHttp;
import run.vendo.token.ByokCatalog;

/**
 * The providers an application is connected to.
 * <p>
 * Without an API key the answers come from the catalog of providers and the environment,
 * without any I/O.
 *
 * @since 0.1.0
 * @see ConnectionsApi
 */
public interface ReactiveConnectionsApi {

	/**
	 * Return an API over an exchange path.
	 * @param http where calls go
	 * @param environment where variables are looked up
	 * @param catalog the providers in OSS mode
	 * @return the API
	 */
	static ReactiveConnectionsApi over(VendoHttp http, EnvironmentVariables environment, ByokCatalog catalog) {
		return new DefaultReactiveConnectionsApi(http, environment, catalog);
	}

	/**
	 * Return all connections: {@code GET /api/deployments/me/connections}. Calls made at
	 * the same moment share one request.
	 * <p>
	 * When the platform cannot be reached and {@code VENDO_CONNECTIONS} is set, the slugs
	 * in it are returned as connected, with nothing else known about them.
	 * @return the connections; fails with {@link AuthException} if the key is refused and
	 * with {@link TransportException} if the platform cannot be reached
	 */
	Flux<Connection> list();

	/**
	 * Return all connections as they are from now on: {@code GET
	 * /api/deployments/me/connections}, in a request that is shared with nobody, and
	 * never from {@code VENDO_CONNECTIONS}.
	 * @return the connections; fails with {@link AuthException} if the key is refused and
	 * with {@link TransportException} if the platform cannot be reached
	 */
	Mono<List<Connection>> snapshot();

	/**
	 * Return the connection of one provider: the first of {@link #list()} with its slug.
	 * @param slug the provider
	 * @return the connection, empty when there is none; fails as {@link #list()} does,
	 * and with {@link ValidationException} if the slug is blank
	 */
	Mono<Connection> get(String slug);

}
