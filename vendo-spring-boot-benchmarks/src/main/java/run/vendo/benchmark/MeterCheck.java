package run.vendo.benchmark;

import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import reactor.core.publisher.Flux;

import run.vendo.VendoClient;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Asks for tokens of providers that nobody knows, and counts the meters.
 */
final class MeterCheck {

	private static final int FEW = 10;

	private static final int AT_ONCE = 64;

	private MeterCheck() {
	}

	static List<Row> run(Options options) {
		int many = options.smoke() ? 200 : 10_000;
		Benchmarks.progress("meters, %,d slugs".formatted(many));
		try (LoopbackServer server = LoopbackServer.answering(Fixtures.TOKEN_ANSWER);
				ConfigurableApplicationContext context = ObservedBenchmark.run(server,
						ObservedBenchmark.ObservedApplication.class)) {
			VendoClient client = context.getBean(VendoClient.class);
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			ask(client, 0, FEW);
			int withFew = meters.getMeters().size();
			ask(client, FEW, many);
			int withMany = meters.getMeters().size();
			return List.of(Row.exact("tokens of %,d unknown slugs: meters".formatted(many),
					"the same with %d".formatted(FEW), "no more", "%,d".formatted(withMany),
					"%,d / %,d".formatted(withMany, withFew), withMany <= withFew));
		}
	}

	private static void ask(VendoClient client, int from, int to) {
		Flux.range(from, to - from)
			.flatMap((i) -> client.reactive().token("unknown-" + i).thenReturn(i), AT_ONCE)
			// Once more, from the cache.
			.concatMap((i) -> client.reactive().token("unknown-" + i))
			.blockLast();
	}

}
