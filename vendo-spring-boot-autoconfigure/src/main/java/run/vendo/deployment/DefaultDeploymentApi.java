package run.vendo.deployment;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import run.vendo.http.EnvironmentVariables;

/**
 * The deployment in the environment.
 */
record DefaultDeploymentApi(URI apiUrl, EnvironmentVariables environment) implements DeploymentApi {

	@Override
	public @Nullable String tenantId() {
		return this.environment.get("VENDO_TENANT_ID");
	}

	@Override
	public @Nullable String deploymentId() {
		return this.environment.get("VENDO_DEPLOYMENT_ID");
	}

	@Override
	public @Nullable String deploymentSlug() {
		return this.environment.get("VENDO_DEPLOYMENT_SLUG");
	}

	@Override
	public boolean isRunningOnVendo() {
		return deploymentId() != null;
	}

	@Override
	public boolean isSandbox() {
		return this.environment.isSet("VENDO_SANDBOX");
	}

}
