package run.vendo.autoconfigure.observation;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.VendoClientCustomizer;
import run.vendo.error.VendoException;
import run.vendo.fixture.Conditions;
import run.vendo.fixture.MutableClock;
import run.vendo.http.ClientCallObservationConvention;
import run.vendo.http.ClientRecorder;
import run.vendo.http.DefaultClientCallObservationConvention;
import run.vendo.http.VendoCredential;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link VendoObservationAutoConfiguration}.
 */
@Timeout(120)
class VendoObservationAutoConfigurationTests {

	private static final String KEY = "vendo_sk_0123456789abcdefABCDEF_-01234567";

	private static final String SHOP_KEY = "vendo_sk_shopshopshopshopshopshopshopshop";

	private final WireMockServer platform = new WireMockServer(
			WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());

	private ApplicationContextRunner runner;

	@BeforeEach
	void start() {
		this.platform.start();
		this.platform.stubFor(WireMock.any(WireMock.anyUrl())
			.willReturn(WireMock.aResponse()
				.withHeader("Content-Type", "application/json")
				.withBody("{\"access_token\":\"t\",\"expires_at\":null}")));
		String url = "http://127.0.0.1:" + this.platform.port();
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HttpClientAutoConfiguration.class, VendoAutoConfiguration.class,
					VendoMetricsAutoConfiguration.class, VendoObservationAutoConfiguration.class))
			.withPropertyValues("vendo.api-key=" + KEY, "vendo.base-url=" + url, "vendo.credentials-url=" + url,
					"vendo.retry.max-attempts=1");
	}

	@AfterEach
	void stop() {
		this.platform.stop();
	}

	private ApplicationContextRunner withMeters() {
		return this.runner.withConfiguration(
				AutoConfigurations.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
						SimpleMetricsExportAutoConfiguration.class, ObservationAutoConfiguration.class));
	}

	private void answer(String body) {
		this.platform.stubFor(WireMock.any(WireMock.anyUrl())
			.willReturn(WireMock.aResponse().withHeader("Content-Type", "application/json").withBody(body)));
	}

	@Test
	void whenThereIsNoMeterRegistryThenNothingIsCounted() {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean(ClientRecorder.class);
			assertThat(context.getBean(VendoClient.class).token("slack")).isEqualTo("t");
		});
	}

	@Test
	void whenMicrometerIsNotThereThenTheClientWorks() {
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.run((context) -> assertThat(context.getBean(VendoClient.class).token("slack")).isEqualTo("t"));
	}

	@Test
	void tokensAreCounted() {
		withMeters().run((context) -> {
			VendoClient client = context.getBean(VendoClient.class);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			client.token("slack");
			client.token("slack");
			client.token("slack");
			assertThat(resolutions(meters, "slack", "worker", "success")).isEqualTo(1);
			assertThat(resolutions(meters, "slack", "cache", "success")).isEqualTo(2);
			assertThat(meters.get("vendo.token.cache.gets").tag("result", "hit").functionCounter().count())
				.isEqualTo(2);
			assertThat(meters.get("vendo.token.cache.gets").tag("result", "miss").functionCounter().count())
				.isEqualTo(1);
			assertThat(meters.get("vendo.token.cache.size").gauge().value()).isEqualTo(1);
		});
	}

	private static double resolutions(MeterRegistry meters, String slug, String source, String outcome) {
		return meters.get("vendo.token.resolutions")
			.tags("slug", slug, "source", source, "outcome", outcome)
			.functionCounter()
			.count();
	}

	@Test
	void whatIsCountedWhileTheApplicationStartsIsShownToo() {
		withMeters().withUserConfiguration(Early.class)
			.run((context) -> assertThat(
					resolutions(context.getBean(MeterRegistry.class), "slack", "worker", "success"))
				.isEqualTo(1));
	}

	@Test
	@Timeout(300)
	void tenThousandUnknownSlugsMakeNoMoreMetersThanTen() {
		withMeters().run((context) -> {
			VendoClient client = context.getBean(VendoClient.class);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			for (int i = 0; i < 10; i++) {
				client.token("unknown-" + i);
				client.token("unknown-" + i);
			}
			int few = meters.getMeters().size();
			for (int i = 10; i < 10_000; i++) {
				client.token("unknown-" + i);
			}
			client.token("unknown-9999");
			assertThat(meters.getMeters()).hasSize(few);
			assertThat(resolutions(meters, "other", "worker", "success")).isEqualTo(10_000);
			assertThat(resolutions(meters, "other", "cache", "success")).isEqualTo(11);
		});
	}

	@Test
	void slugsThatWereNamedAreToldApart() {
		withMeters().withPropertyValues("vendo.metrics.slugs=crm", "vendo.connections=shop", "vendo.byok.acme=ACME_KEY")
			.run((context) -> {
				VendoClient client = context.getBean(VendoClient.class);
				client.token("crm");
				client.token("shop");
				client.token("acme");
				client.token("slack");
				client.token("nobody");
				assertThat(context.getBean(MeterRegistry.class).get("vendo.token.resolutions").functionCounters())
					.extracting((counter) -> counter.getId().getTag("slug"))
					.contains("crm", "shop", "acme", "slack", "other")
					.doesNotContain("nobody");
			});
	}

	@Test
	void balanceIsWhatPassedByAndNothingIsAskedForIt() {
		MutableClock clock = new MutableClock();
		withMeters().withBean(Clock.class, () -> clock).run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(value(meters, "vendo.billing.balance")).isNaN();
			assertThat(value(meters, "vendo.billing.balance.age")).isNaN();
			assertThat(this.platform.getAllServeEvents()).isEmpty();
			answer("{\"credits_remaining_micros\":12500000,\"currency\":\"USD\"}");
			context.getBean(VendoClient.class).billing().balance();
			clock.advance(Duration.ofSeconds(90));
			assertThat(value(meters, "vendo.billing.balance")).isEqualTo(12.5);
			assertThat(meters.get("vendo.billing.balance.age").timeGauge().value(TimeUnit.SECONDS)).isEqualTo(90);
			assertThat(this.platform.getAllServeEvents()).hasSize(1);
		});
	}

	@Test
	void capsAreShownWhereThereAreAny() {
		withMeters().run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			answer("{\"daily_micros\":null,\"monthly_micros\":5000000,\"used_today_micros\":250000,\"used_month_micros\":1000000}");
			context.getBean(VendoClient.class).billing().spendCaps();
			assertThat(meters.get("vendo.billing.cap").tag("window", "day").gauge().value()).isNaN();
			assertThat(meters.get("vendo.billing.cap").tag("window", "month").gauge().value()).isEqualTo(5);
			assertThat(meters.get("vendo.billing.cap.used").tag("window", "day").gauge().value()).isEqualTo(0.25);
			assertThat(meters.get("vendo.billing.cap.used").tag("window", "month").gauge().value()).isEqualTo(1);
			assertThat(value(meters, "vendo.billing.cap.age")).isNotNegative();
		});
	}

	private ApplicationContextRunner withShop() {
		return withMeters().withPropertyValues("vendo.accounts.shop.api-key=" + SHOP_KEY);
	}

	private void balanceOf(String key, long micros) {
		this.platform.stubFor(WireMock.get("/api/billing/balance")
			.withHeader("Authorization", WireMock.equalTo("Bearer " + key))
			.willReturn(WireMock.okJson("{\"credits_remaining_micros\":%d,\"currency\":\"USD\"}".formatted(micros))));
		this.platform.stubFor(WireMock.get("/api/billing/spend-caps")
			.withHeader("Authorization", WireMock.equalTo("Bearer " + key))
			.willReturn(WireMock
				.okJson("{\"daily_micros\":%d,\"monthly_micros\":null,\"used_today_micros\":1,\"used_month_micros\":2}"
					.formatted(micros))));
	}

	private static double balance(MeterRegistry meters, String account) {
		return meters.get("vendo.billing.balance").tag("account", account).gauge().value();
	}

	private static double cap(MeterRegistry meters, String account) {
		return meters.get("vendo.billing.cap").tags("account", account, "window", "day").gauge().value();
	}

	@Test
	void figuresOfAccountsStayApart() {
		balanceOf(KEY, 12_500_000);
		balanceOf(SHOP_KEY, 3_000_000);
		withShop().run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			VendoClient own = context.getBean(VendoClient.class);
			VendoClient shop = context.getBean("shopVendoClient", VendoClient.class);
			own.billing().balance();
			own.billing().spendCaps();
			assertThat(balance(meters, "shop")).isNaN();
			assertThat(meters.get("vendo.billing.balance.age").tag("account", "shop").gauge().value()).isNaN();
			shop.billing().balance();
			shop.billing().spendCaps();
			assertThat(balance(meters, "default")).isEqualTo(12.5);
			assertThat(balance(meters, "shop")).isEqualTo(3);
			assertThat(cap(meters, "default")).isEqualTo(12.5);
			assertThat(cap(meters, "shop")).isEqualTo(3);
			assertThat(meters.find("vendo.billing.balance").gauges()).hasSize(2);
		});
	}

	@Test
	void countsAndCachesOfAccountsStayApart() {
		withShop().run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			VendoClient shop = context.getBean("shopVendoClient", VendoClient.class);
			shop.token("slack");
			shop.token("slack");
			assertThat(cacheSize(meters, "shop")).isEqualTo(1);
			assertThat(cacheSize(meters, "default")).isZero();
			assertThat(hits(meters, "shop")).isEqualTo(1);
			assertThat(hits(meters, "default")).isZero();
			assertThat(meters.get("vendo.token.resolutions").functionCounters())
				.extracting((counter) -> counter.getId().getTag("account"))
				.containsOnly("shop");
			assertThat(meters.get("vendo.client.call").timer().getId().getTag("account")).isEqualTo("shop");
			assertThat(meters.get("vendo.client.retries.available").gauges())
				.extracting((gauge) -> gauge.getId().getTag("account"))
				.containsExactlyInAnyOrder("default", "shop");
		});
	}

	private static double cacheSize(MeterRegistry meters, String account) {
		return meters.get("vendo.token.cache.size").tag("account", account).gauge().value();
	}

	private static double hits(MeterRegistry meters, String account) {
		return meters.get("vendo.token.cache.gets").tags("account", account, "result", "hit").functionCounter().count();
	}

	@Test
	void anotherCredentialDoesNotOverwriteTheFigures() {
		balanceOf(KEY, 12_500_000);
		balanceOf(SHOP_KEY, 3_000_000);
		withMeters().run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			VendoClient own = context.getBean(VendoClient.class);
			own.billing().balance();
			own.billing().spendCaps();
			try (VendoClient key = own.mutate().apiKey(SHOP_KEY).build();
					VendoClient credential = own.mutate().credential(VendoCredential.connectionKey(SHOP_KEY)).build()) {
				assertThat(key.billing().balance().creditsRemainingMicros()).isEqualTo(3_000_000);
				key.billing().spendCaps();
				credential.billing().balance();
				key.token("slack");
			}
			assertThat(balance(meters, "default")).isEqualTo(12.5);
			assertThat(cap(meters, "default")).isEqualTo(12.5);
			assertThat(meters.find("vendo.billing.balance").gauges()).hasSize(1);
			assertThat(meters.get("vendo.token.resolutions").functionCounter().getId().getTag("account"))
				.isEqualTo("_other");
			balanceOf(KEY, 7_000_000);
			try (VendoClient version = own.mutate().apiVersion("2027-01-01").build()) {
				version.billing().balance();
			}
			assertThat(balance(meters, "default")).isEqualTo(7);
		});
	}

	@Test
	void hundredsOfNamesThatAreNotConfiguredMakeNoMoreMetersThanOne() {
		withShop().run((context) -> {
			VendoClient own = context.getBean(VendoClient.class);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			int one = 0;
			for (int i = 0; i < 300; i++) {
				try (VendoClient customer = own.mutate().account("customer-" + i).build()) {
					customer.token("slack");
				}
				// The WebClient says that a request has ended when its answer was used.
				Conditions.await(() -> meters.find("http.client.requests").timer() != null);
				one = (i == 0) ? meters.getMeters().size() : one;
			}
			assertThat(meters.getMeters()).hasSize(one);
		});
	}

	@Test
	void everyMeterOfAClientSaysItsAccountAndTheOthersDoNot() {
		withShop().run((context) -> {
			context.getBean("shopVendoClient", VendoClient.class).token("slack");
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meters.getMeters()).filteredOn((meter) -> meter.getId().getName().startsWith("vendo."))
				.isNotEmpty()
				.allSatisfy((meter) -> assertThat(meter.getId().getTag("account")).isIn("default", "shop"));
			for (VendoMeterDocumentation meter : VendoMeterDocumentation.values()) {
				boolean ofAClient = Stream.of("vendo.client.", "vendo.token.", "vendo.billing.")
					.anyMatch(meter.getName()::startsWith);
				assertThat(Stream.of(meter.getKeyNames()).map(KeyName::asString).toList().contains("account"))
					.as(meter.getName())
					.isEqualTo(ofAClient);
			}
		});
	}

	private static double value(MeterRegistry meters, String name) {
		return meters.get(name).gauge().value();
	}

	@Test
	void anExhaustedBalanceIsNothingUnlessItIsKnownToBeLess() {
		MicrometerClientRecorder all = new MicrometerClientRecorder(Clock.systemUTC(), (account) -> null, List.of(),
				List.of());
		MeterRegistry meters = new SimpleMeterRegistry();
		all.bindTo(meters);
		ClientRecorder recorder = all.forAccount(ClientRecorder.DEFAULT_ACCOUNT);
		recorder.balance(5_000_000);
		recorder.balanceExhausted();
		assertThat(value(meters, "vendo.billing.balance")).isZero();
		recorder.balance(-250_000);
		recorder.balanceExhausted();
		assertThat(value(meters, "vendo.billing.balance")).isEqualTo(-0.25);
	}

	@Test
	void clientsThatNeverAskForATokenAreNotKept() {
		MicrometerClientRecorder recorder = new MicrometerClientRecorder(Clock.systemUTC(), (account) -> null,
				List.of(), List.of());
		AtomicInteger asked = new AtomicInteger();
		recorder.knownSlugs(() -> {
			asked.incrementAndGet();
			return List.of("first");
		});
		assertThat(asked).as("the catalog is not read before it is needed").hasValue(0);
		for (int i = 0; i < 1000; i++) {
			recorder.knownSlugs(() -> {
				asked.incrementAndGet();
				return List.of("another");
			});
		}
		assertThat(asked).as("those that were asked and let go").hasValueGreaterThan(980);
		MeterRegistry meters = new SimpleMeterRegistry();
		recorder.bindTo(meters);
		for (String slug : List.of("first", "another", "nobody")) {
			recorder.forAccount(ClientRecorder.DEFAULT_ACCOUNT)
				.tokenResolved(slug, ClientRecorder.TokenSource.WORKER, ClientRecorder.TokenOutcome.SUCCESS);
		}
		for (String slug : List.of("first", "another", "other")) {
			assertThat(resolutions(meters, slug, "worker", "success")).isEqualTo(1);
		}
	}

	@Test
	void gaugesOutliveACollection() {
		withMeters().run((context) -> {
			System.gc();
			context.getBean(ClientRecorder.class).forAccount(ClientRecorder.DEFAULT_ACCOUNT).balance(1_000_000);
			assertThat(value(context.getBean(MeterRegistry.class), "vendo.billing.balance")).isEqualTo(1);
			assertThat(value(context.getBean(MeterRegistry.class), "vendo.client.retries.available")).isEqualTo(100);
		});
	}

	@Test
	void callsAreTimed() {
		withMeters().run((context) -> {
			context.getBean(VendoClient.class).token("slack");
			assertThat(context.getBean(MeterRegistry.class)
				.get("vendo.client.call")
				.tags("api", "token", "operation", "get", "outcome", "success", "status", "2xx", "code", "none")
				.timer()
				.count()).isEqualTo(1);
		});
	}

	@Test
	void whenObservationsAreSwitchedOffThenCallsAreNotTimed() {
		withMeters().withPropertyValues("management.observations.enable.vendo=false").run((context) -> {
			context.getBean(VendoClient.class).token("slack");
			assertThat(context.getBean(MeterRegistry.class).find("vendo.client.call").timer()).isNull();
		});
	}

	@Test
	void conventionOfTheApplicationIsUsed() {
		withMeters()
			.withBean(ClientCallObservationConvention.class,
					() -> new DefaultClientCallObservationConvention("own.call"))
			.run((context) -> {
				context.getBean(VendoClient.class).token("slack");
				assertThat(context.getBean(MeterRegistry.class).find("own.call").timer()).isNotNull();
			});
	}

	@Test
	void traceHeadersStayAtHomeUnlessToldOtherwise() {
		ApplicationContextRunner runner = withMeters().withUserConfiguration(Sender.class);
		runner.run((context) -> {
			context.getBean(VendoClient.class).token("slack");
			assertThat(lastHeader()).isNull();
		});
		runner.withPropertyValues("vendo.observations.propagate=true").run((context) -> {
			context.getBean(VendoClient.class).token("slack");
			assertThat(lastHeader()).isEqualTo("00-1");
		});
	}

	@Test
	void traceHeadersLeaveAlsoWhereTheRegistryIsNoBean() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new Sender().sender());
		this.runner.withBean(VendoClientCustomizer.class, () -> (builder) -> builder.observationRegistry(registry))
			.withPropertyValues("vendo.observations.propagate=true")
			.run((context) -> {
				context.getBean(VendoClient.class).token("slack");
				assertThat(lastHeader()).isEqualTo("00-1");
			});
	}

	private String lastHeader() {
		return this.platform.getAllServeEvents().get(0).getRequest().getHeader("traceparent");
	}

	@Test
	void recorderOfTheApplicationsOwnIsToldInstead() {
		AtomicReference<String> heard = new AtomicReference<>();
		this.runner.withBean(ClientRecorder.class, () -> new ClientRecorder() {

			@Override
			public void tokenResolved(String slug, TokenSource source, TokenOutcome outcome) {
				heard.set(slug);
			}

		}).run((context) -> {
			context.getBean(VendoClient.class).token("slack");
			assertThat(heard).hasValue("slack");
		});
	}

	@Test
	void whenCallFailsThenTheExceptionIsTheSameAsEver() {
		withMeters().run((context) -> {
			this.platform.stubFor(WireMock.any(WireMock.anyUrl()).willReturn(WireMock.aResponse().withStatus(500)));
			VendoClient client = context.getBean(VendoClient.class);
			assertThatExceptionOfType(VendoException.class).isThrownBy(() -> client.token("slack"))
				.extracting(VendoException::status, InstanceOfAssertFactories.INTEGER)
				.isEqualTo(500);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Early {

		@Bean
		String earlyToken(VendoClient client) {
			return client.token("slack");
		}

	}

	/**
	 * Sends a header as a tracer would.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Sender {

		@Bean
		ObservationHandler<SenderContext<Object>> sender() {
			return new ObservationHandler<>() {

				@Override
				public void onStart(SenderContext<Object> context) {
					context.getSetter().set(context.getCarrier(), "traceparent", "00-1");
				}

				@Override
				public boolean supportsContext(Observation.Context context) {
					return context instanceof SenderContext;
				}

			};
		}

	}

}
