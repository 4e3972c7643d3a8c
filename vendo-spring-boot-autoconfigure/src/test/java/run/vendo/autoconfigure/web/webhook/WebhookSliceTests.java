package run.vendo.autoconfigure.web.webhook;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import run.vendo.autoconfigure.VendoClientCustomizer;
import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;
import run.vendo.fixture.MutableClock;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.result.MockMvcResultMatchers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The slices of Spring Boot pick the verification up, with the mocks that come with them.
 */
class WebhookSliceTests {

	private static final String NOW = String.valueOf(MutableClock.START.getEpochSecond());

	private static String signature(String body) {
		return WebhookServer.sign(WebhookServer.SECRET, NOW, body.getBytes(StandardCharsets.UTF_8));
	}

	@Nested
	@WebMvcTest(controllers = SharedHandlers.Annotated.class,
			properties = "vendo.webhook.secret=" + WebhookServer.SECRET)
	@ContextConfiguration(classes = Application.class)
	class Servlet {

		@Autowired
		private MockMvc mvc;

		@Autowired
		private Calls calls;

		@Test
		void whenADeliveryIsForgedThenTheHandlerIsNotCalled() throws Exception {
			this.mvc.perform(MockMvcRequestBuilders.post("/shared/nothing").content(WebhookServer.event()))
				.andExpect(MockMvcResultMatchers.status().isBadRequest())
				.andExpect(MockMvcResultMatchers.jsonPath("$.reason").value("missing-signature"));
			assertThat(this.calls.all()).isEmpty();
		}

		@Test
		void whenADeliveryIsValidThenTheHandlerIsCalledOnce() throws Exception {
			String event = WebhookServer.event();
			for (int i = 0; i < 2; i++) {
				this.mvc
					.perform(MockMvcRequestBuilders.post("/shared/typed-event")
						.content(event)
						.contentType(MediaType.APPLICATION_JSON)
						.header("Vendo-Timestamp", NOW)
						.header("Vendo-Signature", signature(event)))
					.andExpect(MockMvcResultMatchers.status().isOk())
					.andExpect(MockMvcResultMatchers.content().string((i == 0) ? "slack" : ""));
			}
			assertThat(this.calls.all()).containsExactly("slack");
			this.calls.clear();
		}

		@Test
		void whenTheHandlerIsAsynchronousThenItsDispatchGoesThrough() throws Exception {
			String event = WebhookServer.event();
			MvcResult started = this.mvc
				.perform(MockMvcRequestBuilders.post("/shared/future")
					.content(event)
					.header("Vendo-Timestamp", NOW)
					.header("Vendo-Signature", signature(event)))
				.andExpect(MockMvcResultMatchers.request().asyncStarted())
				.andReturn();
			started.getAsyncResult(30_000);
			this.mvc.perform(MockMvcRequestBuilders.asyncDispatch(started))
				.andExpect(MockMvcResultMatchers.status().isOk())
				.andExpect(MockMvcResultMatchers.content().string("done"));
			this.calls.clear();
		}

	}

	@Nested
	@WebFluxTest(controllers = SharedHandlers.Annotated.class,
			properties = { "vendo.webhook.secret=" + WebhookServer.SECRET, "spring.test.webtestclient.timeout=30s" })
	@ContextConfiguration(classes = Application.class)
	class Reactive {

		@Autowired
		private WebTestClient client;

		@Autowired
		private Calls calls;

		@Test
		void whenADeliveryIsForgedThenTheHandlerIsNotCalled() {
			this.client.post()
				.uri("/shared/nothing")
				.bodyValue(WebhookServer.event())
				.exchange()
				.expectStatus()
				.isBadRequest()
				.expectBody()
				.jsonPath("$.reason")
				.isEqualTo("missing-signature");
			assertThat(this.calls.all()).isEmpty();
		}

		@Test
		void whenADeliveryIsValidThenTheHandlerIsCalledOnce() {
			String event = WebhookServer.event();
			for (int i = 0; i < 2; i++) {
				this.client.post()
					.uri("/shared/typed-event")
					.contentType(MediaType.APPLICATION_JSON)
					.header("Vendo-Timestamp", NOW)
					.header("Vendo-Signature", signature(event))
					.bodyValue(event)
					.exchange()
					.expectStatus()
					.isOk();
			}
			assertThat(this.calls.all()).containsExactly("slack");
			this.calls.clear();
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(SharedHandlers.Annotated.class)
	static class Application {

		@Bean
		Calls calls() {
			return new Calls();
		}

		@Bean
		MutableClock clock() {
			return new MutableClock();
		}

		@Bean
		VendoClientCustomizer clockCustomizer(MutableClock clock) {
			return (builder) -> builder.clock(clock);
		}

	}

}
