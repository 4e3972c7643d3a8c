package run.vendo.deployment;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import run.vendo.VendoClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeploymentApi}.
 */
class DeploymentApiTests {

	private final Map<String, String> environment = new ConcurrentHashMap<>();

	private DeploymentApi deployment() {
		return VendoClient.builder().environment(this.environment::get).build().deployment();
	}

	@Test
	void whenOnVendoThenTellsWhatTheEnvironmentSays() {
		this.environment.putAll(Map.of("VENDO_TENANT_ID", " t_1 ", "VENDO_DEPLOYMENT_ID", "d_1",
				"VENDO_DEPLOYMENT_SLUG", "my-app", "VENDO_API_URL", "https://eu.vendo.run/api"));
		DeploymentApi deployment = deployment();
		assertThat(deployment.tenantId()).isEqualTo("t_1");
		assertThat(deployment.deploymentId()).isEqualTo("d_1");
		assertThat(deployment.deploymentSlug()).isEqualTo("my-app");
		assertThat(deployment.isRunningOnVendo()).isTrue();
		assertThat(deployment.apiUrl()).isEqualTo(URI.create("https://eu.vendo.run"));
	}

	@Test
	void whenElsewhereThenNothingIsKnown() {
		this.environment.putAll(Map.of("VENDO_TENANT_ID", " ", "VENDO_DEPLOYMENT_ID", ""));
		DeploymentApi deployment = deployment();
		assertThat(deployment.tenantId()).isNull();
		assertThat(deployment.deploymentId()).isNull();
		assertThat(deployment.deploymentSlug()).isNull();
		assertThat(deployment.isRunningOnVendo()).isFalse();
		assertThat(deployment.isSandbox()).isFalse();
		assertThat(deployment.apiUrl()).isEqualTo(URI.create("https://vendo.run"));
	}

	@Test
	void whenOnlyTheTenantIsKnownThenItIsNotOnVendo() {
		this.environment.putAll(Map.of("VENDO_TENANT_ID", "t_1", "VENDO_DEPLOYMENT_SLUG", "my-app"));
		assertThat(deployment().isRunningOnVendo()).isFalse();
		this.environment.put("VENDO_DEPLOYMENT_ID", "d_1");
		assertThat(deployment().isRunningOnVendo()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "1, true", "' 1 ', true", "0, false", "'', false", "no, false" })
	void tellsWhetherItIsTheSandbox(String variable, boolean sandbox) {
		this.environment.put("VENDO_SANDBOX", variable);
		assertThat(deployment().isSandbox()).isEqualTo(sandbox);
	}

}
