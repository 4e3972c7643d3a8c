package run.vendo.autoconfigure.security;

import run.vendo.autoconfigure.web.ReactiveVendoRequests;
import run.vendo.autoconfigure.web.VendoRequests;
import run.vendo.autoconfigure.web.VendoWebAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.authentication.preauth.AbstractPreAuthenticatedProcessingFilter;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that takes whom the Vendo proxy has
 * signed in for the user of Spring Security: a {@link run.vendo.sso.VendoIdentity} as
 * principal, with the authority {@code ROLE_VENDO_OWNER}, {@code ROLE_VENDO_MEMBER} or
 * {@code ROLE_VENDO_VIEWER}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = VendoWebAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnClass({ HttpSecurity.class, AbstractPreAuthenticatedProcessingFilter.class })
@ConditionalOnBooleanProperty(name = "vendo.sso.security.enabled", matchIfMissing = true)
public final class VendoSecurityAutoConfiguration {

	VendoSecurityAutoConfiguration() {
	}

	/**
	 * Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass(DispatcherServlet.class)
	@ConditionalOnBean(VendoRequests.class)
	static class Servlet {

		// Made for every chain, and no bean: a filter that is one runs for every request.
		@Bean
		Customizer<HttpSecurity> vendoHttpSecurityCustomizer(VendoRequests requests) {
			return (http) -> http.addFilterAt(new VendoAuthenticationFilter(requests::identity),
					AbstractPreAuthenticatedProcessingFilter.class);
		}

	}

	/**
	 * Spring WebFlux.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnClass({ DispatcherHandler.class, SecurityWebFilterChain.class })
	@ConditionalOnBean(ReactiveVendoRequests.class)
	static class Reactive {

		@Bean
		Customizer<ServerHttpSecurity> vendoServerHttpSecurityCustomizer(ReactiveVendoRequests requests) {
			return (http) -> http.addFilterAt(new VendoAuthenticationWebFilter(requests::identity),
					SecurityWebFiltersOrder.AUTHENTICATION);
		}

	}

}
