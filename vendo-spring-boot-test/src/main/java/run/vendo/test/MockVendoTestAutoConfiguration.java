package run.vendo.test;

import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.VendoClientCustomizer;
import run.vendo.autoconfigure.actuate.BalanceMonitor;
import run.vendo.event.VendoEvent;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/**
 * Auto-configuration for {@link AutoConfigureMockVendo}.
 */
@AutoConfiguration(before = VendoAutoConfiguration.class)
final class MockVendoTestAutoConfiguration {

	MockVendoTestAutoConfiguration() {
	}

	// Not from the builder bean, which is made to build clients on this very mock.
	@Bean
	@Primary
	@ConditionalOnMissingBean
	MockVendoClient mockVendoClient(ObjectProvider<VendoClientCustomizer> customizers,
			ObjectProvider<JsonMapper> jsonMapper) {
		VendoClient.Builder builder = VendoClient.builder().jsonMapper(() -> jsonMapper.getIfUnique(JsonMapper::new));
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return MockVendoClient.builder().client(builder).build();
	}

	@Bean(destroyMethod = "")
	@Primary
	@ConditionalOnMissingBean
	MockReactiveVendoClient mockReactiveVendoClient(MockVendoClient client) {
		return client.reactive();
	}

	@Bean
	@ConditionalOnMissingBean
	WebhookSigner vendoWebhookSigner(MockVendoClient client) {
		return client.webhookSigner();
	}

	@Bean
	@ConditionalOnMissingBean
	MockEvents mockVendoEvents(MockVendoClient client) {
		return client.mockEvents();
	}

	// Whoever reads the balance in the background makes calls that the test has not made.
	@Bean
	@ConditionalOnMissingBean
	BalanceMonitor mockVendoBalanceMonitor(MockVendoClient client) {
		return client::mockBalance;
	}

	// Listeners that are methods are registered at the same point, but before this one.
	@Bean
	SmartInitializingSingleton mockVendoEventsRegistration(MockVendoClient client,
			ConfigurableApplicationContext context) {
		return () -> {
			client.mockEvents().expectPublished();
			context.addApplicationListener(new Delivered(client.mockEvents()));
		};
	}

	@Bean
	static BeanPostProcessor mockVendoClientBuilderPostProcessor(ObjectProvider<MockVendoClient> client) {
		return new BuilderPostProcessor(client);
	}

	/**
	 * Sees an event after all other listeners.
	 *
	 * @param events what waits for that
	 */
	private record Delivered(MockEvents events) implements ApplicationListener<PayloadApplicationEvent<?>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<?> event) {
			if (event.getPayload() instanceof VendoEvent ours) {
				this.events.published(ours);
			}
		}

	}

	/**
	 * Lets the application's own clients be built on the mock.
	 *
	 * @param client the mock
	 */
	private record BuilderPostProcessor(ObjectProvider<MockVendoClient> client) implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (bean instanceof VendoClient.Builder builder) {
				this.client.getObject().adopt(builder);
			}
			return bean;
		}

	}

}
