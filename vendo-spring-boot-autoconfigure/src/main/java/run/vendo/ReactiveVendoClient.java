package run.vendo;

import java.net.URI;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

import reactor.core.publisher.Mono;

import run.vendo.billing.ReactiveBillingApi;
import run.vendo.catalog.ReactiveCatalogApi;
import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.dashboard.ReactiveVendoDashboard;
import run.vendo.data.ReactiveDataApi;
import run.vendo.deployment.DeploymentApi;
import run.vendo.error.IdentityNotPresentException;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.TransportException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.http.ReactiveHttpApi;
import run.vendo.integration.ReactiveIntegrationsApi;
import run.vendo.reconciler.ReconcilerApi;
import run.vendo.sso.SsoApi;
import run.vendo.token.TokenCache;
import run.vendo.token.VendoSession;
import run.vendo.webhook.WebhooksApi;

import org.springframework.http.HttpHeaders;

/**
 * Vendo for code that must not wait. {@link VendoClient} is the same for code that may;
 * both share connections and the token cache.
 * <p>
 * With an API key the client works in <em>Vendo mode</em>, without one in <em>OSS
 * mode</em>, on the user's own provider keys from the environment. Instances are
 * immutable and may be used by any number of threads.
 *
 * @since 0.1.0
 */
public interface ReactiveVendoClient extends AutoCloseable {

	/**
	 * Return a builder that takes what is not set from the environment.
	 * @return a new builder
	 */
	static Builder builder() {
		return new DefaultReactiveVendoClientBuilder(new ClientSettings());
	}

	/**
	 * Return whether the client works with an API key.
	 * @return whether it is in Vendo mode
	 */
	boolean isVendoMode();

	/**
	 * Return a provider's current token: from {@code VENDO_TOKEN_<SLUG>}, the cache, or
	 * {@code GET /{slug}} at the credentials worker; in OSS mode from the provider's own
	 * environment variable. Callers that ask for the same token at once share a request.
	 * @param slug the provider
	 * @return the token; fails with {@link ValidationException} if the slug is blank,
	 * {@code .} or {@code ..}, {@link NotConnectedException} if there is no token,
	 * {@link NeedsReauthException} if consent has to be given again and
	 * {@link TransportException} if the worker cannot be reached
	 */
	Mono<String> token(String slug);

	/**
	 * Return the current tokens of several providers, with one {@code GET /_bulk} at the
	 * credentials worker for all that are neither overridden nor kept.
	 * @param slugs the providers; repeats count once
	 * @return a token by slug in the order asked, empty where there is no credential;
	 * fails with {@link ValidationException} if a slug is blank, {@code .} or {@code ..}
	 * and {@link TransportException} if the worker cannot be reached
	 */
	Mono<Map<String, Optional<String>>> tokens(Collection<String> slugs);

	/**
	 * Drop a provider's token of this client's identity, so that the next call asks for
	 * another.
	 * @param slug the provider
	 * @throws ValidationException if the slug is blank, {@code .} or {@code ..}
	 */
	void invalidate(String slug);

	/**
	 * Return where tokens are kept, to drop those of all identities at once.
	 * @return the cache, which other clients may share
	 */
	TokenCache tokenCache();

	/**
	 * Return HTTP clients for a provider's own API that carry its current token.
	 * @param slug the provider
	 * @return the session; asks for no token yet
	 * @throws ValidationException if the slug is blank, {@code .} or {@code ..}
	 */
	VendoSession session(String slug);

	/**
	 * Return where somebody can connect a provider. No request is made. The URL holds the
	 * API key: send a browser there, and never log it.
	 * @param slug the provider
	 * @return the URL
	 * @throws ValidationException if the slug is blank, {@code .} or {@code ..}
	 * @throws VendoOnlyFeatureException without an API key
	 */
	default URI connectUrl(String slug) {
		return connectUrl(slug, ConnectUrlOptions.none());
	}

	/**
	 * Return where somebody can connect a provider. No request is made. The URL holds the
	 * API key: send a browser there, and never log it.
	 * @param slug the provider
	 * @param options what happens afterwards
	 * @return the URL
	 * @throws ValidationException if the slug is blank, {@code .} or {@code ..}
	 * @throws VendoOnlyFeatureException without an API key
	 */
	URI connectUrl(String slug, ConnectUrlOptions options);

	/**
	 * Return a client that acts for a user: every request carries the user's JWT, and its
	 * tokens are nobody else's. It shares all else with this client and is closed with
	 * it.
	 * @param jwt the user's JWT, as the Vendo proxy sets it
	 * @return a client for that user
	 * @throws ValidationException if the JWT is blank or no header can carry it
	 * @throws VendoOnlyFeatureException without an API key
	 */
	ReactiveVendoClient forUser(String jwt);

	/**
	 * Return a client that acts for the user of a request: the one whose JWT is in its
	 * {@code X-Vendo-User-JWT} header. The platform checks the JWT.
	 * @param headers the headers of the request
	 * @return a client for that user
	 * @throws IdentityNotPresentException if the header is missing or blank
	 * @throws VendoOnlyFeatureException without an API key
	 */
	ReactiveVendoClient forRequest(HttpHeaders headers);

	/**
	 * Return the providers the application is connected to.
	 * @return the API
	 */
	ReactiveConnectionsApi connections();

	/**
	 * Return the providers Vendo knows.
	 * @return the API
	 */
	ReactiveIntegrationsApi integrations();

	/**
	 * Return balance, caps and usage.
	 * @return the API
	 */
	ReactiveBillingApi billing();

	/**
	 * Return tools that can be deployed, and what things cost.
	 * @return the API
	 */
	ReactiveCatalogApi catalog();

	/**
	 * Return what somebody who is signed in to the dashboard can do. It shares the
	 * connections of this client and is closed with it.
	 * @param sessionCookie the {@code Cookie} header as the browser sends it
	 * @return the dashboard of that session
	 * @throws ValidationException if it is not a cookie; no message repeats it
	 */
	ReactiveVendoDashboard dashboard(String sessionCookie);

	/**
	 * Return what happens on the platform, as it happens.
	 * @return the API
	 */
	ReactiveEventsApi events();

	/**
	 * Return the verification of webhooks.
	 * @return the API
	 */
	WebhooksApi webhooks();

	/**
	 * Return actions of connected providers.
	 * @return the API
	 */
	ReactiveDataApi data();

	/**
	 * Return the signed-in user.
	 * @return the API
	 */
	SsoApi sso();

	/**
	 * Return where the application runs.
	 * @return the API
	 */
	DeploymentApi deployment();

	/**
	 * Return what keeps a dotenv file up to date.
	 * @return the API
	 */
	ReconcilerApi reconciler();

	/**
	 * Return the way to every other endpoint.
	 * @return the API
	 */
	ReactiveHttpApi http();

	/**
	 * Return the same client for code that may wait.
	 * @return the blocking client
	 */
	VendoClient blocking();

	/**
	 * Return a builder with this client's settings. What it builds shares the connections
	 * of this client, unless it is told to make its own. It acts for the application,
	 * whoever this client acts for.
	 * @return a new builder
	 */
	Builder mutate();

	/**
	 * Close the connections, unless another client shares them. Calls made afterwards
	 * fail. Does nothing on a client that acts for a user.
	 */
	@Override
	void close();

	/**
	 * Builder of {@link ReactiveVendoClient}.
	 */
	interface Builder extends VendoClientBuilder<ReactiveVendoClient, Builder> {

	}

}
