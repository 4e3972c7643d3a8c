package run.vendo.autoconfigure.web.webhook;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of the handlers that take webhooks.
 *
 * @param maxBodySize Largest webhook that is read, before and after it is decompressed.
 * @param ignoreCsrf Whether verified webhooks are exempt from the CSRF protection of
 * Spring Security.
 * @param deduplication How webhooks that are delivered more than once are handled once.
 */
@ConfigurationProperties("vendo.webhook")
record VendoWebhookProperties(@Nullable DataSize maxBodySize, @DefaultValue("true") boolean ignoreCsrf,
		@Nullable Deduplication deduplication) {

	private static final int DEFAULT_MAX_BYTES = 1024 * 1024;

	VendoWebhookProperties {
		if (maxBodySize != null && (maxBodySize.toBytes() < 1 || maxBodySize.toBytes() >= Integer.MAX_VALUE)) {
			throw new InvalidConfigurationPropertyValueException("vendo.webhook.max-body-size", maxBodySize,
					"It must be between 1 byte and 2 GB.");
		}
	}

	// To have the binder make what nobody sets would cost every start more than this.
	@Override
	public Deduplication deduplication() {
		return (this.deduplication != null) ? this.deduplication : Deduplication.DEFAULTS;
	}

	int maxBytes() {
		return (this.maxBodySize != null) ? (int) this.maxBodySize.toBytes() : DEFAULT_MAX_BYTES;
	}

	/**
	 * How webhooks that are delivered more than once are handled once.
	 *
	 * @param enabled Whether a webhook that is delivered more than once is handled once.
	 * @param retention Time a webhook that was handled is remembered. At least twice the
	 * maximum age.
	 * @param lease Time after which a webhook that was neither handled nor refused may be
	 * handled again, because the machine went down.
	 * @param capacity Webhooks that are remembered at most, when they are remembered in
	 * memory.
	 */
	record Deduplication(@DefaultValue("true") boolean enabled, @DefaultValue("24h") Duration retention,
			@DefaultValue("5m") Duration lease, @DefaultValue("10000") int capacity) {

		/** What there is when nothing is set. */
		static final Deduplication DEFAULTS = new Deduplication(true, Duration.ofHours(24), Duration.ofMinutes(5),
				10_000);

		Deduplication {
			requirePositive("vendo.webhook.deduplication.retention", retention);
			requirePositive("vendo.webhook.deduplication.lease", lease);
			if (capacity < 1) {
				throw new InvalidConfigurationPropertyValueException("vendo.webhook.deduplication.capacity", capacity,
						"It must be at least 1.");
			}
		}

		private static void requirePositive(String name, Duration value) {
			if (value.isNegative() || value.isZero()) {
				throw new InvalidConfigurationPropertyValueException(name, value,
						"It must be longer than nothing, for example 5m.");
			}
		}

	}

}
