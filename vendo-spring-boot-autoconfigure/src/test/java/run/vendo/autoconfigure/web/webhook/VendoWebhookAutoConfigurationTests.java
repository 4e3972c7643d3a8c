package run.vendo.autoconfigure.web.webhook;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;
import run.vendo.error.VendoConfigurationException;
import run.vendo.fixture.MutableClock;
import run.vendo.webhook.WebhookEvent;
import run.vendo.webhook.WebhooksApi;

import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.integration.metadata.SimpleMetadataStore;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is there, and what stops the start.
 */
class VendoWebhookAutoConfigurationTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class, VendoWebhookAutoConfiguration.class,
				WebMvcAutoConfiguration.class));

	@Test
	void whenThereIsNoHandlerThenNoSecretIsNeeded() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ServletWebhookHandlers.class));
	}

	@Test
	void whenTheApplicationIsNoWebApplicationThenNothingIsThere() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class, VendoWebhookAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WebhookGate.class));
	}

	@ParameterizedTest
	@EnumSource
	void whenAHandlerHasNoSecretThenTheApplicationDoesNotStart(Stack stack) {
		assertFailure(stack, Annotated.class, "vendo.webhook.secret",
				Annotated.class.getName() + "#hook takes webhooks, but there is no secret to verify them with",
				"VENDO_WEBHOOK_SECRET");
	}

	@ParameterizedTest
	@EnumSource
	void whenTheSecretOfAHandlerIsNowhereThenTheApplicationDoesNotStart(Stack stack) {
		assertFailure(stack, UnknownSecret.class, null, "names neither a bean nor a property", "acme.nothing");
	}

	@Test
	void whenTheSecretItselfIsInTheAnnotationThenItIsNotTold() {
		this.runner.withBean(SecretInAnnotation.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(VendoConfigurationException.class)
				.message()
				.contains("never the secret itself")
				.doesNotContain("whsec_"));
	}

	@ParameterizedTest
	@EnumSource
	void whenAnEventIsTakenUnverifiedThenTheApplicationDoesNotStart(Stack stack) {
		assertFailure(stack, NotAnnotated.class, null, "takes a WebhookEvent, but nothing verifies its requests",
				"@VendoWebhook");
	}

	@Test
	void whenTheMaximumAgeMakesNoSenseThenTheApplicationDoesNotStart() {
		this.runner.withPropertyValues("vendo.webhook.secret=whsec_x")
			.withBean(BadMaxAge.class)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("'soon', is not a positive duration"));
	}

	@Test
	void whenBeansAreLazyThenAMissingSecretIsFoundAllTheSame() {
		this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withBean(Annotated.class)
			.run((context) -> assertThat(context).hasFailed());
	}

	@Test
	void whatDeliveriesNeedIsMadeBeforeTheFirstWhereSomethingTakesThemAndElseNotAtAll() {
		this.runner
			.run((context) -> assertThat(context.getBeanFactory().containsSingleton("vendoWebhookGate")).isFalse());
		WebApplicationContextRunner withHandler = this.runner.withPropertyValues("vendo.webhook.secret=whsec_x")
			.withBean(Annotated.class);
		withHandler
			.run((context) -> assertThat(context.getBeanFactory().containsSingleton("vendoWebhookGate")).isTrue());
		withHandler
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getBeanFactory().containsSingleton("vendoWebhookGate")).isTrue());
	}

	@Test
	void whenThereAreSeveralDeliveryStoresForAHandlerThenTheApplicationDoesNotStart() {
		this.runner.withPropertyValues("vendo.webhook.secret=whsec_x")
			.withBean(Annotated.class)
			.withBean("one", WebhookDeliveryStore.class, () -> new InMemoryWebhookDeliveryStore(1, Clock.systemUTC()))
			.withBean("two", WebhookDeliveryStore.class, () -> new InMemoryWebhookDeliveryStore(1, Clock.systemUTC()))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(NoUniqueBeanDefinitionException.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1B", "0B", "2GB" })
	void whenNoWebhookCanBeThatLargeThenTheApplicationDoesNotStart(String size) {
		this.runner.withPropertyValues("vendo.webhook.max-body-size=" + size)
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("vendo.webhook.max-body-size"));
	}

	@Test
	void whenAFunctionalEndpointHasNoSecretThenTheApplicationDoesNotStart() {
		this.runner.withBean(Calls.class)
			.withUserConfiguration(ServletHandlers.Functional.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(VendoConfigurationException.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { AnnotatedRoutes.class, AnnotatedRequestHandler.class })
	void whenWhatIsAnnotatedIsNoControllerThenTheApplicationDoesNotStart(Class<?> source) {
		this.runner.withPropertyValues("vendo.webhook.secret=whsec_x")
			.withUserConfiguration(source)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(VendoConfigurationException.class)
				.hasMessageContaining("The bean 'open' is annotated with @VendoWebhook, which has no effect on a"));
	}

	@Test
	void whenReactiveRoutesAreAnnotatedThenTheApplicationDoesNotStart() {
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class, WebFluxAutoConfiguration.class,
					VendoWebhookAutoConfiguration.class))
			.withPropertyValues("vendo.webhook.secret=whsec_x")
			.withUserConfiguration(AnnotatedReactiveRoutes.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(VendoConfigurationException.class)
				.hasMessageContaining("The bean 'open' is annotated with @VendoWebhook"));
	}

	@Test
	void whenAPropertyMakesNoSenseThenTheApplicationDoesNotStart() {
		for (String property : List.of("max-body-size=0B", "max-body-size=4GB", "deduplication.retention=0s",
				"deduplication.lease=-1s", "deduplication.capacity=0")) {
			this.runner.withPropertyValues("vendo.webhook." + property)
				.run((context) -> assertThat(context).getFailure()
					.hasStackTraceContaining("vendo.webhook." + property.substring(0, property.indexOf('='))));
		}
	}

	@Test
	void whenThereIsAMetadataStoreThenDeliveriesAreKeptInIt() {
		this.runner.run((context) -> assertThat(context).getBean(WebhookDeliveryStore.class)
			.isInstanceOf(InMemoryWebhookDeliveryStore.class));
		this.runner.withBean(SimpleMetadataStore.class)
			.run((context) -> assertThat(context).getBean(WebhookDeliveryStore.class)
				.isInstanceOf(MetadataStoreWebhookDeliveryStore.class));
	}

	@Test
	void whenThereAreSeveralMetadataStoresThenTheApplicationSaysWhichOne() {
		WebApplicationContextRunner several = this.runner.withBean("one", SimpleMetadataStore.class)
			.withBean("two", SimpleMetadataStore.class)
			.withPropertyValues("vendo.webhook.secret=whsec_x");
		// Nothing to remember.
		several.run((context) -> assertThat(context).hasNotFailed());
		WebApplicationContextRunner withHandler = several.withBean(Annotated.class);
		withHandler.run((context) -> assertFailure(context.getStartupFailure(), null,
				"There are 2 beans of type ConcurrentMetadataStore (one, two)", "Mark one of them with @Primary"));
		withHandler.withPropertyValues("vendo.webhook.deduplication.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
		withHandler.withUserConfiguration(OwnStore.class).run((context) -> assertThat(context).hasNotFailed());
		withHandler
			.withBean("three", SimpleMetadataStore.class, SimpleMetadataStore::new,
					(definition) -> definition.setPrimary(true))
			.run((context) -> assertThat(context).getBean(WebhookDeliveryStore.class)
				.isInstanceOf(MetadataStoreWebhookDeliveryStore.class));
	}

	@Test
	void whenTheApplicationHasAStoreThenOursAreNotThere() {
		this.runner.withBean(SimpleMetadataStore.class)
			.withUserConfiguration(OwnStore.class)
			.run((context) -> assertThat(context).getBean(WebhookDeliveryStore.class).isSameAs(OwnStore.STORE));
	}

	@Test
	void whenOptionalLibrariesAreMissingThenTheApplicationStarts() {
		this.runner
			.withClassLoader(
					new FilteredClassLoader(MeterRegistry.class, CsrfFilter.class, ConcurrentMetadataStore.class))
			.withPropertyValues("vendo.webhook.secret=whsec_x")
			.withBean(Annotated.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(WebhookMetrics.class)
				.doesNotHaveBean(ServletCsrfExemption.class));
	}

	@Test
	void whenThereIsNoServletApiThenAReactiveApplicationStarts() {
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class, VendoWebhookAutoConfiguration.class,
					WebFluxAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("jakarta.servlet", "org.springframework.web.servlet",
					"org.springframework.security", "org.springframework.integration", "io.micrometer.core"))
			.withPropertyValues("vendo.webhook.secret=whsec_x")
			.withBean(Annotated.class)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ReactiveWebhookFilter.class));
	}

	@Test
	void whenTheRetentionIsShortThenADeliveryIsRememberedForTwiceTheMaximumAge() {
		MutableClock clock = new MutableClock();
		InMemoryWebhookDeliveryStore store = new InMemoryWebhookDeliveryStore(10, clock);
		WebhookGate gate = new WebhookGate(store, WebhookMetrics.none(), 100, Duration.ofMinutes(5),
				Duration.ofSeconds(1), Duration.ofMinutes(5), clock);
		HttpHeaders headers = new HttpHeaders();
		byte[] body = "{\"id\":\"a\"}".getBytes(StandardCharsets.UTF_8);
		// As far in the future as is allowed.
		String timestamp = String.valueOf(clock.instant().plusSeconds(300).getEpochSecond());
		headers.set("Vendo-Timestamp", timestamp);
		headers.set("Vendo-Signature", WebhookServer.sign("whsec_x", timestamp, body));
		WebhookEndpoint endpoint = new WebhookEndpoint("x",
				WebhooksApi.of(List.of("whsec_x"), Duration.ofMinutes(5), clock), null);
		WebhookDelivery delivery = gate.verify(endpoint, headers, body);
		gate.claim(delivery);
		gate.finish(delivery, true);
		clock.advance(Duration.ofSeconds(599));
		WebhookDelivery replayed = gate.verify(endpoint, headers, body);
		assertThatExceptionOfType(WebhookAnswer.class).isThrownBy(() -> gate.claim(replayed))
			.matches((answer) -> answer.outcome() == WebhookAnswer.Outcome.DUPLICATE);
	}

	private void assertFailure(Stack stack, Class<?> controller, String setting, String problem, String remedy) {
		if (stack == Stack.SERVLET) {
			this.runner.withBean(controller)
				.run((context) -> assertFailure(context.getStartupFailure(), setting, problem, remedy));
		}
		else {
			new ReactiveWebApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class,
						VendoWebhookAutoConfiguration.class, WebFluxAutoConfiguration.class))
				.withBean(controller)
				.run((context) -> assertFailure(context.getStartupFailure(), setting, problem, remedy));
		}
	}

	private static void assertFailure(Throwable failure, @Nullable String setting, String problem, String remedy) {
		assertThat(failure).isInstanceOfSatisfying(VendoConfigurationException.class, (ex) -> {
			assertThat(ex.setting()).isEqualTo(setting);
			assertThat(ex).hasMessageContaining(problem).hasMessageContaining(remedy);
		});
	}

	@RestController
	static class Annotated {

		@VendoWebhookMapping("/hook")
		void hook() {
		}

	}

	@RestController
	static class UnknownSecret {

		@VendoWebhookMapping(path = "/hook", secret = "acme.nothing")
		void hook() {
		}

	}

	@RestController
	static class SecretInAnnotation {

		@VendoWebhookMapping(path = "/hook", secret = "whsec_0123456789")
		void hook(HttpServletRequest request) {
		}

	}

	@RestController
	static class NotAnnotated {

		@PostMapping("/hook")
		void hook(WebhookEvent<?> event) {
		}

	}

	@RestController
	static class BadMaxAge {

		@VendoWebhookMapping(path = "/hook", maxAge = "soon")
		void hook() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnStore {

		static final WebhookDeliveryStore STORE = new InMemoryWebhookDeliveryStore(1, new MutableClock());

		@Bean
		WebhookDeliveryStore ownStore() {
			return STORE;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedRoutes {

		@Bean
		@VendoWebhook
		RouterFunction<ServerResponse> open() {
			return RouterFunctions.route().POST("/open", (request) -> ServerResponse.ok().build()).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedRequestHandler {

		@Bean
		AnnotatedHandler open() {
			return new AnnotatedHandler();
		}

	}

	@VendoWebhook
	static class AnnotatedHandler implements HttpRequestHandler {

		@Override
		public void handleRequest(HttpServletRequest request, HttpServletResponse response) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedReactiveRoutes {

		@Bean
		@VendoWebhook
		org.springframework.web.reactive.function.server.RouterFunction<?> open() {
			return org.springframework.web.reactive.function.server.RouterFunctions.route()
				.POST("/open",
						(request) -> org.springframework.web.reactive.function.server.ServerResponse.ok().build())
				.build();
		}

	}

}
