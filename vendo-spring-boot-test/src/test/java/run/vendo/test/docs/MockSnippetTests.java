package run.vendo.test.docs;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import run.vendo.connection.Connection;
import run.vendo.connection.ConnectionStatus;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.RateLimitedException;
import run.vendo.error.ValidationException;
import run.vendo.test.AutoConfigureMockVendo;
import run.vendo.test.FakeConnection;
import run.vendo.test.MockVendoApi;
import run.vendo.test.MockVendoCall;
import run.vendo.test.MockVendoClient;
import run.vendo.test.WebhookSigner;
import run.vendo.webhook.WebhooksApi;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

class MockSnippetTests {

	@Test
	void tokens() {
		// tag::mock[]
		MockVendoClient vendo = MockVendoClient.create().withConnections("notion").withToken("slack", "xoxb-1");

		assertThat(vendo.token("slack")).isEqualTo("xoxb-1");
		assertThat(vendo.token("notion")).isEqualTo("mock-token-notion");
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> vendo.token("gmail"));
		assertThat(vendo.calls("slack")).extracting(MockVendoCall::type).containsExactly("token");
		// end::mock[]
	}

	@Test
	void connections() {
		// tag::fake-connection[]
		MockVendoClient vendo = MockVendoClient.create()
			.withConnections(FakeConnection.connected("supabase").context(Map.of("ref", "abcd")),
					FakeConnection.needsReauth("gmail"));

		assertThat(vendo.connections().list()).extracting(Connection::status)
			.containsExactly(ConnectionStatus.CONNECTED, ConnectionStatus.NEEDS_REAUTH);
		// end::fake-connection[]
	}

	@Test
	void failures() {
		// tag::mock-failures[]
		MockVendoClient vendo = MockVendoClient.create()
			.withToken("slack", "xoxb-1")
			.failing("slack", ErrorCode.NEEDS_REAUTH)
			.failingNext(1, MockVendoApi.BILLING,
					ErrorDetails.of(ErrorCode.RATE_LIMITED).retryAfter(Duration.ofSeconds(5)).toException());

		assertThatExceptionOfType(NeedsReauthException.class).isThrownBy(() -> vendo.token("slack"));
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> vendo.billing().balance());
		assertThat(vendo.billing().balance().isExhausted()).isFalse();
		// end::mock-failures[]
	}

	@Test
	void answers() {
		// tag::mock-answers[]
		MockVendoClient vendo = MockVendoClient.create()
			.withConnections("slack")
			.withResult("SLACK_SEND_MESSAGE", Map.of("ts", "1"))
			.withAnswer(HttpMethod.GET, "/api/tools/slack", 200, Map.of("slug", "slack"))
			.withAnswer(HttpMethod.GET, "https://slack.com/api/auth.test", 200, "{\"ok\":true}");

		JsonNode sent = vendo.data().execute("SLACK_SEND_MESSAGE", Map.of("text", "Hello"));
		JsonNode tool = vendo.http().get("/api/tools/slack").retrieve(JsonNode.class);
		String slack = vendo.session("slack")
			.restClient()
			.get()
			.uri("https://slack.com/api/auth.test")
			.retrieve()
			.body(String.class);
		// end::mock-answers[]
		assertThat(sent.path("ts").asString()).isEqualTo("1");
		assertThat(tool.path("slug").asString()).isEqualTo("slack");
		assertThat(slack).isEqualTo("{\"ok\":true}");
	}

	@Test
	void ossMode() {
		// tag::mock-oss[]
		MockVendoClient vendo = MockVendoClient.builder()
			.ossMode()
			.environment(Map.of("OPENAI_API_KEY", "sk-1")::get)
			.build();

		assertThat(vendo.token("openai")).isEqualTo("sk-1");
		// end::mock-oss[]
	}

}

@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WebhookController.class)
class WebhookApplication {

}

@RestController
class WebhookController {

	private final WebhooksApi webhooks;

	WebhookController(WebhooksApi webhooks) {
		this.webhooks = webhooks;
	}

	@PostMapping("/webhooks/vendo")
	ResponseEntity<Void> receive(@RequestHeader HttpHeaders headers, @RequestBody byte[] body) {
		this.webhooks.verify(headers, body);
		return ResponseEntity.noContent().build();
	}

	@ExceptionHandler
	ResponseEntity<Void> refuse(ValidationException ex) {
		return ResponseEntity.badRequest().build();
	}

}

// tag::webhook-signer[]
@SpringBootTest(classes = WebhookApplication.class)
@AutoConfigureMockMvc
@AutoConfigureMockVendo
class WebhookTests {

	private static final String BODY = "{\"id\":\"evt_1\",\"type\":\"connection.connected\",\"data\":{\"slug\":\"slack\"}}";

	@Autowired
	private MockMvc mvc;

	@Autowired
	private WebhookSigner signer;

	@Test
	void acceptsWhatVendoSigned() throws Exception {
		this.mvc.perform(post("/webhooks/vendo").content(BODY).with(this.signer.mockMvc()))
			.andExpect(status().is2xxSuccessful());
	}

	@Test
	void refusesWhatIsOld() throws Exception {
		WebhookSigner late = this.signer.withTimestamp(Instant.parse("2020-01-01T00:00:00Z"));
		this.mvc.perform(post("/webhooks/vendo").content(BODY).with(late.mockMvc())).andExpect(status().isBadRequest());
	}

}
// end::webhook-signer[]
