package run.vendo.reconciler;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

import org.springframework.util.Assert;

/**
 * How a reconciler works.
 *
 * @param interval the time from the end of one run to the next
 * @param firstRun when the file is written for the first time
 * @param quoting how values are quoted
 * @param listener is told how the reconciler fares
 * @param scheduler where runs take place, on threads that may wait; {@code null} for a
 * thread of the reconciler's own
 * @param events whether the reconciler listens for connection events by itself, in Vendo
 * mode; without, {@link Reconciler#reevaluate()} is how it is told
 * @since 0.1.0
 */
public record ReconcilerOptions(Duration interval, FirstRun firstRun, Quoting quoting, ReconcilerListener listener,
		@Nullable Scheduler scheduler, boolean events) {

	private static final ReconcilerOptions DEFAULTS = new ReconcilerOptions(Duration.ofSeconds(30), FirstRun.AT_START,
			Quoting.SHELL, new ReconcilerListener() {
			}, null, true);

	public ReconcilerOptions {
		Assert.isTrue(!interval.isNegative() && !interval.isZero(), "'interval' must be positive");
		Assert.notNull(firstRun, "'firstRun' must not be null");
		Assert.notNull(quoting, "'quoting' must not be null");
		Assert.notNull(listener, "'listener' must not be null");
	}

	/**
	 * Return a run every 30 s, the first before {@code start} returns, quoting for
	 * shells, on a thread of the reconciler's own.
	 * @return the default options
	 */
	public static ReconcilerOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Return these options with another interval.
	 * @param interval the time from the end of one run to the next
	 * @return new options
	 */
	public ReconcilerOptions withInterval(Duration interval) {
		return new ReconcilerOptions(interval, this.firstRun, this.quoting, this.listener, this.scheduler, this.events);
	}

	/**
	 * Return these options with another time for the first run.
	 * @param firstRun when the file is written for the first time
	 * @return new options
	 */
	public ReconcilerOptions withFirstRun(FirstRun firstRun) {
		return new ReconcilerOptions(this.interval, firstRun, this.quoting, this.listener, this.scheduler, this.events);
	}

	/**
	 * Return these options with another quoting.
	 * @param quoting how values are quoted
	 * @return new options
	 */
	public ReconcilerOptions withQuoting(Quoting quoting) {
		return new ReconcilerOptions(this.interval, this.firstRun, quoting, this.listener, this.scheduler, this.events);
	}

	/**
	 * Return these options with another listener.
	 * @param listener is told how the reconciler fares
	 * @return new options
	 */
	public ReconcilerOptions withListener(ReconcilerListener listener) {
		return new ReconcilerOptions(this.interval, this.firstRun, this.quoting, listener, this.scheduler, this.events);
	}

	/**
	 * Return these options with a scheduler, which the caller disposes of.
	 * @param scheduler where runs take place, on threads that may wait; {@code null} for
	 * a thread of the reconciler's own
	 * @return new options
	 */
	public ReconcilerOptions withScheduler(@Nullable Scheduler scheduler) {
		return new ReconcilerOptions(this.interval, this.firstRun, this.quoting, this.listener, scheduler, this.events);
	}

	/**
	 * Return these options with or without listening for events.
	 * @param events whether the reconciler listens for connection events by itself
	 * @return new options
	 */
	public ReconcilerOptions withEvents(boolean events) {
		return new ReconcilerOptions(this.interval, this.firstRun, this.quoting, this.listener, this.scheduler, events);
	}

	/**
	 * When the file is written for the first time.
	 */
	public enum FirstRun {

		/**
		 * Before {@code start} returns, which raises what goes wrong. What this run
		 * changes is not delivered: whoever called knows.
		 */
		AT_START,

		/**
		 * At once, in the background; what it changes is delivered like all else.
		 */
		IN_BACKGROUND,

		/**
		 * After the interval or when the reconciler is told; what it changes is delivered
		 * like all else.
		 */
		LATER

	}

}
