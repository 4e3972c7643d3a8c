package run.vendo.http;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.error.ServerException;
import run.vendo.fixture.MutableClock;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import org.springframework.cache.Cache;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ResponseCaching}.
 */
class ResponseCachingTests {

	private final AtomicInteger numbers = new AtomicInteger();

	@AutoClose
	private final StubServer server = StubServer.start()
		.respond((request) -> Response.json("{\"n\":" + this.numbers.incrementAndGet() + "}"));

	private final MutableClock clock = new MutableClock();

	private final ConcurrentMapCache cache = new ConcurrentMapCache("vendo");

	@AutoClose
	private final VendoClient client = client(this.cache);

	private VendoClient client(Cache cache) {
		return TestClients.vendo(this.server.url())
			.clock(this.clock)
			.responseCaching(ResponseCaching.in(cache)
				.keep("/api/tools/**", Duration.ofMinutes(5))
				.keep("/api/*", Duration.ofMinutes(1)))
			.build();
	}

	private static int number(HttpApi.Request request) {
		return request.retrieve(JsonNode.class).path("n").intValue();
	}

	private int tool() {
		return number(this.client.http().get("/api/tools/x"));
	}

	@Test
	void anAnswerIsUsedForItsLifetimeAndNoLonger() {
		assertThat(tool()).isEqualTo(1);
		assertThat(this.client.catalog().tool("x").orElseThrow().path("n").intValue()).isEqualTo(1);
		assertThat(this.client.reactive().catalog().tool("x").block().path("n").intValue()).isEqualTo(1);
		this.clock.advance(Duration.ofMinutes(5).minusMillis(1));
		assertThat(tool()).isEqualTo(1);
		this.clock.advance(Duration.ofMillis(1));
		assertThat(tool()).isEqualTo(2);
		assertThat(this.server.count()).isEqualTo(2);
	}

	@Test
	void whatIsNotAskedForIsNotKept() {
		assertThat(number(this.client.http().get("/other/x"))).isEqualTo(1);
		assertThat(number(this.client.http().get("/other/x"))).isEqualTo(2);
		assertThat(number(this.client.http().get("/other/y").cacheFor(Duration.ofMinutes(1)))).isEqualTo(3);
		assertThat(number(this.client.http().get("/other/y").cacheFor(Duration.ofMinutes(1)))).isEqualTo(3);
		try (VendoClient without = this.client.mutate().responseCaching(null).build()) {
			assertThat(number(without.http().get("/other/y").cacheFor(Duration.ofMinutes(1)))).isEqualTo(4);
		}
	}

	@Test
	void aCallMayPassBy() {
		assertThat(tool()).isEqualTo(1);
		assertThat(number(this.client.http().get("/api/tools/x").cacheFor(Duration.ZERO))).isEqualTo(2);
		assertThat(tool()).isEqualTo(1);
	}

	@Test
	void nobodySeesWhatIsAnothers() {
		HttpApi bob = this.client.forUser(TestClients.OTHER_JWT).http();
		assertThat(tool()).isEqualTo(1);
		assertThat(number(this.client.forUser(TestClients.JWT).http().get("/api/tools/x"))).isEqualTo(2);
		assertThat(number(bob.get("/api/tools/x"))).isEqualTo(3);
		try (VendoClient other = this.client.mutate().apiKey(TestClients.OTHER_KEY).build();
				VendoClient oss = this.client.mutate().credential(VendoCredential.none()).build();
				VendoClient version = this.client.mutate().apiVersion("2027-01-01").build()) {
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(4);
			assertThat(number(oss.http().get("/api/tools/x"))).isEqualTo(5);
			assertThat(number(version.http().get("/api/tools/x"))).isEqualTo(6);
		}
		VendoCredential own = VendoCredential.sessionCookie("sid=abcdefgh");
		assertThat(number(this.client.http().get("/api/tools/x").credential(own))).isEqualTo(7);
		assertThat(number(this.client.http().get("/api/tools/x").credential(own))).isEqualTo(7);
		assertThat(number(this.client.http().get("/api/tools/x").header("X-Tenant", "t"))).isEqualTo(8);
		assertThat(number(this.client.http().get("/api/tools/x").query("q", 1))).isEqualTo(9);
		assertThat(number(this.client.forUser(TestClients.JWT).http().get("/api/tools/x"))).isEqualTo(2);
		assertThat(number(bob.get("/api/tools/x"))).isEqualTo(3);
		assertThat(tool()).isEqualTo(1);
	}

	@Test
	void noKeyOfTheCacheHoldsASecret() {
		this.client.forUser(TestClients.JWT).http().get("/api/tools/x").query("token", "s3cr3t").toBodilessEntity();
		assertThat(this.cache.getNativeCache().keySet()).isNotEmpty()
			.allSatisfy((key) -> assertThat(key.toString()).matches("(written:)?[0-9a-f]{64}"));
	}

	@ParameterizedTest
	@CsvSource({ "ETag, \"v1\", If-None-Match", "Last-Modified, 'Wed, 20 May 2026 12:00:00 GMT', If-Modified-Since" })
	void whatHasGrownOldIsAskedForAgainAndUsedWhereItIsUnchanged(String header, String value, String condition) {
		this.server.respond((request) -> value.equals(request.header(condition)) ? Response.status(304)
				: new Response(200, Map.of("Content-Type", "application/json", header, value),
						"{\"n\":" + this.numbers.incrementAndGet() + "}"));
		assertThat(tool()).isEqualTo(1);
		this.clock.advance(Duration.ofMinutes(6));
		assertThat(tool()).isEqualTo(1);
		assertThat(tool()).isEqualTo(1);
		assertThat(this.server.requests()).extracting((request) -> request.header(condition))
			.containsExactly(null, value);
		this.clock.advance(Duration.ofMinutes(6));
		this.server.respond((request) -> Response.json("{\"n\":7}"));
		assertThat(tool()).isEqualTo(7);
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "PATCH", "DELETE" })
	void aWriteDropsWhatIsKeptOfItsFamilyAndNothingElse(String method) {
		HttpApi http = this.client.http();
		int list = number(http.get("/api/tools"));
		int tool = tool();
		int other = number(http.get("/api/other"));
		http.exchange(HttpMethod.valueOf(method), "/api/tools/x/things").body("{}").toBodilessEntity();
		assertThat(tool()).isNotEqualTo(tool);
		assertThat(number(http.get("/api/tools"))).isNotEqualTo(list);
		assertThat(number(http.get("/api/other"))).isEqualTo(other);
	}

	@Test
	void aWriteThatFailedDropsTooForItMayHaveBeenDone() {
		assertThat(tool()).isEqualTo(1);
		this.server
			.respond((request) -> request.method().equals("GET") ? Response.json("{\"n\":2}") : Response.status(500));
		assertThatExceptionOfType(ServerException.class)
			.isThrownBy(() -> this.client.http().post("/api/tools/x").toBodilessEntity());
		assertThat(tool()).isEqualTo(2);
	}

	@Test
	void anAnswerThatWasAskedForBeforeAWriteIsNotFoundAfterIt() throws Exception {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Gate gate = this.server.hold();
			Future<Integer> old = executor.submit(this::tool);
			gate.awaitArrival();
			AnswerCache other = new AnswerCache(ResponseCaching.in(this.cache), Clock.systemUTC());
			other.written(java.net.URI.create(this.server.url() + "/api/tools/x"));
			gate.open();
			int first = old.get();
			assertThat(tool()).isNotEqualTo(first);
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void errorsAreNotKept() {
		this.server.respond((request) -> Response.status(500));
		assertThatExceptionOfType(ServerException.class).isThrownBy(this::tool);
		this.server.respond((request) -> Response.json("[\"not what is wanted\"]"));
		assertThatExceptionOfType(run.vendo.error.UpstreamException.class)
			.isThrownBy(() -> this.client.http().get("/api/tools/x").retrieve(Number.class));
		this.server.respond((request) -> Response.json("{\"n\":3}"));
		assertThat(tool()).isEqualTo(3);
	}

	@Test
	void whatMustNotBeStoredIsNot() {
		this.server.respond((request) -> new Response(200,
				Map.of("Content-Type", "application/json", "Cache-Control", "private, no-store"),
				"{\"n\":" + this.numbers.incrementAndGet() + "}"));
		assertThat(tool()).isEqualTo(1);
		assertThat(tool()).isEqualTo(2);
	}

	@Test
	void typesAreReadFromWhatIsKept() {
		record Numbered(int n) {

		}
		assertThat(this.client.http().get("/api/tools/x").retrieve(Numbered.class)).isEqualTo(new Numbered(1));
		assertThat(this.client.http().get("/api/tools/x").retrieve(Numbered.class)).isEqualTo(new Numbered(1));
		assertThat(this.client.http().get("/api/tools/x").retrieve(String.class)).isEqualTo("{\"n\":1}");
		assertThat(this.client.http().get("/api/tools/x").toEntity(byte[].class).getStatusCode().value())
			.isEqualTo(200);
		assertThat(this.server.count()).isEqualTo(1);
	}

	@Test
	void whenTheCacheFailsCallsGoOn() {
		ConcurrentMapCache broken = new ConcurrentMapCache("broken") {

			@Override
			protected Object lookup(Object key) {
				throw new IllegalStateException("of the test");
			}

			@Override
			public void put(Object key, Object value) {
				throw new IllegalStateException("of the test");
			}

		};
		try (VendoClient other = client(broken)) {
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(1);
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(2);
			other.http().post("/api/tools/x").toBodilessEntity();
		}
	}

	@Test
	void whatSomebodyElsePutThereIsNoAnswer() {
		assertThat(tool()).isEqualTo(1);
		this.cache.getNativeCache().replaceAll((key, value) -> new byte[] { 9, 9, 9 });
		assertThat(tool()).isEqualTo(2);
	}

	@Test
	void manyReadersAndWritersAtOnceSeeNoAnswerFromBeforeTheirOwnWrite() throws Exception {
		AtomicInteger state = new AtomicInteger();
		this.server.respond((request) -> Response
			.json("{\"n\":" + (request.method().equals("GET") ? state.get() : state.incrementAndGet()) + "}"));
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Callable<Boolean>> work = new ArrayList<>();
			for (int i = 0; i < 64; i++) {
				work.add(() -> {
					int written = number(this.client.http().post("/api/tools/x"));
					return tool() >= written;
				});
			}
			for (Future<Boolean> each : executor.invokeAll(work)) {
				assertThat(each.get()).isTrue();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

}
