package run.vendo.deployment;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import run.vendo.http.EnvironmentVariables;
import run.vendo.http.VendoHttp;

/**
 * Where the application runs, as the environment tells it. No I/O.
 *
 * @since 0.1.0
 */
public interface DeploymentApi {

	/**
	 * Return an API over the environment.
	 * @param http where calls go
	 * @param environment where variables are looked up
	 * @return the API
	 */
	static DeploymentApi over(VendoHttp http, EnvironmentVariables environment) {
		return new DefaultDeploymentApi(http.config().baseUrl(), environment);
	}

	/**
	 * Return the tenant the application belongs to.
	 * @return {@code VENDO_TENANT_ID}, or {@code null} when it is not set
	 */
	@Nullable String tenantId();

	/**
	 * Return the deployment the application is.
	 * @return {@code VENDO_DEPLOYMENT_ID}, or {@code null} outside Vendo
	 */
	@Nullable String deploymentId();

	/**
	 * Return the name of the deployment in URLs.
	 * @return {@code VENDO_DEPLOYMENT_SLUG}, or {@code null} when it is not set
	 */
	@Nullable String deploymentSlug();

	/**
	 * Return where the API is.
	 * @return the base URL in effect
	 */
	URI apiUrl();

	/**
	 * Return whether the application runs on Vendo.
	 * @return whether {@code VENDO_DEPLOYMENT_ID} is set
	 */
	boolean isRunningOnVendo();

	/**
	 * Return whether connections are those of the sandbox.
	 * @return whether {@code VENDO_SANDBOX} is {@code 1}
	 */
	boolean isSandbox();

}
