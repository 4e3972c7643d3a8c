package run.vendo.autoconfigure.actuate;

import java.time.Clock;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAccounts;
import run.vendo.autoconfigure.event.EventStreamMonitor;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The contributors of {@link VendoHealthAutoConfiguration}, apart from it so that they
 * are looked at in the order in which it imports them. Each is there once: as a reactive
 * one in a reactive web application, so that it needs no thread to be asked on.
 * <p>
 * In which mode the client works is known once it is there. A bean that is {@code null}
 * is none to Spring Boot.
 */
final class VendoHealthConfigurations {

	private VendoHealthConfigurations() {
	}

	/**
	 * The balance in a reactive web application.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	static class ReactiveBalance {

		@Bean
		@ConditionalOnMissingBean(name = { "vendoHealthContributor", "vendoHealthIndicator" })
		@Nullable ReactiveHealthIndicator vendoHealthContributor(VendoClient client, BalanceMonitor monitor,
				VendoHealthProperties properties, ObjectProvider<Clock> clock) {
			BalanceHealth health = new BalanceHealth(monitor, properties, clock.getIfUnique(Clock::systemUTC));
			return client.isVendoMode() ? new ReactiveSnapshotHealthIndicator(health) : null;
		}

	}

	/**
	 * The balance anywhere else.
	 */
	@Configuration(proxyBeanMethods = false)
	static class BlockingBalance {

		@Bean
		@ConditionalOnMissingBean(name = { "vendoHealthContributor", "vendoHealthIndicator" })
		@Nullable HealthIndicator vendoHealthContributor(VendoClient client, BalanceMonitor monitor,
				VendoHealthProperties properties, ObjectProvider<Clock> clock) {
			BalanceHealth health = new BalanceHealth(monitor, properties, clock.getIfUnique(Clock::systemUTC));
			return client.isVendoMode() ? new SnapshotHealthIndicator(health) : null;
		}

	}

	/**
	 * The stream in a reactive web application.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(EventStreamMonitor.class)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnEnabledHealthIndicator("vendo-events")
	static class ReactiveEvents {

		@Bean
		@ConditionalOnMissingBean(name = { "vendoEventsHealthContributor", "vendoEventsHealthIndicator" })
		@Nullable ReactiveHealthIndicator vendoEventsHealthContributor(VendoClient client, EventStreamMonitor monitor,
				ObjectProvider<Clock> clock) {
			EventStreamHealth health = new EventStreamHealth(monitor, clock.getIfUnique(Clock::systemUTC));
			return client.isVendoMode() ? new ReactiveSnapshotHealthIndicator(health) : null;
		}

	}

	/**
	 * The stream anywhere else.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(EventStreamMonitor.class)
	@ConditionalOnEnabledHealthIndicator("vendo-events")
	static class BlockingEvents {

		@Bean
		@ConditionalOnMissingBean(name = { "vendoEventsHealthContributor", "vendoEventsHealthIndicator" })
		@Nullable HealthIndicator vendoEventsHealthContributor(VendoClient client, EventStreamMonitor monitor,
				ObjectProvider<Clock> clock) {
			EventStreamHealth health = new EventStreamHealth(monitor, clock.getIfUnique(Clock::systemUTC));
			return client.isVendoMode() ? new SnapshotHealthIndicator(health) : null;
		}

	}

	/**
	 * The balances of further accounts in a reactive web application.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnVendoAccountsCondition.class)
	@ConditionalOnBean(VendoAccounts.class)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnEnabledHealthIndicator("vendo-accounts")
	@Import(AccountBalanceConfiguration.class)
	static class ReactiveAccounts {

		@Bean
		@ConditionalOnMissingBean(name = { "vendoAccountsHealthContributor", "vendoAccountsHealthIndicator" })
		CompositeReactiveHealthContributor vendoAccountsHealthContributor(AccountBalances balances,
				VendoHealthProperties properties, ObjectProvider<Clock> clock) {
			Clock time = clock.getIfUnique(Clock::systemUTC);
			return CompositeReactiveHealthContributor.fromMap(balances.monitors(),
					(monitor) -> new ReactiveSnapshotHealthIndicator(new BalanceHealth(monitor, properties, time)));
		}

	}

	/**
	 * The balances of further accounts anywhere else.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnVendoAccountsCondition.class)
	@ConditionalOnBean(VendoAccounts.class)
	@ConditionalOnEnabledHealthIndicator("vendo-accounts")
	@Import(AccountBalanceConfiguration.class)
	static class BlockingAccounts {

		@Bean
		@ConditionalOnMissingBean(name = { "vendoAccountsHealthContributor", "vendoAccountsHealthIndicator" })
		CompositeHealthContributor vendoAccountsHealthContributor(AccountBalances balances,
				VendoHealthProperties properties, ObjectProvider<Clock> clock) {
			Clock time = clock.getIfUnique(Clock::systemUTC);
			return CompositeHealthContributor.fromMap(balances.monitors(),
					(monitor) -> new SnapshotHealthIndicator(new BalanceHealth(monitor, properties, time)));
		}

	}

}
