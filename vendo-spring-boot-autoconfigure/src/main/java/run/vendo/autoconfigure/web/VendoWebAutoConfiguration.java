package run.vendo.autoconfigure.web;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import io.micrometer.context.ContextRegistry;
import jakarta.servlet.DispatcherType;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.sso.SsoApi;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the user behind a request and
 * for errors as answers, in Spring MVC and in WebFlux.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = VendoAutoConfiguration.class)
@ConditionalOnWebApplication
@EnableConfigurationProperties({ VendoSsoProperties.class, VendoWebProperties.class })
public final class VendoWebAutoConfiguration {

	VendoWebAutoConfiguration() {
	}

	@Bean
	RequestUsers vendoRequestUsers(ObjectProvider<VendoClient> client,
			ObjectProvider<ReactiveVendoClient> reactiveClient, ObjectProvider<SsoApi> sso,
			VendoSsoProperties properties, ObjectProvider<Clock> clock, ApplicationContext context) {
		boolean allowInsecure = context.getEnvironment().getProperty("vendo.allow-insecure", Boolean.class, false);
		return new RequestUsers(client, reactiveClient, sso, ranges(properties.trustedProxies()), UserJwtVerifiers
			.create(properties.jwt(), allowInsecure, clock.getIfUnique(Clock::systemUTC), context.getClassLoader()));
	}

	private static List<AddressRange> ranges(List<String> texts) {
		List<AddressRange> ranges = new ArrayList<>();
		for (String text : texts) {
			try {
				ranges.add(AddressRange.parse(text.strip()));
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidConfigurationPropertyValueException("vendo.sso.trusted-proxies", text,
						String.valueOf(ex.getMessage()));
			}
		}
		return ranges;
	}

	@Bean
	VendoProblems vendoProblems(ObjectProvider<ReactiveVendoClient> client, VendoWebProperties properties) {
		return new VendoProblems(client::getObject, properties.connectRedirect().enabled());
	}

	@Bean(defaultCandidate = false, destroyMethod = "")
	@ForRequest
	@Lazy
	@ConditionalOnMissingBean(name = "vendoClientForRequest")
	VendoClient vendoClientForRequest() {
		return new RequestVendoClient();
	}

	@Bean(defaultCandidate = false, destroyMethod = "")
	@ForRequest
	@Lazy
	@ConditionalOnMissingBean(name = "reactiveVendoClientForRequest")
	ReactiveVendoClient reactiveVendoClientForRequest(ObjectProvider<ReactiveVendoClient> application) {
		return new RequestReactiveVendoClient(application::getObject);
	}

	// As Spring Boot decides it for its servers.
	private static boolean serverReadsForwarded(Environment environment) {
		String strategy = environment.getProperty("server.forward-headers-strategy");
		if (StringUtils.hasText(strategy)) {
			return strategy.strip().equalsIgnoreCase("native");
		}
		CloudPlatform platform = CloudPlatform.getActive(environment);
		return platform != null && platform.isUsingForwardHeaders();
	}

	private static ConnectRedirect connectRedirect(VendoWebProperties properties) {
		return new ConnectRedirect(properties.connectRedirect().returnTo());
	}

	/**
	 * The user travels to other threads, where Micrometer's context propagation is there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ContextRegistry.class)
	static class Propagation {

		@Bean
		@Lazy(false)
		UserContextPropagation vendoUserContextPropagation() {
			return new UserContextPropagation(ContextRegistry.getInstance());
		}

	}

	/**
	 * Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass(DispatcherServlet.class)
	static class Servlet {

		@Bean
		VendoRequests vendoRequests(RequestUsers users, Environment environment) {
			return new VendoRequests(users, serverReadsForwarded(environment));
		}

		// The web server asks for filters before there is anything else, and everything
		// they need would be looked for among definitions that may still change.
		@Bean
		FilterRegistrationBean<RequestUserFilter> vendoRequestUserFilter(ObjectProvider<VendoRequests> requests) {
			FilterRegistrationBean<RequestUserFilter> registration = new FilterRegistrationBean<>(
					new RequestUserFilter(requests));
			registration.setOrder(RequestUserFilter.ORDER);
			registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);
			return registration;
		}

		@Bean
		static ServletUserResolver.Installer vendoUserResolverInstaller(ObjectProvider<VendoRequests> requests) {
			return new ServletUserResolver.Installer(requests);
		}

		@Bean
		@ConditionalOnBooleanProperty(name = "vendo.web.problem-details.enabled", matchIfMissing = true)
		ServletProblemAdvice vendoProblemAdvice(VendoProblems problems, VendoRequests requests) {
			return new ServletProblemAdvice(problems, requests);
		}

		@Bean
		@ConditionalOnBooleanProperty("vendo.sso.identity-endpoint.enabled")
		RouterFunction<ServerResponse> vendoIdentityEndpoint(VendoRequests requests, SsoApi sso) {
			return ServletEndpoints.identity(requests, sso);
		}

		@Bean
		@ConditionalOnBooleanProperty("vendo.web.connect-redirect.enabled")
		RouterFunction<ServerResponse> vendoConnectRedirect(VendoRequests requests, VendoProblems problems,
				VendoClient client, VendoWebProperties properties) {
			return ServletEndpoints.connectRedirect(requests, problems, client, connectRedirect(properties));
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
		ReactiveVendoRequests reactiveVendoRequests(RequestUsers users, Environment environment) {
			return new ReactiveVendoRequests(users, serverReadsForwarded(environment));
		}

		@Bean
		RequestUserWebFilter vendoRequestUserFilter(ReactiveVendoRequests requests) {
			return new RequestUserWebFilter(requests);
		}

		@Bean
		static ReactiveUserResolver.Installer vendoUserResolverInstaller(
				ObjectProvider<ReactiveVendoRequests> requests) {
			return new ReactiveUserResolver.Installer(requests);
		}

		@Bean
		@ConditionalOnBooleanProperty(name = "vendo.web.problem-details.enabled", matchIfMissing = true)
		ReactiveProblemAdvice vendoProblemAdvice(VendoProblems problems, ReactiveVendoRequests requests) {
			return new ReactiveProblemAdvice(problems, requests);
		}

		@Bean
		@ConditionalOnBooleanProperty("vendo.sso.identity-endpoint.enabled")
		org.springframework.web.reactive.function.server.RouterFunction<?> vendoIdentityEndpoint(
				ReactiveVendoRequests requests, SsoApi sso) {
			return ReactiveEndpoints.identity(requests, sso);
		}

		@Bean
		@ConditionalOnBooleanProperty("vendo.web.connect-redirect.enabled")
		org.springframework.web.reactive.function.server.RouterFunction<?> vendoConnectRedirect(
				ReactiveVendoRequests requests, VendoProblems problems, VendoClient client,
				VendoWebProperties properties) {
			return ReactiveEndpoints.connectRedirect(requests, problems, client, connectRedirect(properties));
		}

	}

}
