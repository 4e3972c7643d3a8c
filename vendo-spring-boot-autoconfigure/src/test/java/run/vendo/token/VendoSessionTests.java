package run.vendo.token;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

import run.vendo.VendoClient;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.fixture.Callers;
import run.vendo.fixture.MutableClock;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.TokenWorker;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for HTTP clients that carry a provider's token.
 */
class VendoSessionTests {

	private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	@AutoClose
	private final TokenWorker worker = new TokenWorker();

	@AutoClose
	private final StubServer provider = StubServer.start();

	private final Map<String, String> environment = new ConcurrentHashMap<>();

	private final MutableClock clock = new MutableClock();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.worker.url())
		.environment(this.environment::get)
		.clock(this.clock)
		.build();

	/**
	 * The two clients of a session.
	 */
	enum Stack {

		WEB_CLIENT {
			@Override
			ResponseEntity<String> exchange(VendoSession session, HttpMethod method, URI uri, String body) {
				var request = session.webClient().method(method).uri(uri).header("X-Own", "kept").contentType(TEXT);
				Mono<ResponseEntity<String>> answer = ((body != null) ? request.bodyValue(body) : request)
					.exchangeToMono((response) -> response.toEntity(String.class));
				return answer.block(Duration.ofSeconds(20));
			}
		},

		REST_CLIENT {
			@Override
			ResponseEntity<String> exchange(VendoSession session, HttpMethod method, URI uri, String body) {
				var request = session.restClient().method(method).uri(uri).header("X-Own", "kept").contentType(TEXT);
				return ((body != null) ? request.body(body) : request).exchange((sent, response) -> {
					String text = new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
					return new ResponseEntity<>(text, response.getHeaders(), response.getStatusCode());
				});
			}
		};

		abstract ResponseEntity<String> exchange(VendoSession session, HttpMethod method, URI uri, String body);

		ResponseEntity<String> get(VendoSession session, URI uri) {
			return exchange(session, HttpMethod.GET, uri, null);
		}

	}

	private URI uri() {
		return this.provider.url().resolve("/v1/things");
	}

	private void accept(String token) {
		this.provider.respond((request) -> request.header(HttpHeaders.AUTHORIZATION).equals("Bearer " + token)
				? Response.json("{\"ok\":true}") : Response.json(401, "{\"ok\":false}"));
	}

	private List<String> tokensSeen() {
		return this.provider.requests()
			.stream()
			.map((request) -> request.header(HttpHeaders.AUTHORIZATION).replace("Bearer ", ""))
			.toList();
	}

	@ParameterizedTest
	@EnumSource
	void carriesTheTokenAndNothingOfVendos(Stack stack) {
		accept("slack-1");
		VendoSession session = this.client.forUser(TestClients.JWT).session("slack");
		assertThat(session.slug()).isEqualTo("slack");
		assertThat(this.worker.count()).isZero();
		assertThat(stack.get(session, uri()).getStatusCode().value()).isEqualTo(200);
		assertThat(stack.get(session, uri()).getBody()).isEqualTo("{\"ok\":true}");
		assertThat(this.worker.count()).isEqualTo(1);
		assertThat(this.worker.requests().get(0).header("X-Vendo-User-JWT")).isEqualTo(TestClients.JWT);
		Request request = this.provider.lastRequest();
		assertThat(request.headers().get(HttpHeaders.AUTHORIZATION)).containsExactly("Bearer slack-1");
		assertThat(request.header("X-Own")).isEqualTo("kept");
		assertThat(request.headers().headerNames()).noneMatch((name) -> name.toLowerCase().contains("vendo"));
		assertThat(request.headers().toString()).doesNotContain(TestClients.KEY, TestClients.JWT);
	}

	@ParameterizedTest
	@EnumSource
	void whenProviderAnswers401ThenFetchesOnceAndRepeatsOnce(Stack stack) {
		this.client.token("slack");
		accept("slack-2");
		ResponseEntity<String> answer = stack.get(this.client.session("slack"), uri());
		assertThat(answer.getStatusCode().value()).isEqualTo(200);
		assertThat(answer.getBody()).isEqualTo("{\"ok\":true}");
		assertThat(tokensSeen()).containsExactly("slack-1", "slack-2");
		assertThat(this.worker.count()).isEqualTo(2);
		assertThat(this.provider.lastRequest().headers().get(HttpHeaders.AUTHORIZATION)).hasSize(1);
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
	}

	@ParameterizedTest
	@EnumSource
	void whenProviderAnswers401AgainThenThatIsTheAnswer(Stack stack) {
		accept("none");
		ResponseEntity<String> answer = stack.get(this.client.session("slack"), uri());
		assertThat(answer.getStatusCode().value()).isEqualTo(401);
		assertThat(answer.getBody()).isEqualTo("{\"ok\":false}");
		assertThat(tokensSeen()).containsExactly("slack-1", "slack-2");
		assertThat(this.worker.count()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void whenProviderRefusesOtherwiseThenNothingIsRepeated(Stack stack) {
		for (int status : new int[] { 400, 403, 404, 407, 429, 500, 503 }) {
			this.provider.respond((request) -> Response.json(status, "{}"));
			assertThat(stack.get(this.client.session("slack"), uri()).getStatusCode().value()).isEqualTo(status);
		}
		assertThat(this.provider.count()).isEqualTo(7);
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void whenRequestHasABodyThenItIsRepeatedIntact(Stack stack) {
		accept("slack-2");
		String body = "füllung-".repeat(100_000);
		assertThat(stack.exchange(this.client.session("slack"), HttpMethod.POST, uri(), body).getStatusCode().value())
			.isEqualTo(200);
		assertThat(this.provider.requests()).hasSize(2).allSatisfy((request) -> {
			assertThat(request.method()).isEqualTo("POST");
			assertThat(request.text()).isEqualTo(body);
			assertThat(request.header(HttpHeaders.CONTENT_TYPE)).startsWith("text/plain");
			assertThat(request.header("X-Own")).isEqualTo("kept");
		});
	}

	@Test
	void whenBodyIsAPublisherThenItIsRepeatedIntact() {
		accept("slack-2");
		Flux<DataBuffer> body = Flux.range(0, 50)
			.map((i) -> DefaultDataBufferFactory.sharedInstance.wrap(("part " + i + "\n").getBytes()));
		String expected = IntStream.range(0, 50).mapToObj((i) -> "part " + i + "\n").reduce("", String::concat);
		this.client.session("slack")
			.webClient()
			.post()
			.uri(uri())
			.body(BodyInserters.fromDataBuffers(body))
			.retrieve()
			.toBodilessEntity()
			.block(Duration.ofSeconds(20));
		assertThat(this.provider.requests()).hasSize(2)
			.allSatisfy((request) -> assertThat(request.text()).isEqualTo(expected));
	}

	@ParameterizedTest
	@EnumSource
	void whenManyAreRefusedAtOnceThenThereIsOneFetch(Stack stack) {
		int callers = 40;
		this.client.token("slack");
		accept("slack-2");
		VendoSession session = this.client.session("slack");
		Gate gate = this.provider.hold();
		Callers<Integer> calling = Callers.start(callers, () -> stack.get(session, uri()).getStatusCode().value());
		gate.awaitArrivals(callers);
		gate.open();
		assertThat(calling.results()).hasSize(callers).containsOnly(200);
		assertThat(this.worker.count()).isEqualTo(2);
		assertThat(this.provider.count()).isEqualTo(2 * callers);
	}

	@ParameterizedTest
	@EnumSource
	void whenTokenWasReplacedMeanwhileThenTheNewOneIsUsedWithoutAFetch(Stack stack) {
		accept("slack-2");
		VendoSession session = this.client.session("slack");
		Gate gate = this.provider.hold();
		Callers<Integer> calling = Callers.start(1, () -> stack.get(session, uri()).getStatusCode().value());
		gate.awaitArrival();
		this.client.invalidate("slack");
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
		gate.open();
		assertThat(calling.result()).isEqualTo(200);
		assertThat(this.worker.count()).isEqualTo(2);
		assertThat(this.client.token("slack")).isEqualTo("slack-2");
	}

	@ParameterizedTest
	@EnumSource
	void whenTokenIsRefusedThenOnlyThatIdentitysIsDropped(Stack stack) {
		VendoClient alice = this.client.forUser(TestClients.JWT);
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		accept("slack-3");
		stack.get(alice.session("slack"), uri());
		assertThat(tokensSeen()).containsExactly("slack-2", "slack-3");
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		assertThat(this.worker.count()).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource
	void whenTokenIsAnOverrideThenNothingIsRepeated(Stack stack) {
		this.environment.put("VENDO_TOKEN_SLACK", "own");
		accept("none");
		assertThat(stack.get(this.client.session("slack"), uri()).getStatusCode().value()).isEqualTo(401);
		assertThat(tokensSeen()).containsExactly("own");
		assertThat(this.worker.count()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenInOssModeThenTheVariableIsCarriedAndNothingRepeated(Stack stack) {
		this.environment.put("SLACK_BOT_TOKEN", "primary");
		accept("none");
		try (VendoClient oss = TestClients.oss(this.worker.url()).environment(this.environment::get).build()) {
			assertThat(stack.get(oss.session("slack"), uri()).getStatusCode().value()).isEqualTo(401);
			assertThat(tokensSeen()).containsExactly("primary");
			assertThatExceptionOfType(NotConnectedException.class)
				.isThrownBy(() -> stack.get(oss.session("notion"), uri()));
		}
		assertThat(this.provider.count()).isEqualTo(1);
		assertThat(this.worker.count()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenOverrideChangesWhileARequestIsUnderWayThenTheNewOneIsTried(Stack stack) {
		accept("own");
		VendoSession session = this.client.session("slack");
		Gate gate = this.provider.hold();
		Callers<Integer> calling = Callers.start(1, () -> stack.get(session, uri()).getStatusCode().value());
		gate.awaitArrival();
		this.environment.put("VENDO_TOKEN_SLACK", "own");
		gate.open();
		assertThat(calling.result()).isEqualTo(200);
		assertThat(tokensSeen()).containsExactly("slack-1", "own");
	}

	@ParameterizedTest
	@EnumSource
	void whenThereIsNoOtherTokenThenCallFailsWithTheReason(Stack stack) {
		this.client.token("slack");
		this.worker.fail(401, "connection_needs_reauth");
		accept("none");
		assertThatExceptionOfType(NeedsReauthException.class)
			.isThrownBy(() -> stack.get(this.client.session("slack"), uri()))
			.satisfies((ex) -> assertThat(ex.slug()).isEqualTo("slack"));
		assertThat(this.provider.count()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void whenProviderRedirectsThenTokenIsNotCarriedOn(Stack stack) {
		try (StubServer elsewhere = StubServer.start()) {
			for (int status : new int[] { 301, 302, 303, 307, 308 }) {
				for (URI target : List.of(elsewhere.url(), this.provider.url().resolve("/other"))) {
					this.provider.respond((request) -> new Response(status, Map.of("Location", target.toString()), ""));
					int before = this.provider.count();
					ResponseEntity<String> answer = stack.get(this.client.session("slack"), uri());
					assertThat(answer.getStatusCode().value()).isEqualTo(status);
					assertThat(answer.getHeaders().getLocation()).isEqualTo(target);
					assertThat(this.provider.count()).isEqualTo(before + 1);
				}
			}
			assertThat(elsewhere.count()).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTokenRunsOutThenTheNextRequestCarriesAnother(Stack stack) {
		accept("slack-1");
		VendoSession session = this.client.session("slack");
		stack.get(session, uri());
		this.clock.advance(Duration.ofMinutes(50));
		accept("slack-2");
		assertThat(stack.get(session, uri()).getStatusCode().value()).isEqualTo(200);
		assertThat(tokensSeen()).containsExactly("slack-1", "slack-2");
	}

	@ParameterizedTest
	@EnumSource
	void whenCallerSetsAnAuthorizationOfItsOwnThenTheTokenTakesItsPlace(Stack stack) {
		accept("slack-2");
		VendoSession session = this.client.session("slack");
		if (stack == Stack.WEB_CLIENT) {
			session.webClient()
				.get()
				.uri(uri())
				.header(HttpHeaders.AUTHORIZATION, "Basic b3du")
				.retrieve()
				.toBodilessEntity()
				.block(Duration.ofSeconds(20));
		}
		else {
			session.restClient()
				.get()
				.uri(uri())
				.header(HttpHeaders.AUTHORIZATION, "Basic b3du")
				.retrieve()
				.toBodilessEntity();
		}
		assertThat(this.provider.requests())
			.allSatisfy((request) -> assertThat(request.headers().get(HttpHeaders.AUTHORIZATION)).hasSize(1));
		assertThat(tokensSeen()).containsExactly("slack-1", "slack-2");
	}

	@Test
	void whenClientsAreMutatedThenFurtherInterceptorsSeeBothRequests() {
		accept("slack-2");
		List<String> seen = new CopyOnWriteArrayList<>();
		this.client.session("slack").restClient().mutate().requestInterceptor((request, body, execution) -> {
			seen.add(String.valueOf(request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION)));
			return execution.execute(request, body);
		}).build().get().uri(uri()).retrieve().toBodilessEntity();
		assertThat(seen).containsExactly("Bearer slack-1", "Bearer slack-2");
	}

	@Test
	void whenAskedAgainThenTheSameClientsAreReturned() {
		VendoSession session = this.client.session("slack");
		assertThat(session.webClient()).isSameAs(session.webClient());
		assertThat(session.restClient()).isSameAs(session.restClient());
		assertThat(this.client.reactive().session("slack").slug()).isEqualTo("slack");
	}

	@Test
	void whenDescribedThenNoTokenIsTold() {
		VendoSession session = this.client.session("slack");
		this.client.token("slack");
		assertThat(session).hasToString("VendoSession[slug=slack]");
	}

	@Test
	void whenProviderDoesNotAnswerWebClientGivesUp() {
		VirtualTimeScheduler time = VirtualTimeScheduler.create();
		try (VendoClient patient = this.client.mutate().scheduler(time).build()) {
			patient.token("slack");
			Gate gate = this.provider.hold();
			CompletableFuture<String> answer = patient.session("slack")
				.webClient()
				.get()
				.uri(uri())
				.retrieve()
				.bodyToMono(String.class)
				.toFuture();
			gate.awaitArrival();
			time.advanceTimeBy(Duration.ofSeconds(29));
			assertThat(answer).isNotDone();
			time.advanceTimeBy(Duration.ofSeconds(1));
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> answer.get(20, TimeUnit.SECONDS))
				.withCauseInstanceOf(WebClientRequestException.class)
				.withStackTraceContaining("within 30000 ms");
			gate.open();
		}
	}

}
