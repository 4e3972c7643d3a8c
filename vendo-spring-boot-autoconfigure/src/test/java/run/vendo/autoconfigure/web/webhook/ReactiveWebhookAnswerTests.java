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

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a delivery whose answer nobody writes, in Spring WebFlux: nobody waits
 * for the end of its claim.
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

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheAnswerIsReplacedByASuccessThenItIsHandled(boolean rebuilt) {
		run((application) -> {
			application.routes.rebuilding = rebuilt;
			application.routes.replacement = HttpStatus.ACCEPTED;
			assertThat(application.answer(1)).isEqualTo(HttpStatus.ACCEPTED);
			application.routes.replacement = null;
			assertThat(application.answer(1)).isEqualTo(HttpStatus.OK);
			assertThat(application.routes.calls).hasValue(1);
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheAnswerIsReplacedByAFailureThenItMayComeAgain(boolean rebuilt) {
		run((application) -> {
			application.routes.rebuilding = rebuilt;
			application.routes.replacement = HttpStatus.BAD_GATEWAY;
			assertThat(application.answer(1)).isEqualTo(HttpStatus.BAD_GATEWAY);
			application.routes.replacement = null;
			assertThat(application.answer(1)).isEqualTo(HttpStatus.OK);
			assertThat(application.routes.calls).hasValue(2);
		});
	}

	@Test
	void whenAFilterIsBusyWithTheAnswerAndTheSenderGoesAwayThenItMayComeAgain() {
		run((application) -> {
			application.routes.busy = Mono.never();
			Disposable request = application.send(1).subscribe();
			assertThat(application.routes.calls).hasValue(1);
			request.dispose();
			application.routes.busy = Mono.empty();
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

		private volatile boolean rebuilding;

		private volatile @Nullable HttpStatus replacement;

		private volatile Mono<Void> busy = Mono.empty();

		@Bean
		RouterFunction<ServerResponse> route(ReactiveVendoWebhookFilterFunctions webhooks) {
			return RouterFunctions.route()
				.POST("/hook", (request) -> handle())
				.before((request) -> this.rebuilding
						? ServerRequest.from(request).body(request.exchange().getRequest().getBody()).build() : request)
				.filter((request, next) -> next.handle(request).flatMap(this::replace))
				.filter(webhooks.verify())
				.build();
		}

		private Mono<ServerResponse> replace(ServerResponse response) {
			HttpStatus replacement = this.replacement;
			return (replacement != null) ? ServerResponse.status(replacement).build()
					: Mono.just(new BusyResponse(response, this.busy));
		}

		private Mono<ServerResponse> handle() {
			this.calls.incrementAndGet();
			return this.work.flatMap((text) -> ServerResponse.ok().build());
		}

	}

	/**
	 * A response before which something else is done.
	 *
	 * @param response the response
	 * @param before what is done before it
	 */
	private record BusyResponse(ServerResponse response, Mono<Void> before) implements ServerResponse {

		@Override
		public HttpStatusCode statusCode() {
			return this.response.statusCode();
		}

		@Override
		public HttpHeaders headers() {
			return this.response.headers();
		}

		@Override
		public MultiValueMap<String, ResponseCookie> cookies() {
			return this.response.cookies();
		}

		@Override
		public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
			return this.before.then(this.response.writeTo(exchange, context));
		}

	}

}
