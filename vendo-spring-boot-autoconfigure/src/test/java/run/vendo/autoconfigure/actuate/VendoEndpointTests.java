package run.vendo.autoconfigure.actuate;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.connection.Connection;
import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.fixture.Conditions;
import run.vendo.fixture.MutableClock;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VendoEndpoint} and {@link VendoInfoContributor}, on both web stacks.
 */
@Timeout(120)
class VendoEndpointTests {

	private static final JsonMapper JSON = new JsonMapper();

	private final OperatedPlatform platform = new OperatedPlatform();

	private final List<WebApplication> applications = new ArrayList<>();

	@AfterEach
	void close() {
		this.applications.forEach(WebApplication::close);
		this.platform.close();
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void showsWhatTheClientKnowsAndNoSecret(WebStack stack) {
		WebApplication application = start(stack, this.platform.properties("vendo.events.enabled=true"));
		VendoClient client = application.context().getBean(VendoClient.class);
		client.token("slack");
		client.token("slack");
		HttpResponse<String> answer = await(application,
				(vendo) -> vendo.path("balance").has("credits")
						&& vendo.path("events").path("state").asString("").equals("closed")
						&& vendo.path("connections").has("asOf") && !vendo.path("connections").has("error"));
		assertThat(answer.statusCode()).isEqualTo(200);
		JsonNode vendo = JSON.readTree(answer.body());
		assertThat(vendo.path("mode").asString()).isEqualTo("vendo");
		assertThat(vendo.path("apiKey").asString())
			.isEqualTo("vendo_sk_…" + TestClients.KEY.substring(TestClients.KEY.length() - 4));
		assertThat(vendo.path("urls").path("api").asString()).isEqualTo(this.platform.server().url().toString());
		assertThat(vendo.path("apiVersion").asString()).isEqualTo("2026-05-02");
		assertThat(vendo.path("version").asString()).isNotEmpty();
		JsonNode slack = vendo.path("connections").path("list").path(0);
		assertThat(slack.path("slug").asString()).isEqualTo("slack");
		assertThat(slack.path("status").asString()).isEqualTo("connected");
		assertThat(slack.path("profile").asString()).isEqualTo("user_oauth");
		assertThat(slack.path("token").path("expiresAt").asString()).isEqualTo("2999-01-01T00:00:00Z");
		assertThat(slack.path("token").path("usableUntil").asString()).isEqualTo("2998-12-31T23:59:00Z");
		JsonNode notion = vendo.path("connections").path("list").path(1);
		assertThat(notion.path("status").asString()).isEqualTo("needs_reauth");
		assertThat(notion.has("token")).isFalse();
		assertThat(vendo.path("connections").path("list").path(2).path("status").asString()).isEqualTo("tomorrows");
		assertThat(vendo.path("connections").has("error")).isFalse();
		assertThat(vendo.path("tokenCache").path("size").longValue()).isEqualTo(1);
		assertThat(vendo.path("tokenCache").path("hits").longValue()).isEqualTo(1);
		assertThat(vendo.path("tokenCache").path("misses").longValue()).isEqualTo(1);
		assertThat(vendo.path("balance").path("creditsMicros").longValue()).isEqualTo(12_500_000);
		assertThat(vendo.has("accounts")).isFalse();
		assertThat(answer.body()).doesNotContain(OperatedPlatform.CANARY, TestClients.KEY);
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void showsEachFurtherAccount(WebStack stack) {
		this.platform.balanceOf(TestClients.OTHER_KEY, 3_000_000);
		WebApplication application = start(stack,
				this.platform.properties("vendo.accounts.shop.api-key=" + TestClients.OTHER_KEY,
						"vendo.accounts.shop.api-version=2027-01-01",
						"management.health.vendo-accounts.enabled=false"));
		VendoClient client = application.context().getBean("shopVendoClient", VendoClient.class);
		client.token("slack");
		Conditions.await(() -> json(application).path("accounts").path("shop").path("balance").has("credits"));
		HttpResponse<String> answer = application.get("/actuator/vendo");
		assertThat(answer.body()).doesNotContain(OperatedPlatform.CANARY, TestClients.KEY, TestClients.OTHER_KEY);
		JsonNode vendo = JSON.readTree(answer.body());
		assertThat(vendo.path("tokenCache").path("size").longValue()).isZero();
		assertThat(vendo.path("accounts").propertyNames()).containsExactly("shop");
		JsonNode shop = vendo.path("accounts").path("shop");
		assertThat(shop.path("mode").asString()).isEqualTo("vendo");
		assertThat(shop.path("apiKey").asString())
			.isEqualTo("vendo_sk_…" + TestClients.OTHER_KEY.substring(TestClients.OTHER_KEY.length() - 4));
		assertThat(shop.path("apiVersion").asString()).isEqualTo("2027-01-01");
		assertThat(shop.path("urls").path("api").asString()).isEqualTo(this.platform.server().url().toString());
		assertThat(shop.path("tokenCache").path("size").longValue()).isEqualTo(1);
		assertThat(shop.path("balance").path("creditsMicros").longValue()).isEqualTo(3_000_000);
		// What is dropped is the application's own.
		assertThat(application.delete("/actuator/vendo/tokens/slack").statusCode()).isEqualTo(204);
		client.token("slack");
		assertThat(this.platform.asked("/slack")).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void deleteDropsTheTokensOfAllIdentities(WebStack stack) {
		WebApplication application = start(stack, this.platform.properties());
		VendoClient client = application.context().getBean(VendoClient.class);
		VendoClient user = client.forUser(TestClients.JWT);
		client.token("slack");
		user.token("slack");
		assertThat(this.platform.asked("/slack")).isEqualTo(2);
		assertThat(application.delete("/actuator/vendo/tokens/notion").statusCode()).isEqualTo(204);
		client.token("slack");
		assertThat(this.platform.asked("/slack")).isEqualTo(2);
		assertThat(application.delete("/actuator/vendo/tokens/slack").statusCode()).isEqualTo(204);
		client.token("slack");
		user.token("slack");
		assertThat(this.platform.asked("/slack")).isEqualTo(4);
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void deleteOfAnythingElseIsRefused(WebStack stack) {
		WebApplication application = start(stack, this.platform.properties());
		VendoClient client = application.context().getBean(VendoClient.class);
		client.token("slack");
		assertThat(application.delete("/actuator/vendo/connections/slack").statusCode()).isEqualTo(400);
		assertThat(application.delete("/actuator/vendo/tokens/%20").statusCode()).isEqualTo(400);
		client.token("slack");
		assertThat(this.platform.asked("/slack")).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void isNotExposedUnlessAskedFor(WebStack stack) {
		List<String> properties = this.platform.properties();
		properties.removeIf((property) -> property.startsWith("management.endpoints"));
		WebApplication application = start(stack, properties);
		assertThat(application.get("/actuator/vendo").statusCode()).isEqualTo(404);
		assertThat(application.delete("/actuator/vendo/tokens/slack").statusCode()).isEqualTo(404);
		assertThat(application.context().getBeansOfType(VendoEndpoint.class)).isEmpty();
	}

	@Test
	void whenThePlatformNeverAnswersThenShowsWhatWasKnownAfterASecond() {
		VirtualTimeScheduler time = VirtualTimeScheduler.create();
		MutableClock clock = new MutableClock();
		ScriptedConnections connections = new ScriptedConnections();
		try (VendoClient client = TestClients.vendo(this.platform.server().url()).build()) {
			VendoEndpoint endpoint = new VendoEndpoint(client, () -> connections, null, null, null,
					Duration.ofSeconds(1), time, clock);
			VendoDescriptor.Connections never = afterASecond(endpoint, time);
			assertThat(never.list()).isEmpty();
			assertThat(never.asOf()).isNull();
			assertThat(never.error()).isEqualTo("The platform has not answered within 1000 ms");
			connections.list(client.reactive().connections().list());
			clock.advance(VendoEndpoint.FRESH);
			Instant read = clock.instant();
			assertThat(endpoint.vendo().block(Duration.ofSeconds(20)).connections().list()).hasSize(3);
			connections.list(Flux.never());
			clock.advance(Duration.ofHours(1));
			VendoDescriptor.Connections known = afterASecond(endpoint, time);
			assertThat(known.list()).hasSize(3);
			assertThat(known.asOf()).isEqualTo(read.toString());
			assertThat(known.error()).isNotNull();
		}
	}

	@Test
	void whoLooksWithinTenSecondsSeesWhatWasReadAndWhatElseIsNew() {
		MutableClock clock = new MutableClock();
		ScriptedConnections connections = new ScriptedConnections();
		try (VendoClient client = TestClients.vendo(this.platform.server().url()).build()) {
			VendoEndpoint endpoint = endpoint(client, connections, clock);
			connections.list(Flux.fromIterable(client.connections().list()));
			assertThat(look(endpoint).list().get(0).token()).isNull();
			client.token("slack");
			clock.advance(Duration.ofMillis(9999));
			assertThat(look(endpoint).list().get(0).token()).isNotNull();
			assertThat(connections.asked).hasValue(1);
			clock.advance(Duration.ofMillis(1));
			look(endpoint);
			assertThat(connections.asked).hasValue(2);
		}
	}

	@Test
	void whoLooksWithinTenSecondsOfAFailureSeesIt() {
		MutableClock clock = new MutableClock();
		ScriptedConnections connections = new ScriptedConnections();
		try (VendoClient client = TestClients.vendo(this.platform.server().url()).build()) {
			VendoEndpoint endpoint = endpoint(client, connections, clock);
			connections.list(Flux.error(ScriptedEvents.failure(503)));
			assertThat(look(endpoint).error()).contains("503");
			connections.list(Flux.fromIterable(client.connections().list()));
			assertThat(look(endpoint).error()).contains("503");
			assertThat(connections.asked).hasValue(1);
			clock.advance(VendoEndpoint.FRESH);
			assertThat(look(endpoint).error()).isNull();
			assertThat(look(endpoint).list()).hasSize(3);
			assertThat(connections.asked).hasValue(2);
		}
	}

	@Test
	void allWhoLookAtOnceShareOneQuestion() throws Exception {
		ScriptedConnections connections = new ScriptedConnections();
		Sinks.Many<Connection> answer = Sinks.many().multicast().onBackpressureBuffer();
		connections.list(answer.asFlux());
		try (VendoClient client = TestClients.vendo(this.platform.server().url()).build()) {
			VendoEndpoint endpoint = endpoint(client, connections, new MutableClock());
			List<CompletableFuture<VendoDescriptor>> looks = new CopyOnWriteArrayList<>();
			CyclicBarrier together = new CyclicBarrier(16);
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				Thread thread = new Thread(() -> {
					await(together);
					looks.add(endpoint.vendo().toFuture());
				});
				threads.add(thread);
				thread.start();
			}
			for (Thread thread : threads) {
				thread.join();
			}
			assertThat(looks).hasSize(16).noneMatch(CompletableFuture::isDone);
			assertThat(connections.asked).hasValue(1);
			answer.tryEmitComplete().orThrow();
			assertThat(looks)
				.allSatisfy((look) -> assertThat(look.get(20, TimeUnit.SECONDS).connections().error()).isNull());
			assertThat(connections.asked).hasValue(1);
		}
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static VendoEndpoint endpoint(VendoClient client, ScriptedConnections connections, Clock clock) {
		return new VendoEndpoint(client, () -> connections, null, null, null, Duration.ofSeconds(1),
				VirtualTimeScheduler.create(), clock);
	}

	private static VendoDescriptor.Connections look(VendoEndpoint endpoint) {
		return endpoint.vendo().block(Duration.ofSeconds(20)).connections();
	}

	@Test
	void whenThePlatformRefusesThenSaysSoWithoutASecret() {
		this.platform.answer("/api/deployments/me/connections",
				(request) -> Response.json(401, "{\"error\":{\"code\":\"app_revoked\",\"message\":\"%s %s\"}}"
					.formatted(request.header("Authorization"), TestClients.KEY)));
		WebApplication application = start(WebStack.MVC, this.platform.properties());
		HttpResponse<String> answer = await(application,
				(vendo) -> vendo.path("connections").path("error").asString("").startsWith("AuthException"));
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(JSON.readTree(answer.body()).path("connections").path("error").asString())
			.startsWith("AuthException 401 app_revoked");
		assertThat(answer.body()).doesNotContain(TestClients.KEY);
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void inOssModeShowsTheProvidersOfTheEnvironment(WebStack stack) {
		WebApplication application = start(stack, List.of("management.endpoints.web.exposure.include=vendo",
				"OPENAI_API_KEY=" + OperatedPlatform.CANARY));
		HttpResponse<String> answer = await(application, (vendo) -> vendo.path("connections").has("asOf"));
		JsonNode vendo = JSON.readTree(answer.body());
		assertThat(vendo.path("mode").asString()).isEqualTo("oss");
		assertThat(vendo.has("apiKey")).isFalse();
		assertThat(vendo.has("balance")).isFalse();
		assertThat(vendo.has("events")).isFalse();
		assertThat(vendo.path("connections").path("list").findValuesAsString("slug")).contains("openai", "slack");
		assertThat(answer.body()).doesNotContain(OperatedPlatform.CANARY);
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void infoTellsWhereTheApplicationRunsAndOnWhat(WebStack stack) {
		WebApplication application = start(stack, this.platform.properties("vendo.deployment.id=dep_1",
				"vendo.deployment.slug=shop", "vendo.tenant-id=t_1"));
		HttpResponse<String> answer = application.get("/actuator/info");
		JsonNode vendo = JSON.readTree(answer.body()).path("vendo");
		assertThat(vendo.path("runningOnVendo").booleanValue()).isTrue();
		assertThat(vendo.path("deploymentId").asString()).isEqualTo("dep_1");
		assertThat(vendo.path("deploymentSlug").asString()).isEqualTo("shop");
		assertThat(vendo.path("tenantId").asString()).isEqualTo("t_1");
		assertThat(vendo.path("mode").asString()).isEqualTo("vendo");
		assertThat(vendo.path("apiVersion").asString()).isEqualTo("2026-05-02");
		assertThat(vendo.path("version").asString()).isNotEmpty();
		assertThat(answer.body()).doesNotContain(TestClients.KEY);
	}

	@Test
	void infoCanBeSwitchedOff() {
		WebApplication application = start(WebStack.MVC,
				this.platform.properties("management.info.vendo.enabled=false"));
		assertThat(application.get("/actuator/info").body()).doesNotContain("vendo");
	}

	private static VendoDescriptor.Connections afterASecond(VendoEndpoint endpoint, VirtualTimeScheduler time) {
		AtomicReference<VendoDescriptor> answer = new AtomicReference<>();
		endpoint.vendo().subscribe(answer::set);
		time.advanceTimeBy(Duration.ofMillis(999));
		assertThat(answer).hasNullValue();
		time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(answer).doesNotHaveNullValue();
		return answer.get().connections();
	}

	private WebApplication start(WebStack stack, List<String> properties) {
		WebApplication application = WebApplication.start(stack, properties);
		this.applications.add(application);
		return application;
	}

	// The endpoint waits no longer than a second for the connections, and shows for ten
	// what came of it.
	private static HttpResponse<String> await(WebApplication application, Predicate<JsonNode> condition) {
		AtomicReference<HttpResponse<String>> answer = new AtomicReference<>();
		Conditions.await(() -> {
			answer.set(application.get("/actuator/vendo"));
			return condition.test(JSON.readTree(answer.get().body()));
		});
		return answer.get();
	}

	private static JsonNode json(WebApplication application) {
		return JSON.readTree(application.get("/actuator/vendo").body());
	}

	/**
	 * Connections that are what a test wants, and count who asks.
	 */
	private static final class ScriptedConnections implements ReactiveConnectionsApi {

		private final AtomicInteger asked = new AtomicInteger();

		private volatile Flux<Connection> list = Flux.never();

		void list(Flux<Connection> list) {
			this.list = list;
		}

		@Override
		public Flux<Connection> list() {
			return Flux.defer(() -> {
				this.asked.incrementAndGet();
				return this.list;
			});
		}

		@Override
		public Mono<List<Connection>> snapshot() {
			return list().collectList();
		}

		@Override
		public Mono<Connection> get(String slug) {
			return Mono.empty();
		}

	}

}
