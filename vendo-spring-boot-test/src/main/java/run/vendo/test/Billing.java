package run.vendo.test;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Balance, caps and usage. Days and months are those of UTC.
 */
final class Billing {

	static final String DAILY = "daily";

	static final String MONTHLY = "monthly";

	private static final int WARNED_AT = 80;

	private final Guard guard;

	private final Clock clock;

	private final EventLog events;

	private final Map<LocalDate, Map<String, Long>> usage = new TreeMap<>();

	// Windows that have been told of already, by the day or month they belong to.
	private final Set<String> warned = new HashSet<>();

	private final Set<String> tripped = new HashSet<>();

	private long balance;

	private long lowBalance;

	private @Nullable Long daily;

	private @Nullable Long monthly;

	Billing(Guard guard, Clock clock, EventLog events, long balance, long lowBalance) {
		this.guard = guard;
		this.clock = clock;
		this.events = events;
		this.balance = balance;
		this.lowBalance = lowBalance;
	}

	void spend(String provider, long micros) {
		if (micros < 0) {
			throw new IllegalArgumentException("What is spent cannot be negative");
		}
		this.guard.run(() -> {
			this.usage.computeIfAbsent(today(), (day) -> new LinkedHashMap<>()).merge(provider, micros, Long::sum);
			this.events.emit("billing.usage_recorded", Json.object("provider", provider, "micros", micros));
			changeBalance(this.balance - micros);
			checkCap(DAILY, this.daily, usedToday());
			checkCap(MONTHLY, this.monthly, usedThisMonth());
		});
	}

	void balance(long micros) {
		this.guard.run(() -> changeBalance(micros));
	}

	long balance() {
		return this.guard.get(() -> this.balance);
	}

	private void changeBalance(long micros) {
		long before = this.balance;
		this.balance = micros;
		this.events.emit("billing.balance_changed", Json.object("remaining_micros", micros));
		if (before > 0 && micros <= 0) {
			this.events.emit("billing.balance_exhausted", Map.of());
		}
		else if (before > this.lowBalance && micros <= this.lowBalance && micros > 0) {
			this.events.emit("billing.balance_low", Json.object("credits_remaining_micros", micros));
		}
	}

	void caps(@Nullable Long daily, @Nullable Long monthly) {
		this.guard.run(() -> {
			this.daily = daily;
			this.monthly = monthly;
			this.tripped.clear();
			this.warned.clear();
		});
	}

	void tripCap(String window) {
		this.guard.run(() -> {
			switch (window) {
				case DAILY -> this.daily = Math.max(usedToday(), 0);
				case MONTHLY -> this.monthly = Math.max(usedThisMonth(), 0);
				default -> throw new IllegalArgumentException("A window is daily or monthly, not '" + window + "'");
			}
			this.tripped.add(period(window));
			this.events.emit("billing.cap_tripped", Json.object("window", window));
		});
	}

	private void checkCap(String window, @Nullable Long cap, long used) {
		if (cap == null) {
			return;
		}
		String period = period(window);
		if (used >= cap) {
			if (this.tripped.add(period)) {
				this.events.emit("billing.cap_tripped", Json.object("window", window));
			}
		}
		else if (used * 100 >= cap * WARNED_AT && this.warned.add(period)) {
			this.events.emit("billing.cap_warned", Json.object("window", window, "pct", used * 100 / cap));
		}
	}

	/**
	 * Check that something that costs may be done.
	 * @throws Refusal if not
	 */
	void requireFunds() {
		this.guard.run(() -> {
			if (this.balance <= 0) {
				throw new Refusal(402, "balance_exhausted", "The balance is used up");
			}
			if (this.daily != null && usedToday() >= this.daily) {
				throw new Refusal(429, "spend_cap_daily", "The daily spend cap was reached");
			}
			if (this.monthly != null && usedThisMonth() >= this.monthly) {
				throw new Refusal(429, "spend_cap_monthly", "The monthly spend cap was reached");
			}
		});
	}

	Map<String, @Nullable Object> balanceJson(String topUpUrl) {
		return Json.object("credits_remaining_micros", balance(), "currency", "USD", "top_up_url", topUpUrl);
	}

	BigDecimal balanceUsd() {
		BigDecimal usd = BigDecimal.valueOf(balance(), 6).stripTrailingZeros();
		return (usd.scale() < 0) ? usd.setScale(0) : usd;
	}

	Map<String, @Nullable Object> capsJson() {
		return this.guard.get(() -> {
			Map<String, @Nullable Object> json = new LinkedHashMap<>();
			json.put("daily_micros", this.daily);
			json.put("monthly_micros", this.monthly);
			json.put("used_today_micros", usedToday());
			json.put("used_month_micros", usedThisMonth());
			return json;
		});
	}

	/**
	 * Return what was used.
	 * @param period {@code day} or {@code month}
	 * @throws Refusal if it is neither
	 */
	Map<String, @Nullable Object> usageJson(@Nullable String period) {
		return this.guard.get(() -> {
			Map<String, Long> used = switch ((period != null) ? period : "") {
				case "day" -> this.usage.getOrDefault(today(), Map.of());
				case "month" -> usedByProvider(YearMonth.from(today()));
				default -> throw Refusal.invalid("'period' must be day or month");
			};
			List<Map<String, @Nullable Object>> providers = used.entrySet()
				.stream()
				.map((entry) -> Json.object("provider", entry.getKey(), "micros", entry.getValue()))
				.toList();
			return Json.object("period", period, "total_micros", sum(used), "providers", providers);
		});
	}

	private Map<String, Long> usedByProvider(YearMonth month) {
		Map<String, Long> used = new LinkedHashMap<>();
		this.usage.forEach((day, providers) -> {
			if (YearMonth.from(day).equals(month)) {
				providers.forEach((provider, micros) -> used.merge(provider, micros, Long::sum));
			}
		});
		return used;
	}

	private long usedToday() {
		return sum(this.usage.getOrDefault(today(), Map.of()));
	}

	private long usedThisMonth() {
		return sum(usedByProvider(YearMonth.from(today())));
	}

	private static long sum(Map<String, Long> used) {
		return used.values().stream().mapToLong(Long::longValue).sum();
	}

	private String period(String window) {
		return window + " " + (window.equals(DAILY) ? today() : YearMonth.from(today()));
	}

	private LocalDate today() {
		return LocalDate.ofInstant(this.clock.instant(), ZoneOffset.UTC);
	}

}
