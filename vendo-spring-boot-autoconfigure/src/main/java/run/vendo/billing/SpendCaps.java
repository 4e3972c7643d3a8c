package run.vendo.billing;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonProperty.Access;
import org.jspecify.annotations.Nullable;

import run.vendo.http.VendoJson;

/**
 * The spend caps of the application and what is used of them.
 *
 * @param dailyMicros the cap of a day in millionths of a US dollar, or {@code null}
 * without one
 * @param monthlyMicros the cap of a month in millionths of a US dollar, or {@code null}
 * without one
 * @param usedTodayMicros what was used today, in millionths of a US dollar
 * @param usedMonthMicros what was used this month, in millionths of a US dollar
 * @param additionalFields what this version does not know; never {@code null}
 * @since 0.1.0
 */
public record SpendCaps(@JsonProperty("daily_micros") @Nullable Long dailyMicros,
		@JsonProperty("monthly_micros") @Nullable Long monthlyMicros,
		@JsonProperty(value = "used_today_micros", required = true) long usedTodayMicros,
		@JsonProperty(value = "used_month_micros", required = true) long usedMonthMicros,
		@JsonAnySetter @JsonProperty(access = Access.WRITE_ONLY) Map<String, @Nullable Object> additionalFields) {

	public SpendCaps {
		additionalFields = Objects.requireNonNullElse(VendoJson.freeze(additionalFields), Map.of());
	}

	/**
	 * Create caps that this version knows all fields of.
	 * @param dailyMicros the cap of a day in millionths of a US dollar, or {@code null}
	 * @param monthlyMicros the cap of a month in millionths of a US dollar, or
	 * {@code null}
	 * @param usedTodayMicros what was used today, in millionths of a US dollar
	 * @param usedMonthMicros what was used this month, in millionths of a US dollar
	 */
	public SpendCaps(@Nullable Long dailyMicros, @Nullable Long monthlyMicros, long usedTodayMicros,
			long usedMonthMicros) {
		this(dailyMicros, monthlyMicros, usedTodayMicros, usedMonthMicros, Map.of());
	}

	/**
	 * Return the cap of a day in US dollars.
	 * @return the amount, or {@code null} without a cap
	 */
	@JsonIgnore
	public @Nullable BigDecimal daily() {
		return usd(this.dailyMicros);
	}

	/**
	 * Return the cap of a month in US dollars.
	 * @return the amount, or {@code null} without a cap
	 */
	@JsonIgnore
	public @Nullable BigDecimal monthly() {
		return usd(this.monthlyMicros);
	}

	/**
	 * Return what was used today in US dollars.
	 * @return the amount
	 */
	@JsonIgnore
	public BigDecimal usedToday() {
		return BigDecimal.valueOf(this.usedTodayMicros, 6);
	}

	/**
	 * Return what was used this month in US dollars.
	 * @return the amount
	 */
	@JsonIgnore
	public BigDecimal usedMonth() {
		return BigDecimal.valueOf(this.usedMonthMicros, 6);
	}

	private static @Nullable BigDecimal usd(@Nullable Long micros) {
		return (micros != null) ? BigDecimal.valueOf(micros, 6) : null;
	}

	@Override
	public String toString() {
		return "SpendCaps[dailyMicros=" + this.dailyMicros + ", monthlyMicros=" + this.monthlyMicros
				+ ", usedTodayMicros=" + this.usedTodayMicros + ", usedMonthMicros=" + this.usedMonthMicros + "]";
	}

}
