package run.vendo.test;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.result.MockMvcResultMatchers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AutoConfigureMockVendo} with a slice, and with a mock that the test
 * declares.
 */
@WebMvcTest
@AutoConfigureMockVendo
class AutoConfigureMockVendoSliceTests {

	private static final String EVENT = "{\"id\":\"evt_1\",\"type\":\"connection.connected\"}";

	@Autowired
	private MockMvc mvc;

	@Autowired
	private MockMvcTester tester;

	@Autowired
	private WebhookSigner signer;

	@Test
	void whenMockMvcSignsThenHandlerAccepts() throws Exception {
		this.mvc
			.perform(MockMvcRequestBuilders.post("/hooks")
				.contentType(MediaType.APPLICATION_JSON)
				.content(EVENT)
				.with(this.signer.mockMvc()))
			.andExpect(MockMvcResultMatchers.status().isOk())
			.andExpect(MockMvcResultMatchers.jsonPath("$.type").value("connection.connected"));
	}

	@Test
	void whenTimestampIsOldThenHandlerRefuses() {
		assertThat(this.tester.post()
			.uri("/hooks")
			.content(EVENT)
			.with(this.signer.withTimestamp(Instant.EPOCH).mockMvc())).hasStatus(401).hasBodyTextEqualTo("stale");
	}

	@Test
	void whenNothingIsSignedThenHandlerRefuses() {
		assertThat(this.tester.post().uri("/hooks").content(EVENT)).hasStatus(401)
			.hasBodyTextEqualTo("missing-signature");
	}

	@Test
	void whenRequestIsSignedTwiceThenTheLastSignatureCounts() {
		assertThat(this.tester.post()
			.uri("/hooks")
			.content(EVENT)
			.with(this.signer.withSecret("whsec_other").mockMvc())
			.with(this.signer.mockMvc())).hasStatusOk();
	}

	@Test
	void handlersUseTheMockThatTheTestDeclares(@Autowired ApplicationContext context) {
		assertThat(context.getBeanNamesForType(MockVendoClient.class)).containsExactly("ownMock");
		assertThat(context.getBean(VendoClient.class).isVendoMode()).isFalse();
		assertThat(this.tester.get().uri("/token/openai")).hasBodyTextEqualTo("sk-mine");
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class OwnMock {

		@Bean
		MockVendoClient ownMock() {
			return MockVendoClient.builder()
				.ossMode()
				.environment((name) -> name.equals("OPENAI_API_KEY") ? "sk-mine" : null)
				.build();
		}

	}

}
