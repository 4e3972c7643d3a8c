package run.vendo.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.http.ClientCallObservationConvention;
import run.vendo.http.ClientRecorder;
import run.vendo.http.ExchangeListener;
import run.vendo.http.ResponseCaching;
import run.vendo.http.VendoConnectorFactory;
import run.vendo.token.TokenCache;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the Vendo client.
 * <p>
 * Nothing is sent and no connection is opened while the application starts.
 *
 * @since 0.1.0
 */
@AutoConfiguration(afterName = { "org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration",
		"org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration",
		"org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration",
		"org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration",
		"org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
		"org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration" })
@ConditionalOnClass({ WebClient.class, ClientHttpConnectorBuilder.class, JsonMapper.class })
@EnableConfigurationProperties(VendoProperties.class)
@ImportRuntimeHints(VendoRuntimeHints.class)
@Import({ VendoClientConfigurations.Clients.class, VendoClientConfigurations.BlockingApis.class,
		VendoClientConfigurations.ReactiveApis.class, VendoClientConfigurations.Dashboards.class,
		VendoAccountsRegistrar.class })
public final class VendoAutoConfiguration {

	VendoAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(VendoConnectionDetails.class)
	PropertiesVendoConnectionDetails vendoConnectionDetails(VendoProperties properties,
			ObjectProvider<SslBundles> sslBundles) {
		return new PropertiesVendoConnectionDetails(properties, sslBundles.getIfAvailable());
	}

	@Bean
	VendoAccounts vendoAccounts(VendoProperties properties, BeanFactory beanFactory) {
		return new VendoAccounts(properties.accounts().keySet(), beanFactory);
	}

	@Bean
	PropertiesVendoClientCustomizer propertiesVendoClientCustomizer(VendoProperties properties,
			VendoConnectionDetails details, ObjectProvider<HttpClientSettings> httpClientSettings,
			Environment environment) {
		return new PropertiesVendoClientCustomizer(properties, details, httpClientSettings.getIfAvailable(),
				environment);
	}

	@Bean
	@ConditionalOnMissingBean(VendoConnectorFactory.class)
	SpringBootConnectorFactory vendoConnectorFactory(VendoConnectionDetails details,
			ObjectProvider<ClientHttpConnectorBuilder<?>> connectorBuilder,
			ObjectProvider<ClientHttpRequestFactoryBuilder<?>> requestFactoryBuilder,
			ObjectProvider<HttpClientSettings> settings) {
		return new SpringBootConnectorFactory(connectorBuilder, requestFactoryBuilder, settings,
				details.getSslBundle());
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	@ConditionalOnMissingBean
	VendoClient.Builder vendoClientBuilder(VendoConnectorFactory connectorFactory,
			ObjectProvider<WebClient.Builder> webClientBuilder, ObjectProvider<JsonMapper> jsonMapper,
			ObjectProvider<TokenCache> tokenCache, ObjectProvider<ObservationRegistry> observationRegistry,
			ObjectProvider<ClientCallObservationConvention> observationConvention,
			ObjectProvider<ClientRecorder> recorder, ObjectProvider<ExchangeListener> exchangeListeners,
			ObjectProvider<ResponseCaching> responseCaching, ObjectProvider<VendoClientCustomizer> customizers) {
		VendoClient.Builder builder = VendoClient.builder()
			.connectorFactory(connectorFactory)
			.webClientBuilder(() -> webClientBuilder.getIfAvailable(WebClient::builder))
			.jsonMapper(() -> jsonMapper.getIfUnique(JsonMapper::new));
		tokenCache.ifUnique(builder::tokenCache);
		observationRegistry.ifUnique(builder::observationRegistry);
		observationConvention.ifUnique(builder::observationConvention);
		recorder.ifUnique(builder::recorder);
		responseCaching.ifUnique(builder::responseCaching);
		exchangeListeners.orderedStream().forEach(builder::exchangeListener);
		customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		return builder;
	}

}
