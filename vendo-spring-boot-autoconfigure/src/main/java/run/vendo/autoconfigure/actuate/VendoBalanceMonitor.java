package run.vendo.autoconfigure.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import run.vendo.autoconfigure.actuate.BalanceSnapshot.State;
import run.vendo.billing.Balance;
import run.vendo.billing.ReactiveBillingApi;
import run.vendo.billing.SpendCaps;
import run.vendo.error.AuthException;
import run.vendo.error.BalanceExhaustedException;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.SpendCapExceededException;
import run.vendo.error.TransportException;
import run.vendo.error.VendoConfigurationException;
import run.vendo.error.VendoException;
import run.vendo.event.BalanceChanged;
import run.vendo.event.BalanceExhausted;
import run.vendo.event.BalanceLow;
import run.vendo.event.BillingEvent;
import run.vendo.event.CapTripped;
import run.vendo.event.UsageRecorded;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * Reads balance and caps in the background from the time the application is ready until
 * it stops: every now and then, and when an event says that they have changed. Whoever
 * looks gets what was read last.
 */
final class VendoBalanceMonitor implements BalanceMonitor, SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

	private static final Log logger = LogFactory.getLog(VendoBalanceMonitor.class);

	/**
	 * How long one attempt may take with its retries: no longer than the shortest
	 * interval, so that what is shown is never much older than that.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/**
	 * Within which time instances ask that start together or hear of the same event.
	 */
	private static final Duration JITTER = Duration.ofSeconds(1);

	private static final String DAILY = "daily";

	private static final String MONTHLY = "monthly";

	private static final double INTERVAL_JITTER = 0.2;

	/**
	 * How far apart readings are at most that events lead to: the platform answers 60 a
	 * minute.
	 */
	private static final Duration EVENT_INTERVAL = Duration.ofSeconds(60);

	private static final Duration LONGEST_DELAY = Duration.ofHours(1);

	private final String prefix;

	private final String keyProperty;

	private final boolean vendoMode;

	private final Supplier<ReactiveBillingApi> billing;

	private final Duration interval;

	private final Supplier<Scheduler> schedulers;

	private final Clock clock;

	private final DoubleSupplier random;

	private final Object monitor = new Object();

	private boolean running;

	private boolean ready;

	private @Nullable Work work;

	private @Nullable Balance balance;

	private @Nullable Instant balanceAt;

	private @Nullable SpendCaps caps;

	private @Nullable Instant capsAt;

	private boolean rejected;

	private boolean exhausted;

	private Set<String> trippedCaps = Set.of();

	/** Those of them that nothing but a failure has told of. */
	private Set<String> trippedByFailure = Set.of();

	private @Nullable Instant trippedAt;

	private @Nullable VendoException failure;

	/** How many events have told something. */
	private long told;

	/** How many of them have told the balance itself. */
	private long balancesTold;

	private volatile BalanceSnapshot snapshot = new BalanceSnapshot(State.PENDING, null, null, null, null, Set.of(),
			null);

	VendoBalanceMonitor(boolean vendoMode, Supplier<ReactiveBillingApi> billing, Duration interval,
			Supplier<Scheduler> schedulers, Clock clock, DoubleSupplier random) {
		this(null, vendoMode, billing, interval, schedulers, clock, random);
	}

	VendoBalanceMonitor(@Nullable String account, boolean vendoMode, Supplier<ReactiveBillingApi> billing,
			Duration interval, Supplier<Scheduler> schedulers, Clock clock, DoubleSupplier random) {
		this.prefix = (account != null) ? "Account '" + account + "': " : "";
		this.keyProperty = (account != null) ? "vendo.accounts." + account + ".api-key" : "vendo.api-key";
		this.vendoMode = vendoMode;
		this.billing = billing;
		this.interval = interval;
		this.schedulers = schedulers;
		this.clock = clock;
		this.random = random;
	}

	@Override
	public BalanceSnapshot snapshot() {
		return this.snapshot;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		synchronized (this.monitor) {
			this.ready = true;
			begin();
		}
	}

	@Override
	public void start() {
		synchronized (this.monitor) {
			this.running = true;
			begin();
		}
	}

	private void begin() {
		if (this.vendoMode && this.running && this.ready && this.work == null) {
			this.work = new Work(this.schedulers.get());
			this.work.begin();
		}
	}

	@Override
	public void stop() {
		synchronized (this.monitor) {
			this.running = false;
			if (this.work != null) {
				this.work.stop();
				this.work = null;
			}
		}
	}

	@Override
	public boolean isRunning() {
		synchronized (this.monitor) {
			return this.running;
		}
	}

	@EventListener
	void on(BillingEvent event) {
		if (event instanceof UsageRecorded) {
			// What it means for the balance comes as an event of its own.
			return;
		}
		synchronized (this.monitor) {
			this.told++;
			if (event instanceof BalanceChanged changed) {
				tell(changed.remainingMicros());
			}
			else if (event instanceof BalanceLow low) {
				tell(low.creditsRemainingMicros());
			}
			else if (event instanceof BalanceExhausted) {
				this.exhausted = true;
				heard();
			}
			else if (event instanceof CapTripped tripped) {
				trip(tripped.window());
				this.trippedByFailure = without(this.trippedByFailure, Set.of(tripped.window()));
				heard();
			}
			update();
			if (this.work != null) {
				this.work.refreshBecauseOfEvent();
			}
		}
	}

	// The platform has spoken, so it is there and knows the application.
	private void heard() {
		this.rejected = false;
		this.failure = null;
	}

	private void trip(String window) {
		Set<String> all = new TreeSet<>(this.trippedCaps);
		all.add(window);
		this.trippedCaps = all;
		this.trippedAt = this.clock.instant();
	}

	private void tripByFailure(String window) {
		if (!this.trippedCaps.contains(window)) {
			Set<String> all = new TreeSet<>(this.trippedByFailure);
			all.add(window);
			this.trippedByFailure = all;
		}
		trip(window);
	}

	private static Set<String> without(Set<String> windows, Set<String> some) {
		Set<String> rest = new TreeSet<>(windows);
		rest.removeAll(some);
		return rest;
	}

	private void tell(long micros) {
		Balance before = this.balance;
		this.balance = new Balance(micros, (before != null) ? before.currency() : "USD",
				(before != null) ? before.topUpUrl() : null);
		this.balanceAt = this.clock.instant();
		this.balancesTold++;
		this.exhausted = false;
		heard();
	}

	private void update() {
		BalanceSnapshot before = this.snapshot;
		this.snapshot = new BalanceSnapshot(state(), this.balance, this.balanceAt, this.caps, this.capsAt,
				this.trippedCaps, this.failure);
		report(this.snapshot, before);
	}

	// Caps that nobody can read would stay tripped for good. By themselves they are open
	// again with the next day or month.
	private void forgetCapsOfThePast() {
		if (this.trippedAt == null) {
			return;
		}
		LocalDate then = LocalDate.ofInstant(this.trippedAt, ZoneOffset.UTC);
		LocalDate today = LocalDate.ofInstant(this.clock.instant(), ZoneOffset.UTC);
		Set<String> still = new TreeSet<>(this.trippedCaps);
		if (today.isAfter(then)) {
			still.retainAll(Set.of(MONTHLY));
		}
		if (YearMonth.from(today).isAfter(YearMonth.from(then))) {
			still.clear();
		}
		this.trippedCaps = still;
	}

	// What the platform said last counts until it says otherwise: that it cannot be asked
	// is no better news than a balance that is used up.
	private State state() {
		if (this.rejected) {
			return State.REJECTED;
		}
		if (this.exhausted || (this.balance != null && this.balance.isExhausted())) {
			return State.EXHAUSTED;
		}
		if (!this.trippedCaps.isEmpty()) {
			return State.CAPPED;
		}
		if (this.failure != null) {
			return State.UNREACHABLE;
		}
		return (this.balance != null) ? State.AVAILABLE : State.PENDING;
	}

	private static boolean isRejection(@Nullable VendoException failure) {
		return failure instanceof AuthException || failure instanceof VendoConfigurationException;
	}

	/**
	 * Return whether a failure says nothing of the account.
	 */
	private static boolean isSilence(@Nullable VendoException failure) {
		return failure != null && !isRejection(failure) && !(failure instanceof BalanceExhaustedException)
				&& !(failure instanceof SpendCapExceededException);
	}

	private static String window(@Nullable ErrorCode code) {
		if (ErrorCode.SPEND_CAP_DAILY.equals(code)) {
			return DAILY;
		}
		return ErrorCode.SPEND_CAP_MONTHLY.equals(code) ? MONTHLY : "unknown";
	}

	private void report(BalanceSnapshot now, BalanceSnapshot before) {
		State state = now.state();
		if (state != before.state()) {
			reportState(now, before);
		}
		else if (state != State.UNREACHABLE && isSilence(now.failure()) != isSilence(before.failure())) {
			if (isSilence(now.failure())) {
				logger.warn(this.prefix
						+ "The balance cannot be read and is tried again; until then the account counts as %s: %s"
							.formatted(Details.name(state), reason(now)));
			}
			else {
				logger.info(
						this.prefix + "The balance can be read again, and the account is still " + Details.name(state));
			}
		}
	}

	private static @Nullable String reason(BalanceSnapshot snapshot) {
		VendoException failure = snapshot.failure();
		return (failure != null) ? failure.getMessage() : null;
	}

	private void reportState(BalanceSnapshot now, BalanceSnapshot before) {
		switch (now.state()) {
			case REJECTED -> logger.error(this.prefix + "The platform does not accept the API key (" + this.keyProperty
					+ "): " + reason(now));
			case EXHAUSTED -> logger
				.warn(this.prefix + "The balance is used up: calls that cost something fail until it is topped up");
			case CAPPED -> logger.warn(this.prefix
					+ "A spend cap is reached: calls that cost something fail until it is raised or its time is over");
			case UNREACHABLE ->
				logger.warn(this.prefix + "The balance cannot be read and is tried again: " + reason(now));
			case AVAILABLE -> {
				if (before.state() != State.PENDING) {
					logger.info(this.prefix + "The balance can be read, and there is credit");
				}
			}
			case PENDING -> logger.debug(this.prefix + "The balance is not known");
		}
	}

	/**
	 * What is done between a start and a stop. Guarded by the monitor.
	 */
	private final class Work {

		private final Scheduler scheduler;

		private final Disposable.Swap timer = Disposables.swap();

		private final Disposable.Swap call = Disposables.swap();

		private boolean stopped;

		private boolean underWay;

		private long plans;

		/** When the next attempt is, in milliseconds of the scheduler. */
		private long next = Long.MAX_VALUE;

		/** Before when the platform wants to hear nothing. */
		private long notBefore = Long.MIN_VALUE;

		/**
		 * Before when no event leads to an attempt: they are apart as well, for an
		 * application that spends gets many events.
		 */
		private long noEventBefore = Long.MIN_VALUE;

		Work(Scheduler scheduler) {
			this.scheduler = scheduler;
		}

		void stop() {
			this.stopped = true;
			this.timer.dispose();
			this.call.dispose();
			this.scheduler.dispose();
		}

		private long now() {
			return this.scheduler.now(TimeUnit.MILLISECONDS);
		}

		void begin() {
			refreshIn(Duration.ofMillis(random(JITTER)));
		}

		void refreshBecauseOfEvent() {
			if (this.underWay) {
				// Its answer may be from before the event: what comes next is decided
				// when it is there.
				return;
			}
			long now = now();
			long at = Math.max(now + random(JITTER), Math.max(this.noEventBefore, this.notBefore));
			if (at <= this.next) {
				this.noEventBefore = at + pauseAfterEvent().toMillis();
				refreshIn(Duration.ofMillis(at - now));
			}
		}

		private long random(Duration atMost) {
			return (long) (atMost.toMillis() * VendoBalanceMonitor.this.random.getAsDouble());
		}

		void refreshIn(Duration delay) {
			this.next = now() + delay.toMillis();
			long number = ++this.plans;
			Disposable timer = this.scheduler.schedule(this::refresh, delay.toMillis(), TimeUnit.MILLISECONDS);
			if (number == this.plans) {
				// Otherwise it has run already, and made another plan.
				this.timer.update(timer);
			}
		}

		private void refresh() {
			long told;
			long balancesTold;
			synchronized (VendoBalanceMonitor.this.monitor) {
				if (this.stopped || this.underWay) {
					return;
				}
				this.underWay = true;
				this.next = Long.MAX_VALUE;
				told = VendoBalanceMonitor.this.told;
				balancesTold = VendoBalanceMonitor.this.balancesTold;
			}
			Mono<Answer<Balance>> balance = answer(ReactiveBillingApi::balance)
				.doOnNext((answer) -> arrived(answer, told, balancesTold));
			Mono<Answer<SpendCaps>> caps = answer(ReactiveBillingApi::spendCaps);
			try {
				this.call.update(
						Mono.zip(balance, caps).subscribe((answers) -> finish(answers.getT1(), answers.getT2(), told)));
			}
			catch (RuntimeException | Error ex) {
				// What Reactor takes for fatal is thrown and not signalled.
				Answer<Balance> failed = Answer.failed(ex);
				arrived(failed, told, balancesTold);
				finish(failed, Answer.failed(ex), told);
			}
		}

		private <T> Mono<Answer<T>> answer(Function<ReactiveBillingApi, Mono<T>> question) {
			return Mono.defer(() -> question.apply(VendoBalanceMonitor.this.billing.get()))
				.timeout(PATIENCE, this.scheduler)
				.map(Answer::of)
				.onErrorResume((failure) -> Mono.just(Answer.failed(failure)))
				.switchIfEmpty(
						Mono.fromSupplier(() -> Answer.failed(new IllegalStateException("There was no answer"))));
		}

		// Without waiting for the caps, which are less.
		private void arrived(Answer<Balance> answer, long toldBefore, long balancesToldBefore) {
			VendoBalanceMonitor outer = VendoBalanceMonitor.this;
			synchronized (outer.monitor) {
				if (this.stopped || !this.underWay) {
					return;
				}
				VendoException failure = answer.failure();
				outer.failure = failure;
				if (!isSilence(failure)) {
					outer.rejected = isRejection(failure);
				}
				if (failure instanceof BalanceExhaustedException) {
					outer.exhausted = true;
				}
				else if (failure instanceof SpendCapExceededException) {
					outer.tripByFailure(window(failure.code()));
				}
				else if (answer.value() != null) {
					// What failed for a cap does so no longer.
					outer.trippedCaps = without(outer.trippedCaps, outer.trippedByFailure);
					outer.trippedByFailure = Set.of();
					outer.exhausted = outer.exhausted && outer.told != toldBefore;
					if (outer.balancesTold == balancesToldBefore) {
						outer.balance = answer.value();
						outer.balanceAt = outer.clock.instant();
					}
				}
				update();
			}
		}

		private void finish(Answer<Balance> balance, Answer<SpendCaps> caps, long toldBefore) {
			VendoBalanceMonitor outer = VendoBalanceMonitor.this;
			synchronized (outer.monitor) {
				if (this.stopped || !this.underWay) {
					return;
				}
				this.underWay = false;
				boolean toldMeanwhile = outer.told != toldBefore;
				apply(caps, toldMeanwhile || balance.failure() instanceof SpendCapExceededException);
				update();
				Duration wanted = (balance.failure() != null) ? balance.failure().retryAfter() : null;
				Duration pause = pause(wanted);
				this.notBefore = (wanted != null) ? now() + pause.toMillis() : Long.MIN_VALUE;
				refreshIn(pause);
				if (toldMeanwhile) {
					refreshBecauseOfEvent();
				}
			}
		}

		private Duration pauseAfterEvent() {
			Duration interval = VendoBalanceMonitor.this.interval;
			return withJitter((interval.compareTo(EVENT_INTERVAL) < 0) ? interval : EVENT_INTERVAL);
		}

		private Duration withJitter(Duration interval) {
			return interval.plusMillis((long) (random(interval) * INTERVAL_JITTER));
		}

		private Duration pause(@Nullable Duration wanted) {
			Duration pause = withJitter(VendoBalanceMonitor.this.interval);
			if (wanted == null || wanted.compareTo(pause) <= 0) {
				return pause;
			}
			return (wanted.compareTo(LONGEST_DELAY) < 0) ? wanted : LONGEST_DELAY;
		}

		private void apply(Answer<SpendCaps> answer, boolean told) {
			VendoBalanceMonitor outer = VendoBalanceMonitor.this;
			SpendCaps caps = answer.value();
			if (caps == null) {
				logger.debug(outer.prefix + "The spend caps cannot be read: " + answer.failure());
				outer.forgetCapsOfThePast();
				return;
			}
			outer.caps = caps;
			outer.capsAt = outer.clock.instant();
			Set<String> tripped = told ? new TreeSet<>(outer.trippedCaps) : new TreeSet<>();
			Set<String> reached = new TreeSet<>();
			if (isReached(caps.dailyMicros(), caps.usedTodayMicros())) {
				reached.add(DAILY);
			}
			if (isReached(caps.monthlyMicros(), caps.usedMonthMicros())) {
				reached.add(MONTHLY);
			}
			tripped.addAll(reached);
			outer.trippedCaps = tripped;
			outer.trippedByFailure = without(outer.trippedByFailure, reached);
			outer.trippedAt = outer.capsAt;
		}

		private static boolean isReached(@Nullable Long cap, long used) {
			return cap != null && used >= cap;
		}

	}

	/**
	 * What came of a question.
	 *
	 * @param value the answer, or {@code null} when there is none
	 * @param failure why there is none, or {@code null} when there is one
	 */
	private record Answer<T>(@Nullable T value, @Nullable VendoException failure) {

		static <T> Answer<T> of(T value) {
			return new Answer<>(Objects.requireNonNull(value), null);
		}

		static <T> Answer<T> failed(Throwable failure) {
			if (failure instanceof VendoException known) {
				return new Answer<>(null, known);
			}
			ErrorDetails.Builder details = ErrorDetails.of(ErrorCode.UPSTREAM_ERROR);
			if (failure instanceof TimeoutException) {
				details.transportReason(TransportException.Reason.TIMEOUT)
					.summary("There was no answer within %d s".formatted(PATIENCE.toSeconds()));
			}
			return new Answer<>(null, details.build().toException(failure));
		}

	}

}
