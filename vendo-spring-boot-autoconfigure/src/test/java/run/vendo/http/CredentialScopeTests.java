package run.vendo.http;

import java.util.function.UnaryOperator;

import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.VendoClient;
import run.vendo.error.VendoException;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that key and user JWT go where they belong and nowhere else.
 */
class CredentialScopeTests extends AbstractTransportTests {

	private RawServer elsewhere() {
		return closing(RawServer.start((exchange) -> exchange.sendJson("{}")));
	}

	@Test
	void whenUrlIsOfAnotherOriginShouldSendNeitherKeyNorJwt() {
		RawServer elsewhere = elsewhere();
		client().forUser(JWT).http().get(elsewhere.url() + "/x").toBodilessEntity();
		client().forUser(JWT).http().post(elsewhere.url() + "/x").body("{}").toBodilessEntity();
		assertThat(elsewhere.requests()).hasSize(2)
			.allSatisfy((head) -> assertThat(head).doesNotContain(KEY, JWT)
				.doesNotContainIgnoringCase("authorization:", "vendo-api-version:"));
	}

	@Test
	void whenUrlIsBuiltFromVariablesShouldDecideByWhereItLeads() {
		RawServer elsewhere = elsewhere();
		client().forUser(JWT).http().get("http://127.0.0.1:{port}/x", elsewhere.port()).toBodilessEntity();
		assertThat(elsewhere.requests()).singleElement().asString().doesNotContain(KEY, JWT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "//{other}/x", "/@{other}/x", "/x//{other}", "/x:y@{other}" })
	void whenPathLooksLikeAnotherHostShouldStayAtOurs(String path) {
		RawServer elsewhere = elsewhere();
		answers(json(200, "{}"));
		client().http().get(path.replace("{other}", "127.0.0.1:" + elsewhere.port())).toBodilessEntity();
		assertThat(elsewhere.requests()).isEmpty();
		assertThat(requests()).hasSize(1);
	}

	@Test
	void whenUrlIsOfOurOriginShouldSendBoth() {
		answers(json(200, "{}"));
		client().forUser(JWT).http().get(platformUrl() + "/x").toBodilessEntity();
		assertThat(requests()).singleElement().satisfies((request) -> {
			assertThat(request.getHeader("Authorization")).isEqualTo("Bearer " + KEY);
			assertThat(request.getHeader(VendoHttp.USER_JWT_HEADER)).isEqualTo(JWT);
		});
	}

	@Test
	void whenUrlIsOfTheCredentialsWorkerOrDataProxyShouldSendKey() {
		RawServer credentials = elsewhere();
		RawServer data = elsewhere();
		VendoClient client = closing(builder().credentialsUrl(credentials.url()).dataProxyUrl(data.url()).build());
		client.http().get(credentials.url() + "/slack").toBodilessEntity();
		client.http().post(data.url() + "/v1/execute").toBodilessEntity();
		assertThat(credentials.requests()).singleElement().asString().contains(KEY);
		assertThat(data.requests()).singleElement().asString().contains(KEY);
	}

	@ParameterizedTest
	@CsvSource({ "301,GET", "302,GET", "303,GET", "307,GET", "308,GET", "301,POST", "302,POST", "303,POST", "307,POST",
			"308,POST", "307,DELETE" })
	void whenRedirectedToAnotherOriginShouldNotGoThere(int status, String method) {
		assertNotFollowed(status, method, (url) -> url + "/x?token=s3cret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "//{host}/x", "http:{slashes}{host}/x", "HTTP://{host}/x", "http://user:s3cret@{host}/x",
			"///{host}/x", "http:///{host}", "\\\\{host}\\x", "not a url" })
	void whenLocationIsOddShouldNotGoElsewhere(String location) {
		assertNotFollowed(302, "GET",
				(url) -> location.replace("{slashes}", "//").replace("{host}", url.substring("http://".length())));
	}

	private void assertNotFollowed(int status, String method, UnaryOperator<String> location) {
		RawServer elsewhere = elsewhere();
		answers(status(status).withHeader("Location", location.apply(elsewhere.url())), json(404, "{}"));
		VendoClient client = client().forUser(JWT);
		VendoException failure = failureOf(
				() -> client.http().exchange(HttpMethod.valueOf(method), "/x").toBodilessEntity());
		assertThat(elsewhere.connections()).isZero();
		assertThat(failure).isNotNull();
		assertThat(failure.attempts()).isEqualTo(1);
		assertThat(failure.toString()).doesNotContain("s3cret");
		if (failure.status() != 404) {
			assertThat(failure.status()).isEqualTo(status);
			assertThat(failure).hasMessageContaining("was redirected to").hasMessageContaining("vendo.base-url");
		}
	}

	@ParameterizedTest
	@CsvSource({ "301,GET", "302,GET", "303,GET", "307,GET", "308,GET", "302,HEAD", "307,POST", "308,PATCH" })
	void whenRedirectedWithinTheOriginShouldFollow(int status, String method) {
		answers(status(status).withHeader("Location", "/moved?x=1"), json(200, "{}"));
		HttpApi.Request request = client().forUser(JWT).http().exchange(HttpMethod.valueOf(method), "/x");
		if (method.startsWith("P")) {
			request.body("{\"a\":1}");
		}
		request.toBodilessEntity();
		assertThat(requests()).extracting(LoggedRequest::getUrl).containsExactly("/x", "/moved?x=1");
		LoggedRequest first = requests().get(0);
		LoggedRequest second = requests().get(1);
		assertThat(second.getMethod()).isEqualTo(first.getMethod());
		assertThat(second.getBodyAsString()).isEqualTo(first.getBodyAsString());
		assertThat(second.getHeader("Authorization")).isEqualTo("Bearer " + KEY);
		assertThat(second.getHeader(VendoHttp.USER_JWT_HEADER)).isEqualTo(JWT);
		assertThat(second.getHeader("Idempotency-Key")).isEqualTo(first.getHeader("Idempotency-Key"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303 })
	void whenWriteWouldBecomeAReadShouldNotFollow(int status) {
		answers(status(status).withHeader("Location", "/moved"), json(200, "{}"));
		VendoClient client = client();
		assertThat(failureOf(() -> client.http().post("/x").toBodilessEntity()).status()).isEqualTo(status);
		assertThat(requests()).hasSize(1);
	}

	@Test
	void whenRedirectedInACircleShouldStopAfterFive() {
		answers(status(302).withHeader("Location", "/x"));
		VendoClient client = client();
		assertThat(failureOf(() -> client.http().get("/x").toBodilessEntity()))
			.hasMessageContaining("redirected more than 5 times");
		assertThat(requests()).hasSize(6);
	}

	@Test
	void whenASecondRedirectLeadsAwayShouldNotFollowThatOne() {
		RawServer elsewhere = elsewhere();
		answers(status(307).withHeader("Location", "/y"), status(307).withHeader("Location", elsewhere.url() + "/z"));
		VendoClient client = client();
		failureOf(() -> client.http().post("/x").body("{}").toBodilessEntity());
		assertThat(requests()).hasSize(2);
		assertThat(elsewhere.connections()).isZero();
	}

	@Test
	void whenARedirectHasNoLocationShouldMapItAsAnyError() {
		answers(status(302));
		VendoClient client = client();
		assertThat(failureOf(() -> client.http().get("/x").toBodilessEntity()).status()).isEqualTo(302);
	}

	@Test
	void whenElsewhereRedirectsToUsShouldSendNoKeyAlong() {
		answers(json(200, "{}"));
		RawServer elsewhere = closing(RawServer.start((exchange) -> exchange
			.send("HTTP/1.1 302 Found\r\nLocation: " + platformUrl() + "/x\r\nContent-Length: 0\r\n\r\n")));
		VendoClient client = client();
		assertThat(failureOf(() -> client.http().get(elsewhere.url() + "/y").toBodilessEntity()).status())
			.isEqualTo(302);
		assertThat(requests()).isEmpty();
	}

}
