package run.vendo.autoconfigure;

import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.error.VendoConfigurationException;
import run.vendo.error.VendoException;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for several accounts in one application.
 */
class VendoAccountsTests {

	@AutoClose
	private final StubServer server = StubServer.start()
		.respond((request) -> Response.json("{\"access_token\":\"token-of-%s\"}"
			.formatted(request.header("Authorization").substring("Bearer vendo_sk_".length()))));

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class))
		.withPropertyValues("vendo.api-key=" + TestClients.KEY, "vendo.base-url=" + this.server.url(),
				"vendo.credentials-url=" + this.server.url());

	private ApplicationContextRunner withShop() {
		return this.contextRunner
			.withPropertyValues("vendo.accounts.shop.api-key=" + TestClients.OTHER_KEY,
					"vendo.accounts.shop.api-version=2027-01-01")
			.withBean(Clients.class);
	}

	@Test
	void eachAccountHasClientsOfItsName() {
		withShop().run((context) -> {
			Clients clients = context.getBean(Clients.class);
			assertThat(clients.shop).isNotSameAs(clients.standard);
			assertThat(clients.reactiveShop.blocking()).isSameAs(clients.shop);
			clients.standard.http().get("/x").toBodilessEntity();
			assertThat(this.server.lastRequest().header("Authorization")).isEqualTo("Bearer " + TestClients.KEY);
			clients.shop.http().get("/x").toBodilessEntity();
			assertThat(this.server.lastRequest().header("Authorization")).isEqualTo("Bearer " + TestClients.OTHER_KEY);
			assertThat(this.server.lastRequest().header("Vendo-API-Version")).isEqualTo("2027-01-01");
			clients.reactiveShop.http().get("/x").toBodilessEntity().block();
			assertThat(this.server.lastRequest().header("Authorization")).isEqualTo("Bearer " + TestClients.OTHER_KEY);
		});
	}

	@Test
	void accountsShareNoTokens() {
		withShop().run((context) -> {
			Clients clients = context.getBean(Clients.class);
			assertThat(clients.standard.token("slack"))
				.isEqualTo("token-of-" + TestClients.KEY.substring("vendo_sk_".length()));
			assertThat(clients.shop.token("slack"))
				.isEqualTo("token-of-" + TestClients.OTHER_KEY.substring("vendo_sk_".length()));
			assertThat(clients.shop.tokenCache()).isNotSameAs(clients.standard.tokenCache());
			assertThat(this.server.count()).isEqualTo(2);
		});
	}

	@Test
	void whoeverAsksWithoutANameGetsTheDefault() {
		withShop().run((context) -> {
			assertThat(context.getBean(VendoClient.class)).isSameAs(context.getBean("vendoClient"));
			assertThat(context.getBeanProvider(VendoClient.class).getIfUnique())
				.isSameAs(context.getBean("vendoClient"));
			assertThat(context).getBeanNames(VendoClient.class)
				.containsExactlyInAnyOrder("vendoClient", "shopVendoClient");
		});
	}

	@Test
	void allClientsAreClosedWithTheContext() {
		VendoClient[] shop = new VendoClient[1];
		withShop().run((context) -> shop[0] = context.getBean(Clients.class).shop);
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> shop[0].http().get("/x").toBodilessEntity())
			.withMessageContaining("closed");
	}

	@Test
	void aKeyThatIsNoneNamesItsPropertyAndIsNotShown() {
		this.contextRunner.withPropertyValues("vendo.accounts.shop.api-key=s3cr3t")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(VendoConfigurationException.class)
				.hasMessageContaining("vendo.accounts.shop.api-key")
				.hasMessageNotContaining("s3cr3t"));
		this.contextRunner.withPropertyValues("vendo.accounts.shop.base-url=https://vendo.example")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("vendo.accounts.shop.api-key")
				.hasMessageContaining("empty"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "default", "reactive", "_other", "[a.b]", "[a b]" })
	void aNameThatCannotBeUsedNamesItsProperty(String name) {
		this.contextRunner.withPropertyValues("vendo.accounts." + name + ".api-key=" + TestClients.OTHER_KEY)
			.run((context) -> assertThat(
					Stream.iterate(context.getStartupFailure(), Objects::nonNull, Throwable::getCause))
				.filteredOn(VendoConfigurationException.class::isInstance)
				.extracting((failure) -> ((VendoConfigurationException) failure).setting())
				.containsExactly("vendo.accounts." + name.replaceAll("[\\[\\]]", "")));
	}

	@Test
	void accountsCanBeLookedUp() {
		withShop().withPropertyValues("vendo.accounts.lab.api-key=" + TestClients.OTHER_KEY).run((context) -> {
			VendoAccounts accounts = context.getBean(VendoAccounts.class);
			assertThat(accounts.names()).containsExactly("lab", "shop");
			assertThat(accounts.client("shop")).isSameAs(context.getBean("shopVendoClient"));
			assertThatIllegalArgumentException().isThrownBy(() -> accounts.client("none"))
				.withMessageContaining("vendo.accounts.none.api-key");
			assertThatIllegalArgumentException().isThrownBy(() -> accounts.client("default"));
		});
		this.contextRunner.run((context) -> assertThat(context.getBean(VendoAccounts.class).names()).isEmpty());
	}

	@Test
	void aClientOfTheApplicationsOwnTakesTheAccountsPlace() {
		try (ReactiveVendoClient own = TestClients.vendo(this.server.url()).build().reactive()) {
			withShop()
				.withBean("shopReactiveVendoClient", ReactiveVendoClient.class, () -> own,
						(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false),
						(definition) -> ((AbstractBeanDefinition) definition)
							.addQualifier(new AutowireCandidateQualifier(Qualifier.class, "shop")))
				.withBean("shopVendoClient", VendoClient.class, own::blocking,
						(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false),
						(definition) -> ((AbstractBeanDefinition) definition)
							.addQualifier(new AutowireCandidateQualifier(Qualifier.class, "shop")))
				.run((context) -> assertThat(context.getBean(VendoAccounts.class).client("shop"))
					.isSameAs(own.blocking()));
		}
	}

	@Test
	void aClientWithAnotherApiVersionWorksBesideTheFirst() {
		this.contextRunner.run((context) -> {
			VendoClient client = context.getBean(VendoClient.class);
			try (VendoClient other = client.mutate().apiVersion("2027-01-01").build()) {
				other.http().get("/x").toBodilessEntity();
				client.http().get("/x").toBodilessEntity();
			}
			client.http().get("/x").toBodilessEntity();
			assertThat(this.server.requests()).extracting((request) -> request.header("Vendo-API-Version"))
				.containsExactly("2027-01-01", "2026-05-02", "2026-05-02");
		});
	}

	@Test
	void whenThereAreNoneThereIsOneClient() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(VendoClient.class)
			.hasSingleBean(ReactiveVendoClient.class));
	}

	static class Clients {

		@Autowired
		VendoClient standard;

		@Autowired
		@Qualifier("shop")
		VendoClient shop;

		@Autowired
		@Qualifier("shop")
		ReactiveVendoClient reactiveShop;

		@Autowired
		ApplicationContext context;

	}

}
