package run.vendo;

import java.net.URI;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.error.VendoConfigurationException;
import run.vendo.error.VendoException;
import run.vendo.fixture.Callers;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.TokenWorker;
import run.vendo.http.ConnectionPool;
import run.vendo.http.ConnectorSettings;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.VendoConnector;
import run.vendo.http.VendoConnectorFactory;
import run.vendo.token.TokenCache;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for the builder of {@link VendoClient} and {@link ReactiveVendoClient}.
 */
class VendoClientBuilderTests {

	@AutoClose
	private final TokenWorker worker = new TokenWorker();

	@AutoClose
	private final StubServer server = StubServer.start().respond((request) -> Response.json("{\"connections\":[]}"));

	private final Map<String, String> environment = new ConcurrentHashMap<>();

	private VendoClient.Builder builder() {
		return VendoClient.builder().environment(this.environment::get);
	}

	@Test
	void whenNothingIsSetThenClientIsInOssMode() {
		VendoClient client = builder().build();
		assertThat(client.isVendoMode()).isFalse();
		assertThat(client.reactive().isVendoMode()).isFalse();
		assertThat(client).hasToString("VendoClient[https://vendo.run, OSS mode]");
		assertThat(ReactiveVendoClient.builder().environment(this.environment::get).build().isVendoMode()).isFalse();
	}

	@Test
	void whenManyAskForTheFirstSubApiThenAllGetTheSame() throws Exception {
		for (int i = 0; i < 200; i++) {
			VendoClient client = builder().build();
			CyclicBarrier together = new CyclicBarrier(8);
			Set<Object> seen = Collections.newSetFromMap(Collections.synchronizedMap(new IdentityHashMap<>()));
			Callers.start(8, () -> {
				together.await();
				seen.addAll(List.of(client.connections(), client.billing(), client.reactive().connections(),
						client.reactive().events(), client.reconciler()));
				return null;
			}).results();
			assertThat(seen).hasSize(5);
			assertThat(client.reactive().reconciler()).isSameAs(client.reconciler());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\t\n" })
	void whenKeyIsBlankThenThereIsNone(String key) {
		assertThat(builder().apiKey(key).build().isVendoMode()).isFalse();
		this.environment.put("VENDO_API_KEY", key);
		assertThat(builder().build().isVendoMode()).isFalse();
	}

	@Test
	void whenKeyIsInTheEnvironmentThenItIsUsedUnlessOneIsGiven() {
		this.environment.put("VENDO_API_KEY", " " + TestClients.KEY + "\n");
		try (VendoClient client = builder().baseUrl(this.server.url()).build()) {
			client.connections().list();
			assertThat(this.server.lastRequest().header("Authorization")).isEqualTo("Bearer " + TestClients.KEY);
		}
		try (VendoClient client = builder().baseUrl(this.server.url()).apiKey(TestClients.OTHER_KEY).build()) {
			client.connections().list();
			assertThat(this.server.lastRequest().header("Authorization")).isEqualTo("Bearer " + TestClients.OTHER_KEY);
		}
	}

	@Test
	void whenKeyIsSuppliedThenItIsAskedForAtEveryRequest() {
		AtomicReference<String> key = new AtomicReference<>(TestClients.KEY);
		try (VendoClient client = builder().baseUrl(this.server.url()).apiKeySupplier(key::get).build()) {
			client.connections().list();
			key.set(" " + TestClients.OTHER_KEY + " ");
			client.connections().list();
			assertThat(this.server.requests()).extracting((request) -> request.header("Authorization"))
				.containsExactly("Bearer " + TestClients.KEY, "Bearer " + TestClients.OTHER_KEY);
			key.set("s3cr3t-and-malformed");
			assertThatExceptionOfType(VendoException.class).isThrownBy(() -> client.connections().list())
				.withMessageContaining("malformed")
				.withMessageNotContaining("s3cr3t");
			assertThat(this.server.count()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@CsvSource({ "'\"vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-_\"', quotes",
			"'''vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-_''', quotes", "whsec_s3cr3t, webhook secret",
			"eyJs3cr3t.eyJs3cr3t.s3cr3t, JWT", "sk-s3cr3t, begin with",
			"VENDO_SK_s3cr3t89abcdefghijABCDEFGHIJ-_, begin", "Bearer vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-_, begin",
			"vendo_sk_s3cr3t, 6 characters", "vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-_x, 31",
			"vendo_sk_s3cr3t89ab cdefghijABCDEFGHIJ-_, white space",
			"vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-é, character", "vendo_sk_, 0 characters" })
	void whenKeyIsMalformedThenMessageSaysHowAndDoesNotRepeatIt(String key, String problem) {
		for (boolean fromEnvironment : new boolean[] { false, true }) {
			VendoClient.Builder builder = builder();
			if (fromEnvironment) {
				this.environment.put("VENDO_API_KEY", key);
			}
			else {
				builder.apiKey(key);
			}
			VendoConfigurationException failure = catchThrowableOfType(VendoConfigurationException.class,
					builder::build);
			assertThat(failure).hasMessageContaining(problem)
				.hasMessageContaining("vendo.api-key")
				.hasMessageContaining("VENDO_API_KEY")
				.hasMessageNotContaining("s3cr3t")
				.hasNoCause();
			assertThat(failure.setting()).isEqualTo("vendo.api-key");
			assertThat(failure.details().toString()).doesNotContain("s3cr3t");
		}
	}

	@ParameterizedTest
	@CsvSource({ "https://eu.vendo.run, https://eu.vendo.run", "https://eu.vendo.run/, https://eu.vendo.run",
			"https://eu.vendo.run/api, https://eu.vendo.run", "https://eu.vendo.run/api//, https://eu.vendo.run",
			"' https://eu.vendo.run ', https://eu.vendo.run", "https://gate.test/vendo/api, https://gate.test/vendo",
			"https://gate.test/myapi, https://gate.test/myapi", "HTTPS://eu.vendo.run:8443, HTTPS://eu.vendo.run:8443",
			"http://localhost:8080, http://localhost:8080", "http://127.0.0.1:1/api, http://127.0.0.1:1",
			"http://127.8.9.10, http://127.8.9.10", "http://[::1]:80, http://[::1]:80",
			"http://vendo.localhost, http://vendo.localhost", "'', https://vendo.run", "' ', https://vendo.run" })
	void whenBaseUrlIsGivenThenItIsUsedWithoutItsEnd(String url, URI expected) {
		assertThat(builder().baseUrl(url).build().deployment().apiUrl()).isEqualTo(expected);
	}

	@Test
	void whenUrlIsInTheEnvironmentThenItIsUsedUnlessOneIsGiven() {
		this.environment.put("VENDO_API_URL", "https://second.test/api");
		assertThat(builder().build().deployment().apiUrl()).hasHost("second.test").hasPath("");
		this.environment.put("VENDO_BASE_URL", "https://first.test");
		assertThat(builder().build().deployment().apiUrl()).hasHost("first.test");
		assertThat(builder().baseUrl("https://given.test").build().deployment().apiUrl()).hasHost("given.test");
		this.environment.put("VENDO_BASE_URL", " ");
		assertThat(builder().build().deployment().apiUrl()).hasHost("second.test");
	}

	@Test
	void whenHostsAreInTheEnvironmentThenCallsGoThere() {
		this.environment.putAll(Map.of("VENDO_CREDENTIALS_URL", this.worker.url().toString(), "VENDO_DATA_PROXY_URL",
				this.server.url() + "/proxy/"));
		this.server.respond((request) -> Response.json("{\"data\":1}"));
		try (VendoClient client = builder().apiKey(TestClients.KEY).build()) {
			assertThat(client.token("slack")).isEqualTo("slack-1");
			client.data().execute("DO", Map.of());
			assertThat(this.server.lastRequest().path()).isEqualTo("/proxy/v1/execute");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://vendo.run", "http://localhost.evil.test", "http://127.0.0.1.evil.test",
			"http://10.0.0.1", "http://0.0.0.0", "http://[::2]", "http://128.0.0.1", "http://evil-localhost",
			"HTTP://vendo.run" })
	void whenUrlIsPlainHttpToAnotherMachineThenItIsRefusedUnlessAllowed(String url) {
		for (String setting : List.of("vendo.base-url", "vendo.credentials-url", "vendo.data-proxy-url")) {
			assertThatExceptionOfType(VendoConfigurationException.class)
				.isThrownBy(() -> withUrl(builder(), setting, url).build())
				.withMessageContaining(setting)
				.withMessageContaining("vendo.allow-insecure")
				.satisfies((ex) -> assertThat(ex.setting()).isEqualTo(setting));
			assertThatNoException().isThrownBy(() -> withUrl(builder(), setting, url).allowInsecure(true).build());
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "https://user:s3cr3t@vendo.run", "https://s3cr3t@vendo.run", "https://vendo.run?key=s3cr3t",
					"https://vendo.run/#s3cr3t", "https://vendo.run/ s3cr3t", "https://user:s3cr3t@[vendo",
					"vendo.run/s3cr3t", "ftp://vendo.run/s3cr3t", "file:///s3cr3t", "jdbc:s3cr3t@vendo",
					"https:///s3cr3t", "https://ven_do:port/s3cr3t", "://s3cr3t", "http://127.0.0.1:s3cr3t@evil.test" })
	void whenUrlCannotBeUsedThenMessageSaysWhichAndDoesNotRepeatIt(String url) {
		for (String setting : List.of("vendo.base-url", "vendo.credentials-url", "vendo.data-proxy-url")) {
			for (boolean insecure : new boolean[] { false, true }) {
				VendoConfigurationException failure = catchThrowableOfType(VendoConfigurationException.class,
						() -> withUrl(builder(), setting, url).allowInsecure(insecure).build());
				assertThat(failure).as(setting)
					.hasMessageContaining(setting)
					.hasMessageNotContaining("s3cr3t")
					.hasNoCause();
				assertThat(failure.setting()).isEqualTo(setting);
			}
		}
	}

	private static VendoClient.Builder withUrl(VendoClient.Builder builder, String setting, String url) {
		return switch (setting) {
			case "vendo.base-url" -> builder.baseUrl(url);
			case "vendo.credentials-url" -> builder.credentialsUrl(url);
			default -> builder.dataProxyUrl(url);
		};
	}

	@Test
	void whenVersionIsSetThenItGoesAlong() {
		try (VendoClient client = TestClients.vendo(this.server.url()).build();
				VendoClient other = client.mutate().apiVersion(" 2027-01-01 ").build();
				VendoClient back = other.mutate().apiVersion(" ").build()) {
			for (VendoClient each : List.of(client, other, back)) {
				each.connections().list();
			}
		}
		assertThat(this.server.requests()).extracting((request) -> request.header("Vendo-API-Version"))
			.containsExactly("2026-05-02", "2027-01-01", "2026-05-02");
	}

	@Test
	void whenClientIsDescribedThenNoSecretIsTold() {
		VendoClient client = TestClients.vendo(this.server.url()).webhookSecrets("whsec_s3cr3t").build();
		VendoClient user = client.forUser(TestClients.JWT);
		for (Object described : List.of(client, user, client.reactive(), user.reactive(), client.mutate(),
				client.webhooks(), client.tokenCache(), client.data(), client.connections(), client.session("slack"))) {
			assertThat(described.toString()).doesNotContain(TestClients.KEY, TestClients.KEY.substring(9, 25), "s3cr3t",
					TestClients.JWT);
		}
		assertThat(client).hasToString("VendoClient[%s, vendo_sk_…IJ-_]".formatted(this.server.url()));
		assertThat(user.toString()).endsWith(", for a user]");
	}

	@Test
	void whenMutatedThenClientsShareOnePoolAndDifferInWhatWasSet() {
		CountingConnections connections = new CountingConnections();
		try (StubServer elsewhere = StubServer.start().respond((request) -> Response.json("{\"connections\":[]}"))) {
			VendoClient first = TestClients.vendo(this.server.url()).connectorFactory(connections).build();
			VendoClient second = first.mutate()
				.apiKey(TestClients.OTHER_KEY)
				.baseUrl(elsewhere.url())
				.apiVersion("2027-01-01")
				.build();
			ReactiveVendoClient third = second.reactive().mutate().apiKey(TestClients.KEY).build();
			assertThat(connections.created).hasValue(0);
			first.connections().list();
			second.connections().list();
			third.connections().list().blockLast();
			assertThat(connections.created).hasValue(1);
			assertThat(this.server.requests()).hasSize(1)
				.first()
				.returns("Bearer " + TestClients.KEY, (request) -> request.header("Authorization"))
				.returns("2026-05-02", (request) -> request.header("Vendo-API-Version"));
			assertThat(elsewhere.requests()).extracting((request) -> request.header("Authorization"))
				.containsExactly("Bearer " + TestClients.OTHER_KEY, "Bearer " + TestClients.KEY);
			assertThat(elsewhere.requests()).extracting((request) -> request.header("Vendo-API-Version"))
				.containsOnly("2027-01-01");
			first.close();
			first.close();
			assertThat(connections.closed).hasValue(0);
			assertThatExceptionOfType(VendoException.class).isThrownBy(() -> first.connections().list())
				.withMessageContaining("closed");
			second.connections().list();
			second.close();
			third.connections().list().blockLast();
			assertThat(connections.closed).hasValue(0);
			third.close();
			assertThat(connections.closed).hasValue(1);
		}
	}

	@Test
	void whenMutatedInWhatMakesConnectionsThenClientHasItsOwn() {
		CountingConnections connections = new CountingConnections();
		VendoClient first = TestClients.vendo(this.server.url()).connectorFactory(connections).build();
		VendoClient second = first.mutate().connectionPool(ConnectionPool.defaults()).build();
		VendoClient third = first.mutate().timeouts(HttpTimeouts.defaults()).build();
		for (VendoClient each : List.of(first, second, third)) {
			each.connections().list();
		}
		assertThat(connections.created).hasValue(2);
		second.close();
		assertThat(connections.closed).hasValue(1);
		first.connections().list();
		first.close();
		third.connections().list();
		third.close();
		assertThat(connections.closed).hasValue(2);
	}

	@Test
	void whenNothingIsCalledThenNothingIsOpenedNorClosed() {
		CountingConnections connections = new CountingConnections();
		VendoClient client = TestClients.vendo(this.server.url()).connectorFactory(connections).build();
		client.forUser(TestClients.JWT);
		client.session("slack");
		client.mutate().build().close();
		client.close();
		assertThat(connections.created).hasValue(0);
		assertThat(connections.closed).hasValue(0);
		assertThat(this.server.count()).isZero();
	}

	@Test
	void whenMutatedWithAnotherKeyThenTokensAreNotShared() {
		TokenCache cache = TokenCache.builder().build();
		try (VendoClient first = TestClients.vendo(this.worker.url()).tokenCache(cache).build();
				VendoClient second = first.mutate().apiKey(TestClients.OTHER_KEY).build();
				VendoClient same = first.mutate().apiVersion("2027-01-01").build()) {
			assertThat(second.tokenCache()).isSameAs(cache);
			assertThat(first.token("slack")).isEqualTo("slack-1");
			assertThat(second.token("slack")).isEqualTo("slack-2");
			assertThat(same.token("slack")).isEqualTo("slack-1");
		}
	}

	@Test
	void whenAUsersClientIsMutatedThenTheNewOneActsForTheApplication() {
		try (VendoClient client = TestClients.vendo(this.server.url()).build();
				VendoClient mutated = client.forUser(TestClients.JWT).mutate().build()) {
			mutated.connections().list();
			assertThat(this.server.lastRequest().header("X-Vendo-User-JWT")).isNull();
			client.forUser(TestClients.JWT).close();
			client.connections().list();
		}
	}

	@Test
	void whenBuilderIsUsedOnThenBuiltClientsDoNotChange() {
		VendoClient.Builder builder = TestClients.vendo(this.server.url()).byok(Map.of("one", List.of("ONE")));
		try (VendoClient first = builder.build();
				VendoClient second = builder.apiKey(TestClients.OTHER_KEY)
					.byok(Map.of("two", List.of("TWO")))
					.build()) {
			first.connections().list();
			second.connections().list();
			assertThat(this.server.requests()).extracting((request) -> request.header("Authorization"))
				.containsExactly("Bearer " + TestClients.KEY, "Bearer " + TestClients.OTHER_KEY);
			assertThat(first.integrations().envVars("two")).isEmpty();
			assertThat(second.integrations().envVars("one")).containsExactly("ONE");
			first.mutate().byok(Map.of("three", List.of("THREE")));
			try (VendoClient again = first.mutate().build()) {
				assertThat(again.integrations().envVars("one")).containsExactly("ONE");
				assertThat(again.integrations().envVars("three")).isEmpty();
			}
		}
	}

	@Test
	void everyRequestSaysWhatItIsSentBy() {
		try (VendoClient client = TestClients.vendo(this.server.url()).build()) {
			client.connections().list();
		}
		Request request = this.server.lastRequest();
		assertThat(request.header("User-Agent")).matches("vendo-spring-boot/\\d+\\.\\d+\\.\\d+\\S* \\(Java/\\d+\\)");
		assertThat(request.header("Accept")).isEqualTo("application/json");
		assertThat(request.header("Idempotency-Key")).isNull();
	}

	/**
	 * Counts how often connections are made and closed.
	 */
	private static final class CountingConnections implements VendoConnectorFactory {

		private final AtomicInteger created = new AtomicInteger();

		private final AtomicInteger closed = new AtomicInteger();

		@Override
		public VendoConnector create(ConnectorSettings settings) {
			this.created.incrementAndGet();
			VendoConnector connector = VendoConnectorFactory.detect().create(settings);
			return new VendoConnector() {

				@Override
				public ClientHttpConnector clientConnector() {
					return connector.clientConnector();
				}

				@Override
				public ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
					return connector.requestFactory(timeouts);
				}

				@Override
				public void close() {
					CountingConnections.this.closed.incrementAndGet();
					connector.close();
				}

			};
		}

	}

}
