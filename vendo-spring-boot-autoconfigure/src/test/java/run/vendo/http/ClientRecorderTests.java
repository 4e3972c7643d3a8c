package run.vendo.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what a client tells its recorder.
 */
class ClientRecorderTests extends AbstractTransportTests {

	private static final String TOKEN = "{\"access_token\":\"t\",\"expires_at\":null}";

	private final Recorder recorder = new Recorder();

	private VendoClient recorded() {
		return closing(builder().recorder(this.recorder).build());
	}

	@Test
	void retriesAreToldWithTheirReason() {
		answers(status(503), status(429), json(200, BALANCE));
		recorded().billing().balance();
		assertThat(this.recorder.heard).containsExactly("retried billing 503", "retried billing 429",
				"balance 12500000");
	}

	@Test
	void aBodyThatBreaksOffIsRetriedAsAnInvalidAnswer() {
		RawServer server = closing(RawServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"credits");
				return;
			}
			exchange.sendJson(BALANCE);
		}));
		closing(builder(server.url()).recorder(this.recorder).build()).billing().balance();
		assertThat(this.recorder.heard).containsExactly("retried billing invalid-answer", "balance 12500000");
	}

	@Test
	void whenBudgetIsUsedUpThenTheRetryIsDenied() {
		answers(status(503));
		VendoClient client = closing(
				builder().recorder(this.recorder).retry(RetryPolicy.defaults().withBudget(1)).build());
		assertThat(this.recorder.budgets).singleElement()
			.satisfies((budget) -> assertThat(budget.getAsDouble()).isEqualTo(1));
		failureOf(() -> client.billing().balance());
		assertThat(this.recorder.heard).containsExactly("retried billing 503", "denied billing");
		assertThat(this.recorder.budgets).singleElement()
			.satisfies((budget) -> assertThat(budget.getAsDouble()).isZero());
	}

	@Test
	void whenRetriesAreUsedUpThenNothingIsDenied() {
		answers(status(503));
		VendoClient client = recorded();
		failureOf(() -> client.billing().balance());
		assertThat(this.recorder.heard).containsExactly("retried billing 503", "retried billing 503");
	}

	@Test
	void tokensAreToldBySourceAndOutcome() {
		answers(json(200, TOKEN));
		VendoClient client = closing(builder().recorder(this.recorder)
			.environment((name) -> name.equals("VENDO_TOKEN_NOTION") ? "own" : null)
			.build());
		client.token("slack");
		client.token("slack");
		client.reactive().token("slack").block();
		client.token("notion");
		assertThat(this.recorder.heard).containsExactly("missed", "slack WORKER SUCCESS", "notion OVERRIDE SUCCESS");
		assertThat(this.recorder.hits.get("slack").sum()).isEqualTo(2);
	}

	@Test
	void failuresAreToldApart() {
		VendoClient client = recorded();
		answers(status(403).withHeader("Vendo-Error-Code", "binding_missing"));
		failureOf(() -> client.token("slack"));
		answers(status(401).withHeader("Vendo-Error-Code", "connection_needs_reauth"));
		failureOf(() -> client.token("slack"));
		answers(status(400).withHeader("Vendo-Error-Code", "validation_failed"));
		failureOf(() -> client.token("slack"));
		assertThat(this.recorder.heard).containsExactly("missed", "slack WORKER NOT_CONNECTED", "missed",
				"slack WORKER NEEDS_REAUTH", "missed", "slack WORKER FAILED");
	}

	@Test
	void tokensOfABulkRequestAreToldOneByOne() {
		answers(json(200, "{\"tokens\":{\"slack\":" + TOKEN + ",\"gmail\":null}}"));
		VendoClient client = recorded();
		client.tokens(List.of("slack", "gmail"));
		client.tokens(List.of("slack"));
		assertThat(this.recorder.heard).containsExactly("missed", "missed", "slack WORKER SUCCESS",
				"gmail WORKER NOT_CONNECTED");
		assertThat(this.recorder.hits.get("slack").sum()).isEqualTo(1);
	}

	@Test
	void inOssModeTheSourceIsTheProvidersVariable() {
		VendoClient client = closing(VendoClient.builder()
			.environment(
					(name) -> name.equals("OPENAI_API_KEY") ? "sk" : name.equals("VENDO_TOKEN_SLACK") ? "own" : null)
			.recorder(this.recorder)
			.build());
		client.token("openai");
		client.token("slack");
		failureOf(() -> client.token("gmail"));
		assertThat(this.recorder.heard).containsExactly("openai BYOK SUCCESS", "slack OVERRIDE SUCCESS",
				"gmail BYOK NOT_CONNECTED");
	}

	@Test
	void knownSlugsAreTheCatalogAndWhatTheApplicationWasToldOf() {
		closing(builder().recorder(this.recorder)
			.byok(Map.of("acme", List.of("ACME_KEY")))
			.environment((name) -> name.equals("VENDO_CONNECTIONS") ? "own-crm, slack" : null)
			.build());
		assertThat(this.recorder.known.get(0).get()).map(String::valueOf)
			.contains("openai", "slack", "acme", "own-crm")
			.doesNotContain("", " slack");
	}

	@Test
	void billingOfTheApplicationIsToldAndThatOfAUserIsNot() {
		answers(json(200, BALANCE));
		VendoClient client = recorded();
		client.forUser(JWT).billing().balance();
		assertThat(this.recorder.heard).isEmpty();
		client.billing().balance();
		answers(json(200,
				"{\"daily_micros\":null,\"monthly_micros\":5000000,\"used_today_micros\":1,\"used_month_micros\":2}"));
		client.billing().spendCaps();
		client.forUser(JWT).billing().spendCaps();
		assertThat(this.recorder.heard).containsExactly("balance 12500000", "caps null 5000000 1 2");
	}

	/**
	 * Writes down what it is told.
	 */
	private static final class Recorder implements ClientRecorder {

		private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

		private final List<DoubleSupplier> budgets = new ArrayList<>();

		private final List<Supplier<? extends Collection<String>>> known = new ArrayList<>();

		private final Map<String, LongAdder> hits = new ConcurrentHashMap<>();

		@Override
		public void knownSlugs(Supplier<? extends Collection<String>> slugs) {
			this.known.add(slugs);
		}

		@Override
		public void retryBudget(DoubleSupplier available) {
			this.budgets.add(available);
		}

		@Override
		public void retried(String api, String reason) {
			this.heard.add("retried " + api + " " + reason);
		}

		@Override
		public void retryDenied(String api) {
			this.heard.add("denied " + api);
		}

		@Override
		public LongAdder tokenHits(String slug) {
			return this.hits.computeIfAbsent(slug, (same) -> new LongAdder());
		}

		@Override
		public void tokenMissed() {
			this.heard.add("missed");
		}

		@Override
		public void tokenResolved(String slug, TokenSource source, TokenOutcome outcome) {
			this.heard.add(slug + " " + source + " " + outcome);
		}

		@Override
		public void tokenRenewed(TokenOutcome outcome) {
			this.heard.add("renewed " + outcome);
		}

		@Override
		public void balance(long remainingMicros) {
			this.heard.add("balance " + remainingMicros);
		}

		@Override
		public void spendCaps(@Nullable Long dailyMicros, @Nullable Long monthlyMicros, long usedTodayMicros,
				long usedMonthMicros) {
			this.heard.add("caps " + dailyMicros + " " + monthlyMicros + " " + usedTodayMicros + " " + usedMonthMicros);
		}

	}

}
