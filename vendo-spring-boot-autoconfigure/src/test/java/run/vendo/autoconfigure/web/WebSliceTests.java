package run.vendo.autoconfigure.web;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import run.vendo.fixture.TestClients;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.result.MockMvcResultMatchers;

/**
 * The slices of Spring Boot know users and answer errors, with the mocks that come with
 * them.
 */
class WebSliceTests {

	@Nested
	@WebMvcTest(controllers = UserControllers.Shared.class,
			properties = { "vendo.sso.enabled=true", "vendo.sso.trusted-proxies=127.0.0.1",
					"vendo.api-key=" + TestClients.KEY })
	@ContextConfiguration(classes = Application.class)
	class Servlet {

		@Autowired
		private MockMvc mvc;

		@Test
		void whenSomebodyIsSignedInThenTheControllerKnows() throws Exception {
			this.mvc.perform(MockMvcRequestBuilders.get("/optional-identity").header("X-Vendo-User-Id", "alice"))
				.andExpect(MockMvcResultMatchers.content().string("alice null null"));
		}

		@Test
		void whenThereIsNoJwtThenTheAnswerIsAProblem() throws Exception {
			this.mvc.perform(MockMvcRequestBuilders.get("/parameter").header("X-Vendo-User-Id", "alice"))
				.andExpect(MockMvcResultMatchers.status().isUnauthorized())
				.andExpect(MockMvcResultMatchers.jsonPath("$.code").value("identity_not_present"));
		}

	}

	@Nested
	@WebFluxTest(controllers = UserControllers.Shared.class,
			properties = { "vendo.sso.enabled=true", "vendo.api-key=" + TestClients.KEY,
					"spring.test.webtestclient.timeout=30s" })
	@ContextConfiguration(classes = Application.class)
	class Reactive {

		@Autowired
		private WebTestClient client;

		@Test
		void whenSomebodyIsSignedInThenTheControllerKnows() {
			this.client.get()
				.uri("/optional-identity")
				.header("X-Vendo-User-Id", "alice")
				.exchange()
				.expectBody(String.class)
				.isEqualTo("alice null null");
		}

		@Test
		void whenThereIsNoJwtThenTheAnswerIsAProblem() {
			this.client.get()
				.uri("/reactive-injected")
				.header("X-Vendo-User-Id", "alice")
				.exchange()
				.expectStatus()
				.isUnauthorized()
				.expectBody()
				.jsonPath("$.code")
				.isEqualTo("identity_not_present");
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(UserControllers.Shared.class)
	static class Application {

	}

}
