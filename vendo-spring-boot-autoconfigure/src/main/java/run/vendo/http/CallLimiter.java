package run.vendo.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;

/**
 * Spaces calls of limited endpoints, so that the platform need not refuse them. It knows
 * of this client's calls and of nobody else's behind the same address.
 */
final class CallLimiter {

	private final Scheduler scheduler;

	private final Duration longestWait;

	// When each of the latest calls is made, some of them in the future.
	private final Map<VendoEndpoint, Deque<Long>> calls = new EnumMap<>(VendoEndpoint.class);

	CallLimiter(Scheduler scheduler, Duration longestWait) {
		this.scheduler = scheduler;
		this.longestWait = longestWait;
	}

	/**
	 * Wait for a call's turn.
	 * @return empty once it has come; a {@link run.vendo.error.RateLimitedException} when
	 * that would take too long
	 */
	Mono<Void> acquire(VendoEndpoint endpoint) {
		VendoEndpoint.Limit limit = endpoint.limit().orElse(null);
		if (limit == null) {
			return Mono.empty();
		}
		return Mono.defer(() -> {
			long wait = reserve(endpoint, limit);
			if (wait > this.longestWait.toNanos()) {
				return Mono.error(refusal(endpoint, limit, wait));
			}
			return (wait > 0) ? Mono.delay(Duration.ofNanos(wait), this.scheduler).then() : Mono.empty();
		});
	}

	private synchronized long reserve(VendoEndpoint endpoint, VendoEndpoint.Limit limit) {
		long now = this.scheduler.now(TimeUnit.NANOSECONDS);
		Deque<Long> latest = this.calls.computeIfAbsent(shared(endpoint), (key) -> new ArrayDeque<>());
		long turn = now;
		if (latest.size() >= limit.calls()) {
			turn = Math.max(now, latest.getFirst() + limit.window().toNanos());
		}
		if (turn - now <= this.longestWait.toNanos()) {
			if (latest.size() >= limit.calls()) {
				latest.removeFirst();
			}
			latest.addLast(turn);
		}
		return turn - now;
	}

	// The platform counts these together.
	private static VendoEndpoint shared(VendoEndpoint endpoint) {
		return (endpoint == VendoEndpoint.LEGACY_BALANCE) ? VendoEndpoint.BALANCE : endpoint;
	}

	private static Throwable refusal(VendoEndpoint endpoint, VendoEndpoint.Limit limit, long wait) {
		return ErrorDetails.of(ErrorCode.RATE_LIMITED)
			.summary("%s %s may be called %d times in %d minutes, and this client has done so"
				.formatted(endpoint.method(), endpoint.path(), limit.calls(), limit.window().toMinutes()))
			.retryAfter(Duration.ofNanos(wait))
			.build()
			.toException(null);
	}

}
