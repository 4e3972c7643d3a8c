package run.vendo.autoconfigure.web;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.UserPlatform;
import run.vendo.fixture.VirtualThreads;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;
import run.vendo.sso.VendoIdentity;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where the user behind a request may go, and where not.
 */
class UserHandOverTests {

	private static final String JDK_21 = "Virtual threads need JDK 21: run the tests on one to see them";

	private static final int USERS = 200;

	private final UserPlatform platform = new UserPlatform();

	@AfterEach
	void stop() {
		this.platform.close();
	}

	private WebApplication start(WebStack stack, String... properties) {
		return WebApplication.start(stack, this.platform.behindProxy(properties), Users.class, Tasks.class,
				Executors.class);
	}

	private static String get(WebApplication application, String path, String user) {
		HttpResponse<String> answer = application.get(path, "X-Vendo-User-Id", user, "X-Vendo-User-JWT", "jwt-" + user);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return answer.body();
	}

	@ParameterizedTest
	@EnumSource
	void whatAParameterIsBelongsToItsUserAlsoInTheCourseOfAnotherRequest(WebStack stack) {
		try (WebApplication application = start(stack)) {
			get(application, "/keep", "alice");
			get(application, "/keep", "carol");
			for (String thread : List.of("same", "other")) {
				assertThat(get(application, "/kept?whose=alice&thread=" + thread, "bob")).isEqualTo("slack of alice");
				assertThat(get(application, "/kept?whose=carol&thread=" + thread, "alice")).isEqualTo("slack of carol");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatAnInjectedClientPromisesIsForWhoeverSubscribes(WebStack stack) {
		try (WebApplication application = start(stack)) {
			get(application, "/promise", "alice");
			assertThat(get(application, "/promised", "bob")).isEqualTo("slack of bob");
			assertThat(get(application, "/promised", "alice")).isEqualTo("slack of alice");
		}
	}

	@Test
	void whatAnInjectedClientPromisesIsForNobodyOnAThreadThatKnowsNobody() {
		try (WebApplication application = start(WebStack.MVC)) {
			get(application, "/promise", "alice");
			assertThat(get(application, "/promised-elsewhere", "bob")).contains("VendoClient.forUser(jwt)");
		}
	}

	@Test
	void anAsyncMethodTakesTheClientOfItsCaller() {
		try (WebApplication application = start(WebStack.MVC)) {
			assertThat(get(application, "/async/parameter", "alice")).isEqualTo("slack of alice");
			assertThat(get(application, "/async/parameter", "bob")).isEqualTo("slack of bob");
			assertThat(get(application, "/async/injected", "alice")).contains("VendoClient.forUser(jwt)");
		}
	}

	@Test
	void anInjectedClientGoesWhereTheContextIsPropagatedAndLeavesNothingThere() {
		try (WebApplication application = start(WebStack.MVC)) {
			assertThat(get(application, "/async/propagated", "alice")).isEqualTo("slack of alice");
			assertThat(get(application, "/async/propagated", "bob")).isEqualTo("slack of bob");
			ThreadPoolTaskExecutor executor = application.context()
				.getBean("propagating", ThreadPoolTaskExecutor.class);
			VendoClient injected = application.context().getBean("vendoClientForRequest", VendoClient.class);
			assertThat(executor.getPoolSize()).isEqualTo(1);
			// The thread that alice and bob had, for nobody.
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> executor.submit(() -> injected.token("slack")).get())
				.havingCause()
				.isInstanceOf(IllegalStateException.class)
				.withMessageContaining("VendoClient.forUser(jwt)");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/async/parameter", "/async/propagated" })
	void simultaneousUsersKeepApartOnSharedThreads(String path) {
		try (WebApplication application = start(WebStack.MVC)) {
			assertCrowd(application, path, 1);
		}
	}

	@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = JDK_21)
	@ParameterizedTest
	@ValueSource(strings = { "/injected", "/virtual/parameter" })
	void simultaneousUsersKeepApartOnVirtualThreads(String path) {
		try (WebApplication application = start(WebStack.MVC, "spring.threads.virtual.enabled=true",
				"vendo.http.pool.max-connections=" + USERS)) {
			assertThat(get(application, "/virtual", "alice")).isEqualTo("true");
			assertCrowd(application, path, USERS);
		}
	}

	/**
	 * Let many users ask for their tokens at once.
	 * @param application the application
	 * @param path where
	 * @param atOnce how many of them get as far as the platform at the same moment
	 */
	private void assertCrowd(WebApplication application, String path, int atOnce) {
		Gate gate = this.platform.hold();
		List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
		for (int user = 0; user < USERS; user++) {
			answers.add(application.getAsync(path, "X-Vendo-User-Id", "user-" + user, "X-Vendo-User-JWT",
					"jwt-user-" + user));
		}
		gate.awaitArrivals(atOnce);
		gate.open();
		for (int user = 0; user < USERS; user++) {
			assertThat(answers.get(user).join().body()).isEqualTo("slack of user-" + user);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class Executors {

		@Bean(defaultCandidate = false)
		ThreadPoolTaskExecutor plain() {
			return single();
		}

		@Bean(defaultCandidate = false)
		ThreadPoolTaskExecutor propagating() {
			ThreadPoolTaskExecutor executor = single();
			executor.setTaskDecorator(new ContextPropagatingTaskDecorator());
			return executor;
		}

		private static ThreadPoolTaskExecutor single() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(1);
			executor.setMaxPoolSize(1);
			executor.setDaemon(true);
			return executor;
		}

	}

	static class Tasks {

		private final VendoClient injected;

		Tasks(@ForRequest VendoClient injected) {
			this.injected = injected;
		}

		@Async("plain")
		CompletableFuture<String> parameter(VendoClient vendo) {
			return CompletableFuture.completedFuture(vendo.token("slack"));
		}

		@Async("plain")
		CompletableFuture<String> injected() {
			return CompletableFuture.completedFuture(this.injected.token("slack"));
		}

		@Async("propagating")
		CompletableFuture<String> propagated() {
			return CompletableFuture.completedFuture(this.injected.token("slack"));
		}

	}

	@RestController
	static class Users {

		private final VendoClient injected;

		private final ReactiveVendoClient reactive;

		private final Tasks tasks;

		private final Map<String, VendoClient> kept = new ConcurrentHashMap<>();

		private volatile Mono<String> promise = Mono.empty();

		Users(@ForRequest VendoClient injected, @ForRequest ReactiveVendoClient reactive, Tasks tasks) {
			this.injected = injected;
			this.reactive = reactive;
			this.tasks = tasks;
		}

		@GetMapping("/keep")
		String keep(@ForRequest VendoClient vendo, VendoIdentity identity) {
			this.kept.put(identity.userId(), vendo);
			return "kept";
		}

		@GetMapping("/kept")
		Mono<String> kept(@RequestParam String whose, @RequestParam String thread) {
			VendoClient vendo = this.kept.get(whose);
			return thread.equals("same") ? vendo.reactive().token("slack") : elsewhere(() -> vendo.token("slack"));
		}

		@GetMapping("/promise")
		String promise() {
			this.promise = this.reactive.token("slack");
			return "promised";
		}

		@GetMapping("/promised")
		Mono<String> promised() {
			return this.promise;
		}

		@GetMapping("/promised-elsewhere")
		Mono<String> promisedElsewhere() {
			return elsewhere(() -> this.promise.toFuture().join())
				.onErrorResume((ex) -> Mono.just("" + ex.getMessage()));
		}

		private static Mono<String> elsewhere(Callable<String> call) {
			return Mono.fromCallable(call).subscribeOn(Schedulers.boundedElastic());
		}

		@GetMapping("/async/parameter")
		CompletableFuture<String> async(@ForRequest VendoClient vendo) {
			return this.tasks.parameter(vendo);
		}

		@GetMapping("/async/injected")
		CompletableFuture<String> asyncInjected() {
			return this.tasks.injected().exceptionally((ex) -> String.valueOf(ex.getMessage()));
		}

		@GetMapping("/async/propagated")
		CompletableFuture<String> asyncPropagated() {
			return this.tasks.propagated();
		}

		@GetMapping("/injected")
		String injected() {
			return this.injected.token("slack");
		}

		@GetMapping("/virtual")
		String virtual() {
			return String.valueOf(VirtualThreads.isVirtual(Thread.currentThread()));
		}

		@GetMapping("/virtual/parameter")
		CompletableFuture<String> virtual(@ForRequest VendoClient vendo) {
			ExecutorService threads = VirtualThreads.newExecutor();
			CompletableFuture<String> token = CompletableFuture.supplyAsync(() -> vendo.token("slack"), threads);
			threads.shutdown();
			return token;
		}

	}

}
