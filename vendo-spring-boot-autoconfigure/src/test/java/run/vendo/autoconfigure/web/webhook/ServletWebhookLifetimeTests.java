package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link AbstractWebhookLifetimeTests} in Spring MVC, and what becomes of a delivery when
 * the container loses patience.
 */
class ServletWebhookLifetimeTests extends AbstractWebhookLifetimeTests {

	ServletWebhookLifetimeTests() {
		super(Stack.SERVLET, List.of(), List.of("/flux", "/emitter", "/function-flux", "/function-events"),
				Handlers.class, Routes.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/mono", "/function-mono", "/function-future", "/function-async" })
	void whileTheWorkGoesOnElsewhereThenItsDeliveryIsNotHandledYet(String path) {
		HttpRequest request = server().signed(path, WebhookServer.event()).build();
		CompletableFuture<HttpResponse<String>> first = server().client()
			.sendAsync(request, HttpResponse.BodyHandlers.ofString());
		awaitWork();
		assertInProgress(request);
		work().stream.tryEmitNext("done").orThrow();
		assertThat(first.join().statusCode()).isEqualTo(200);
		assertThat(first.join().body()).contains("done");
		assertHandled(request);
		assertThat(server().calls().all()).containsExactly(path);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/mono", "/function-mono", "/function-future", "/function-async" })
	void whenTheWorkFailsElsewhereThenItsDeliveryRunsWhenItComesAgain(String path) {
		HttpRequest request = server().signed(path, WebhookServer.event()).build();
		for (int i = 1; i <= 2; i++) {
			work().begin();
			CompletableFuture<HttpResponse<String>> answer = server().client()
				.sendAsync(request, HttpResponse.BodyHandlers.ofString());
			awaitWork();
			work().stream.tryEmitError(new IllegalStateException("Not today")).orThrow();
			assertThat(answer.join().statusCode()).isEqualTo(500);
			assertThat(server().calls().all()).hasSize(i);
		}
	}

	@Test
	void whenTheContainerLosesPatienceThenTheDeliveryDoesNotRunBesideItself() {
		HttpRequest request = server().signed("/impatient", WebhookServer.event()).build();
		assertThat(server().send(request).statusCode()).isEqualTo(503);
		// Whoever was to answer may still be at work.
		assertInProgress(request);
		assertThat(server().calls().all()).containsExactly("/impatient");
		endClaims();
		HttpRequest again = server().signed("/impatient", WebhookServer.event()).build();
		assertThat(server().send(again).statusCode()).isEqualTo(503);
		assertThat(server().calls().all()).hasSize(2);
	}

	@RestController
	static class Handlers {

		private final Work work;

		Handlers(Work work) {
			this.work = work;
		}

		@VendoWebhookMapping("/flux")
		Flux<String> flux() {
			return this.work.of("/flux");
		}

		@VendoWebhookMapping("/emitter")
		SseEmitter emitter() {
			SseEmitter emitter = new SseEmitter();
			this.work.of("/emitter")
				.subscribe((data) -> send(emitter, data), emitter::completeWithError, emitter::complete);
			return emitter;
		}

		@VendoWebhookMapping("/mono")
		Mono<String> mono() {
			return this.work.of("/mono").next();
		}

		@VendoWebhookMapping("/impatient")
		DeferredResult<String> impatient() {
			this.work.of("/impatient");
			return new DeferredResult<>(1L);
		}

	}

	private static void send(SseEmitter emitter, String data) {
		try {
			emitter.send(data);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Routes {

		@Bean
		RouterFunction<ServerResponse> routes(VendoWebhookFilterFunctions webhooks, Work work) {
			return RouterFunctions.route()
				.POST("/function-flux", (request) -> ServerResponse.ok().body(work.of("/function-flux")))
				.POST("/function-mono", (request) -> ServerResponse.ok().body(work.of("/function-mono").next()))
				.POST("/function-future",
						(request) -> ServerResponse.ok().body(work.of("/function-future").next().toFuture()))
				.POST("/function-async",
						(request) -> ServerResponse
							.async(work.of("/function-async").next().map((data) -> ServerResponse.ok().body(data))))
				.POST("/function-events",
						(request) -> ServerResponse.sse((events) -> work.of("/function-events")
							.subscribe((data) -> send(events, data), events::error, events::complete)))
				.filter(webhooks.verify())
				.build();
		}

		private static void send(ServerResponse.SseBuilder events, String data) {
			try {
				events.send(data);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
