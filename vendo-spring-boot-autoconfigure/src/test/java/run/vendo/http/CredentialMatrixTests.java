package run.vendo.http;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import run.vendo.VendoClient;
import run.vendo.error.AuthException;
import run.vendo.error.VendoException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.TestClients;
import run.vendo.http.VendoCredential.Type;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static run.vendo.fixture.TestClients.JWT;
import static run.vendo.fixture.TestClients.KEY;
import static run.vendo.fixture.TestClients.OTHER_KEY;

/**
 * Tests for {@link VendoEndpoint} and for what is let through by it.
 */
class CredentialMatrixTests {

	private static final String COOKIE = "vendo_session=s3cr3t-session-value";

	private final StubServer server = StubServer.start().respond((request) -> StubServer.Response.json("{}"));

	private final List<VendoClient> clients = new ArrayList<>();

	@AfterEach
	void close() {
		this.clients.forEach(VendoClient::close);
		this.server.close();
	}

	private VendoClient client(VendoCredential credential) {
		VendoClient client = TestClients.oss(this.server.url()).credential(credential).build();
		this.clients.add(client);
		return client;
	}

	static VendoCredential credential(Type type) {
		return switch (type) {
			case APP_KEY -> VendoCredential.appKey(KEY);
			case CONNECTION_KEY -> VendoCredential.connectionKey(OTHER_KEY);
			case IDENTITY_JWT -> VendoCredential.identityJwt(JWT);
			case SESSION_COOKIE -> VendoCredential.sessionCookie(COOKIE);
			case NONE -> VendoCredential.none();
		};
	}

	static Stream<Arguments> matrix() {
		return Stream.of(VendoEndpoint.values())
			.flatMap((endpoint) -> Stream.of(Type.values()).map((type) -> Arguments.of(endpoint, type)));
	}

	private static String path(VendoEndpoint endpoint) {
		return endpoint.path().replaceAll("\\{\\w+}", "any-1").replace("**", "any/thing");
	}

	@ParameterizedTest
	@MethodSource("matrix")
	void aCallIsSentIfItsCredentialCanWorkAndOnlyThen(VendoEndpoint endpoint, Type type) {
		assertSentOrRefused(endpoint, type,
				client(credential(type)).http().exchange(endpoint.method(), path(endpoint) + "?x=1"));
	}

	@ParameterizedTest
	@MethodSource("matrix")
	void whatACallBringsTakesThePlaceOfWhatItsClientHas(VendoEndpoint endpoint, Type type) {
		Type other = endpoint.allows(Type.APP_KEY) ? Type.SESSION_COOKIE : Type.APP_KEY;
		assertSentOrRefused(endpoint, type,
				client(credential(other)).http()
					.exchange(endpoint.method(), path(endpoint))
					.credential(credential(type)));
	}

	private void assertSentOrRefused(VendoEndpoint endpoint, Type type, HttpApi.Request request) {
		if (endpoint.allows(type)) {
			request.toBodilessEntity();
			assertThat(this.server.requests()).singleElement().satisfies((sent) -> {
				assertThat(sent.header("Authorization")).isEqualTo(switch (type) {
					case APP_KEY -> "Bearer " + KEY;
					case CONNECTION_KEY -> "Bearer " + OTHER_KEY;
					case IDENTITY_JWT -> "Bearer " + JWT;
					case SESSION_COOKIE, NONE -> null;
				});
				assertThat(sent.header("Cookie")).isEqualTo((type == Type.SESSION_COOKIE) ? COOKIE : null);
			});
			return;
		}
		AuthException refused = catchThrowableOfType(AuthException.class, request::toBodilessEntity);
		assertThat(refused).isNotNull();
		assertThat(refused.attempts()).isZero();
		assertThat(refused.status()).isNull();
		assertThat(refused).hasMessageContaining(endpoint.path())
			.hasMessageContaining("the call has " + type.withArticle())
			.hasMessageNotContainingAny(KEY, OTHER_KEY, JWT, "s3cr3t");
		Set<Type> wanted = EnumSet.copyOf(endpoint.credentials());
		wanted.remove(Type.NONE);
		assertThat(wanted).allSatisfy((each) -> assertThat(refused).hasMessageContaining(each.withArticle()));
		assertThat(wanted).anySatisfy((each) -> assertThat(refused).hasMessageContaining(each.source()));
		assertThat(this.server.requests()).isEmpty();
	}

	// Typed out once more from the contract, so that the table in code is not compared
	// with itself.
	@ParameterizedTest
	@CsvSource({ "GET, /api/v1/balance, ACJ", "GET, /api/billing/balance, ACJ",
			"GET, /api/deployments/me/connections, A", "GET, /api/deployments/me/events, A",
			"GET, /api/cli/balance, AC", "POST, /api/deploy, S", "POST, /api/connections, AS",
			"GET, /api/billing/spend-caps, AS", "GET, /api/billing/usage, AS", "GET, /api/billing/invoices, S",
			"GET, /api/billing/a/b, S", "POST, /api/integrations/slack, S",
			"POST, /api/integrations/slack/regenerate, S", "GET, /api/integrations/slack/usage, S", "GET, /api/apps, S",
			"PATCH, /api/apps/a, S", "POST, /api/apps/a/keys, S", "GET, /api/apps/a/bindings, S",
			"POST, /api/apps/a/bindings, S", "PUT, /api/apps/a/bindings, S", "GET, /api/keys, S",
			"DELETE, /api/keys/k, S", "POST, /api/connections/c/keys, S", "GET, /api/tenants/me, S",
			"PATCH, /api/tenants/me, S", "GET, /api/tenants/check-slug, S", "GET, /api/user/me, S",
			"PATCH, /api/user/me, S", "GET, /api/deployments/d, S", "POST, /api/deployments/d/restart, S",
			"POST, /api/deployments/d/suspend, S", "POST, /api/deployments/d/resume, S",
			"POST, /api/deployments/d/destroy, S", "GET, /api/deployments/d/usage, S", "GET, /api/tools/catalog, ACJSN",
			"GET, /api/tools/deployable, ACJSN", "GET, /api/tools/x, ACJSN", "GET, /api/tools/x/usage-framing, ACJSN",
			"GET, /api/tools/x/integrations, ACJSN", "GET, /api/pricing/models, ACJSN",
			"GET, /api/pricing/integrations, ACJSN", "GET, /api/pricing/public/x, ACJSN",
			"GET, /api/integrations, ACJSN", "GET, /api/integrations/slack, ACJSN", "GET, /api/auth/me, SN" })
	void theTableSaysWhatTheContractSays(String method, String path, String letters) {
		Map<Type, String> names = Map.of(Type.APP_KEY, "A", Type.CONNECTION_KEY, "C", Type.IDENTITY_JWT, "J",
				Type.SESSION_COOKIE, "S", Type.NONE, "N");
		StringBuilder found = new StringBuilder();
		VendoEndpoint endpoint = VendoEndpoint.find(HttpMethod.valueOf(method), path).orElseThrow();
		endpoint.credentials().forEach((type) -> found.append(names.get(type)));
		assertThat(found).hasToString(letters);
	}

	@ParameterizedTest
	@CsvSource({ "GET, /api/deploy", "GET, /api/deployments", "GET, /api/deployments/a/b/c", "GET, /", "GET, /api",
			"GET, /x/api/keys", "DELETE, /api/tools/x", "GET, /api/billing-other", "GET, /api/apps-other",
			"GET, /api/tenants/other", "HEAD, /api/integrations", "GET, /api/integrations/slack/more" })
	void whenEndpointIsNotDocumentedShouldLetEverythingThrough(String method, String path) {
		assertThat(VendoEndpoint.find(HttpMethod.valueOf(method), path)).isEmpty();
		client(VendoCredential.appKey(KEY)).http().exchange(HttpMethod.valueOf(method), path).toBodilessEntity();
		assertThat(this.server.requests()).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "POST, /api/apps", "GET, /api/apps/a1", "DELETE, /api/apps/a", "GET, /api/apps/a/b/c",
			"HEAD, /api/apps", "POST, /api/keys", "GET, /api/keys/k", "DELETE, /api/tenants/me",
			"GET, /api/tenants/me/members", "PUT, /api/user/me", "DELETE, /api/integrations/slack",
			"PUT, /api/integrations", "POST, /api/integrations/a/b/c" })
	void whatElseThereIsOfTheDashboardNeedsASession(String method, String path) {
		for (Type type : EnumSet.complementOf(EnumSet.of(Type.SESSION_COOKIE))) {
			assertThatExceptionOfType(AuthException.class).isThrownBy(
					() -> client(credential(type)).http().exchange(HttpMethod.valueOf(method), path).toBodilessEntity())
				.withMessageContaining("%s %s needs a session cookie, and the call has %s", method, path,
						type.withArticle())
				.satisfies((ex) -> assertThat(ex.attempts()).isZero());
		}
		assertThat(this.server.requests()).isEmpty();
		client(credential(Type.SESSION_COOKIE)).http().exchange(HttpMethod.valueOf(method), path).toBodilessEntity();
		client(credential(Type.APP_KEY)).http()
			.exchange(HttpMethod.valueOf(method), path)
			.header("Cookie", COOKIE)
			.toBodilessEntity();
		assertThat(this.server.requests()).hasSize(2);
	}

	@Test
	void whenTheApiIsBelowAPathShouldDecideAlike() {
		VendoClient client = TestClients.oss(java.net.URI.create(this.server.url() + "/vendo"))
			.credential(credential(Type.APP_KEY))
			.build();
		this.clients.add(client);
		HttpApi http = client.http();
		for (HttpApi.Request refused : List.of(http.post("/api/apps/a1/keys"), http.get("/api/apps"),
				http.get("/api/apps/a1"), http.get(this.server.url() + "/vendo/api/keys"),
				http.get(this.server.url() + "/vendo/api/keys/k1"), http.get("/api/{what}", "apps"))) {
			assertThatExceptionOfType(AuthException.class).isThrownBy(refused::toBodilessEntity);
		}
		assertThat(this.server.requests()).isEmpty();
		http.get(this.server.url() + "/vendo/api/deployments/me/connections").toBodilessEntity();
		assertThat(this.server.lastRequest().path()).isEqualTo("/vendo/api/deployments/me/connections");
	}

	@Test
	void withoutACredentialWhatNeedsThePlatformSaysSo() {
		VendoClient nobody = client(VendoCredential.none());
		assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> nobody.billing().balance());
		assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> nobody.billing().spendCaps());
		assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> nobody.billing().cliBalance());
		assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> nobody.events().subscribe());
		assertThat(nobody.connections().list()).isNotEmpty();
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void connectionsOfASessionAreNotThoseOfTheEnvironment() {
		VendoClient session = client(VendoCredential.sessionCookie(COOKIE));
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> session.connections().list())
			.withMessageContaining("an App Key");
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> session.connections().get("slack"));
		assertThatExceptionOfType(AuthException.class)
			.isThrownBy(() -> session.reactive().connections().snapshot().block());
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void whenUrlIsAbsoluteShouldDecideAlike() {
		HttpApi http = client(VendoCredential.appKey(KEY)).http();
		assertThatExceptionOfType(AuthException.class)
			.isThrownBy(() -> http.get(this.server.url() + "/api/apps").toBodilessEntity());
		assertThatExceptionOfType(AuthException.class)
			.isThrownBy(() -> http.get(this.server.url() + "/api/{what}", "apps").toBodilessEntity());
		assertThatExceptionOfType(AuthException.class)
			.isThrownBy(() -> http.get("/api/{what}", "apps").toBodilessEntity());
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void whenHeadersHoldACredentialShouldTrustTheCaller() {
		HttpApi http = client(VendoCredential.appKey(KEY)).http();
		http.get("/api/apps").header("Cookie", COOKIE).toBodilessEntity();
		http.get("/api/apps").header("Authorization", "Bearer other").toBodilessEntity();
		assertThat(this.server.requests()).extracting((sent) -> sent.header("Authorization"))
			.containsExactly("Bearer " + KEY, "Bearer other");
	}

	@Test
	void aSessionGoesToTheApiAlone() {
		try (StubServer worker = StubServer.start().respond((request) -> StubServer.Response.json("{}"))) {
			VendoClient client = TestClients.oss(this.server.url())
				.credentialsUrl(worker.url())
				.dataProxyUrl(worker.url())
				.credential(VendoCredential.sessionCookie(COOKIE))
				.build();
			this.clients.add(client);
			client.http().get(worker.url() + "/x").toBodilessEntity();
			assertThat(worker.lastRequest().headers().toString()).doesNotContain("s3cr3t");
		}
	}

	@Test
	void aSessionIsMaskedWhereThePlatformRepeatsIt() {
		this.server.respond((request) -> StubServer.Response.json(500,
				"{\"error\":{\"message\":\"no user of s3cr3t-session-value\"},\"x\":\"" + COOKIE + "\"}"));
		VendoException failure = catchThrowableOfType(VendoException.class,
				() -> client(VendoCredential.sessionCookie(COOKIE)).http().get("/api/apps").toBodilessEntity());
		VendoException overridden = catchThrowableOfType(VendoException.class,
				() -> client(VendoCredential.none()).http()
					.get("/api/apps")
					.credential(VendoCredential.sessionCookie(COOKIE))
					.toBodilessEntity());
		assertThat(List.of(failure, overridden)).allSatisfy((each) -> {
			assertThat(each.platformMessage()).isEqualTo("no user of ***");
			assertThat(each.responseBody()).doesNotContain("s3cr3t");
			assertThat(each.toString()).doesNotContain("s3cr3t");
		});
	}

	@Test
	void typedCallsAreRefusedAlike() {
		VendoClient client = client(VendoCredential.connectionKey(OTHER_KEY));
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> client.connections().list())
			.withMessageContaining("an App Key")
			.withMessageContaining("vendo.api-key");
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> client.billing().spendCaps());
		assertThatExceptionOfType(AuthException.class)
			.isThrownBy(() -> client(VendoCredential.sessionCookie(COOKIE)).billing().balance());
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> client.events().subscribe().iterator().next());
		assertThat(this.server.requests()).isEmpty();
	}

	@Test
	void whenCredentialIsNoneShouldWorkInOssModeWhateverTheEnvironmentSays() {
		VendoClient client = TestClients.oss(this.server.url())
			.environment(Map.of("VENDO_API_KEY", KEY)::get)
			.credential(VendoCredential.none())
			.build();
		this.clients.add(client);
		assertThat(client.isVendoMode()).isFalse();
		assertThatExceptionOfType(VendoOnlyFeatureException.class)
			.isThrownBy(() -> client.data().execute("A", Map.of()));
	}

	@Test
	void whenBuiltAnewShouldKeepOrReplaceTheCredential() {
		VendoClient client = client(VendoCredential.connectionKey(OTHER_KEY));
		VendoClient same = client.mutate().build();
		VendoClient other = client.mutate().apiKey(KEY).build();
		this.clients.addAll(List.of(same, other));
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> same.connections().list());
		this.server.respond((request) -> StubServer.Response.json("{\"connections\":[]}"));
		assertThat(other.connections().list()).isEmpty();
	}

	@Test
	void aConnectLinkNeedsAnAppKey() {
		assertThatExceptionOfType(AuthException.class)
			.isThrownBy(() -> client(VendoCredential.identityJwt(JWT)).connectUrl("slack"))
			.withMessageContaining("App Key");
	}

}
