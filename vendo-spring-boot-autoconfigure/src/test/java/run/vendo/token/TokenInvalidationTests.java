package run.vendo.token;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.fixture.Callers;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.TokenWorker;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for tokens that are dropped.
 */
class TokenInvalidationTests {

	@AutoClose
	private final TokenWorker worker = new TokenWorker();

	private final TokenCache cache = TokenCache.builder().build();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.worker.url()).tokenCache(this.cache).build();

	@Test
	void whenInvalidatedThenNextCallAsksAgain() {
		this.client.token("slack");
		this.client.token("notion");
		this.client.invalidate("slack");
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
		assertThat(this.client.token("notion")).isEqualTo("notion-1");
		this.client.reactive().invalidate("slack");
		assertThat(this.client.token("slack")).isEqualTo("slack-3");
	}

	@Test
	void whenNothingIsKeptThenInvalidatingDoesNothing() {
		this.client.invalidate("slack");
		this.cache.invalidate("slack");
		this.cache.invalidateAll();
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
	}

	@Test
	void whenInvalidatedDuringAFetchThenItsCallersGetTheAnswerAndNobodyElse() {
		Gate first = this.worker.hold();
		Callers<String> before = Callers.start(3, () -> this.client.token("slack")).awaitWaiting();
		first.awaitArrival();
		this.client.invalidate("slack");
		first.open();
		assertThat(before.results()).containsOnly("slack-1");
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
	}

	@Test
	void whenInvalidatedDuringAFetchThenNextCallerDoesNotWaitForIt() {
		Gate first = this.worker.hold();
		CompletableFuture<String> before = this.client.reactive().token("slack").toFuture();
		first.awaitArrival();
		this.client.invalidate("slack");
		Gate second = this.worker.hold();
		CompletableFuture<String> after = this.client.reactive().token("slack").toFuture();
		second.awaitArrival();
		second.open();
		assertThat(after.join()).isEqualTo("slack-1");
		assertThat(before).isNotDone();
		// The old fetch comes home last and must not take the place of the new token.
		first.open();
		assertThat(before.join()).isEqualTo("slack-2");
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		assertThat(this.worker.count()).isEqualTo(2);
	}

	@Test
	void whenInvalidatedFetchComesHomeDuringTheNextThenItIsNotKept() {
		Gate first = this.worker.hold();
		CompletableFuture<String> before = this.client.reactive().token("slack").toFuture();
		first.awaitArrival();
		this.client.invalidate("slack");
		Gate second = this.worker.hold();
		CompletableFuture<String> after = this.client.reactive().token("slack").toFuture();
		second.awaitArrival();
		first.open();
		assertThat(before.join()).isEqualTo("slack-1");
		CompletableFuture<String> joined = this.client.reactive().token("slack").toFuture();
		assertThat(joined).isNotDone();
		second.open();
		assertThat(after.join()).isEqualTo("slack-2");
		assertThat(joined.join()).isEqualTo("slack-2");
		assertThat(this.worker.count()).isEqualTo(2);
	}

	@Test
	void whenInvalidatedFetchFailsThenTheNewOneIsNotDisturbed() {
		Gate first = this.worker.hold();
		CompletableFuture<String> before = this.client.reactive().token("slack").toFuture();
		first.awaitArrival();
		this.client.invalidate("slack");
		Gate second = this.worker.hold();
		CompletableFuture<String> after = this.client.reactive().token("slack").toFuture();
		second.awaitArrival();
		this.worker.fail(403, "binding_missing");
		first.open();
		assertThat(before.handle((token, failure) -> failure).join()).isNotNull();
		CompletableFuture<String> joined = this.client.reactive().token("slack").toFuture();
		this.worker.recover();
		second.open();
		assertThat(after.join()).isEqualTo("slack-1");
		assertThat(joined.join()).isEqualTo("slack-1");
		assertThat(this.worker.count()).isEqualTo(2);
	}

	@Test
	void whenInvalidatedDuringABulkFetchThenOnlyThatProviderIsAskedForAgain() {
		Gate gate = this.worker.hold();
		var bulk = this.client.reactive().tokens(List.of("slack", "notion")).toFuture();
		gate.awaitArrival();
		this.client.invalidate("slack");
		gate.open();
		assertThat(bulk.join()).hasToString("{slack=Optional[slack-1], notion=Optional[notion-1]}");
		assertThat(this.client.tokens(List.of("slack", "notion")))
			.hasToString("{slack=Optional[slack-2], notion=Optional[notion-1]}");
		assertThat(this.worker.targets()).containsExactly("/_bulk?slugs=slack,notion", "/_bulk?slugs=slack");
	}

	@Test
	void whenClientInvalidatesThenOnlyItsOwnIdentityIsMeant() {
		VendoClient alice = this.client.forUser(TestClients.JWT);
		VendoClient bob = this.client.forUser(TestClients.OTHER_JWT);
		assertThat(List.of(this.client.token("slack"), alice.token("slack"), bob.token("slack")))
			.containsExactly("slack-1", "slack-2", "slack-3");
		alice.invalidate("slack");
		assertThat(List.of(this.client.token("slack"), alice.token("slack"), bob.token("slack")))
			.containsExactly("slack-1", "slack-4", "slack-3");
	}

	@Test
	void whenCacheInvalidatesAProviderThenItIsDroppedForEveryIdentity() {
		VendoClient alice = this.client.forUser(TestClients.JWT);
		this.client.token("slack");
		this.client.token("notion");
		alice.token("slack");
		this.cache.invalidate("slack");
		assertThat(this.client.token("slack")).isEqualTo("slack-3");
		assertThat(alice.token("slack")).isEqualTo("slack-4");
		assertThat(this.client.token("notion")).isEqualTo("notion-1");
	}

	@Test
	void whenCacheInvalidatesAProviderDuringFetchesThenNoneOfThemIsKept() {
		VendoClient alice = this.client.forUser(TestClients.JWT);
		Gate gate = this.worker.hold();
		CompletableFuture<String> application = this.client.reactive().token("slack").toFuture();
		CompletableFuture<String> user = alice.reactive().token("slack").toFuture();
		CompletableFuture<String> other = alice.reactive().token("notion").toFuture();
		gate.awaitArrivals(3);
		this.cache.invalidate("slack");
		gate.open();
		assertThat(List.of(application.join(), user.join())).containsExactlyInAnyOrder("slack-1", "slack-2");
		assertThat(this.client.token("slack")).isEqualTo("slack-3");
		assertThat(alice.token("slack")).isEqualTo("slack-4");
		assertThat(other.join()).isEqualTo("notion-1");
		assertThat(alice.token("notion")).isEqualTo("notion-1");
	}

	@Test
	void whenCacheInvalidatesAllThenNothingIsKept() {
		Gate gate = this.worker.hold();
		CompletableFuture<String> underWay = this.client.reactive().token("slack").toFuture();
		gate.awaitArrival();
		this.worker.hold().open();
		this.client.token("notion");
		this.cache.invalidateAll();
		gate.open();
		underWay.join();
		assertThat(this.cache.size()).isZero();
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
		assertThat(this.client.token("notion")).isEqualTo("notion-2");
	}

	@Test
	void whenInvalidatedUnderContentionThenNobodyGetsATokenAskedForBefore() {
		AtomicInteger sent = new AtomicInteger();
		// Numbers requests as they are sent; the token is the number.
		WebClient.Builder numbering = WebClient.builder()
			.filter((request, next) -> next.exchange(
					ClientRequest.from(request).header("X-Sent", String.valueOf(sent.incrementAndGet())).build()));
		try (StubServer server = StubServer.start();
				VendoClient client = TestClients.vendo(server.url()).webClientBuilder(numbering).build()) {
			server.respond((request) -> Response.json("{\"access_token\":\"%s\"}".formatted(request.header("X-Sent"))));
			Callers<Boolean> callers = Callers.start(6, () -> {
				for (int i = 0; i < 150; i++) {
					int before = sent.get();
					client.invalidate("slack");
					assertThat(Integer.parseInt(client.token("slack"))).isGreaterThan(before);
				}
				return true;
			});
			assertThat(callers.results()).containsOnly(true);
		}
	}

	@Test
	void whenProviderIsInvalidatedUnderContentionThenNobodyGetsATokenAskedForBefore() {
		AtomicInteger sent = new AtomicInteger();
		TokenCache cache = TokenCache.builder().build();
		WebClient.Builder numbering = WebClient.builder()
			.filter((request, next) -> next.exchange(
					ClientRequest.from(request).header("X-Sent", String.valueOf(sent.incrementAndGet())).build()));
		try (StubServer server = StubServer.start();
				VendoClient client = TestClients.vendo(server.url())
					.webClientBuilder(numbering)
					.tokenCache(cache)
					.build()) {
			server.respond((request) -> Response.json("{\"access_token\":\"%s\"}".formatted(request.header("X-Sent"))));
			List<VendoClient> identities = List.of(client, client.forUser(TestClients.JWT),
					client.forUser(TestClients.OTHER_JWT));
			Callers<Boolean> callers = Callers.start(6, () -> {
				for (int i = 0; i < 100; i++) {
					VendoClient identity = identities.get(i % identities.size());
					int before = sent.get();
					cache.invalidate("slack");
					assertThat(Integer.parseInt(identity.token("slack"))).isGreaterThan(before);
				}
				return true;
			});
			assertThat(callers.results()).containsOnly(true);
			assertThat(TokenCaches.underWay(cache)).isZero();
		}
	}

}
