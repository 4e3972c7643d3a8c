package run.vendo.sample;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

import run.vendo.webhook.WebhookEvent;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * The webhooks received last, for people to look at. Never their data: what is in it
 * tomorrow may be nothing for a page.
 */
@Component
class WebhookLog {

	static final int KEPT = 20;

	private final Deque<Received> received = new ArrayDeque<>();

	private final Clock clock;

	WebhookLog(ObjectProvider<Clock> clock) {
		this.clock = clock.getIfUnique(Clock::systemUTC);
	}

	synchronized void add(WebhookEvent<?> event) {
		this.received
			.addFirst(new Received(this.clock.instant(), Objects.requireNonNullElse(event.id(), ""), event.type()));
		if (this.received.size() > KEPT) {
			this.received.removeLast();
		}
	}

	/**
	 * Return the latest webhooks, the newest first.
	 */
	synchronized List<Received> latest() {
		return List.copyOf(this.received);
	}

	/**
	 * A webhook that was handled.
	 *
	 * @param at when it was handled
	 * @param id the id of the event
	 * @param type what happened
	 */
	record Received(Instant at, String id, String type) {
	}

}
