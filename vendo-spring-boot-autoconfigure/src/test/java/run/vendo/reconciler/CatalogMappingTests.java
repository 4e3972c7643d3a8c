package run.vendo.reconciler;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.github.tomakehurst.wiremock.WireMockServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import run.vendo.VendoClient;
import run.vendo.error.TransportException;
import run.vendo.error.ValidationException;
import run.vendo.http.RetryPolicy;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Mappings that are made of connections and tokens.
 */
class CatalogMappingTests {

	private static final String KEY = "vendo_sk_0123456789abcdefghijklmnopqrstuv";

	private final WireMockServer platform = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

	private final Map<String, String> environment = new HashMap<>();

	@TempDir
	Path directory;

	@BeforeEach
	void start() {
		this.platform.start();
	}

	@AfterEach
	void stop() {
		this.platform.stop();
	}

	private VendoClient client() {
		return VendoClient.builder()
			.environment(this.environment::get)
			.apiKey(KEY)
			.baseUrl(this.platform.baseUrl())
			.credentialsUrl(this.platform.baseUrl())
			.retry(RetryPolicy.none())
			.build();
	}

	private void connections(String json) {
		this.platform.stubFor(get(urlPathEqualTo("/api/deployments/me/connections"))
			.willReturn(okJson("{\"connections\":" + json + "}")));
	}

	@Test
	void everyPathLeadsToItsValue() {
		connections(
				"""
						[{"slug":"openai","status":"connected","api_key":"pool-key","base_url":"https://pool.example/v1",
						  "context":{"ref":"r1"},
						  "metadata":{"a":{"b":"deep"},"n":5,"f":true,"list":["x",1],"credential":{"refresh_token":"from-metadata"}},
						  "credential":{"access_token":"from-connection"},
						  "env_bootstrap":{"vars":[
						    {"name":"KEY","value_from":"api_key"},{"name":"URL","value_from":"base_url"},
						    {"name":"DEEP","value_from":"metadata.a.b"},{"name":"NUMBER","value_from":"metadata.n"},
						    {"name":"FLAG","value_from":"metadata.f"},{"name":"LIST","value_from":"metadata.list"},
						    {"name":"REF","value_from":"context.ref"},{"name":"TOKEN","value_from":"credential.access_token"},
						    {"name":"REFRESH","value_from":"credential.refresh_token"},
						    {"name":"NONE","value_from":"metadata.a.c"},{"name":"TOO_DEEP","value_from":"metadata.a.b.c"},
						    {"name":"ODD","value_from":"metadata."},{"name":"EMPTY","value_from":""},
						    {"name":"NO_VALUE"},{"value_from":"api_key"},{},{"name":null,"value_from":null},
						    {"name":"BAD-NAME","value_from":"api_key"}],"restart":"none"}}]""");
		try (VendoClient client = client()) {
			assertThat(client.reconciler().catalogDefault().get()).containsOnly(Map.entry("KEY", "pool-key"),
					Map.entry("URL", "https://pool.example/v1"), Map.entry("DEEP", "deep"), Map.entry("NUMBER", "5"),
					Map.entry("FLAG", "true"), Map.entry("LIST", "[\"x\",1]"), Map.entry("REF", "r1"),
					Map.entry("TOKEN", "from-connection"), Map.entry("REFRESH", "from-metadata"));
		}
		assertThat(this.platform.getAllServeEvents()).hasSize(1);
	}

	@Test
	void accessTokensThatConnectionsDoNotBringComeFromTheCredentialsWorkerTogether() {
		connections("""
				[{"slug":"slack","status":"connected","env_bootstrap":{"vars":[
				    {"name":"SLACK_BOT_TOKEN","value_from":"credential.access_token"}]}},
				 {"slug":"notion","status":"connected","env_bootstrap":{"vars":[
				    {"name":"NOTION_TOKEN","value_from":"credential.access_token"}]}},
				 {"slug":"gmail","status":"connected","env_bootstrap":{"vars":[
				    {"name":"GMAIL_TOKEN","value_from":"credential.access_token"}]}},
				 {"slug":"acme","status":"needs_reauth","env_bootstrap":{"vars":[
				    {"name":"ACME_TOKEN","value_from":"credential.access_token"}]}},
				 {"slug":"plain","status":"connected"}]""");
		this.platform.stubFor(get(urlPathEqualTo("/_bulk")).willReturn(okJson("""
				{"tokens":{"slack":{"access_token":"xoxb","expires_at":null},
				"notion":{"access_token":"ntn","expires_at":null},"gmail":null}}""")));
		try (VendoClient client = client()) {
			assertThat(client.reconciler().catalogDefault().get()).containsOnly(Map.entry("SLACK_BOT_TOKEN", "xoxb"),
					Map.entry("NOTION_TOKEN", "ntn"));
		}
		this.platform.verify(1, getRequestedFor(urlPathEqualTo("/_bulk")));
	}

	@Test
	void ofTwoConnectionsThatWantOneVariableTheFirstGetsIt() {
		connections(
				"""
						[{"slug":"a","status":"connected","api_key":"first","env_bootstrap":{"vars":[{"name":"X","value_from":"api_key"}]}},
						 {"slug":"b","status":"connected","api_key":"second","env_bootstrap":{"vars":[{"name":"X","value_from":"api_key"}]}}]""");
		try (VendoClient client = client()) {
			assertThat(client.reconciler().catalogDefault().get()).containsOnly(Map.entry("X", "first"));
		}
	}

	@Test
	void whenThePlatformCannotBeReachedThenTheFallbackListDoesNotEmptyTheFile() {
		this.environment.put("VENDO_CONNECTIONS", "slack,notion");
		connections(
				"""
						[{"slug":"slack","status":"connected","api_key":"k","env_bootstrap":{"vars":[{"name":"X","value_from":"api_key"}]}}]""");
		Path file = this.directory.resolve(".env");
		try (VendoClient client = client()) {
			client.reconciler().bootstrap(file, client.reconciler().catalogDefault());
			this.platform.stubFor(get(urlPathEqualTo("/api/deployments/me/connections")).willReturn(
					aResponse().withFault(com.github.tomakehurst.wiremock.http.Fault.CONNECTION_RESET_BY_PEER)));
			assertThat(client.connections().list()).as("what others fall back on").hasSize(2);
			assertThatExceptionOfType(TransportException.class)
				.isThrownBy(() -> client.reconciler().bootstrap(file, client.reconciler().catalogDefault()));
		}
		assertThat(file).hasContent("X=k\n");
	}

	@Test
	void inOssModeTheMappingIsThePrimaryVariableOfEachProviderThatHasOneSet() {
		this.environment.put("OPENAI_API_KEY", "sk-own");
		this.environment.put("VENDO_TOKEN_SLACK", "xoxb-own");
		this.environment.put("NOTION_TOKEN", "not the primary one");
		try (VendoClient client = VendoClient.builder().environment(this.environment::get).build()) {
			assertThat(client.reconciler().catalogDefault().get()).containsOnly(Map.entry("OPENAI_API_KEY", "sk-own"),
					Map.entry("SLACK_BOT_TOKEN", "xoxb-own"));
		}
	}

	@Test
	void aMappingCanBeWrittenDown() {
		connections("""
				[{"slug":"openai","status":"connected","base_url":"https://pool.example/v1"},
				 {"slug":"notion","status":"revoked","base_url":"https://no.example"}]""");
		this.platform.stubFor(get(urlPathEqualTo("/_bulk"))
			.willReturn(okJson("{\"tokens\":{\"slack\":{\"access_token\":\"xoxb\",\"expires_at\":null},\"x\":null}}")));
		try (VendoClient client = client()) {
			assertThat(client.reconciler()
				.fromConnections(Map.of("TOKEN", "slack", "URL", "openai:base_url", "GONE", "notion:base_url", "NONE",
						"x", "NO_PATH", "openai:metadata.q"))
				.get()).containsOnly(Map.entry("TOKEN", "xoxb"), Map.entry("URL", "https://pool.example/v1"));
		}
	}

	@Test
	void aMappingOfTokensAloneDoesNotListConnections() {
		this.platform.stubFor(get(urlPathEqualTo("/_bulk"))
			.willReturn(okJson("{\"tokens\":{\"slack\":{\"access_token\":\"xoxb\",\"expires_at\":null}}}")));
		try (VendoClient client = client()) {
			assertThat(client.reconciler().fromConnections(Map.of("TOKEN", "slack")).get()).hasSize(1);
			assertThatExceptionOfType(ValidationException.class)
				.isThrownBy(() -> client.reconciler().fromConnections(Map.of("TOKEN", "..:x")));
		}
		this.platform.verify(0, getRequestedFor(urlPathEqualTo("/api/deployments/me/connections")));
	}

	@Test
	void theReactiveClientSharesTheApi() {
		try (VendoClient client = client()) {
			assertThat(client.reactive().reconciler()).isSameAs(client.reconciler());
			assertThat(List.of(client.reconciler().toString())).noneMatch((text) -> text.contains(KEY));
		}
	}

}
