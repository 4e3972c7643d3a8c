package run.vendo.http;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.VendoClient;
import run.vendo.billing.Period;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what goes along with every request.
 */
class RequestHeadersTests extends AbstractTransportTests {

	private static final String UUID_V4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

	static Stream<Arguments> calls() {
		return Stream.of(call("billing.balance", BALANCE, (client) -> client.billing().balance()),
				call("billing.spendCaps", "{\"used_today_micros\":1,\"used_month_micros\":2}",
						(client) -> client.billing().spendCaps()),
				call("billing.usage", "{}", (client) -> client.billing().usage(Period.MONTH)),
				call("connections.list", "{\"connections\":[]}", (client) -> client.connections().list()),
				call("integrations.list", "{\"integrations\":[]}", (client) -> client.integrations().list()),
				call("token", "{\"access_token\":\"t\"}", (client) -> client.token("slack")),
				call("tokens", "{\"tokens\":{\"slack\":null}}", (client) -> client.tokens(List.of("slack"))),
				call("data.execute", "{\"data\":{}}", (client) -> client.data().execute("SLACK_SEND", Map.of())),
				call("http.get", "{}", (client) -> client.http().get("/api/tools/catalog").retrieve(String.class)),
				call("http.post", "{}", (client) -> client.http().post("/api/things").body("{}").toBodilessEntity()));
	}

	private static Arguments call(String name, String answer, Consumer<VendoClient> call) {
		return Arguments.argumentSet(name, answer, call);
	}

	@ParameterizedTest
	@MethodSource("calls")
	void shouldSendKeyVersionAcceptAndUserAgent(String answer, Consumer<VendoClient> call) {
		answers(json(200, answer));
		call.accept(client());
		assertThat(requests()).singleElement().satisfies((request) -> {
			assertThat(values(request, "Authorization")).containsExactly("Bearer " + KEY);
			assertThat(values(request, "Accept")).containsExactly("application/json");
			assertThat(values(request, "Vendo-API-Version")).containsExactly("2026-05-02");
			assertThat(values(request, "User-Agent")).singleElement()
				.asString()
				.matches("vendo-spring-boot/\\d+\\.\\d+\\.\\d+\\S* .+");
			assertThat(request.containsHeader(VendoHttp.USER_JWT_HEADER)).isFalse();
		});
	}

	@ParameterizedTest
	@MethodSource("calls")
	void whenForUserShouldSendJwtBesideTheKey(String answer, Consumer<VendoClient> call) {
		answers(json(200, answer));
		HttpHeaders headers = new HttpHeaders();
		headers.set("x-vendo-user-jwt", JWT);
		call.accept(client().forRequest(headers));
		assertThat(requests()).singleElement().satisfies((request) -> {
			assertThat(values(request, "Authorization")).containsExactly("Bearer " + KEY);
			assertThat(values(request, VendoHttp.USER_JWT_HEADER)).containsExactly(JWT);
		});
	}

	@Test
	void whenForUserShouldLeaveTheApplicationsOwnClientAlone() {
		answers(json(200, BALANCE));
		VendoClient client = client();
		client.forUser(JWT).billing().balance();
		client.billing().balance();
		assertThat(requests()).extracting((request) -> request.containsHeader(VendoHttp.USER_JWT_HEADER))
			.containsExactly(true, false);
	}

	@Test
	void shouldSendConfiguredApiVersion() {
		answers(json(200, BALANCE));
		closing(builder().apiVersion("2027-01-01").build()).billing().balance();
		assertThat(values(requests().get(0), "Vendo-API-Version")).containsExactly("2027-01-01");
	}

	@Test
	void whenKeyIsReplacedShouldSendTheNewOneFromThenOn() {
		answers(json(200, BALANCE), status(503), json(200, BALANCE));
		String other = "vendo_sk_" + "x".repeat(32);
		// Asked once when the client is built and once for its identity.
		Iterator<String> keys = List.of(KEY, KEY, KEY, KEY, other).iterator();
		VendoClient client = closing(builder().apiKeySupplier(keys::next).build());
		client.billing().balance();
		client.billing().balance();
		assertThat(requests()).extracting((request) -> request.getHeader("Authorization"))
			.containsExactly("Bearer " + KEY, "Bearer " + KEY, "Bearer " + other);
	}

	@Test
	void whenOssModeShouldSendNoAuthorization() {
		answers(json(200, "{\"integrations\":[]}"));
		closing(builder().apiKey(null).build()).integrations().list();
		assertThat(requests()).singleElement()
			.satisfies((request) -> assertThat(request.containsHeader("Authorization")).isFalse());
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "PATCH", "DELETE" })
	void whenWriteShouldSendNewIdempotencyKeyForEachCallAndTheSameForItsRetries(String method) {
		answers(status(500), status(503), json(200, "{}"));
		VendoClient client = client();
		HttpApi.Request request = client.http().exchange(HttpMethod.valueOf(method), "/api/things");
		request.toBodilessEntity();
		request.toBodilessEntity();
		List<String> keys = requests().stream().map((sent) -> sent.getHeader("Idempotency-Key")).toList();
		assertThat(keys).hasSize(4).allMatch((key) -> key.matches(UUID_V4));
		assertThat(keys.get(1)).isEqualTo(keys.get(0));
		assertThat(keys.get(2)).isEqualTo(keys.get(0));
		assertThat(keys.get(3)).isNotEqualTo(keys.get(0));
	}

	@Test
	void whenWriteIsSubscribedToTwiceShouldBeTwoCalls() {
		answers(json(200, "{}"));
		var call = client().reactive().http().post("/api/things").toBodilessEntity();
		call.block();
		call.block();
		assertThat(requests()).extracting((request) -> request.getHeader("Idempotency-Key")).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD" })
	void whenReadShouldSendNoIdempotencyKey(String method) {
		answers(json(200, "{}"));
		client().http().exchange(HttpMethod.valueOf(method), "/api/things").toBodilessEntity();
		assertThat(requests()).singleElement()
			.satisfies((request) -> assertThat(request.containsHeader("Idempotency-Key")).isFalse());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "/api", "/api/" })
	void shouldDropApiSuffixOfBaseUrl(String suffix) {
		answers(json(200, BALANCE));
		closing(builder(platformUrl() + suffix).build()).billing().balance();
		assertThat(requests()).singleElement()
			.satisfies((request) -> assertThat(request.getUrl()).isEqualTo("/api/billing/balance"));
	}

	@Test
	void shouldTakeHostsFromEnvironment() {
		answers(json(200, "{\"access_token\":\"t\"}"), json(200, "{\"data\":{}}"), json(200, BALANCE));
		Map<String, String> environment = Map.of("VENDO_API_URL", platformUrl() + "/other", "VENDO_BASE_URL",
				platformUrl() + "/api-host", "VENDO_CREDENTIALS_URL", platformUrl() + "/credentials-host",
				"VENDO_DATA_PROXY_URL", platformUrl() + "/data-host", "VENDO_API_KEY", KEY);
		VendoClient client = closing(
				VendoClient.builder().connectorFactory(this.connector.factory()).environment(environment::get).build());
		client.token("slack");
		client.data().execute("SLACK_SEND", Map.of());
		client.billing().balance();
		assertThat(requests()).extracting(LoggedRequest::getUrl)
			.containsExactly("/credentials-host/slack", "/data-host/v1/execute", "/api-host/api/billing/balance");
	}

	private static List<String> values(LoggedRequest request, String name) {
		return request.header(name).values();
	}

}
