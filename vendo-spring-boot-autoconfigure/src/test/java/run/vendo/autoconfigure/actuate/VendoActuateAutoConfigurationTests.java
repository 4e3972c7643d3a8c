package run.vendo.autoconfigure.actuate;

import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.event.VendoEventsAutoConfiguration;
import run.vendo.fixture.TestClients;

import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.health.registry.ReactiveHealthContributorRegistry;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VendoHealthAutoConfiguration}, {@link VendoEndpointAutoConfiguration}
 * and {@link VendoInfoContributorAutoConfiguration}.
 */
class VendoActuateAutoConfigurationTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(VendoAutoConfiguration.class,
			VendoEventsAutoConfiguration.class, VendoHealthAutoConfiguration.class,
			VendoEndpointAutoConfiguration.class, VendoInfoContributorAutoConfiguration.class,
			HealthContributorRegistryAutoConfiguration.class);

	private final ApplicationContextRunner oss = new ApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS);

	private final ApplicationContextRunner vendo = this.oss.withPropertyValues("vendo.api-key=" + TestClients.KEY);

	@Test
	void contributesToHealthOnceWhereThreadsMayWait() {
		this.vendo.run((context) -> assertBlocking(context));
		new WebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues("vendo.api-key=" + TestClients.KEY)
			.run((context) -> assertBlocking(context));
	}

	private static void assertBlocking(ApplicationContext context) {
		HealthContributorRegistry registry = context.getBean(HealthContributorRegistry.class);
		assertThat(registry.getContributor("vendo")).isInstanceOf(HealthIndicator.class);
		assertThat(registry.getContributor("vendoEvents")).isInstanceOf(HealthIndicator.class);
		ReactiveHealthContributorRegistry reactive = context.getBean(ReactiveHealthContributorRegistry.class);
		assertThat(reactive.getContributor("vendo")).isNull();
		assertThat(reactive.getContributor("vendoEvents")).isNull();
	}

	@Test
	void contributesToHealthOnceWhereThreadsMustNotWait() {
		new ReactiveWebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues("vendo.api-key=" + TestClients.KEY)
			.run((context) -> {
				ReactiveHealthContributorRegistry reactive = context.getBean(ReactiveHealthContributorRegistry.class);
				assertThat(reactive.getContributor("vendo")).isInstanceOf(ReactiveHealthIndicator.class);
				assertThat(reactive.getContributor("vendoEvents")).isInstanceOf(ReactiveHealthIndicator.class);
				HealthContributorRegistry registry = context.getBean(HealthContributorRegistry.class);
				assertThat(registry.getContributor("vendo")).isNull();
				assertThat(registry.getContributor("vendoEvents")).isNull();
			});
	}

	@Test
	void contributesNothingInOssMode() {
		this.oss.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(HealthContributorRegistry.class)).isEmpty();
			assertThat(context.getBean(ReactiveHealthContributorRegistry.class)).isEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.health.vendo.enabled=false", "management.health.defaults.enabled=false" })
	void canBeSwitchedOff(String property) {
		this.vendo.withPropertyValues(property).run((context) -> {
			assertThat(context.getBean(HealthContributorRegistry.class)).isEmpty();
			assertThat(context).doesNotHaveBean(BalanceMonitor.class);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.health.vendo-events.enabled=false", "vendo.events.enabled=false" })
	void healthOfTheStreamCanBeSwitchedOff(String property) {
		this.vendo.withPropertyValues(property).run((context) -> {
			HealthContributorRegistry registry = context.getBean(HealthContributorRegistry.class);
			assertThat(registry.getContributor("vendo")).isNotNull();
			assertThat(registry.getContributor("vendoEvents")).isNull();
		});
	}

	private ApplicationContextRunner withShop() {
		return this.vendo.withPropertyValues("vendo.accounts.shop.api-key=" + TestClients.OTHER_KEY);
	}

	@Test
	void whenTheApplicationMakesTheClientItselfThenThereIsNothingOfFurtherAccounts() {
		AutoConfigurations without = AutoConfigurations.of(VendoHealthAutoConfiguration.class,
				VendoEndpointAutoConfiguration.class, VendoInfoContributorAutoConfiguration.class,
				HealthContributorRegistryAutoConfiguration.class);
		String[] properties = { "vendo.accounts.shop.api-key=" + TestClients.OTHER_KEY,
				"management.endpoints.web.exposure.include=vendo" };
		new WebApplicationContextRunner().withConfiguration(without)
			.withUserConfiguration(OwnClient.class)
			.withPropertyValues(properties)
			.run((context) -> assertNothingOfAccounts(context));
		new ReactiveWebApplicationContextRunner().withConfiguration(without)
			.withUserConfiguration(OwnClient.class)
			.withPropertyValues(properties)
			.run((context) -> assertNothingOfAccounts(context));
	}

	private static void assertNothingOfAccounts(ApplicationContext context) {
		assertThat(context.getBeansOfType(AccountBalances.class)).isEmpty();
		assertThat(context.containsBean("vendoAccountsHealthContributor")).isFalse();
		assertThat(context.containsBean("vendoHealthContributor")).isTrue();
		assertThat(context.getBeansOfType(VendoEndpoint.class)).hasSize(1);
	}

	@Test
	void contributesForFurtherAccountsOnceWhereThereAreAny() {
		this.vendo.run((
				context) -> assertThat(context.getBean(HealthContributorRegistry.class).getContributor("vendoAccounts"))
					.isNull());
		withShop().run((context) -> {
			assertThat(context.getBean(HealthContributorRegistry.class).getContributor("vendoAccounts"))
				.isInstanceOfSatisfying(CompositeHealthContributor.class,
						(accounts) -> assertThat(accounts.getContributor("shop")).isInstanceOf(HealthIndicator.class));
			assertThat(context.getBean(ReactiveHealthContributorRegistry.class).getContributor("vendoAccounts"))
				.isNull();
			assertThat(context).hasSingleBean(BalanceMonitor.class);
		});
		new ReactiveWebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues("vendo.accounts.shop.api-key=" + TestClients.OTHER_KEY)
			.run((context) -> {
				assertThat(context.getBean(ReactiveHealthContributorRegistry.class).getContributor("vendoAccounts"))
					.isInstanceOf(CompositeReactiveHealthContributor.class);
				assertThat(context.getBean(HealthContributorRegistry.class).getContributor("vendoAccounts")).isNull();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.health.vendo-accounts.enabled=false", "management.health.vendo.enabled=false",
			"management.health.defaults.enabled=false" })
	void healthOfFurtherAccountsCanBeSwitchedOff(String property) {
		withShop().withPropertyValues(property).run((context) -> {
			assertThat(context.getBean(HealthContributorRegistry.class).getContributor("vendoAccounts")).isNull();
			assertThat(context).doesNotHaveBean(AccountBalances.class);
		});
	}

	@Test
	void backsOffForTheHealthOfAccountsOfTheApplication() {
		withShop().withBean("vendoAccountsHealthIndicator", HealthIndicator.class, () -> () -> Health.up().build())
			.run((context) -> assertThat(
					context.getBean(HealthContributorRegistry.class).getContributor("vendoAccounts"))
				.isInstanceOf(HealthIndicator.class));
	}

	@Test
	void anAccountWithAClientOfTheApplicationsOwnInOssModeHasNoHealth() {
		withShop()
			.withBean("shopVendoClient", VendoClient.class,
					() -> VendoClient.builder().environment((name) -> null).build(),
					(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
			.run((context) -> assertThat(context.getBean(AccountBalances.class).monitors()).isEmpty());
	}

	@Test
	void backsOffForContributorsOfTheApplication() {
		this.vendo.withUserConfiguration(OwnHealth.class).run((context) -> {
			HealthContributorRegistry registry = context.getBean(HealthContributorRegistry.class);
			assertThat(registry.getContributor("vendo")).isInstanceOfSatisfying(HealthIndicator.class,
					(own) -> assertThat(own.health().getDetails()).containsEntry("own", true));
		});
	}

	@Test
	void backsOffForAMonitorOfTheApplication() {
		this.vendo.withUserConfiguration(OwnMonitor.class)
			.run((context) -> assertThat(context).hasSingleBean(BalanceMonitor.class)
				.doesNotHaveBean(VendoBalanceMonitor.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "vendo.health.refresh-interval=29s", "vendo.health.refresh-interval=2d",
			"vendo.health.low-balance=-1", "vendo.health.exhausted-status=" })
	void valuesThatMakeNoSenseStopTheStartAndNameTheProperty(String property) {
		this.vendo.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(failure) -> assertThat(property).startsWith(failure.getName())));
	}

	@Test
	void theShortestIntervalIsAllowed() {
		this.vendo.withPropertyValues("vendo.health.refresh-interval=30s")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(classes = { HealthIndicator.class, Endpoint.class, InfoContributor.class })
	void doesWithoutWhatIsNotThere(Class<?> missing) {
		this.vendo.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(VendoClient.class));
	}

	@Test
	void nobodyReadsTheBalanceWhereNobodyShowsIt() {
		this.vendo.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BalanceMonitor.class));
	}

	@Test
	void endpointIsThereWhereItIsExposed() {
		this.vendo.run((context) -> assertThat(context).doesNotHaveBean(VendoEndpoint.class));
		new WebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues("management.endpoints.web.exposure.include=vendo",
					"management.health.vendo.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(VendoEndpoint.class)
				.hasSingleBean(BalanceMonitor.class));
	}

	@Test
	void informationIsThereUnlessSwitchedOff() {
		this.oss.run((context) -> assertThat(context).hasSingleBean(VendoInfoContributor.class));
		this.oss.withPropertyValues("management.info.vendo.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(InfoContributor.class));
	}

	@Test
	void lowBalanceHasAPlaceOnlyWhereItIsAskedForAndNoOtherIsGiven() {
		assertThat(order(Map.of())).isNull();
		assertThat(order(Map.of("vendo.health.low-balance", "5")))
			.isEqualTo("down,out-of-service,up,low-balance,unknown");
		assertThat(order(Map.of("vendo.health.exhausted-status", "low-balance")))
			.isEqualTo("down,out-of-service,up,low-balance,unknown");
		assertThat(order(Map.of("vendo.health.low-balance", "5", "management.endpoint.health.status.order", "down,up")))
			.isEqualTo("down,up");
		assertThat(order(Map.of("vendo.health.low-balance", "5", "management.endpoint.health.status.order[0]", "down")))
			.isNull();
	}

	private static String order(Map<String, Object> properties) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
		new LowBalanceStatusOrder().postProcessEnvironment(environment, new SpringApplication());
		return environment.getProperty("management.endpoint.health.status.order");
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnClient {

		@Bean
		VendoClient ownVendoClient() {
			return VendoClient.builder().environment((name) -> null).apiKey(TestClients.KEY).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnHealth {

		@Bean
		HealthIndicator vendoHealthIndicator() {
			return () -> Health.up().withDetail("own", true).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMonitor {

		@Bean
		BalanceMonitor ownMonitor() {
			return () -> new BalanceSnapshot(BalanceSnapshot.State.PENDING, null, null, null, null, Set.of(), null);
		}

	}

}
