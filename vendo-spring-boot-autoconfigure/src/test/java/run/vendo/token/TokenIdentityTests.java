package run.vendo.token;

import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import com.github.benmanes.caffeine.cache.Cache;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.fixture.Callers;
import run.vendo.fixture.Conditions;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import org.springframework.http.HttpHeaders;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for whose tokens are whose, and for how many are kept.
 */
class TokenIdentityTests {

	@AutoClose
	private final StubServer server = StubServer.start();

	private final TokenCache cache = TokenCache.builder().build();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.server.url()).tokenCache(this.cache).build();

	@BeforeEach
	void answerWhoAsked() {
		this.server.respond((request) -> Response.json("{\"access_token\":\"%s for %s\"}"
			.formatted(request.header(HttpHeaders.AUTHORIZATION), request.header("X-Vendo-User-JWT"))));
	}

	@Test
	void whenUsersAskThenEachGetsTheTokenOfTheirOwn() {
		VendoClient alice = this.client.forUser(TestClients.JWT);
		VendoClient bob = this.client.forUser(TestClients.OTHER_JWT);
		for (int i = 0; i < 2; i++) {
			assertThat(this.client.token("slack")).endsWith(" for null");
			assertThat(alice.token("slack")).endsWith(" for " + TestClients.JWT);
			assertThat(bob.token("slack")).endsWith(" for " + TestClients.OTHER_JWT);
			assertThat(bob.reactive().tokens(List.of("slack")).block()).containsKey("slack");
		}
		assertThat(this.server.count()).isEqualTo(3);
	}

	@Test
	void whenUsersAskAtTheSameMomentThenTheyDoNotShareARequest() {
		Gate gate = this.server.hold();
		var application = this.client.reactive().token("slack").toFuture();
		var alice = this.client.forUser(TestClients.JWT).reactive().token("slack").toFuture();
		var bob = this.client.forUser(TestClients.OTHER_JWT).reactive().token("slack").toFuture();
		gate.awaitArrivals(3);
		gate.open();
		assertThat(application.join()).endsWith(" for null");
		assertThat(alice.join()).endsWith(" for " + TestClients.JWT);
		assertThat(bob.join()).endsWith(" for " + TestClients.OTHER_JWT);
	}

	@Test
	void whenSameUserAsksThroughAnotherClientThenTokenIsShared() {
		this.client.forUser(TestClients.JWT).token("slack");
		this.client.forUser(" " + TestClients.JWT + "\n").token("slack");
		HttpHeaders headers = new HttpHeaders();
		headers.set("x-vendo-user-jwt", TestClients.JWT);
		assertThat(this.client.forRequest(headers).token("slack")).endsWith(" for " + TestClients.JWT);
		assertThat(this.server.count()).isEqualTo(1);
	}

	@Test
	void whenAUsersClientIsAskedForAnotherUserThenTheFirstDoesNotShineThrough() {
		VendoClient alice = this.client.forUser(TestClients.JWT);
		assertThat(alice.forUser(TestClients.OTHER_JWT).token("slack")).endsWith(" for " + TestClients.OTHER_JWT);
		assertThat(alice.token("slack")).endsWith(" for " + TestClients.JWT);
	}

	@Test
	void whenApplicationsShareACacheThenTheyDoNotShareTokens() {
		try (VendoClient other = TestClients.vendo(this.server.url())
			.apiKey(TestClients.OTHER_KEY)
			.tokenCache(this.cache)
			.build()) {
			assertThat(this.client.token("slack")).startsWith("Bearer " + TestClients.KEY);
			assertThat(other.token("slack")).startsWith("Bearer " + TestClients.OTHER_KEY);
			assertThat(this.client.token("slack")).startsWith("Bearer " + TestClients.KEY);
			assertThat(other.forUser(TestClients.JWT).token("slack")).isEqualTo("Bearer %s for %s",
					TestClients.OTHER_KEY, TestClients.JWT);
			assertThat(this.client.forUser(TestClients.JWT).token("slack")).isEqualTo("Bearer %s for %s",
					TestClients.KEY, TestClients.JWT);
			other.invalidate("slack");
			this.client.token("slack");
			assertThat(this.server.count()).isEqualTo(4);
		}
	}

	@Test
	void whenWorkersDifferThenTokensAreNotShared() {
		try (StubServer staging = StubServer.start()) {
			staging.respond((request) -> Response.json("{\"access_token\":\"staging\"}"));
			VendoClient other = this.client.mutate().credentialsUrl(staging.url()).build();
			assertThat(other.token("slack")).isEqualTo("staging");
			assertThat(this.client.token("slack")).startsWith("Bearer ");
		}
	}

	@Test
	void whenUsersTokensAreKeptThenTheirJwtsAreNot() {
		VendoClient user = this.client.forUser(TestClients.JWT);
		this.server.respond((request) -> Response.json("{\"access_token\":\"kept\"}"));
		user.token("slack");
		assertThat(texts(this.cache)).contains("kept", "slack").noneMatch(TokenIdentityTests::tellsWho);
		// Nor while a fetch is under way: its key is all the cache holds of the caller.
		Gate gate = this.server.hold();
		CompletableFuture<String> underWay = user.reactive().token("notion").toFuture();
		gate.awaitArrival();
		assertThat(TokenCaches.flights(this.cache)).hasSize(1)
			.allSatisfy(
					(key, flight) -> assertThat(texts(key)).contains("notion").noneMatch(TokenIdentityTests::tellsWho));
		gate.open();
		underWay.join();
		assertThat(TokenCaches.underWay(this.cache)).isZero();
	}

	private static boolean tellsWho(String text) {
		return text.contains(TestClients.KEY) || text.contains("eyJ")
				|| List.of(TestClients.JWT.split("\\.")).stream().anyMatch(text::contains);
	}

	@Test
	void whenAUsersClientIsNoLongerUsedThenTheCacheDoesNotHoldIt() {
		WeakReference<VendoClient> user = new WeakReference<>(askAs(TestClients.JWT));
		Conditions.await(() -> {
			System.gc();
			return user.get() == null;
		});
		assertThat(this.cache.size()).isEqualTo(1);
	}

	private VendoClient askAs(String jwt) {
		VendoClient user = this.client.forUser(jwt);
		user.token("slack");
		return user;
	}

	@Test
	void whenManyUsersAskThenTheCacheStaysAtItsBound() {
		TokenCache bounded = TokenCache.builder().maximumSize(100).build();
		this.server.respond((request) -> Response.json("{\"access_token\":\"t\"}"));
		VendoClient client = this.client.mutate().tokenCache(bounded).build();
		AtomicInteger users = new AtomicInteger();
		Callers<Long> callers = Callers.start(4, () -> {
			long largest = 0;
			int user;
			while ((user = users.incrementAndGet()) <= 2000) {
				client.forUser("jwt-of-" + user).token("slack");
				largest = Math.max(largest, bounded.size());
			}
			// A caller that came late had no user of its own.
			return Math.max(largest, bounded.size());
		});
		assertThat(callers.results()).allSatisfy((largest) -> assertThat(largest).isBetween(50L, 104L));
		assertThat(bounded.size()).isBetween(50L, 100L);
		assertThat(TokenCaches.underWay(bounded)).isZero();
	}

	@Test
	void whenCacheHasNoRoomThenTokensAreStillHandedOut() {
		TokenCache none = TokenCache.builder().maximumSize(0).build();
		VendoClient client = this.client.mutate().tokenCache(none).build();
		assertThat(client.token("slack")).startsWith("Bearer ");
		assertThat(client.token("slack")).startsWith("Bearer ");
		assertThat(this.server.count()).isEqualTo(2);
		assertThat(none.size()).isZero();
	}

	@Test
	void whenCacheHasNoRoomThenManyCallersSeeNoFormerToken() {
		AtomicInteger issued = new AtomicInteger();
		this.server
			.respond((request) -> Response.json("{\"access_token\":\"%d\"}".formatted(issued.incrementAndGet())));
		VendoClient client = this.client.mutate().tokenCache(TokenCache.builder().maximumSize(0).build()).build();
		Callers<Boolean> callers = Callers.start(8, () -> {
			boolean current = true;
			for (int i = 0; i < 50; i++) {
				int before = issued.get();
				current &= Integer.parseInt(client.token("slack")) >= before;
			}
			return current;
		});
		assertThat(callers.results()).containsOnly(true);
	}

	@Test
	void whenCacheIsDescribedThenItTellsNothing() {
		this.client.forUser(TestClients.JWT).token("slack");
		entries(this.cache).forEach((key, token) -> {
			assertThat(token.toString()).doesNotContain("Bearer", TestClients.KEY, TestClients.JWT);
			assertThat(key.toString()).doesNotContain(TestClients.KEY, TestClients.JWT);
		});
	}

	private static Map<Object, Object> entries(TokenCache cache) {
		@SuppressWarnings("unchecked")
		Cache<Object, Object> tokens = (Cache<Object, Object>) ReflectionTestUtils.getField(cache, "tokens");
		assertThat(tokens).isNotNull();
		return tokens.asMap();
	}

	/**
	 * Return all texts that can be reached from an object of ours.
	 */
	private static List<String> texts(Object root) {
		Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<Object> left = new ArrayDeque<>();
		left.add(root);
		while (!left.isEmpty()) {
			Object object = left.pop();
			if (!seen.add(object)) {
				continue;
			}
			if (object instanceof Cache<?, ?> cache) {
				left.push(cache.asMap());
			}
			else if (object instanceof Map<?, ?> map) {
				map.forEach((key, value) -> {
					left.push(key);
					left.push(value);
				});
			}
			else if (object.getClass().getName().startsWith("run.vendo.")) {
				pushFields(object, left);
			}
		}
		return seen.stream().filter(String.class::isInstance).map(String.class::cast).toList();
	}

	private static void pushFields(Object object, Deque<Object> left) {
		for (Field field : object.getClass().getDeclaredFields()) {
			try {
				if (!Modifier.isStatic(field.getModifiers()) && field.trySetAccessible()) {
					Object value = field.get(object);
					if (value != null) {
						left.push(value);
					}
				}
			}
			catch (IllegalAccessException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

}
