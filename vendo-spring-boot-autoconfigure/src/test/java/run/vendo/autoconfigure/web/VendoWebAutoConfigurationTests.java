package run.vendo.autoconfigure.web;

import java.util.List;

import org.junit.jupiter.api.Test;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.security.VendoSecurityAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VendoWebAutoConfiguration} and {@link VendoSecurityAutoConfiguration}.
 */
class VendoWebAutoConfigurationTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(VendoAutoConfiguration.class,
			VendoWebAutoConfiguration.class, VendoSecurityAutoConfiguration.class);

	private final WebApplicationContextRunner servlet = new WebApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS);

	private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS);

	@Test
	void inAServletApplicationClientsForTheRequestAreNoDefaultCandidates() {
		this.servlet.withUserConfiguration(Injected.class)
			.run((context) -> assertInjected(context.getBean(Injected.class)));
	}

	@Test
	void inAReactiveApplicationClientsForTheRequestAreNoDefaultCandidates() {
		this.reactive.withUserConfiguration(Injected.class)
			.run((context) -> assertInjected(context.getBean(Injected.class)));
	}

	private static void assertInjected(Injected injected) {
		assertThat(injected.application).isNotInstanceOf(RequestVendoClient.class);
		assertThat(injected.reactiveApplication).isNotInstanceOf(RequestReactiveVendoClient.class);
		assertThat(injected.forRequest).isInstanceOf(RequestVendoClient.class);
		assertThat(injected.reactiveForRequest).isInstanceOf(RequestReactiveVendoClient.class);
	}

	@Test
	void closingTheApplicationDoesNotAskForAUser() {
		this.servlet.run((context) -> {
			context.close();
			assertThat(context.isActive()).isFalse();
		});
	}

	@Test
	void backsOffForAClientOfTheApplicationsOwn() {
		this.servlet.withUserConfiguration(OwnClient.class)
			.run((context) -> assertThat(context.getBean("vendoClientForRequest"))
				.isNotInstanceOf(RequestVendoClient.class));
	}

	@Test
	void withoutAWebApplicationThereIsNothing() {
		new ApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(VendoClient.class)
				.doesNotHaveBean(RequestUsers.class)
				.doesNotHaveBean(Customizer.class));
	}

	@Test
	void springSecurityIsOptional() {
		ClassLoader without = new FilteredClassLoader("org.springframework.security", "com.nimbusds");
		this.servlet.withClassLoader(without)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(VendoRequests.class)
				.doesNotHaveBean("vendoHttpSecurityCustomizer"));
		this.reactive.withClassLoader(without)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ReactiveVendoRequests.class)
				.doesNotHaveBean("vendoServerHttpSecurityCustomizer"));
	}

	@Test
	void contextPropagationIsOptional() {
		this.servlet.withClassLoader(new FilteredClassLoader("io.micrometer.context"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(VendoRequests.class)
				.doesNotHaveBean(UserContextPropagation.class));
		this.servlet.run((context) -> assertThat(context).hasSingleBean(UserContextPropagation.class));
	}

	@Test
	void eachStackIsOptionalToTheOther() {
		this.reactive.withClassLoader(new FilteredClassLoader("jakarta.servlet", "org.springframework.web.servlet"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ReactiveVendoRequests.class)
				.doesNotHaveBean("vendoRequests"));
		this.servlet.run((context) -> assertThat(context).hasSingleBean(VendoRequests.class)
			.doesNotHaveBean(ReactiveVendoRequests.class));
	}

	@Test
	void eachPartCanBeSwitchedOff() {
		for (String part : List.of("vendo.web.problem-details.enabled", "vendo.sso.security.enabled")) {
			this.servlet.withPropertyValues(part + "=false").run((context) -> {
				assertThat(context.containsBean("vendoProblemAdvice")).isEqualTo(!part.contains("problem"));
				assertThat(context.containsBean("vendoHttpSecurityCustomizer")).isEqualTo(!part.contains("security"));
			});
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnClient {

		@Bean(defaultCandidate = false)
		@ForRequest
		VendoClient vendoClientForRequest() {
			return VendoClient.builder().environment((name) -> null).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Injected {

		private final VendoClient application;

		private final ReactiveVendoClient reactiveApplication;

		private final VendoClient forRequest;

		private final ReactiveVendoClient reactiveForRequest;

		Injected(VendoClient application, ReactiveVendoClient reactiveApplication, @ForRequest VendoClient forRequest,
				@ForRequest ReactiveVendoClient reactiveForRequest) {
			this.application = application;
			this.reactiveApplication = reactiveApplication;
			this.forRequest = forRequest;
			this.reactiveForRequest = reactiveForRequest;
		}

	}

}
