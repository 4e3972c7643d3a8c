package run.vendo.sample;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.billing.Balance;
import run.vendo.event.BalanceChanged;
import run.vendo.event.BalanceLow;
import run.vendo.event.BillingEvent;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Knows the balance and how it was during the last hour. Events tell of every change, so
 * the platform, which allows a request a second, is asked now and then only.
 */
@Component
class BalanceWatch {

	static final Duration HISTORY = Duration.ofHours(1);

	private static final Duration FRESH = Duration.ofSeconds(30);

	static final int KEPT = 500;

	private final VendoClient vendo;

	private final ApplicationEventPublisher publisher;

	private final Clock clock;

	private final Deque<Point> points = new ArrayDeque<>();

	private @Nullable Balance balance;

	private Instant asked = Instant.EPOCH;

	private long low = Long.MIN_VALUE;

	BalanceWatch(VendoClient vendo, ApplicationEventPublisher publisher, ObjectProvider<Clock> clock) {
		this.vendo = vendo;
		this.publisher = publisher;
		this.clock = clock.getIfUnique(Clock::systemUTC);
	}

	@EventListener
	void on(BillingEvent event) {
		if (event instanceof BalanceChanged changed) {
			changed(changed.remainingMicros());
		}
		if (event instanceof BalanceLow reached) {
			low(reached.creditsRemainingMicros());
		}
		this.publisher.publishEvent(new PartChanged(Part.BALANCE));
	}

	/**
	 * Return the balance, from the platform unless it is known.
	 */
	Balance current() {
		Balance known = known();
		if (known != null) {
			return known;
		}
		Balance balance = this.vendo.billing().balance();
		synchronized (this) {
			this.balance = balance;
			this.asked = this.clock.instant();
			add(balance.creditsRemainingMicros());
		}
		return balance;
	}

	/**
	 * Return whether the platform has called this balance low.
	 */
	synchronized boolean isLow(Balance balance) {
		return balance.creditsRemainingMicros() <= this.low;
	}

	/**
	 * Return how the balance was during the last hour, the oldest first.
	 */
	synchronized List<Point> history() {
		return List.copyOf(this.points);
	}

	private synchronized @Nullable Balance known() {
		return this.asked.plus(FRESH).isAfter(this.clock.instant()) ? this.balance : null;
	}

	private synchronized void changed(long micros) {
		if (this.balance != null) {
			this.balance = new Balance(micros, this.balance.currency(), this.balance.topUpUrl());
		}
		add(micros);
	}

	private synchronized void low(long micros) {
		this.low = Math.max(this.low, micros);
	}

	private void add(long micros) {
		Instant now = this.clock.instant();
		this.points.addLast(new Point(now, micros));
		removeOlderThan(now.minus(HISTORY));
	}

	// The last one before the hour stays: it says what the balance was when it began.
	private void removeOlderThan(Instant begin) {
		Point last = this.points.removeFirst();
		while (!this.points.isEmpty() && (this.points.size() >= KEPT || !this.points.getFirst().at().isAfter(begin))) {
			last = this.points.removeFirst();
		}
		this.points.addFirst(last);
	}

	/**
	 * The balance at a time.
	 *
	 * @param at when
	 * @param micros how much, in millionths
	 */
	record Point(Instant at, long micros) {

	}

}
