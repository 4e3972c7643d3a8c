package run.vendo.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.billing.Balance;
import run.vendo.error.NotConnectedException;
import run.vendo.error.NotFoundException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of the escape hatch.
 */
class HttpApiTests extends AbstractTransportTests {

	@Test
	void shouldSendEveryVerb() {
		answers(json(200, "{}"));
		HttpApi http = client().http();
		http.get("/a").toBodilessEntity();
		http.post("/b").toBodilessEntity();
		http.put("/c").toBodilessEntity();
		http.patch("/d").toBodilessEntity();
		http.delete("/e").toBodilessEntity();
		http.exchange(HttpMethod.HEAD, "/f").toBodilessEntity();
		http.exchange(HttpMethod.OPTIONS, "/g").toBodilessEntity();
		assertThat(requests()).extracting((request) -> request.getMethod() + " " + request.getUrl())
			.containsExactly("GET /a", "POST /b", "PUT /c", "PATCH /d", "DELETE /e", "HEAD /f", "OPTIONS /g");
	}

	@Test
	void reactiveShouldSendEveryVerb() {
		answers(json(200, "{}"));
		ReactiveHttpApi http = client().reactive().http();
		http.get("/a").toBodilessEntity().block();
		http.post("/b").toBodilessEntity().block();
		http.put("/c").toBodilessEntity().block();
		http.patch("/d").toBodilessEntity().block();
		http.delete("/e").toBodilessEntity().block();
		assertThat(requests()).extracting((request) -> request.getMethod() + " " + request.getUrl())
			.containsExactly("GET /a", "POST /b", "PUT /c", "PATCH /d", "DELETE /e");
	}

	@Test
	void whenNobodySubscribesShouldSendNothing() {
		answers(json(200, "{}"));
		Mono<String> call = client().reactive().http().post("/b").retrieve(String.class);
		assertThat(requests()).isEmpty();
		call.block();
		assertThat(requests()).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			slack         | /api/tools/slack/x
			a/b           | /api/tools/a%2Fb/x
			a b?c#d       | /api/tools/a%20b%3Fc%23d/x
			../../admin   | /api/tools/..%2F..%2Fadmin/x
			100%          | /api/tools/100%25/x
			%2e%2e        | /api/tools/%252e%252e/x
			Zürich        | /api/tools/Z%C3%BCrich/x
			a+b&c=d;e     | /api/tools/a%2Bb%26c%3Dd%3Be/x
			{slug}        | /api/tools/%7Bslug%7D/x
			""")
	void shouldEncodeVariables(String value, String path) {
		answers(json(200, "{}"));
		client().http().get("/api/tools/{slug}/x", value).toBodilessEntity();
		assertThat(requests()).extracting(LoggedRequest::getUrl).containsExactly(path);
	}

	@Test
	void shouldTakeVariablesInOrder() {
		answers(json(200, "{}"));
		client().http().get("/{a}/{b}-{c}?d={d}", 1, "two", 3L, "f&r").toBodilessEntity();
		assertThat(requests()).extracting(LoggedRequest::getUrl).containsExactly("/1/two-3?d=f%26r");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", ".", ".." })
	void whenVariableIsNoSegmentShouldRefuse(String value) {
		HttpApi.Request request = client().http().get("/api/tools/{slug}", new Object[] { value });
		assertRefused(request);
	}

	@ParameterizedTest
	@ValueSource(strings = { "api/x", "", "ftp://127.0.0.1/x", "https:///x", "/a b", "/{a}", "/{a", "/a}{", "/a#b",
			"/%zz", "http://user:s3cret@127.0.0.1/x", "http://s3cret@bad host/", "\\\\host\\x", "javascript:alert(1)",
			"http://under_score/x" })
	void whenPathIsNoneShouldRefuseAndRepeatNoPassword(String path) {
		ValidationException failure = assertRefused(client().http().get(path).query("a", "b"));
		assertThat(failure.toString()).doesNotContain("s3cret");
	}

	@Test
	void whenThereAreMoreValuesThanVariablesShouldRefuse() {
		assertRefused(client().http().get("/a", "b"));
		assertRefused(client().http().get("/{a}", "b", "c"));
	}

	private static ValidationException assertRefused(HttpApi.Request request) {
		ValidationException failure = failureOf(ValidationException.class, request::toBodilessEntity);
		assertThat(failure).isNotNull();
		assertThat(failure.attempts()).isZero();
		assertThat(failure.status()).isNull();
		assertThat(requests()).isEmpty();
		return failure;
	}

	@Test
	void shouldEncodeQuery() {
		answers(json(200, "{}"));
		client().http().get("/x?fixed=1").query("a b", "c&d", "é", 7).query("none").query("+", "+").toBodilessEntity();
		assertThat(requests()).extracting(LoggedRequest::getUrl)
			.containsExactly("/x?fixed=1&a%20b=c%26d&a%20b=%C3%A9&a%20b=7&%2B=%2B");
	}

	@Test
	void shouldSendStringsAndBytesAsTheyAre() {
		answers(json(200, "{}"));
		HttpApi http = client().http();
		http.post("/x").body("{\"a\":\"ü\"}").toBodilessEntity();
		http.post("/x").body("{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_8)).toBodilessEntity();
		http.post("/x").contentType(MediaType.TEXT_PLAIN).body("plain").toBodilessEntity();
		assertThat(requests()).extracting(LoggedRequest::getBodyAsString)
			.containsExactly("{\"a\":\"ü\"}", "{\"a\":\"ü\"}", "plain");
		assertThat(requests()).extracting((request) -> MediaType.parseMediaType(request.getHeader("Content-Type")))
			.allMatch((type) -> type.isCompatibleWith(MediaType.APPLICATION_JSON)
					|| type.isCompatibleWith(MediaType.TEXT_PLAIN));
	}

	@Test
	void shouldSendObjectsAsJson() {
		answers(json(200, "{}"));
		client().http().put("/x").body(Map.of("a", List.of(1, 2))).toBodilessEntity();
		assertThat(requests()).singleElement().satisfies((request) -> {
			assertThat(request.getBodyAsString()).isEqualTo("{\"a\":[1,2]}");
			assertThat(request.getHeader("Content-Type")).isEqualTo("application/json");
		});
	}

	@Test
	void whenThereIsNoBodyShouldSendNoContentType() {
		answers(json(200, "{}"));
		client().http().get("/x").toBodilessEntity();
		assertThat(requests().get(0).containsHeader("Content-Type")).isFalse();
	}

	@Test
	void whenBodyCannotBeWrittenShouldRaiseValidation() {
		VendoClient client = client();
		ValidationException failure = failureOf(ValidationException.class,
				() -> client.http()
					.post("/x")
					.contentType(MediaType.parseMediaType("application/unheard-of"))
					.body(Map.of("a", "s3cret"))
					.toBodilessEntity());
		assertThat(failure).hasMessageContaining("cannot be written");
		assertThat(failure.attempts()).isEqualTo(1);
		assertThat(requests()).isEmpty();
	}

	@Test
	void shouldReadTypedAndRawAnswers() {
		answers(json(200, BALANCE));
		HttpApi http = client().http();
		assertThat(http.get("/x").retrieve(String.class)).isEqualTo(BALANCE);
		assertThat(http.get("/x").retrieve(byte[].class)).asString(StandardCharsets.UTF_8).isEqualTo(BALANCE);
		assertThat(http.get("/x").retrieve(JsonNode.class).path("currency").stringValue()).isEqualTo("USD");
		assertThat(http.get("/x").retrieve(Balance.class).creditsRemainingMicros()).isEqualTo(12_500_000);
		assertThat(http.get("/x").retrieve(new ParameterizedTypeReference<Map<String, Object>>() {
		})).containsEntry("currency", "USD");
	}

	@Test
	void shouldGiveStatusAndHeaders() {
		answers(json(201, BALANCE).withHeader("Location", "/x/1"));
		ResponseEntity<JsonNode> answer = client().http().post("/x").toEntity(JsonNode.class);
		assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.CREATED);
		assertThat(answer.getHeaders().getFirst("Location")).isEqualTo("/x/1");
		assertThat(answer.getBody()).isNotNull();
		answers(json(202, "[\"a\"]"));
		ResponseEntity<List<String>> generic = client().http()
			.post("/x")
			.toEntity(new ParameterizedTypeReference<List<String>>() {
			});
		assertThat(generic.getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
		assertThat(generic.getBody()).containsExactly("a");
	}

	@Test
	void whenThereIsNoContentShouldGiveRawAndBodilessAnswers() {
		answers(status(204));
		HttpApi http = client().http();
		assertThat(http.delete("/x").toBodilessEntity().getStatusCode()).isEqualTo(HttpStatus.NO_CONTENT);
		assertThat(http.delete("/x").retrieve(String.class)).isEmpty();
		assertThat(http.delete("/x").retrieve(byte[].class)).isEmpty();
	}

	@Test
	void shouldReadTextInItsCharset() {
		answers(status(200).withHeader("Content-Type", "text/plain;charset=ISO-8859-1")
			.withBody("é".getBytes(StandardCharsets.ISO_8859_1)));
		assertThat(client().http().get("/x").accept(MediaType.TEXT_PLAIN).retrieve(String.class)).isEqualTo("é");
		assertThat(requests()).extracting((request) -> request.getHeader("Accept")).containsExactly("text/plain");
	}

	@Test
	void whenCallHasItsOwnIdempotencyKeyShouldKeepItOverRetries() {
		answers(status(503), json(200, "{}"));
		client().http().post("/x").idempotencyKey("order-42").toBodilessEntity();
		assertThat(requests()).extracting((request) -> request.getHeader("Idempotency-Key"))
			.containsExactly("order-42", "order-42");
	}

	@Test
	void headerShouldWinOverOurs() {
		answers(json(200, "{}"));
		client().http()
			.get("/x")
			.header("vendo-api-version", "2030-01-01")
			.header("X-Vendo-Connection", "cn_1")
			.header("X-Two", "a", "b")
			.toBodilessEntity();
		assertThat(requests()).singleElement().satisfies((request) -> {
			assertThat(request.header("Vendo-API-Version").values()).containsExactly("2030-01-01");
			assertThat(request.getHeader("X-Vendo-Connection")).isEqualTo("cn_1");
			assertThat(request.header("X-Two").values()).containsExactly("a", "b");
			assertThat(request.getHeader("Authorization")).isEqualTo("Bearer " + KEY);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\r\nAuthorization: x", "a\nb", "a\u0000", "\u20ac", "a\u007f" })
	void whenHeaderCannotCarryTheValueShouldRefuseWithoutRepeatingIt(String value) {
		HttpApi.Request request = client().http().get("/x");
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> request.header("X-Own", value))
			.withMessageContaining("X-Own")
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain(value));
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> request.idempotencyKey(value));
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> request.header("X" + value, "x"));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "a b", "", " ", "a:", "a\t", "(a)", "a,b", "\"a\"", "a/b", "ü", "a\r\nb: c" })
	void whenNameIsNoneOfAHeaderShouldRefuse(String name) {
		HttpApi.Request request = client().http().get("/x");
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> request.header(name, "x"));
		answers(json(200, "{}"));
		request.header("X-a.b_1!#$%&'*+^`|~", "x").toBodilessEntity();
		assertThat(requests()).singleElement()
			.satisfies((sent) -> assertThat(sent.getHeader("X-a.b_1!#$%&'*+^`|~")).isEqualTo("x"));
	}

	@ParameterizedTest
	@MethodSource("reactiveBodies")
	void whenBodyIsAPublisherShouldRefuse(Object body) {
		HttpApi.Request request = client().http().post("/x");
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> request.body(body))
			.withMessageContaining("collect");
	}

	static Stream<Object> reactiveBodies() {
		return Stream.of(Flux.just("a"), Mono.just("a"), CompletableFuture.completedFuture("a"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\r\nAuthorization: x", "\u20ac", " ", "" })
	void whenUserJwtFitsNoHeaderShouldRefuse(String jwt) {
		VendoClient client = client();
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> client.forUser(jwt))
			.satisfies((ex) -> assertThat(ex.attempts()).isZero());
	}

	@Test
	void shouldLimitTheCallByItsTimeout() throws Exception {
		java.util.concurrent.CountDownLatch arrived = new java.util.concurrent.CountDownLatch(1);
		VendoClient client = client(RawServer.start((exchange) -> {
			arrived.countDown();
			exchange.hang();
		}));
		var call = client.reactive().http().get("/x").timeout(Duration.ofMinutes(2)).retrieve(String.class).toFuture();
		arrived.await();
		assertThat(this.scheduler.timeouts()).containsExactly(Duration.ofMinutes(2));
		call.cancel(true);
		assertThat(this.scheduler.timeouts()).isEmpty();
	}

	@Test
	void whenArgumentsAreWrongShouldSayWhich() {
		HttpApi.Request request = client().http().get("/x");
		assertThatIllegalArgumentException().isThrownBy(() -> request.timeout(Duration.ZERO))
			.withMessageContaining("'timeout'");
		assertThatIllegalArgumentException().isThrownBy(() -> request.timeout(Duration.ofSeconds(-1)));
		assertThatIllegalArgumentException().isThrownBy(() -> request.idempotencyKey(" "))
			.withMessageContaining("'key'");
	}

	@Test
	void shouldMapErrors() {
		answers(json(404, "{\"message\":\"No such tool\"}"));
		VendoClient client = client();
		NotFoundException failure = failureOf(NotFoundException.class,
				() -> client.http().get("/api/tools/{slug}", "x").retrieve(String.class));
		assertThat(failure.platformMessage()).isEqualTo("No such tool");
		answers(json(403, "{\"error\":\"binding_missing\"}"));
		assertThat(failureOf(() -> client.http().get("/x").toBodilessEntity()))
			.isInstanceOf(NotConnectedException.class);
	}

	@Test
	void whenOssModeShouldSendWithoutAuthorization() {
		answers(json(200, "{}"));
		closing(builder().apiKey(null).build()).http().get("/api/tools/catalog").toBodilessEntity();
		assertThat(requests()).singleElement()
			.satisfies((request) -> assertThat(request.containsHeader("Authorization")).isFalse());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			RateLimit   | 60           | 59 | 30
			X-RateLimit | 60           | 59 | 30
			RateLimit   | '60, 60;w=1' | 59 | 30
			""")
	void shouldReadRateLimitHeaders(String prefix, String limit, String remaining, String reset) {
		answers(json(200, "{}").withHeader(prefix + "-Limit", limit)
			.withHeader(prefix + "-Remaining", remaining)
			.withHeader(prefix + "-Reset", reset));
		HttpApi http = client().http();
		assertThat(http.rateLimit()).isEmpty();
		http.get("/x").toBodilessEntity();
		assertThat(http.rateLimit()).contains(new RateLimit(60L, 59L, 30L, NOW));
		assertThat(http.rateLimit("127.0.0.1")).isEqualTo(http.rateLimit());
		assertThat(http.rateLimit("127.0.0.1:" + platform.port())).isEqualTo(http.rateLimit());
		assertThat(http.rateLimit("127.0.0.1:1")).isEmpty();
		assertThat(http.rateLimit("elsewhere")).isEmpty();
	}

	@Test
	void shouldRememberTheLastRateLimitAlsoOfFailures() {
		answers(json(200, "{}").withHeader("RateLimit-Remaining", "1"),
				status(404).withHeader("RateLimit-Remaining", "0"),
				json(200, "{}").withHeader("RateLimit-Remaining", "many"), json(200, "{}"));
		VendoClient client = client();
		client.http().get("/x").toBodilessEntity();
		assertThat(client.http().rateLimit().orElseThrow().remaining()).isEqualTo(1);
		failureOf(VendoException.class, () -> client.http().get("/x").toBodilessEntity());
		assertThat(client.http().rateLimit().orElseThrow().remaining()).isZero();
		client.http().get("/x").toBodilessEntity();
		client.http().get("/x").toBodilessEntity();
		assertThat(client.http().rateLimit().orElseThrow().remaining()).isZero();
		assertThat(client.http().rateLimit().orElseThrow().limit()).isNull();
	}

	@Test
	void rateLimitsAreOfAHostAndAPort() {
		answers(json(200, "{}").withHeader("RateLimit-Remaining", "1"));
		RawServer other = closing(RawServer.start((exchange) -> exchange
			.send("HTTP/1.1 200 OK\r\nRateLimit-Remaining: 2\r\nContent-Length: 2\r\n\r\n{}")));
		HttpApi http = closing(builder("http://LOCALHOST:" + platform.port()).build()).http();
		http.get("/x").toBodilessEntity();
		http.get("http://LocalHost:" + other.port() + "/x").toBodilessEntity();
		assertThat(http.rateLimit().orElseThrow().remaining()).isEqualTo(1);
		assertThat(http.rateLimit("localhost:" + platform.port()).orElseThrow().remaining()).isEqualTo(1);
		assertThat(http.rateLimit("LOCALHOST:" + other.port()).orElseThrow().remaining()).isEqualTo(2);
		assertThat(http.rateLimit("localhost").orElseThrow().remaining()).isEqualTo(2);
	}

}
