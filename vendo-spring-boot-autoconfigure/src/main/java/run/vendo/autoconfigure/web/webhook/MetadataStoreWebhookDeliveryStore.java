package run.vendo.autoconfigure.web.webhook;

import java.time.Clock;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.integration.metadata.ConcurrentMetadataStore;

/**
 * Keeps deliveries in a metadata store of Spring Integration, which has neither expiry
 * nor conditional removal: entries carry their end, and are changed by comparison with
 * what was read. A claim that is given back stays as an entry that has ended.
 */
final class MetadataStoreWebhookDeliveryStore implements WebhookDeliveryStore {

	private static final String HANDLED = "handled";

	private static final String SEPARATOR = "@";

	private static final String ENDED = "released" + SEPARATOR + "0";

	private final ConcurrentMetadataStore store;

	private final Clock clock;

	MetadataStoreWebhookDeliveryStore(ConcurrentMetadataStore store, Clock clock) {
		this.store = store;
		this.clock = clock;
	}

	@Override
	public Claim claim(String key, String owner, Duration lease) {
		String claim = entry(owner, lease);
		String present = this.store.putIfAbsent(key, claim);
		if (present == null) {
			return Claim.GRANTED;
		}
		if (!hasEnded(present)) {
			return present.startsWith(HANDLED + SEPARATOR) ? Claim.HANDLED : Claim.IN_PROGRESS;
		}
		return this.store.replace(key, present, claim) ? Claim.GRANTED : Claim.IN_PROGRESS;
	}

	@Override
	public void confirm(String key, String owner, Duration retention) {
		this.store.put(key, entry(HANDLED, retention));
	}

	@Override
	public void release(String key, String owner) {
		String present = this.store.get(key);
		if (present != null && present.startsWith(owner + SEPARATOR)) {
			this.store.replace(key, present, ENDED);
		}
	}

	private String entry(String state, Duration duration) {
		return state + SEPARATOR + this.clock.instant().plus(duration).toEpochMilli();
	}

	// What somebody else has written under the key never counts as a claim that has
	// ended.
	private boolean hasEnded(String entry) {
		Long end = end(entry);
		return end != null && end <= this.clock.millis();
	}

	private static @Nullable Long end(String entry) {
		try {
			return Long.valueOf(entry.substring(entry.lastIndexOf(SEPARATOR) + 1));
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
