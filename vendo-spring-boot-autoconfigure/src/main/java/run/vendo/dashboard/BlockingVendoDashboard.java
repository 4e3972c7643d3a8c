package run.vendo.dashboard;

import java.util.List;
import java.util.Map;

import run.vendo.http.Blocking;
import run.vendo.integration.Integration;

import org.springframework.util.Assert;

/**
 * The dashboard for threads that may wait.
 */
final class BlockingVendoDashboard implements VendoDashboard {

	private final ReactiveVendoDashboard reactive;

	BlockingVendoDashboard(ReactiveVendoDashboard reactive) {
		Assert.notNull(reactive, "'reactive' must not be null");
		this.reactive = reactive;
	}

	@Override
	public Deployed deploy(DeployRequest request) {
		return Blocking.await(this.reactive.deploy(request));
	}

	@Override
	public DashboardObject deployment(String id) {
		return Blocking.await(this.reactive.deployment(id));
	}

	@Override
	public void restart(String id) {
		Blocking.awaitOptional(this.reactive.restart(id));
	}

	@Override
	public void suspend(String id) {
		Blocking.awaitOptional(this.reactive.suspend(id));
	}

	@Override
	public void resume(String id) {
		Blocking.awaitOptional(this.reactive.resume(id));
	}

	@Override
	public void destroy(String id) {
		Blocking.awaitOptional(this.reactive.destroy(id));
	}

	@Override
	public DashboardObject deploymentUsage(String id, UsageRange range) {
		return Blocking.await(this.reactive.deploymentUsage(id, range));
	}

	@Override
	public List<DashboardObject> apps() {
		return Blocking.await(this.reactive.apps().collectList());
	}

	@Override
	public DashboardObject updateApp(String id, AppUpdate update) {
		return Blocking.await(this.reactive.updateApp(id, update));
	}

	@Override
	public MintedKey mintAppKey(String id) {
		return Blocking.await(this.reactive.mintAppKey(id));
	}

	@Override
	public List<DashboardObject> bindings(String appId) {
		return Blocking.await(this.reactive.bindings(appId).collectList());
	}

	@Override
	public DashboardObject createBinding(String appId, Map<String, ?> binding) {
		return Blocking.await(this.reactive.createBinding(appId, binding));
	}

	@Override
	public DashboardObject swapBinding(String appId, Map<String, ?> binding) {
		return Blocking.await(this.reactive.swapBinding(appId, binding));
	}

	@Override
	public List<DashboardObject> keys() {
		return Blocking.await(this.reactive.keys().collectList());
	}

	@Override
	public void revokeKey(String id) {
		Blocking.awaitOptional(this.reactive.revokeKey(id));
	}

	@Override
	public MintedKey mintConnectionKey(String connectionId) {
		return Blocking.await(this.reactive.mintConnectionKey(connectionId));
	}

	@Override
	public List<Integration> integrations() {
		return Blocking.await(this.reactive.integrations().collectList());
	}

	@Override
	public void toggleIntegration(String slug, boolean enabled) {
		Blocking.awaitOptional(this.reactive.toggleIntegration(slug, enabled));
	}

	@Override
	public DashboardObject regenerateIntegration(String slug) {
		return Blocking.await(this.reactive.regenerateIntegration(slug));
	}

	@Override
	public DashboardObject integrationUsage(String slug) {
		return Blocking.await(this.reactive.integrationUsage(slug));
	}

	@Override
	public DashboardObject tenant() {
		return Blocking.await(this.reactive.tenant());
	}

	@Override
	public DashboardObject updateTenant(Map<String, ?> fields) {
		return Blocking.await(this.reactive.updateTenant(fields));
	}

	@Override
	public DashboardObject checkSlug(String slug) {
		return Blocking.await(this.reactive.checkSlug(slug));
	}

	@Override
	public DashboardObject user() {
		return Blocking.await(this.reactive.user());
	}

	@Override
	public DashboardObject updateUser(Map<String, ?> fields) {
		return Blocking.await(this.reactive.updateUser(fields));
	}

	@Override
	public SignedIn me() {
		return Blocking.await(this.reactive.me());
	}

}
