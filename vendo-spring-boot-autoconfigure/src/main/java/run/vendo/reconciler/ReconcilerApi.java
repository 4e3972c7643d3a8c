package run.vendo.reconciler;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

import org.reactivestreams.Publisher;

import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.http.EnvironmentVariables;
import run.vendo.http.VendoHttp;
import run.vendo.token.ByokCatalog;
import run.vendo.token.Tokens;

import org.springframework.util.Assert;

/**
 * Keeps a dotenv file equal to a mapping, for programs that take their credentials from
 * such a file.
 * <p>
 * The file holds the mapping and nothing else: whatever else is in it gets lost. Names
 * are sorted, values are quoted. It is replaced as a whole, is forced to disk and can be
 * read by its owner alone; when anything goes wrong, the old file stays. A lock file
 * beside it keeps two processes apart. If the file is a symbolic link, the file it points
 * to is replaced.
 *
 * @since 0.1.0
 */
public interface ReconcilerApi {

	/**
	 * Return an API for the credentials of one identity.
	 * @param http where calls go
	 * @param environment where variables are looked up
	 * @param catalog the providers known in OSS mode
	 * @param tokens the tokens of the identity
	 * @param connectionEvents tells of connections that changed, as long as somebody is
	 * subscribed; subscribed to anew at a run when it has ended
	 * @return the API
	 */
	static ReconcilerApi over(VendoHttp http, EnvironmentVariables environment, ByokCatalog catalog, Tokens tokens,
			Publisher<?> connectionEvents) {
		// A list that the environment stands in for holds no credentials: it must not
		// empty the file.
		EnvironmentVariables withoutFallback = EnvironmentVariables
			.of((name) -> "VENDO_CONNECTIONS".equals(name) ? null : environment.get(name));
		return new DefaultReconcilerApi(http,
				new CatalogMapping(http, ReactiveConnectionsApi.over(http, withoutFallback, catalog), catalog, tokens),
				connectionEvents);
	}

	/**
	 * Write a file unless it is equal to a mapping.
	 * @param file the file; its directory must exist
	 * @param mapping the value of each variable; a {@code null} value leaves a variable
	 * out
	 * @return what is different from before; empty if nothing is
	 * @throws ValidationException if a name is not one of an environment variable, or a
	 * value cannot be written
	 * @throws VendoException if the file cannot be written
	 */
	default Reconciler.Change bootstrap(Path file, Map<String, String> mapping) {
		Assert.notNull(mapping, "'mapping' must not be null");
		return bootstrap(file, () -> mapping);
	}

	/**
	 * Write a file unless it is equal to a mapping.
	 * @param file the file; its directory must exist
	 * @param mapping gives the value of each variable; a {@code null} value leaves a
	 * variable out. What it raises is raised here.
	 * @return what is different from before; empty if nothing is
	 * @throws ValidationException if a name is not one of an environment variable, or a
	 * value cannot be written
	 * @throws VendoException if the file cannot be written
	 */
	default Reconciler.Change bootstrap(Path file, Supplier<? extends Map<String, String>> mapping) {
		return bootstrap(file, mapping, Quoting.SHELL);
	}

	/**
	 * Write a file unless it is equal to a mapping.
	 * @param file the file; its directory must exist
	 * @param mapping gives the value of each variable; a {@code null} value leaves a
	 * variable out. What it raises is raised here.
	 * @param quoting how values are quoted
	 * @return what is different from before; empty if nothing is
	 * @throws ValidationException if a name is not one of an environment variable, or a
	 * value cannot be written
	 * @throws VendoException if the file cannot be written
	 */
	Reconciler.Change bootstrap(Path file, Supplier<? extends Map<String, String>> mapping, Quoting quoting);

	/**
	 * Keep a file equal to a mapping: now, every 30 s, and when the reconciler is told.
	 * @param file the file; its directory must exist
	 * @param mapping the value of each variable, read on each run; a {@code null} value
	 * leaves a variable out
	 * @param onChange what happens when the file has changed later on
	 * @return the reconciler, to be closed
	 * @throws ValidationException if a name is not one of an environment variable, or a
	 * value cannot be written
	 * @throws VendoException if the file cannot be written
	 */
	default Reconciler start(Path file, Map<String, String> mapping, Reconciler.OnChange onChange) {
		Assert.notNull(mapping, "'mapping' must not be null");
		return start(file, () -> mapping, onChange);
	}

	/**
	 * Keep a file equal to a mapping: now, every 30 s, and when the reconciler is told.
	 * @param file the file; its directory must exist
	 * @param mapping gives the value of each variable, asked on each run; a {@code null}
	 * value leaves a variable out. What it raises now is raised here; later on it leaves
	 * the file as it is.
	 * @param onChange what happens when the file has changed later on
	 * @return the reconciler, to be closed
	 * @throws ValidationException if a name is not one of an environment variable, or a
	 * value cannot be written
	 * @throws VendoException if the file cannot be written
	 */
	default Reconciler start(Path file, Supplier<? extends Map<String, String>> mapping, Reconciler.OnChange onChange) {
		return start(file, mapping, onChange, ReconcilerOptions.defaults());
	}

	/**
	 * Keep a file equal to a mapping.
	 * @param file the file; its directory must exist
	 * @param mapping gives the value of each variable, asked on each run; a {@code null}
	 * value leaves a variable out. To fail is to leave the file as it is.
	 * @param onChange what happens when the file has changed
	 * @param options how often, on which thread and so on
	 * @return the reconciler, to be closed
	 * @throws VendoException if the first run is to take place at once and fails; then
	 * nothing keeps running
	 */
	Reconciler start(Path file, Supplier<? extends Map<String, String>> mapping, Reconciler.OnChange onChange,
			ReconcilerOptions options);

	/**
	 * Return the mapping that the connections ask for: the variables in the
	 * {@code env_bootstrap} of each connected provider, with the values its
	 * {@code value_from} points to. A {@code credential.access_token} that the connection
	 * does not bring is asked for at the credentials worker. A variable without value is
	 * left out; of two connections that ask for the same variable the first gets it.
	 * <p>
	 * Each time it asks {@code GET /api/deployments/me/connections}, and fails as that
	 * does. In OSS mode it gives the primary variable of each provider that has one set,
	 * without I/O.
	 * @return the mapping, to be asked on a thread that may wait
	 */
	Reconciler.Mapping catalogDefault();

	/**
	 * Return a mapping that takes values from tokens and connections. A variable without
	 * value is left out.
	 * @param sources where each variable's value comes from: {@code slug} for the token
	 * of a provider, or {@code slug:path} for a value of its connection, for example
	 * {@code openai:base_url} or {@code notion:metadata.workspace.id}
	 * @return the mapping, to be asked on a thread that may wait
	 * @throws ValidationException if a slug is blank, {@code .} or {@code ..}
	 */
	Reconciler.Mapping fromConnections(Map<String, String> sources);

}
