package run.vendo.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

import reactor.core.publisher.Flux;

import run.vendo.VendoClient;

/**
 * Lets many users ask for one token each, far more than the cache holds, and looks at the
 * heap after a collection on the way.
 */
public final class GrowthCheck {

	private static final double TARGET = 0.05;

	private static final int BOUND = 10_000;

	private static final int SMOKE_BOUND = 500;

	private static final int AT_ONCE = 64;

	private GrowthCheck() {
	}

	static List<Row> run(Options options) throws IOException, InterruptedException {
		Benchmarks.progress("growth, %,d users".formatted(options.users()));
		int bound = options.smoke() ? SMOKE_BOUND : BOUND;
		Properties result = ChildJvm.run(ChildJvm.withStarter(), options.smoke() ? ChildJvm.SMOKE : List.of("-Xmx1g"),
				GrowthCheck.class, Integer.toString(options.users()), Integer.toString(bound));
		double kept = Double.parseDouble(result.getProperty("bytes-per-kept-user"));
		double further = Double.parseDouble(result.getProperty("bytes-per-further-user"));
		long size = Long.parseLong(result.getProperty("kept"));
		Row growth = Row.ratio(
				"%,d users ask for a token each: heap a user beyond the bound".formatted(options.users()),
				"heap a user up to the bound", TARGET,
				new Estimate(further / kept, Double.parseDouble(result.getProperty("margin")) / kept),
				"%s B / %s B; heap in MB at each tenth: %s".formatted(Row.number(further), Row.number(kept),
						result.getProperty("heap")));
		return List.of(growth, Row.exact("tokens kept at the end", "the cache's bound", "≤ %,d".formatted(bound),
				"%,d".formatted(size), "", size <= bound));
	}

	/**
	 * Ask for the tokens and tell about the heap.
	 * @param args how many users there are, and how many tokens the cache holds
	 */
	public static void main(String[] args) {
		int users = Integer.parseInt(args[0]);
		int bound = Integer.parseInt(args[1]);
		int step = users / 10;
		try (LoopbackServer server = new LoopbackServer((request, response) -> {
			// A token of its own for each user, of the size that JWTs have.
			String user = request.requestHeaders().get("X-Vendo-User-JWT");
			return LoopbackServer.send(response,
					"{\"access_token\":\"%s%s\"}".formatted("t".repeat(500), user.substring(user.length() - 8))
						.getBytes(StandardCharsets.UTF_8));
		});
				VendoClient client = VendoClient.builder()
					.apiKey(Fixtures.API_KEY)
					.credentialsUrl(server.url())
					.tokenCache((cache) -> cache.maximumSize(bound))
					.build()) {
			// What the first calls load is no growth.
			ask(client, "warm-up", 0, bound);
			client.tokenCache().invalidateAll();
			long empty = heap(client);
			ask(client, "user", 0, bound);
			long full = heap(client);
			List<Long> heap = new ArrayList<>();
			List<Integer> asked = new ArrayList<>();
			for (int from = bound; from < users; from += step) {
				ask(client, "user", from, Math.min(step, users - from));
				heap.add(heap(client));
				asked.add(Math.min(from + step, users));
			}
			Slope slope = Slope.of(asked, heap);
			ChildJvm.result("bytes-per-kept-user", (full - empty) / (double) bound);
			ChildJvm.result("bytes-per-further-user", slope.value());
			ChildJvm.result("margin", slope.margin());
			ChildJvm.result("kept", client.tokenCache().size());
			heap.add(0, full);
			heap.add(0, empty);
			ChildJvm.result("heap",
					String.join(" ", heap.stream().map((bytes) -> Row.number(bytes / 1024.0 / 1024.0)).toList()));
		}
	}

	private static void ask(VendoClient client, String name, int from, int count) {
		Flux.range(from, count)
			.flatMap((i) -> client.reactive().forUser("%s.%s%08d".formatted(name, "j".repeat(500), i)).token("slack"),
					AT_ONCE)
			.blockLast();
	}

	private static long heap(VendoClient client) {
		client.tokenCache().size();
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	/**
	 * A line through points.
	 *
	 * @param value how much it rises for one
	 * @param margin how far that may be off, two standard errors
	 */
	private record Slope(double value, double margin) {

		static Slope of(List<Integer> xs, List<Long> ys) {
			int count = xs.size();
			double meanX = xs.stream().mapToInt(Integer::intValue).average().orElseThrow();
			double meanY = ys.stream().mapToLong(Long::longValue).average().orElseThrow();
			double squares = 0;
			double products = 0;
			for (int i = 0; i < count; i++) {
				squares += (xs.get(i) - meanX) * (xs.get(i) - meanX);
				products += (xs.get(i) - meanX) * (ys.get(i) - meanY);
			}
			double slope = products / squares;
			double rest = 0;
			for (int i = 0; i < count; i++) {
				double expected = meanY + slope * (xs.get(i) - meanX);
				rest += (ys.get(i) - expected) * (ys.get(i) - expected);
			}
			return new Slope(slope, (count > 2) ? 2 * Math.sqrt(rest / (count - 2) / squares) : Double.NaN);
		}

	}

}
