package run.vendo.sample;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import run.vendo.autoconfigure.event.EventStreamState;
import run.vendo.event.BillingEvent;
import run.vendo.event.ConnectionEvent;
import run.vendo.event.VendoEvent;
import run.vendo.webhook.WebhookEvent;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * What happened last, for people to look at: events and webhooks. Never their data: what
 * is in it tomorrow may be nothing for a page.
 */
@Component
class ActivityLog {

	static final int KEPT = 100;

	private final ApplicationEventPublisher publisher;

	private final Clock clock;

	private final Deque<Entry> entries = new ArrayDeque<>();

	ActivityLog(ApplicationEventPublisher publisher, ObjectProvider<Clock> clock) {
		this.publisher = publisher;
		this.clock = clock.getIfUnique(Clock::systemUTC);
	}

	@EventListener
	void on(VendoEvent event) {
		Group group = (event instanceof ConnectionEvent) ? Group.CONNECTIONS
				: (event instanceof BillingEvent) ? Group.BILLING : Group.OTHER;
		add(group, EventWords.of(event), event.kind().value(), event.id());
	}

	@EventListener
	void on(EventStreamState state) {
		add(Group.STREAM, EventWords.of(state), null, null);
	}

	/**
	 * Add a webhook that was verified and handled.
	 */
	void received(WebhookEvent<?> event) {
		add(Group.WEBHOOKS, "Webhook received", event.type(), event.id());
	}

	/**
	 * Add a webhook that was refused.
	 * @param reason why, in words that may be shown to anybody
	 */
	void refused(String reason) {
		add(Group.REFUSED, "Webhook refused: " + reason, null, null);
	}

	/**
	 * Return the latest entries, the newest first.
	 * @param group of which kind, or {@code null} for all
	 */
	synchronized List<Entry> latest(@Nullable Group group) {
		return this.entries.stream().filter((entry) -> group == null || entry.group() == group).toList();
	}

	private void add(Group group, String words, @Nullable String kind, @Nullable String id) {
		add(new Entry(this.clock.instant(), group, words, kind, id));
		this.publisher.publishEvent(new PartChanged(Part.ACTIVITY));
	}

	private synchronized void add(Entry entry) {
		this.entries.addFirst(entry);
		if (this.entries.size() > KEPT) {
			this.entries.removeLast();
		}
	}

	/**
	 * What the log can be filtered by.
	 */
	enum Group {

		CONNECTIONS, BILLING, WEBHOOKS, REFUSED, STREAM, OTHER;

		public String words() {
			return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
		}

		public Tone tone() {
			return switch (this) {
				case CONNECTIONS -> Tone.GOOD;
				case REFUSED -> Tone.BAD;
				case WEBHOOKS -> Tone.WAITING;
				case BILLING -> Tone.WARNING;
				case STREAM, OTHER -> Tone.NEUTRAL;
			};
		}

	}

	/**
	 * A line of the log.
	 *
	 * @param at when it came
	 * @param group what it belongs to
	 * @param words what happened
	 * @param kind the kind in the platform's own words, or {@code null}
	 * @param id the id of the event, or {@code null}
	 */
	record Entry(Instant at, Group group, String words, @Nullable String kind, @Nullable String id) {

	}

}
