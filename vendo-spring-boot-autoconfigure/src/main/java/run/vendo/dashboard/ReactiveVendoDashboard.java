package run.vendo.dashboard;

import java.util.Map;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.error.AuthException;
import run.vendo.error.BalanceExhaustedException;
import run.vendo.error.ConflictException;
import run.vendo.error.ForbiddenException;
import run.vendo.error.NotFoundException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.http.VendoHttp;
import run.vendo.integration.Integration;

/**
 * What somebody who is signed in to the Vendo dashboard can do. It goes with a session
 * cookie and not with a key: who holds it can spend money and mint keys, so keep it to
 * tools of your own and out of applications that others use.
 * <p>
 * Every call fails with an {@link AuthException} when the session has ended. Where the
 * platform does not lay down what an answer looks like, it is a {@link DashboardObject}.
 *
 * @since 0.1.0
 * @see VendoDashboard
 */
public interface ReactiveVendoDashboard {

	/**
	 * Return a dashboard over an exchange path.
	 * @param http where calls go; it goes with a session cookie
	 * @return the dashboard
	 */
	static ReactiveVendoDashboard over(VendoHttp http) {
		return new DefaultReactiveVendoDashboard(http);
	}

	/**
	 * Deploy a tool: {@code POST /api/deploy}. The platform allows five such calls an
	 * hour and IP address. The request keeps its idempotency key, so that one that is
	 * sent again is seen as one.
	 * @param request what to deploy
	 * @return the new deployment; fails with {@link ConflictException} if a name is
	 * taken: {@code SLUG_TAKEN}, {@code SUBDOMAIN_TAKEN}, or
	 * {@link BalanceExhaustedException} if there is no money, or no way to pay, or
	 * {@link ValidationException} if names or bindings cannot be used;
	 * {@code fieldErrors()} says which, or {@link ForbiddenException} if the tool is not
	 * released, or {@link UpstreamException} if the deployment cannot be reached, or the
	 * platform
	 */
	Mono<Deployed> deploy(DeployRequest request);

	/**
	 * Return a deployment: {@code GET /api/deployments/{id}}.
	 * @param id the deployment
	 * @return the deployment; fails with {@link NotFoundException} if there is none of
	 * that id
	 */
	Mono<DashboardObject> deployment(String id);

	/**
	 * Restart a deployment: {@code POST /api/deployments/{id}/restart}.
	 * @param id the deployment
	 * @return nothing, once it is done; fails with {@link NotFoundException} if there is
	 * none of that id
	 */
	Mono<Void> restart(String id);

	/**
	 * Suspend a deployment: {@code POST /api/deployments/{id}/suspend}.
	 * @param id the deployment
	 * @return nothing, once it is done; fails with {@link NotFoundException} if there is
	 * none of that id
	 */
	Mono<Void> suspend(String id);

	/**
	 * Resume a deployment: {@code POST /api/deployments/{id}/resume}.
	 * @param id the deployment
	 * @return nothing, once it is done; fails with {@link NotFoundException} if there is
	 * none of that id
	 */
	Mono<Void> resume(String id);

	/**
	 * Destroy a deployment for good: {@code POST /api/deployments/{id}/destroy}.
	 * @param id the deployment
	 * @return nothing, once it is done; fails with {@link NotFoundException} if there is
	 * none of that id
	 */
	Mono<Void> destroy(String id);

	/**
	 * Return what a deployment used: {@code GET /api/deployments/{id}/usage}.
	 * @param id the deployment
	 * @param range the span to report
	 * @return the report; fails with {@link NotFoundException} if there is none of that
	 * id
	 */
	Mono<DashboardObject> deploymentUsage(String id, UsageRange range);

	/**
	 * Return the applications of the account: {@code GET /api/apps}.
	 * @return the applications
	 */
	Flux<DashboardObject> apps();

	/**
	 * Change name or caps of an application: {@code PATCH /api/apps/{id}}.
	 * @param id the application
	 * @param update what to change
	 * @return the application as it is now; fails with {@link ValidationException} if a
	 * value cannot be used; {@code fieldErrors()} says which, or
	 * {@link NotFoundException} if there is none of that id
	 */
	Mono<DashboardObject> updateApp(String id, AppUpdate update);

	/**
	 * Mint a key for an application: {@code POST /api/apps/{id}/keys}. The key is in this
	 * answer and never again.
	 * @param id the application
	 * @return the key; fails with {@link NotFoundException} if there is none of that id
	 */
	Mono<MintedKey> mintAppKey(String id);

	/**
	 * Return the bindings of an application: {@code GET /api/apps/{id}/bindings}.
	 * @param appId the application
	 * @return the bindings; fails with {@link NotFoundException} if there is no such
	 * application
	 */
	Flux<DashboardObject> bindings(String appId);

	/**
	 * Make a binding: {@code POST /api/apps/{id}/bindings}.
	 * @param appId the application
	 * @param binding the binding as it goes over the wire
	 * @return the binding; fails with {@link ValidationException} if it cannot be used;
	 * {@code fieldErrors()} says why
	 */
	Mono<DashboardObject> createBinding(String appId, Map<String, ?> binding);

	/**
	 * Put another connection in the place of one that is bound: {@code PUT
	 * /api/apps/{id}/bindings}.
	 * @param appId the application
	 * @param binding the binding as it goes over the wire
	 * @return the binding; fails with {@link ValidationException} if it cannot be used;
	 * {@code fieldErrors()} says why
	 */
	Mono<DashboardObject> swapBinding(String appId, Map<String, ?> binding);

	/**
	 * Return the keys of the account, without their values: {@code GET /api/keys}.
	 * @return the keys
	 */
	Flux<DashboardObject> keys();

	/**
	 * Revoke a key: {@code DELETE /api/keys/{id}}.
	 * @param id the id of the key, not the key
	 * @return nothing, once it is done; fails with {@link NotFoundException} if there is
	 * none of that id
	 */
	Mono<Void> revokeKey(String id);

	/**
	 * Mint a key for a connection: {@code POST /api/connections/{id}/keys}. The key is in
	 * this answer and never again.
	 * @param connectionId the connection
	 * @return the key; fails with {@link NotFoundException} if there is no such
	 * connection
	 */
	Mono<MintedKey> mintConnectionKey(String connectionId);

	/**
	 * Return all providers as they are for this account: {@code GET
	 * /api/integrations}.
	 * @return the providers
	 */
	Flux<Integration> integrations();

	/**
	 * Turn a provider on or off: {@code POST /api/integrations/{slug}}.
	 * @param slug the provider
	 * @param enabled whether it is to be on
	 * @return nothing, once it is done; fails with {@link NotFoundException} if Vendo
	 * does not know the provider
	 */
	Mono<Void> toggleIntegration(String slug, boolean enabled);

	/**
	 * Make the secrets of a provider anew: {@code POST
	 * /api/integrations/{slug}/regenerate}.
	 * @param slug the provider
	 * @return what the platform says of it, which may hold a secret; fails with
	 * {@link NotFoundException} if Vendo does not know the provider
	 */
	Mono<DashboardObject> regenerateIntegration(String slug);

	/**
	 * Return what was used of a provider: {@code GET /api/integrations/{slug}/usage}.
	 * @param slug the provider
	 * @return the report; fails with {@link NotFoundException} if Vendo does not know the
	 * provider
	 */
	Mono<DashboardObject> integrationUsage(String slug);

	/**
	 * Return the tenant: {@code GET /api/tenants/me}.
	 * @return the tenant
	 */
	Mono<DashboardObject> tenant();

	/**
	 * Change the tenant: {@code PATCH /api/tenants/me}.
	 * @param fields what to change, as it goes over the wire
	 * @return the tenant as it is now; fails with {@link ValidationException} if a value
	 * cannot be used; {@code fieldErrors()} says which, or {@link ConflictException} if
	 * the name is taken
	 */
	Mono<DashboardObject> updateTenant(Map<String, ?> fields);

	/**
	 * Ask whether a name is free: {@code GET /api/tenants/check-slug}.
	 * @param slug the name
	 * @return what the platform says of it
	 */
	Mono<DashboardObject> checkSlug(String slug);

	/**
	 * Return the user: {@code GET /api/user/me}.
	 * @return the user
	 */
	Mono<DashboardObject> user();

	/**
	 * Change the user: {@code PATCH /api/user/me}.
	 * @param fields what to change, as it goes over the wire
	 * @return the user as they are now; fails with {@link ValidationException} if a value
	 * cannot be used; {@code fieldErrors()} says which
	 */
	Mono<DashboardObject> updateUser(Map<String, ?> fields);

	/**
	 * Return who is signed in: {@code GET /api/auth/me}.
	 * @return who it is, or that nobody is any more
	 */
	Mono<SignedIn> me();

}
