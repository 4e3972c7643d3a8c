package run.vendo.autoconfigure.observation;

import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import run.vendo.http.ClientRecorder;
import run.vendo.token.TokenCache;

/**
 * Counts for one account, and shows the counts where Micrometer is. To count costs one
 * increment wherever they are shown; nothing here is held by a meter registry alone.
 */
final class MicrometerAccountRecorder implements ClientRecorder, MeterBinder {

	private static final double MICROS = 1_000_000;

	private final String account;

	private final Clock clock;

	private final Supplier<@Nullable TokenCache> tokenCache;

	private final UnaryOperator<String> knownSlug;

	private final Map<Counted, LongAdder> counters = new ConcurrentHashMap<>();

	private final Map<String, LongAdder> hits = new ConcurrentHashMap<>();

	private final LongAdder misses = new LongAdder();

	private final Set<DoubleSupplier> budgets = Collections.newSetFromMap(new WeakHashMap<>());

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	private volatile @Nullable Balance balance;

	private volatile @Nullable Caps caps;

	/**
	 * Create a recorder.
	 * @param account the account
	 * @param clock the time
	 * @param tokenCache gives the cache whose size is shown
	 * @param knownSlug gives the tag of whatever provider somebody asks for
	 */
	MicrometerAccountRecorder(String account, Clock clock, Supplier<@Nullable TokenCache> tokenCache,
			UnaryOperator<String> knownSlug) {
		this.account = account;
		this.clock = clock;
		this.tokenCache = tokenCache;
		this.knownSlug = knownSlug;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		synchronized (this.registries) {
			this.registries.add(registry);
			this.counters.forEach((counted, adder) -> register(registry, counted, adder));
		}
		FunctionCounter.builder(VendoMeterDocumentation.TOKEN_CACHE_GETS.getName(), this.hits, this::sum)
			.description(VendoMeterDocumentation.TOKEN_CACHE_GETS.getDescription())
			.tags(tags("result", "hit"))
			.register(registry);
		FunctionCounter.builder(VendoMeterDocumentation.TOKEN_CACHE_GETS.getName(), this.misses, LongAdder::sum)
			.description(VendoMeterDocumentation.TOKEN_CACHE_GETS.getDescription())
			.tags(tags("result", "miss"))
			.register(registry);
		gauge(registry, VendoMeterDocumentation.CLIENT_RETRIES_AVAILABLE, tags(),
				(recorder) -> recorder.retriesAvailable());
		if (!this.account.equals(OTHER_ACCOUNT)) {
			bindWhatIsOfOneAccount(registry);
		}
	}

	private void bindWhatIsOfOneAccount(MeterRegistry registry) {
		gauge(registry, VendoMeterDocumentation.TOKEN_CACHE_SIZE, tags(), (recorder) -> recorder.cacheSize());
		gauge(registry, VendoMeterDocumentation.BILLING_BALANCE, tags(),
				(recorder) -> usd((recorder.balance != null) ? recorder.balance.micros() : null));
		age(registry, VendoMeterDocumentation.BILLING_BALANCE_AGE,
				(recorder) -> age((recorder.balance != null) ? recorder.balance.seen() : null));
		for (Window window : Window.values()) {
			Tags tags = tags("window", window.tag());
			gauge(registry, VendoMeterDocumentation.BILLING_CAP, tags,
					(recorder) -> usd((recorder.caps != null) ? window.cap(recorder.caps) : null));
			gauge(registry, VendoMeterDocumentation.BILLING_CAP_USED, tags,
					(recorder) -> usd((recorder.caps != null) ? window.used(recorder.caps) : null));
		}
		age(registry, VendoMeterDocumentation.BILLING_CAP_AGE,
				(recorder) -> age((recorder.caps != null) ? recorder.caps.seen() : null));
	}

	private Tags tags(String... more) {
		return Tags.of("account", this.account).and(more);
	}

	private void gauge(MeterRegistry registry, VendoMeterDocumentation meter, Tags tags,
			ToDoubleFunction<MicrometerAccountRecorder> value) {
		Gauge.builder(meter.getName(), this, value)
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit().isEmpty() ? null : meter.getBaseUnit())
			.tags(tags)
			.strongReference(true)
			.register(registry);
	}

	private void age(MeterRegistry registry, VendoMeterDocumentation meter,
			ToDoubleFunction<MicrometerAccountRecorder> millis) {
		TimeGauge.builder(meter.getName(), this, TimeUnit.MILLISECONDS, millis)
			.description(meter.getDescription())
			.tags(tags())
			.strongReference(true)
			.register(registry);
	}

	@Override
	public void retryBudget(DoubleSupplier available) {
		synchronized (this.budgets) {
			this.budgets.add(available);
		}
	}

	@Override
	public void retried(String api, String reason) {
		count(VendoMeterDocumentation.CLIENT_RETRIES, Tags.of("account", this.account, "api", api, "reason", reason));
	}

	@Override
	public void retryDenied(String api) {
		count(VendoMeterDocumentation.CLIENT_RETRIES_DENIED, Tags.of("account", this.account, "api", api));
	}

	@Override
	public LongAdder tokenHits(String slug) {
		String known = this.knownSlug.apply(slug);
		return this.hits.computeIfAbsent(known, (same) -> counter(VendoMeterDocumentation.TOKEN_RESOLUTIONS,
				resolution(known, TokenSource.CACHE, TokenOutcome.SUCCESS)));
	}

	@Override
	public void tokenMissed() {
		this.misses.increment();
	}

	@Override
	public void tokenResolved(String slug, TokenSource source, TokenOutcome outcome) {
		count(VendoMeterDocumentation.TOKEN_RESOLUTIONS, resolution(this.knownSlug.apply(slug), source, outcome));
	}

	@Override
	public void tokenRenewed(TokenOutcome outcome) {
		count(VendoMeterDocumentation.TOKEN_RENEWALS, Tags.of("account", this.account, "outcome", tag(outcome)));
	}

	@Override
	public void balance(long remainingMicros) {
		this.balance = new Balance(remainingMicros, this.clock.millis());
	}

	@Override
	public void balanceExhausted() {
		Balance last = this.balance;
		balance((last != null) ? Math.min(0, last.micros()) : 0);
	}

	@Override
	public void spendCaps(@Nullable Long dailyMicros, @Nullable Long monthlyMicros, long usedTodayMicros,
			long usedMonthMicros) {
		this.caps = new Caps(dailyMicros, monthlyMicros, usedTodayMicros, usedMonthMicros, this.clock.millis());
	}

	private void count(VendoMeterDocumentation meter, Tags tags) {
		counter(meter, tags).increment();
	}

	private LongAdder counter(VendoMeterDocumentation meter, Tags tags) {
		Counted counted = new Counted(meter, tags);
		LongAdder counter = this.counters.get(counted);
		if (counter != null) {
			return counter;
		}
		synchronized (this.registries) {
			return this.counters.computeIfAbsent(counted, (same) -> {
				LongAdder added = new LongAdder();
				this.registries.forEach((registry) -> register(registry, counted, added));
				return added;
			});
		}
	}

	private static void register(MeterRegistry registry, Counted counted, LongAdder counter) {
		FunctionCounter.builder(counted.meter().getName(), counter, LongAdder::sum)
			.description(counted.meter().getDescription())
			.tags(counted.tags())
			.register(registry);
	}

	private double sum(Map<String, LongAdder> counters) {
		return counters.values().stream().mapToLong(LongAdder::sum).sum();
	}

	private double cacheSize() {
		TokenCache cache = this.tokenCache.get();
		return (cache != null) ? cache.size() : Double.NaN;
	}

	// Of several clients, the one that is worst off.
	private double retriesAvailable() {
		synchronized (this.budgets) {
			return this.budgets.stream().mapToDouble(DoubleSupplier::getAsDouble).min().orElse(Double.NaN);
		}
	}

	private double age(@Nullable Long seen) {
		return (seen != null) ? Math.max(0, this.clock.millis() - seen) : Double.NaN;
	}

	private static double usd(@Nullable Long micros) {
		return (micros != null) ? micros / MICROS : Double.NaN;
	}

	private Tags resolution(String slug, TokenSource source, TokenOutcome outcome) {
		return Tags.of("account", this.account, "slug", slug, "source", tag(source), "outcome", tag(outcome));
	}

	private static String tag(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * The windows that have a spend cap.
	 */
	private enum Window {

		DAY {

			@Override
			@Nullable Long cap(Caps caps) {
				return caps.daily();
			}

			@Override
			Long used(Caps caps) {
				return caps.usedToday();
			}

		},

		MONTH {

			@Override
			@Nullable Long cap(Caps caps) {
				return caps.monthly();
			}

			@Override
			Long used(Caps caps) {
				return caps.usedMonth();
			}

		};

		String tag() {
			return MicrometerAccountRecorder.tag(this);
		}

		abstract @Nullable Long cap(Caps caps);

		abstract Long used(Caps caps);

	}

	/**
	 * What is counted.
	 *
	 * @param meter the meter
	 * @param tags its tags
	 */
	private record Counted(VendoMeterDocumentation meter, Tags tags) {

	}

	/**
	 * A balance.
	 *
	 * @param micros what is left, in millionths of a US dollar
	 * @param seen when it passed by, in milliseconds since 1970
	 */
	private record Balance(long micros, long seen) {

	}

	/**
	 * Spend caps.
	 *
	 * @param daily the cap of a day, in millionths of a US dollar
	 * @param monthly the cap of a month, in millionths of a US dollar
	 * @param usedToday what was used today, in millionths of a US dollar
	 * @param usedMonth what was used this month, in millionths of a US dollar
	 * @param seen when they passed by, in milliseconds since 1970
	 */
	private record Caps(@Nullable Long daily, @Nullable Long monthly, long usedToday, long usedMonth, long seen) {

	}

}
