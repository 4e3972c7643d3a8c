package run.vendo.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;

/**
 * Spaces calls of limited endpoints, so that the platform need not refuse them. It knows
 * of the calls of its clients and of nobody else's behind the same address.
 */
final class CallLimiter {

	private final Scheduler scheduler;

	// When each of the latest calls is made, in order, some of them in the future.
	private final Map<VendoEndpoint, List<Long>> calls = new EnumMap<>(VendoEndpoint.class);

	CallLimiter(Scheduler scheduler) {
		this.scheduler = scheduler;
	}

	/**
	 * Wait for a call's turn. Whoever gives up meanwhile leaves the turn to others.
	 * @param endpoint what is called
	 * @param longestWait how far away the turn may be
	 * @return empty once it has come; a {@link run.vendo.error.RateLimitedException} at
	 * once when that would take too long
	 */
	Mono<Void> acquire(VendoEndpoint endpoint, Duration longestWait) {
		VendoEndpoint.Limit limit = endpoint.limit().orElse(null);
		if (limit == null) {
			return Mono.empty();
		}
		return Mono.defer(() -> {
			long now = this.scheduler.now(TimeUnit.NANOSECONDS);
			long turn = reserve(endpoint, limit, now, now + longestWait.toNanos());
			Duration wait = Duration.ofNanos(turn - now);
			if (wait.compareTo(longestWait) > 0) {
				return Mono.error(refusal(endpoint, limit, wait));
			}
			return wait.isZero() ? Mono.empty()
					: Mono.delay(wait, this.scheduler).doOnCancel(() -> release(endpoint, turn)).then();
		});
	}

	/**
	 * Find the first moment that has room for a call, and take it unless it is too late.
	 */
	private synchronized long reserve(VendoEndpoint endpoint, VendoEndpoint.Limit limit, long now, long latest) {
		List<Long> turns = this.calls.computeIfAbsent(shared(endpoint), (key) -> new ArrayList<>());
		long window = limit.window().toNanos();
		turns.removeIf((turn) -> turn <= now - window);
		long turn = now;
		// Room comes where an earlier call leaves the window.
		for (int i = 0; !hasRoom(turns, turn, limit.calls(), window); i++) {
			turn = Math.max(now, turns.get(i) + window);
		}
		if (turn <= latest) {
			turns.add(indexAfter(turns, turn), turn);
		}
		return turn;
	}

	private static boolean hasRoom(List<Long> turns, long turn, int calls, long window) {
		int at = indexAfter(turns, turn);
		// With it, those from first to first + calls are one too many for a window.
		for (int first = Math.max(0, at - calls); first <= at && first + calls <= turns.size(); first++) {
			long begin = (first < at) ? turns.get(first) : turn;
			long end = (first + calls > at) ? turns.get(first + calls - 1) : turn;
			if (end - begin < window) {
				return false;
			}
		}
		return true;
	}

	private static int indexAfter(List<Long> turns, long turn) {
		int index = turns.size();
		while (index > 0 && turns.get(index - 1) > turn) {
			index--;
		}
		return index;
	}

	private synchronized void release(VendoEndpoint endpoint, long turn) {
		List<Long> turns = this.calls.get(shared(endpoint));
		if (turns != null) {
			turns.remove((Object) turn);
		}
	}

	// The platform counts these together.
	private static VendoEndpoint shared(VendoEndpoint endpoint) {
		return (endpoint == VendoEndpoint.LEGACY_BALANCE) ? VendoEndpoint.BALANCE : endpoint;
	}

	private static Throwable refusal(VendoEndpoint endpoint, VendoEndpoint.Limit limit, Duration wait) {
		return ErrorDetails.of(ErrorCode.RATE_LIMITED)
			.summary("%s %s may be called %d times in %d minutes, and this client has done so"
				.formatted(endpoint.method(), endpoint.path(), limit.calls(), limit.window().toMinutes()))
			.retryAfter(wait)
			.build()
			.toException(null);
	}

}
