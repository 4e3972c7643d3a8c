package run.vendo.test;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.VendoClient;
import run.vendo.dashboard.AppUpdate;
import run.vendo.dashboard.DashboardObject;
import run.vendo.dashboard.Deployed;
import run.vendo.dashboard.DeployRequest;
import run.vendo.dashboard.MintedKey;
import run.vendo.dashboard.UsageRange;
import run.vendo.dashboard.VendoDashboard;
import run.vendo.error.AuthException;
import run.vendo.error.BalanceExhaustedException;
import run.vendo.error.ConflictException;
import run.vendo.error.ErrorCode;
import run.vendo.error.ForbiddenException;
import run.vendo.error.IdempotencyConflictException;
import run.vendo.error.NotFoundException;
import run.vendo.error.RateLimitedException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.http.RetryPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The dashboard's client against the simulator.
 */
class DashboardFlowTests {

	private static final RetryPolicy QUICK = RetryPolicy.defaults()
		.withDelays(Duration.ofMillis(1), Duration.ofMillis(1));

	private final MutableClock clock = new MutableClock("2026-05-20T12:00:00Z");

	private final VendoPlatform platform = VendoPlatform.builder().clock(this.clock).start();

	private final VendoClient client = this.platform.clientBuilder().retry(QUICK).build();

	private final VendoDashboard dashboard = this.client.dashboard(this.platform.session());

	@AfterEach
	void close() {
		this.client.close();
		this.platform.close();
	}

	private static DeployRequest chat() {
		return DeployRequest.of("chat", "simulated");
	}

	@Test
	void aDeployThatIsSentAgainIsOne() {
		DeployRequest request = chat().idempotencyKey("order-1");
		Deployed first = this.dashboard.deploy(request);
		assertThat(this.dashboard.deploy(request)).isEqualTo(first);
		assertThat(this.platform.deployments()).containsExactly(first.deploymentId());
		assertThat(this.platform.requests("/api/deploy")).hasSize(2);
	}

	@Test
	void whenTheAnswerIsLostThenTheRetryFindsTheSameDeployment() {
		this.platform.failNext(PlatformFault.loseAnswer());
		Deployed deployed = this.dashboard.deploy(chat());
		assertThat(this.platform.deployments()).containsExactly(deployed.deploymentId());
		assertThat(this.platform.requests("/api/deploy")).hasSize(2)
			.extracting((sent) -> sent.header("Idempotency-Key"))
			.containsOnly(this.platform.requests("/api/deploy").get(0).header("Idempotency-Key"));
	}

	@Test
	void whenManySendTheSameDeployAtOnceThenItIsOne() throws Exception {
		this.platform.rateLimits(false);
		DeployRequest request = chat();
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Callable<Deployed>> calls = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				calls.add(() -> this.dashboard.deploy(request));
			}
			List<Deployed> all = new ArrayList<>();
			for (Future<Deployed> each : executor.invokeAll(calls)) {
				all.add(each.get());
			}
			assertThat(all).containsOnly(all.get(0)).hasSize(16);
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(this.platform.deployments()).hasSize(1);
	}

	@Test
	void whenTheKeyIsUsedForAnotherDeployThenItIsRefused() {
		this.dashboard.deploy(chat().idempotencyKey("order-1"));
		assertThatExceptionOfType(IdempotencyConflictException.class)
			.isThrownBy(() -> this.dashboard.deploy(chat().deploymentSlug("other").idempotencyKey("order-1")));
	}

	@Test
	void everyDocumentedRefusalOfADeployHasItsException() {
		this.platform.tool("secret", Map.of("released", false));
		this.platform.tool("bot", Map.of("requiredBindings", List.of("slack")));
		this.platform.rateLimits(false);
		this.dashboard.deploy(chat().deploymentSlug("mine"));
		assertRefused(chat().deploymentSlug("mine"), ConflictException.class, "SLUG_TAKEN");
		assertRefused(chat().deploymentSlug("www"), ConflictException.class, "SUBDOMAIN_TAKEN");
		assertRefused(chat().deploymentSlug("Not A Slug"), ValidationException.class, "INVALID_SLUG");
		assertRefused(DeployRequest.of("bot", "simulated"), ValidationException.class, "MISSING_BINDING");
		assertRefused(chat().bindings(List.of("nothing-known")), ValidationException.class, "UNKNOWN_BINDING");
		assertRefused(DeployRequest.of("secret", "simulated"), ForbiddenException.class, "tool_unreleased");
		this.platform.billingSetUp(false);
		assertRefused(chat(), BalanceExhaustedException.class, "BILLING_NOT_SETUP");
		this.platform.billingSetUp(true);
		this.platform.balance(0);
		assertRefused(chat(), BalanceExhaustedException.class, "INSUFFICIENT_CREDITS");
		this.platform.balance(1_000_000);
		this.platform.failNext(PlatformFault.status(502).code("WORKER_UNREACHABLE").times(3));
		assertRefused(chat(), UpstreamException.class, "WORKER_UNREACHABLE");
		assertThat(this.dashboard.deploy(DeployRequest.of("bot", "simulated").bindings(Map.of("slack", "cn_1"))))
			.isNotNull();
		assertThat(this.platform.deployments()).hasSize(2);
	}

	private void assertRefused(DeployRequest request, Class<? extends VendoException> type, String code) {
		assertThatExceptionOfType(type).isThrownBy(() -> this.dashboard.deploy(request))
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(new ErrorCode(code)));
	}

	@Test
	void whenABodyIsInvalidThenItsFieldsAreNamed() {
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> this.dashboard.deploy(chat().with("toolSlug", "")))
			.satisfies((ex) -> assertThat(ex.fieldErrors()).containsOnlyKeys("toolSlug"));
	}

	@Test
	void whenDeployedTooOftenThenIsLimitedForTheRestOfTheHour() {
		for (int i = 0; i < 5; i++) {
			this.dashboard.deploy(chat());
		}
		this.clock.advance(Duration.ofMinutes(50));
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> this.dashboard.deploy(chat()))
			.satisfies((ex) -> assertThat(ex.retryAfter()).isEqualTo(Duration.ofMinutes(10)));
		this.clock.advance(Duration.ofMinutes(10));
		this.dashboard.deploy(chat());
	}

	@Test
	void aDeploymentIsLookedAfter() {
		String id = this.dashboard.deploy(chat().deploymentName("Chat")).deploymentId();
		this.dashboard.suspend(id);
		assertThat(this.dashboard.deployment(id).text("status")).hasValue("suspended");
		this.dashboard.resume(id);
		DashboardObject deployment = this.dashboard.deployment(id);
		assertThat(deployment.text("status")).hasValue("running");
		assertThat(deployment.name()).hasValue("Chat");
		assertThat(deployment.timestamp("created_at")).hasValue(this.clock.instant());
		assertThat(this.dashboard.deploymentUsage(id, UsageRange.HOUR).text("range")).hasValue("1h");
		this.dashboard.destroy(id);
		assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> this.dashboard.restart(id));
		assertThat(this.platform.deployments()).isEmpty();
	}

	@Test
	void aMintedKeyWorksUntilItIsRevoked() {
		MintedKey minted = this.dashboard.mintAppKey("app_simulated");
		try (VendoClient other = this.platform.clientBuilder().apiKey(minted.value()).retry(QUICK).build()) {
			assertThat(other.connections().list()).isNotEmpty();
			assertThat(this.dashboard.keys()).hasSize(2)
				.allSatisfy((key) -> assertThat(key.json().toString()).doesNotContain(minted.value()));
			this.dashboard.revokeKey(minted.id().orElseThrow());
			assertThatExceptionOfType(AuthException.class).isThrownBy(() -> other.connections().list())
				.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.APP_REVOKED));
		}
		assertThat(this.platform.requests().toString()).doesNotContain(minted.value());
	}

	@Test
	void aMintedConnectionKeyReachesWhatConnectionKeysDo() {
		MintedKey minted = this.dashboard.mintConnectionKey("cn_1");
		try (VendoClient other = this.platform.clientBuilder().apiKey(minted.value()).retry(QUICK).build()) {
			assertThat(other.billing().cliBalance().balanceUsd()).isEqualByComparingTo("12.5");
			// It was said to be an App Key, so it is sent, and the platform knows better.
			assertThatExceptionOfType(ForbiddenException.class).isThrownBy(() -> other.connections().list());
		}
	}

	@Test
	void capsAndNameOfAnApplicationAreChanged() {
		DashboardObject app = this.dashboard.updateApp("app_simulated",
				AppUpdate.create().name("Shop").dailyCap(5_000_000L));
		assertThat(app.name()).hasValue("Shop");
		assertThat(app.usd("daily")).hasValue(new BigDecimal("5.000000"));
		assertThat(this.client.billing().spendCaps().dailyMicros()).isEqualTo(5_000_000L);
		this.dashboard.updateApp("app_simulated", AppUpdate.create().dailyCap(null));
		assertThat(this.client.billing().spendCaps().dailyMicros()).isNull();
		assertThat(this.dashboard.apps()).singleElement().satisfies((each) -> assertThat(each.name()).hasValue("Shop"));
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> this.dashboard.updateApp("app_simulated", AppUpdate.create().with("name", "")))
			.satisfies((ex) -> assertThat(ex.fieldErrors()).containsOnlyKeys("name"));
	}

	@Test
	void bindingsAreMadeOnceAndSwapped() {
		this.dashboard.createBinding("app_simulated", Map.of("slug", "slack", "connection_id", "cn_1"));
		assertThatExceptionOfType(ConflictException.class)
			.isThrownBy(() -> this.dashboard.createBinding("app_simulated", Map.of("slug", "slack")));
		this.dashboard.swapBinding("app_simulated", Map.of("slug", "slack", "connection_id", "cn_2"));
		assertThat(this.dashboard.bindings("app_simulated")).singleElement()
			.satisfies((each) -> assertThat(each.text("connectionId")).hasValue("cn_2"));
	}

	@Test
	void aProviderThatIsTurnedOffIsSeenToBe() {
		this.dashboard.toggleIntegration("slack", false);
		assertThat(this.dashboard.integrations()).filteredOn((each) -> each.slug().equals("slack"))
			.singleElement()
			.satisfies((each) -> assertThat(each.enabled()).isFalse());
		assertThat(this.client.integrations().get("slack").orElseThrow().enabled()).isFalse();
	}

	@Test
	void tenantAndUserAreChanged() {
		assertThat(this.dashboard.updateTenant(Map.of("name", "Acme")).name()).hasValue("Acme");
		assertThat(this.dashboard.tenant().name()).hasValue("Acme");
		assertThat(this.dashboard.updateUser(Map.of("name", "Ann")).name()).hasValue("Ann");
		assertThat(this.dashboard.user().text("email")).hasValue("user@example.com");
	}

	@ParameterizedTest
	@ValueSource(strings = { "simulated", "www", "Not A Slug" })
	void whenANameCannotBeHadThenItIsNotFree(String slug) {
		assertThat(this.dashboard.checkSlug(slug).flag("available")).hasValue(false);
		assertThat(this.dashboard.checkSlug("acme").flag("available")).hasValue(true);
	}

}
