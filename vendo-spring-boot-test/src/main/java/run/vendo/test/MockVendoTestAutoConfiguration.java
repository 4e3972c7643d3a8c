package run.vendo.test;

import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.VendoClientCustomizer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
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
	static BeanPostProcessor mockVendoClientBuilderPostProcessor(ObjectProvider<MockVendoClient> client) {
		return new BuilderPostProcessor(client);
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
