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
 * The prepaid balance.
 *
 * @param creditsRemainingMicros what is left, in millionths of a US dollar; may be
 * negative
 * @param currency the currency, {@code USD}
 * @param topUpUrl where to pay in, or {@code null}
 * @param additionalFields what this version does not know; never {@code null}
 * @since 0.1.0
 */
public record Balance(@JsonProperty(value = "credits_remaining_micros", required = true) long creditsRemainingMicros,
		String currency, @JsonProperty("top_up_url") @Nullable String topUpUrl,
		@JsonAnySetter @JsonProperty(access = Access.WRITE_ONLY) Map<String, @Nullable Object> additionalFields) {

	public Balance {
		currency = Objects.requireNonNullElse(currency, "USD");
		additionalFields = Objects.requireNonNullElse(VendoJson.freeze(additionalFields), Map.of());
	}

	/**
	 * Create a balance that this version knows all fields of.
	 * @param creditsRemainingMicros what is left, in millionths of a US dollar
	 * @param currency the currency
	 * @param topUpUrl where to pay in, or {@code null}
	 */
	public Balance(long creditsRemainingMicros, String currency, @Nullable String topUpUrl) {
		this(creditsRemainingMicros, currency, topUpUrl, Map.of());
	}

	/**
	 * Return what is left in US dollars.
	 * @return the amount, with six decimals
	 */
	@JsonIgnore
	public BigDecimal creditsRemaining() {
		return BigDecimal.valueOf(this.creditsRemainingMicros, 6);
	}

	/**
	 * Return whether nothing is left.
	 * @return whether the balance is zero or below
	 */
	@JsonIgnore
	public boolean isExhausted() {
		return this.creditsRemainingMicros <= 0;
	}

	@Override
	public String toString() {
		return "Balance[creditsRemainingMicros=" + this.creditsRemainingMicros + ", currency=" + this.currency
				+ ", topUpUrl=" + this.topUpUrl + "]";
	}

}
