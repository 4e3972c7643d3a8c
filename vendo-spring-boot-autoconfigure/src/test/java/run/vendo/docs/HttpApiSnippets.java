package run.vendo.docs;

import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.http.VendoCredential;

class HttpApiSnippets {

	private final VendoClient vendo;

	HttpApiSnippets(VendoClient vendo) {
		this.vendo = vendo;
	}

	Object credential(String connectionKey) {
		// tag::credential[]
		VendoCredential key = VendoCredential.connectionKey(connectionKey);
		VendoClient connection = this.vendo.mutate().credential(key).build();
		JsonNode balance = this.vendo.http().get("/api/cli/balance").credential(key).retrieve(JsonNode.class);
		// end::credential[]
		return (balance != null) ? connection : balance;
	}

}
