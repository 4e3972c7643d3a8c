package run.vendo.autoconfigure.web.webhook;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;
import run.vendo.fixture.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A delivery is handled when all of the work is done, and not before: its claim lasts as
 * long as somebody is at work.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractWebhookLifetimeTests {

	private final WebhookServer server;

	private final List<String> streams;

	/**
	 * Create the tests.
	 * @param stack the stack
	 * @param properties of the application
	 * @param streams paths of handlers that answer with {@link Work#stream}
	 * @param sources the handlers
	 */
	AbstractWebhookLifetimeTests(Stack stack, List<String> properties, List<String> streams, Class<?>... sources) {
		this.server = WebhookServer.start(stack, properties,
				Stream.concat(Stream.of(Work.class), Stream.of(sources)).toArray(Class<?>[]::new));
		this.streams = streams;
	}

	WebhookServer server() {
		return this.server;
	}

	Work work() {
		return this.server.bean(Work.class);
	}

	Stream<String> streams() {
		return this.streams.stream();
	}

	@BeforeEach
	void clear() {
		this.server.calls().clear();
		work().begin();
	}

	@AfterAll
	void close() {
		this.server.close();
	}

	@ParameterizedTest
	@MethodSource("streams")
	void whileAStreamGoesOnThenItsDeliveryIsNotHandledYet(String path) {
		HttpRequest request = this.server.signed(path, WebhookServer.event()).build();
		CompletableFuture<HttpResponse<String>> first = this.server.client()
			.sendAsync(request, HttpResponse.BodyHandlers.ofString());
		awaitWork();
		work().stream.tryEmitNext("one").orThrow();
		assertInProgress(request);
		work().stream.tryEmitNext("two").orThrow();
		work().stream.tryEmitComplete().orThrow();
		assertThat(first.join().statusCode()).isEqualTo(200);
		assertThat(first.join().body()).contains("one").contains("two");
		assertHandled(request);
		assertThat(this.server.calls().all()).containsExactly(path);
	}

	@ParameterizedTest
	@MethodSource("streams")
	void whenAStreamFailsAfterItsFirstElementThenItsDeliveryRunsWhenItComesAgain(String path) {
		HttpRequest request = this.server.signed(path, WebhookServer.event()).build();
		for (int i = 1; i <= 2; i++) {
			work().begin();
			CompletableFuture<HttpResponse<String>> answer = this.server.client()
				.sendAsync(request, HttpResponse.BodyHandlers.ofString());
			awaitWork();
			work().stream.tryEmitNext("one").orThrow();
			work().stream.tryEmitError(new IllegalStateException("Not today")).orThrow();
			assertThat(answer.join().statusCode()).isEqualTo(500);
			assertThat(this.server.calls().all()).hasSize(i);
		}
	}

	void awaitWork() {
		Conditions.await(() -> work().stream.currentSubscriberCount() == 1);
	}

	void assertInProgress(HttpRequest request) {
		HttpResponse<String> answer = this.server.send(request);
		assertThat(answer.statusCode()).isEqualTo(503);
		assertThat(answer.body()).contains("\"reason\":\"in-progress\"");
	}

	void assertHandled(HttpRequest request) {
		HttpResponse<String> answer = this.server.send(request);
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isEmpty();
	}

	void endClaims() {
		this.server.clock().advance(Duration.ofMinutes(5));
	}

	/**
	 * What handlers do until a test says that it is done.
	 */
	static final class Work {

		private final Calls calls;

		volatile Sinks.Many<String> stream = Sinks.many().unicast().onBackpressureBuffer();

		Work(Calls calls) {
			this.calls = calls;
		}

		void begin() {
			this.stream = Sinks.many().unicast().onBackpressureBuffer();
		}

		Flux<String> of(String path) {
			this.calls.add(path);
			return this.stream.asFlux();
		}

	}

}
