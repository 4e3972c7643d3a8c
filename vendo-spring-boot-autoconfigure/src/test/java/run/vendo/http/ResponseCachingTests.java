package run.vendo.http;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.dashboard.DeployRequest;
import run.vendo.dashboard.VendoDashboard;
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
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ResponseCaching}.
 */
@Timeout(60)
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
		return builder(cache).build();
	}

	private VendoClient.Builder builder(Cache cache) {
		return TestClients.vendo(this.server.url())
			.credentialsUrl(credentialsUrl())
			.clock(this.clock)
			// Time stands still: a cache that is slow with a busy machine is waited for.
			.scheduler(new TestScheduler(Duration.ofNanos(1)))
			.responseCaching(ResponseCaching.in(cache)
				.keep("/api/tools/**", Duration.ofMinutes(5))
				.keep("/api/*", Duration.ofMinutes(1)));
	}

	// Another host, as far as a client can tell.
	private URI credentialsUrl() {
		return URI.create("http://localhost:" + this.server.port());
	}

	private void answer(String header, String value) {
		this.server
			.respond((request) -> new Response(200, Map.of("Content-Type", "application/json", header, value), next()));
	}

	private String next() {
		return "{\"n\":" + this.numbers.incrementAndGet() + "}";
	}

	// Bounded by the timeout of the tests.
	private static void await(BooleanSupplier condition) {
		while (!condition.getAsBoolean()) {
			assertThat(Thread.currentThread().isInterrupted()).as("waited too long").isFalse();
			Thread.onSpinWait();
		}
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
			AnswerCache other = new AnswerCache(ResponseCaching.in(this.cache), Clock.systemUTC(),
					Schedulers.parallel());
			other
				.written(URI.create(this.server.url() + "/api/tools/x"), List.of("/api/tools/x"),
						Duration.ofSeconds(20))
				.block();
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

	@Test
	void whenTheCacheHangsCallsGoOnWithoutIt() {
		HangingCache hanging = new HangingCache(true);
		// Time passes at once.
		TestScheduler time = new TestScheduler(Duration.ofSeconds(2));
		try (VendoClient other = builder(hanging).scheduler(time).build()) {
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(1);
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(2);
			assertThat(number(other.http().post("/api/tools/x"))).isEqualTo(3);
			assertThat(time.delays()).containsExactly(AnswerCache.PATIENCE, AnswerCache.PATIENCE, AnswerCache.PATIENCE);
			number(other.http().get("/api/tools/x"));
			number(other.http().get("/api/tools/x"));
			number(other.http().get("/api/tools/x"));
			assertThat(time.delays()).as("no more threads hang in it than these").hasSize(4);
			assertThat(this.server.count()).isEqualTo(6);
		}
		finally {
			hanging.open();
		}
	}

	@Test
	void whenTheCacheHangsSomeOfTheCallsTimeIsLeftForTheCall() throws Exception {
		HangingCache hanging = new HangingCache(true);
		TestScheduler time = new TestScheduler(Duration.ofNanos(1));
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try (VendoClient other = builder(hanging).scheduler(time).build()) {
			Future<Integer> call = executor
				.submit(() -> number(other.http().get("/api/tools/x").timeout(Duration.ofSeconds(1))));
			await(() -> time.timeouts().contains(Duration.ofMillis(500)));
			time.elapse(Duration.ofMillis(500));
			assertThat(call.get()).isEqualTo(1);
		}
		finally {
			hanging.open();
			executor.shutdownNow();
		}
	}

	@Test
	void whenItTakesLongToKeepAnAnswerItIsAnAnswerAllTheSame() throws Exception {
		HangingCache hanging = new HangingCache(false);
		TestScheduler time = new TestScheduler(Duration.ofNanos(1));
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try (VendoClient other = builder(hanging).retry(RetryPolicy.defaults())
			.timeouts(HttpTimeouts.defaults().withResponse(Duration.ofMillis(500)))
			.scheduler(time)
			.build()) {
			Future<Integer> call = executor.submit(() -> number(other.http().get("/api/tools/x")));
			hanging.awaitPut();
			await(() -> time.timeouts().contains(AnswerCache.PATIENCE));
			time.elapse(AnswerCache.PATIENCE);
			assertThat(call.get()).isEqualTo(1);
			assertThat(this.server.count()).isEqualTo(1);
		}
		finally {
			hanging.open();
			executor.shutdownNow();
		}
	}

	@Test
	void whenAllThreadsForBlockingCodeAreTakenTheCacheAnswersAllTheSame() throws Exception {
		assertThat(tool()).isEqualTo(1);
		// Time stands still: whoever waits in vain does so for good.
		TestScheduler time = new TestScheduler(Duration.ofNanos(1));
		int most = Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE;
		CountDownLatch entered = new CountDownLatch(most);
		try (VendoClient other = builder(this.cache).scheduler(time).build()) {
			List<Future<Integer>> answers = new ArrayList<>();
			for (int i = 0; i < most; i++) {
				answers.add(Mono.fromCallable(() -> {
					entered.countDown();
					entered.await();
					return number(other.http().get("/api/tools/x"));
				}).subscribeOn(Schedulers.boundedElastic()).toFuture());
			}
			for (Future<Integer> answer : answers) {
				assertThat(answer.get(40, TimeUnit.SECONDS)).isEqualTo(1);
			}
		}
	}

	@Test
	void howeverManyCallAtOnceNoMoreThanAFewThreadsHangInTheCache() throws Exception {
		HangingCache hanging = new HangingCache(true);
		TestScheduler time = new TestScheduler(Duration.ofNanos(1));
		int callers = 16;
		ExecutorService executor = Executors.newFixedThreadPool(callers);
		try (VendoClient other = builder(hanging).scheduler(time).build()) {
			List<Future<Integer>> calls = new ArrayList<>();
			for (int i = 0; i < callers; i++) {
				calls.add(executor.submit(() -> number(other.http().get("/api/tools/x"))));
			}
			await(() -> Collections.frequency(time.timeouts(), AnswerCache.PATIENCE) == callers);
			await(() -> hanging.within() > 0);
			time.elapse(AnswerCache.PATIENCE);
			for (Future<Integer> call : calls) {
				assertThat(call.get()).isPositive();
			}
			assertThat(hanging.within()).isBetween(1, 4);
		}
		finally {
			hanging.open();
			executor.shutdownNow();
		}
	}

	@Test
	void threadsForTheCacheAreThereWhenTheyAreNeededAndEndWithTheClient() {
		Predicate<Thread> ours = (thread) -> thread.getName().startsWith("vendo-answers-");
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		AnswerCache own = new AnswerCache(ResponseCaching.in(this.cache), this.clock, Schedulers.parallel());
		assertThat(Thread.getAllStackTraces().keySet()).filteredOn(ours).isSubsetOf(before);
		own.written(URI.create("http://a/api/b"), List.of("/api/b"), Duration.ofSeconds(20)).block();
		List<Thread> started = Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter(ours.and((thread) -> !before.contains(thread)))
			.toList();
		assertThat(started).hasSize(1).allMatch(Thread::isDaemon);
		own.close();
		await(() -> !started.get(0).isAlive());
	}

	@Test
	void whatAWriteCouldNotDropIsNotUsed() {
		AtomicBoolean broken = new AtomicBoolean();
		ConcurrentMapCache unreliable = new ConcurrentMapCache("unreliable") {

			@Override
			public void put(Object key, Object value) {
				if (broken.get()) {
					throw new IllegalStateException("of the test");
				}
				super.put(key, value);
			}

		};
		try (VendoClient other = client(unreliable)) {
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(1);
			broken.set(true);
			other.http().post("/api/tools/x").toBodilessEntity();
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(3);
			broken.set(false);
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(4);
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(4);
		}
	}

	@Test
	void aCacheThatFailsIsLoggedWhenThatBeginsAndWhenItEnds() {
		AtomicBoolean broken = new AtomicBoolean(true);
		ConcurrentMapCache unreliable = new ConcurrentMapCache("unreliable") {

			@Override
			protected Object lookup(Object key) {
				if (broken.get()) {
					throw new IllegalStateException("of the test");
				}
				return super.lookup(key);
			}

		};
		Logger logger = (Logger) LoggerFactory.getLogger(AnswerCache.class);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		logger.setLevel(Level.INFO);
		logger.addAppender(log);
		try (VendoClient other = client(unreliable)) {
			for (int i = 0; i < 5; i++) {
				number(other.forUser(TestClients.JWT).http().get("/api/tools/x"));
			}
			broken.set(false);
			for (int i = 0; i < 5; i++) {
				number(other.http().get("/api/tools/x"));
			}
		}
		finally {
			logger.detachAppender(log);
			logger.setLevel(null);
		}
		assertThat(log.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN, Level.INFO);
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, 999 })
	void aCacheThatIsNotGivenItsTimeHasNotFailed(long patience) throws Exception {
		HangingCache hanging = new HangingCache(false);
		AnswerCache answers = new AnswerCache(ResponseCaching.in(hanging), this.clock,
				new TestScheduler(Duration.ofSeconds(2)));
		Logger logger = (Logger) LoggerFactory.getLogger(AnswerCache.class);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		logger.setLevel(Level.INFO);
		logger.addAppender(log);
		try {
			answers.written(URI.create("http://a/api/b"), List.of("/api/b"), Duration.ofMillis(patience)).block();
			hanging.awaitPut();
			assertThat(log.list).isEmpty();
			answers.written(URI.create("http://a/api/b"), List.of("/api/b"), AnswerCache.PATIENCE).block();
			assertThat(log.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
		}
		finally {
			hanging.open();
			answers.close();
			logger.detachAppender(log);
			logger.setLevel(null);
		}
	}

	@Test
	void aCacheThatWritesJsonServesToo() {
		ConcurrentMapCache json = new ConcurrentMapCache("json") {

			@Override
			protected Object lookup(Object key) {
				Object text = super.lookup(key);
				return (text != null) ? JsonMapper.shared().readValue((String) text, Object.class) : null;
			}

			@Override
			protected Object toStoreValue(Object value) {
				return JsonMapper.shared().writeValueAsString(value);
			}

			@Override
			protected Object fromStoreValue(Object value) {
				return value;
			}

		};
		try (VendoClient other = client(json)) {
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(1);
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(1);
			other.http().post("/api/tools/x").toBodilessEntity();
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(3);
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(3);
		}
	}

	@Test
	void whenTheCacheDropsTheMarkOfAWriteWhatWasThereBeforeStaysDropped() {
		assertThat(tool()).isEqualTo(1);
		assertThat(number(this.client.http().post("/api/tools/x"))).isEqualTo(2);
		assertThat(tool()).isEqualTo(3);
		this.cache.getNativeCache().keySet().removeIf((key) -> key.toString().startsWith("written:"));
		assertThat(tool()).isEqualTo(4);
		assertThat(tool()).isEqualTo(4);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/deployments/me/connections", "/api/deployments/me/connections/",
			"/api/deployments//me/%63onnections", "/api/tools/../deployments/me/connections", "{credentials}/slack",
			"{credentials}/api/slack", "{credentials}/_bulk?slugs=a,b" })
	void whatHoldsCredentialsIsNotKeptWhicheverWayItIsAskedFor(String path) {
		try (VendoClient all = builder(this.cache)
			.responseCaching(ResponseCaching.in(this.cache).keep("/**", Duration.ofHours(1)))
			.build()) {
			String url = path.replace("{credentials}", credentialsUrl().toString());
			assertThat(number(all.http().get(url))).isEqualTo(1);
			assertThat(number(all.http().get(url).cacheFor(Duration.ofHours(1)))).isEqualTo(2);
			assertThat(this.cache.getNativeCache()).isEmpty();
			assertThat(number(all.http().get("/api/any"))).isEqualTo(3);
			assertThat(number(all.http().get("/api/any"))).isEqualTo(3);
		}
	}

	@Test
	void whenCredentialsComeFromTheSameHostTheyAreNotKeptEither() {
		try (VendoClient all = TestClients.vendo(this.server.url())
			.responseCaching(ResponseCaching.in(this.cache).keep("/**", Duration.ofHours(1)))
			.build()) {
			assertThat(number(all.http().get("/slack"))).isEqualTo(1);
			assertThat(number(all.http().get("/slack"))).isEqualTo(2);
			assertThat(number(all.http().get("/api/any"))).isEqualTo(3);
			assertThat(number(all.http().get("/api/any"))).isEqualTo(3);
		}
	}

	@Test
	void headersThatLookAlikeAreToldApart() {
		assertThat(number(this.client.http().get("/api/tools/x").header("X-A", "1", "2"))).isEqualTo(1);
		assertThat(number(this.client.http().get("/api/tools/x").header("X-A", "1\", \"2"))).isEqualTo(2);
		assertThat(number(this.client.http().get("/api/tools/x").header("X-A", "1", "2"))).isEqualTo(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Vary          | *                                 | false
			Vary          | X-Plan                            | false
			Vary          | Accept-Encoding, X-Plan           | false
			Vary          | accept-encoding,Origin            | true
			Vary          | Authorization, X-Vendo-User-JWT   | true
			Vary          | X-TENANT                          | true
			Cache-Control | NO-STORE                          | false
			Cache-Control | max-age=60, No-Store              | false
			Cache-Control | private                           | true
			""")
	void whatMayHaveAnotherAnswerIsNotKept(String header, String value, boolean kept) {
		answer(header, value);
		assertThat(number(this.client.http().get("/api/tools/x").header("X-Tenant", "t"))).isEqualTo(1);
		assertThat(number(this.client.http().get("/api/tools/x").header("X-Tenant", "t"))).isEqualTo(kept ? 1 : 2);
	}

	@Test
	void everyLineOfAHeaderCounts() throws Exception {
		try (RawServer raw = RawServer.start((exchange) -> exchange
			.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: private\r\n"
					+ "Cache-Control: no-store\r\nConnection: close\r\nContent-Length: 7\r\n\r\n{\"n\":1}"));
				VendoClient other = builder(this.cache).baseUrl(URI.create(raw.url())).build()) {
			number(other.http().get("/api/tools/x"));
			number(other.http().get("/api/tools/x"));
			assertThat(raw.requests()).hasSize(2);
		}
	}

	@Test
	void whenThePlatformSaysNoLongerToStoreItIsDropped() {
		answer("ETag", "\"v1\"");
		assertThat(tool()).isEqualTo(1);
		this.clock.advance(Duration.ofMinutes(6));
		this.server.respond((request) -> "\"v1\"".equals(request.header("If-None-Match"))
				? new Response(304, Map.of("Cache-Control", "no-store"), "") : Response.json(next()));
		assertThat(tool()).isEqualTo(1);
		assertThat(tool()).isEqualTo(2);
		assertThat(this.server.lastRequest().header("If-None-Match")).isNull();
	}

	@Test
	void aWriteDropsWhatElseItChanges() {
		this.server.respond((request) -> Response.json(request.method().equals("POST")
				? "{\"deploymentId\":\"d1\",\"key\":\"" + TestClients.OTHER_KEY + "\"}" : "[{\"id\":\"k\"}]"));
		try (VendoClient all = builder(this.cache)
			.responseCaching(ResponseCaching.in(this.cache).keep("/**", Duration.ofHours(1)))
			.build()) {
			VendoDashboard dashboard = all.dashboard("sid=abcdefgh");
			dashboard.keys();
			dashboard.apps();
			dashboard.keys();
			assertThat(this.server.count()).isEqualTo(2);
			dashboard.mintAppKey("a1");
			dashboard.keys();
			assertThat(this.server.lastRequest().path()).isEqualTo("/api/keys");
			dashboard.apps();
			assertThat(this.server.count()).isEqualTo(5);
			dashboard.deploy(DeployRequest.of("n8n", "acme"));
			dashboard.apps();
			assertThat(this.server.count()).isEqualTo(7);
		}
	}

	@Test
	void aLifetimeHasAnEndWhateverItIs() {
		Duration forEver = ChronoUnit.FOREVER.getDuration();
		assertThat(number(this.client.http().get("/api/tools/x").cacheFor(forEver))).isEqualTo(1);
		assertThat(number(this.client.http().get("/api/tools/x").cacheFor(forEver))).isEqualTo(1);
		this.clock.advance(Duration.ofDays(365));
		assertThat(number(this.client.http().get("/api/tools/x").cacheFor(forEver))).isEqualTo(2);
	}

	@Test
	void whenTheClockIsSetBackNothingLastsLonger() {
		assertThat(tool()).isEqualTo(1);
		this.clock.advance(Duration.ofHours(-1));
		assertThat(tool()).isEqualTo(2);
		assertThat(tool()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "api/tools", "**", " /api", "https://vendo.run/api/**", "/api/{slug", "/api/slug}",
			"/api/{slug:[}" })
	void aPatternThatCannotMatchIsRefused(String pattern) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ResponseCaching.in(this.cache).keep(pattern, Duration.ofMinutes(1)));
	}

	@Test
	void patternsAreOfTheApiWhereverItIs() {
		try (VendoClient other = builder(this.cache).baseUrl(URI.create(this.server.url() + "/vendo"))
			.responseCaching(ResponseCaching.in(this.cache).keep("/api/{any:[a-z]{3,5}}/*", Duration.ofMinutes(1)))
			.build()) {
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(1);
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(1);
			assertThat(number(other.http().post("/api/other/x"))).isEqualTo(2);
			assertThat(number(other.http().get("/api/tools/x"))).isEqualTo(1);
			assertThat(this.server.lastRequest().path()).isEqualTo("/vendo/api/other/x");
		}
	}

	/**
	 * A cache that does not come back until it is told to.
	 */
	private static final class HangingCache extends ConcurrentMapCache {

		private final CountDownLatch opening = new CountDownLatch(1);

		private final CountDownLatch put = new CountDownLatch(1);

		private final AtomicInteger within = new AtomicInteger();

		private final boolean reads;

		HangingCache(boolean reads) {
			super("hanging");
			this.reads = reads;
		}

		@Override
		protected Object lookup(Object key) {
			if (this.reads) {
				hang();
			}
			return super.lookup(key);
		}

		@Override
		public void put(Object key, Object value) {
			this.put.countDown();
			hang();
			super.put(key, value);
		}

		private void hang() {
			this.within.incrementAndGet();
			try {
				this.opening.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		int within() {
			return this.within.get();
		}

		void awaitPut() throws InterruptedException {
			this.put.await();
		}

		void open() {
			this.opening.countDown();
		}

	}

}
