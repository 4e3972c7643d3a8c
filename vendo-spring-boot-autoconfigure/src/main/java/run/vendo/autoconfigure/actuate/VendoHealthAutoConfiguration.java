package run.vendo.autoconfigure.actuate;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.event.VendoEventsAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of Vendo: the
 * balance, that of each further account, and the stream that brings the platform's
 * events. There is none in OSS mode.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { VendoAutoConfiguration.class, VendoEventsAutoConfiguration.class })
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnSingleCandidate(VendoClient.class)
@ConditionalOnEnabledHealthIndicator("vendo")
@Import({ BalanceMonitorConfiguration.class, VendoHealthConfigurations.ReactiveBalance.class,
		VendoHealthConfigurations.BlockingBalance.class, VendoHealthConfigurations.ReactiveEvents.class,
		VendoHealthConfigurations.BlockingEvents.class, VendoHealthConfigurations.ReactiveAccounts.class,
		VendoHealthConfigurations.BlockingAccounts.class })
public final class VendoHealthAutoConfiguration {

	VendoHealthAutoConfiguration() {
	}

}
