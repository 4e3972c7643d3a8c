package run.vendo.autoconfigure.web.webhook;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.VendoClientCustomizer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a delivery whose answer nobody writes, in Spring WebFlux: it may come
 * again at once.
 */
@Timeout(120)
class ReactiveWebhookAnswerTests {

	private static final String SECRET = "whsec_example_0123456789";

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-05-20T12:00:00Z"), ZoneOffset.UTC);

	private static final String TIMESTAMP = String.valueOf(CLOCK.instant().getEpochSecond());

	private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class, VendoWebhookAutoConfiguration.class,
				WebFluxAutoConfiguration.class, HttpHandlerAutoConfiguration.class))
		.withUserConfiguration(Routes.class)
		.withBean(Clock.class, () -> CLOCK)
		.withBean(VendoClientCustomizer.class, () -> (builder) -> builder.clock(CLOCK))
		.withPropertyValues("vendo.webhook.secret=" + SECRET);

	@Test
	void whenTheSenderGoesAwayTheMomentThatTheAnswerIsThere() {
		run((application) -> {
			ExecutorService sender = Executors.newSingleThreadExecutor();
			try {
				for (int i = 0; i < 10_000; i++) {
					Sinks.One<String> work = Sinks.one();
					application.routes.work = work.asMono();
					Disposable request = application.send(i).subscribe();
					CyclicBarrier now = new CyclicBarrier(2);
					Future<?> left = sender.submit(() -> {
						now.await();
						request.dispose();
						return null;
					});
					now.await();
					work.tryEmitValue("done").orThrow();
					left.get(30, TimeUnit.SECONDS);
					assertThat(application.answer(i)).as("delivery %d, sent again", i).isEqualTo(HttpStatus.OK);
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				sender.shutdownNow();
			}
		});
	}

	@Test
	void whenTheAnswerIsReplaced() {
		run((application) -> {
			application.routes.replacing = true;
			assertThat(application.answer(1)).isEqualTo(HttpStatus.ACCEPTED);
			application.routes.replacing = false;
			assertThat(application.answer(1)).isEqualTo(HttpStatus.OK);
			assertThat(application.routes.calls).hasValue(2);
		});
	}

	@Test
	void whenTheAnswerIsWrittenThenItIsHandled() {
		run((application) -> {
			assertThat(application.answer(1)).isEqualTo(HttpStatus.OK);
			assertThat(application.answer(1)).isEqualTo(HttpStatus.OK);
			assertThat(application.routes.calls).hasValue(1);
		});
	}

	private void run(Consumer<Application> test) {
		this.runner.run((context) -> test
			.accept(new Application(context.getBean(HttpHandler.class), context.getBean(Routes.class))));
	}

	/**
	 * An application without a server.
	 *
	 * @param handler takes its requests
	 * @param routes what it does
	 */
	private record Application(HttpHandler handler, Routes routes) {

		HttpStatus answer(int id) {
			MockServerHttpResponse response = new MockServerHttpResponse();
			send(id, response).block();
			return HttpStatus.valueOf(response.getStatusCode().value());
		}

		Mono<Void> send(int id) {
			return send(id, new MockServerHttpResponse());
		}

		private Mono<Void> send(int id, MockServerHttpResponse response) {
			String body = "{\"id\":\"%d\",\"data\":{}}".formatted(id);
			return this.handler.handle(MockServerHttpRequest.post("/hook")
				.header("Vendo-Timestamp", TIMESTAMP)
				.header("Vendo-Signature", WebhookServer.sign(SECRET, TIMESTAMP, body.getBytes(StandardCharsets.UTF_8)))
				.body(body), response);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routes {

		private final AtomicInteger calls = new AtomicInteger();

		private volatile Mono<String> work = Mono.just("done");

		private volatile boolean replacing;

		@Bean
		RouterFunction<ServerResponse> route(ReactiveVendoWebhookFilterFunctions webhooks) {
			return RouterFunctions.route()
				.POST("/hook", (request) -> handle())
				.filter((request, next) -> this.replacing ? next.handle(request).then(ServerResponse.accepted().build())
						: next.handle(request))
				.filter(webhooks.verify())
				.build();
		}

		private Mono<ServerResponse> handle() {
			this.calls.incrementAndGet();
			return this.work.flatMap((text) -> ServerResponse.ok().build());
		}

	}

}
