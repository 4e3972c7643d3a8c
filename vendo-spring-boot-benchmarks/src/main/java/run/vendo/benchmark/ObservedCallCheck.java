package run.vendo.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Calls of an application that observes and counts, and of one that has neither registry,
 * in turn in one process: what observation adds is less than two processes differ by.
 */
final class ObservedCallCheck {

	private static final double TARGET = 1.05;

	private static final int BLOCKS_A_ROUND = 20;

	private static final int CALLS = 50;

	private static final Duration WARMUP = Duration.ofSeconds(20);

	// Less than the internet takes.
	private static final Duration THINKING = Duration.ofMillis(2);

	private final Map<String, Runnable> calls = new LinkedHashMap<>();

	private final Map<String, double[]> nanos = new LinkedHashMap<>();

	private ObservedCallCheck(ObservedBenchmark benchmark) {
		this.calls.put("call", benchmark::call);
		this.calls.put("callLimit", benchmark::callLimit);
		this.calls.put("http", benchmark::http);
		this.calls.put("httpLimit", benchmark::httpLimit);
	}

	static List<Row> run(Options options) {
		String bare = "the same application without either registry, in turn";
		List<Row> rows = new ArrayList<>();
		ObservedCallCheck atOnce = measure(Duration.ZERO, options);
		rows.add(atOnce.row("`connections().list()`, blocking, observed and counted", bare, "call"));
		rows.add(atOnce.row("the same body with a bare `WebClient`, observed", bare, "http").withoutTarget());
		rows.add(measure(THINKING, options)
			.row("`connections().list()`, observed and counted, of a platform that takes 2 ms", bare, "call")
			.withoutTarget());
		return rows;
	}

	private static ObservedCallCheck measure(Duration thinking, Options options) {
		Benchmarks.progress("observed calls of a platform that takes %d ms".formatted(thinking.toMillis()));
		ObservedBenchmark benchmark = new ObservedBenchmark();
		benchmark.open(thinking);
		try {
			ObservedCallCheck check = new ObservedCallCheck(benchmark);
			check.measure(options.smoke() ? Duration.ZERO : WARMUP,
					options.smoke() ? 1 : options.rounds() * BLOCKS_A_ROUND);
			return check;
		}
		finally {
			benchmark.close();
		}
	}

	private void measure(Duration warmup, int blocks) {
		long start = System.nanoTime();
		while (System.nanoTime() - start < warmup.toNanos()) {
			this.calls.values().forEach(ObservedCallCheck::nanosOfCall);
		}
		List<String> names = new ArrayList<>(this.calls.keySet());
		names.forEach((name) -> this.nanos.put(name, new double[blocks]));
		Random order = new Random(42);
		for (int block = 0; block < blocks; block++) {
			Collections.shuffle(names, order);
			for (String name : names) {
				nanos(name)[block] = nanosOfCall(Objects.requireNonNull(this.calls.get(name)));
			}
		}
	}

	private static double nanosOfCall(Runnable call) {
		long start = System.nanoTime();
		for (int i = 0; i < CALLS; i++) {
			call.run();
		}
		return (System.nanoTime() - start) / (double) CALLS;
	}

	private double[] nanos(String name) {
		return Objects.requireNonNull(this.nanos.get(name));
	}

	private Row row(String what, String against, String name) {
		double[] measured = nanos(name);
		double[] limit = nanos(name + "Limit");
		return Row.ratio(what, against, TARGET, Estimate.ratioOfMedians(measured, limit),
				"%s ns / %s ns, %,d calls each".formatted(Row.number(Estimate.median(measured)),
						Row.number(Estimate.median(limit)), measured.length * CALLS));
	}

}
