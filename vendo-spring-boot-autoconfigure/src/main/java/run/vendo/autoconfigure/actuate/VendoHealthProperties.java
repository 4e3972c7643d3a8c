package run.vendo.autoconfigure.actuate;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;

/**
 * How the health of Vendo is told.
 *
 * @param lowBalance Balance in US dollars below which the status is LOW_BALANCE. Off when
 * not set.
 * @param exhaustedStatus Status when the balance is used up or a spend cap is reached.
 * @param refreshInterval Time between two readings of the balance in the background. At
 * least 30 seconds; up to a fifth is added by chance, so that many instances do not ask
 * at once.
 */
@ConfigurationProperties("vendo.health")
record VendoHealthProperties(@Nullable BigDecimal lowBalance, @DefaultValue("OUT_OF_SERVICE") String exhaustedStatus,
		@DefaultValue("60s") Duration refreshInterval) {

	private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(30);

	private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

	Duration checkedRefreshInterval() {
		if (this.refreshInterval.compareTo(SHORTEST_INTERVAL) < 0) {
			throw invalid("refresh-interval", this.refreshInterval,
					"It must be at least 30s: the platform answers 60 such questions a minute to all instances behind "
							+ "one IP address.");
		}
		if (this.refreshInterval.compareTo(LONGEST_INTERVAL) > 0) {
			throw invalid("refresh-interval", this.refreshInterval, "It must be at most 1d.");
		}
		return this.refreshInterval;
	}

	@Nullable BigDecimal checkedLowBalance() {
		if (this.lowBalance != null && this.lowBalance.signum() < 0) {
			throw invalid("low-balance", this.lowBalance, "It must not be negative.");
		}
		return this.lowBalance;
	}

	/**
	 * Return the status as Spring Boot writes it.
	 */
	String exhaustedStatusCode() {
		if (!StringUtils.hasText(this.exhaustedStatus)) {
			throw invalid("exhausted-status", this.exhaustedStatus,
					"It must be a status, for example OUT_OF_SERVICE, DOWN or UP.");
		}
		return this.exhaustedStatus.strip().toUpperCase(Locale.ROOT).replace('-', '_');
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, Object value, String reason) {
		return new InvalidConfigurationPropertyValueException("vendo.health." + name, value, reason);
	}

}
