package run.vendo.docs;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoClientCustomizer;
import run.vendo.autoconfigure.VendoConnectionDetails;
import run.vendo.http.HttpTimeouts;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Service;

// tag::customizer[]
@Configuration(proxyBeanMethods = false)
class VendoCustomization {

	@Bean
	VendoClientCustomizer patientVendo() {
		return (builder) -> builder.timeouts(HttpTimeouts.defaults().withResponse(Duration.ofMinutes(2)));
	}

}
// end::customizer[]

interface Vault {

	String read(String path);

}

// tag::connection-details[]
@Configuration(proxyBeanMethods = false)
class VaultConfiguration {

	@Bean
	VendoConnectionDetails vendoConnectionDetails(Vault vault) {
		return new VendoConnectionDetails() {

			@Override
			public @Nullable String getApiKey() {
				return vault.read("vendo/api-key");
			}

			@Override
			public List<String> getWebhookSecrets() {
				return List.of(vault.read("vendo/webhook-secret"));
			}

		};
	}

}
// end::connection-details[]

// tag::second-client[]
@Configuration(proxyBeanMethods = false)
class TwoPlatforms {

	@Bean(defaultCandidate = false)
	@Qualifier("staging")
	VendoClient stagingVendo(VendoClient.Builder builder) {
		return builder.account("staging")
			.apiKey("vendo_sk_0123456789abcdefghijABCDEFGHIJ_-")
			.baseUrl("https://staging.example.com")
			.build();
	}

}
// end::second-client[]

// tag::account[]
@Service
class Orders {

	private final VendoClient shop;

	Orders(@Qualifier("shop") VendoClient shop) {
		this.shop = shop;
	}

	boolean canPay() {
		return !this.shop.billing().balance().isExhausted();
	}

}
// end::account[]
