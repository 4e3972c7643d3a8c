package run.vendo.autoconfigure.web.webhook;

import java.time.Clock;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.server.csrf.CsrfWebFilter;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.MappedInterceptor;

/**
 * The parts of {@link VendoWebhookAutoConfiguration}, apart from it so that they are
 * looked at in the order in which it imports them.
 */
final class VendoWebhookConfigurations {

	static final String MEMORY = "vendoInMemoryWebhookDeliveryStore";

	private VendoWebhookConfigurations() {
	}

	private static Clock clock(ObjectProvider<Clock> clock) {
		return clock.getIfUnique(Clock::systemUTC);
	}

	/**
	 * Deliveries in the metadata store of the application, which its instances may share.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConcurrentMetadataStore.class)
	@ConditionalOnBooleanProperty(name = "vendo.webhook.deduplication.enabled", matchIfMissing = true)
	static class MetadataStore {

		@Bean
		@ConditionalOnSingleCandidate(ConcurrentMetadataStore.class)
		@ConditionalOnMissingBean(WebhookDeliveryStore.class)
		MetadataStoreWebhookDeliveryStore vendoWebhookDeliveryStore(ConcurrentMetadataStore store,
				ObjectProvider<Clock> clock) {
			return new MetadataStoreWebhookDeliveryStore(store, clock(clock));
		}

	}

	/**
	 * Deliveries in memory.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "vendo.webhook.deduplication.enabled", matchIfMissing = true)
	static class Memory {

		@Bean(MEMORY)
		@Lazy
		@ConditionalOnMissingBean(WebhookDeliveryStore.class)
		InMemoryWebhookDeliveryStore vendoInMemoryWebhookDeliveryStore(VendoWebhookProperties properties,
				ObjectProvider<Clock> clock) {
			return new InMemoryWebhookDeliveryStore(properties.deduplication().capacity(), clock(clock));
		}

	}

	/**
	 * Counts where Micrometer is there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class Metrics {

		@Bean
		MicrometerWebhookMetrics vendoWebhookMetrics(ObjectProvider<MeterRegistry> registry) {
			return new MicrometerWebhookMetrics(registry);
		}

	}

	/**
	 * Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass(DispatcherServlet.class)
	static class Servlet {

		// Where beans are lazy by default, start-up has to fail all the same.
		@Bean
		@Lazy(false)
		ServletWebhookHandlers vendoWebhookHandlers(ApplicationContext context, WebhookEndpoints endpoints,
				ObjectProvider<WebhookGate> gate) {
			return new ServletWebhookHandlers(context, endpoints, gate);
		}

		// The web server asks for filters before there is anything else, and everything
		// they need would be looked for among definitions that may still change.
		@Bean
		FilterRegistrationBean<ServletWebhookFilter> vendoWebhookFilter(ObjectProvider<ServletWebhookHandlers> handlers,
				ObjectProvider<WebhookGate> gate, ObjectProvider<ServletCsrfExemption> csrf) {
			FilterRegistrationBean<ServletWebhookFilter> registration = new FilterRegistrationBean<>(
					new ServletWebhookFilter(handlers, gate, csrf));
			registration.setOrder(ServletWebhookFilter.ORDER);
			return registration;
		}

		@Bean
		MappedInterceptor vendoWebhookInterceptor(WebhookEndpoints endpoints, ObjectProvider<WebhookGate> gate) {
			return new MappedInterceptor(null, new ServletWebhookInterceptor(endpoints, gate));
		}

		@Bean
		static WebhookRequestBodyAdvice.Installer vendoWebhookRequestBodyAdvice() {
			return new WebhookRequestBodyAdvice.Installer();
		}

		@Bean
		WebMvcConfigurer vendoWebhookMvcConfigurer(ObjectProvider<WebhookEvents> events) {
			return new WebMvcConfigurer() {

				@Override
				public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
					resolvers.add(new ServletWebhookEventResolver(events));
				}

			};
		}

		@Bean
		@Lazy
		VendoWebhookFilterFunctions vendoWebhookFilterFunctions(WebhookEndpoints endpoints, WebhookGate gate) {
			return new VendoWebhookFilterFunctions(endpoints, gate);
		}

		/**
		 * Spring MVC with Spring Security.
		 */
		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(CsrfFilter.class)
		static class Security {

			@Bean
			@ConditionalOnBooleanProperty(name = "vendo.webhook.ignore-csrf", matchIfMissing = true)
			ServletCsrfExemption vendoWebhookCsrfExemption() {
				return CsrfFilter::skipRequest;
			}

			@Bean
			VendoWebhookRequestMatcher vendoWebhookRequestMatcher(ServletWebhookHandlers handlers) {
				return new VendoWebhookRequestMatcher(handlers);
			}

		}

	}

	/**
	 * Spring WebFlux.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass(DispatcherHandler.class)
	static class Reactive {

		@Bean
		ReactiveWebhookGate vendoReactiveWebhookGate(WebhookGate gate) {
			return new ReactiveWebhookGate(gate);
		}

		@Bean
		@Lazy(false)
		ReactiveWebhookHandlers vendoWebhookHandlers(ApplicationContext context, WebhookEndpoints endpoints) {
			return new ReactiveWebhookHandlers(context, endpoints);
		}

		@Bean
		ReactiveWebhookFilter vendoWebhookFilter(ReactiveWebhookHandlers handlers, ReactiveWebhookGate gate,
				ObjectProvider<ReactiveCsrfExemption> csrf) {
			return new ReactiveWebhookFilter(handlers, gate, csrf.getIfAvailable());
		}

		@Bean
		ReactiveWebhookHandlerAdapter vendoWebhookHandlerAdapter(WebhookEndpoints endpoints, WebhookGate gate,
				ObjectProvider<RequestMappingHandlerAdapter> delegate) {
			return new ReactiveWebhookHandlerAdapter(endpoints, gate, delegate);
		}

		@Bean
		WebFluxConfigurer vendoWebhookFluxConfigurer(WebhookEvents events) {
			return new WebFluxConfigurer() {

				@Override
				public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
					configurer.addCustomResolver(new ReactiveWebhookEventResolver(events));
				}

			};
		}

		@Bean
		@Lazy
		ReactiveVendoWebhookFilterFunctions vendoWebhookFilterFunctions(WebhookEndpoints endpoints,
				ReactiveWebhookGate gate) {
			return new ReactiveVendoWebhookFilterFunctions(endpoints, gate);
		}

		/**
		 * Spring WebFlux with Spring Security.
		 */
		@Configuration(proxyBeanMethods = false)
		@ConditionalOnClass(CsrfWebFilter.class)
		static class Security {

			@Bean
			@ConditionalOnBooleanProperty(name = "vendo.webhook.ignore-csrf", matchIfMissing = true)
			ReactiveCsrfExemption vendoWebhookCsrfExemption() {
				return CsrfWebFilter::skipExchange;
			}

			@Bean
			VendoWebhookExchangeMatcher vendoWebhookExchangeMatcher(ReactiveWebhookHandlers handlers) {
				return new VendoWebhookExchangeMatcher(handlers);
			}

		}

	}

}
