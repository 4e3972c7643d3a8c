package run.vendo.autoconfigure.web.webhook;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;
import run.vendo.fixture.VirtualThreads;
import run.vendo.webhook.WebhookEvent;

import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Webhooks on virtual threads.
 */
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "Virtual threads need JDK 21: run the tests on one to see them")
class WebhookVirtualThreadTests {

	@Test
	void whenFiftyRequestsDeliverOneEventThenTheHandlerRunsOnceOnAVirtualThread() {
		try (WebhookServer server = WebhookServer.start(Stack.SERVLET, List.of("spring.threads.virtual.enabled=true"),
				Handler.class)) {
			for (int round = 0; round < 5; round++) {
				server.calls().clear();
				HttpRequest request = server.signed("/hook", WebhookServer.event()).build();
				List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 50)
					.mapToObj((i) -> server.client().sendAsync(request, HttpResponse.BodyHandlers.ofString()))
					.toList();
				assertThat(answers).extracting((answer) -> answer.join().statusCode())
					.contains(200)
					.isSubsetOf(200, 503);
				assertThat(server.calls().all()).containsExactly("virtual: true");
			}
		}
	}

	@Test
	void whenTheRequestIsForgedThenTheHandlerIsNotCalled() {
		try (WebhookServer server = WebhookServer.start(Stack.SERVLET, List.of("spring.threads.virtual.enabled=true"),
				Handler.class)) {
			assertThat(server
				.send(server.signed("/hook", "whsec_guess", WebhookServer.event().getBytes(StandardCharsets.UTF_8))
					.build())
				.statusCode()).isEqualTo(400);
			assertThat(server.calls().all()).isEmpty();
		}
	}

	@RestController
	static class Handler {

		private final Calls calls;

		Handler(Calls calls) {
			this.calls = calls;
		}

		@VendoWebhookMapping("/hook")
		void hook(WebhookEvent<?> event) {
			this.calls.add("virtual: " + VirtualThreads.isVirtual(Thread.currentThread()));
		}

	}

}
