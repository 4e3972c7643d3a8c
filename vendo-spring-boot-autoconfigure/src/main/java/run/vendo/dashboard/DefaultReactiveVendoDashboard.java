package run.vendo.dashboard;

import java.util.List;
import java.util.Map;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import run.vendo.error.ErrorDetails;
import run.vendo.http.ApiCall;
import run.vendo.http.VendoHttp;
import run.vendo.integration.Integration;
import run.vendo.integration.ReactiveIntegrationsApi;
import run.vendo.token.ByokCatalog;

import org.springframework.http.HttpMethod;
import org.springframework.util.Assert;

/**
 * The dashboard over the exchange path.
 */
final class DefaultReactiveVendoDashboard implements ReactiveVendoDashboard {

	private static final int UNAUTHORIZED = 401;

	private final VendoHttp http;

	private final ReactiveIntegrationsApi integrations;

	DefaultReactiveVendoDashboard(VendoHttp http) {
		this.http = http;
		this.integrations = ReactiveIntegrationsApi.over(http, ByokCatalog.defaults());
	}

	@Override
	public Mono<Deployed> deploy(DeployRequest request) {
		Assert.notNull(request, "'request' must not be null");
		return call("deploy", HttpMethod.POST, "/api/deploy").json(request.json())
			.idempotencyKey(request.idempotencyKey())
			.retrieve(Deployed.class);
	}

	@Override
	public Mono<DashboardObject> deployment(String id) {
		return call("deployment", HttpMethod.GET, "/api/deployments/{id}", id).retrieve(JsonNode.class,
				DashboardObject::read);
	}

	@Override
	public Mono<Void> restart(String id) {
		return call("restart", HttpMethod.POST, "/api/deployments/{id}/restart", id).discard();
	}

	@Override
	public Mono<Void> suspend(String id) {
		return call("suspend", HttpMethod.POST, "/api/deployments/{id}/suspend", id).discard();
	}

	@Override
	public Mono<Void> resume(String id) {
		return call("resume", HttpMethod.POST, "/api/deployments/{id}/resume", id).discard();
	}

	@Override
	public Mono<Void> destroy(String id) {
		return call("destroy", HttpMethod.POST, "/api/deployments/{id}/destroy", id).discard();
	}

	@Override
	public Mono<DashboardObject> deploymentUsage(String id, UsageRange range) {
		Assert.notNull(range, "'range' must not be null");
		return call("deploymentUsage", HttpMethod.GET, "/api/deployments/{id}/usage", id).query("range", range.value())
			.retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Flux<DashboardObject> apps() {
		return list(call("apps", HttpMethod.GET, "/api/apps"), "apps");
	}

	@Override
	public Mono<DashboardObject> updateApp(String id, AppUpdate update) {
		Assert.notNull(update, "'update' must not be null");
		return call("updateApp", HttpMethod.PATCH, "/api/apps/{id}", id).json(update.json())
			.retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Mono<MintedKey> mintAppKey(String id) {
		return call("mintAppKey", HttpMethod.POST, "/api/apps/{id}/keys", id).secretAnswer()
			.retrieve(JsonNode.class, MintedKey::read);
	}

	@Override
	public Flux<DashboardObject> bindings(String appId) {
		return list(call("bindings", HttpMethod.GET, "/api/apps/{id}/bindings", appId), "bindings");
	}

	@Override
	public Mono<DashboardObject> createBinding(String appId, Map<String, ?> binding) {
		Assert.notNull(binding, "'binding' must not be null");
		return call("createBinding", HttpMethod.POST, "/api/apps/{id}/bindings", appId).json(binding)
			.retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Mono<DashboardObject> swapBinding(String appId, Map<String, ?> binding) {
		Assert.notNull(binding, "'binding' must not be null");
		return call("swapBinding", HttpMethod.PUT, "/api/apps/{id}/bindings", appId).json(binding)
			.retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Flux<DashboardObject> keys() {
		return list(call("keys", HttpMethod.GET, "/api/keys"), "keys");
	}

	@Override
	public Mono<Void> revokeKey(String id) {
		return call("revokeKey", HttpMethod.DELETE, "/api/keys/{id}", id).discard();
	}

	@Override
	public Mono<MintedKey> mintConnectionKey(String connectionId) {
		return call("mintConnectionKey", HttpMethod.POST, "/api/connections/{id}/keys", connectionId).secretAnswer()
			.retrieve(JsonNode.class, MintedKey::read);
	}

	@Override
	public Flux<Integration> integrations() {
		return this.integrations.list();
	}

	@Override
	public Mono<Void> toggleIntegration(String slug, boolean enabled) {
		return call("toggleIntegration", HttpMethod.POST, "/api/integrations/{slug}", slug).slug(slug)
			.json(Map.of("enabled", enabled))
			.discard();
	}

	@Override
	public Mono<DashboardObject> regenerateIntegration(String slug) {
		return call("regenerateIntegration", HttpMethod.POST, "/api/integrations/{slug}/regenerate", slug).slug(slug)
			.secretAnswer()
			.retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Mono<DashboardObject> integrationUsage(String slug) {
		return call("integrationUsage", HttpMethod.GET, "/api/integrations/{slug}/usage", slug).slug(slug)
			.retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Mono<DashboardObject> tenant() {
		return call("tenant", HttpMethod.GET, "/api/tenants/me").retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Mono<DashboardObject> updateTenant(Map<String, ?> fields) {
		Assert.notNull(fields, "'fields' must not be null");
		return call("updateTenant", HttpMethod.PATCH, "/api/tenants/me").json(fields)
			.retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Mono<DashboardObject> checkSlug(String slug) {
		Assert.hasText(slug, "'slug' must not be blank");
		return call("checkSlug", HttpMethod.GET, "/api/tenants/check-slug").query("slug", slug)
			.retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Mono<DashboardObject> user() {
		return call("user", HttpMethod.GET, "/api/user/me").retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Mono<DashboardObject> updateUser(Map<String, ?> fields) {
		Assert.notNull(fields, "'fields' must not be null");
		return call("updateUser", HttpMethod.PATCH, "/api/user/me").json(fields)
			.retrieve(JsonNode.class, DashboardObject::read);
	}

	@Override
	public Mono<SignedIn> me() {
		return call("me", HttpMethod.GET, "/api/auth/me").retrieve(SignedIn.class);
	}

	private ApiCall call(String operation, HttpMethod method, String path, Object... variables) {
		return this.http.call("dashboard", operation)
			.to(method, path, variables)
			.mapError(DefaultReactiveVendoDashboard::explain);
	}

	private static ErrorDetails explain(ErrorDetails details) {
		if (details.status() == null || details.status() != UNAUTHORIZED) {
			return details;
		}
		return details.mutate()
			.nextStep("Sign in to the Vendo dashboard again and set vendo.dashboard.session-cookie to what the browser "
					+ "sends now: the session has ended.")
			.build();
	}

	private static Flux<DashboardObject> list(ApiCall call, String field) {
		return call
			.<JsonNode, List<DashboardObject>>retrieve(JsonNode.class,
					(json, details) -> DashboardObject.readList(json, field, details))
			.flatMapIterable((items) -> items);
	}

}
