package run.vendo.autoconfigure;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.billing.BillingApi;
import run.vendo.billing.ReactiveBillingApi;
import run.vendo.catalog.CatalogApi;
import run.vendo.catalog.ReactiveCatalogApi;
import run.vendo.connection.ConnectionsApi;
import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.dashboard.ReactiveVendoDashboard;
import run.vendo.dashboard.VendoDashboard;
import run.vendo.data.DataApi;
import run.vendo.data.ReactiveDataApi;
import run.vendo.deployment.DeploymentApi;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoConfigurationException;
import run.vendo.event.EventsApi;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.http.HttpApi;
import run.vendo.http.ReactiveHttpApi;
import run.vendo.integration.IntegrationsApi;
import run.vendo.integration.ReactiveIntegrationsApi;
import run.vendo.reconciler.ReconcilerApi;
import run.vendo.sso.SsoApi;
import run.vendo.webhook.WebhooksApi;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * The beans of {@link VendoAutoConfiguration} that depend on each other's absence, apart
 * from it so that they are looked at in the order in which it imports them.
 */
final class VendoClientConfigurations {

	private static final Log logger = LogFactory.getLog(VendoAutoConfiguration.class);

	private VendoClientConfigurations() {
	}

	/**
	 * The client, or the front door that is missing beside the one that the application
	 * declares. The order of the methods is that in which their conditions are looked at.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Clients {

		private static final String BLOCKING = "vendoClient";

		@Bean(BLOCKING)
		@ConditionalOnMissingBean({ VendoClient.class, ReactiveVendoClient.class })
		VendoClient vendoClient(VendoClient.Builder builder) {
			VendoClient client = builder.build();
			if (!client.isVendoMode()) {
				logger.info("No API key is set (vendo.api-key): Vendo works in OSS mode, on the provider keys in the "
						+ "environment");
			}
			return client;
		}

		@Bean(name = BLOCKING, destroyMethod = "")
		@ConditionalOnMissingBean(VendoClient.class)
		@ConditionalOnSingleCandidate(ReactiveVendoClient.class)
		VendoClient blockingFrontDoor(ReactiveVendoClient client) {
			return client.blocking();
		}

		@Bean(destroyMethod = "")
		@ConditionalOnMissingBean(ReactiveVendoClient.class)
		@ConditionalOnSingleCandidate(VendoClient.class)
		ReactiveVendoClient reactiveVendoClient(VendoClient client) {
			return client.reactive();
		}

	}

	/**
	 * The sub-APIs for code that may wait, and those that never do.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(VendoClient.class)
	@Import(VendoApiRegistrar.class)
	static class BlockingApis {

		static ConnectionsApi vendoConnectionsApi(VendoClient client) {
			return client.connections();
		}

		static IntegrationsApi vendoIntegrationsApi(VendoClient client) {
			return client.integrations();
		}

		static BillingApi vendoBillingApi(VendoClient client) {
			return client.billing();
		}

		static CatalogApi vendoCatalogApi(VendoClient client) {
			return client.catalog();
		}

		static EventsApi vendoEventsApi(VendoClient client) {
			return client.events();
		}

		static DataApi vendoDataApi(VendoClient client) {
			return client.data();
		}

		static HttpApi vendoHttpApi(VendoClient client) {
			return client.http();
		}

		static WebhooksApi vendoWebhooksApi(VendoClient client) {
			return client.webhooks();
		}

		static SsoApi vendoSsoApi(VendoClient client) {
			return client.sso();
		}

		static DeploymentApi vendoDeploymentApi(VendoClient client) {
			return client.deployment();
		}

		static ReconcilerApi vendoReconcilerApi(VendoClient client) {
			return client.reconciler();
		}

	}

	/**
	 * The sub-APIs for code that must not wait.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(ReactiveVendoClient.class)
	@Import(VendoApiRegistrar.class)
	static class ReactiveApis {

		static ReactiveConnectionsApi reactiveVendoConnectionsApi(ReactiveVendoClient client) {
			return client.connections();
		}

		static ReactiveIntegrationsApi reactiveVendoIntegrationsApi(ReactiveVendoClient client) {
			return client.integrations();
		}

		static ReactiveBillingApi reactiveVendoBillingApi(ReactiveVendoClient client) {
			return client.billing();
		}

		static ReactiveCatalogApi reactiveVendoCatalogApi(ReactiveVendoClient client) {
			return client.catalog();
		}

		static ReactiveEventsApi reactiveVendoEventsApi(ReactiveVendoClient client) {
			return client.events();
		}

		static ReactiveDataApi reactiveVendoDataApi(ReactiveVendoClient client) {
			return client.data();
		}

		static ReactiveHttpApi reactiveVendoHttpApi(ReactiveVendoClient client) {
			return client.http();
		}

	}

	/**
	 * The dashboard, for whoever says in whose session.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnSessionCookieCondition.class)
	@ConditionalOnSingleCandidate(ReactiveVendoClient.class)
	static class Dashboards {

		@Bean
		@ConditionalOnMissingBean
		ReactiveVendoDashboard reactiveVendoDashboard(ReactiveVendoClient client, VendoProperties properties) {
			try {
				return client.dashboard(String.valueOf(properties.dashboard().sessionCookie()));
			}
			catch (ValidationException ex) {
				throw new VendoConfigurationException("vendo.dashboard.session-cookie",
						String.valueOf(ex.details().summary()),
						"Set vendo.dashboard.session-cookie to the Cookie header that the browser sends to the Vendo "
								+ "dashboard, name=value, or leave it out.");
			}
		}

		@Bean
		@ConditionalOnMissingBean
		VendoDashboard vendoDashboard(ReactiveVendoDashboard dashboard) {
			return VendoDashboard.over(dashboard);
		}

	}

	/**
	 * Matches where there is a session. An empty variable counts as absent.
	 */
	static final class OnSessionCookieCondition extends SpringBootCondition {

		private static final String PROPERTY = "vendo.dashboard.session-cookie";

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			ConditionMessage.Builder message = ConditionMessage.forCondition("Vendo Dashboard");
			boolean set = StringUtils.hasText(context.getEnvironment().getProperty(PROPERTY));
			return new ConditionOutcome(set,
					set ? message.because(PROPERTY + " is set") : message.didNotFind(PROPERTY).atAll());
		}

	}

}
