package run.vendo.autoconfigure.web.webhook;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;
import run.vendo.fixture.MutableClock;
import run.vendo.webhook.WebhookEvent;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a handler that takes webhooks can rely on, over a real server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractWebhookTests {

	private static final String OLD_SECRET = "whsec_old";

	private static final int LIMIT = 1024 * 1024;

	private final Stack stack;

	private final WebhookServer server;

	AbstractWebhookTests(Stack stack) {
		this.stack = stack;
		this.server = WebhookServer.start(stack,
				List.of("vendo.webhook.secrets=" + OLD_SECRET, "acme.webhook-secret=whsec_acme"),
				SharedHandlers.Annotated.class, Handlers.class, Metrics.class);
	}

	@BeforeEach
	void reset() {
		this.server.calls().clear();
		this.server.bean(Handlers.class).behaviour = () -> ResponseEntity.ok("ok");
	}

	@AfterAll
	void close() {
		this.server.close();
	}

	@Test
	void whenADeliveryComesAgainThenItIsAnsweredWithoutTheHandler() {
		String event = WebhookServer.event();
		assertThat(this.server.deliver("/hook", event).statusCode()).isEqualTo(200);
		this.server.clock().advance(Duration.ofSeconds(30));
		HttpResponse<String> again = this.server.deliver("/hook", event);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEmpty();
		assertThat(this.server.calls().all()).hasSize(1);
	}

	@Test
	void whenTheEventIdHeaderChangesThenADeliveryIsTheSame() {
		String event = WebhookServer.event();
		for (int i = 0; i < 3; i++) {
			this.server.send(this.server.signed("/hook", event).header("Vendo-Event-Id", "evt_other_" + i).build());
		}
		assertThat(this.server.calls().all()).hasSize(1);
	}

	@Test
	void whenTheEventHasNoIdThenItIsToldByAllThatIsSigned() {
		String event = "{\"type\":\"billing.balance_low\",\"data\":{}}";
		this.server.deliver("/hook", event);
		this.server.deliver("/hook", event);
		assertThat(this.server.calls().all()).hasSize(1);
		this.server.clock().advance(Duration.ofSeconds(1));
		this.server.deliver("/hook", event);
		assertThat(this.server.calls().all()).hasSize(2);
	}

	@Test
	void whenADeliveryIsSentToOtherPathsOfItsHandlerThenItIsTheSame() {
		HttpRequest captured = this.server.signed("/shared/tenants/mine/hook", WebhookServer.event()).build();
		assertThat(this.server.send(captured).statusCode()).isEqualTo(200);
		for (String path : List.of("/shared/tenants/yours/hook", "/shared/tenants/mine;a=b/hook",
				"/shared/tenants/%6dine/hook", "/shared/tenants/mine/hook?a=b")) {
			HttpRequest replayed = HttpRequest.newBuilder(captured, (name, value) -> true)
				.uri(this.server.uri(path))
				.build();
			HttpResponse<String> answer = this.server.send(replayed);
			assertThat(answer.statusCode()).as(path).isIn(200, 400);
			assertThat(this.server.calls().all()).as(path).containsExactly("mine");
		}
	}

	@Test
	void whenTwoHandlersTakeAnEventThenEachHandlesIt() {
		String event = WebhookServer.event();
		this.server.deliver("/hook", event);
		this.server.deliver("/shared/nothing", event);
		assertThat(this.server.calls().all()).hasSize(2);
	}

	@Test
	void whenTheHandlerFailsThenTheDeliveryRunsWhenItComesAgain() {
		String event = WebhookServer.event();
		Handlers handlers = this.server.bean(Handlers.class);
		handlers.behaviour = () -> {
			throw new IllegalStateException("Not today");
		};
		assertThat(this.server.deliver("/hook", event).statusCode()).isEqualTo(500);
		handlers.behaviour = () -> ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).build();
		assertThat(this.server.deliver("/hook", event).statusCode()).isEqualTo(503);
		assertThat(this.server.deliver("/future-failure", event).statusCode()).isEqualTo(500);
		assertThat(this.server.deliver("/future-failure", event).statusCode()).isEqualTo(500);
		handlers.behaviour = () -> ResponseEntity.ok("ok");
		assertThat(this.server.deliver("/hook", event).body()).isEqualTo("ok");
		assertThat(this.server.deliver("/hook", event).body()).isEmpty();
		assertThat(this.server.calls().all()).containsExactly("hook", "hook", "future", "future", "hook");
	}

	@Test
	void whenTheDataIsNotWhatTheHandlerTakesThenItIsNotCalledAndTheDeliveryMayComeAgain() {
		String event = "{\"id\":\"%s\",\"data\":\"text\"}".formatted(WebhookServer.newId());
		for (int i = 0; i < 2; i++) {
			assertThat(this.server.deliver("/shared/typed-event", event).statusCode()).isEqualTo(400);
		}
		assertThat(this.server.calls().all()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/hook", "/future" })
	void whenFiftyThreadsDeliverOneEventThenTheHandlerRunsOnce(String path) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(50);
		try {
			for (int round = 0; round < 5; round++) {
				this.server.calls().clear();
				HttpRequest request = this.server.signed(path, WebhookServer.event()).build();
				CountDownLatch start = new CountDownLatch(1);
				List<Future<Integer>> answers = new ArrayList<>();
				for (int i = 0; i < 50; i++) {
					answers.add(threads.submit(() -> {
						start.await();
						return this.server.send(request).statusCode();
					}));
				}
				start.countDown();
				List<Integer> statuses = new ArrayList<>();
				for (Future<Integer> answer : answers) {
					statuses.add(answer.get(60, TimeUnit.SECONDS));
				}
				assertThat(this.server.calls().all()).hasSize(1);
				assertThat(statuses).contains(200).isSubsetOf(200, 503);
				assertThat(this.server.send(request).statusCode()).isEqualTo(200);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whileADeliveryIsHandledThenItsRepetitionIsToldToComeAgain() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		this.server.bean(Handlers.class).behaviour = () -> {
			entered.countDown();
			await(leave);
			throw new IllegalStateException("After all this time");
		};
		HttpRequest request = this.server.signed("/waiting", WebhookServer.event()).build();
		CompletableFuture<HttpResponse<String>> first = this.server.client()
			.sendAsync(request, HttpResponse.BodyHandlers.ofString());
		assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
		HttpResponse<String> second = this.server.send(request);
		assertThat(second.statusCode()).isEqualTo(503);
		assertThat(second.headers().firstValue("Retry-After")).hasValue("5");
		leave.countDown();
		assertThat(first.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(500);
		this.server.bean(Handlers.class).behaviour = () -> ResponseEntity.ok("ok");
		assertThat(this.server.send(request).body()).isEqualTo("ok");
	}

	@Test
	void whenTheBodyIsTooLargeThenItIsRefusedWhetherItsLengthIsKnownOrNot() {
		byte[] tooLarge = event(LIMIT + 1);
		byte[] largest = event(LIMIT);
		// Whoever still sends may not see an answer with which the connection ends.
		try (WebhookServer other = WebhookServer.start(this.stack, List.of("server.netty.max-keep-alive-requests=-1"),
				SharedHandlers.Annotated.class)) {
			HttpResponse<String> known = other.send(other.signed("/shared/event", tooLarge).build());
			HttpResponse<String> unknown = other.send(other.signed("/shared/event", tooLarge)
				.POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(tooLarge)))
				.build());
			assertThat(List.of(known, unknown)).allSatisfy((response) -> {
				assertThat(response.statusCode()).isEqualTo(413);
				assertThat(response.body()).contains("\"reason\":\"too-large\"");
			});
			assertThat(other.calls().all()).isEmpty();
			assertThat(other.send(other.signed("/shared/event", largest).build()).statusCode()).isEqualTo(200);
		}
	}

	@Test
	void whenTheBodyIsCompressedThenItIsVerifiedAsReceivedAndReadInPlain() {
		for (String coding : List.of("gzip", "x-gzip", "deflate", "GZIP")) {
			String event = WebhookServer.event();
			HttpResponse<String> response = this.server
				.send(this.server.signed("/shared/bytes", compressed(coding, bytes(event)))
					.header("Content-Encoding", coding)
					.build());
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(this.server.calls().all()).containsExactly(event);
			this.server.calls().clear();
		}
	}

	@Test
	void whenThePlainTextOfACompressedBodyIsSignedThenItIsRefused() {
		byte[] event = bytes(WebhookServer.event());
		HttpRequest request = this.server.signed("/shared/bytes", event)
			.header("Content-Encoding", "gzip")
			.POST(HttpRequest.BodyPublishers.ofByteArray(compressed("gzip", event)))
			.build();
		assertThat(this.server.send(request).body()).contains("mismatch");
		assertThat(this.server.calls().all()).isEmpty();
	}

	@Test
	void whenASmallBodyInflatesToALargeOneThenItIsRefused() {
		byte[] bomb = compressed("gzip", event(64 * LIMIT));
		assertThat(bomb).hasSizeLessThan(LIMIT / 8);
		HttpResponse<String> response = this.server
			.send(this.server.signed("/hook", bomb).header("Content-Encoding", "gzip").build());
		assertThat(response.statusCode()).isEqualTo(413);
		assertThat(this.server.calls().all()).isEmpty();
	}

	@Test
	void whenTheContentEncodingIsUnknownThenItIsRefusedWithThoseThatAreKnown() {
		for (String coding : List.of("br", "gzip, gzip", "identity, gzip")) {
			HttpResponse<String> response = this.server
				.send(this.server.signed("/hook", WebhookServer.event()).header("Content-Encoding", coding).build());
			assertThat(response.statusCode()).isEqualTo(415);
			assertThat(response.headers().firstValue("Accept-Encoding")).hasValue("gzip, deflate");
		}
		assertThat(this.server.calls().all()).isEmpty();
	}

	@Test
	void whenTheBodyIsNotInItsContentEncodingThenItIsRefused() {
		HttpResponse<String> response = this.server
			.send(this.server.signed("/hook", WebhookServer.event()).header("Content-Encoding", "gzip").build());
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("\"reason\":\"bad-encoding\"");
	}

	@Test
	void whenTheClockIsWrongThenTheAnswerTellsByHowMuch() {
		byte[] event = bytes(WebhookServer.event());
		String timestamp = String.valueOf(this.server.clock().instant().getEpochSecond() - 600);
		HttpResponse<String> response = this.server.send(HttpRequest.newBuilder(this.server.uri("/hook"))
			.header("Vendo-Timestamp", timestamp)
			.header("Vendo-Signature", WebhookServer.sign(WebhookServer.SECRET, timestamp, event))
			.POST(HttpRequest.BodyPublishers.ofByteArray(event))
			.build());
		assertThat(response.body()).isEqualTo("{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,"
				+ "\"detail\":\"The delivery was signed 600 s ago, more than the 300 s allowed\",\"reason\":\"stale\"}");
	}

	@Test
	void whenTheSignatureIsWrongThenNothingIsToldOfTheRightOne() {
		HttpRequest.Builder request = this.server.signed("/hook", "whsec_guess", bytes(WebhookServer.event()));
		HttpResponse<String> response = this.server.send(request.build());
		assertThat(response.body()).contains("mismatch").doesNotContain("whsec");
		assertThat(response.body()).doesNotContainPattern("[0-9a-f]{16}");
	}

	@Test
	void whenASecretIsBeingReplacedThenBothAreGoodAndCounted() {
		double before = count("handled", "none", "1");
		HttpResponse<String> response = this.server
			.send(this.server.signed("/hook", OLD_SECRET, bytes(WebhookServer.event())).build());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(count("handled", "none", "1")).isEqualTo(before + 1);
	}

	@Test
	void whenAHandlerNamesItsSecretThenOnlyThatIsGood() {
		for (String path : List.of("/acme", "/bean")) {
			String secret = path.equals("/acme") ? "whsec_acme" : "whsec_bean";
			assertThat(this.server.deliver(path, WebhookServer.event()).statusCode()).isEqualTo(400);
			assertThat(this.server.send(this.server.signed(path, secret, bytes(WebhookServer.event())).build())
				.statusCode()).isEqualTo(200);
		}
		assertThat(this.server.send(this.server.signed("/bean", "null", bytes(WebhookServer.event())).build())
			.statusCode()).isEqualTo(400);
		assertThat(this.server.calls().all()).containsExactly("acme", "bean");
	}

	@Test
	void whenAHandlerNamesAMaximumAgeThenThatApplies() {
		byte[] event = bytes(WebhookServer.event());
		String timestamp = String.valueOf(this.server.clock().instant().getEpochSecond() - 20);
		HttpResponse<String> response = this.server.send(HttpRequest.newBuilder(this.server.uri("/impatient"))
			.header("Vendo-Timestamp", timestamp)
			.header("Vendo-Signature", WebhookServer.sign(WebhookServer.SECRET, timestamp, event))
			.POST(HttpRequest.BodyPublishers.ofByteArray(event))
			.build());
		assertThat(response.body()).contains("more than the 10 s allowed");
		assertThat(this.server.deliver("/impatient", WebhookServer.event()).statusCode()).isEqualTo(200);
	}

	@Test
	void whenADeliveryIsDecidedOnThenItIsCountedByOutcomeAndReason() {
		double rejected = count("rejected", "mismatch", "none");
		double duplicate = count("duplicate", "none", "0");
		double failed = count("failed", "none", "0");
		String event = WebhookServer.event();
		this.server.deliver("/hook", event);
		this.server.deliver("/hook", event);
		this.server.send(this.server.signed("/hook", "whsec_guess", bytes(event)).build());
		this.server.bean(Handlers.class).behaviour = () -> ResponseEntity.internalServerError().build();
		this.server.deliver("/hook", WebhookServer.event());
		assertThat(count("rejected", "mismatch", "none")).isEqualTo(rejected + 1);
		assertThat(count("duplicate", "none", "0")).isEqualTo(duplicate + 1);
		assertThat(count("failed", "none", "0")).isEqualTo(failed + 1);
	}

	@Test
	void whenDeduplicationIsOffThenEveryDeliveryIsHandled() {
		try (WebhookServer other = WebhookServer.start(this.stack, List.of("vendo.webhook.deduplication.enabled=false"),
				SharedHandlers.Annotated.class)) {
			String event = WebhookServer.event();
			other.deliver("/shared/nothing", event);
			other.deliver("/shared/nothing", event);
			assertThat(other.calls().all()).hasSize(2);
		}
	}

	@Test
	void whenTheApplicationHasAStoreThenThatIsAskedAndNothingRunsWhenItFails() {
		try (WebhookServer other = WebhookServer.start(this.stack, List.of("vendo.webhook.max-body-size=200B"),
				SharedHandlers.Annotated.class, BrokenStore.class)) {
			HttpResponse<String> response = other.deliver("/shared/nothing", WebhookServer.event());
			assertThat(response.statusCode()).isEqualTo(503);
			assertThat(response.body()).contains("store-unavailable").doesNotContain("Gone fishing");
			assertThat(other.calls().all()).isEmpty();
			assertThat(other.send(other.signed("/shared/nothing", event(201)).build()).statusCode()).isEqualTo(413);
		}
	}

	@Test
	void whenTheStoreIsSharedThenTwoInstancesHandleADeliveryOnce() {
		SharedStore.store = new InMemoryWebhookDeliveryStore(100, new MutableClock());
		try (WebhookServer one = WebhookServer.start(this.stack, List.of(), SharedHandlers.Annotated.class,
				SharedStore.class);
				WebhookServer two = WebhookServer.start(this.stack, List.of(), SharedHandlers.Annotated.class,
						SharedStore.class)) {
			String event = WebhookServer.event();
			assertThat(one.deliver("/shared/future", event).statusCode()).isEqualTo(200);
			assertThat(two.deliver("/shared/future", event).statusCode()).isEqualTo(200);
			assertThat(one.calls().all()).hasSize(1);
			assertThat(two.calls().all()).isEmpty();
		}
	}

	private double count(String outcome, String reason, String secret) {
		return this.server.bean(MeterRegistry.class)
			.find("vendo.webhook.deliveries")
			.tags("outcome", outcome, "reason", reason, "secret", secret)
			.counters()
			.stream()
			.mapToDouble((counter) -> counter.count())
			.sum();
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] event(int size) {
		String event = "{\"id\":\"%s\",\"data\":\"".formatted(WebhookServer.newId());
		return bytes(event + "x".repeat(size - event.length() - 2) + "\"}");
	}

	private static byte[] compressed(String coding, byte[] body) {
		try {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			boolean gzip = coding.toLowerCase(Locale.ROOT).endsWith("gzip");
			try (OutputStream out = gzip ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
				out.write(body);
			}
			return bytes.toByteArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What a handler does when it is called.
	 */
	interface Behaviour {

		ResponseEntity<String> run();

	}

	@RestController
	static class Handlers {

		private static final AtomicInteger NUMBER = new AtomicInteger();

		private final Calls calls;

		volatile Behaviour behaviour = () -> ResponseEntity.ok("ok");

		Handlers(Calls calls) {
			this.calls = calls;
		}

		@VendoWebhookMapping("/hook")
		ResponseEntity<String> hook(@RequestBody byte[] body) {
			this.calls.add("hook");
			return this.behaviour.run();
		}

		@VendoWebhookMapping("/future")
		CompletableFuture<ResponseEntity<String>> future() {
			return CompletableFuture.supplyAsync(() -> {
				this.calls.add("future");
				return this.behaviour.run();
			});
		}

		@VendoWebhookMapping("/future-failure")
		CompletableFuture<String> futureFailure() {
			this.calls.add("future");
			return CompletableFuture
				.failedFuture(new IllegalStateException("Not today either " + NUMBER.incrementAndGet()));
		}

		// Waits on a thread of its own: an event loop has other things to do.
		@VendoWebhookMapping("/waiting")
		CompletableFuture<ResponseEntity<String>> waiting(WebhookEvent<?> event) {
			return CompletableFuture.supplyAsync(() -> this.behaviour.run());
		}

		@VendoWebhookMapping(path = "/acme", secret = "acme.webhook-secret")
		void acme() {
			this.calls.add("acme");
		}

		@VendoWebhookMapping(path = "/bean", secret = "hookSecret")
		void bean(@RequestHeader("Vendo-Signature") String signature) {
			this.calls.add("bean");
		}

		@VendoWebhookMapping(path = "/impatient", maxAge = "${acme.max-age:10s}")
		void impatient() {
		}

		@Configuration(proxyBeanMethods = false)
		static class Secrets {

			@Bean
			List<@Nullable String> hookSecret() {
				// As it is when one of two properties is not set.
				return Arrays.asList(null, "whsec_bean");
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Metrics {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BrokenStore {

		@Bean
		WebhookDeliveryStore brokenStore() {
			return new WebhookDeliveryStore() {

				@Override
				public Claim claim(String key, String owner, Duration lease) {
					throw new IllegalStateException("Gone fishing");
				}

				@Override
				public void confirm(String key, String owner, Duration retention) {
				}

				@Override
				public void release(String key, String owner) {
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SharedStore {

		private static volatile WebhookDeliveryStore store = new InMemoryWebhookDeliveryStore(1, new MutableClock());

		// Not the type that is known never to wait.
		@Bean
		WebhookDeliveryStore sharedStore() {
			WebhookDeliveryStore shared = store;
			return new WebhookDeliveryStore() {

				@Override
				public Claim claim(String key, String owner, Duration lease) {
					return shared.claim(key, owner, lease);
				}

				@Override
				public void confirm(String key, String owner, Duration retention) {
					shared.confirm(key, owner, retention);
				}

				@Override
				public void release(String key, String owner) {
					shared.release(key, owner);
				}

			};
		}

	}

}
