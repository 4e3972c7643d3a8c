package run.vendo.test;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import run.vendo.VendoClient;
import run.vendo.billing.Period;
import run.vendo.dashboard.AppUpdate;
import run.vendo.dashboard.DeployRequest;
import run.vendo.dashboard.UsageRange;
import run.vendo.dashboard.VendoDashboard;
import run.vendo.error.AuthException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.event.EventStream;
import run.vendo.http.HttpApi;
import run.vendo.http.RetryPolicy;
import run.vendo.http.VendoCredential;
import run.vendo.http.VendoCredential.Type;
import run.vendo.http.VendoEndpoint;

import org.springframework.http.MediaType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Every documented endpoint with every credential, and by its own method, against the
 * platform: what the client lets through works there, and nothing else leaves it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EndpointMatrixTests {

	private static final String CONNECTION_KEY = "vendo_sk_0123456789abcdefghijABCDEFGHIJ-_";

	private final VendoPlatform platform = VendoPlatform.builder().rateLimits(false).start();

	private final VendoClient client = this.platform.clientBuilder().retry(RetryPolicy.none()).build();

	private final VendoDashboard dashboard = this.client.dashboard(this.platform.session());

	private final Map<VendoEndpoint, Consumer<VendoClient>> calls = new EnumMap<>(VendoEndpoint.class);

	private final Map<VendoEndpoint, Consumer<VendoDashboard>> sessionCalls = new EnumMap<>(VendoEndpoint.class);

	private String deployment = "";

	private String key = "";

	EndpointMatrixTests() {
		this.platform.addConnectionKey(CONNECTION_KEY);
		this.calls.put(VendoEndpoint.LEGACY_BALANCE, (vendo) -> vendo.billing().legacyBalance());
		this.calls.put(VendoEndpoint.BALANCE, (vendo) -> vendo.billing().balance());
		this.calls.put(VendoEndpoint.CLI_BALANCE, (vendo) -> vendo.billing().cliBalance());
		this.calls.put(VendoEndpoint.SPEND_CAPS, (vendo) -> vendo.billing().spendCaps());
		this.calls.put(VendoEndpoint.USAGE, (vendo) -> vendo.billing().usage(Period.DAY));
		this.calls.put(VendoEndpoint.CONNECTIONS, (vendo) -> vendo.connections().list());
		this.calls.put(VendoEndpoint.EVENTS, this::readAnEvent);
		this.calls.put(VendoEndpoint.INTEGRATIONS, (vendo) -> vendo.integrations().list());
		this.calls.put(VendoEndpoint.INTEGRATION, (vendo) -> vendo.integrations().get("slack"));
		this.calls.put(VendoEndpoint.TOOL_CATALOG, (vendo) -> vendo.catalog().tools());
		this.calls.put(VendoEndpoint.DEPLOYABLE_TOOLS, (vendo) -> vendo.catalog().deployableTools());
		this.calls.put(VendoEndpoint.TOOL, (vendo) -> vendo.catalog().tool("chat"));
		this.calls.put(VendoEndpoint.TOOL_USAGE_FRAMING, (vendo) -> vendo.catalog().usageFraming("chat"));
		this.calls.put(VendoEndpoint.TOOL_INTEGRATIONS, (vendo) -> vendo.catalog().toolIntegrations("chat"));
		this.calls.put(VendoEndpoint.MODEL_PRICING, (vendo) -> vendo.catalog().modelPricing());
		this.calls.put(VendoEndpoint.INTEGRATION_PRICING, (vendo) -> vendo.catalog().integrationPricing());
		this.calls.put(VendoEndpoint.PRICING, (vendo) -> vendo.catalog().pricing("slack"));
		this.sessionCalls.put(VendoEndpoint.MINT_CONNECTION_KEY, (board) -> board.mintConnectionKey("cn_1"));
		this.sessionCalls.put(VendoEndpoint.INTEGRATIONS, VendoDashboard::integrations);
		this.sessionCalls.put(VendoEndpoint.TOGGLE_INTEGRATION, (board) -> board.toggleIntegration("slack", true));
		this.sessionCalls.put(VendoEndpoint.REGENERATE_INTEGRATION, (board) -> board.regenerateIntegration("slack"));
		this.sessionCalls.put(VendoEndpoint.INTEGRATION_USAGE, (board) -> board.integrationUsage("slack"));
		this.sessionCalls.put(VendoEndpoint.DEPLOY, (board) -> board.deploy(DeployRequest.of("chat", "simulated")));
		this.sessionCalls.put(VendoEndpoint.DEPLOYMENT, (board) -> board.deployment(this.deployment));
		this.sessionCalls.put(VendoEndpoint.RESTART_DEPLOYMENT, (board) -> board.restart(this.deployment));
		this.sessionCalls.put(VendoEndpoint.SUSPEND_DEPLOYMENT, (board) -> board.suspend(this.deployment));
		this.sessionCalls.put(VendoEndpoint.RESUME_DEPLOYMENT, (board) -> board.resume(this.deployment));
		this.sessionCalls.put(VendoEndpoint.DESTROY_DEPLOYMENT, (board) -> board.destroy(this.deployment));
		this.sessionCalls.put(VendoEndpoint.DEPLOYMENT_USAGE,
				(board) -> board.deploymentUsage(this.deployment, UsageRange.DAY));
		this.sessionCalls.put(VendoEndpoint.APPS, VendoDashboard::apps);
		this.sessionCalls.put(VendoEndpoint.UPDATE_APP,
				(board) -> board.updateApp("app_simulated", AppUpdate.create().name("Shop")));
		this.sessionCalls.put(VendoEndpoint.MINT_APP_KEY, (board) -> board.mintAppKey("app_simulated"));
		this.sessionCalls.put(VendoEndpoint.BINDINGS, (board) -> board.bindings("app_simulated"));
		this.sessionCalls.put(VendoEndpoint.CREATE_BINDING,
				(board) -> board.createBinding("app_simulated", Map.of("slug", newIntegration())));
		this.sessionCalls.put(VendoEndpoint.SWAP_BINDING,
				(board) -> board.swapBinding("app_simulated", Map.of("slug", "slack")));
		this.sessionCalls.put(VendoEndpoint.KEYS, VendoDashboard::keys);
		this.sessionCalls.put(VendoEndpoint.REVOKE_KEY, (board) -> board.revokeKey(this.key));
		this.sessionCalls.put(VendoEndpoint.TENANT, VendoDashboard::tenant);
		this.sessionCalls.put(VendoEndpoint.UPDATE_TENANT, (board) -> board.updateTenant(Map.of("name", "Acme")));
		this.sessionCalls.put(VendoEndpoint.CHECK_SLUG, (board) -> board.checkSlug("acme"));
		this.sessionCalls.put(VendoEndpoint.USER, VendoDashboard::user);
		this.sessionCalls.put(VendoEndpoint.UPDATE_USER, (board) -> board.updateUser(Map.of("name", "Ann")));
		this.sessionCalls.put(VendoEndpoint.AUTH_ME, VendoDashboard::me);
	}

	@BeforeEach
	void prepare() {
		this.deployment = this.dashboard.deploy(DeployRequest.of("chat", "simulated")).deploymentId();
		this.key = this.dashboard.mintConnectionKey("cn_1").id().orElseThrow();
		this.platform.clearRequests();
	}

	@AfterAll
	void close() {
		this.client.close();
		this.platform.close();
	}

	private String newIntegration() {
		String slug = "integration-" + this.deployment;
		this.platform.integration(slug, Map.of());
		return slug;
	}

	private void readAnEvent(VendoClient vendo) {
		this.platform.emit("deployment.updated", Map.of());
		try (EventStream stream = vendo.events().subscribe()) {
			this.platform.awaitStreams(1, java.time.Duration.ofSeconds(20));
			this.platform.emit("deployment.updated", Map.of());
			assertThat(stream.iterator().next().kind().value()).isEqualTo("deployment.updated");
		}
	}

	private VendoCredential credential(Type type) {
		return switch (type) {
			case APP_KEY -> VendoCredential.appKey(this.platform.apiKey());
			case CONNECTION_KEY -> VendoCredential.connectionKey(CONNECTION_KEY);
			case IDENTITY_JWT -> VendoCredential.identityJwt(this.platform.user("alice").jwt());
			case SESSION_COOKIE -> VendoCredential.sessionCookie(this.platform.session());
			case NONE -> VendoCredential.none();
		};
	}

	static Stream<Arguments> matrix() {
		return Stream.of(VendoEndpoint.values())
			.flatMap((endpoint) -> Stream.of(Type.values()).map((type) -> Arguments.of(endpoint, type)));
	}

	@ParameterizedTest
	@MethodSource("matrix")
	void whatIsLetThroughWorksAndNothingElseLeaves(VendoEndpoint endpoint, Type type) {
		HttpApi.Request request = request(endpoint).credential(credential(type));
		if (!endpoint.allows(type)) {
			assertThatExceptionOfType(AuthException.class).isThrownBy(request::toBodilessEntity)
				.satisfies((ex) -> assertThat(ex.attempts()).isZero());
			assertThat(this.platform.requests()).isEmpty();
			return;
		}
		if (endpoint == VendoEndpoint.EVENTS) {
			readAnEvent(this.client);
			return;
		}
		assertThat(request.toBodilessEntity().getStatusCode().is2xxSuccessful()).isTrue();
		assertThat(this.platform.requests()).singleElement().satisfies((sent) -> {
			assertThat(sent.method()).isEqualTo(endpoint.method().name());
			assertThat(VendoEndpoint.find(endpoint.method(), sent.path())).hasValue(endpoint);
		});
	}

	private HttpApi.Request request(VendoEndpoint endpoint) {
		Map<VendoEndpoint, Object> bodies = new HashMap<>(Map.of(VendoEndpoint.CREATE_CONNECTION,
				Map.of("slug", "notion"), VendoEndpoint.TOGGLE_INTEGRATION, Map.of("enabled", true),
				VendoEndpoint.DEPLOY, Map.of("toolSlug", "chat", "tenantSlug", "simulated"), VendoEndpoint.UPDATE_APP,
				Map.of("name", "Shop"), VendoEndpoint.CREATE_BINDING, Map.of("slug", newIntegration()),
				VendoEndpoint.SWAP_BINDING, Map.of("slug", "slack"), VendoEndpoint.UPDATE_TENANT,
				Map.of("name", "Acme"), VendoEndpoint.UPDATE_USER, Map.of("name", "Ann")));
		String id = endpoint.path().startsWith("/api/apps") ? "app_simulated"
				: endpoint.path().startsWith("/api/keys") ? this.key : this.deployment;
		String path = endpoint.path().replace("{id}", id).replace("{slug}", "slack").replace("**", "invoices");
		HttpApi.Request request = this.client.http().exchange(endpoint.method(), path);
		if (endpoint == VendoEndpoint.USAGE) {
			request.query("period", "day");
		}
		if (endpoint == VendoEndpoint.DEPLOYMENT_USAGE) {
			request.query("range", "1h");
		}
		if (bodies.containsKey(endpoint)) {
			request.contentType(MediaType.APPLICATION_JSON).body(bodies.get(endpoint));
		}
		return request;
	}

	@ParameterizedTest
	@EnumSource
	void everyEndpointHasAMethodThatWorks(VendoEndpoint endpoint) {
		Consumer<VendoClient> call = this.calls.get(endpoint);
		Consumer<VendoDashboard> sessionCall = this.sessionCalls.get(endpoint);
		if (Set.of(VendoEndpoint.BILLING, VendoEndpoint.CREATE_CONNECTION).contains(endpoint)) {
			assertThat(call).as("documented without a body: through http()").isNull();
			return;
		}
		assertThat(call != null || sessionCall != null).as("a method for %s", endpoint).isTrue();
		if (call != null) {
			call.accept(this.client);
			assertReached(endpoint);
		}
		if (sessionCall != null) {
			sessionCall.accept(this.dashboard);
			assertReached(endpoint);
		}
	}

	private void assertReached(VendoEndpoint endpoint) {
		List<VendoEndpoint> reached = this.platform.requests()
			.stream()
			.flatMap((sent) -> VendoEndpoint
				.find(org.springframework.http.HttpMethod.valueOf(sent.method()), sent.path())
				.stream())
			.toList();
		assertThat(reached).contains(endpoint);
		this.platform.clearRequests();
	}

	@ParameterizedTest
	@MethodSource("matrix")
	void aMethodIsRefusedAsItsEndpointIs(VendoEndpoint endpoint, Type type) {
		Consumer<VendoClient> call = this.calls.get(endpoint);
		if (call == null || endpoint == VendoEndpoint.EVENTS) {
			return;
		}
		try (VendoClient other = this.platform.clientBuilder()
			.credential(credential(type))
			.retry(RetryPolicy.none())
			.build()) {
			if (endpoint.allows(type)) {
				call.accept(other);
				assertReached(endpoint);
			}
			else if (type == Type.NONE && endpoint == VendoEndpoint.CONNECTIONS) {
				// Then those of the environment are meant.
				call.accept(other);
				assertThat(this.platform.requests()).isEmpty();
			}
			else if (type == Type.NONE) {
				assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> call.accept(other));
				assertThat(this.platform.requests()).isEmpty();
			}
			else {
				assertThatExceptionOfType(AuthException.class).isThrownBy(() -> call.accept(other));
				assertThat(this.platform.requests()).isEmpty();
			}
		}
	}

	@Test
	void whenTheSessionHasEndedThenNothingOfTheDashboardWorks() {
		try (VendoPlatform other = VendoPlatform.start(); VendoClient vendo = other.clientBuilder().build()) {
			VendoDashboard board = vendo.dashboard(other.session());
			assertThat(board.me().loggedIn()).isTrue();
			other.endSession();
			assertThat(board.me().loggedIn()).isFalse();
			assertThatExceptionOfType(AuthException.class).isThrownBy(board::apps)
				.satisfies((ex) -> assertThat(ex.status()).isEqualTo(401));
			assertThat(vendo.dashboard(other.session()).apps()).hasSize(1);
			assertThatExceptionOfType(AuthException.class).isThrownBy(board::apps);
		}
	}

}
