package run.vendo.token;

import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * HTTP clients for a provider's own API that carry the provider's current token. When the
 * provider answers 401, exactly that token is dropped, another is fetched, and the
 * request is repeated once.
 * <p>
 * The clients do not follow redirects, so that a token never travels further than the URL
 * it was sent to. They have no base URL, and wait for an answer to begin as long as
 * Vendo's own calls do.
 *
 * @since 0.1.0
 */
public interface VendoSession {

	/**
	 * Return the provider the session is for.
	 * @return the slug
	 */
	String slug();

	/**
	 * Return a client for reactive code.
	 * @return the same client at every call
	 */
	WebClient webClient();

	/**
	 * Return a client for blocking code.
	 * @return the same client at every call
	 */
	RestClient restClient();

}
