package run.vendo.autoconfigure.event;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What application listeners have thrown while an event was delivered to them.
 */
final class ListenerFailures {

	private static final Log logger = LogFactory.getLog(VendoEventBridge.class);

	private static final String UNNAMED = "an ApplicationListener";

	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	private final AtomicLong count = new AtomicLong();

	private volatile @Nullable Thread delivery;

	/**
	 * Tell which thread delivers, or that none does any more.
	 */
	void deliveringOn(@Nullable Thread thread) {
		this.delivery = thread;
	}

	/**
	 * Whether the current thread delivers for the bridge. Whoever else publishes one of
	 * these events, a test for example, wants to see what its listeners throw.
	 */
	boolean isDelivering() {
		return Thread.currentThread() == this.delivery;
	}

	void report(@Nullable String listener, Object event, Throwable failure) {
		this.count.incrementAndGet();
		String name = (listener != null) ? listener : UNNAMED;
		String type = event.getClass().getSimpleName();
		if (this.reported.add(name)) {
			logger.error(("Event listener %s failed on %s. Other listeners and later events are delivered as before; "
					+ "further failures of this listener are logged at DEBUG")
				.formatted(name, type), failure);
		}
		else if (logger.isDebugEnabled()) {
			logger.debug("Event listener %s failed on %s".formatted(name, type), failure);
		}
	}

	long count() {
		return this.count.get();
	}

}
