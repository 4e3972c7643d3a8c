package run.vendo.benchmark;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;

import io.micrometer.core.instrument.search.MeterNotFoundException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.infra.Blackhole;

import run.vendo.connection.Connection;
import run.vendo.event.EventStreamBenchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Benchmarks}: everything runs once, and both sides of each comparison
 * come to the same.
 */
class BenchmarksTests {

	@Test
	void shouldHaveARowForEachTarget() throws Exception {
		List<Row> rows = Benchmarks.run(Options.of("--smoke", "--callers=100"));
		assertThat(rows).extracting(Row::what)
			.containsExactly("warm `token(slug)`", "warm `token(slug)`, client built by Spring Boot",
					"warm `token(slug)`", "warm `token(slug)`, client built by Spring Boot", "warm `token(slug)`",
					"100 callers, one cold token, blocking", "100 callers, one cold token, reactive",
					"`connections().list()`, blocking, one at a time", "`connections().list()`, reactive, 16 in flight",
					"`connections().list()`, blocking, observed and counted",
					"the same body with a bare `WebClient`, observed",
					"`connections().list()`, observed and counted, of a platform that takes 2 ms",
					"warm `token(slug)`, observed and counted", "tokens of 200 unknown slugs: meters",
					"`webhooks().verify`, 256 B", "`webhooks().verify`, 1,024 B", "`webhooks().verify`, 65,536 B",
					"a webhook of 1 KiB to a handler with `@VendoWebhook`, over loopback",
					"64 forged webhooks of 64 KiB at once: heap they hold",
					"forged webhooks that are refused ahead of the handler", "start-up of a minimal MVC application",
					"the same, from the start of the process", "threads at idle",
					"1,500 users ask for a token each: heap a user beyond the bound", "tokens kept at the end",
					"an event of 150 B, bytes to type, id and data", "the same, bytes to `VendoEvent`",
					"event on the socket → listener called, 1,000 events/s, p99",
					"2,000 events through the bridge: heap growth");
		// What does not depend on time holds here too.
		assertThat(rows).filteredOn((row) -> row.margin().equals("exact"))
			.hasSize(6)
			.extracting(Row::verdict)
			.containsOnly(Verdict.MET);
		assertThat(Row.table(rows)).hasLineCount(rows.size() + 2);
	}

	@Test
	void tokenBenchmarkShouldCompareTheSameToken() {
		TokenBenchmark benchmark = new TokenBenchmark();
		benchmark.open();
		try {
			assertThat(
					List.of(benchmark.limit(), benchmark.bareLimit(), benchmark.client(), benchmark.springBootClient()))
				.containsOnly(Fixtures.TOKEN);
		}
		finally {
			benchmark.close();
		}
	}

	@Test
	void connectionsBenchmarkShouldCompareTheSameConnections() {
		ConnectionsBenchmark benchmark = new ConnectionsBenchmark();
		benchmark.open();
		try {
			List<Connection> connections = benchmark.blocking();
			assertThat(connections).hasSize(Fixtures.CONNECTIONS).allMatch(Connection::isConnected);
			assertThat(benchmark.blockingLimit()).isEqualTo(connections);
			assertThat(benchmark.reactive()).hasSize(ConnectionsBenchmark.IN_FLIGHT).containsOnly(connections);
			assertThat(benchmark.reactiveLimit()).hasSize(ConnectionsBenchmark.IN_FLIGHT).containsOnly(connections);
			// One at a time, then as many as there are users: nobody shares a request.
			assertThat(benchmark.requests()).isEqualTo(2 + 2 * ConnectionsBenchmark.IN_FLIGHT);
		}
		finally {
			benchmark.close();
		}
	}

	@Test
	void observedBenchmarkShouldCompareTheSameAndBeObserved() {
		ObservedBenchmark benchmark = new ObservedBenchmark();
		benchmark.open();
		try {
			assertThat(benchmark.call()).isEqualTo(benchmark.callLimit()).hasSize(Fixtures.CONNECTIONS);
			assertThat(benchmark.token()).isEqualTo(benchmark.tokenLimit()).isEqualTo(Fixtures.TOKEN);
			awaitCounted(benchmark, 1L, 2L, 1L);
			assertThat(benchmark.http()).isEqualTo(benchmark.httpLimit());
			awaitCounted(benchmark, 1L, 3L, 1L);
		}
		finally {
			benchmark.close();
		}
	}

	// What is observed may be counted after the call has returned.
	private static void awaitCounted(ObservedBenchmark benchmark, Long... counts) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.ignoreExceptionsInstanceOf(MeterNotFoundException.class)
			.untilAsserted(() -> assertThat(benchmark.counted()).containsExactly(counts));
	}

	@ParameterizedTest
	@ValueSource(ints = { 256, 1024, 65536 })
	void webhookBenchmarkShouldCompareTheSameBody(int size) throws GeneralSecurityException {
		assertThat(Fixtures.delivery(size)).hasSize(size);
		WebhookBenchmark benchmark = new WebhookBenchmark();
		benchmark.size = size;
		benchmark.open();
		assertThat(benchmark.verify().body()).isEqualTo(benchmark.limit().json());
	}

	@Test
	void webhookHandlerBenchmarkShouldCallTheHandlerForEachRequest() throws Exception {
		WebhookHandlerBenchmark benchmark = new WebhookHandlerBenchmark();
		benchmark.open();
		try {
			String size = Integer.toString(WebhookHandlerBenchmark.SIZE);
			for (int iteration = 1; iteration <= 2; iteration++) {
				benchmark.sign();
				assertThat(List.of(benchmark.handler(), benchmark.handler(), benchmark.handlerLimit()))
					.containsOnly(size);
				assertThat(benchmark.calls()).isEqualTo(3 * iteration);
			}
		}
		finally {
			benchmark.close();
		}
	}

	@Test
	void eventStreamBenchmarkShouldCompareTheSameEvents() throws Exception {
		EventStreamBenchmark benchmark = new EventStreamBenchmark();
		benchmark.write();
		Blackhole blackhole = new Blackhole(
				"Today's password is swordfish. I understand instantiating Blackholes directly is dangerous.");
		assertThat(List.of(benchmark.frames(blackhole), benchmark.framesLimit(blackhole), benchmark.whole(blackhole),
				benchmark.wholeLimit(blackhole)))
			.containsOnly(EventStreamBenchmark.EVENTS);
	}

	@Test
	void verdictShouldAllowForTheMargin() {
		assertThat(new Estimate(1.1, 0.04).atMost(1.15)).isEqualTo(Verdict.MET);
		assertThat(new Estimate(1.1, 0.06).atMost(1.15)).isEqualTo(Verdict.OPEN);
		assertThat(new Estimate(1.2, 0.06).atMost(1.15)).isEqualTo(Verdict.OPEN);
		assertThat(new Estimate(1.2, 0.04).atMost(1.15)).isEqualTo(Verdict.MISSED);
		assertThat(new Estimate(1, Double.NaN).atMost(1.15)).isEqualTo(Verdict.OPEN);
	}

	@Test
	void ratioShouldPairWhatWasMeasuredTogether() {
		Estimate ratio = Estimate.ratio(new double[] { 2, 20, 200 }, new double[] { 1, 10, 100 });
		assertThat(ratio.value()).isEqualTo(2);
		assertThat(ratio.margin()).isZero();
	}

	@Test
	void ratioOfMediansShouldIgnoreOutliers() {
		double[] limit = { 100, 101, 99, 100, 100, 9_999, 100 };
		double[] measured = { 110, 111, 109, 110, 110, 110, 9_999 };
		Estimate ratio = Estimate.ratioOfMedians(measured, limit);
		assertThat(ratio.value()).isEqualTo(1.1);
		assertThat(ratio.margin()).isBetween(0.001, 0.05);
	}

	@Test
	void whenAnOptionIsUnknownThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Options.of("--only=tokens"));
		assertThatIllegalArgumentException().isThrownBy(() -> Options.of("--round=3"));
	}

}
