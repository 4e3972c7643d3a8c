package run.vendo.billing;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonProperty.Access;
import org.jspecify.annotations.Nullable;

import run.vendo.http.VendoJson;

/**
 * What is left, as older endpoints tell it.
 *
 * @param balanceUsd what is left, in US dollars; may be negative
 * @param tenantId whose it is, or {@code null} where the endpoint does not say
 * @param additionalFields what this version does not know; never {@code null}
 * @since 0.1.0
 */
public record UsdBalance(@JsonProperty(value = "balance_usd", required = true) BigDecimal balanceUsd,
		@JsonProperty("tenant_id") @Nullable String tenantId,
		@JsonAnySetter @JsonProperty(access = Access.WRITE_ONLY) Map<String, @Nullable Object> additionalFields) {

	public UsdBalance {
		Objects.requireNonNull(balanceUsd, "'balanceUsd' must not be null");
		additionalFields = Objects.requireNonNullElse(VendoJson.freeze(additionalFields), Map.of());
	}

	/**
	 * Create a balance that this version knows all fields of.
	 * @param balanceUsd what is left, in US dollars
	 * @param tenantId whose it is, or {@code null}
	 */
	public UsdBalance(BigDecimal balanceUsd, @Nullable String tenantId) {
		this(balanceUsd, tenantId, Map.of());
	}

	@Override
	public String toString() {
		return "UsdBalance[balanceUsd=" + this.balanceUsd + ", tenantId=" + this.tenantId + "]";
	}

}
