package run.vendo.docs;

import run.vendo.VendoClient;

import org.springframework.stereotype.Service;

// tag::readme[]
@Service
class Chat {

	private final VendoClient vendo;

	Chat(VendoClient vendo) {
		this.vendo = vendo;
	}

	String key() {
		return this.vendo.token("openai");
	}

}
// end::readme[]
