package run.vendo.test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What is to go wrong, in the order in which it was asked for, and who is kept waiting.
 */
final class Faults {

	private final Guard guard;

	private final List<Pending> pending = new ArrayList<>();

	private final Deque<Duration> delays = new ArrayDeque<>();

	private final List<PlatformHold> holds = new ArrayList<>();

	Faults(Guard guard) {
		this.guard = guard;
	}

	void add(PlatformFault fault) {
		this.guard.run(() -> this.pending.add(new Pending(fault)));
	}

	void delay(Duration... delays) {
		this.guard.run(() -> this.delays.addAll(List.of(delays)));
	}

	PlatformHold hold(PathFilter path) {
		return this.guard.get(() -> {
			PlatformHold hold = new PlatformHold(this.guard, path, this.holds::remove);
			this.holds.add(hold);
			return hold;
		});
	}

	void clear() {
		this.guard.run(() -> {
			this.pending.clear();
			this.delays.clear();
			new ArrayList<>(this.holds).forEach(PlatformHold::release);
		});
	}

	/**
	 * Take what is to go wrong with a request.
	 */
	@Nullable PlatformFault take(Call call) {
		return this.guard.get(() -> {
			for (Iterator<Pending> faults = this.pending.iterator(); faults.hasNext();) {
				Pending next = faults.next();
				if (next.fault.matches(call)) {
					if (--next.left == 0) {
						faults.remove();
					}
					return next.fault;
				}
			}
			return null;
		});
	}

	@Nullable Duration takeDelay(Call call) {
		return this.guard.get(() -> PathFilter.ALL.meets(call) ? this.delays.poll() : null);
	}

	@Nullable PlatformHold holding(Call call) {
		return this.guard.get(() -> this.holds.stream().filter((hold) -> hold.matches(call)).findFirst().orElse(null));
	}

	/**
	 * A fault and how often it is still to happen.
	 */
	private static final class Pending {

		private final PlatformFault fault;

		private int left;

		Pending(PlatformFault fault) {
			this.fault = fault;
			this.left = fault.times();
		}

	}

}
