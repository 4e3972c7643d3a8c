package run.vendo;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.http.ClientRecorder;
import run.vendo.http.ConnectionPool;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.RetryPolicy;
import run.vendo.http.VendoCredential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of which account a client counts under.
 */
@Timeout(60)
class ClientAccountTests {

	private static final String DEFAULT = "default balance 12500000";

	@AutoClose
	private final StubServer server = StubServer.start().respond((request) -> switch (request.path()) {
		case "/api/billing/balance" -> Response.json("{\"credits_remaining_micros\":12500000,\"currency\":\"USD\"}");
		case "/api/billing/spend-caps" -> Response
			.json("{\"daily_micros\":null,\"monthly_micros\":5,\"used_today_micros\":1,\"used_month_micros\":2}");
		case "/api/deployments/me/events" -> new Response(200, Map.of("Content-Type", "text/event-stream"),
				"event: billing.balance_changed\ndata: {\"id\":\"e1\",\"remaining_micros\":7}\n\n");
		default -> Response.json("{\"access_token\":\"t\",\"expires_at\":null}");
	});

	private final Recorder recorder = new Recorder();

	private VendoClient.Builder builder() {
		return TestClients.vendo(this.server.url()).recorder(this.recorder);
	}

	private static void readFigures(VendoClient.Builder builder) {
		try (VendoClient client = builder.build()) {
			client.billing().balance();
			client.billing().spendCaps();
		}
	}

	@Test
	void aClientIsOfTheDefaultAccountUnlessItHasAName() {
		readFigures(builder());
		assertThat(this.recorder.heard).containsExactly(DEFAULT, "default caps 2");
		this.recorder.heard.clear();
		readFigures(builder().account("shop"));
		assertThat(this.recorder.heard).containsExactly("shop balance 12500000", "shop caps 2");
		this.recorder.heard.clear();
		readFigures(builder().account("shop").account(null));
		readFigures(builder().account("shop").account(" "));
		assertThat(this.recorder.heard).containsExactly(DEFAULT, "default caps 2", DEFAULT, "default caps 2");
	}

	@Test
	void aUsersClientCountsUnderTheAccountButDoesNotShowItsBalance() {
		try (VendoClient client = builder().account("shop").build()) {
			VendoClient user = client.forUser(TestClients.JWT);
			user.token("slack");
			user.billing().balance();
		}
		assertThat(this.recorder.heard).containsExactly("shop token slack");
	}

	static Stream<Arguments> otherCredentials() {
		return Stream.of(change("apiKey", (builder) -> builder.apiKey(TestClients.OTHER_KEY)),
				change("apiKeySupplier", (builder) -> builder.apiKeySupplier(() -> TestClients.OTHER_KEY)),
				change("another App Key",
						(builder) -> builder.credential(VendoCredential.appKey(TestClients.OTHER_KEY))),
				change("the key of a connection",
						(builder) -> builder.credential(VendoCredential.connectionKey(TestClients.KEY))),
				change("a user's JWT", (builder) -> builder.credential(VendoCredential.identityJwt(TestClients.JWT))),
				change("a key of the environment",
						(builder) -> builder.apiKey(null)
							.environment((name) -> name.equals("VENDO_API_KEY") ? TestClients.OTHER_KEY : null)),
				change("another key on connections of its own",
						(builder) -> builder.apiKey(TestClients.OTHER_KEY).connectionPool(ConnectionPool.defaults())));
	}

	private static Arguments change(String name, UnaryOperator<VendoClient.Builder> change) {
		return Arguments.of(name, change);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("otherCredentials")
	void anotherCredentialThatNobodyNamesShowsNoFigures(String name, UnaryOperator<VendoClient.Builder> change) {
		try (VendoClient client = builder().build(); VendoClient shop = builder().account("shop").build()) {
			for (VendoClient each : List.of(client, shop)) {
				try (VendoClient other = change.apply(each.mutate()).build()) {
					other.billing().balance();
					// Nor does one that is made of it.
					try (VendoClient next = other.mutate().apiVersion("2027-01-01").build()) {
						next.billing().balance();
					}
				}
			}
			assertThat(this.recorder.accounts).containsOnly("default", "shop", "_other");
			assertThat(this.recorder.heard).isEmpty();
			client.billing().balance();
			assertThat(this.recorder.heard).containsExactly(DEFAULT);
		}
	}

	@Test
	void anotherPlatformIsAnotherAccount() {
		try (StubServer staging = StubServer.start()
			.respond((request) -> Response.json("{\"credits_remaining_micros\":1,\"currency\":\"USD\"}"));
				VendoClient client = builder().build();
				VendoClient other = client.mutate().baseUrl(staging.url()).build()) {
			other.billing().balance();
			assertThat(staging.count()).isEqualTo(1);
			assertThat(this.recorder.heard).isEmpty();
		}
	}

	@Test
	void anEventOfAnotherCredentialShowsNoBalance() {
		try (VendoClient client = builder().build();
				VendoClient other = client.mutate().apiKey(TestClients.OTHER_KEY).build()) {
			other.reactive().events().subscribe().blockFirst(Duration.ofSeconds(20));
			assertThat(this.recorder.heard).isEmpty();
			client.reactive().events().subscribe().blockFirst(Duration.ofSeconds(20));
			assertThat(this.recorder.heard).containsExactly("default balance 7");
		}
	}

	static Stream<Arguments> sameCredential() {
		return Stream.of(change("apiVersion", (builder) -> builder.apiVersion("2027-01-01")),
				change("timeouts",
						(builder) -> builder.timeouts(HttpTimeouts.defaults().withConnect(Duration.ofMinutes(1)))),
				change("retry", (builder) -> builder.retry(RetryPolicy.defaults())),
				change("connections of its own", (builder) -> builder.connectionPool(ConnectionPool.defaults())),
				change("the same key", (builder) -> builder.apiKey(" " + TestClients.KEY + " ")),
				change("the same key as a credential",
						(builder) -> builder.credential(VendoCredential.appKey(TestClients.KEY))),
				change("another credentials worker", (builder) -> builder.credentialsUrl("https://vendo.example")));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("sameCredential")
	void whatElseChangesIsStillTheSameAccount(String name, UnaryOperator<VendoClient.Builder> change) {
		try (VendoClient client = builder().build(); VendoClient shop = builder().account("shop").build()) {
			readFigures(change.apply(client.mutate()));
			readFigures(change.apply(shop.mutate()));
		}
		assertThat(this.recorder.heard).containsExactly(DEFAULT, "default caps 2", "shop balance 12500000",
				"shop caps 2");
	}

	@Test
	void aKeyThatIsReplacedMeanwhileIsStillThatOfTheAccount() {
		AtomicReference<String> key = new AtomicReference<>(TestClients.KEY);
		try (VendoClient client = builder().apiKeySupplier(key::get).build()) {
			key.set(TestClients.OTHER_KEY);
			readFigures(client.mutate().apiVersion("2027-01-01"));
		}
		assertThat(this.recorder.heard).contains(DEFAULT);
	}

	@Test
	void anotherCredentialWithANameCountsUnderIt() {
		try (VendoClient client = builder().build()) {
			readFigures(client.mutate().account("shop").apiKey(TestClients.OTHER_KEY));
			readFigures(client.mutate().apiKey(TestClients.OTHER_KEY).account("lab"));
		}
		assertThat(this.recorder.heard).containsExactly("shop balance 12500000", "shop caps 2", "lab balance 12500000",
				"lab caps 2");
	}

	@Test
	void namesThatAreNotToBeObservedAreOneAndShowNoFigures() {
		try (VendoClient client = builder().observedAccounts(List.of("shop")).build()) {
			for (int i = 0; i < 100; i++) {
				readFigures(client.mutate().account("customer-" + i));
			}
			readFigures(client.mutate().account("shop"));
			readFigures(client.mutate());
		}
		assertThat(this.recorder.accounts).containsOnly("default", "shop", "_other");
		assertThat(this.recorder.heard).containsExactly("shop balance 12500000", "shop caps 2", DEFAULT,
				"default caps 2");
	}

	@Test
	void aRecorderThatDoesNotTellAccountsApartHearsNothingOfUnknownOnes() {
		List<Long> balances = new CopyOnWriteArrayList<>();
		ClientRecorder simple = new ClientRecorder() {

			@Override
			public void balance(long remainingMicros) {
				balances.add(remainingMicros);
			}

		};
		try (VendoClient client = TestClients.vendo(this.server.url()).recorder(simple).build();
				VendoClient other = client.mutate().apiKey(TestClients.OTHER_KEY).build()) {
			other.billing().balance();
			assertThat(balances).isEmpty();
			client.billing().balance();
			assertThat(balances).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "über", "-a", "_a", "a/b", "a.b", "a\nb",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" })
	void whatIsNoNameIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> VendoClient.builder().account(name))
			.withMessageContaining("'account'");
	}

	@Test
	void aNameMayHaveSixtyFourCharacters() {
		readFigures(builder().account("a-B_0".repeat(12) + "abcd"));
		assertThat(this.recorder.heard).hasSize(2);
	}

	/**
	 * Writes down what it is told of each account.
	 */
	private static final class Recorder implements ClientRecorder {

		private final List<String> heard = new CopyOnWriteArrayList<>();

		private final List<String> accounts = new CopyOnWriteArrayList<>();

		@Override
		public ClientRecorder forAccount(String account) {
			this.accounts.add(account);
			return new ClientRecorder() {

				@Override
				public void tokenResolved(String slug, TokenSource source, TokenOutcome outcome) {
					Recorder.this.heard.add(account + " token " + slug);
				}

				@Override
				public void balance(long remainingMicros) {
					Recorder.this.heard.add(account + " balance " + remainingMicros);
				}

				@Override
				public void spendCaps(@Nullable Long dailyMicros, @Nullable Long monthlyMicros, long usedTodayMicros,
						long usedMonthMicros) {
					Recorder.this.heard.add(account + " caps " + usedMonthMicros);
				}

			};
		}

		@Override
		public void balance(long remainingMicros) {
			this.heard.add("nobody's balance");
		}

	}

}
