package run.vendo.test.autoconfigure;

import java.util.List;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.VendoConnectionDetails;
import run.vendo.test.VendoPlatform;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the simulator.
 */
@AutoConfiguration(before = VendoAutoConfiguration.class)
final class VendoPlatformTestAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	VendoPlatform vendoPlatform() {
		return VendoPlatform.start();
	}

	@Bean
	@ConditionalOnMissingBean(VendoConnectionDetails.class)
	VendoPlatformConnectionDetails vendoPlatformConnectionDetails(VendoPlatform platform) {
		return new VendoPlatformConnectionDetails(platform);
	}

	/**
	 * Where the simulator is and how to get in.
	 */
	static final class VendoPlatformConnectionDetails implements VendoConnectionDetails {

		private final VendoPlatform platform;

		VendoPlatformConnectionDetails(VendoPlatform platform) {
			this.platform = platform;
		}

		@Override
		public String getApiKey() {
			return this.platform.apiKey();
		}

		@Override
		public String getBaseUrl() {
			return this.platform.baseUrl().toString();
		}

		@Override
		public String getCredentialsUrl() {
			return this.platform.credentialsUrl().toString();
		}

		@Override
		public String getDataProxyUrl() {
			return this.platform.dataProxyUrl().toString();
		}

		@Override
		public List<String> getWebhookSecrets() {
			return List.of(this.platform.webhookSecret());
		}

	}

}
