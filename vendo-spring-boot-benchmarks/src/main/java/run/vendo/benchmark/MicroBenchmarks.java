package run.vendo.benchmark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the JMH benchmarks of a class in rounds. In each round every benchmark runs once
 * in a fresh process; what is compared was measured in the same round.
 */
final class MicroBenchmarks {

	private final Map<String, List<Double>> nanos = new TreeMap<>();

	private MicroBenchmarks() {
	}

	static MicroBenchmarks run(Class<?> type, Options options) throws RunnerException {
		MicroBenchmarks benchmarks = new MicroBenchmarks();
		for (int round = 1; round <= options.rounds(); round++) {
			Benchmarks.progress("%s, round %d of %d".formatted(type.getSimpleName(), round, options.rounds()));
			benchmarks.add(new Runner(jmhOptions(type, options.smoke())).run());
		}
		return benchmarks;
	}

	private static org.openjdk.jmh.runner.options.Options jmhOptions(Class<?> type, boolean smoke) {
		ChainedOptionsBuilder options = new OptionsBuilder().include(type.getName().replace(".", "\\.") + "\\.")
			.timeUnit(TimeUnit.NANOSECONDS)
			.shouldFailOnError(true)
			.verbosity(VerboseMode.SILENT);
		if (smoke) {
			options.mode(Mode.SingleShotTime)
				.forks(0)
				.warmupIterations(0)
				.measurementIterations(1)
				.measurementTime(TimeValue.NONE);
		}
		return options.build();
	}

	private void add(Collection<RunResult> results) {
		for (RunResult result : results) {
			String benchmark = result.getParams().getBenchmark();
			String name = benchmark.substring(benchmark.lastIndexOf('.') + 1);
			for (String parameter : result.getParams().getParamsKeys()) {
				name = name + "/" + result.getParams().getParam(parameter);
			}
			this.nanos.computeIfAbsent(name, (key) -> new ArrayList<>()).add(result.getPrimaryResult().getScore());
		}
	}

	Row ratio(String what, String name, String against, String limit, double target) {
		return Row.ratio(what, against, target, Estimate.ratio(nanos(name), nanos(limit)), "%s ns / %s ns"
			.formatted(Row.number(Estimate.median(nanos(name))), Row.number(Estimate.median(nanos(limit)))));
	}

	Row time(String what, String name, double target) {
		return Row.time(what, target, Estimate.mean(nanos(name)));
	}

	private double[] nanos(String name) {
		List<Double> found = this.nanos.get(name);
		if (found == null) {
			throw new IllegalStateException("There is no benchmark %s, only %s".formatted(name, this.nanos.keySet()));
		}
		return found.stream().mapToDouble(Double::doubleValue).toArray();
	}

}
