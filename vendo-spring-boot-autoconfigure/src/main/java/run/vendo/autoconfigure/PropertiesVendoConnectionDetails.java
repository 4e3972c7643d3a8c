package run.vendo.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Connection details from the configuration properties.
 */
final class PropertiesVendoConnectionDetails implements VendoConnectionDetails {

	private final VendoProperties properties;

	private final @Nullable SslBundles sslBundles;

	PropertiesVendoConnectionDetails(VendoProperties properties, @Nullable SslBundles sslBundles) {
		this.properties = properties;
		this.sslBundles = sslBundles;
	}

	@Override
	public @Nullable String getApiKey() {
		return this.properties.apiKey();
	}

	@Override
	public @Nullable String getBaseUrl() {
		return this.properties.effectiveBaseUrl();
	}

	@Override
	public @Nullable String getCredentialsUrl() {
		return this.properties.credentialsUrl();
	}

	@Override
	public @Nullable String getDataProxyUrl() {
		return this.properties.dataProxyUrl();
	}

	@Override
	public List<String> getWebhookSecrets() {
		return this.properties.webhook().effectiveSecrets();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		String bundle = this.properties.ssl().bundle();
		if (!StringUtils.hasText(bundle)) {
			return null;
		}
		Assert.state(this.sslBundles != null,
				"vendo.ssl.bundle names an SSL bundle, but the application has none: it excludes SslAutoConfiguration");
		return this.sslBundles.getBundle(bundle);
	}

}
