package run.vendo.test;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests that reached the platform: the latest of them whole, and how many there
 * were to each path.
 */
final class RequestLog {

	static final int KEPT = 10_000;

	private final Guard guard;

	private final Clock clock;

	private final Deque<RecordedRequest> requests = new ArrayDeque<>();

	private final Map<String, Long> counts = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
			return size() > KEPT;
		}

	};

	private long number;

	RequestLog(Guard guard, Clock clock) {
		this.guard = guard;
		this.clock = clock;
	}

	void add(Call call) {
		this.guard.run(() -> {
			this.number++;
			this.counts.merge(call.path(), 1L, Long::sum);
			this.requests.add(new RecordedRequest(this.number, this.clock.instant(), call));
			if (this.requests.size() > KEPT) {
				this.requests.remove();
			}
		});
	}

	List<RecordedRequest> all(PathFilter path) {
		return this.guard.get(() -> this.requests.stream().filter((request) -> path.matches(request.path())).toList());
	}

	int count(PathFilter path) {
		return this.guard.get(() -> countNow(path));
	}

	private int countNow(PathFilter path) {
		return Math.toIntExact(this.counts.entrySet()
			.stream()
			.filter((entry) -> path.matches(entry.getKey()))
			.mapToLong(Map.Entry::getValue)
			.sum());
	}

	void await(PathFilter path, int count, Duration timeout) {
		this.guard.await(timeout, () -> countNow(path) >= count,
				() -> "Expected %d requests to %s, but there were %d".formatted(count, path, countNow(path)));
	}

	void clear() {
		this.guard.run(() -> {
			this.requests.clear();
			this.counts.clear();
		});
	}

}
