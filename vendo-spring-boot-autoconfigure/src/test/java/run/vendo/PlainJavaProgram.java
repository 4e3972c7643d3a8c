package run.vendo;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import run.vendo.error.VendoException;

/**
 * What a program does that has the client and neither Spring Boot nor a test framework.
 */
public final class PlainJavaProgram {

	private PlainJavaProgram() {
	}

	public static List<String> run(String server, String key) {
		List<String> seen = new ArrayList<>();
		try (VendoClient client = VendoClient.builder()
			.environment(Map.of("VENDO_API_KEY", key)::get)
			.baseUrl(server)
			.credentialsUrl(server)
			.build()) {
			seen.add(client.token("slack"));
			seen.add(client.reactive().token("slack").block());
			seen.add(client.connections().list().get(0).displayName());
			seen.add(client.session("slack")
				.restClient()
				.get()
				.uri(URI.create(server + "/x"))
				.retrieve()
				.body(String.class));
			seen.add(client.session("slack")
				.webClient()
				.get()
				.uri(URI.create(server + "/x"))
				.retrieve()
				.bodyToMono(String.class)
				.block());
			try {
				client.billing().balance();
			}
			catch (VendoException ex) {
				seen.add(String.valueOf(ex.code()));
			}
		}
		try (VendoClient oss = VendoClient.builder().environment(Map.of("OPENAI_API_KEY", "own")::get).build()) {
			seen.add(oss.token("openai"));
		}
		return seen;
	}

}
