package run.vendo.token;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.error.ServerException;
import run.vendo.error.TransportException;
import run.vendo.error.VendoException;
import run.vendo.fixture.Callers;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.TokenWorker;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for callers who ask for the same token at the same moment.
 */
class TokenSingleFlightTests {

	@AutoClose
	private final TokenWorker worker = new TokenWorker();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.worker.url()).build();

	@Test
	void whenAThousandCallersMissOneTokenThenThereIsOneRequest() {
		Gate gate = this.worker.hold();
		Callers<String> blocking = Callers.start(500, () -> this.client.token("slack"));
		List<CompletableFuture<String>> reactive = new ArrayList<>();
		for (int i = 0; i < 450; i++) {
			reactive.add(this.client.reactive().token("slack").toFuture());
		}
		Callers<CompletableFuture<String>> subscribing = Callers.start(50,
				() -> this.client.reactive().token("slack").toFuture());
		reactive.addAll(subscribing.results());
		blocking.awaitWaiting();
		assertThat(reactive).noneMatch(CompletableFuture::isDone);
		gate.open();
		assertThat(blocking.results()).hasSize(500).containsOnly("slack-1");
		assertThat(reactive.stream().map(CompletableFuture::join)).hasSize(500).containsOnly("slack-1");
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenCallersRaceFreelyThenThereIsOneRequestForEveryToken() {
		int rounds = 150;
		int threads = 8;
		CyclicBarrier barrier = new CyclicBarrier(threads);
		Callers<Boolean> callers = Callers.start(threads, () -> {
			for (int round = 0; round < rounds; round++) {
				String slug = "slug" + round;
				barrier.await(20, TimeUnit.SECONDS);
				String token = (Thread.currentThread().getName().hashCode() % 2 == 0) ? this.client.token(slug)
						: this.client.reactive().token(slug).toFuture().get(20, TimeUnit.SECONDS);
				assertThat(token).isEqualTo(slug + "-1");
			}
			return true;
		});
		assertThat(callers.results()).containsOnly(true);
		assertThat(this.worker.count()).isEqualTo(rounds);
	}

	@Test
	void whenSharedFetchFailsThenEveryCallerGetsAnExceptionOfItsOwn() {
		this.worker.fail(500, "profile_unsupported");
		Gate gate = this.worker.hold();
		Callers<String> blocking = Callers.start(40, () -> this.client.token("slack"));
		List<CompletableFuture<String>> reactive = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			reactive.add(this.client.reactive().token("slack").toFuture());
		}
		blocking.awaitWaiting();
		gate.open();
		Set<Throwable> failures = Collections.newSetFromMap(new IdentityHashMap<>());
		failures.addAll(blocking.failures());
		// The stack of each says who asked.
		assertThat(failures).allSatisfy((ex) -> assertThat(ex.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals(TokenSingleFlightTests.class.getName())));
		reactive.forEach((call) -> {
			CompletionException failure = (CompletionException) catchThrowable(call::join);
			failures.add(failure.getCause());
		});
		assertThat(failures).hasSize(80)
			.allSatisfy((ex) -> assertThat(ex).isInstanceOf(ServerException.class)
				.hasMessageContaining("profile_unsupported")
				.hasMessageContaining("slack"));
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenFetchFailsThenFailureIsNotKept() {
		this.worker.fail(500, "profile_unsupported");
		assertThatExceptionOfType(ServerException.class).isThrownBy(() -> this.client.token("slack"));
		assertThatExceptionOfType(ServerException.class).isThrownBy(() -> this.client.token("slack"));
		assertThat(this.worker.count()).isEqualTo(2);
		this.worker.recover();
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
	}

	@Test
	void whenFirstSubscriberCancelsThenTheOthersStillGetTheToken() {
		Gate gate = this.worker.hold();
		Disposable first = this.client.reactive().token("slack").subscribe();
		gate.awaitArrival();
		CompletableFuture<String> second = this.client.reactive().token("slack").toFuture();
		Callers<String> third = Callers.start(1, () -> this.client.token("slack")).awaitWaiting();
		first.dispose();
		CompletableFuture<String> fourth = this.client.reactive().token("slack").toFuture();
		gate.open();
		assertThat(second.join()).isEqualTo("slack-1");
		assertThat(third.result()).isEqualTo("slack-1");
		assertThat(fourth.join()).isEqualTo("slack-1");
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenFirstSubscriberOfABulkFetchCancelsThenTheOthersStillGetTheirTokens() {
		Gate gate = this.worker.hold();
		Disposable first = this.client.reactive().tokens(List.of("slack", "notion")).subscribe();
		gate.awaitArrival();
		CompletableFuture<String> second = this.client.reactive().token("slack").toFuture();
		first.dispose();
		gate.open();
		assertThat(second.join()).isEqualTo("slack-1");
		assertThat(this.client.token("notion")).isEqualTo("notion-1");
		assertThat(this.worker.targets()).containsExactly("/_bulk?slugs=slack,notion");
	}

	@Test
	void whenFirstBlockingCallerIsInterruptedThenTheOthersStillGetTheToken() {
		Gate gate = this.worker.hold();
		Callers<String> first = Callers.start(1, () -> this.client.token("slack")).awaitWaiting();
		gate.awaitArrival();
		Callers<String> second = Callers.start(1, () -> this.client.token("slack")).awaitWaiting();
		first.thread().interrupt();
		assertThat(first.failure()).isInstanceOfSatisfying(TransportException.class,
				(ex) -> assertThat(ex.reason()).isEqualTo(TransportException.Reason.INTERRUPTED));
		gate.open();
		assertThat(second.result()).isEqualTo("slack-1");
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenOneProviderIsSlowThenTheOthersDoNotWait() {
		Gate gate = this.worker.hold();
		CompletableFuture<String> slow = this.client.reactive().token("slow").toFuture();
		gate.awaitArrival();
		this.worker.hold().open();
		assertThat(this.client.token("fast")).isEqualTo("fast-1");
		assertThat(slow).isNotDone();
		gate.open();
		assertThat(slow.join()).isEqualTo("slow-1");
	}

	@Test
	void whenClientsShareACacheThenTheyShareFetchesUnderWay() {
		TokenCache cache = TokenCache.builder().build();
		try (VendoClient blocking = TestClients.vendo(this.worker.url()).tokenCache(cache).build();
				ReactiveVendoClient reactive = ReactiveVendoClient.builder()
					.apiKey(TestClients.KEY)
					.environment((name) -> null)
					.credentialsUrl(this.worker.url())
					.tokenCache(cache)
					.build()) {
			Gate gate = this.worker.hold();
			Callers<String> first = Callers.start(1, () -> blocking.token("slack")).awaitWaiting();
			CompletableFuture<String> second = reactive.token("slack").toFuture();
			gate.open();
			assertThat(first.result()).isEqualTo("slack-1");
			assertThat(second.join()).isEqualTo("slack-1");
			StepVerifier.create(reactive.token("slack")).expectNext("slack-1").verifyComplete();
			assertThat(this.worker.count()).isEqualTo(1);
		}
	}

	@Test
	void whenSubscriberAsksForAnotherTokenWhileItIsToldThenNothingLocks() {
		Mono<String> chained = this.client.reactive()
			.token("slack")
			.flatMap((slack) -> this.client.reactive().token("slack"))
			.flatMap((slack) -> this.client.reactive().token("notion"));
		StepVerifier.create(chained).expectNext("notion-1").expectComplete().verify(Duration.ofSeconds(20));
		assertThat(this.worker.count()).isEqualTo(2);
	}

	@Test
	void whenFirstCallDiesOfALinkageErrorThenLaterCallersDoNotHang() {
		AtomicBoolean broken = new AtomicBoolean(true);
		try (VendoClient client = TestClients.vendo(this.worker.url()).webClientBuilder(() -> {
			if (broken.get()) {
				throw new NoClassDefFoundError("org/example/Codec");
			}
			return WebClient.builder();
		}).build()) {
			assertThat(catchThrowable(() -> client.token("slack"))).isInstanceOf(NoClassDefFoundError.class);
			assertThat(catchThrowable(() -> client.tokens(List.of("slack", "notion"))))
				.isInstanceOf(NoClassDefFoundError.class);
			broken.set(false);
			Callers<String> later = Callers.start(1, () -> client.token("slack"));
			assertThat(later.result()).isEqualTo("slack-1");
			assertThat(Callers.start(1, () -> client.token("notion")).result()).isEqualTo("notion-1");
		}
	}

	@Test
	void whenClientIsClosedThenCallsFailAndLeaveNothingBehind() {
		TokenCache cache = TokenCache.builder().build();
		VendoClient closed = TestClients.vendo(this.worker.url()).tokenCache(cache).build();
		closed.close();
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> closed.token("slack"))
			.withMessageContaining("closed");
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> closed.tokens(List.of("slack")))
			.withMessageContaining("closed");
		try (VendoClient open = TestClients.vendo(this.worker.url()).tokenCache(cache).build()) {
			assertThat(open.token("slack")).isEqualTo("slack-1");
		}
	}

}
