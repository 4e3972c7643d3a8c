package run.vendo.sso;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.TestClients;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SsoApi}.
 */
class SsoApiTests {

	@AutoClose
	private final StubServer server = StubServer.start();

	private final Map<String, String> environment = new ConcurrentHashMap<>(Map.of("VENDO_AUTH", "1"));

	@AutoClose
	private final VendoClient client = TestClients.oss(this.server.url()).environment(this.environment::get).build();

	private final SsoApi sso = this.client.sso();

	private final HttpHeaders headers = new HttpHeaders();

	@BeforeEach
	void signIn() {
		this.headers.set("X-Vendo-User-Id", "user_1");
		this.headers.set("X-Vendo-User-Email", "alice@example.com");
		this.headers.set("X-Vendo-User-Name", "Alice");
		this.headers.set("X-Vendo-Tenant-Id", "t_1");
		this.headers.set("X-Vendo-Role", "owner");
	}

	@Test
	void whenBehindTheProxyThenItsHeadersAreBelieved() {
		assertThat(this.sso.isEnabled()).isTrue();
		assertThat(this.sso.identityFromHeaders(this.headers))
			.contains(new VendoIdentity("user_1", "alice@example.com", "Alice", "t_1", VendoRole.OWNER));
		assertThat(this.server.count()).isZero();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "0", "false", "no", "2" })
	void whenNotBehindTheProxyThenHeadersAreAClientsOwnClaim(String variable) {
		this.environment.remove("VENDO_AUTH");
		if (variable != null) {
			this.environment.put("VENDO_AUTH", variable);
		}
		assertThat(this.sso.isEnabled()).isFalse();
		assertThat(this.sso.identityFromHeaders(this.headers)).isEmpty();
		assertThat(this.sso.identityResponse(this.headers).getStatusCode().value()).isEqualTo(401);
	}

	@Test
	void whenHeadersAreInOtherCapitalsThenTheyAreTheSame() {
		HttpHeaders lower = new HttpHeaders();
		lower.set("x-vendo-user-id", " user_1 ");
		lower.set("X-VENDO-ROLE", "viewer");
		assertThat(this.sso.identityFromHeaders(lower))
			.contains(new VendoIdentity("user_1", null, "", null, VendoRole.VIEWER));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " " })
	void whenNameIsEmptyThenItIsEmptyAndUserIsStillThere(String name) {
		this.headers.set("X-Vendo-User-Name", name);
		assertThat(this.sso.identityFromHeaders(this.headers)).get().extracting(VendoIdentity::name).isEqualTo("");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Jürgen Weiß", "à la", "東京", "😀", "100%", "J%C3%BCrgen" })
	void whenNameWasSentInUtf8ThenItIsReadSo(String name) {
		this.headers.set("X-Vendo-User-Name", asLatin1(name));
		this.headers.set("X-Vendo-User-Email", asLatin1(name + "@example.com"));
		VendoIdentity identity = this.sso.identityFromHeaders(this.headers).orElseThrow();
		assertThat(identity.name()).isEqualTo(name);
		assertThat(identity.email()).isEqualTo(name + "@example.com");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Jürgen", "à", "Ä", "東京", "Ã" })
	void whenNameIsReadableAsItIsThenItStays(String name) {
		this.headers.set("X-Vendo-User-Name", name);
		assertThat(this.sso.identityFromHeaders(this.headers)).get().extracting(VendoIdentity::name).isEqualTo(name);
	}

	// The way servers read a header.
	private static String asLatin1(String text) {
		return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	void whenThereIsNoUserThenItIsEmpty(String userId) {
		this.headers.remove("X-Vendo-User-Id");
		if (userId != null) {
			this.headers.set("X-Vendo-User-Id", userId);
		}
		assertThat(this.sso.identityFromHeaders(this.headers)).isEmpty();
	}

	@Test
	void whenUserIsThereTwiceThenNeitherIsBelieved() {
		this.headers.add("x-vendo-user-id", "admin");
		assertThat(this.sso.identityFromHeaders(this.headers)).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "X-Vendo-Role", "X-Vendo-Tenant-Id", "X-Vendo-User-Email" })
	void whenSomethingElseIsThereTwiceThenItIsLeftOut(String header) {
		this.headers.add(header, "owner");
		VendoIdentity identity = this.sso.identityFromHeaders(this.headers).orElseThrow();
		assertThat(new Object[] { identity.role(), identity.tenantId(), identity.email() })
			.containsOnlyOnce((Object) null);
	}

	@Test
	void whenRoleIsNotKnownYetThenItSurvives() {
		this.headers.set("X-Vendo-Role", "auditor");
		assertThat(this.sso.identityFromHeaders(this.headers)).get()
			.extracting(VendoIdentity::role)
			.isEqualTo(VendoRole.of("auditor"))
			.hasToString("auditor");
	}

	@Test
	void answersTheIdentityEndpoint() {
		ResponseEntity<Map<String, Object>> response = this.sso.identityResponse(this.headers);
		assertThat(response.getStatusCode().value()).isEqualTo(200);
		assertThat(response.getHeaders().getCacheControl()).isEqualTo("no-store");
		assertThat(JsonMapper.shared().writeValueAsString(response.getBody())).isEqualTo(
				"{\"user_id\":\"user_1\",\"email\":\"alice@example.com\",\"name\":\"Alice\",\"tenant_id\":\"t_1\","
						+ "\"role\":\"owner\"}");
		// Texts alone, so that whatever writes JSON writes the same.
		assertThat(response.getBody()).containsEntry("role", "owner");
		HttpHeaders sparse = new HttpHeaders();
		sparse.set("X-Vendo-User-Id", "user_2");
		assertThat(this.sso.identityResponse(sparse).getBody()).isEqualTo(Map.of("user_id", "user_2", "name", ""));
	}

	@Test
	void whenNobodyIsSignedInThenIdentityEndpointSaysSo() {
		ResponseEntity<Map<String, Object>> response = this.sso.identityResponse(new HttpHeaders());
		assertThat(response.getStatusCode().value()).isEqualTo(401);
		assertThat(response.getHeaders().getCacheControl()).isEqualTo("no-store");
		assertThat(response.getBody()).isEqualTo(Map.of("error", "identity_not_present"));
	}

	@Test
	void knowsThePathsOfTheProxy() {
		assertThat(SsoApi.IDENTITY_ENDPOINT_PATH).isEqualTo("/api/vendo/identity");
		assertThat(this.sso.logoutUrl()).isEqualTo(URI.create("/__vendo/auth/logout"));
		assertThat(this.sso.dashboardUrl()).isEqualTo(URI.create("https://vendo.run/dashboard"));
	}

	@Test
	void isTheSameForBothClients() {
		assertThat(this.client.reactive().sso().identityFromHeaders(this.headers))
			.isEqualTo(this.sso.identityFromHeaders(this.headers))
			.isPresent();
	}

}
