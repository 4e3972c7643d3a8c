package run.vendo.autoconfigure.actuate;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import run.vendo.autoconfigure.VendoAccounts;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * The one who reads the balances of further accounts, imported by whatever shows them
 * beside {@link BalanceMonitorConfiguration}.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(OnVendoAccountsCondition.class)
@ConditionalOnBean(VendoAccounts.class)
class AccountBalanceConfiguration {

	/**
	 * It begins when the application is ready, so one whose beans are lazy must make it
	 * before that.
	 */
	@Bean
	@Lazy(false)
	AccountBalances vendoAccountBalances(VendoAccounts accounts, VendoHealthProperties properties,
			SharedScheduler scheduler, ObjectProvider<Clock> clock) {
		Clock time = clock.getIfUnique(Clock::systemUTC);
		Duration interval = properties.checkedRefreshInterval();
		return new AccountBalances(accounts,
				(name, client) -> new VendoBalanceMonitor(name, true, client.reactive()::billing, interval,
						scheduler::lease, time, () -> ThreadLocalRandom.current().nextDouble()));
	}

}
