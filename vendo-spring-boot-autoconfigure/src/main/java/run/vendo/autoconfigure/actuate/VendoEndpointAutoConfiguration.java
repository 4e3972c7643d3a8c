package run.vendo.autoconfigure.actuate;

import java.time.Clock;
import java.time.Duration;

import reactor.core.scheduler.Schedulers;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.event.EventStreamMonitor;
import run.vendo.autoconfigure.event.VendoEventsAutoConfiguration;
import run.vendo.connection.ReactiveConnectionsApi;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the endpoint {@code vendo},
 * which is there where it is exposed.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { VendoAutoConfiguration.class, VendoEventsAutoConfiguration.class })
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnSingleCandidate(VendoClient.class)
@ConditionalOnAvailableEndpoint(VendoEndpoint.class)
@Import({ BalanceMonitorConfiguration.class, AccountBalanceConfiguration.class })
public final class VendoEndpointAutoConfiguration {

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	VendoEndpointAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	VendoEndpoint vendoEndpoint(VendoClient client, ObjectProvider<ReactiveConnectionsApi> connections,
			ObjectProvider<EventStreamMonitor> events, ObjectProvider<BalanceMonitor> balance,
			ObjectProvider<AccountBalances> accounts, ObjectProvider<Clock> clock) {
		return new VendoEndpoint(client, connections::getObject, events.getIfUnique(), balance.getIfUnique(),
				accounts.getIfAvailable(), PATIENCE, Schedulers.parallel(), clock.getIfUnique(Clock::systemUTC));
	}

}
