package run.vendo.autoconfigure.actuate;

import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;

import reactor.core.scheduler.Schedulers;

import run.vendo.VendoClient;
import run.vendo.billing.ReactiveBillingApi;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * The one who reads the balance, imported by whatever shows it.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(VendoHealthProperties.class)
class BalanceMonitorConfiguration {

	@Bean
	SharedScheduler vendoHealthScheduler() {
		return new SharedScheduler(() -> Schedulers.newSingle("vendo-health", true));
	}

	/**
	 * It is to hear of events before anybody asks for it, so an application whose beans
	 * are lazy must make it all the same.
	 */
	@Bean
	@Lazy(false)
	@ConditionalOnMissingBean(BalanceMonitor.class)
	VendoBalanceMonitor vendoBalanceMonitor(VendoClient client, ObjectProvider<ReactiveBillingApi> billing,
			VendoHealthProperties properties, SharedScheduler scheduler, ObjectProvider<Clock> clock) {
		return new VendoBalanceMonitor(client.isVendoMode(), billing::getObject, properties.checkedRefreshInterval(),
				scheduler::lease, clock.getIfUnique(Clock::systemUTC), () -> ThreadLocalRandom.current().nextDouble());
	}

}
