package run.vendo.autoconfigure.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import run.vendo.ClientSummary;
import run.vendo.VendoClient;
import run.vendo.deployment.DeploymentApi;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/**
 * {@link InfoContributor} that tells where the application runs and on what.
 */
final class VendoInfoContributor implements InfoContributor {

	private final VendoClient client;

	VendoInfoContributor(VendoClient client) {
		this.client = client;
	}

	@Override
	public void contribute(Info.Builder builder) {
		ClientSummary summary = this.client.summary();
		DeploymentApi deployment = this.client.deployment();
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("runningOnVendo", deployment.isRunningOnVendo());
		put(details, "deploymentId", deployment.deploymentId());
		put(details, "deploymentSlug", deployment.deploymentSlug());
		put(details, "tenantId", deployment.tenantId());
		details.put("mode", summary.vendoMode() ? "vendo" : "oss");
		details.put("version", summary.version());
		details.put("apiVersion", summary.apiVersion());
		builder.withDetail("vendo", details);
	}

	private static void put(Map<String, Object> details, String name, @Nullable String value) {
		if (value != null) {
			details.put(name, value);
		}
	}

}
