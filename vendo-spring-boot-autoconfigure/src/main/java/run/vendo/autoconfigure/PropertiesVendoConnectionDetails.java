package run.vendo.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Connection details from the configuration properties.
 */
final class PropertiesVendoConnectionDetails implements VendoConnectionDetails {

	private final VendoProperties properties;

	PropertiesVendoConnectionDetails(VendoProperties properties) {
		this.properties = properties;
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

}
