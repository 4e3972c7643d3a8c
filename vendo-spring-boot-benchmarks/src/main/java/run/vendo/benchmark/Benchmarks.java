package run.vendo.benchmark;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import org.openjdk.jmh.runner.RunnerException;

import run.vendo.event.EventStreamBenchmark;

/**
 * Measures everything and prints a table. Progress goes to the error stream.
 */
public final class Benchmarks {

	private Benchmarks() {
	}

	/**
	 * Measure and print.
	 * @param args see {@link Options}
	 * @throws Exception if something does not work, which is no result
	 */
	public static void main(String[] args) throws Exception {
		Options options = Options.of(args);
		Instant start = Instant.now();
		List<Row> rows = run(options);
		System.out.println();
		System.out.println(machine(start));
		System.out.println();
		System.out.print(Row.table(rows));
		// Reactor's threads are daemons, but nothing here is worth waiting for.
		System.exit(0);
	}

	static List<Row> run(Options options) throws RunnerException, IOException, InterruptedException {
		List<Row> rows = new ArrayList<>();
		if (options.includes("token")) {
			rows.addAll(token(options));
		}
		if (options.includes("single-flight")) {
			rows.addAll(SingleFlightCheck.run(options));
		}
		if (options.includes("list")) {
			rows.addAll(list(options));
		}
		if (options.includes("observed")) {
			rows.addAll(observed(options));
			rows.addAll(MeterCheck.run(options));
		}
		if (options.includes("webhook")) {
			rows.addAll(webhook(options));
		}
		if (options.includes("handler")) {
			rows.addAll(handler(options));
		}
		if (options.includes("flood")) {
			rows.addAll(WebhookFloodCheck.run(options));
		}
		if (options.includes("startup")) {
			rows.addAll(StartupCheck.run(options));
		}
		if (options.includes("growth")) {
			rows.addAll(GrowthCheck.run(options));
		}
		if (options.includes("events")) {
			rows.addAll(events(options));
		}
		if (options.includes("bridge")) {
			rows.addAll(EventBridgeCheck.run(options));
		}
		return rows;
	}

	private static List<Row> token(Options options) throws RunnerException {
		MicroBenchmarks results = MicroBenchmarks.run(TokenBenchmark.class, options);
		String expiring = "Caffeine `getIfPresent`, entries expire, same key work";
		String bare = "Caffeine `getIfPresent`, nothing expires, same key work";
		return List.of(results.ratio("warm `token(slug)`", "client", expiring, "limit", 3),
				results.ratio("warm `token(slug)`, client built by Spring Boot", "springBootClient", expiring, "limit",
						3),
				results.time("warm `token(slug)`", "client", 200),
				results.time("warm `token(slug)`, client built by Spring Boot", "springBootClient", 200),
				results.ratio("warm `token(slug)`", "client", bare, "bareLimit", 3).withoutTarget());
	}

	private static List<Row> list(Options options) throws RunnerException {
		MicroBenchmarks results = MicroBenchmarks.run(ConnectionsBenchmark.class, options);
		String raw = "bare `WebClient`, same body, mapper, model and connector";
		return List.of(
				results.ratio("`connections().list()`, blocking, one at a time", "blocking", raw, "blockingLimit",
						1.15),
				results.ratio(
						"`connections().list()`, reactive, %d in flight".formatted(ConnectionsBenchmark.IN_FLIGHT),
						"reactive", raw, "reactiveLimit", 1.15));
	}

	private static List<Row> observed(Options options) throws RunnerException {
		List<Row> rows = new ArrayList<>(ObservedCallCheck.run(options));
		MicroBenchmarks results = MicroBenchmarks.run(ObservedBenchmark.class, options);
		rows.add(results.ratio("warm `token(slug)`, observed and counted", "token",
				"the same application without either registry", "tokenLimit", 2));
		return rows;
	}

	private static List<Row> webhook(Options options) throws RunnerException {
		MicroBenchmarks results = MicroBenchmarks.run(WebhookBenchmark.class, options);
		List<Row> rows = new ArrayList<>();
		for (int size : new int[] { 256, 1024, 65536 }) {
			rows.add(results.ratio("`webhooks().verify`, %,d B".formatted(size), "verify/" + size,
					"reused `Mac` and one parse", "limit/" + size, 1.15));
		}
		return rows;
	}

	private static List<Row> handler(Options options) throws RunnerException {
		MicroBenchmarks results = MicroBenchmarks.run(WebhookHandlerBenchmark.class, options);
		return List.of(results.ratio("a webhook of 1 KiB to a handler with `@VendoWebhook`, over loopback", "handler",
				"the same handler without the annotation", "handlerLimit", 1.15));
	}

	private static List<Row> events(Options options) throws RunnerException {
		MicroBenchmarks results = MicroBenchmarks.run(EventStreamBenchmark.class, options);
		return List.of(
				results.ratio("an event of 150 B, bytes to type, id and data", "frames",
						"okhttp-eventsource, same bytes", "framesLimit", 1 / 1.2),
				results.ratio("the same, bytes to `VendoEvent`", "whole", "scan for line ends and one parse",
						"wholeLimit", 1 / 0.6));
	}

	private static String machine(Instant start) {
		return "Measured from %s to %s; Java %s, %s %s, %d processors, load average %s at the end.".formatted(
				start.truncatedTo(ChronoUnit.SECONDS), Instant.now().truncatedTo(ChronoUnit.SECONDS),
				System.getProperty("java.runtime.version"), System.getProperty("os.name"),
				System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(),
				Row.number(java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
	}

	static void progress(String what) {
		System.err.println(what);
	}

}
