package run.vendo.autoconfigure.actuate;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.event.VendoEvent;
import run.vendo.fixture.Conditions;
import run.vendo.fixture.MutableClock;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;

import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an operator sees at {@code /actuator/health}, on both web stacks.
 */
@Timeout(120)
class VendoHealthTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static final String LAB_KEY = "vendo_sk_lablablablablablablablablablabla";

	private final OperatedPlatform platform = new OperatedPlatform();

	private final List<WebApplication> applications = new ArrayList<>();

	@AfterEach
	void close() {
		this.platform.server().hold().open();
		this.applications.forEach(WebApplication::close);
		this.platform.close();
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void balanceAndCapsAreShown(WebStack stack) {
		WebApplication application = start(stack);
		JsonNode vendo = awaitHealth(application, "vendo", VendoHealthTests::hasCaps);
		assertThat(vendo.path("status").asString()).isEqualTo("UP");
		JsonNode details = vendo.path("details");
		assertThat(details.path("mode").asString()).isEqualTo("vendo");
		assertThat(details.path("state").asString()).isEqualTo("available");
		assertThat(details.path("credits").decimalValue()).isEqualByComparingTo("12.5");
		assertThat(details.path("creditsMicros").longValue()).isEqualTo(12_500_000);
		assertThat(details.path("currency").asString()).isEqualTo("USD");
		assertThat(details.path("topUpUrl").asString()).startsWith("https://vendo.run/billing");
		assertThat(details.path("age").asString()).matches("\\d+s");
		assertThat(details.path("asOf").asString()).endsWith("Z");
		JsonNode caps = details.path("spendCaps");
		assertThat(caps.path("daily").has("cap")).isFalse();
		assertThat(caps.path("daily").path("used").decimalValue()).isEqualByComparingTo("0.5");
		assertThat(caps.path("monthly").path("cap").decimalValue()).isEqualByComparingTo("50");
		assertThat(caps.path("monthly").path("usedMicros").longValue()).isEqualTo(500_000);
		assertThat(this.platform.asked(OperatedPlatform.BALANCE)).isEqualTo(1);
	}

	static Stream<Arguments> states() {
		List<State> states = List.of(
				new State("low", (platform) -> platform.balance(19_999_999), "vendo.health.low-balance=20",
						"LOW_BALANCE", "UP", 200),
				new State("not low", (platform) -> platform.balance(20_000_000), "vendo.health.low-balance=20", "UP",
						"UP", 200),
				new State("exhausted", (platform) -> platform.balance(0), "a=b", "OUT_OF_SERVICE", "OUT_OF_SERVICE",
						503),
				new State("exhausted, as configured", (platform) -> platform.balance(-1),
						"vendo.health.exhausted-status=low-balance", "LOW_BALANCE", "UP", 200),
				new State("capped", (platform) -> platform.caps(500_000L, 500_000), "a=b", "OUT_OF_SERVICE",
						"OUT_OF_SERVICE", 503),
				new State("rejected", (platform) -> platform.fail(401, "app_revoked"), "a=b", "DOWN", "DOWN", 503),
				new State("rate limited", (platform) -> platform.fail(429, "rate_limited"), "a=b", "UNKNOWN", "UP",
						200),
				new State("gone", OperatedPlatform::close, "a=b", "UNKNOWN", "UP", 200),
				new State("broken", (platform) -> platform.fail(500, "internal"), "a=b", "UNKNOWN", "UP", 200));
		// What leads to a state has nothing to do with the stack: one of each status will
		// do there.
		List<String> reactive = List.of("low", "capped", "rejected", "gone");
		return Stream.concat(states.stream().map((state) -> Arguments.of(WebStack.MVC, state)),
				states.stream()
					.filter((state) -> reactive.contains(state.name()))
					.map((state) -> Arguments.of(WebStack.WEBFLUX, state)));
	}

	@ParameterizedTest
	@MethodSource("states")
	void everyStateIsShownRightlyAndProbesDoNotNotice(WebStack stack, State state) {
		state.platform().accept(this.platform);
		WebApplication application = start(stack, state.property());
		awaitHealth(application, "vendo",
				(health) -> !isPending(health) && health.path("status").asString("").equals(state.status()));
		HttpResponse<String> whole = application.get("/actuator/health");
		assertThat(json(whole).path("status").asString()).isEqualTo(state.whole());
		assertThat(whole.statusCode()).isEqualTo(state.http());
		assertThat(whole.body()).doesNotContain(OperatedPlatform.CANARY, TestClients.KEY);
		for (String probe : List.of("liveness", "readiness")) {
			HttpResponse<String> answer = application.get("/actuator/health/" + probe);
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(json(answer).path("status").asString()).isEqualTo("UP");
			assertThat(answer.body()).doesNotContain("vendo");
		}
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void whenThePlatformNeverAnswersThenHealthDoesAtOnce(WebStack stack) {
		StubServer.Gate gate = this.platform.server().hold();
		WebApplication application = start(stack);
		gate.awaitArrivals(2);
		HttpResponse<String> answer = application.get("/actuator/health");
		assertThat(answer.statusCode()).isEqualTo(200);
		JsonNode vendo = json(answer).path("components").path("vendo");
		assertThat(vendo.path("status").asString()).isEqualTo("UNKNOWN");
		assertThat(isPending(vendo)).isTrue();
		assertThat(application.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
		// Nobody has been answered yet.
		assertThat(this.platform.server().count()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void eachAccountHasHealthOfItsOwn(WebStack stack) {
		this.platform.balanceOf(TestClients.OTHER_KEY, 3_000_000);
		this.platform.refuse(LAB_KEY);
		WebApplication application = start(stack, "vendo.accounts.shop.api-key=" + TestClients.OTHER_KEY,
				"vendo.accounts.lab.api-key=" + LAB_KEY);
		JsonNode accounts = awaitHealth(application, "vendoAccounts",
				(health) -> !isPending(account(health, "shop")) && !isPending(account(health, "lab")));
		assertThat(accounts.path("components").propertyNames()).containsExactlyInAnyOrder("shop", "lab");
		JsonNode shop = account(accounts, "shop");
		assertThat(shop.path("status").asString()).isEqualTo("UP");
		assertThat(shop.path("details").path("mode").asString()).isEqualTo("vendo");
		assertThat(shop.path("details").path("creditsMicros").longValue()).isEqualTo(3_000_000);
		assertThat(account(accounts, "lab").path("status").asString()).isEqualTo("DOWN");
		assertThat(account(accounts, "lab").path("details").path("state").asString()).isEqualTo("rejected");
		JsonNode own = awaitHealth(application, "vendo", (health) -> !isPending(health));
		assertThat(own.path("details").path("creditsMicros").longValue()).isEqualTo(12_500_000);
		assertThat(own.path("status").asString()).isEqualTo("UP");
		HttpResponse<String> one = application.get("/actuator/health/vendoAccounts/shop");
		assertThat(one.statusCode()).isEqualTo(200);
		HttpResponse<String> whole = application.get("/actuator/health");
		assertThat(whole.statusCode()).isEqualTo(503);
		assertThat(whole.body()).doesNotContain(OperatedPlatform.CANARY, TestClients.KEY, TestClients.OTHER_KEY,
				LAB_KEY);
		for (String probe : List.of("liveness", "readiness")) {
			HttpResponse<String> answer = application.get("/actuator/health/" + probe);
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).doesNotContain("vendo");
		}
		assertThat(healthThreads()).hasSize(1);
		application.close();
		Conditions.await(() -> healthThreads().isEmpty());
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void accountsHaveHealthWhereTheApplicationItselfIsInOssMode(WebStack stack) {
		List<String> properties = this.platform.properties("vendo.accounts.shop.api-key=" + TestClients.OTHER_KEY);
		properties.removeIf((property) -> property.startsWith("vendo.api-key"));
		WebApplication application = start(stack, properties);
		awaitHealth(application, "vendoAccounts", (health) -> !isPending(account(health, "shop")));
		assertThat(json(application.get("/actuator/health")).path("components").propertyNames())
			.doesNotContain("vendo");
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void whenThePlatformNeverAnswersThenHealthOfAccountsDoesAtOnce(WebStack stack) {
		StubServer.Gate gate = this.platform.server().hold();
		WebApplication application = start(stack, "vendo.accounts.shop.api-key=" + TestClients.OTHER_KEY);
		gate.awaitArrivals(4);
		JsonNode shop = account(health(application, "vendoAccounts"), "shop");
		assertThat(shop.path("status").asString()).isEqualTo("UNKNOWN");
		assertThat(isPending(shop)).isTrue();
		assertThat(this.platform.server().count()).isEqualTo(4);
	}

	@Test
	void accountsAreReadWhereBeansAreLazyToo() {
		WebApplication application = start(WebStack.MVC, "spring.main.lazy-initialization=true",
				"vendo.accounts.shop.api-key=" + TestClients.OTHER_KEY);
		awaitHealth(application, "vendoAccounts", (health) -> !isPending(account(health, "shop")));
	}

	@Test
	void anEventOfTheApplicationSaysNothingOfAnotherAccount() {
		WebApplication application = start(WebStack.MVC, "vendo.accounts.shop.api-key=" + TestClients.OTHER_KEY);
		awaitHealth(application, "vendoAccounts", (health) -> hasCaps(account(health, "shop")));
		awaitHealth(application, "vendo", VendoHealthTests::hasCaps);
		StubServer.Gate gate = this.platform.server().hold();
		application.context()
			.publishEvent(VendoEvent.of("billing.balance_changed", "{\"id\":\"e1\",\"remaining_micros\":4000000}"));
		assertThat(health(application, "vendo").path("details").path("creditsMicros").longValue()).isEqualTo(4_000_000);
		assertThat(
				account(health(application, "vendoAccounts"), "shop").path("details").path("creditsMicros").longValue())
			.isEqualTo(12_500_000);
		gate.open();
	}

	private static JsonNode account(JsonNode accounts, String name) {
		return accounts.path("components").path(name);
	}

	@Test
	void timeIsThatOfTheApplicationsClock() {
		this.platform.answer(OperatedPlatform.EVENTS,
				(request) -> new Response(200, Map.of("Content-Type", "text/event-stream"), ": ping\n\n"));
		WebApplication application = start(WebStack.MVC, this.platform.properties("vendo.events.enabled=true"),
				LongAgo.class);
		MutableClock clock = application.context().getBean(MutableClock.class);
		JsonNode details = awaitHealth(application, "vendo", VendoHealthTests::hasCaps).path("details");
		assertThat(details.path("asOf").asString()).isEqualTo("2001-02-03T04:05:06Z");
		assertThat(details.path("age").asString()).isEqualTo("0s");
		JsonNode stream = awaitHealth(application, "vendoEvents",
				(health) -> health.path("details").has("lastHeartbeatAge"));
		assertThat(stream.path("details").path("lastHeartbeatAge").asString()).isEqualTo("0s");
		// The endpoint waits no longer than a second, and then says so for a while.
		Conditions.await(() -> {
			clock.advance(VendoEndpoint.FRESH);
			return json(application.get("/actuator/vendo")).path("connections").has("asOf");
		});
		assertThat(json(application.get("/actuator/vendo")).path("connections").path("asOf").asString())
			.isEqualTo(clock.instant().toString());
	}

	@Test
	void whileThePlatformIsGoneAnExhaustedBalanceIsStillShownWithItsAge() {
		this.platform.balance(0);
		WebApplication application = start(WebStack.MVC);
		awaitHealth(application, "vendo", (health) -> !isPending(health));
		this.platform.fail(503, "upstream_error");
		Lifecycle monitor = (Lifecycle) application.context().getBean(BalanceMonitor.class);
		monitor.stop();
		monitor.start();
		JsonNode vendo = awaitHealth(application, "vendo", (health) -> health.path("details").has("error"));
		assertThat(vendo.path("status").asString()).isEqualTo("OUT_OF_SERVICE");
		assertThat(vendo.path("details").path("state").asString()).isEqualTo("exhausted");
		assertThat(vendo.path("details").path("age").asString()).matches("\\d+s");
		assertThat(vendo.path("details").path("error").asString()).startsWith("UpstreamException 503");
		assertThat(application.get("/actuator/health").statusCode()).isEqualTo(503);
	}

	@Test
	void whatAnErrorSaysIsShownWithItsRequestId() {
		this.platform.answer(OperatedPlatform.BALANCE, (request) -> new Response(401,
				Map.of("Vendo-Error-Code", "app_revoked", "Vendo-Request-Id", "req_7"), "{}"));
		JsonNode vendo = awaitHealth(start(WebStack.MVC), "vendo", (health) -> !isPending(health));
		assertThat(vendo.path("details").path("state").asString()).isEqualTo("rejected");
		assertThat(vendo.path("details").path("error").asString()).startsWith("AuthException 401 app_revoked");
		assertThat(vendo.path("details").path("requestId").asString()).isEqualTo("req_7");
	}

	@Test
	void aBalanceEventIsShownAtOnceAndMakesTheFiguresBeReadAgain() {
		WebApplication application = start(WebStack.MVC);
		// The caps come last: before that, nothing else is asked.
		awaitHealth(application, "vendo", VendoHealthTests::hasCaps);
		this.platform.balance(3_000_000);
		StubServer.Gate gate = this.platform.server().hold();
		application.context()
			.publishEvent(VendoEvent.of("billing.balance_changed", "{\"id\":\"e1\",\"remaining_micros\":4000000}"));
		assertThat(health(application, "vendo").path("details").path("creditsMicros").longValue()).isEqualTo(4_000_000);
		gate.awaitArrivals(2);
		gate.open();
		awaitHealth(application, "vendo",
				(health) -> health.path("details").path("creditsMicros").longValue() == 3_000_000);
	}

	@Test
	void aGroupOfItsOwnShowsTheLowBalance() {
		WebApplication application = start(WebStack.MVC, "vendo.health.low-balance=20",
				"management.endpoint.health.group.credit.include=vendo");
		awaitHealth(application, "vendo", (health) -> !isPending(health));
		HttpResponse<String> answer = application.get("/actuator/health/credit");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(json(answer).path("status").asString()).isEqualTo("LOW_BALANCE");
	}

	@Test
	void anApplicationMayGiveTheLowBalanceAnotherPlace() {
		WebApplication application = start(WebStack.MVC, "vendo.health.low-balance=20",
				"management.endpoint.health.status.order=down,low-balance,up",
				"management.endpoint.health.status.http-mapping.low-balance=299");
		awaitHealth(application, "vendo", (health) -> !isPending(health));
		HttpResponse<String> answer = application.get("/actuator/health");
		assertThat(json(answer).path("status").asString()).isEqualTo("LOW_BALANCE");
		assertThat(answer.statusCode()).isEqualTo(299);
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void inOssModeThereIsNone(WebStack stack) {
		WebApplication application = start(stack, List.of("vendo.events.enabled=true",
				"management.health.vendo.enabled=true", "management.endpoint.health.show-details=always"));
		HttpResponse<String> answer = application.get("/actuator/health");
		assertThat(json(answer).path("status").asString()).isEqualTo("UP");
		assertThat(json(answer).path("components").propertyNames()).contains("ping")
			.doesNotContain("vendo", "vendoEvents");
		// That of an application before may be about to end.
		Conditions.await(() -> healthThreads().isEmpty());
	}

	@Test
	void whenTheApplicationEndsThenNoThreadIsLeft() {
		WebApplication application = start(WebStack.MVC);
		awaitHealth(application, "vendo", (health) -> !isPending(health));
		Conditions.await(() -> healthThreads().size() == 1);
		assertThat(healthThreads()).allMatch(Thread::isDaemon);
		application.close();
		Conditions.await(() -> healthThreads().isEmpty());
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void streamIsShownInEveryState(WebStack stack) {
		WebApplication application = start(stack, this.platform.properties("vendo.events.enabled=true"),
				ScriptedEvents.class);
		ScriptedEvents events = application.context().getBean(ScriptedEvents.class);
		events.awaitSubscription();
		assertStream(application, "UNKNOWN", "pending", 200);
		events.listener().onConnected(false);
		JsonNode details = assertStream(application, "UP", "connected", 200);
		assertThat(details.path("connectedSince").asString()).endsWith("Z");
		assertThat(details.path("reconnects").longValue()).isZero();
		assertThat(details.has("lastEventAge")).isFalse();
		events.listener().onSignOfLife();
		events.send(VendoEvent.of("tomorrow.news", "{\"id\":\"u1\"}"));
		awaitHealth(application, "vendoEvents", (health) -> health.path("details").has("lastEventAge"));
		details = assertStream(application, "UP", "connected", 200);
		assertThat(details.path("lastEventAge").asString()).matches("\\d+s");
		assertThat(details.path("lastHeartbeatAge").asString()).matches("\\d+s");
		events.listener().onInterrupted(ScriptedEvents.failure(503), 1, Duration.ZERO);
		details = assertStream(application, "UNKNOWN", "interrupted", 200);
		assertThat(details.path("error").asString()).contains("503").doesNotContain(OperatedPlatform.CANARY);
		assertThat(details.has("connectedSince")).isFalse();
		events.listener().onConnected(true);
		details = assertStream(application, "UP", "connected", 200);
		assertThat(details.path("reconnects").longValue()).isEqualTo(1);
		assertThat(details.path("error").asString()).contains("503");
		events.fail(403);
		assertStream(application, "DOWN", "refused", 503);
		assertThat(application.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
		assertThat(application.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void whenThePlatformRefusesTheStreamThenHealthShowsIt(WebStack stack) {
		this.platform.answer(OperatedPlatform.EVENTS, (request) -> Response.error(401, "app_revoked"));
		WebApplication application = start(stack, "vendo.events.enabled=true");
		JsonNode stream = awaitHealth(application, "vendoEvents",
				(health) -> health.path("status").asString("").equals("DOWN"));
		assertThat(stream.path("details").path("state").asString()).isEqualTo("refused");
		assertThat(stream.path("details").path("error").asString()).startsWith("AuthException 401 app_revoked");
		assertThat(this.platform.asked(OperatedPlatform.EVENTS)).isEqualTo(1);
		assertThat(application.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
	}

	@Test
	void whenThePlatformHasNoEventsThenTheStreamIsClosedAndNotDown() {
		WebApplication application = start(WebStack.MVC, "vendo.events.enabled=true");
		JsonNode stream = awaitHealth(application, "vendoEvents",
				(health) -> health.path("details").path("state").asString("").equals("closed"));
		assertThat(stream.path("status").asString()).isEqualTo("UNKNOWN");
	}

	@Test
	void whereTheStreamHasGotToIsShown() {
		this.platform.answer(OperatedPlatform.EVENTS, (request) -> {
			if (request.header("Last-Event-ID") != null) {
				return Response.status(204);
			}
			return new Response(200, Map.of("Content-Type", "text/event-stream"),
					"id: 42\nevent: tomorrow.news\ndata: {\"id\":\"u1\"}\n\n");
		});
		JsonNode details = awaitHealth(start(WebStack.MVC, "vendo.events.enabled=true"), "vendoEvents",
				(health) -> health.path("details").path("state").asString("").equals("closed"))
			.path("details");
		assertThat(details.path("lastEventId").asString()).isEqualTo("42");
		assertThat(details.path("lastEventAge").asString()).matches("\\d+s");
		assertThat(details.path("lastHeartbeatAge").asString()).matches("\\d+s");
	}

	private JsonNode assertStream(WebApplication application, String status, String state, int http) {
		JsonNode stream = awaitHealth(application, "vendoEvents",
				(health) -> health.path("details").path("state").asString("").equals(state));
		assertThat(stream.path("status").asString()).isEqualTo(status);
		awaitHealth(application, "vendo", (health) -> !isPending(health));
		assertThat(application.get("/actuator/health").statusCode()).isEqualTo(http);
		return stream.path("details");
	}

	private WebApplication start(WebStack stack, String... properties) {
		return start(stack, this.platform.properties(properties));
	}

	private WebApplication start(WebStack stack, List<String> properties, Class<?>... sources) {
		WebApplication application = WebApplication.start(stack, properties, sources);
		this.applications.add(application);
		return application;
	}

	private static JsonNode awaitHealth(WebApplication application, String component, Predicate<JsonNode> condition) {
		AtomicReference<JsonNode> health = new AtomicReference<>();
		Conditions.await(() -> {
			health.set(health(application, component));
			return condition.test(health.get());
		});
		return health.get();
	}

	private static JsonNode health(WebApplication application, String component) {
		return json(application.get("/actuator/health")).path("components").path(component);
	}

	private static boolean isPending(JsonNode health) {
		return health.path("details").path("state").asString("pending").equals("pending");
	}

	private static boolean hasCaps(JsonNode health) {
		return health.path("details").has("spendCaps");
	}

	private static JsonNode json(HttpResponse<String> answer) {
		return JSON.readTree(answer.body());
	}

	private static List<Thread> healthThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("vendo-health"))
			.filter((thread) -> !thread.getName().startsWith("vendo-health-test"))
			.toList();
	}

	private record State(String name, Consumer<OperatedPlatform> platform, String property, String status, String whole,
			int http) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LongAgo {

		@Bean
		MutableClock longAgo() {
			MutableClock clock = new MutableClock();
			clock.set(Instant.parse("2001-02-03T04:05:06Z"));
			return clock;
		}

	}

}
