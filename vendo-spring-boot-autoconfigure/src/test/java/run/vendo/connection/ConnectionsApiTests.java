package run.vendo.connection;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.error.AuthException;
import run.vendo.error.ErrorCode;
import run.vendo.error.TransportException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.fixture.Callers;
import run.vendo.fixture.ClosedPort;
import run.vendo.fixture.Stack;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.http.ConnectionPool;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link ConnectionsApi} and {@link ReactiveConnectionsApi}.
 */
class ConnectionsApiTests {

	private static final String FULL = """
			{"connections":[{
			  "id":"cn_1","external_id":"T123","slug":"slack","display_name":"Slack","category":"chat",
			  "profile":"user_oauth","status":"connected","api_key":"sk-s3cr3t-key","base_url":"https://pool.test/v1",
			  "metadata":{"credential":{"access_token":"s3cr3t-metadata"},"team":{"name":"Ours","size":3,"old":null}},
			  "context":{"ref":"abc"},"credential":{"access_token":"s3cr3t-credential","scopes":["a","b"]},
			  "setup_url":"https://vendo.run/setup","error_message":"None yet","connected_at":"2026-05-20T12:00:00Z",
			  "env_bootstrap":{"vars":[{"name":"SLACK_BOT_TOKEN","value_from":"credential.access_token"}],
			    "restart":"gateway"},
			  "exclusive":true,"logo_url":"https://vendo.run/slack.svg","brand_color":"#4A154B",
			  "docs_url":"https://api.slack.com","invented":{"deep":["s3cr3t-unknown",1,null]},"invented_too":7
			},{"slug":"notion"}]}
			""";

	@AutoClose
	private final StubServer server = StubServer.start();

	private final Map<String, String> environment = new ConcurrentHashMap<>();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.server.url()).environment(this.environment::get).build();

	@ParameterizedTest
	@EnumSource
	void whenPlatformTellsAllThenAllCanBeRead(Stack stack) {
		this.server.respond((request) -> Response.json(FULL));
		Connection connection = stack.connections(this.client).list().get(0);
		assertThat(connection.id()).isEqualTo("cn_1");
		assertThat(connection.externalId()).isEqualTo("T123");
		assertThat(connection.slug()).isEqualTo("slack");
		assertThat(connection.displayName()).isEqualTo("Slack");
		assertThat(connection.category()).isEqualTo(ConnectionCategory.of("chat"));
		assertThat(connection.profile()).isEqualTo(ConnectionProfile.USER_OAUTH);
		assertThat(connection.status()).isEqualTo(ConnectionStatus.CONNECTED);
		assertThat(connection.isConnected()).isTrue();
		assertThat(connection.apiKey()).isEqualTo("sk-s3cr3t-key");
		assertThat(connection.baseUrl()).isEqualTo("https://pool.test/v1");
		assertThat(connection.metadata()).containsEntry("credential", Map.of("access_token", "s3cr3t-metadata"))
			.extractingByKey("team")
			.asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
			.containsExactly(entry("name", "Ours"), entry("size", 3), entry("old", null));
		assertThat(connection.context()).containsExactly(entry("ref", "abc"));
		assertThat(connection.credential()).containsExactly(entry("access_token", "s3cr3t-credential"),
				entry("scopes", List.of("a", "b")));
		assertThat(connection.setupUrl()).isEqualTo("https://vendo.run/setup");
		assertThat(connection.errorMessage()).isEqualTo("None yet");
		assertThat(connection.connectedAt()).isEqualTo(Instant.parse("2026-05-20T12:00:00Z"));
		assertThat(connection.envBootstrap()).isEqualTo(new EnvBootstrap(
				List.of(new EnvBootstrap.Variable("SLACK_BOT_TOKEN", "credential.access_token")), "gateway"));
		assertThat(connection.exclusive()).isTrue();
		assertThat(connection.logoUrl()).isEqualTo("https://vendo.run/slack.svg");
		assertThat(connection.brandColor()).isEqualTo("#4A154B");
		assertThat(connection.docsUrl()).isEqualTo("https://api.slack.com");
		assertThat(connection.additionalFields()).containsOnlyKeys("invented", "invented_too")
			.containsEntry("invented_too", 7);
		assertThat(connection.additionalFields().get("invented")).hasToString("{deep=[s3cr3t-unknown, 1, null]}");
	}

	@ParameterizedTest
	@EnumSource
	void whenPlatformLeavesFieldsOutThenTheRestIsThere(Stack stack) {
		this.server.respond((request) -> Response.json("{\"connections\":[{\"slug\":\"notion\"},{}],\"next\":null}"));
		List<Connection> connections = stack.connections(this.client).list();
		assertThat(connections.get(0).displayName()).isEqualTo("notion");
		assertThat(connections).hasSize(2).allSatisfy((connection) -> {
			assertThat(connection.status()).isEqualTo(ConnectionStatus.UNKNOWN);
			assertThat(connection.profile()).isEqualTo(ConnectionProfile.UNKNOWN);
			assertThat(connection.category()).isEqualTo(ConnectionCategory.UNKNOWN);
			assertThat(connection.metadata()).isEmpty();
			assertThat(connection.additionalFields()).isEmpty();
			assertThat(connection.isConnected()).isFalse();
			assertThat(connection)
				.extracting(Connection::id, Connection::externalId, Connection::apiKey, Connection::baseUrl,
						Connection::context, Connection::credential, Connection::setupUrl, Connection::errorMessage,
						Connection::connectedAt, Connection::envBootstrap, Connection::exclusive, Connection::logoUrl,
						Connection::brandColor, Connection::docsUrl)
				.containsOnlyNulls();
		});
		assertThat(connections.get(1).slug()).isEmpty();
	}

	@Test
	void whenFieldsAreNullThenItIsAsIfTheyWereLeftOut() {
		String withNulls = FULL.replaceAll("\"(?!connections)([a-z_]+)\":(\"[^\"]*\"|true)", "\"$1\":null")
			.replace("{\"name\":null,\"value_from\":null}", "");
		this.server.respond((request) -> Response.json(withNulls));
		Connection connection = this.client.connections().list().get(0);
		assertThat(connection.slug()).isEmpty();
		assertThat(connection.status()).isEqualTo(ConnectionStatus.UNKNOWN);
		assertThat(connection.envBootstrap()).isEqualTo(new EnvBootstrap(List.of(), null));
	}

	@ParameterizedTest
	@EnumSource
	void whenValuesAreNotKnownYetThenTheySurvive(Stack stack) {
		this.server.respond((request) -> Response.json("""
				{"connections":[{"slug":"new","category":"quantum","profile":"telepathy","status":"half_open",
				 "env_bootstrap":{"vars":[{"name":"A","value_from":"b","mode":1}],"restart":"planet","more":[]}}]}"""));
		Connection connection = stack.connections(this.client).list().get(0);
		assertThat(connection.category().value()).isEqualTo("quantum");
		assertThat(connection.profile()).isEqualTo(ConnectionProfile.of("telepathy")).hasToString("telepathy");
		assertThat(connection.status()).isEqualTo(ConnectionStatus.of("half_open")).hasToString("half_open");
		assertThat(connection.envBootstrap().restart()).isEqualTo("planet");
		assertThat(connection.envBootstrap().additionalFields()).containsExactly(entry("more", List.of()));
		assertThat(connection.envBootstrap().vars()).singleElement()
			.returns("A", EnvBootstrap.Variable::name)
			.returns("b", EnvBootstrap.Variable::valueFrom)
			.returns(Map.of("mode", 1), EnvBootstrap.Variable::additionalFields);
		assertThat(JsonMapper.shared().writeValueAsString(connection)).contains("\"status\":\"half_open\"",
				"\"profile\":\"telepathy\"", "\"category\":\"quantum\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"env_bootstrap\":{\"vars\":[{\"name\":\"X\"}]}",
			"\"env_bootstrap\":{\"vars\":[{\"value_from\":\"api_key\"},null,{\"name\":null}]}",
			"\"env_bootstrap\":{\"vars\":null}", "\"connected_at\":\"\"", "\"connected_at\":\" \"" })
	void whenOneConnectionIsIncompleteThenTheOthersAreListedNevertheless(String field) {
		this.server.respond((request) -> Response
			.json("{\"connections\":[{\"slug\":\"a\"},{\"slug\":\"b\",%s},{\"slug\":\"c\"}]}".formatted(field)));
		List<Connection> connections = this.client.connections().list();
		assertThat(connections).extracting(Connection::slug).containsExactly("a", "b", "c");
		assertThat(connections.get(1).connectedAt()).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void whenOneIsAskedForAndThatFailsThenTheErrorSaysWhichOne(Stack stack) {
		this.server.respond((request) -> Response.error(401, "app_revoked"));
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> stack.connections(this.client).get("slack"))
			.satisfies((ex) -> {
				assertThat(ex.slug()).isEqualTo("slack");
				assertThat(ex.code()).isEqualTo(ErrorCode.APP_REVOKED);
				assertThat(ex.attempts()).isEqualTo(1);
			});
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> stack.connections(this.client).list())
			.satisfies((ex) -> assertThat(ex.slug()).isNull());
	}

	@Test
	void whenSharedRequestFailsThenEachErrorNamesWhatItsCallerAskedFor() {
		this.server.respond((request) -> Response.error(401, "app_revoked"));
		Gate gate = this.server.hold();
		CompletableFuture<List<Connection>> all = this.client.reactive().connections().list().collectList().toFuture();
		gate.awaitArrival();
		CompletableFuture<Connection> slack = this.client.reactive().connections().get("slack").toFuture();
		CompletableFuture<Connection> notion = this.client.reactive().connections().get("notion").toFuture();
		gate.open();
		assertThat(slugOfFailure(slack)).isEqualTo("slack");
		assertThat(slugOfFailure(notion)).isEqualTo("notion");
		assertThat(slugOfFailure(all)).isNull();
		assertThat(this.server.count()).isEqualTo(1);
	}

	private static String slugOfFailure(CompletableFuture<?> failed) {
		return ((VendoException) catchThrowable(failed::join).getCause()).slug();
	}

	@ParameterizedTest
	@CsvSource({ "connected, CONNECTED", "available, AVAILABLE", "pending_setup, PENDING_SETUP",
			"needs_reauth, NEEDS_REAUTH", "error, ERROR", "revoked, REVOKED" })
	void knowsTheStatusesOfTheWire(String value, String constant) throws ReflectiveOperationException {
		this.server.respond((request) -> Response.json("{\"connections\":[{\"status\":\"%s\"}]}".formatted(value)));
		assertThat(this.client.connections().list().get(0).status())
			.isEqualTo(ConnectionStatus.class.getField(constant).get(null));
	}

	@ParameterizedTest
	@CsvSource({ "vendo_managed_pool, VENDO_MANAGED_POOL", "byok_static, BYOK_STATIC", "user_oauth, USER_OAUTH",
			"oauth_app_install, OAUTH_APP_INSTALL", "webhook_inbound, WEBHOOK_INBOUND",
			"composio_managed, COMPOSIO_MANAGED" })
	void knowsTheProfilesOfTheWire(String value, String constant) throws ReflectiveOperationException {
		this.server.respond((request) -> Response.json("{\"connections\":[{\"profile\":\"%s\"}]}".formatted(value)));
		assertThat(this.client.connections().list().get(0).profile())
			.isEqualTo(ConnectionProfile.class.getField(constant).get(null));
	}

	@Test
	void whenConnectionIsDescribedOrWrittenThenNoSecretIsTold() {
		this.server.respond((request) -> Response.json(FULL));
		List<Connection> connections = this.client.connections().list();
		assertThat(connections.toString()).contains("slack", "cn_1", "connected").doesNotContain("s3cr3t");
		String json = JsonMapper.shared().writeValueAsString(connections);
		assertThat(json).doesNotContain("s3cr3t", "apiKey", "api_key", "credential\":", "metadata", "invented")
			.contains("\"display_name\":\"Slack\"", "\"context\":{\"ref\":\"abc\"}", "\"id\":\"cn_1\"");
	}

	@Test
	void whenListIsReadThenItCannotBeChanged() {
		this.server.respond((request) -> Response.json(FULL));
		List<Connection> connections = this.client.connections().list();
		Connection connection = connections.get(0);
		for (Runnable change : List.<Runnable>of(connections::clear, connection.metadata()::clear,
				connection.credential()::clear, connection.context()::clear, connection.additionalFields()::clear,
				((Map<?, ?>) connection.metadata().get("team"))::clear,
				((List<?>) connection.credential().get("scopes"))::clear, connection.envBootstrap().vars()::clear)) {
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(change::run);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenOneIsAskedForThenTheFirstOfItsProviderIsReturned(Stack stack) {
		this.server.respond((request) -> Response.json("""
				{"connections":[{"id":"cn_0","slug":"Slack"},{"id":"cn_1","slug":"slack"},{"id":"cn_2","slug":"slack"}]}
				"""));
		assertThat(stack.connections(this.client).get("slack")).get().extracting(Connection::id).isEqualTo("cn_1");
		assertThat(stack.connections(this.client).get("notion")).isEmpty();
		assertThat(stack.connections(this.client).get("a/b")).isEmpty();
		assertThat(this.server.requests()).extracting(Request::path).containsOnly("/api/deployments/me/connections");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", ".", ".." })
	void whenSlugCannotBeOneThenFailsBeforeAnyRequest(String slug) {
		for (Stack stack : Stack.values()) {
			assertThatExceptionOfType(ValidationException.class)
				.isThrownBy(() -> stack.connections(this.client).get(slug));
			try (VendoClient oss = TestClients.oss(this.server.url()).build()) {
				assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> stack.connections(oss).get(slug));
			}
		}
		assertThat(this.server.count()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenAskedForAUserThenTheUserGoesAlong(Stack stack) {
		this.server.respond((request) -> Response.json("{\"connections\":[]}"));
		assertThat(stack.connections(this.client.forUser(TestClients.JWT)).list()).isEmpty();
		Request request = this.server.lastRequest();
		assertThat(request.method()).isEqualTo("GET");
		assertThat(request.query()).isNull();
		assertThat(request.header("Authorization")).isEqualTo("Bearer " + TestClients.KEY);
		assertThat(request.header("X-Vendo-User-JWT")).isEqualTo(TestClients.JWT);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "null",
			value = { "1, sandbox=1", "' 1 ', sandbox=1", "0, null", "false, null", "'', null", "null, null" })
	void whenInTheSandboxThenQuerySaysSo(String variable, String query) {
		if (variable != null) {
			this.environment.put("VENDO_SANDBOX", variable);
		}
		this.server.respond((request) -> Response.json("{\"connections\":[]}"));
		this.client.connections().list();
		assertThat(this.server.lastRequest().query()).isEqualTo(query);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "[]", "null", "{\"connections\":null}", "{\"connections\":{}}",
			"{\"connections\":[null]}", "{\"connections\":[7]}", "{\"connections\":[{\"slug\":[\"s3cr3t\"]}]}",
			"{\"connections\":[{\"slug\":1}]}", "{\"connections\":[{\"credential\":\"s3cr3t\"}]}",
			"{\"connections\":[{\"connected_at\":\"s3cr3t\"}]}", "{\"connections\":[{\"connected_at\":1779278400}]}",
			"{\"connections\":[{\"exclusive\":\"s3cr3t\"}]}", "{\"connections\":[", "s3cr3t" })
	void whenAnswerIsOfAnotherShapeThenFailsWithoutShowingIt(String body) {
		this.server.respond((request) -> Response.json(body));
		// The platform did answer: what is configured for when it does not is no help.
		this.environment.put("VENDO_CONNECTIONS", "slack");
		for (Stack stack : Stack.values()) {
			assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> stack.connections(this.client).list())
				.withMessageNotContaining("s3cr3t")
				.satisfies((ex) -> {
					assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE);
					assertThat(ex.responseBody()).isNull();
					assertThat(ex).hasNoCause();
				});
		}
	}

	@Test
	void whenManyListAtTheSameMomentThenTheyShareOneRequest() {
		int callers = 64;
		this.server.respond((request) -> Response.json(FULL));
		Gate gate = this.server.hold();
		Callers<List<Connection>> first = Callers.start(1, () -> this.client.connections().list());
		gate.awaitArrival();
		Callers<List<Connection>> blocking = Callers.start(callers, () -> this.client.connections().list())
			.awaitWaiting();
		List<CompletableFuture<List<Connection>>> reactive = IntStream.range(0, 500)
			.mapToObj((i) -> this.client.reactive().connections().list().collectList().toFuture())
			.toList();
		CompletableFuture<Connection> one = this.client.reactive().connections().get("slack").toFuture();
		gate.open();
		List<Connection> expected = first.result();
		assertThat(blocking.results()).hasSize(callers).allSatisfy((list) -> assertThat(list).isEqualTo(expected));
		assertThat(reactive).allSatisfy((list) -> assertThat(list.join()).isEqualTo(expected));
		assertThat(one.join()).isEqualTo(expected.get(0));
		assertThat(this.server.count()).isEqualTo(1);
	}

	@Test
	void whenAnswerIsThereThenNextCallAsksAgain() {
		this.server.respond((request) -> Response.json("{\"connections\":[]}"));
		this.client.connections().list();
		this.client.connections().list();
		assertThat(this.server.count()).isEqualTo(2);
	}

	@Test
	void whenManyRaceFreelyThenNoneReadsAnAnswerAskedForBeforeItsCall() {
		this.server
			.respond((request) -> Response.json("{\"connections\":[{\"id\":\"%d\"}]}".formatted(this.server.count())));
		int threads = 8;
		int rounds = 50;
		CyclicBarrier barrier = new CyclicBarrier(threads);
		Callers<Boolean> callers = Callers.start(threads, () -> {
			barrier.await(20, TimeUnit.SECONDS);
			for (int i = 0; i < rounds; i++) {
				int finished = Integer.parseInt(this.client.connections().list().get(0).id());
				int next = Integer.parseInt(this.client.connections().list().get(0).id());
				assertThat(next).isGreaterThanOrEqualTo(finished);
			}
			return true;
		});
		assertThat(callers.results()).containsOnly(true);
		assertThat(this.server.count()).isLessThanOrEqualTo(2 * threads * rounds);
	}

	@Test
	void whenUsersListAtTheSameMomentThenTheyDoNotShareARequest() {
		this.server.respond((request) -> Response
			.json("{\"connections\":[{\"id\":\"%s\"}]}".formatted(request.header("X-Vendo-User-JWT"))));
		Gate gate = this.server.hold();
		CompletableFuture<Connection> nobody = this.client.reactive().connections().list().next().toFuture();
		CompletableFuture<Connection> alice = this.client.forUser(TestClients.JWT)
			.reactive()
			.connections()
			.list()
			.next()
			.toFuture();
		CompletableFuture<Connection> aliceAgain = this.client.reactive()
			.forUser(TestClients.JWT)
			.connections()
			.list()
			.next()
			.toFuture();
		CompletableFuture<Connection> bob = this.client.forUser(TestClients.OTHER_JWT)
			.reactive()
			.connections()
			.list()
			.next()
			.toFuture();
		gate.awaitArrivals(3);
		gate.open();
		assertThat(nobody.join().id()).isEqualTo("null");
		assertThat(alice.join().id()).isEqualTo(TestClients.JWT);
		assertThat(aliceAgain.join().id()).isEqualTo(TestClients.JWT);
		assertThat(bob.join().id()).isEqualTo(TestClients.OTHER_JWT);
		assertThat(this.server.count()).isEqualTo(3);
	}

	@Test
	void whenSharedRequestFailsThenEveryCallerGetsAnExceptionOfItsOwnAndNothingIsKept() {
		this.server.respond((request) -> Response.error(401, "app_revoked"));
		Gate gate = this.server.hold();
		Callers<?> callers = Callers.start(20, () -> this.client.connections().list()).awaitWaiting();
		gate.open();
		List<Throwable> failures = callers.failures();
		assertThat(failures).hasSize(20).doesNotHaveDuplicates().hasOnlyElementsOfType(AuthException.class);
		assertThat(failures).allSatisfy((ex) -> assertThat(ex.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals(ConnectionsApiTests.class.getName())));
		assertThat(this.server.count()).isEqualTo(1);
		this.server.respond((request) -> Response.json("{\"connections\":[]}"));
		assertThat(this.client.connections().list()).isEmpty();
	}

	@Test
	void whenFirstCallerGivesUpThenTheOthersStillGetTheAnswer() {
		this.server.respond((request) -> Response.json(FULL));
		Gate gate = this.server.hold();
		Disposable first = this.client.reactive().connections().list().subscribe();
		gate.awaitArrival();
		Callers<List<Connection>> second = Callers.start(1, () -> this.client.connections().list()).awaitWaiting();
		first.dispose();
		gate.open();
		assertThat(second.result()).hasSize(2);
		assertThat(this.server.count()).isEqualTo(1);
	}

	@Test
	void whenFirstCallDiesOfALinkageErrorThenLaterCallersDoNotHang() {
		AtomicBoolean broken = new AtomicBoolean(true);
		this.server.respond((request) -> Response.json(FULL));
		try (VendoClient client = TestClients.vendo(this.server.url()).webClientBuilder(() -> {
			if (broken.get()) {
				throw new NoClassDefFoundError("org/example/Codec");
			}
			return WebClient.builder();
		}).build()) {
			assertThat(catchThrowable(() -> client.connections().list())).isInstanceOf(NoClassDefFoundError.class);
			broken.set(false);
			assertThat(Callers.start(1, () -> client.connections().list()).result()).hasSize(2);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenPlatformCannotBeReachedThenTheEnvironmentsListIsReturned(Stack stack) {
		this.environment.put("VENDO_CONNECTIONS", " slack,my-crm ,, notion,slack, ");
		try (ClosedPort nobody = new ClosedPort();
				VendoClient client = TestClients.vendo(nobody.url()).environment(this.environment::get).build()) {
			List<Connection> connections = stack.connections(client).list();
			assertThat(connections).extracting(Connection::slug).containsExactly("slack", "my-crm", "notion");
			assertThat(connections).allSatisfy((connection) -> {
				assertThat(connection.isConnected()).isTrue();
				assertThat(connection.context()).isNull();
				assertThat(connection.id()).isNull();
				assertThat(connection.displayName()).isEqualTo(connection.slug());
			});
			assertThat(stack.connections(client).get("notion")).get().matches(Connection::isConnected);
			assertThat(stack.connections(client).get("gmail")).isEmpty();
		}
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	void whenPlatformCannotBeReachedAndThereIsNoListThenFails(String variable) {
		if (variable != null) {
			this.environment.put("VENDO_CONNECTIONS", variable);
		}
		try (ClosedPort nobody = new ClosedPort();
				VendoClient client = TestClients.vendo(nobody.url()).environment(this.environment::get).build()) {
			for (Stack stack : Stack.values()) {
				assertThatExceptionOfType(TransportException.class).isThrownBy(() -> stack.connections(client).list())
					.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(TransportException.Reason.CONNECT));
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 403, 404, 429, 500, 502, 503, 504 })
	void whenPlatformAnswersAnErrorThenItsErrorIsRaisedAndTheListNotUsed(int status) {
		this.environment.put("VENDO_CONNECTIONS", "slack");
		this.server.respond((request) -> Response.status(status));
		for (Stack stack : Stack.values()) {
			assertThatExceptionOfType(VendoException.class).isThrownBy(() -> stack.connections(this.client).list())
				.satisfies((ex) -> assertThat(ex.status()).isEqualTo(status));
		}
	}

	@Test
	void whenPlatformIsReachableThenTheEnvironmentsListDoesNotMatter() {
		this.environment.put("VENDO_CONNECTIONS", "gmail");
		this.server.respond((request) -> Response.json("{\"connections\":[]}"));
		assertThat(this.client.connections().list()).isEmpty();
	}

	@Test
	void whenTooManyCallsOfOursWaitThenTheEnvironmentsListIsNotUsed() {
		this.environment.put("VENDO_CONNECTIONS", "slack");
		this.server.respond((request) -> Response.json("{\"connections\":[]}"));
		try (VendoClient client = TestClients.vendo(this.server.url())
			.environment(this.environment::get)
			.connectionPool(ConnectionPool.defaults().withMaxConnections(1).withPending(1, Duration.ofMinutes(1)))
			.build()) {
			Gate gate = this.server.hold();
			CompletableFuture<?> first = client.reactive().http().get("/1").toBodilessEntity().toFuture();
			gate.awaitArrival();
			CompletableFuture<?> second = client.reactive().http().get("/2").toBodilessEntity().toFuture();
			assertThatExceptionOfType(TransportException.class).isThrownBy(() -> client.connections().list())
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(TransportException.Reason.OVERLOAD));
			gate.open();
			CompletableFuture.allOf(first, second).join();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenInOssModeThenConnectionsAreDerivedWithoutARequest(Stack stack) {
		this.environment.putAll(Map.of("OPENAI_API_KEY", "s3cr3t", "NOTION_TOKEN", "s3cr3t", "VENDO_TOKEN_GMAIL",
				"s3cr3t", "CRM_KEY", "s3cr3t", "GEMINI_API_KEY", "  ", "VENDO_CONNECTIONS", "slack"));
		try (VendoClient oss = TestClients.oss(this.server.url())
			.environment(this.environment::get)
			.byok(Map.of("my-crm", List.of("CRM_KEY")))
			.build()) {
			List<Connection> connections = stack.connections(oss).list();
			assertThat(connections).hasSize(14)
				.allSatisfy((connection) -> assertThat(connection.profile()).isEqualTo(ConnectionProfile.BYOK_STATIC));
			assertThat(connections).filteredOn(Connection::isConnected)
				.extracting(Connection::slug)
				.containsExactlyInAnyOrder("openai", "notion", "gmail", "my-crm");
			assertThat(connections).filteredOn((connection) -> !connection.isConnected())
				.extracting(Connection::status)
				.containsOnly(ConnectionStatus.AVAILABLE);
			assertThat(stack.connections(oss).get("openai")).get()
				.returns("OpenAI", Connection::displayName)
				.returns(null, Connection::apiKey)
				.returns(null, Connection::credential);
			assertThat(stack.connections(oss).get("unheard-of")).isEmpty();
			assertThat(JsonMapper.shared().writeValueAsString(connections) + connections).doesNotContain("s3cr3t");
			this.environment.remove("OPENAI_API_KEY");
			assertThat(stack.connections(oss).get("openai")).get()
				.returns(ConnectionStatus.AVAILABLE, Connection::status);
		}
		assertThat(this.server.count()).isZero();
	}

	@Test
	void whenFluxIsNotSubscribedThenNothingIsAsked() {
		this.server.respond((request) -> Response.json(FULL));
		var list = this.client.reactive().connections().list();
		assertThat(this.server.count()).isZero();
		StepVerifier.create(list).expectNextCount(2).expectComplete().verify(Duration.ofSeconds(20));
		StepVerifier.create(list).expectNextCount(2).expectComplete().verify(Duration.ofSeconds(20));
		assertThat(this.server.count()).isEqualTo(2);
	}

}
