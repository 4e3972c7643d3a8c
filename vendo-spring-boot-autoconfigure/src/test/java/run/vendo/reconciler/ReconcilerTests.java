package run.vendo.reconciler;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

import run.vendo.VendoClient;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.fixture.Callers;
import run.vendo.fixture.Conditions;
import run.vendo.http.ClientInstrumentation;
import run.vendo.http.ConnectionPool;
import run.vendo.http.EnvironmentVariables;
import run.vendo.http.HttpConfig;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.RetryPolicy;
import run.vendo.http.VendoConnectorFactory;
import run.vendo.http.VendoHttp;
import run.vendo.reconciler.Reconciler.Change;
import run.vendo.reconciler.Reconciler.OnChange;
import run.vendo.token.ByokCatalog;
import run.vendo.token.TokenCache;
import run.vendo.token.Tokens;

import org.springframework.web.reactive.function.client.WebClient;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.moreThanOrExactly;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Reconciler}.
 */
@Timeout(120)
class ReconcilerTests {

	private static final String KEY = "vendo_sk_0123456789abcdefghijklmnopqrstuv";

	private static final ReloadHookOptions PATIENT = ReloadHookOptions.defaults()
		.withBaseDelay(Duration.ofMillis(1))
		.withTimeout(Duration.ofSeconds(30));

	private final WireMockServer hook = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private final ReconcilerOptions options = ReconcilerOptions.defaults().withScheduler(this.time);

	private final Map<String, String> mapping = new ConcurrentSkipListMap<>(Map.of("A", "1", "B", "2"));

	private final List<Change> changes = new ArrayList<>();

	private final List<Reconciler> started = new CopyOnWriteArrayList<>();

	private VendoClient client = VendoClient.builder().environment((name) -> null).build();

	@TempDir
	Path directory;

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("run.vendo.reconciler");

	@BeforeEach
	void start() {
		this.logger.setLevel(Level.INFO);
		this.appender.start();
		this.logger.addAppender(this.appender);
		this.hook.start();
	}

	@AfterEach
	void stop() {
		this.started.forEach(Reconciler::close);
		this.client.close();
		this.hook.stop();
		this.logger.detachAppender(this.appender);
		this.logger.setLevel(null);
	}

	private String log() {
		return List.copyOf(this.appender.list)
			.stream()
			.map((event) -> event.getLevel() + " " + event.getFormattedMessage() + "\n")
			.collect(Collectors.joining());
	}

	private Path file() {
		return this.directory.resolve(".env");
	}

	private Reconciler start(OnChange onChange, ReconcilerOptions options) {
		Reconciler reconciler = this.client.reconciler().start(file(), () -> this.mapping, onChange, options);
		this.started.add(reconciler);
		return reconciler;
	}

	private OnChange callback() {
		return OnChange.callback(this.changes::add);
	}

	private void pass(Duration duration) {
		this.time.advanceTimeBy(duration);
	}

	@Test
	void startWritesTheFileBeforeItReturnsAndTellsNobody() {
		Reconciler reconciler = start(callback(), this.options);
		assertThat(file()).hasContent("A=1\nB=2\n");
		pass(Duration.ofMinutes(5));
		assertThat(this.changes).isEmpty();
		assertThat(reconciler.isRunning()).isTrue();
	}

	@Test
	void aChangeIsNoticedAfterTheIntervalAndNotBefore() {
		start(callback(), this.options);
		this.mapping.put("A", "one");
		this.mapping.remove("B");
		this.mapping.put("C", "3");
		pass(Duration.ofMillis(29_999));
		assertThat(file()).hasContent("A=1\nB=2\n");
		pass(Duration.ofMillis(1));
		assertThat(file()).hasContent("A=one\nC=3\n");
		assertThat(this.changes).containsExactly(new Change(List.of("C"), List.of("B"), List.of("A")));
		pass(Duration.ofMinutes(5));
		assertThat(this.changes).hasSize(1);
	}

	@Test
	void aChangeIsNoticedAtOnceWhenToldAndTheIntervalBeginsAnew() {
		AtomicInteger evaluations = new AtomicInteger();
		Reconciler reconciler = this.client.reconciler().start(file(), () -> {
			evaluations.incrementAndGet();
			return this.mapping;
		}, callback(), this.options);
		this.started.add(reconciler);
		pass(Duration.ofSeconds(20));
		this.mapping.put("A", "one");
		reconciler.reevaluate();
		pass(Duration.ZERO);
		assertThat(this.changes).containsExactly(new Change(List.of(), List.of(), List.of("A")));
		assertThat(evaluations).hasValue(2);
		pass(Duration.ofMillis(29_999));
		assertThat(evaluations).hasValue(2);
		pass(Duration.ofMillis(1));
		assertThat(evaluations).hasValue(3);
	}

	@Test
	void aHundredEventsAtOnceAreOneRun() {
		List<Runnable> runs = new ArrayList<>();
		Reconciler reconciler = start(callback(),
				ReconcilerOptions.defaults().withScheduler(Schedulers.fromExecutor(runs::add)));
		for (int i = 0; i < 100; i++) {
			reconciler.reevaluate();
		}
		assertThat(runs).hasSize(1);
		runs.get(0).run();
		reconciler.reevaluate();
		assertThat(runs).as("what comes after the run began is another one").hasSize(2);
	}

	@Test
	void anEventDuringARunLeadsToAnotherRun() throws Exception {
		CountDownLatch evaluating = new CountDownLatch(1);
		CountDownLatch told = new CountDownLatch(1);
		AtomicInteger evaluations = new AtomicInteger();
		BlockingQueue<Change> delivered = new LinkedBlockingQueue<>();
		Reconciler reconciler = this.client.reconciler().start(file(), () -> {
			int evaluation = evaluations.incrementAndGet();
			Map<String, String> now = Map.copyOf(this.mapping);
			if (evaluation == 2) {
				evaluating.countDown();
				await(told);
			}
			return now;
		}, OnChange.callback(delivered::add), ReconcilerOptions.defaults().withInterval(Duration.ofHours(1)));
		this.started.add(reconciler);
		reconciler.reevaluate();
		await(evaluating);
		this.mapping.put("A", "after the mapping was read");
		reconciler.reevaluate();
		told.countDown();
		assertThat(delivered.poll(20, TimeUnit.SECONDS)).isEqualTo(new Change(List.of(), List.of(), List.of("A")));
	}

	@Test
	void anEventLeadsToARunAtOnceAndEventsThatEndAreAskedForAgain() {
		List<Sinks.Many<String>> subscriptions = new ArrayList<>();
		Flux<String> events = Flux.defer(() -> {
			subscriptions.add(Sinks.many().unicast().onBackpressureBuffer());
			return subscriptions.get(subscriptions.size() - 1).asFlux();
		});
		Reconciler reconciler = api(KEY, events).start(file(), () -> this.mapping, callback(), this.options);
		assertThat(subscriptions).hasSize(1);
		this.mapping.put("A", "new");
		subscriptions.get(0).tryEmitNext("connection.changed").orThrow();
		assertThat(this.changes).hasSize(1);
		subscriptions.get(0).tryEmitError(new IllegalStateException("refused")).orThrow();
		pass(Duration.ofSeconds(30));
		assertThat(subscriptions).as("after an error").hasSize(2);
		subscriptions.get(1).tryEmitComplete().orThrow();
		assertThat(subscriptions).as("not before the next run").hasSize(2);
		pass(Duration.ofSeconds(30));
		assertThat(subscriptions).as("after an end").hasSize(3);
		this.mapping.put("A", "newer");
		subscriptions.get(2).tryEmitNext("connection.changed").orThrow();
		assertThat(this.changes).hasSize(2);
		pass(Duration.ofMinutes(5));
		assertThat(subscriptions).as("one at a time").hasSize(3);
		reconciler.close();
		assertThat(subscriptions.get(2).currentSubscriberCount()).isZero();
	}

	@Test
	void nobodyListensForEventsInOssModeNorWhenToldNotTo() {
		AtomicInteger subscriptions = new AtomicInteger();
		Flux<String> events = Flux.<String>never().doOnSubscribe((subscription) -> subscriptions.incrementAndGet());
		this.started.add(api(null, events).start(file(), () -> this.mapping, callback(), this.options));
		this.started
			.add(api(KEY, events).start(file(), () -> this.mapping, callback(), this.options.withEvents(false)));
		pass(Duration.ofMinutes(5));
		assertThat(subscriptions).hasValue(0);
	}

	private VendoHttp http(@Nullable String key, Scheduler scheduler) {
		URI url = URI.create(this.hook.baseUrl());
		return VendoHttp.create(
				new HttpConfig(url, url, url, "1", (key != null) ? () -> key : null, null, RetryPolicy.none(),
						HttpTimeouts.defaults(), 1024, Clock.systemUTC(), scheduler, () -> 0.5, null, false, null),
				VendoConnectorFactory.detect(), ConnectionPool.defaults(), WebClient::builder,
				ClientInstrumentation.none());
	}

	private ReconcilerApi api(@Nullable String key, Flux<?> events) {
		VendoHttp http = http(key, Schedulers.parallel());
		EnvironmentVariables environment = EnvironmentVariables.of((name) -> null);
		ByokCatalog catalog = ByokCatalog.defaults();
		return ReconcilerApi.over(http, environment, catalog,
				new Tokens(http, environment, catalog, TokenCache.builder().build()), events);
	}

	@Test
	void whatTheFirstRunInTheBackgroundChangesIsDelivered() throws IOException {
		Files.writeString(file(), "A=1\nOLD=x\n");
		start(callback(), this.options.withFirstRun(ReconcilerOptions.FirstRun.IN_BACKGROUND));
		pass(Duration.ZERO);
		assertThat(this.changes).containsExactly(new Change(List.of("B"), List.of("OLD"), List.of()));
	}

	@Test
	void whenToStartLaterThenTheFirstRunIsAfterTheInterval() {
		start(callback(), this.options.withFirstRun(ReconcilerOptions.FirstRun.LATER));
		pass(Duration.ofSeconds(29));
		assertThat(file()).doesNotExist();
		pass(Duration.ofSeconds(1));
		assertThat(file()).exists();
	}

	@Test
	void whenToStartLaterThenAnEventLeadsToTheFirstRun() {
		Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();
		this.started.add(api(KEY, events.asFlux()).start(file(), () -> this.mapping, callback(),
				this.options.withFirstRun(ReconcilerOptions.FirstRun.LATER)));
		pass(Duration.ofSeconds(1));
		assertThat(file()).doesNotExist();
		events.tryEmitNext("connection.changed").orThrow();
		pass(Duration.ZERO);
		assertThat(file()).exists();
		assertThat(this.changes).hasSize(1);
	}

	@Test
	void whenStartFailsThenItSaysSoAndNothingKeepsRunning() {
		AtomicInteger evaluations = new AtomicInteger();
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.client.reconciler().start(file(), () -> {
				evaluations.incrementAndGet();
				throw new IllegalStateException("not today");
			}, callback(), this.options))
			.withMessage("not today");
		pass(Duration.ofMinutes(5));
		assertThat(evaluations).hasValue(1);
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> this.client.reconciler().start(file(), Map.of("1A", "x"), callback()));
		awaitEndOfThreads();
	}

	@Test
	void whenTheMappingFailsThenTheFileStaysAndItIsReportedOnce() {
		AtomicReference<RuntimeException> failure = new AtomicReference<>();
		Listener listener = new Listener();
		Reconciler reconciler = this.client.reconciler().start(file(), () -> {
			if (failure.get() != null) {
				throw failure.get();
			}
			return this.mapping;
		}, callback(), this.options.withListener(listener));
		this.started.add(reconciler);
		failure.set(new IllegalStateException("cAnArY"));
		this.mapping.put("A", "new");
		pass(Duration.ofMinutes(2));
		assertThat(file()).hasContent("A=1\nB=2\n");
		assertThat(listener.events).hasSize(5).containsOnly("written", "failed IllegalStateException");
		assertThat(log().split("stays as it is", -1)).hasSize(2);
		assertThat(log()).contains("java.lang.IllegalStateException").doesNotContain("cAnArY");
		failure.set(null);
		pass(Duration.ofSeconds(30));
		assertThat(file()).hasContent("A=new\nB=2\n");
		assertThat(this.changes).hasSize(1);
		assertThat(log()).contains("is kept up to date again");
	}

	@ParameterizedTest
	@ValueSource(strings = { "BAD-NAME", "9", "" })
	void aMappingWithAnImpossibleNameLeavesTheFileAsItIs(String name) {
		start(callback(), this.options);
		this.mapping.put("A", "new");
		this.mapping.put(name, "x");
		pass(Duration.ofSeconds(30));
		assertThat(file()).hasContent("A=1\nB=2\n");
		assertThat(this.changes).isEmpty();
	}

	@Test
	void whenTheFileCannotBeWrittenThenTheChangeIsDeliveredOnceItCan() throws IOException {
		start(callback(), this.options);
		Path aside = this.directory.resolve("aside");
		Files.move(file(), aside);
		Files.createDirectory(file());
		this.mapping.put("A", "new");
		pass(Duration.ofMinutes(1));
		assertThat(this.changes).isEmpty();
		Files.delete(file());
		Files.move(aside, file());
		pass(Duration.ofSeconds(30));
		assertThat(this.changes).containsExactly(new Change(List.of(), List.of(), List.of("A")));
		assertThat(file()).hasContent("A=new\nB=2\n");
	}

	@Test
	void whatSomebodyElseDoesToTheFileIsUndoneAndTold() throws IOException {
		start(callback(), this.options);
		Files.writeString(file(), "A=1\nB=hacked\n");
		pass(Duration.ofSeconds(30));
		assertThat(file()).hasContent("A=1\nB=2\n");
		Files.delete(file());
		pass(Duration.ofSeconds(30));
		assertThat(file()).hasContent("A=1\nB=2\n");
		assertThat(this.changes).extracting(Change::names).containsExactly(List.of("B"), List.of("A", "B"));
	}

	@Test
	void ofTwoOnOneFileEachTellsItsOwn() {
		List<Change> others = new ArrayList<>();
		start(callback(), this.options);
		start(OnChange.callback(others::add), this.options);
		this.mapping.put("A", "new");
		pass(Duration.ofMinutes(1));
		Change expected = new Change(List.of(), List.of(), List.of("A"));
		assertThat(this.changes).containsExactly(expected);
		assertThat(others).containsExactly(expected);
	}

	@Test
	void whenTheCallbackThrowsThenTheChangeIsDeliveredWithWhatCameLater() {
		Listener listener = new Listener();
		AtomicInteger calls = new AtomicInteger();
		start(OnChange.callback((change) -> {
			this.changes.add(change);
			if (calls.incrementAndGet() < 4) {
				throw new IllegalStateException("cAnArY");
			}
		}), this.options.withListener(listener));
		this.mapping.put("A", "new");
		pass(Duration.ofSeconds(30));
		this.mapping.put("C", "3");
		pass(Duration.ofSeconds(30));
		this.mapping.put("A", "1");
		this.mapping.remove("B");
		pass(Duration.ofMinutes(5));
		assertThat(this.changes).containsExactly(new Change(List.of(), List.of(), List.of("A")),
				new Change(List.of("C"), List.of(), List.of("A")),
				// A is as it was, but whoever read the file meanwhile has another value.
				new Change(List.of("C"), List.of("B"), List.of("A")),
				new Change(List.of("C"), List.of("B"), List.of("A")));
		assertThat(log().split("Nobody could be told", -1)).hasSize(2);
		assertThat(log()).doesNotContain("cAnArY");
		assertThat(listener.events).endsWith("delivered [A, B, C]");
	}

	@Test
	void theHookIsToldTheNamesAndNothingElse() {
		this.client = VendoClient.builder()
			.environment((name) -> null)
			.apiKey(KEY)
			.baseUrl(this.hook.baseUrl())
			.build();
		this.hook.stubFor(post("/reload").willReturn(ok()));
		start(OnChange.reloadHook(hookUrl(), PATIENT), this.options);
		this.mapping.put("A", "cAnArY");
		this.mapping.remove("B");
		this.mapping.put("C", "3");
		pass(Duration.ofSeconds(30));
		this.hook.verify(1,
				postRequestedFor(urlPathEqualTo("/reload"))
					.withRequestBody(equalToJson("{\"changed\":[\"A\",\"B\",\"C\"]}"))
					.withHeader("Content-Type", equalTo("application/json"))
					.withoutHeader("Authorization")
					.withoutHeader("Vendo-API-Version")
					.withoutHeader("X-Vendo-User-JWT"));
		// The client listens for events at the same address, with its key.
		assertThat(this.hook.findAll(anyRequestedFor(urlPathEqualTo("/reload")))).hasSize(1)
			.allSatisfy((request) -> assertThat(request.getBodyAsString() + request.getHeaders())
				.doesNotContain("cAnArY", KEY));
		pass(Duration.ofMinutes(5));
		assertThat(this.hook.findAll(anyRequestedFor(urlPathEqualTo("/reload")))).as("told once").hasSize(1);
	}

	@Test
	void aHookThatFailsForAMomentIsToldInTheSameRun() {
		failOnce("/reload", serverError());
		failOnceMore("/reload");
		Listener listener = new Listener();
		start(OnChange.reloadHook(hookUrl(), PATIENT), this.options.withListener(listener));
		this.mapping.put("A", "new");
		pass(Duration.ofSeconds(30));
		assertThat(this.hook.getAllServeEvents()).hasSize(3);
		assertThat(listener.events).endsWith("delivered [A]");
	}

	private void failOnce(String path, com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder failure) {
		this.hook.stubFor(post(path).inScenario("s")
			.whenScenarioStateIs(Scenario.STARTED)
			.willReturn(failure)
			.willSetStateTo("second"));
	}

	private void failOnceMore(String path) {
		this.hook.stubFor(post(path).inScenario("s")
			.whenScenarioStateIs("second")
			.willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER))
			.willSetStateTo("third"));
		this.hook.stubFor(post(path).inScenario("s").whenScenarioStateIs("third").willReturn(ok()));
	}

	@ParameterizedTest
	@ValueSource(ints = { 503, 404, 302, 0 })
	void aHookThatDoesNotListenIsToldAtTheNextRunAndItIsReportedOnce(int status) {
		URI url = URI.create(this.hook.baseUrl() + "/reload?token=cAnArY");
		if (status == 0) {
			this.hook.stubFor(post(urlPathEqualTo("/reload")).willReturn(ok().withFixedDelay(60_000)));
		}
		else {
			this.hook.stubFor(post(urlPathEqualTo("/reload"))
				.willReturn(aResponse().withStatus(status).withHeader("Location", "/elsewhere")));
		}
		Listener listener = new Listener();
		start(OnChange.reloadHook(url,
				PATIENT.withMaxAttempts(2).withTimeout(Duration.ofMillis((status == 0) ? 300 : 30_000))),
				this.options.withListener(listener));
		this.mapping.put("A", "new");
		pass(Duration.ofSeconds(60));
		assertThat(file()).hasContent("A=new\nB=2\n");
		int attempts = (status == 404 || status == 302) ? 1 : 2;
		assertThat(this.hook.getAllServeEvents()).hasSizeLessThanOrEqualTo(2 * attempts);
		assertThat(listener.events).containsExactly("written", "written", "not delivered [A] VendoException",
				"not delivered [A] VendoException");
		assertThat(log().split("Nobody could be told", -1)).hasSize(2);
		assertThat(log()).contains("The reload hook " + this.hook.baseUrl() + "/reload").doesNotContain("cAnArY");
		this.hook.resetAll();
		this.hook.stubFor(post(urlPathEqualTo("/reload")).willReturn(ok()));
		// A machine that is busy may need more than one attempt, or one run.
		for (int i = 0; i < 20 && !listener.events.contains("delivered [A]"); i++) {
			pass(Duration.ofSeconds(30));
		}
		this.hook.verify(moreThanOrExactly(1),
				postRequestedFor(urlPathEqualTo("/reload")).withRequestBody(equalToJson("{\"changed\":[\"A\"]}")));
		assertThat(listener.events).endsWith("delivered [A]");
	}

	@Test
	void aHookThatIsCalledAgainAfterALongTimeIsCalledAgain() throws Exception {
		failOnce("/reload", serverError());
		failOnceMore("/reload");
		ReloadHook reloadHook = new ReloadHook(http(null, this.time), hookUrl(),
				PATIENT.withBaseDelay(Duration.ofSeconds(10)).withTimeout(Duration.ofDays(10_000)));
		CompletableFuture<Void> told = CompletableFuture
			.runAsync(() -> reloadHook.accept(new Change(List.of("A"), List.of(), List.of())));
		while (!told.isDone()) {
			pass(Duration.ofSeconds(1));
			Thread.onSpinWait();
		}
		told.get();
		assertThat(this.hook.getAllServeEvents()).hasSize(3);
	}

	@Test
	void whatAHookWasNotToldTheNextProcessTells() throws IOException {
		this.hook.stubFor(post("/reload").willReturn(serverError()));
		Reconciler first = start(OnChange.reloadHook(hookUrl(), PATIENT), this.options);
		this.mapping.put("A", "cAnArY");
		pass(Duration.ofSeconds(30));
		first.close();
		assertThat(this.directory.resolve(".env.lock")).content().isEqualTo("A");
		this.hook.resetAll();
		this.hook.stubFor(post("/reload").willReturn(ok()));
		start(OnChange.reloadHook(hookUrl(), PATIENT), this.options);
		pass(Duration.ZERO);
		this.hook.verify(1,
				postRequestedFor(urlPathEqualTo("/reload")).withRequestBody(equalToJson("{\"changed\":[\"A\"]}")));
		assertThat(this.directory.resolve(".env.lock")).isEmptyFile();
		pass(Duration.ofMinutes(5));
		assertThat(this.hook.getAllServeEvents()).hasSize(1);
	}

	@Test
	void restartEndsTheProgramOnceWithItsExitCodeOnAThreadOfItsOwn() throws Exception {
		BlockingQueue<String> exits = new LinkedBlockingQueue<>();
		AtomicReference<Reconciler> reconciler = new AtomicReference<>();
		reconciler.set(start(OnChange.restart(OnChange.RESTART_EXIT_CODE, (code) -> {
			// What a shutdown hook does.
			reconciler.get().close();
			exits.add(code + (Thread.currentThread().isDaemon() ? " on a daemon" : ""));
		}), ReconcilerOptions.defaults().withInterval(Duration.ofHours(1))));
		this.mapping.put("A", "new");
		reconciler.get().reevaluate();
		assertThat(exits.poll(20, TimeUnit.SECONDS)).isEqualTo("75");
		assertThat(file()).hasContent("A=new\nB=2\n");
		assertThat(reconciler.get().isRunning()).isFalse();
		assertThat(exits).isEmpty();
		awaitEndOfThreads();
	}

	@ParameterizedTest
	@EnumSource(names = { "IN_BACKGROUND", "LATER" })
	void whereAProgramsFilesDoNotOutliveItItIsNotEndedEachTime(ReconcilerOptions.FirstRun firstRun) throws Exception {
		BlockingQueue<Integer> exits = new LinkedBlockingQueue<>();
		start(OnChange.restart(7, exits::add), this.options.withFirstRun(firstRun));
		pass(Duration.ofMinutes(5));
		assertThat(file()).hasContent("A=1\nB=2\n");
		assertThat(log()).doesNotContain("to be started again");
		this.mapping.put("A", "new");
		pass(Duration.ofSeconds(30));
		assertThat(exits.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
		assertThat(exits).isEmpty();
		assertThat(log()).containsOnlyOnce("because these variables changed: [A]");
	}

	@Test
	void whenTheFileChangedWhileTheProgramWasAwayThenItIsEnded() throws Exception {
		Files.writeString(file(), "A=0\nB=2\n");
		BlockingQueue<Integer> exits = new LinkedBlockingQueue<>();
		start(OnChange.restart(7, exits::add), this.options.withFirstRun(ReconcilerOptions.FirstRun.IN_BACKGROUND));
		pass(Duration.ZERO);
		assertThat(exits.poll(20, TimeUnit.SECONDS)).isEqualTo(7);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, 256 })
	void anExitCodeThatNoSupervisorSeesIsRefused(int exitCode) {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> OnChange.restart(exitCode, (code) -> {
			}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://host/x", "reload", "http:///x", "file:/x" })
	void aHookThatIsNoUrlIsRefused(String url) {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> OnChange.reloadHook(URI.create(url)));
	}

	@Test
	void theThreadIsNamedADaemonAndGoneAfterwards() throws Exception {
		BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
		Reconciler reconciler = start(OnChange.callback((change) -> threads.add(Thread.currentThread())),
				ReconcilerOptions.defaults());
		this.mapping.put("A", "new");
		reconciler.reevaluate();
		Thread thread = threads.poll(20, TimeUnit.SECONDS);
		assertThat(thread.getName()).isEqualTo("vendo-reconciler");
		assertThat(thread.isDaemon()).isTrue();
		reconciler.close();
		reconciler.close();
		thread.join(20_000);
		assertThat(thread.isAlive()).isFalse();
		assertThat(reconciler.isRunning()).isFalse();
	}

	@Test
	void whenClosedThenNothingRunsAnyMoreWhoeverAsks() {
		AtomicInteger evaluations = new AtomicInteger();
		Reconciler reconciler = this.client.reconciler().start(file(), () -> {
			evaluations.incrementAndGet();
			return this.mapping;
		}, callback(), this.options);
		reconciler.close();
		reconciler.reevaluate();
		pass(Duration.ofMinutes(5));
		assertThat(evaluations).hasValue(1);
	}

	@Test
	void closingBreaksOffWhatIsUnderWayWithoutComplaint() throws Exception {
		CountDownLatch evaluating = new CountDownLatch(1);
		AtomicInteger evaluations = new AtomicInteger();
		Reconciler reconciler = this.client.reconciler().start(file(), () -> {
			if (evaluations.incrementAndGet() == 2) {
				evaluating.countDown();
				await(new CountDownLatch(1));
			}
			return this.mapping;
		}, callback(), ReconcilerOptions.defaults());
		reconciler.reevaluate();
		await(evaluating);
		reconciler.close();
		awaitEndOfThreads();
		assertThat(file()).hasContent("A=1\nB=2\n");
		// What a machine that is busy may lead to is no complaint.
		assertThat(log().replace("WARN The reconciler's thread is busy and ends later", "")).doesNotContain("WARN");
	}

	@Test
	void closingWaitsForTheRunThatItBreaksOff() throws Exception {
		// On a machine that is busy the second that it waits may go by unseen.
		boolean waited = false;
		for (int i = 0; i < 20 && !waited; i++) {
			this.mapping.put("A", "before " + i);
			HeldRun run = new HeldRun();
			Reconciler reconciler = start(OnChange.callback(run), ReconcilerOptions.defaults());
			this.mapping.put("A", "after " + i);
			reconciler.reevaluate();
			Thread runner = run.awaitThread();
			Callers<Boolean> closing = Callers.start(1, () -> {
				reconciler.close();
				return runner.isAlive();
			});
			Conditions.await(() -> isJoining(closing.thread()) || !closing.thread().isAlive());
			waited = closing.thread().isAlive();
			run.end();
			waited &= !closing.result();
			runner.join();
		}
		assertThat(waited).isTrue();
	}

	private static boolean isJoining(Thread thread) {
		return thread.getState() == Thread.State.TIMED_WAITING && Arrays.stream(thread.getStackTrace())
			.anyMatch(
					(frame) -> frame.getClassName().equals("java.lang.Thread") && frame.getMethodName().equals("join"));
	}

	@Test
	void closingWaitsNoLongerThanASecondForARunThatMindsNoInterrupt() throws Exception {
		HeldRun run = new HeldRun();
		Reconciler reconciler = start(OnChange.callback(run), ReconcilerOptions.defaults());
		this.mapping.put("A", "new");
		reconciler.reevaluate();
		Thread runner = run.awaitThread();
		reconciler.close();
		assertThat(runner.isAlive()).isTrue();
		assertThat(log()).contains("WARN The reconciler's thread is busy and ends later");
		run.end();
		runner.join();
	}

	@Test
	void closingWaitsForNothingOnASchedulerOfTheCallers() throws Exception {
		Scheduler scheduler = Schedulers.newSingle("runs", true);
		try {
			HeldRun run = new HeldRun();
			Reconciler reconciler = start(OnChange.callback(run),
					ReconcilerOptions.defaults().withScheduler(scheduler));
			this.mapping.put("A", "new");
			reconciler.reevaluate();
			Thread runner = run.awaitThread();
			reconciler.close();
			assertThat(runner.isAlive()).isTrue();
			assertThat(log()).doesNotContain("WARN");
			run.end();
		}
		finally {
			scheduler.dispose();
		}
	}

	@Test
	void closingFromTheCallbackDoesNotWaitForItself() throws Exception {
		AtomicReference<Reconciler> reconciler = new AtomicReference<>();
		CountDownLatch closed = new CountDownLatch(1);
		reconciler.set(start(OnChange.callback((change) -> {
			reconciler.get().close();
			closed.countDown();
		}), ReconcilerOptions.defaults()));
		this.mapping.put("A", "new");
		reconciler.get().reevaluate();
		await(closed);
		assertThat(reconciler.get().isRunning()).isFalse();
	}

	@Test
	void aListenerThatThrowsStopsNothing() {
		start(callback(), this.options.withListener(new ReconcilerListener() {

			@Override
			public void written(Change change) {
				throw new IllegalStateException();
			}

		}));
		this.mapping.put("A", "new");
		pass(Duration.ofSeconds(30));
		assertThat(this.changes).hasSize(1);
	}

	@Test
	void whenFileIsAsItIsToBeThenTheListenerHearsSo() {
		Runs runs = new Runs();
		start(callback(), this.options.withListener(runs));
		pass(Duration.ofSeconds(30));
		assertThat(runs.unchanged).isEqualTo(1);
		this.mapping.put("A", "new");
		pass(Duration.ofSeconds(30));
		assertThat(runs.unchanged).isEqualTo(1);
		pass(Duration.ofSeconds(30));
		assertThat(runs.unchanged).isEqualTo(2);
	}

	/**
	 * Counts runs that change nothing.
	 */
	private static final class Runs implements ReconcilerListener {

		private int unchanged;

		@Override
		public void unchanged() {
			this.unchanged++;
		}

	}

	@Test
	void noValueIsInTheLogNorInWhatDescribesAnything() {
		this.mapping.put("A", "cAnArY-1");
		Reconciler reconciler = start(callback(), this.options);
		this.mapping.put("A", "cAnArY-2");
		pass(Duration.ofSeconds(30));
		assertThat(log()).contains("changed [A]").doesNotContain("cAnArY");
		assertThat(reconciler.toString() + this.changes + this.client.reconciler()).doesNotContain("cAnArY");
		assertThatExceptionOfType(VendoException.class)
			.isThrownBy(
					() -> this.client.reconciler().bootstrap(file(), () -> Map.of("A", "cAnArY\"\n"), Quoting.LITERAL))
			.withMessageNotContaining("cAnArY");
	}

	private URI hookUrl() {
		return URI.create(this.hook.baseUrl() + "/reload");
	}

	// To close waits for its thread, but not for long where a machine is busy.
	private static void awaitEndOfThreads() {
		Conditions.await(() -> threads().isEmpty());
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.equals("vendo-reconciler"))
			.toList();
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Goes on until a test lets it end, whoever interrupts it.
	 */
	private static final class HeldRun implements Consumer<Change> {

		private final CompletableFuture<Thread> thread = new CompletableFuture<>();

		private final CompletableFuture<Void> end = new CompletableFuture<>();

		@Override
		public void accept(Change change) {
			this.thread.complete(Thread.currentThread());
			this.end.join();
		}

		Thread awaitThread() throws Exception {
			return this.thread.get(20, TimeUnit.SECONDS);
		}

		void end() {
			this.end.complete(null);
		}

	}

	private static final class Listener implements ReconcilerListener {

		private final List<String> events = new CopyOnWriteArrayList<>();

		@Override
		public void written(Change change) {
			this.events.add("written");
		}

		@Override
		public void delivered(Change change) {
			this.events.add("delivered " + change.names());
		}

		@Override
		public void reconcilingFailed(RuntimeException failure) {
			this.events.add("failed " + failure.getClass().getSimpleName());
		}

		@Override
		public void deliveryFailed(Change change, RuntimeException failure) {
			this.events.add("not delivered " + change.names() + " " + failure.getClass().getSimpleName());
		}

	}

}
