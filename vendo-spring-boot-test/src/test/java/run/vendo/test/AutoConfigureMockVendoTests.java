package run.vendo.test;

import java.math.BigDecimal;
import java.util.Map;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.autoconfigure.actuate.BalanceMonitor;
import run.vendo.autoconfigure.actuate.BalanceSnapshot;
import run.vendo.billing.ReactiveBillingApi;
import run.vendo.billing.SpendCaps;
import run.vendo.connection.Connection;
import run.vendo.error.ErrorCode;
import run.vendo.error.NeedsReauthException;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link AutoConfigureMockVendo} with a whole application.
 */
@SpringBootTest(properties = { "vendo.api-key=vendo_sk_abcdefghijklmnopqrstuvwxyz012345",
		"vendo.base-url=https://nowhere.example", "vendo.webhook.secret=whsec_production", "vendo.sso.enabled=true",
		"vendo.retry.max-attempts=3" })
@AutoConfigureMockVendo
@AutoConfigureWebTestClient(timeout = "30s")
@TestMethodOrder(MethodOrderer.Random.class)
class AutoConfigureMockVendoTests {

	private static final String EVENT = "{\"id\":\"evt_1\",\"type\":\"connection.connected\"}";

	@Autowired
	private MockVendoClient vendo;

	@Autowired
	private MockReactiveVendoClient reactive;

	@Autowired
	private WebhookSigner signer;

	@Autowired
	private WebTestClient web;

	@Test
	void theApplicationsClientsAreTheMock(@Autowired VendoClient client, @Autowired ReactiveVendoClient reactiveClient,
			@Autowired ReactiveBillingApi billing, @Autowired MockVendoApplication.Report report) {
		assertThat(client).isSameAs(this.vendo);
		assertThat(reactiveClient).isSameAs(this.reactive).isSameAs(this.vendo.reactive());
		this.vendo.withConnections("slack").failing(MockVendoApi.BILLING, ErrorCode.NEEDS_REAUTH);
		assertThat(report.connections().list()).extracting(Connection::slug).containsExactly("slack");
		assertThatExceptionOfType(NeedsReauthException.class).isThrownBy(() -> billing.balance().block());
	}

	@Test
	void clientsTheApplicationBuildsAreOnTheMock(@Autowired @Qualifier("tenantClient") VendoClient tenant) {
		this.vendo.withToken("slack", "xoxb-1");
		assertThat(tenant.token("slack")).isEqualTo("xoxb-1");
		assertThat(this.vendo.calls()).extracting(MockVendoCall::type, MockVendoCall::slug)
			.containsExactly(tuple("token", "slack"));
	}

	@Test
	void settingsOfTheApplicationHoldThatAreNoAddresses(@Autowired MockVendoApplication.Report report) {
		assertThat(report.sso().isEnabled()).isTrue();
		assertThat(this.vendo.connectUrl("slack")).hasHost("vendo.run")
			.hasParameter("app_key", MockVendoClient.API_KEY);
	}

	// Whichever of these two comes second would see what the first has left.
	@Test
	void oneTestSeesNothingOfAnother() {
		assertThat(this.vendo.calls()).isEmpty();
		assertThat(this.vendo.connections().list()).isEmpty();
		this.vendo.withToken("slack", "xoxb-1").token("slack");
	}

	@Test
	void anotherTestSeesNothingOfOne() {
		assertThat(this.vendo.calls()).isEmpty();
		assertThat(this.vendo.connections().list()).isEmpty();
		this.vendo.withToken("slack", "xoxb-1").token("slack");
	}

	@Test
	void healthLooksAtTheScriptAndMakesNoCall(@Autowired BalanceMonitor monitor) {
		assertThat(monitor.snapshot().state()).isEqualTo(BalanceSnapshot.State.AVAILABLE);
		this.vendo.withSpendCaps(new SpendCaps(5L, 9L, 5, 8));
		assertThat(monitor.snapshot().trippedCaps()).containsExactly("daily");
		assertThat(monitor.snapshot().state()).isEqualTo(BalanceSnapshot.State.CAPPED);
		this.vendo.withBalance(BigDecimal.ZERO);
		assertThat(monitor.snapshot().state()).isEqualTo(BalanceSnapshot.State.EXHAUSTED);
		assertThat(this.vendo.calls()).isEmpty();
	}

	@Test
	void handlersUseTheMockInBothKinds() {
		this.reactive.withToken("slack", "xoxb-1");
		this.web.get().uri("/token/slack").exchange().expectBody(String.class).isEqualTo("xoxb-1");
		this.web.get().uri("/reactive-token/slack").exchange().expectBody(String.class).isEqualTo("xoxb-1");
		assertThat(this.vendo.calls("slack")).hasSize(2);
	}

	@Test
	void whenWebTestClientSignsThenHandlerAccepts() {
		this.web.mutateWith(this.signer.webTestClient())
			.post()
			.uri("/hooks")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(EVENT)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.type")
			.isEqualTo("connection.connected");
	}

	@Test
	void whenBodyIsAnObjectThenWhatIsWrittenIsSigned() {
		this.web.mutateWith(this.signer.webTestClient())
			.post()
			.uri("/hooks")
			.bodyValue(Map.of("type", "deployment.updated", "name", "Grüße"))
			.exchange()
			.expectBody()
			.jsonPath("$.type")
			.isEqualTo("deployment.updated");
	}

	@Test
	void whenHeadersAreTakenFromTheSignerThenHandlerAccepts() {
		this.web.post()
			.uri("/hooks")
			.headers(this.signer.headers(EVENT))
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(EVENT)
			.exchange()
			.expectStatus()
			.isOk();
	}

	@Test
	void whenSecretIsAnotherThenHandlerRefuses() {
		this.web.mutateWith(this.signer.withSecret("whsec_production").webTestClient())
			.post()
			.uri("/hooks")
			.bodyValue(EVENT)
			.exchange()
			.expectStatus()
			.isUnauthorized()
			.expectBody(String.class)
			.isEqualTo("mismatch");
	}

}
