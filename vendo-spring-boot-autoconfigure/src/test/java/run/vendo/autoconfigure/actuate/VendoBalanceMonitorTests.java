package run.vendo.autoconfigure.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

import run.vendo.autoconfigure.actuate.BalanceSnapshot.State;
import run.vendo.billing.Balance;
import run.vendo.billing.SpendCaps;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.TransportException;
import run.vendo.error.VendoConfigurationException;
import run.vendo.error.VendoException;
import run.vendo.event.BillingEvent;
import run.vendo.event.VendoEvent;

import org.springframework.boot.context.event.ApplicationReadyEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VendoBalanceMonitor}, under a time that moves when a test says so.
 */
class VendoBalanceMonitorTests {

	private static final Duration INTERVAL = Duration.ofSeconds(60);

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private final FakeBilling billing = new FakeBilling();

	private final List<VendoBalanceMonitor> monitors = new ArrayList<>();

	private final AtomicInteger schedulers = new AtomicInteger();

	private double random;

	private Duration interval = INTERVAL;

	@AfterEach
	void stop() {
		this.monitors.forEach(VendoBalanceMonitor::stop);
	}

	@Test
	void asksForNothingBeforeTheApplicationIsReady() {
		VendoBalanceMonitor monitor = create(true);
		monitor.start();
		advance(Duration.ofHours(1));
		assertThat(this.billing.asked()).isZero();
		assertThat(monitor.snapshot().state()).isEqualTo(State.PENDING);
		monitor.onApplicationEvent(ready());
		assertThat(this.billing.asked()).isEqualTo(1);
		assertThat(monitor.snapshot().state()).isEqualTo(State.AVAILABLE);
	}

	@Test
	void asksForNothingInOssMode() {
		VendoBalanceMonitor monitor = create(false);
		monitor.start();
		monitor.onApplicationEvent(ready());
		advance(Duration.ofHours(1));
		assertThat(this.billing.asked()).isZero();
		assertThat(this.schedulers).hasValue(0);
	}

	@Test
	void keepsFiguresAndWhenTheyWereRead() {
		VendoBalanceMonitor monitor = running();
		Instant first = now();
		advance(Duration.ofSeconds(10));
		BalanceSnapshot snapshot = monitor.snapshot();
		assertThat(snapshot.balance()).isEqualTo(new Balance(12_500_000, "USD", FakeBilling.TOP_UP_URL));
		assertThat(snapshot.balanceAt()).isEqualTo(first);
		assertThat(snapshot.spendCaps()).isEqualTo(new SpendCaps(null, 50_000_000L, 1000, 2000));
		assertThat(snapshot.spendCapsAt()).isEqualTo(first);
		assertThat(snapshot.failure()).isNull();
	}

	@Test
	void asksOncePerIntervalAndNeverSooner() {
		running();
		advance(Duration.ofMillis(59_999));
		assertThat(this.billing.asked()).isEqualTo(1);
		advance(Duration.ofMillis(1));
		assertThat(this.billing.asked()).isEqualTo(2);
		advance(INTERVAL.multipliedBy(10));
		assertThat(this.billing.asked()).isEqualTo(12);
	}

	@Test
	void chanceMakesTheIntervalLongerByAFifthAtMost() {
		this.random = Math.nextDown(1.0);
		running();
		advance(Duration.ofSeconds(1));
		assertThat(this.billing.asked()).isEqualTo(1);
		advance(Duration.ofMillis(71_990));
		assertThat(this.billing.asked()).isEqualTo(1);
		advance(Duration.ofMillis(10));
		assertThat(this.billing.asked()).isEqualTo(2);
	}

	@Test
	void instancesThatStartTogetherDoNotAskInStep() {
		Map<Long, Integer> when = new TreeMap<>();
		this.billing.balance(() -> {
			when.merge(this.time.now(TimeUnit.MILLISECONDS), 1, Integer::sum);
			return Mono.just(new Balance(1, "USD", null));
		});
		for (int i = 0; i < 100; i++) {
			this.random = i / 100.0;
			running();
		}
		advance(Duration.ofSeconds(1));
		assertThat(when.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
		assertThat(when.values()).allMatch((count) -> count <= 2);
		when.clear();
		advance(Duration.ofSeconds(75));
		assertThat(when.values().stream().mapToInt(Integer::intValue).sum()).isGreaterThanOrEqualTo(100);
		assertThat(when.values()).allMatch((count) -> count <= 2);
	}

	@Test
	void instancesThatHearOfTheSameEventDoNotAskInStep() {
		Map<Long, Integer> when = new TreeMap<>();
		this.billing.balance(() -> {
			when.merge(this.time.now(TimeUnit.MILLISECONDS), 1, Integer::sum);
			return Mono.just(new Balance(1, "USD", null));
		});
		for (int i = 0; i < 100; i++) {
			this.random = i / 100.0;
			running();
		}
		advance(Duration.ofSeconds(2));
		when.clear();
		this.monitors.forEach((monitor) -> monitor.on(event("billing.balance_exhausted", "")));
		advance(Duration.ofSeconds(1));
		assertThat(when.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
		assertThat(when.values()).allMatch((count) -> count <= 2);
	}

	@Test
	void whenThePlatformNeverAnswersThenTheLastFigureStaysAndIsToldToBeOld() {
		VendoBalanceMonitor monitor = running();
		BalanceSnapshot before = monitor.snapshot();
		this.billing.balance(Mono::never);
		this.billing.caps(Mono::never);
		advance(INTERVAL);
		assertThat(monitor.snapshot()).isEqualTo(before);
		advance(Duration.ofSeconds(30));
		BalanceSnapshot snapshot = monitor.snapshot();
		assertThat(snapshot.state()).isEqualTo(State.UNREACHABLE);
		assertThat(snapshot.balance()).isEqualTo(before.balance());
		assertThat(snapshot.balanceAt()).isEqualTo(before.balanceAt());
		assertThat(snapshot.spendCaps()).isEqualTo(before.spendCaps());
		assertThat(snapshot.failure()).isInstanceOfSatisfying(TransportException.class,
				(failure) -> assertThat(failure.reason()).isEqualTo(TransportException.Reason.TIMEOUT));
		assertThat(this.billing.asked()).isEqualTo(2);
		this.billing.balance(7);
		advance(INTERVAL);
		// Although the caps are still waited for.
		assertThat(monitor.snapshot().state()).isEqualTo(State.AVAILABLE);
		assertThat(monitor.snapshot().failure()).isNull();
	}

	@Test
	void whenThePlatformHasNeverAnsweredThenThereIsNoFigure() {
		this.billing.fail(failure(503, null));
		BalanceSnapshot snapshot = running().snapshot();
		assertThat(snapshot.state()).isEqualTo(State.UNREACHABLE);
		assertThat(snapshot.balance()).isNull();
		assertThat(snapshot.balanceAt()).isNull();
	}

	static Stream<Throwable> unreachable() {
		return Stream.of(failure(429, "rate_limited"), failure(500, null), failure(403, null), failure(404, null),
				new IllegalStateException("odd"), new NoClassDefFoundError("odd"));
	}

	@ParameterizedTest
	@MethodSource
	void unreachable(Throwable failure) {
		this.billing.fail(failure);
		assertThat(running().snapshot().state()).isEqualTo(State.UNREACHABLE);
		advance(INTERVAL);
		assertThat(this.billing.asked()).isEqualTo(2);
	}

	@Test
	void whenBillingItselfThrowsThenItIsAskedAgain() {
		this.billing.balance(() -> {
			throw new LinkageError("odd");
		});
		assertThat(running().snapshot().state()).isEqualTo(State.UNREACHABLE);
		this.billing.balance(7);
		advance(INTERVAL);
		assertThat(this.monitors.get(0).snapshot().state()).isEqualTo(State.AVAILABLE);
	}

	static Stream<Throwable> rejected() {
		return Stream.of(failure(401, null), failure(401, "app_revoked"), failure(403, "app_expired"),
				new VendoConfigurationException("vendo.api-key", "No key", "Set it"));
	}

	@ParameterizedTest
	@MethodSource
	void rejected(Throwable failure) {
		this.billing.fail(failure);
		assertThat(running().snapshot().state()).isEqualTo(State.REJECTED);
	}

	@Test
	void whenNothingIsLeftThenExhausted() {
		this.billing.balance(0);
		assertThat(running().snapshot().state()).isEqualTo(State.EXHAUSTED);
		this.billing.balance(1);
		advance(INTERVAL);
		assertThat(this.monitors.get(0).snapshot().state()).isEqualTo(State.AVAILABLE);
	}

	@Test
	void whenTheAnswerSaysSoThenExhaustedOrCapped() {
		this.billing.fail(failure(402, "balance_exhausted"));
		assertThat(running().snapshot().state()).isEqualTo(State.EXHAUSTED);
		this.billing.fail(failure(429, "spend_cap_daily"));
		assertThat(running().snapshot().state()).isEqualTo(State.CAPPED);
	}

	@Test
	void whenACapIsUsedUpThenCapped() {
		this.billing.caps(() -> Mono.just(new SpendCaps(1000L, null, 1000, 2000)));
		assertThat(running().snapshot().state()).isEqualTo(State.CAPPED);
		assertThat(this.monitors.get(0).snapshot().trippedCaps()).containsExactly("daily");
		this.billing.caps(() -> Mono.just(new SpendCaps(1000L, 2000L, 999, 2000)));
		advance(INTERVAL);
		assertThat(this.monitors.get(0).snapshot().trippedCaps()).containsExactly("monthly");
		this.billing.caps(() -> Mono.just(new SpendCaps(1000L, 2000L, 999, 1999)));
		advance(INTERVAL);
		assertThat(this.monitors.get(0).snapshot().state()).isEqualTo(State.AVAILABLE);
	}

	@Test
	void whenTheCapsAloneCannotBeReadThenTheBalanceCounts() {
		VendoBalanceMonitor monitor = running();
		this.billing.caps(() -> Mono.error(failure(401, null)));
		this.billing.balance(7);
		advance(INTERVAL);
		assertThat(monitor.snapshot().state()).isEqualTo(State.AVAILABLE);
		assertThat(monitor.snapshot().balance().creditsRemainingMicros()).isEqualTo(7);
		assertThat(monitor.snapshot().spendCapsAt()).isBefore(monitor.snapshot().balanceAt());
	}

	@Test
	void whenCapsCannotBeReadThenATrippedOneIsOverWithItsDayOrMonth() {
		VendoBalanceMonitor monitor = running();
		this.billing.caps(() -> Mono.error(failure(403, null)));
		monitor.on(event("billing.cap_tripped", "\"window\":\"daily\""));
		monitor.on(event("billing.cap_tripped", "\"window\":\"monthly\""));
		advance(INTERVAL);
		assertThat(monitor.snapshot().trippedCaps()).containsExactlyInAnyOrder("daily", "monthly");
		advance(Duration.ofDays(1));
		assertThat(monitor.snapshot().trippedCaps()).containsExactly("monthly");
		assertThat(monitor.snapshot().state()).isEqualTo(State.CAPPED);
		advance(Duration.ofDays(31));
		assertThat(monitor.snapshot().trippedCaps()).isEmpty();
		assertThat(monitor.snapshot().state()).isEqualTo(State.AVAILABLE);
	}

	@Test
	void aCapThatOnlyAFailureToldOfIsOverWhenTheBalanceIsReadAgain() {
		VendoBalanceMonitor monitor = running();
		this.billing.caps(() -> Mono.error(failure(403, null)));
		this.billing.fail(failure(429, "spend_cap_monthly"));
		advance(INTERVAL);
		assertThat(monitor.snapshot().trippedCaps()).containsExactly("monthly");
		this.billing.fail(failure(503, null));
		advance(INTERVAL);
		assertThat(monitor.snapshot().state()).isEqualTo(State.CAPPED);
		this.billing.balance(7);
		advance(INTERVAL);
		assertThat(monitor.snapshot().trippedCaps()).isEmpty();
		assertThat(monitor.snapshot().state()).isEqualTo(State.AVAILABLE);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aCapThatAnEventToldOfTooIsNotOverWhenTheBalanceIsReadAgain(boolean eventFirst) {
		VendoBalanceMonitor monitor = running();
		this.billing.caps(() -> Mono.error(failure(403, null)));
		this.billing.fail(failure(429, "spend_cap_monthly"));
		if (!eventFirst) {
			advance(INTERVAL);
		}
		monitor.on(event("billing.cap_tripped", "\"window\":\"monthly\""));
		advance(INTERVAL);
		this.billing.balance(7);
		advance(INTERVAL.multipliedBy(2));
		assertThat(monitor.snapshot().trippedCaps()).containsExactly("monthly");
		assertThat(monitor.snapshot().state()).isEqualTo(State.CAPPED);
	}

	static Stream<Arguments> badStates() {
		return Stream.of(bad(State.EXHAUSTED, (test) -> test.billing.balance(0)),
				bad(State.EXHAUSTED, (test) -> test.billing.fail(failure(402, "balance_exhausted"))),
				bad(State.CAPPED, (test) -> test.billing.caps(() -> Mono.just(new SpendCaps(1000L, null, 1000, 2000)))),
				bad(State.CAPPED, (test) -> test.billing.fail(failure(429, "spend_cap_monthly"))),
				bad(State.CAPPED, (test) -> test.billing.fail(failure(429, "spend_cap_exceeded"))),
				bad(State.REJECTED, (test) -> test.billing.fail(failure(401, "app_revoked"))));
	}

	private static Arguments bad(State state, Consumer<VendoBalanceMonitorTests> cause) {
		return Arguments.of(state, cause);
	}

	@ParameterizedTest
	@MethodSource("badStates")
	void whatThePlatformSaidLastCountsWhileItCannotBeAsked(State state, Consumer<VendoBalanceMonitorTests> cause) {
		VendoBalanceMonitor monitor = running();
		cause.accept(this);
		advance(INTERVAL);
		assertThat(monitor.snapshot().state()).isEqualTo(state);
		BalanceSnapshot before = monitor.snapshot();
		this.billing.fail(failure(503, null));
		this.billing.caps(() -> Mono.error(failure(503, null)));
		advance(INTERVAL.multipliedBy(5));
		BalanceSnapshot snapshot = monitor.snapshot();
		assertThat(snapshot.state()).isEqualTo(state);
		assertThat(snapshot.balance()).isEqualTo(before.balance());
		assertThat(snapshot.balanceAt()).isEqualTo(before.balanceAt());
		assertThat(snapshot.failure()).returns(503, VendoException::status);
		this.billing.balance(7);
		this.billing.caps(() -> Mono.just(new SpendCaps(null, null, 0, 0)));
		advance(INTERVAL);
		assertThat(monitor.snapshot().state()).isEqualTo(State.AVAILABLE);
		assertThat(monitor.snapshot().failure()).isNull();
	}

	@Test
	void whatAnEventSaidLastCountsWhileThePlatformCannotBeAsked() {
		VendoBalanceMonitor monitor = running();
		this.billing.fail(failure(503, null));
		advance(INTERVAL);
		assertThat(monitor.snapshot().state()).isEqualTo(State.UNREACHABLE);
		monitor.on(event("billing.balance_exhausted", ""));
		advance(INTERVAL);
		assertThat(monitor.snapshot().state()).isEqualTo(State.EXHAUSTED);
		assertThat(monitor.snapshot().failure()).isNotNull();
		this.billing.balance(Mono::never);
		monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
		assertThat(monitor.snapshot().state()).isEqualTo(State.AVAILABLE);
		advance(INTERVAL.multipliedBy(2));
		assertThat(monitor.snapshot().state()).isEqualTo(State.UNREACHABLE);
	}

	@Test
	void aCapThatWasReadIsOverWithItsDayWhereNothingCanBeRead() {
		VendoBalanceMonitor monitor = running();
		this.billing.caps(() -> Mono.just(new SpendCaps(1000L, null, 1000, 2000)));
		advance(INTERVAL);
		this.billing.fail(failure(503, null));
		this.billing.caps(() -> Mono.error(failure(503, null)));
		advance(Duration.ofHours(1));
		assertThat(monitor.snapshot().state()).isEqualTo(State.CAPPED);
		advance(Duration.ofDays(1));
		assertThat(monitor.snapshot().state()).isEqualTo(State.UNREACHABLE);
		assertThat(monitor.snapshot().trippedCaps()).isEmpty();
	}

	@Test
	void everyStateIsLoggedOnceAndNotEachTime() {
		List<String> lines = logged(() -> {
			VendoBalanceMonitor monitor = running();
			advance(INTERVAL.multipliedBy(3));
			this.billing.fail(ErrorDetails.of(ErrorCode.UPSTREAM_ERROR).status(503).requestId("req_7").toException());
			advance(INTERVAL.multipliedBy(10));
			this.billing.balance(7);
			advance(INTERVAL.multipliedBy(3));
			this.billing.balance(0);
			advance(INTERVAL.multipliedBy(3));
			this.billing.fail(failure(500, null));
			advance(INTERVAL.multipliedBy(3));
			this.billing.balance(0);
			advance(INTERVAL.multipliedBy(3));
			this.billing.balance(5);
			monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
			monitor.on(event("billing.cap_tripped", "\"window\":\"daily\""));
			monitor.on(event("billing.cap_tripped", "\"window\":\"monthly\""));
			advance(INTERVAL);
			this.billing.fail(ErrorDetails.of(ErrorCode.APP_REVOKED).status(401).requestId("req_8").toException());
			advance(INTERVAL.multipliedBy(3));
		});
		assertThat(lines).satisfiesExactly(
				(line) -> assertThat(line).startsWith("WARN The balance cannot be read and is tried again: ")
					.contains("503", "request id: req_7"),
				(line) -> assertThat(line).isEqualTo("INFO The balance can be read, and there is credit"),
				(line) -> assertThat(line).startsWith("WARN The balance is used up: "),
				(line) -> assertThat(line)
					.startsWith("WARN The balance cannot be read and is tried again; until then the account counts as "
							+ "exhausted: ")
					.contains("500"),
				(line) -> assertThat(line)
					.isEqualTo("INFO The balance can be read again, and the account is still exhausted"),
				(line) -> assertThat(line).isEqualTo("INFO The balance can be read, and there is credit"),
				(line) -> assertThat(line).startsWith("WARN A spend cap is reached: "),
				(line) -> assertThat(line).isEqualTo("INFO The balance can be read, and there is credit"),
				(line) -> assertThat(line)
					.startsWith("ERROR The platform does not accept the API key (vendo.api-key): AuthException 401")
					.contains("request id: req_8"));
	}

	private static List<String> logged(Runnable work) {
		Logger logger = (Logger) LoggerFactory.getLogger(VendoBalanceMonitor.class);
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		logger.addAppender(log);
		logger.setLevel(Level.INFO);
		try {
			work.run();
		}
		finally {
			logger.detachAppender(log);
			logger.setLevel(null);
		}
		return log.list.stream().map((line) -> line.getLevel() + " " + line.getFormattedMessage()).toList();
	}

	static Stream<BillingEvent> events() {
		return Stream.of(event("billing.balance_changed", "\"remaining_micros\":5"),
				event("billing.balance_low", "\"credits_remaining_micros\":5"), event("billing.balance_exhausted", ""),
				event("billing.cap_warned", "\"window\":\"daily\",\"pct\":80"),
				event("billing.cap_tripped", "\"window\":\"daily\""));
	}

	@ParameterizedTest
	@MethodSource("events")
	void whenAnEventComesThenAsksWithinASecond(BillingEvent event) {
		this.random = 0.5;
		VendoBalanceMonitor monitor = running();
		advance(Duration.ofSeconds(5));
		monitor.on(event);
		advance(Duration.ofMillis(499));
		assertThat(this.billing.asked()).isEqualTo(1);
		advance(Duration.ofMillis(1));
		assertThat(this.billing.asked()).isEqualTo(2);
		assertThat(monitor.snapshot().state()).isEqualTo(State.AVAILABLE);
		advance(INTERVAL.minusMillis(1));
		assertThat(this.billing.asked()).isEqualTo(2);
	}

	@Test
	void usageIsNoReasonToAsk() {
		VendoBalanceMonitor monitor = running();
		monitor.on(event("billing.usage_recorded", "\"provider\":\"openai\",\"micros\":5"));
		advance(Duration.ofSeconds(59));
		assertThat(this.billing.asked()).isEqualTo(1);
	}

	@Test
	void whatAnEventTellsIsKnownBeforeAnythingIsAsked() {
		VendoBalanceMonitor monitor = running();
		this.billing.balance(Mono::never);
		advance(Duration.ofSeconds(5));
		monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
		assertThat(monitor.snapshot().balance()).isEqualTo(new Balance(5, "USD", FakeBilling.TOP_UP_URL));
		assertThat(monitor.snapshot().balanceAt()).isEqualTo(now());
		monitor.on(event("billing.balance_exhausted", ""));
		assertThat(monitor.snapshot().state()).isEqualTo(State.EXHAUSTED);
		monitor.on(event("billing.balance_low", "\"credits_remaining_micros\":3"));
		assertThat(monitor.snapshot().state()).isEqualTo(State.AVAILABLE);
		monitor.on(event("billing.cap_tripped", "\"window\":\"weekly\""));
		assertThat(monitor.snapshot().state()).isEqualTo(State.CAPPED);
		assertThat(monitor.snapshot().trippedCaps()).containsExactly("weekly");
	}

	@Test
	void manyEventsLeadToNoMoreThanOneQuestionPerInterval() {
		VendoBalanceMonitor monitor = running();
		for (int i = 0; i < 3590; i++) {
			monitor.on(event("billing.balance_changed", "\"remaining_micros\":" + i));
			advance(Duration.ofSeconds(1));
		}
		// One a minute, and one at the first event.
		assertThat(this.billing.asked()).isEqualTo(61);
	}

	@Test
	void afterAWhileWithoutEventsOneLeadsToAQuestionAtOnceAgain() {
		VendoBalanceMonitor monitor = running();
		for (int i = 0; i < 5; i++) {
			advance(INTERVAL.plusSeconds(10));
			int asked = this.billing.asked();
			monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
			advance(Duration.ZERO);
			assertThat(this.billing.asked()).isEqualTo(asked + 1);
		}
	}

	@Test
	void howeverLongTheIntervalAnEventLeadsToAQuestionWithinAMinute() {
		this.interval = Duration.ofHours(1);
		VendoBalanceMonitor monitor = running();
		advance(Duration.ofSeconds(5));
		monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
		advance(Duration.ZERO);
		assertThat(this.billing.asked()).isEqualTo(2);
		advance(Duration.ofSeconds(61));
		monitor.on(event("billing.balance_exhausted", ""));
		advance(Duration.ZERO);
		assertThat(this.billing.asked()).isEqualTo(3);
		monitor.on(event("billing.cap_tripped", "\"window\":\"daily\""));
		advance(Duration.ofMillis(59_999));
		assertThat(this.billing.asked()).isEqualTo(3);
		advance(Duration.ofMillis(1));
		assertThat(this.billing.asked()).isEqualTo(4);
		advance(Duration.ofHours(1).minusMillis(1));
		assertThat(this.billing.asked()).isEqualTo(4);
	}

	@Test
	void anAnswerThatMayBeOlderThanAnEventDoesNotTakeItsPlace() {
		VendoBalanceMonitor monitor = running();
		Sinks.One<Balance> answer = Sinks.one();
		this.billing.balance(answer::asMono);
		advance(INTERVAL);
		monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
		monitor.on(event("billing.cap_tripped", "\"window\":\"daily\""));
		this.billing.balance(4);
		answer.tryEmitValue(new Balance(9_000_000, "USD", null)).orThrow();
		// The next question is asked at once, and its answer counts.
		assertThat(this.billing.asked()).isEqualTo(3);
		assertThat(monitor.snapshot().balance().creditsRemainingMicros()).isEqualTo(4);
		assertThat(monitor.snapshot().state()).isEqualTo(State.AVAILABLE);
	}

	@Test
	void anEventWhileOnlyTheCapsAreOutLeadsToAQuestionOnceTheyAreThere() {
		VendoBalanceMonitor monitor = running();
		Sinks.One<SpendCaps> answer = Sinks.one();
		this.billing.balance(8);
		this.billing.caps(answer::asMono);
		advance(INTERVAL);
		assertThat(monitor.snapshot().balance().creditsRemainingMicros()).isEqualTo(8);
		monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
		advance(Duration.ofSeconds(1));
		assertThat(this.billing.asked()).as("one question at a time").isEqualTo(2);
		this.billing.balance(4);
		answer.tryEmitValue(new SpendCaps(null, null, 0, 0)).orThrow();
		advance(Duration.ZERO);
		assertThat(this.billing.asked()).isEqualTo(3);
		assertThat(monitor.snapshot().balance().creditsRemainingMicros()).isEqualTo(4);
	}

	@Test
	void whileTheNextAnswerIsOutTheEventCounts() {
		VendoBalanceMonitor monitor = running();
		Sinks.One<Balance> answer = Sinks.one();
		this.billing.balance(answer::asMono);
		advance(INTERVAL);
		monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
		monitor.on(event("billing.cap_tripped", "\"window\":\"daily\""));
		this.billing.balance(Mono::never);
		answer.tryEmitValue(new Balance(9_000_000, "USD", null)).orThrow();
		assertThat(monitor.snapshot().balance().creditsRemainingMicros()).isEqualTo(5);
		assertThat(monitor.snapshot().state()).isEqualTo(State.CAPPED);
	}

	@Test
	void whenThePlatformAsksForPatienceThenItIsGivenAlsoWhenEventsCome() {
		VendoBalanceMonitor monitor = running();
		this.billing
			.fail(ErrorDetails.of(ErrorCode.RATE_LIMITED).status(429).retryAfter(Duration.ofMinutes(5)).toException());
		advance(INTERVAL);
		assertThat(this.billing.asked()).isEqualTo(2);
		monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
		advance(Duration.ofMillis(299_999));
		assertThat(this.billing.asked()).isEqualTo(2);
		advance(Duration.ofMillis(1));
		assertThat(this.billing.asked()).isEqualTo(3);
	}

	@Test
	void whenStoppedThenAsksNoMoreAndWhenStartedAgainDoes() {
		VendoBalanceMonitor monitor = running();
		monitor.stop();
		assertThat(monitor.isRunning()).isFalse();
		monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
		assertThat(this.time.isDisposed()).isTrue();
		assertThat(this.billing.asked()).isEqualTo(1);
		VendoBalanceMonitor again = create(true, VirtualTimeScheduler::create);
		again.start();
		again.onApplicationEvent(ready());
		again.stop();
		again.start();
		assertThat(this.billing.asked()).isEqualTo(3);
	}

	@Test
	void anAnswerAfterTheStopChangesNothing() {
		Sinks.One<Balance> answer = Sinks.one();
		this.billing.balance(answer::asMono);
		VendoBalanceMonitor monitor = running();
		monitor.stop();
		answer.tryEmitValue(new Balance(9, "USD", null));
		assertThat(monitor.snapshot().state()).isEqualTo(State.PENDING);
	}

	@Test
	void eventsFromManyThreadsLeadToOneQuestionAtATime() throws Exception {
		AtomicInteger atOnce = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch asked = new CountDownLatch(2);
		this.billing.balance(() -> Mono.fromCallable(() -> {
			begun.countDown();
			most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
			Thread.yield();
			atOnce.decrementAndGet();
			asked.countDown();
			return new Balance(1, "USD", null);
		}).subscribeOn(Schedulers.boundedElastic()));
		VendoBalanceMonitor monitor = new VendoBalanceMonitor(true, () -> this.billing, INTERVAL,
				() -> Schedulers.newSingle("vendo-health-test", true), Clock.systemUTC(), () -> 0);
		this.monitors.add(monitor);
		monitor.start();
		monitor.onApplicationEvent(ready());
		// What comes before that needs no second question.
		assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			Thread thread = new Thread(() -> {
				for (int n = 0; n < 500; n++) {
					monitor.on(event("billing.balance_changed", "\"remaining_micros\":5"));
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(most).hasValue(1);
		assertThat(this.billing.asked()).isLessThanOrEqualTo(3);
	}

	private VendoBalanceMonitor create(boolean vendoMode) {
		return create(vendoMode, () -> this.time);
	}

	private VendoBalanceMonitor create(boolean vendoMode, Supplier<Scheduler> scheduler) {
		double random = this.random;
		VendoBalanceMonitor monitor = new VendoBalanceMonitor(vendoMode, () -> this.billing, this.interval, () -> {
			this.schedulers.incrementAndGet();
			return scheduler.get();
		}, clock(), () -> random);
		this.monitors.add(monitor);
		return monitor;
	}

	private VendoBalanceMonitor running() {
		VendoBalanceMonitor monitor = create(true);
		monitor.start();
		monitor.onApplicationEvent(ready());
		advance(Duration.ZERO);
		return monitor;
	}

	private void advance(Duration duration) {
		this.time.advanceTimeBy(duration);
	}

	private Instant now() {
		return Instant.ofEpochMilli(this.time.now(TimeUnit.MILLISECONDS));
	}

	private Clock clock() {
		return new Clock() {

			@Override
			public ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

			@Override
			public Instant instant() {
				return now();
			}

		};
	}

	private static ApplicationReadyEvent ready() {
		return Mockito.mock(ApplicationReadyEvent.class);
	}

	private static VendoException failure(int status, String code) {
		ErrorDetails.Builder details = (code != null) ? ErrorDetails.of(new ErrorCode(code)) : ErrorDetails.builder();
		return details.status(status).toException();
	}

	private static BillingEvent event(String kind, String fields) {
		return (BillingEvent) VendoEvent.of(kind,
				"{\"kind\":\"%s\"%s}".formatted(kind, fields.isEmpty() ? "" : "," + fields));
	}

}
