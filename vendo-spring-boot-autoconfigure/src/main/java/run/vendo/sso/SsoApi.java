package run.vendo.sso;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

import run.vendo.http.EnvironmentVariables;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/**
 * The signed-in user, as the Vendo proxy tells the application. No I/O.
 * <p>
 * The proxy's headers are not signed. They are believed only where the environment says
 * that the application runs behind the proxy ({@code VENDO_AUTH=1}), which strips what a
 * client sends under the same names.
 *
 * @since 0.1.0
 */
public interface SsoApi {

	/** The path at which an application answers who is signed in. */
	String IDENTITY_ENDPOINT_PATH = "/api/vendo/identity";

	/**
	 * Return an API over the environment.
	 * @param environment where {@code VENDO_AUTH} is looked up
	 * @return the API
	 */
	static SsoApi over(EnvironmentVariables environment) {
		return new DefaultSsoApi(environment);
	}

	/**
	 * Return whether the application runs behind the proxy.
	 * @return whether {@code VENDO_AUTH} is {@code 1}
	 */
	boolean isEnabled();

	/**
	 * Return who a request comes from.
	 * @param headers the headers of the request
	 * @return the user, empty when nobody is signed in or the headers are not to be
	 * believed
	 */
	Optional<VendoIdentity> identityFromHeaders(HttpHeaders headers);

	/**
	 * Return the answer of the identity endpoint.
	 * @param headers the headers of the request
	 * @return 200 with {@code user_id}, {@code email}, {@code name}, {@code tenant_id}
	 * and {@code role}, or 401 with the error {@code identity_not_present}
	 */
	ResponseEntity<Map<String, Object>> identityResponse(HttpHeaders headers);

	/**
	 * Return where a user signs out.
	 * @return a path at the application's own host, served by the proxy
	 */
	URI logoutUrl();

	/**
	 * Return where a user manages the account.
	 * @return the Vendo dashboard
	 */
	URI dashboardUrl();

}
