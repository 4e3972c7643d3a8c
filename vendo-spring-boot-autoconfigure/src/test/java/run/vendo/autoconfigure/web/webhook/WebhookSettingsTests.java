package run.vendo.autoconfigure.web.webhook;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import run.vendo.error.VendoConfigurationException;
import run.vendo.fixture.MutableClock;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Webhooks under settings of the application that move or change them.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebhookSettingsTests {

	@ParameterizedTest
	@EnumSource
	void whenTheApplicationHasAContextPathThenItsHandlersAreVerifiedThere(Stack stack) {
		List<String> properties = (stack == Stack.SERVLET)
				? List.of("server.servlet.context-path=/context", "spring.mvc.servlet.path=/servlet")
				: List.of("spring.webflux.base-path=/context/servlet");
		try (WebhookServer server = WebhookServer.start(stack, properties, SharedHandlers.Annotated.class)) {
			String path = "/context/servlet/shared/nothing";
			assertThat(server.send(server.signed(path, "whsec_guess", new byte[0]).build()).statusCode())
				.isEqualTo(400);
			assertThat(server.calls().all()).isEmpty();
			assertThat(server.deliver(path, WebhookServer.event()).statusCode()).isEqualTo(200);
			assertThat(server.calls().all()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenEverythingIsLoggedThenNoSecretAndNoExpectedSignatureIs(Stack stack, CapturedOutput output) {
		try (WebhookServer server = WebhookServer.start(stack, List.of("logging.level.run.vendo=trace"),
				SharedHandlers.Annotated.class)) {
			String event = WebhookServer.event();
			String timestamp = String.valueOf(server.clock().instant().getEpochSecond());
			server.send(server.signed("/shared/nothing", "whsec_guess", event.getBytes()).build());
			server.deliver("/shared/nothing", event);
			assertThat(output).contains("SharedHandlers$Annotated#nothing: answered with 400, REJECTED mismatch")
				.doesNotContain(WebhookServer.SECRET)
				.doesNotContain(WebhookServer.sign(WebhookServer.SECRET, timestamp, event.getBytes()));
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenThereIsNoSecretThenTheApplicationSaysWhatToSet(Stack stack, CapturedOutput output) {
		assertThatExceptionOfType(VendoConfigurationException.class)
			.isThrownBy(() -> WebhookServer.start(stack, List.of("without-secret=true"), SharedHandlers.Annotated.class)
				.close());
		assertThat(output).contains("APPLICATION FAILED TO START")
			.containsPattern("Vendo cannot be configured: \\S+SharedHandlers\\$Annotated#\\w+ takes webhooks")
			.contains("Set vendo.webhook.secret (VENDO_WEBHOOK_SECRET)");
	}

	@ParameterizedTest
	@EnumSource
	void whenAHandlerTakesLongerThanItsClaimLastsThenThatIsSaid(Stack stack, CapturedOutput output) {
		try (WebhookServer server = WebhookServer.start(stack, List.of("logging.level.run.vendo=warn"), Slow.class)) {
			assertThat(server.deliver("/in-time", WebhookServer.event()).statusCode()).isEqualTo(200);
			assertThat(output).doesNotContain("vendo.webhook.deduplication.lease");
			assertThat(server.deliver("/too-late", WebhookServer.event()).statusCode()).isEqualTo(200);
			assertThat(output).contains("#tooLate: took 300 s")
				.contains("Make vendo.webhook.deduplication.lease longer than the slowest handler");
		}
	}

	@RestController
	static class Slow {

		private final MutableClock clock;

		Slow(MutableClock clock) {
			this.clock = clock;
		}

		@VendoWebhookMapping("/in-time")
		void inTime() {
			this.clock.advance(Duration.ofMinutes(5).minusMillis(1));
		}

		@VendoWebhookMapping("/too-late")
		void tooLate() {
			this.clock.advance(Duration.ofMinutes(5));
		}

	}

}
