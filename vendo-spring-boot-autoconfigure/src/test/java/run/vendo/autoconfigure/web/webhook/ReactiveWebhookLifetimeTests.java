package run.vendo.autoconfigure.web.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import run.vendo.fixture.Conditions;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link AbstractWebhookLifetimeTests} in Spring WebFlux, and what becomes of the work
 * when its sender goes away.
 */
class ReactiveWebhookLifetimeTests extends AbstractWebhookLifetimeTests {

	ReactiveWebhookLifetimeTests() {
		super(Stack.REACTIVE, List.of(), List.of("/flux", "/events", "/function"), Handlers.class, Routes.class,
				Impatience.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/flux", "/mono", "/function" })
	void whenTheSenderGoesAwayThenTheWorkGoesOnAndIsNotDoneTwice(String path) throws Exception {
		HttpRequest request = server().signed(path, WebhookServer.event()).build();
		leave(request);
		assertInProgress(request);
		work().stream.tryEmitNext("one").orThrow();
		assertInProgress(request);
		work().stream.tryEmitComplete().orThrow();
		Conditions.await(() -> server().send(request).statusCode() == 200);
		assertHandled(request);
		assertThat(server().calls().all()).containsExactly(path);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/flux", "/mono", "/function" })
	void whenTheSenderGoesAwayAndTheWorkFailsThenItIsDoneWhenTheDeliveryComesAgain(String path) throws Exception {
		HttpRequest request = server().signed(path, WebhookServer.event()).build();
		leave(request);
		assertInProgress(request);
		Sinks.Many<String> first = work().stream;
		work().begin();
		work().stream.tryEmitNext("done").orThrow();
		work().stream.tryEmitComplete().orThrow();
		first.tryEmitError(new IllegalStateException("Not today")).orThrow();
		Conditions.await(() -> server().send(request).statusCode() == 200);
		assertThat(server().calls().all()).containsExactly(path, path);
	}

	@Test
	void whenTheSenderGoesAwayBeforeAFunctionHasAnsweredThenItIsCalledAgainOnceItHas() throws Exception {
		HttpRequest request = server().signed("/function-later", WebhookServer.event()).build();
		leave(request);
		assertInProgress(request);
		Sinks.Many<String> first = work().stream;
		work().begin();
		work().stream.tryEmitNext("done").orThrow();
		work().stream.tryEmitComplete().orThrow();
		// Whether its answer would have been a success is known when it is written.
		first.tryEmitComplete().orThrow();
		Conditions.await(() -> server().send(request).statusCode() == 200);
		assertThat(server().calls().all()).containsExactly("/function-later", "/function-later");
	}

	@Test
	void whenAFilterLosesPatienceThenTheClaimLastsAsLongAsTheWork() {
		HttpRequest request = server().signed("/mono", WebhookServer.event()).header("X-Impatient", "yes").build();
		CompletableFuture<HttpResponse<String>> first = server().client()
			.sendAsync(request, HttpResponse.BodyHandlers.ofString());
		awaitWork();
		server().bean(Impatience.class).lost.tryEmitEmpty().orThrow();
		assertThat(first.join().statusCode()).isEqualTo(504);
		HttpRequest again = HttpRequest.newBuilder(request, (name, value) -> !name.equals("X-Impatient")).build();
		assertInProgress(again);
		assertThat(server().calls().all()).containsExactly("/mono");
		work().stream.tryEmitNext("done").orThrow();
		work().stream.tryEmitComplete().orThrow();
		// The sender was told of a failure, so it may deliver again.
		work().begin();
		work().stream.tryEmitComplete().orThrow();
		Conditions.await(() -> server().send(again).statusCode() == 200);
		assertThat(server().calls().all()).containsExactly("/mono", "/mono");
	}

	/**
	 * Send a request, and be gone once its handler is at work.
	 */
	private void leave(HttpRequest request) throws Exception {
		Semaphore left = server().bean(Impatience.class).left;
		left.drainPermits();
		StringBuilder head = new StringBuilder(
				"POST " + request.uri().getPath() + " HTTP/1.1\r\nHost: x\r\nX-Leaves: yes\r\n");
		request.headers().map().forEach((name, values) -> head.append(name + ": " + values.get(0) + "\r\n"));
		byte[] body = body(request);
		head.append("Content-Length: " + body.length + "\r\n\r\n");
		try (Socket socket = new Socket("127.0.0.1", request.uri().getPort())) {
			socket.setSoLinger(true, 0);
			socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.US_ASCII));
			socket.getOutputStream().write(body);
			awaitWork();
		}
		assertThat(left.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
	}

	private static byte[] body(HttpRequest request) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		CompletableFuture<Void> done = new CompletableFuture<>();
		request.bodyPublisher().orElseThrow().subscribe(new Flow.Subscriber<>() {

			@Override
			public void onSubscribe(Flow.Subscription subscription) {
				subscription.request(Long.MAX_VALUE);
			}

			@Override
			public void onNext(ByteBuffer item) {
				while (item.hasRemaining()) {
					bytes.write(item.get());
				}
			}

			@Override
			public void onError(Throwable failure) {
				done.completeExceptionally(failure);
			}

			@Override
			public void onComplete() {
				done.complete(null);
			}

		});
		done.join();
		return bytes.toByteArray();
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

		@VendoWebhook
		@PostMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> events() {
			return this.work.of("/events");
		}

		@VendoWebhookMapping("/mono")
		Mono<Void> mono() {
			return this.work.of("/mono").then();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routes {

		@Bean
		RouterFunction<ServerResponse> routes(ReactiveVendoWebhookFilterFunctions webhooks, Work work) {
			return RouterFunctions.route()
				.POST("/function",
						(request) -> ServerResponse.ok().body(Flux.defer(() -> work.of("/function")), String.class))
				.POST("/function-later", (request) -> work.of("/function-later").then(ServerResponse.ok().build()))
				.filter(webhooks.verify())
				.build();
		}

	}

	/**
	 * Sees senders go away, and gives up on requests that ask for it.
	 */
	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class Impatience implements WebFilter {

		final Sinks.Empty<Void> lost = Sinks.empty();

		final Semaphore left = new Semaphore(0);

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			Mono<Void> work = chain.filter(exchange);
			if (exchange.getRequest().getHeaders().containsHeader("X-Leaves")) {
				// Not before all beneath has been told.
				return work.doFinally((signal) -> this.left.release());
			}
			if (!exchange.getRequest().getHeaders().containsHeader("X-Impatient")) {
				return work;
			}
			Mono<Void> giveUp = this.lost.asMono().then(Mono.defer(() -> {
				exchange.getResponse().setStatusCode(HttpStatus.GATEWAY_TIMEOUT);
				return exchange.getResponse().setComplete();
			}));
			return Mono.firstWithSignal(work, giveUp);
		}

	}

}
