package run.vendo.docs;

import java.util.List;
import java.util.Map;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.http.RetryPolicy;

class PlainJavaSnippets {

	// tag::main[]
	public static void main(String[] args) {
		try (VendoClient vendo = VendoClient.builder().build()) {
			vendo.connections()
				.list()
				.forEach((connection) -> System.out.println(connection.slug() + ": " + connection.status()));
		}
	}
	// end::main[]

	void builder(String apiKey) {
		// tag::builder[]
		VendoClient vendo = VendoClient.builder()
			.apiKey(apiKey)
			.retry(RetryPolicy.defaults().withMaxAttempts(5))
			.webhookSecrets("whsec_new", "whsec_old")
			.byok(Map.of("acme", List.of("ACME_API_KEY")))
			.build();
		ReactiveVendoClient reactive = vendo.reactive();
		// end::builder[]
	}

	void mutate(VendoClient vendo, String otherKey) {
		// tag::mutate[]
		VendoClient other = vendo.mutate().apiKey(otherKey).build();
		// end::mutate[]
	}

	void environment(Map<String, String> settings) {
		// tag::environment[]
		VendoClient vendo = VendoClient.builder().environment(settings::get).build();
		// end::environment[]
	}

}
