package run.vendo.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.billing.BillingApi;
import run.vendo.billing.ReactiveBillingApi;
import run.vendo.catalog.CatalogApi;
import run.vendo.catalog.ReactiveCatalogApi;
import run.vendo.connection.ConnectionsApi;
import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.dashboard.ReactiveVendoDashboard;
import run.vendo.dashboard.VendoDashboard;
import run.vendo.data.DataApi;
import run.vendo.data.ReactiveDataApi;
import run.vendo.deployment.DeploymentApi;
import run.vendo.error.RateLimitedException;
import run.vendo.error.VendoConfigurationException;
import run.vendo.event.EventStream;
import run.vendo.event.EventsApi;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.fixture.Conditions;
import run.vendo.fixture.StubServer;
import run.vendo.http.ExchangeListener;
import run.vendo.http.ExchangeReport;
import run.vendo.http.HttpApi;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.ReactiveHttpApi;
import run.vendo.http.ResponseCaching;
import run.vendo.integration.IntegrationsApi;
import run.vendo.integration.ReactiveIntegrationsApi;
import run.vendo.reconciler.ReconcilerApi;
import run.vendo.sso.SsoApi;
import run.vendo.token.TokenCache;
import run.vendo.webhook.WebhooksApi;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.reactive.function.client.WebClient;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link VendoAutoConfiguration}.
 */
class VendoAutoConfigurationTests {

	private static final String KEY = "vendo_sk_0123456789abcdefghijklmnopqrstuv";

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(VendoAutoConfiguration.class,
			SslAutoConfiguration.class, HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
			ImperativeHttpClientAutoConfiguration.class, CodecsAutoConfiguration.class, JacksonAutoConfiguration.class,
			WebClientAutoConfiguration.class);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS);

	private static final WireMockServer RECORDING = new WireMockServer(
			options().bindAddress("127.0.0.1").dynamicPort());

	private final WireMockServer recording = RECORDING;

	@BeforeAll
	static void start() {
		RECORDING.start();
	}

	@AfterEach
	void reset() {
		this.recording.resetAll();
	}

	@AfterAll
	static void stop() {
		RECORDING.stop();
	}

	private ApplicationContextRunner connected() {
		return connectedTo(this.recording.baseUrl());
	}

	private ApplicationContextRunner connectedTo(String url) {
		return this.contextRunner.withPropertyValues("vendo.api-key=" + KEY, "vendo.base-url=" + url,
				"vendo.credentials-url=" + url, "vendo.data-proxy-url=" + url);
	}

	@Test
	void whenThereIsNoSessionShouldHaveNoDashboard() {
		connected().run((context) -> assertThat(context).doesNotHaveBean(VendoDashboard.class)
			.doesNotHaveBean(ReactiveVendoDashboard.class));
		connected().withPropertyValues("vendo.dashboard.session-cookie= ")
			.run((context) -> assertThat(context).doesNotHaveBean(VendoDashboard.class));
	}

	@Test
	void whenThereIsASessionShouldHaveADashboardThatUsesIt() {
		this.recording.stubFor(get("/api/apps").willReturn(okJson("[]")));
		connected().withPropertyValues("vendo.dashboard.session-cookie=sid=abc").run((context) -> {
			assertThat(context.getBean(VendoDashboard.class).apps()).isEmpty();
			assertThat(context.getBean(ReactiveVendoDashboard.class).apps().collectList().block()).isEmpty();
		});
		this.recording.verify(2, getRequestedFor(urlPathEqualTo("/api/apps")).withHeader("Cookie", equalTo("sid=abc"))
			.withoutHeader("Authorization"));
	}

	@Test
	void whenTheApplicationHasADashboardShouldBackOff() {
		VendoDashboard own = VendoClient.builder().environment((name) -> null).build().dashboard("sid=own");
		connected().withPropertyValues("vendo.dashboard.session-cookie=sid=abc")
			.withBean("own", VendoDashboard.class, () -> own)
			.run((context) -> assertThat(context.getBean(VendoDashboard.class)).isSameAs(own));
	}

	@Test
	void whenTheSessionIsMalformedShouldNameThePropertyAndNotShowIt() {
		connected().withPropertyValues("vendo.dashboard.session-cookie=s3cr3t")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(VendoConfigurationException.class)
				.hasMessageContaining("vendo.dashboard.session-cookie")
				.hasMessageNotContaining("s3cr3t"));
	}

	@Test
	void everyExchangeListenerIsTold() {
		this.recording.stubFor(get("/x").willReturn(ok()));
		List<String> told = new CopyOnWriteArrayList<>();
		connected().withBean("one", ExchangeListener.class, () -> (report) -> told.add("one"))
			.withBean("two", ExchangeListener.class, () -> (report) -> told.add("two"))
			.run((context) -> {
				context.getBean(VendoClient.class).http().get("/x").toBodilessEntity();
				assertThat(told).containsExactlyInAnyOrder("one", "two");
			});
	}

	@Test
	void exchangeListenersAreToldInTheirOrder() {
		this.recording.stubFor(get("/x").willReturn(ok()));
		List<String> told = new CopyOnWriteArrayList<>();
		connected().withBean("last", ExchangeListener.class, () -> new OrderedListener(told, "last", 2))
			.withBean("unordered", ExchangeListener.class, () -> (report) -> told.add("unordered"))
			.withBean("first", ExchangeListener.class, () -> new OrderedListener(told, "first", -1))
			.withBean("second", ExchangeListener.class, () -> new OrderedListener(told, "second", 1))
			.withPropertyValues("vendo.accounts.shop.api-key=" + KEY)
			.run((context) -> {
				context.getBean(VendoClient.class).http().get("/x").toBodilessEntity();
				assertThat(told).containsExactly("first", "second", "last", "unordered");
				context.getBean("shopVendoClient", VendoClient.class).http().get("/x").toBodilessEntity();
				assertThat(told).hasSize(8).endsWith("first", "second", "last", "unordered");
			});
	}

	@Test
	void answersAreKeptWhereTheApplicationSaysSo() {
		this.recording.stubFor(get("/api/tools/catalog").willReturn(okJson("{\"tools\":[]}")));
		Cache cache = new ConcurrentMapCache("vendo");
		connected()
			.withBean(ResponseCaching.class,
					() -> ResponseCaching.in(cache).keep("/api/tools/**", Duration.ofMinutes(5)))
			.withPropertyValues("vendo.accounts.shop.api-key=vendo_sk_ffffffffffffffffffffffffffffffff")
			.run((context) -> {
				VendoClient client = context.getBean(VendoClient.class);
				VendoClient shop = context.getBean("shopVendoClient", VendoClient.class);
				for (int i = 0; i < 3; i++) {
					client.http().get("/api/tools/catalog").retrieve(JsonNode.class);
					client.reactive().http().get("/api/tools/catalog").retrieve(JsonNode.class).block();
					shop.http().get("/api/tools/catalog").retrieve(JsonNode.class);
				}
				// One for each credential.
				this.recording.verify(2, getRequestedFor(urlPathEqualTo("/api/tools/catalog")));
				client.http().get("/api/tools/catalog").cacheFor(Duration.ZERO).retrieve(JsonNode.class);
				this.recording.verify(3, getRequestedFor(urlPathEqualTo("/api/tools/catalog")));
			});
	}

	@Test
	void aCacheAloneKeepsNoAnswers() {
		this.recording.stubFor(get("/api/tools/catalog").willReturn(okJson("{\"tools\":[]}")));
		connected().withBean(CacheManager.class, () -> new ConcurrentMapCacheManager("vendo")).run((context) -> {
			VendoClient client = context.getBean(VendoClient.class);
			for (int i = 0; i < 2; i++) {
				client.http().get("/api/tools/catalog").cacheFor(Duration.ofMinutes(5)).retrieve(JsonNode.class);
			}
			this.recording.verify(2, getRequestedFor(urlPathEqualTo("/api/tools/catalog")));
		});
	}

	@Test
	void limitedCallsWaitOnlyWhereAskedTo() {
		this.recording.stubFor(get("/api/cli/balance").willReturn(okJson("{\"balance_usd\":1}")));
		connected().withPropertyValues("vendo.http.rate-limiting=true").run((context) -> {
			BillingApi billing = context.getBean(BillingApi.class);
			for (int i = 0; i < 30; i++) {
				billing.cliBalance();
			}
			assertThatExceptionOfType(RateLimitedException.class).isThrownBy(billing::cliBalance);
		});
	}

	@Test
	void definesBothFrontDoorsAndEverySubApi() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(VendoClient.class)
			.hasSingleBean(ReactiveVendoClient.class)
			.hasSingleBean(ConnectionsApi.class)
			.hasSingleBean(ReactiveConnectionsApi.class)
			.hasSingleBean(IntegrationsApi.class)
			.hasSingleBean(ReactiveIntegrationsApi.class)
			.hasSingleBean(BillingApi.class)
			.hasSingleBean(ReactiveBillingApi.class)
			.hasSingleBean(CatalogApi.class)
			.hasSingleBean(ReactiveCatalogApi.class)
			.hasSingleBean(EventsApi.class)
			.hasSingleBean(ReactiveEventsApi.class)
			.hasSingleBean(DataApi.class)
			.hasSingleBean(ReactiveDataApi.class)
			.hasSingleBean(HttpApi.class)
			.hasSingleBean(ReactiveHttpApi.class)
			.hasSingleBean(WebhooksApi.class)
			.hasSingleBean(SsoApi.class)
			.hasSingleBean(DeploymentApi.class)
			.hasSingleBean(ReconcilerApi.class));
	}

	@Test
	void definesPropertiesBasedConnectionDetailsByDefault() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(PropertiesVendoConnectionDetails.class));
	}

	@Test
	void shouldUseCustomConnectionDetailsWhenDefined() {
		this.recording.stubFor(get("/slack").willReturn(okJson("{\"access_token\":\"xoxb\",\"expires_at\":null}")));
		String url = this.recording.baseUrl();
		VendoConnectionDetails details = new VendoConnectionDetails() {

			@Override
			public String getApiKey() {
				return KEY;
			}

			@Override
			public String getCredentialsUrl() {
				return url;
			}

		};
		this.contextRunner.withBean(VendoConnectionDetails.class, () -> details)
			.withPropertyValues("vendo.api-key=vendo_sk_ffffffffffffffffffffffffffffffff",
					"vendo.credentials-url=http://localhost:1")
			.run((context) -> {
				assertThat(context).hasSingleBean(VendoConnectionDetails.class)
					.doesNotHaveBean(PropertiesVendoConnectionDetails.class);
				assertThat(context.getBean(VendoClient.class).token("slack")).isEqualTo("xoxb");
				this.recording.verify(getRequestedFor(urlPathEqualTo("/slack")).withHeader("Authorization",
						equalTo("Bearer " + KEY)));
			});
	}

	@Test
	void whenConnectionDetailsHaveNoKeyThenOneInTheEnvironmentIsNotPickedUp() {
		this.contextRunner.withBean(VendoConnectionDetails.class, () -> new VendoConnectionDetails() {
		})
			.withInitializer(environmentVariables(Map.of("VENDO_API_KEY", KEY)))
			.run((context) -> assertThat(context.getBean(VendoClient.class).isVendoMode()).isFalse());
	}

	@Test
	void withoutKeyTheApplicationStartsInOssModeOnProviderKeysInTheEnvironment() {
		this.contextRunner.withPropertyValues("OPENAI_API_KEY=sk-own", "vendo.byok.acme=ACME_KEY", "ACME_KEY=acme-own")
			.run((context) -> {
				VendoClient client = context.getBean(VendoClient.class);
				assertThat(client.isVendoMode()).isFalse();
				assertThat(client.token("openai")).isEqualTo("sk-own");
				assertThat(client.token("acme")).isEqualTo("acme-own");
				assertThat(context.getBean(ReactiveVendoClient.class).isVendoMode()).isFalse();
			});
	}

	@Test
	void whenKeyIsBlankThenItCountsAsAbsent() {
		this.contextRunner.withInitializer(environmentVariables(Map.of("VENDO_API_KEY", "  ", "VENDO_SANDBOX", "")))
			.run((context) -> assertThat(context.getBean(VendoClient.class).isVendoMode()).isFalse());
	}

	@Test
	void everyVariableOfADeploymentBinds() {
		this.contextRunner
			.withInitializer(environmentVariables(Map.ofEntries(Map.entry("VENDO_API_KEY", KEY),
					Map.entry("VENDO_BASE_URL", "https://api.example.com"),
					Map.entry("VENDO_API_URL", "https://no.example"),
					Map.entry("VENDO_CREDENTIALS_URL", "https://worker.example.com"),
					Map.entry("VENDO_DATA_PROXY_URL", "https://data.example.com"),
					Map.entry("VENDO_WEBHOOK_SECRET", "whsec_one"),
					Map.entry("VENDO_WEBHOOK_SECRETS", "whsec_two,whsec_three"), Map.entry("VENDO_TENANT_ID", "t_1"),
					Map.entry("VENDO_DEPLOYMENT_ID", "d_1"), Map.entry("VENDO_DEPLOYMENT_SLUG", "shop"),
					Map.entry("VENDO_SANDBOX", "1"), Map.entry("VENDO_AUTH", "1"),
					Map.entry("VENDO_CONNECTIONS", "slack,notion"), Map.entry("VENDO_TOKEN_MY_TOOL", "own"))))
			.run((context) -> {
				VendoClient client = context.getBean(VendoClient.class);
				assertThat(client.isVendoMode()).isTrue();
				assertThat(client).hasToString("VendoClient[https://api.example.com, vendo_sk_…stuv]");
				VendoConnectionDetails details = context.getBean(VendoConnectionDetails.class);
				assertThat(details.getCredentialsUrl()).isEqualTo("https://worker.example.com");
				assertThat(details.getDataProxyUrl()).isEqualTo("https://data.example.com");
				assertThat(details.getWebhookSecrets()).containsExactly("whsec_one", "whsec_two", "whsec_three");
				DeploymentApi deployment = client.deployment();
				assertThat(deployment.tenantId()).isEqualTo("t_1");
				assertThat(deployment.deploymentId()).isEqualTo("d_1");
				assertThat(deployment.deploymentSlug()).isEqualTo("shop");
				assertThat(deployment.isRunningOnVendo()).isTrue();
				assertThat(deployment.isSandbox()).isTrue();
				assertThat(client.sso().isEnabled()).isTrue();
				assertThat(client.token("my-tool")).isEqualTo("own");
				assertThat(context.getBean(VendoProperties.class).connections()).containsExactly("slack", "notion");
			});
	}

	@Test
	void apiUrlIsUsedWhenThereIsNoBaseUrl() {
		this.contextRunner
			.withInitializer(environmentVariables(Map.of("VENDO_API_URL", "https://api.example.com/api/")))
			.run((context) -> assertThat(context.getBean(VendoClient.class).deployment().apiUrl())
				.hasToString("https://api.example.com"));
	}

	@Test
	void variablesThatArePropertiesCanBeSetAsProperties() {
		this.contextRunner
			.withPropertyValues("vendo.tenant-id=t_2", "vendo.sandbox=true", "vendo.sso.enabled=true",
					"vendo.deployment.id=d_2")
			.run((context) -> {
				VendoClient client = context.getBean(VendoClient.class);
				assertThat(client.deployment().tenantId()).isEqualTo("t_2");
				assertThat(client.deployment().isSandbox()).isTrue();
				assertThat(client.deployment().isRunningOnVendo()).isTrue();
				assertThat(client.sso().isEnabled()).isTrue();
			});
	}

	@Test
	void ssoCanBeSwitchedOffBehindTheProxy() {
		this.contextRunner.withInitializer(environmentVariables(Map.of("VENDO_AUTH", "1")))
			.withPropertyValues("vendo.sso.enabled=false")
			.run((context) -> assertThat(context.getBean(SsoApi.class).isEnabled()).isFalse());
	}

	@Test
	void bothFrontDoorsShareOneTokenCache() {
		this.recording.stubFor(get("/slack").willReturn(okJson("{\"access_token\":\"xoxb\",\"expires_at\":null}")));
		connected().run((context) -> {
			assertThat(context.getBean(VendoClient.class).token("slack")).isEqualTo("xoxb");
			assertThat(context.getBean(ReactiveVendoClient.class).token("slack").block()).isEqualTo("xoxb");
			this.recording.verify(1, getRequestedFor(urlPathEqualTo("/slack")));
		});
	}

	@Test
	void nothingIsSentAndNoThreadIsStartedWhileTheContextStarts() {
		// Nobody else knows it.
		try (StubServer server = StubServer.start()) {
			List<String> before = threads();
			connectedTo(server.url().toString()).withPropertyValues("vendo.webhook.secret=whsec_1").run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(server.requests()).isEmpty();
				assertThat(threads()).filteredOn((name) -> name.contains("vendo") || name.contains("reactor"))
					.isSubsetOf(before);
			});
		}
	}

	@Test
	void whenContextClosesThenTheClientIsClosed() {
		AtomicReference<VendoClient> client = new AtomicReference<>();
		connected().run((context) -> client.set(context.getBean(VendoClient.class)));
		assertThatExceptionOfType(run.vendo.error.VendoException.class)
			.isThrownBy(() -> client.get().billing().balance())
			.withMessageContaining("This client is closed");
	}

	@Test
	void backsOffForABlockingClientAndTheReactiveOneFollows() {
		VendoClient own = VendoClient.builder().environment(Map.of("VENDO_API_KEY", KEY)::get).build();
		this.contextRunner.withBean(VendoClient.class, () -> own).run((context) -> {
			assertThat(context).hasSingleBean(VendoClient.class);
			assertThat(context.getBean(VendoClient.class)).isSameAs(own);
			assertThat(context.getBean(ReactiveVendoClient.class)).isSameAs(own.reactive());
			assertThat(context.getBean(ConnectionsApi.class)).isSameAs(own.connections());
		});
	}

	@Test
	void backsOffForAReactiveClientAndTheBlockingOneFollows() {
		ReactiveVendoClient own = ReactiveVendoClient.builder().environment(Map.of("VENDO_API_KEY", KEY)::get).build();
		this.contextRunner.withBean(ReactiveVendoClient.class, () -> own).run((context) -> {
			assertThat(context).hasSingleBean(VendoClient.class);
			assertThat(context.getBean(VendoClient.class)).isSameAs(own.blocking());
			assertThat(context.getBean(ReactiveVendoClient.class)).isSameAs(own);
		});
	}

	@Test
	void startsWithSeveralClientsOfTheApplication() {
		this.contextRunner
			.withBean("one", VendoClient.class, () -> VendoClient.builder().environment((name) -> null).build())
			.withBean("two", VendoClient.class, () -> VendoClient.builder().environment((name) -> null).build())
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBeansOfType(VendoClient.class)).containsOnlyKeys("one", "two");
				assertThat(context).doesNotHaveBean(ConnectionsApi.class).doesNotHaveBean(ReactiveVendoClient.class);
			});
	}

	@Test
	void whenOneOfSeveralClientsIsPrimaryItsApisAreBeans() {
		this.contextRunner
			.withBean("one", VendoClient.class, () -> VendoClient.builder().environment((name) -> null).build(),
					(definition) -> definition.setPrimary(true))
			.withBean("two", VendoClient.class, () -> VendoClient.builder().environment((name) -> null).build())
			.run((context) -> assertThat(context.getBean(ConnectionsApi.class))
				.isSameAs(context.getBean("one", VendoClient.class).connections()));
	}

	@ParameterizedTest
	@ValueSource(classes = { ConnectionsApi.class, ReactiveConnectionsApi.class, IntegrationsApi.class,
			ReactiveIntegrationsApi.class, BillingApi.class, ReactiveBillingApi.class, EventsApi.class,
			ReactiveEventsApi.class, DataApi.class, ReactiveDataApi.class, HttpApi.class, ReactiveHttpApi.class,
			WebhooksApi.class, SsoApi.class, DeploymentApi.class, ReconcilerApi.class })
	void backsOffForASubApi(Class<?> type) {
		this.contextRunner.withInitializer((context) -> register(context.getBeanFactory(), type)).run((context) -> {
			assertThat(context).hasSingleBean(type);
			assertThat(context.getBean(type)).isSameAs(context.getBean("own"));
		});
	}

	private static <T> void register(
			org.springframework.beans.factory.config.ConfigurableListableBeanFactory beanFactory, Class<T> type) {
		beanFactory.registerSingleton("own", org.mockito.Mockito.mock(type));
	}

	@Test
	void aSubApiThatNobodyAsksForIsNotMade() {
		this.contextRunner.run((context) -> {
			assertThat(context.getSourceApplicationContext().getBeanFactory().containsSingleton("vendoBillingApi"))
				.isFalse();
			assertThat(context.getBean(BillingApi.class)).isSameAs(context.getBean("vendoBillingApi"))
				.isSameAs(context.getBean(VendoClient.class).billing());
		});
	}

	@Test
	void backsOffForASubApiThatAFactoryBeanMakes() {
		this.contextRunner.withUserConfiguration(BillingFactoryConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(BillingApi.class).doesNotHaveBean("vendoBillingApi"));
	}

	@Test
	void backsOffForASubApiOfTheParentContext() {
		BillingApi own = org.mockito.Mockito.mock(BillingApi.class);
		new ApplicationContextRunner().withBean("own", BillingApi.class, () -> own)
			.run((parent) -> this.contextRunner.withParent(parent).run((context) -> {
				assertThat(context).doesNotHaveBean("vendoBillingApi");
				assertThat(context.getBean(BillingApi.class)).isSameAs(own);
			}));
	}

	@Test
	void aSubApiThatIsInjectedByItsNameAloneDoesNotReplaceOurs() {
		BillingApi special = org.mockito.Mockito.mock(BillingApi.class);
		this.contextRunner
			.withBean("special", BillingApi.class, () -> special,
					(definition) -> ((org.springframework.beans.factory.support.AbstractBeanDefinition) definition)
						.setDefaultCandidate(false))
			.run((context) -> assertThat(context.getBean("vendoBillingApi"))
				.isSameAs(context.getBean(VendoClient.class).billing()));
	}

	@Test
	void builderIsAPrototypeThatBacksOff() {
		connected().run((context) -> {
			VendoClient.Builder builder = context.getBean(VendoClient.Builder.class);
			assertThat(context.getBean(VendoClient.Builder.class)).isNotSameAs(builder);
			try (VendoClient other = builder.apiKey("vendo_sk_ffffffffffffffffffffffffffffffff").build()) {
				assertThat(other).hasToString("VendoClient[%s, vendo_sk_…ffff]".formatted(this.recording.baseUrl()));
			}
		});
		VendoClient.Builder own = VendoClient.builder().environment((name) -> null);
		this.contextRunner.withBean(VendoClient.Builder.class, () -> own)
			.run((context) -> assertThat(context.getBean(VendoClient.Builder.class)).isSameAs(own));
	}

	@Test
	void customizersComeInOrderAroundTheProperties() {
		connected().withUserConfiguration(CustomizersConfiguration.class).run((context) -> {
			assertThat(context.getBean(CustomizersConfiguration.class).calls).containsExactly("first", "last");
			assertThat(context.getBean(VendoClient.class))
				.hasToString("VendoClient[https://last.example, vendo_sk_…stuv]");
		});
	}

	@Test
	void aTokenCacheOfTheApplicationIsUsed() {
		TokenCache cache = TokenCache.builder().build();
		connected().withBean(TokenCache.class, () -> cache)
			.run((context) -> assertThat(context.getBean(VendoClient.class).tokenCache()).isSameAs(cache));
	}

	@Test
	void webClientCustomizersApplyAndNothingOfOursLeaksBack() {
		this.recording.stubFor(get("/api/billing/balance").willReturn(okJson("{\"credits_remaining_micros\":1}")));
		this.recording.stubFor(get("/other").willReturn(okJson("{}")));
		WebClientCustomizer customizer = (builder) -> builder.defaultHeader("X-Application", "shop");
		connected().withBean(WebClientCustomizer.class, () -> customizer).run((context) -> {
			context.getBean(VendoClient.class).billing().balance();
			context.getBean(WebClient.Builder.class)
				.build()
				.get()
				.uri(this.recording.baseUrl() + "/other")
				.retrieve()
				.toBodilessEntity()
				.block();
			this.recording.verify(getRequestedFor(urlPathEqualTo("/api/billing/balance")).withHeader("X-Application",
					equalTo("shop")));
			this.recording.verify(getRequestedFor(urlPathEqualTo("/other")).withoutHeader(HttpHeaders.AUTHORIZATION)
				.withoutHeader("Vendo-API-Version"));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor", "jdk" })
	void worksOnTheConnectorThatSpringBootIsTold(String connector) {
		this.recording.stubFor(get("/api/billing/balance").willReturn(okJson("{\"credits_remaining_micros\":5}")));
		connected()
			.withPropertyValues("spring.http.clients.reactive.connector=" + connector,
					"spring.http.clients.imperative.factory=" + connector)
			.run((context) -> {
				assertThat(context.getBean(VendoClient.class).billing().balance().creditsRemainingMicros())
					.isEqualTo(5);
				this.recording
					.stubFor(get("/slack").willReturn(okJson("{\"access_token\":\"t\",\"expires_at\":null}")));
				this.recording.stubFor(get("/me").willReturn(okJson("{}")));
				context.getBean(VendoClient.class)
					.session("slack")
					.restClient()
					.get()
					.uri(this.recording.baseUrl() + "/me")
					.retrieve()
					.toBodilessEntity();
				this.recording
					.verify(getRequestedFor(urlPathEqualTo("/me")).withHeader("Authorization", equalTo("Bearer t")));
			});
	}

	@Test
	void sessionsShareOneHttpClientThatClosesWithTheApplication() {
		List<DestroyableRequestFactory> made = new ArrayList<>();
		connected().withBean(ClientHttpRequestFactoryBuilder.class, () -> (settings) -> {
			DestroyableRequestFactory requestFactory = new DestroyableRequestFactory(settings);
			made.add(requestFactory);
			return requestFactory;
		}).run((context) -> {
			VendoClient client = context.getBean(VendoClient.class);
			Stream.of("slack", "slack", "notion").forEach((slug) -> client.session(slug).restClient());
			client.forUser("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl").session("slack").restClient();
			assertThat(made).hasSize(1);
			try (VendoClient patient = client.mutate()
				.timeouts(HttpTimeouts.defaults().withResponse(Duration.ofSeconds(70)))
				.build()) {
				patient.session("slack").restClient();
			}
			assertThat(made).extracting((requestFactory) -> requestFactory.settings.readTimeout())
				.containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(70));
			assertThat(made).noneMatch((requestFactory) -> requestFactory.destroyed);
		});
		assertThat(made).allMatch((requestFactory) -> requestFactory.destroyed);
	}

	@Test
	void sessionsOnTheJdkClientStartNoThreadEach() {
		connected().withPropertyValues("spring.http.clients.imperative.factory=jdk").run((context) -> {
			List<Object> kept = new ArrayList<>();
			List<String> before = httpClientThreads();
			for (int i = 0; i < 10; i++) {
				kept.add(context.getBean(VendoClient.class).session("slack").restClient());
			}
			List<String> started = new ArrayList<>(httpClientThreads());
			started.removeAll(before);
			assertThat(started).hasSizeLessThan(kept.size()).hasSizeLessThanOrEqualTo(1);
		});
	}

	private static List<String> httpClientThreads() {
		// Of those that each client starts. Clients of earlier tests may still start
		// others.
		return threads().stream().filter((name) -> name.matches("HttpClient-\\d+-SelectorManager")).toList();
	}

	@Test
	void sessionsAreObservedWhereTheApplicationObserves() {
		this.recording.stubFor(get("/slack").willReturn(okJson("{\"access_token\":\"t\",\"expires_at\":null}")));
		this.recording.stubFor(get("/me").willReturn(ok()));
		List<String> observed = new CopyOnWriteArrayList<>();
		List<String> ended = new CopyOnWriteArrayList<>();
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStart(Observation.Context context) {
				observed.add(context.getName());
			}

			@Override
			public void onStop(Observation.Context context) {
				ended.add(context.getName());
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		connected().withBean(ObservationRegistry.class, () -> registry).run((context) -> {
			context.getBean(VendoClient.class)
				.session("slack")
				.restClient()
				.get()
				.uri(this.recording.baseUrl() + "/me")
				.retrieve()
				.toBodilessEntity();
			// The provider, on the way to it the token, and its call. They may end after
			// what was asked for is there.
			assertThat(observed).containsExactly("http.client.requests", "vendo.client.call", "http.client.requests");
			Conditions.await(() -> ended.size() == observed.size());
			assertThat(ended).containsExactlyInAnyOrderElementsOf(observed);
		});
	}

	@Test
	void sessionsOnReactorNettyUseThePoolOfTheClient() {
		List<String> pools = new ArrayList<>();
		connected().withBean(ClientHttpRequestFactoryBuilder.class,
				() -> ClientHttpRequestFactoryBuilder.reactor().withHttpClientCustomizer((client) -> {
					pools.add(client.configuration().connectionProvider().name());
					return client;
				}))
			.run((context) -> context.getBean(VendoClient.class).session("slack").restClient());
		assertThat(pools).containsExactly("vendo");
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor", "jdk" })
	void streamsOnTheConnectorThatSpringBootIsTold(String connector) {
		this.recording.stubFor(get("/api/deployments/me/connections").willReturn(okJson("{\"connections\":[]}")));
		this.recording.stubFor(get("/api/deployments/me/events")
			.willReturn(ok("data: {\"id\":\"evt_1\"}\n\n").withHeader("Content-Type", "text/event-stream")));
		connected().withPropertyValues("spring.http.clients.reactive.connector=" + connector).run((context) -> {
			try (EventStream stream = context.getBean(EventsApi.class).subscribe()) {
				assertThat(stream.iterator().next().id()).isEqualTo("evt_1");
			}
			this.recording.verify(getRequestedFor(urlPathEqualTo("/api/deployments/me/events"))
				.withHeader("Accept", equalTo("text/event-stream"))
				.withHeader("Accept-Encoding", equalTo("identity")));
		});
	}

	@Test
	void worksWithoutReactorNetty() {
		this.recording.stubFor(get("/api/billing/balance").willReturn(okJson("{\"credits_remaining_micros\":5}")));
		connected().withClassLoader(new FilteredClassLoader("reactor.netty"))
			.run((context) -> assertThat(
					context.getBean(VendoClient.class).billing().balance().creditsRemainingMicros())
				.isEqualTo(5));
	}

	@Test
	void redirectsAreNotFollowedToAnotherHostEvenWhereSpringBootIsToldTo() {
		WireMockServer other = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
		other.start();
		try {
			this.recording.stubFor(get("/api/billing/balance")
				.willReturn(aResponse().withStatus(302).withHeader("Location", other.baseUrl() + "/stolen")));
			connected().withPropertyValues("spring.http.clients.redirects=follow").run((context) -> {
				VendoClient client = context.getBean(VendoClient.class);
				assertThatExceptionOfType(run.vendo.error.VendoException.class)
					.isThrownBy(() -> client.billing().balance())
					.withMessageContaining("redirected");
			});
			assertThat(other.getAllServeEvents()).isEmpty();
		}
		finally {
			other.stop();
		}
	}

	@Test
	void timeoutsOfAllHttpClientsAreInheritedAndOursWin() {
		// Requests that were given up may come in late, in the course of another test.
		try (StubServer server = StubServer.start()) {
			server.hold();
			ApplicationContextRunner runner = connectedTo(server.url().toString())
				.withPropertyValues("vendo.retry.max-attempts=1");
			runner.withPropertyValues("spring.http.clients.read-timeout=40ms")
				.run((context) -> assertThatExceptionOfType(run.vendo.error.TransportException.class)
					.isThrownBy(() -> context.getBean(VendoClient.class).billing().balance())
					.withMessageContaining("within 40 ms"));
			runner.withPropertyValues("spring.http.clients.read-timeout=40s", "vendo.http.response-timeout=50ms")
				.run((context) -> assertThatExceptionOfType(run.vendo.error.TransportException.class)
					.isThrownBy(() -> context.getBean(VendoClient.class).billing().balance())
					.withMessageContaining("within 50 ms"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.http.clients.read-timeout", "spring.http.clients.connect-timeout" })
	void whenAllHttpClientsHaveNoTimeoutThenOursIsTheDefault(String property) {
		this.recording.stubFor(get("/api/billing/balance").willReturn(okJson("{\"credits_remaining_micros\":5}")));
		connected().withPropertyValues(property + "=0s")
			.run((context) -> assertThat(
					context.getBean(VendoClient.class).billing().balance().creditsRemainingMicros())
				.isEqualTo(5));
	}

	@Test
	void propertiesReachTheClient() {
		this.recording.stubFor(get("/api/billing/balance").willReturn(aResponse().withStatus(503)));
		this.recording.stubFor(get("/api/integrations").willReturn(okJson("[" + " ".repeat(2000) + "]")));
		connected()
			.withPropertyValues("vendo.retry.max-attempts=2", "vendo.retry.base-delay=1ms",
					"vendo.api-version=2030-01-01", "vendo.http.max-body-size=1KB")
			.run((context) -> {
				VendoClient client = context.getBean(VendoClient.class);
				assertThatExceptionOfType(run.vendo.error.UpstreamException.class)
					.isThrownBy(() -> client.billing().balance())
					.satisfies((ex) -> assertThat(ex.attempts()).isEqualTo(2));
				this.recording.verify(2, getRequestedFor(urlPathEqualTo("/api/billing/balance"))
					.withHeader("Vendo-API-Version", equalTo("2030-01-01")));
				assertThatExceptionOfType(run.vendo.error.UpstreamException.class)
					.isThrownBy(() -> client.integrations().list())
					.withMessageContaining("larger than");
			});
	}

	@Test
	void defaultsAreThoseOfTheClient() {
		this.contextRunner.run((context) -> {
			VendoProperties properties = context.getBean(VendoProperties.class);
			assertThat(properties.http().connectTimeout()).isNull();
			assertThat(properties.retry().maxAttempts()).isNull();
			assertThat(properties.webhook().maxAge()).isNull();
		});
	}

	@Test
	void propertiesNeverShowASecret() {
		connected().withPropertyValues("vendo.webhook.secret=whsec_canary", "vendo.webhook.secrets=whsec_other")
			.run((context) -> assertThat(context.getBean(VendoProperties.class).toString()
					+ context.getBean(VendoProperties.class).webhook())
				.doesNotContain(KEY, "whsec"));
	}

	@ParameterizedTest
	@MethodSource("webRunners")
	void startsInEveryKindOfApplication(Object runner) {
		if (runner instanceof WebApplicationContextRunner servlet) {
			servlet.withConfiguration(AUTO_CONFIGURATIONS)
				.run((context) -> assertThat(context).hasSingleBean(VendoClient.class));
		}
		else {
			((ReactiveWebApplicationContextRunner) runner).withConfiguration(AUTO_CONFIGURATIONS)
				.run((context) -> assertThat(context).hasSingleBean(VendoClient.class));
		}
	}

	static Stream<Object> webRunners() {
		return Stream.of(new WebApplicationContextRunner(), new ReactiveWebApplicationContextRunner());
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.actuate", "org.springframework.boot.health",
			"io.micrometer.core", "org.springframework.security", "reactor.netty", "org.springframework.web.servlet",
			"jakarta.servlet", "org.springframework.boot.webflux" })
	void startsWithoutWhatIsOptional(String absent) {
		this.contextRunner.withClassLoader(new FilteredClassLoader(absent))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(VendoClient.class));
	}

	@Test
	void backsOffWithoutWebClient() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(WebClient.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(VendoClient.class));
	}

	@Test
	void everyBeanOfOursHasATypeOfOurs() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class))
			.run((context) -> assertThat(beansOfOurs(context)).isNotEmpty()
				.allSatisfy((name) -> assertThat(context.getType(name).getName()).startsWith("run.vendo.")));
	}

	private static List<String> beansOfOurs(ApplicationContext context) {
		return Stream.of(context.getBeanDefinitionNames())
			.filter((name) -> !name.startsWith("org.springframework."))
			.toList();
	}

	@Test
	void onAMisspeltNumberOrUnitTheContextFails() {
		this.contextRunner.withPropertyValues("vendo.http.connect-timeout=soon")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("soon"));
		this.contextRunner.withPropertyValues("vendo.http.connect-timeout=" + Duration.ofSeconds(3))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
	}

	private static org.springframework.context.ApplicationContextInitializer<org.springframework.context.ConfigurableApplicationContext> environmentVariables(
			Map<String, Object> variables) {
		return (context) -> context.getEnvironment()
			.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizersConfiguration {

		final List<String> calls = new ArrayList<>();

		@Bean
		@Order(1)
		VendoClientCustomizer last() {
			return (builder) -> {
				this.calls.add("last");
				builder.baseUrl("https://last.example");
			};
		}

		@Bean
		@Order(-1)
		VendoClientCustomizer first() {
			return (builder) -> {
				this.calls.add("first");
				builder.baseUrl("https://first.example").apiVersion("overwritten");
			};
		}

	}

	private static final class DestroyableRequestFactory implements ClientHttpRequestFactory, DisposableBean {

		private final HttpClientSettings settings;

		private boolean destroyed;

		DestroyableRequestFactory(HttpClientSettings settings) {
			this.settings = settings;
		}

		@Override
		public ClientHttpRequest createRequest(URI uri, HttpMethod httpMethod) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void destroy() {
			this.destroyed = true;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BillingFactoryConfiguration {

		@Bean
		FactoryBean<BillingApi> own() {
			return new FactoryBean<>() {

				@Override
				public BillingApi getObject() {
					return org.mockito.Mockito.mock(BillingApi.class);
				}

				@Override
				public Class<?> getObjectType() {
					return BillingApi.class;
				}

			};
		}

	}

	/**
	 * A listener that has a place.
	 */
	private record OrderedListener(List<String> told, String name, int order) implements ExchangeListener, Ordered {

		@Override
		public void onExchange(ExchangeReport report) {
			this.told.add(this.name);
		}

		@Override
		public int getOrder() {
			return this.order;
		}

	}

}
