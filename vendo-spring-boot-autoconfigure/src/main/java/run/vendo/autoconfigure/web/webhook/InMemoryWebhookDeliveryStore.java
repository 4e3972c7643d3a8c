package run.vendo.autoconfigure.web.webhook;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The memory of one instance. When it is full, the oldest entry goes, not the least used
 * one as in a cache: what came last is what comes again. Only deliveries with a valid
 * signature get here, so nobody else can push entries out.
 */
final class InMemoryWebhookDeliveryStore implements WebhookDeliveryStore {

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, Entry> entries = new LinkedHashMap<>();

	private final int capacity;

	private final Clock clock;

	InMemoryWebhookDeliveryStore(int capacity, Clock clock) {
		this.capacity = capacity;
		this.clock = clock;
	}

	@Override
	public Claim claim(String key, String owner, Duration lease) {
		Instant now = this.clock.instant();
		this.lock.lock();
		try {
			Entry entry = this.entries.get(key);
			if (entry != null && now.isBefore(entry.end())) {
				return (entry.owner() != null) ? Claim.IN_PROGRESS : Claim.HANDLED;
			}
			put(key, new Entry(owner, now.plus(lease)), now);
			return Claim.GRANTED;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void confirm(String key, String owner, Duration retention) {
		Instant now = this.clock.instant();
		this.lock.lock();
		try {
			put(key, new Entry(null, now.plus(retention)), now);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void release(String key, String owner) {
		this.lock.lock();
		try {
			Entry entry = this.entries.get(key);
			if (entry != null && owner.equals(entry.owner())) {
				this.entries.remove(key);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	int size() {
		this.lock.lock();
		try {
			return this.entries.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void put(String key, Entry entry, Instant now) {
		this.entries.remove(key);
		this.entries.put(key, entry);
		Iterator<Entry> oldest = this.entries.values().iterator();
		while (oldest.hasNext() && (!now.isBefore(oldest.next().end()) || this.entries.size() > this.capacity)) {
			oldest.remove();
		}
	}

	/**
	 * A claim, or a delivery that was handled.
	 *
	 * @param owner whose claim it is, or {@code null} for one that was handled
	 * @param end from when on it no longer counts
	 */
	private record Entry(@Nullable String owner, Instant end) {

	}

}
