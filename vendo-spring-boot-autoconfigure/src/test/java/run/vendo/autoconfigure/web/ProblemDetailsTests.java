package run.vendo.autoconfigure.web;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.ReactiveVendoClient;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.NotConnectedException;
import run.vendo.error.TransportException;
import run.vendo.error.VendoException;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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

	private static final String CONNECTIONS = "/api/deployments/me/connections";

	private static final Map<WebStack, WebApplication> THROWING = new EnumMap<>(WebStack.class);

	private static final Map<Integer, List<ErrorCode>> ANSWERS = Map.ofEntries(
			Map.entry(500,
					List.of(ErrorCode.APP_UNKNOWN, ErrorCode.APP_REVOKED, ErrorCode.APP_EXPIRED, ErrorCode.AUTH,
							ErrorCode.TOOL_UNRELEASED)),
			Map.entry(409,
					List.of(ErrorCode.BINDING_MISSING, ErrorCode.CONNECTION_REVOKED, ErrorCode.NOT_CONNECTED,
							ErrorCode.CONNECTION_NEEDS_REAUTH, ErrorCode.NEEDS_REAUTH, ErrorCode.IDEMPOTENCY_CONFLICT,
							ErrorCode.SLUG_TAKEN, ErrorCode.SUBDOMAIN_TAKEN)),
			Map.entry(402,
					List.of(ErrorCode.BALANCE_EXHAUSTED, ErrorCode.INSUFFICIENT_CREDITS, ErrorCode.BILLING_NOT_SETUP,
							ErrorCode.SPEND_CAP_DAILY, ErrorCode.SPEND_CAP_MONTHLY, ErrorCode.SPEND_CAP_EXCEEDED)),
			Map.entry(429,
					List.of(ErrorCode.UPSTREAM_RATE_LIMITED, ErrorCode.RATE_LIMITED, ErrorCode.RATE_LIMIT_SSE_STREAMS)),
			Map.entry(502,
					List.of(ErrorCode.UPSTREAM_ERROR, ErrorCode.UPSTREAM, ErrorCode.COMPOSIO_ERROR,
							ErrorCode.INVALID_RESPONSE, ErrorCode.WORKER_UNREACHABLE)),
			Map.entry(400,
					List.of(ErrorCode.VALIDATION_FAILED, ErrorCode.VALIDATION, ErrorCode.INVALID_SLUG,
							ErrorCode.UNKNOWN_BINDING, ErrorCode.MISSING_BINDING)),
			Map.entry(501, List.of(ErrorCode.VENDO_ONLY_FEATURE)),
			Map.entry(401, List.of(ErrorCode.IDENTITY_NOT_PRESENT)));

	private static final Map<Integer, Integer> BY_STATUS = Map.ofEntries(Map.entry(400, 400), Map.entry(401, 500),
			Map.entry(402, 402), Map.entry(403, 500), Map.entry(404, 404), Map.entry(409, 409), Map.entry(418, 500),
			Map.entry(422, 400), Map.entry(429, 429), Map.entry(500, 502), Map.entry(501, 502), Map.entry(502, 502),
			Map.entry(503, 502), Map.entry(504, 504));

	private static final Map<String, Integer> STATUSES = Map.ofEntries(Map.entry("403/binding_missing", 409),
			Map.entry("401/connection_needs_reauth", 409), Map.entry("402/balance_exhausted", 402),
			Map.entry("429/spend_cap_daily", 402), Map.entry("429/rate_limited", 429),
			Map.entry("400/validation_failed", 400), Map.entry("401/app_revoked", 500), Map.entry("403/none", 500),
			Map.entry("404/none", 404), Map.entry("409/idempotency_conflict", 409),
			Map.entry("502/upstream_error", 502), Map.entry("504/none", 504), Map.entry("500/none", 502),
			Map.entry("418/teapot", 500));

	// What may be no link: the key in it, another scheme, somebody else's name.
	private static final List<String> BAD = List.of("javascript:alert(1)", "/setup", "https://u:p@vendo.run/",
			"https://vendo.run/connections/connect/slack?app_key=" + TestClients.KEY,
			"https://vendo.run/?x=vendo%5Fsk%5F0123", "https://vendo.run/?App%5Fkey=1", "ftp://vendo.run/");

	private static final Map<String, String> SETUP_URLS = setupUrls();

	private volatile String connectUrl = "";

	private final StubServer platform = StubServer.start().respond(this::answer);

	@AfterAll
	static void stopAll() {
		THROWING.values().forEach(WebApplication::close);
		THROWING.clear();
	}

	@AfterEach
	void stop() {
		this.platform.close();
	}

	private static Map<String, String> setupUrls() {
		Map<String, String> urls = new LinkedHashMap<>();
		urls.put("good", "https://vendo.run/setup/good");
		for (int i = 0; i < BAD.size(); i++) {
			urls.put("bad" + i, BAD.get(i));
		}
		return urls;
	}

	private Response answer(Request request) {
		if (request.path().equals(CONNECTIONS)) {
			return Response.json(SETUP_URLS.entrySet()
				.stream()
				.map((url) -> "{\"slug\":\"%s\",\"status\":\"available\",\"setup_url\":\"%s\"}".formatted(url.getKey(),
						url.getValue()))
				.collect(Collectors.joining(",", "{\"connections\":[{\"slug\":\"slack\",\"status\":\"available\"},",
						"]}")));
		}
		String[] segments = request.path().split("/");
		String slug = (segments.length > 4) ? segments[4] : "slack";
		String body = "{\"error\":{\"code\":\"%s\",\"message\":\"%s\",\"slug\":\"%s\"%s,\"suggested_fix\":\"%s\"}}"
			.formatted(segments[3], CANARY, slug, this.connectUrl, CANARY);
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
		try (WebApplication application = start(stack, Patience.class)) {
			assertThat(connectUrl(application, "good")).isEqualTo("https://vendo.run/setup/good");
			this.connectUrl = ",\"connect_url\":\"https://vendo.run/connect/good\"";
			assertThat(connectUrl(application, "good")).isEqualTo("https://vendo.run/connect/good");
			for (int i = 0; i < BAD.size(); i++) {
				this.connectUrl = "";
				assertThat(connectUrl(application, "bad" + i)).as(BAD.get(i)).isNull();
				this.connectUrl = ",\"connect_url\":\"" + BAD.get(i) + "\"";
				assertThat(connectUrl(application, "slack")).as(BAD.get(i)).isNull();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whoeverBringsErrorsAboutDoesNotSpendWhatThePlatformAllowsOnTheirLinks(WebStack stack) {
		try (WebApplication application = start(stack, List.of("vendo.sso.enabled=true"), Patience.class)) {
			List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				// Headers of no user and of one without a JWT are nobody's to act for.
				String[] headers = (i % 2 == 0) ? new String[0] : new String[] { "X-Vendo-User-Id", "user-" + i };
				answers.add(application.getAsync("/fail/403/binding_missing/" + ((i % 3 == 0) ? "slack" : "good"),
						headers));
			}
			assertThat(answers).allSatisfy((answer) -> assertThat(answer.join().statusCode()).isEqualTo(409));
			assertThat(this.platform.requests()).filteredOn((request) -> request.path().equals(CONNECTIONS)).hasSize(1);
			assertThat(connectUrl(application, "good")).isEqualTo("https://vendo.run/setup/good");
			// A user's own link is asked for as that user.
			assertThat(json(application.get("/fail/403/binding_missing/good", "X-Vendo-User-JWT", "jwt-alice"))
				.path("connect_url")
				.asString("")).isEqualTo("https://vendo.run/setup/good");
			assertThat(this.platform.requests()).filteredOn((request) -> request.path().equals(CONNECTIONS))
				.extracting((request) -> request.header("X-Vendo-User-JWT"))
				.containsExactly(null, "jwt-alice");
		}
	}

	@ParameterizedTest
	@MethodSource("errors")
	void everyExceptionHasItsAnswer(WebStack stack, ErrorDetails error, int status) {
		WebApplication application = THROWING.computeIfAbsent(stack,
				(absent) -> WebApplication.start(stack, List.of(), Throwing.class));
		application.context().getBean(Throwing.class).failure = error.toException(null);
		HttpResponse<String> answer = application.get("/throw");
		assertThat(answer.statusCode()).isEqualTo(status);
		JsonNode body = json(answer);
		assertThat(body.path("status").intValue()).isEqualTo(status);
		assertThat(body.path("detail").asString("")).isNotBlank();
		assertThat(answer.body()).doesNotContain(CANARY);
		assertThat(answer.headers().firstValue(HttpHeaders.RETRY_AFTER).isPresent()).isEqualTo(status != 500);
	}

	static Stream<Arguments> errors() {
		List<Arguments> rows = new ArrayList<>();
		for (WebStack stack : WebStack.values()) {
			ANSWERS.forEach((status, codes) -> codes
				.forEach((code) -> rows.add(Arguments.of(stack, error().code(code).status(418).build(), status))));
			BY_STATUS.forEach((from, status) -> rows.add(Arguments.of(stack, error().status(from).build(), status)));
			for (TransportException.Reason reason : TransportException.Reason.values()) {
				rows.add(Arguments.of(stack, error().code(ErrorCode.UPSTREAM_ERROR).transportReason(reason).build(),
						(reason == TransportException.Reason.TIMEOUT) ? 504 : 502));
			}
		}
		return rows.stream();
	}

	private static ErrorDetails.Builder error() {
		return ErrorDetails.builder().summary(CANARY).platformMessage(CANARY).retryAfter(Duration.ofSeconds(7));
	}

	@Test
	void theTableHasEveryCodeThereIs() throws IllegalAccessException {
		for (var field : ErrorCode.class.getFields()) {
			assertThat(ANSWERS.values().stream().flatMap(List::stream)).contains((ErrorCode) field.get(null));
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenThePlatformDoesNotAnswerInTimeThenThatIsAGatewayTimeout(WebStack stack) {
		try (WebApplication application = start(stack, List.of("vendo.http.response-timeout=100ms"))) {
			StubServer.Gate gate = this.platform.hold();
			HttpResponse<String> answer = application.get("/fail/200/none");
			gate.open();
			assertThat(answer.statusCode()).isEqualTo(504);
			assertThat(answer.body()).contains("did not answer in time").doesNotContain("127.0.0.1");
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
			assertThat(connectUrl(application, "slack")).isEqualTo("/vendo/connect/slack");
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

	private static String connectUrl(WebApplication application, String slug) {
		return json(application.get("/fail/403/binding_missing/" + slug)).path("connect_url").asString(null);
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

		@GetMapping("/fail/{status}/{code}/{slug}")
		Mono<String> fail(@PathVariable String status, @PathVariable String code, @PathVariable String slug) {
			return this.vendo.http().get("/fail/{status}/{code}/{slug}", status, code, slug).retrieve(String.class);
		}

	}

	@RestController
	static class Throwing {

		volatile VendoException failure = ErrorDetails.of(ErrorCode.AUTH).toException();

		@GetMapping("/throw")
		String fail() {
			throw this.failure;
		}

	}

	/**
	 * Waits for links, and remembers them, as long as a slow machine may need. The
	 * platform answers at once.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Patience {

		@Bean
		static BeanPostProcessor patientProblems(ObjectProvider<ReactiveVendoClient> client,
				ObjectProvider<VendoWebProperties> properties) {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					return (bean instanceof VendoProblems)
							? new VendoProblems(client::getObject, properties.getObject().connectRedirect().enabled(),
									Duration.ofSeconds(20), Duration.ofMinutes(10))
							: bean;
				}

			};
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
