package run.vendo.dashboard;

import java.util.List;
import java.util.Map;

import run.vendo.error.AuthException;
import run.vendo.error.BalanceExhaustedException;
import run.vendo.error.ConflictException;
import run.vendo.error.ForbiddenException;
import run.vendo.error.NotFoundException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
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
 * @see ReactiveVendoDashboard
 */
public interface VendoDashboard {

	/**
	 * Return a dashboard that waits for what a reactive one does.
	 * @param reactive the dashboard that does the work
	 * @return the blocking dashboard
	 */
	static VendoDashboard over(ReactiveVendoDashboard reactive) {
		return new BlockingVendoDashboard(reactive);
	}

	/**
	 * Deploy a tool: {@code POST /api/deploy}. The platform allows five such calls an
	 * hour and IP address. The request keeps its idempotency key, so that one that is
	 * sent again is seen as one.
	 * @param request what to deploy
	 * @return the new deployment
	 * @throws ConflictException if a name is taken: {@code SLUG_TAKEN}, {@code
	 * SUBDOMAIN_TAKEN}
	 * @throws BalanceExhaustedException if there is no money, or no way to pay
	 * @throws ValidationException if names or bindings cannot be used; {@code
	 * fieldErrors()} says which
	 * @throws ForbiddenException if the tool is not released
	 * @throws UpstreamException if the deployment cannot be reached, or the platform
	 */
	Deployed deploy(DeployRequest request);

	/**
	 * Return a deployment: {@code GET /api/deployments/{id}}.
	 * @param id the deployment
	 * @return the deployment
	 * @throws NotFoundException if there is none of that id
	 */
	DashboardObject deployment(String id);

	/**
	 * Restart a deployment: {@code POST /api/deployments/{id}/restart}.
	 * @param id the deployment
	 * @throws NotFoundException if there is none of that id
	 */
	void restart(String id);

	/**
	 * Suspend a deployment: {@code POST /api/deployments/{id}/suspend}.
	 * @param id the deployment
	 * @throws NotFoundException if there is none of that id
	 */
	void suspend(String id);

	/**
	 * Resume a deployment: {@code POST /api/deployments/{id}/resume}.
	 * @param id the deployment
	 * @throws NotFoundException if there is none of that id
	 */
	void resume(String id);

	/**
	 * Destroy a deployment for good: {@code POST /api/deployments/{id}/destroy}.
	 * @param id the deployment
	 * @throws NotFoundException if there is none of that id
	 */
	void destroy(String id);

	/**
	 * Return what a deployment used: {@code GET /api/deployments/{id}/usage}.
	 * @param id the deployment
	 * @param range the span to report
	 * @return the report
	 * @throws NotFoundException if there is none of that id
	 */
	DashboardObject deploymentUsage(String id, UsageRange range);

	/**
	 * Return the applications of the account: {@code GET /api/apps}.
	 * @return the applications
	 */
	List<DashboardObject> apps();

	/**
	 * Change name or caps of an application: {@code PATCH /api/apps/{id}}.
	 * @param id the application
	 * @param update what to change
	 * @return the application as it is now
	 * @throws ValidationException if a value cannot be used; {@code fieldErrors()} says
	 * which
	 * @throws NotFoundException if there is none of that id
	 */
	DashboardObject updateApp(String id, AppUpdate update);

	/**
	 * Mint a key for an application: {@code POST /api/apps/{id}/keys}. The key is in this
	 * answer and never again.
	 * @param id the application
	 * @return the key
	 * @throws NotFoundException if there is none of that id
	 */
	MintedKey mintAppKey(String id);

	/**
	 * Return the bindings of an application: {@code GET /api/apps/{id}/bindings}.
	 * @param appId the application
	 * @return the bindings
	 * @throws NotFoundException if there is no such application
	 */
	List<DashboardObject> bindings(String appId);

	/**
	 * Make a binding: {@code POST /api/apps/{id}/bindings}.
	 * @param appId the application
	 * @param binding the binding as it goes over the wire
	 * @return the binding
	 * @throws ValidationException if it cannot be used; {@code fieldErrors()} says why
	 */
	DashboardObject createBinding(String appId, Map<String, ?> binding);

	/**
	 * Put another connection in the place of one that is bound: {@code PUT
	 * /api/apps/{id}/bindings}.
	 * @param appId the application
	 * @param binding the binding as it goes over the wire
	 * @return the binding
	 * @throws ValidationException if it cannot be used; {@code fieldErrors()} says why
	 */
	DashboardObject swapBinding(String appId, Map<String, ?> binding);

	/**
	 * Return the keys of the account, without their values: {@code GET /api/keys}.
	 * @return the keys
	 */
	List<DashboardObject> keys();

	/**
	 * Revoke a key: {@code DELETE /api/keys/{id}}.
	 * @param id the id of the key, not the key
	 * @throws NotFoundException if there is none of that id
	 */
	void revokeKey(String id);

	/**
	 * Mint a key for a connection: {@code POST /api/connections/{id}/keys}. The key is in
	 * this answer and never again.
	 * @param connectionId the connection
	 * @return the key
	 * @throws NotFoundException if there is no such connection
	 */
	MintedKey mintConnectionKey(String connectionId);

	/**
	 * Return all providers as they are for this account: {@code GET
	 * /api/integrations}.
	 * @return the providers
	 */
	List<Integration> integrations();

	/**
	 * Turn a provider on or off: {@code POST /api/integrations/{slug}}.
	 * @param slug the provider
	 * @param enabled whether it is to be on
	 * @throws NotFoundException if Vendo does not know the provider
	 */
	void toggleIntegration(String slug, boolean enabled);

	/**
	 * Make the secrets of a provider anew: {@code POST
	 * /api/integrations/{slug}/regenerate}.
	 * @param slug the provider
	 * @return what the platform says of it, which may hold a secret
	 * @throws NotFoundException if Vendo does not know the provider
	 */
	DashboardObject regenerateIntegration(String slug);

	/**
	 * Return what was used of a provider: {@code GET /api/integrations/{slug}/usage}.
	 * @param slug the provider
	 * @return the report
	 * @throws NotFoundException if Vendo does not know the provider
	 */
	DashboardObject integrationUsage(String slug);

	/**
	 * Return the tenant: {@code GET /api/tenants/me}.
	 * @return the tenant
	 */
	DashboardObject tenant();

	/**
	 * Change the tenant: {@code PATCH /api/tenants/me}.
	 * @param fields what to change, as it goes over the wire
	 * @return the tenant as it is now
	 * @throws ValidationException if a value cannot be used; {@code fieldErrors()} says
	 * which
	 * @throws ConflictException if the name is taken
	 */
	DashboardObject updateTenant(Map<String, ?> fields);

	/**
	 * Ask whether a name is free: {@code GET /api/tenants/check-slug}.
	 * @param slug the name
	 * @return what the platform says of it
	 */
	DashboardObject checkSlug(String slug);

	/**
	 * Return the user: {@code GET /api/user/me}.
	 * @return the user
	 */
	DashboardObject user();

	/**
	 * Change the user: {@code PATCH /api/user/me}.
	 * @param fields what to change, as it goes over the wire
	 * @return the user as they are now
	 * @throws ValidationException if a value cannot be used; {@code fieldErrors()} says
	 * which
	 */
	DashboardObject updateUser(Map<String, ?> fields);

	/**
	 * Return who is signed in: {@code GET /api/auth/me}.
	 * @return who it is, or that nobody is any more
	 */
	SignedIn me();

}
