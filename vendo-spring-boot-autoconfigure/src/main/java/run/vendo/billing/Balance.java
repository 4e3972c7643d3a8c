package run.vendo.billing;

import java.math.BigDecimal;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The prepaid balance.
 *
 * @param creditsRemainingMicros what is left, in millionths of a US dollar; may be
 * negative
 * @param currency the currency, {@code USD}
 * @param topUpUrl where to pay in, or {@code null}
 * @since 0.1.0
 */
public record Balance(@JsonProperty(value = "credits_remaining_micros", required = true) long creditsRemainingMicros,
		String currency, @JsonProperty("top_up_url") @Nullable String topUpUrl) {

	public Balance {
		currency = Objects.requireNonNullElse(currency, "USD");
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

}
