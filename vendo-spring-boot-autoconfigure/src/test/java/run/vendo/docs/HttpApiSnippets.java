package run.vendo.docs;

import java.util.Map;

import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.dashboard.AppUpdate;
import run.vendo.dashboard.DashboardObject;
import run.vendo.dashboard.DeployRequest;
import run.vendo.dashboard.VendoDashboard;
import run.vendo.error.ConflictException;
import run.vendo.error.ValidationException;
import run.vendo.http.VendoCredential;

class HttpApiSnippets {

	private final VendoClient vendo;

	HttpApiSnippets(VendoClient vendo) {
		this.vendo = vendo;
	}

	Object credential(String connectionKey) {
		// tag::credential[]
		VendoCredential key = VendoCredential.connectionKey(connectionKey);
		VendoClient connection = this.vendo.mutate().credential(key).build();
		JsonNode balance = this.vendo.http().get("/api/cli/balance").credential(key).retrieve(JsonNode.class);
		// end::credential[]
		return (balance != null) ? connection : balance;
	}

	void deploy(String sessionCookie, String orderId) {
		// tag::deploy[]
		VendoDashboard dashboard = this.vendo.dashboard(sessionCookie);
		DeployRequest request = DeployRequest.of("n8n", "acme")
			.deploymentSlug("flows")
			.userVariables(Map.of("ADMIN_EMAIL", "ann@example.com"))
			.idempotencyKey("order-" + orderId);
		try {
			String id = dashboard.deploy(request).deploymentId();
			dashboard.restart(id);
		}
		catch (ConflictException ex) {
			System.out.println(ex.code() + " is not free: choose another slug");
		}
		catch (ValidationException ex) {
			System.out.println(ex.fieldErrors());
		}
		// end::deploy[]
	}

	void apps(VendoDashboard dashboard, String appId) {
		// tag::apps[]
		for (DashboardObject app : dashboard.apps()) {
			System.out.println(app.name().orElse("?") + " " + app.timestamp("createdAt") + " " + app.usd("daily"));
		}
		dashboard.updateApp(appId, AppUpdate.create().name("Shop").dailyCap(5_000_000L));
		// end::apps[]
	}

}
