package run.vendo.autoconfigure.actuate;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;

import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for what the endpoint {@code info}
 * tells of Vendo.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = VendoAutoConfiguration.class)
@ConditionalOnClass({ InfoContributor.class, ConditionalOnEnabledInfoContributor.class })
@ConditionalOnSingleCandidate(VendoClient.class)
public final class VendoInfoContributorAutoConfiguration {

	VendoInfoContributorAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnEnabledInfoContributor("vendo")
	VendoInfoContributor vendoInfoContributor(VendoClient client) {
		return new VendoInfoContributor(client);
	}

}
