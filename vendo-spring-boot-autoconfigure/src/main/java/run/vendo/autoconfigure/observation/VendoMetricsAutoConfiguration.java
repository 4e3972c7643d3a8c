package run.vendo.autoconfigure.observation;

import java.time.Clock;
import java.util.Set;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAccounts;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.http.ClientRecorder;
import run.vendo.token.TokenCache;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what the client counts where
 * there is a meter registry.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = VendoAutoConfiguration.class, afterName = {
		"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@EnableConfigurationProperties(VendoMetricsProperties.class)
public final class VendoMetricsAutoConfiguration {

	VendoMetricsAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(ClientRecorder.class)
	MicrometerClientRecorder vendoClientRecorder(VendoMetricsProperties properties, ObjectProvider<Clock> clock,
			ObjectProvider<VendoClient> client, ObjectProvider<VendoAccounts> accounts) {
		VendoAccounts further = accounts.getIfAvailable();
		return new MicrometerClientRecorder(clock.getIfUnique(Clock::systemUTC),
				(account) -> cacheOf(account, client, further), (further != null) ? further.names() : Set.of(),
				properties.slugs());
	}

	private static @Nullable TokenCache cacheOf(String account, ObjectProvider<VendoClient> client,
			@Nullable VendoAccounts further) {
		if (account.equals(ClientRecorder.DEFAULT_ACCOUNT)) {
			VendoClient unique = client.getIfUnique();
			return (unique != null) ? unique.tokenCache() : null;
		}
		return (further != null && further.names().contains(account)) ? further.client(account).tokenCache() : null;
	}

}
