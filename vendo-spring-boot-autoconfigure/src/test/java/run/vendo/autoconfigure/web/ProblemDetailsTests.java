package run.vendo.autoconfigure.web;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.ReactiveVendoClient;
import run.vendo.error.NotConnectedException;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Errors as answers, over real servers.
 */
class ProblemDetailsTests {

	private static final String CANARY = "what-the-platform-said";

	private static final Map<String, Integer> STATUSES = Map.ofEntries(Map.entry("403/binding_missing", 409),
			Map.entry("401/connection_needs_reauth", 409), Map.entry("402/balance_exhausted", 402),
			Map.entry("429/spend_cap_daily", 402), Map.entry("429/rate_limited", 429),
			Map.entry("400/validation_failed", 400), Map.entry("401/app_revoked", 500), Map.entry("403/none", 500),
			Map.entry("404/none", 404), Map.entry("409/idempotency_conflict", 409),
			Map.entry("502/upstream_error", 502), Map.entry("504/none", 504), Map.entry("500/none", 502),
			Map.entry("418/teapot", 500));

	private volatile String setupUrl = "null";

	private volatile String connectUrl = "";

	private final StubServer platform = StubServer.start().respond(this::answer);

	@AfterEach
	void stop() {
		this.platform.close();
	}

	private Response answer(Request request) {
		if (request.path().equals("/api/deployments/me/connections")) {
			return Response.json("{\"connections\":[{\"slug\":\"slack\",\"status\":\"available\",\"setup_url\":%s}]}"
				.formatted(this.setupUrl));
		}
		String[] segments = request.path().split("/");
		String body = "{\"error\":{\"code\":\"%s\",\"message\":\"%s\",\"slug\":\"slack\"%s,\"suggested_fix\":\"%s\"}}"
			.formatted(segments[3], CANARY, this.connectUrl, CANARY);
		Map<String, String> headers = segments[3].equals("none") ? Map.of("Retry-After", "90")
				: Map.of("Vendo-Error-Code", segments[3], "Retry-After", "90", "Vendo-Request-Id", CANARY);
		return new Response(Integer.parseInt(segments[2]), headers, segments[3].equals("none") ? CANARY : body);
	}

	@ParameterizedTest
	@EnumSource
	void everyErrorHasItsAnswerAndNothingThePlatformSaidLeaks(WebStack stack) {
		try (WebApplication application = start(stack)) {
			STATUSES.forEach((error, status) -> {
				HttpResponse<String> answer = application.get("/fail/" + error);
				assertThat(answer.statusCode()).as(error).isEqualTo(status);
				assertThat(answer.headers().firstValue(HttpHeaders.CONTENT_TYPE)).as(error)
					.hasValueSatisfying((type) -> assertThat(type).startsWith("application/problem+json"));
				assertThat(answer.body()).as(error)
					.doesNotContain(CANARY)
					.doesNotContain("\"teapot\"")
					.doesNotContain("127.0.0.1")
					.doesNotContain(TestClients.KEY);
				JsonNode body = json(answer);
				assertThat(body.path("status").intValue()).as(error).isEqualTo(status);
				assertThat(body.path("title").asString("")).as(error).isNotBlank();
				assertThat(body.path("detail").asString("")).as(error).isNotBlank();
			});
			HttpResponse<String> limited = application.get("/fail/429/rate_limited");
			assertThat(limited.headers().firstValue(HttpHeaders.RETRY_AFTER)).contains("90");
			JsonNode body = json(application.get("/fail/403/binding_missing"));
			assertThat(body.path("slug").stringValue()).isEqualTo("slack");
			assertThat(body.path("code").stringValue()).isEqualTo("binding_missing");
			assertThat(body.has("connect_url")).isFalse();
		}
	}

	@ParameterizedTest
	@EnumSource
	void theLinkIsThePlatformsOwnElseTheConnectionsAndNeverOneWithTheKey(WebStack stack) {
		try (WebApplication application = start(stack)) {
			this.setupUrl = "\"https://vendo.run/setup/slack\"";
			assertThat(connectUrl(application)).isEqualTo("https://vendo.run/setup/slack");
			this.connectUrl = ",\"connect_url\":\"https://vendo.run/connect/slack\"";
			assertThat(connectUrl(application)).isEqualTo("https://vendo.run/connect/slack");
			this.connectUrl = "";
			for (String bad : List.of("javascript:alert(1)", "/setup", "https://u:p@vendo.run/",
					"https://vendo.run/connections/connect/slack?app_key=" + TestClients.KEY,
					"https://vendo.run/?x=vendo%5Fsk%5F0123", "https://vendo.run/?App%5Fkey=1", "ftp://vendo.run/")) {
				this.setupUrl = "\"" + bad + "\"";
				assertThat(connectUrl(application)).as(bad).isNull();
				this.connectUrl = ",\"connect_url\":\"" + bad + "\"";
				assertThat(connectUrl(application)).as(bad).isNull();
				this.connectUrl = "";
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenABrowserAsksForAPageThenTheAnswerIsStillTheProblem(WebStack stack) {
		try (WebApplication application = start(stack)) {
			HttpResponse<String> answer = application.get("/fail/403/binding_missing", HttpHeaders.ACCEPT, "text/html");
			assertThat(answer.statusCode()).isEqualTo(409);
			assertThat(answer.body()).contains("\"slug\":\"slack\"");
		}
	}

	@ParameterizedTest
	@EnumSource
	void theApplicationsOwnAdviceComesFirst(WebStack stack) {
		try (WebApplication application = start(stack, OwnAdvice.class)) {
			HttpResponse<String> answer = application.get("/fail/403/binding_missing");
			assertThat(answer.statusCode()).isEqualTo(410);
			assertThat(answer.body()).isEqualTo("own advice");
			assertThat(application.get("/fail/429/rate_limited").statusCode()).isEqualTo(429);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenSwitchedOffThenTheErrorIsTheFrameworksToAnswer(WebStack stack) {
		try (WebApplication application = start(stack, List.of("vendo.web.problem-details.enabled=false"))) {
			assertThat(application.get("/fail/403/binding_missing").statusCode()).isEqualTo(500);
		}
	}

	@ParameterizedTest
	@EnumSource
	void signedInUsersAloneAreRedirectedToWhereAProviderIsConnected(WebStack stack) {
		try (WebApplication application = start(stack, List.of("vendo.sso.enabled=true",
				"vendo.web.connect-redirect.enabled=true", "vendo.web.connect-redirect.return-to=https://app/home"))) {
			HttpResponse<String> nobody = application.get("/vendo/connect/slack");
			assertThat(nobody.statusCode()).isEqualTo(401);
			assertThat(nobody.headers().firstValue(HttpHeaders.LOCATION)).isEmpty();
			assertThat(nobody.body()).doesNotContain(TestClients.KEY);
			HttpResponse<String> alice = application.get("/vendo/connect/slack", "X-Vendo-User-Id", "alice");
			assertThat(alice.statusCode()).isEqualTo(303);
			assertThat(alice.headers().firstValue(HttpHeaders.LOCATION))
				.hasValueSatisfying((location) -> assertThat(location)
					.startsWith(this.platform.url() + "/connections/connect/slack?app_key=")
					.endsWith("&return_to=https%3A%2F%2Fapp%2Fhome"));
			assertThat(alice.headers().firstValue(HttpHeaders.CACHE_CONTROL)).contains("no-store");
			assertThat(alice.headers().firstValue("Referrer-Policy")).contains("no-referrer");
			assertThat(application.get("/vendo/connect/%20", "X-Vendo-User-Id", "alice").statusCode()).isEqualTo(400);
			assertThat(connectUrl(application)).isEqualTo("/vendo/connect/slack");
		}
	}

	@ParameterizedTest
	@EnumSource
	void theRedirectIsOffByDefaultAndBelievesNobodyWithoutTheProxy(WebStack stack) {
		try (WebApplication application = start(stack, List.of("vendo.sso.enabled=true"))) {
			assertThat(application.get("/vendo/connect/slack", "X-Vendo-User-Id", "alice").statusCode()).isEqualTo(404);
		}
		try (WebApplication application = start(stack, List.of("vendo.web.connect-redirect.enabled=true"))) {
			assertThat(application.get("/vendo/connect/slack", "X-Vendo-User-Id", "alice").statusCode()).isEqualTo(401);
		}
	}

	@Test
	void whenThePlatformCannotBeReachedThenThatIsABadGateway() {
		try (WebApplication application = start(WebStack.MVC)) {
			this.platform.close();
			HttpResponse<String> answer = application.get("/fail/200/none");
			assertThat(answer.statusCode()).isEqualTo(502);
			assertThat(answer.body()).doesNotContain("127.0.0.1");
		}
	}

	private static String connectUrl(WebApplication application) {
		return json(application.get("/fail/403/binding_missing")).path("connect_url").asString(null);
	}

	private static JsonNode json(HttpResponse<String> answer) {
		return new JsonMapper().readTree(answer.body());
	}

	private WebApplication start(WebStack stack, Class<?>... sources) {
		return start(stack, List.of(), sources);
	}

	private WebApplication start(WebStack stack, List<String> more, Class<?>... sources) {
		List<Class<?>> all = new ArrayList<>(List.of(sources));
		all.add(Controller.class);
		List<String> properties = new ArrayList<>(more);
		String url = this.platform.url().toString();
		properties
			.addAll(List.of("vendo.api-key=" + TestClients.KEY, "vendo.base-url=" + url, "vendo.retry.max-attempts=1"));
		return WebApplication.start(stack, properties, all.toArray(Class<?>[]::new));
	}

	@RestController
	static class Controller {

		private final ReactiveVendoClient vendo;

		Controller(ReactiveVendoClient vendo) {
			this.vendo = vendo;
		}

		@GetMapping("/fail/{status}/{code}")
		Mono<String> fail(@PathVariable String status, @PathVariable String code) {
			return this.vendo.http().get("/fail/{status}/{code}", status, code).retrieve(String.class);
		}

	}

	@RestControllerAdvice
	static class OwnAdvice {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.GONE)
		String handle(NotConnectedException ex) {
			return "own advice";
		}

	}

}
