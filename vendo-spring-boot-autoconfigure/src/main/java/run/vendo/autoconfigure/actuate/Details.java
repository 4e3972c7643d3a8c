package run.vendo.autoconfigure.actuate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import run.vendo.autoconfigure.event.EventStreamStatus;
import run.vendo.billing.Balance;
import run.vendo.billing.SpendCaps;
import run.vendo.error.VendoException;
import run.vendo.http.Redaction;

import org.springframework.boot.convert.DurationStyle;

/**
 * What health and the endpoint show, in the same words and without secrets. Values are
 * those that every JSON mapper writes alike.
 */
final class Details {

	private static final int LONGEST_TEXT = 300;

	private Details() {
	}

	static Map<String, Object> of(BalanceSnapshot snapshot, Instant now) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("state", name(snapshot.state()));
		Balance balance = snapshot.balance();
		if (balance != null) {
			details.put("credits", usd(balance.creditsRemainingMicros()));
			details.put("creditsMicros", balance.creditsRemainingMicros());
			details.put("currency", text(balance.currency()));
			put(details, "topUpUrl", text(balance.topUpUrl()));
		}
		put(details, "asOf", instant(snapshot.balanceAt()));
		put(details, "age", age(snapshot.balanceAt(), now));
		SpendCaps caps = snapshot.spendCaps();
		if (caps != null) {
			Map<String, Object> windows = new LinkedHashMap<>();
			windows.put("daily", cap(caps.dailyMicros(), caps.usedTodayMicros()));
			windows.put("monthly", cap(caps.monthlyMicros(), caps.usedMonthMicros()));
			put(windows, "age", age(snapshot.spendCapsAt(), now));
			details.put("spendCaps", windows);
		}
		if (!snapshot.trippedCaps().isEmpty()) {
			details.put("trippedCaps", snapshot.trippedCaps().stream().sorted().map(Details::text).toList());
		}
		putFailure(details, snapshot.failure());
		return details;
	}

	private static Map<String, Object> cap(@Nullable Long cap, long used) {
		Map<String, Object> details = new LinkedHashMap<>();
		if (cap != null) {
			details.put("cap", usd(cap));
			details.put("capMicros", cap);
		}
		details.put("used", usd(used));
		details.put("usedMicros", used);
		return details;
	}

	static Map<String, Object> of(EventStreamStatus status, Instant now) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("state", name(status.state()));
		put(details, "connectedSince", instant(status.connectedSince()));
		put(details, "lastEventAge", age(status.lastEventAt(), now));
		put(details, "lastHeartbeatAge", age(status.lastSignOfLifeAt(), now));
		details.put("reconnects", status.reconnects());
		if (!status.lastEventId().isEmpty()) {
			put(details, "lastEventId", text(status.lastEventId()));
		}
		putFailure(details, status.lastError());
		put(details, "errorAt", instant(status.lastErrorAt()));
		return details;
	}

	private static void putFailure(Map<String, Object> details, @Nullable VendoException failure) {
		if (failure != null) {
			put(details, "error", error(failure));
			put(details, "requestId", text(failure.requestId()));
		}
	}

	/**
	 * Return the line that says what went wrong.
	 */
	static String error(Throwable failure) {
		String message = (failure instanceof VendoException) ? failure.getMessage() : null;
		String text = text((message != null) ? message.lines().findFirst().orElse(null) : null);
		return (text != null) ? text : failure.getClass().getSimpleName();
	}

	static String name(Enum<?> state) {
		return state.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return a text of the platform as it may be shown.
	 */
	static @Nullable String text(@Nullable String text) {
		if (text == null) {
			return null;
		}
		String masked = Redaction.mask(text);
		return (masked.length() <= LONGEST_TEXT) ? masked : masked.substring(0, LONGEST_TEXT) + "…";
	}

	static @Nullable String instant(@Nullable Instant instant) {
		return (instant != null) ? instant.truncatedTo(ChronoUnit.SECONDS).toString() : null;
	}

	private static @Nullable String age(@Nullable Instant then, Instant now) {
		if (then == null) {
			return null;
		}
		Duration age = Duration.between(then, now);
		return DurationStyle.SIMPLE.print(age.isNegative() ? Duration.ZERO : age, ChronoUnit.SECONDS);
	}

	private static BigDecimal usd(long micros) {
		BigDecimal amount = BigDecimal.valueOf(micros, 6).stripTrailingZeros();
		return (amount.scale() < 2) ? amount.setScale(2, RoundingMode.UNNECESSARY) : amount;
	}

	private static void put(Map<String, Object> details, String name, @Nullable Object value) {
		if (value != null) {
			details.put(name, value);
		}
	}

}
