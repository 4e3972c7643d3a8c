package run.vendo.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

import org.openjdk.jmh.util.ListStatistics;

/**
 * Starts {@link StartupApplication} in turn with and without the starter.
 */
final class StartupCheck {

	private static final double TARGET = 1.08;

	private static final int WARMUPS = 2;

	private final List<Properties> with = new ArrayList<>();

	private final List<Properties> without = new ArrayList<>();

	private StartupCheck() {
	}

	static List<Row> run(Options options) throws IOException, InterruptedException {
		StartupCheck check = new StartupCheck();
		int warmups = options.smoke() ? 0 : WARMUPS;
		for (int run = -warmups; run < options.startups(); run++) {
			Benchmarks.progress("start-up, pair %d of %d".formatted(run + warmups + 1, options.startups() + warmups));
			// Each goes first every other time.
			for (boolean starter : (run % 2 == 0) ? new boolean[] { true, false } : new boolean[] { false, true }) {
				Properties result = start(starter, options.smoke() ? ChildJvm.SMOKE : List.of());
				if (run >= 0) {
					(starter ? check.with : check.without).add(result);
				}
			}
		}
		return List.of(check.row("start-up of a minimal MVC application", "ready-ms"),
				check.row("the same, from the start of the process", "process-ms").withoutTarget(), check.threads());
	}

	private static Properties start(boolean starter, List<String> jvmArguments)
			throws IOException, InterruptedException {
		List<Path> classPath = starter ? ChildJvm.withStarter() : ChildJvm.withoutStarter();
		// The event stream opens after the start, and would ask the real platform.
		Properties result = ChildJvm.run(classPath, jvmArguments, StartupApplication.class, "--server.port=0",
				"--vendo.api-key=" + Fixtures.API_KEY, "--vendo.events.enabled=false");
		if (!Boolean.toString(starter).equals(result.getProperty("starter"))) {
			throw new IllegalStateException("The application was to start %s the starter, and did not: %s"
				.formatted(starter ? "with" : "without", result));
		}
		return result;
	}

	private Row row(String what, String property) {
		double[] measured = values(this.with, property);
		double[] limit = values(this.without, property);
		return Row.ratio(what, "the same with spring-boot-starter-webclient only", TARGET,
				Estimate.ratioOfMedians(measured, limit),
				"%s ms / %s ms, %d runs each".formatted(spread(measured), spread(limit), measured.length));
	}

	private static double[] values(List<Properties> results, String property) {
		return results.stream().mapToDouble((result) -> Double.parseDouble(result.getProperty(property))).toArray();
	}

	private static String spread(double[] values) {
		ListStatistics statistics = new ListStatistics(values);
		return "%s (%s–%s)".formatted(Row.number(statistics.getPercentile(50)),
				Row.number(statistics.getPercentile(25)), Row.number(statistics.getPercentile(75)));
	}

	private Row threads() {
		List<String> more = new ArrayList<>(threads(this.with));
		threads(this.without).forEach(more::remove);
		// Reactor Netty's own are of its making, and named so.
		List<String> ours = more.stream().filter((name) -> !name.startsWith("reactor-http-")).toList();
		return Row.exact("threads at idle", "the same with spring-boot-starter-webclient only",
				"none more beyond Reactor Netty's", Integer.toString(ours.size()),
				"%d / %d threads%s".formatted(threads(this.with).size(), threads(this.without).size(),
						more.isEmpty() ? "" : ", more: " + more),
				ours.isEmpty());
	}

	// The threads that every run had: compilers come and go.
	private static List<String> threads(List<Properties> results) {
		List<String> common = null;
		for (Properties result : results) {
			List<String> threads = new ArrayList<>(Arrays.asList(result.getProperty("threads").split(",")));
			if (common == null) {
				common = threads;
				continue;
			}
			List<String> left = new ArrayList<>();
			for (String thread : common) {
				if (threads.remove(thread)) {
					left.add(thread);
				}
			}
			common = left;
		}
		return (common != null) ? common : List.of();
	}

}
