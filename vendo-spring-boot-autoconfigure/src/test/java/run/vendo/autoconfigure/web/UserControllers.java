package run.vendo.autoconfigure.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.micrometer.context.ContextSnapshotFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.connection.Connection;
import run.vendo.sso.VendoIdentity;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Controllers that want to know the user, in every way there is.
 */
final class UserControllers {

	private UserControllers() {
	}

	private static Mono<String> elsewhere(Callable<String> call) {
		return Mono.fromCallable(call).subscribeOn(Schedulers.boundedElastic());
	}

	/**
	 * What works in both stacks.
	 */
	@RestController
	static class Shared {

		private final VendoClient application;

		private final VendoClient injected;

		private final ReactiveVendoClient reactive;

		Shared(VendoClient application, @ForRequest VendoClient injected, @ForRequest ReactiveVendoClient reactive) {
			this.application = application;
			this.injected = injected;
			this.reactive = reactive;
		}

		@GetMapping("/application")
		Mono<String> application() {
			return elsewhere(() -> this.application.token("slack"));
		}

		@GetMapping("/parameter")
		Mono<String> parameter(@ForRequest VendoClient vendo) {
			return elsewhere(() -> vendo.token("slack"));
		}

		@GetMapping("/reactive-parameter")
		Mono<String> reactiveParameter(@ForRequest ReactiveVendoClient vendo) {
			return vendo.token("slack");
		}

		@GetMapping("/reactive-injected")
		Mono<String> reactiveInjected() {
			return this.reactive.token("slack");
		}

		@GetMapping("/reactive-injected/tokens")
		Mono<String> tokens() {
			return this.reactive.connections().list().map(Connection::slug).collectList().map(List::toString);
		}

		@GetMapping("/reactive-injected/data")
		Mono<String> data() {
			return this.reactive.data().forConnection("cn_1").execute("ACT", Map.of()).map(JsonNode::stringValue);
		}

		@GetMapping("/reactive-injected/http")
		Mono<String> http() {
			return this.reactive.http()
				.get("/api/who")
				.query("page", 1)
				.retrieve(JsonNode.class)
				.map((node) -> node.path("data").stringValue());
		}

		@GetMapping("/reactive-injected/session")
		Mono<String> session(@RequestParam String url) {
			return this.reactive.session("slack").webClient().get().uri(url).retrieve().bodyToMono(String.class);
		}

		@GetMapping("/propagated")
		Mono<String> propagated() {
			ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().build();
			return Mono.deferContextual(
					(context) -> elsewhere(snapshots.captureAll(context).wrap(() -> this.injected.token("slack"))));
		}

		@GetMapping("/not-propagated")
		Mono<String> notPropagated() {
			return elsewhere(() -> this.injected.token("slack")).onErrorResume(IllegalStateException.class,
					(ex) -> Mono.just(String.valueOf(ex.getMessage())));
		}

		@GetMapping("/identity")
		String identity(VendoIdentity identity) {
			return describe(identity);
		}

		@GetMapping("/optional-identity")
		String optionalIdentity(Optional<VendoIdentity> identity) {
			return identity.map(UserControllers::describe).orElse("nobody");
		}

		@GetMapping("/nullable-identity")
		String nullableIdentity(@Nullable VendoIdentity identity) {
			return (identity != null) ? describe(identity) : "nobody";
		}

	}

	private static String describe(VendoIdentity identity) {
		return identity.userId() + " " + identity.email() + " " + identity.role();
	}

	/**
	 * What waits, and so belongs into Spring MVC.
	 */
	@RestController
	static class Blocking {

		private final VendoClient injected;

		private final ExecutorService executor = Executors.newSingleThreadExecutor();

		Blocking(@ForRequest VendoClient injected) {
			this.injected = injected;
		}

		@GetMapping("/injected")
		String injected() {
			return this.injected.token("slack");
		}

		@GetMapping("/injected/api")
		String api() {
			return this.injected.connections().list().get(0).slug();
		}

		@GetMapping("/injected/thread")
		String thread() {
			var connections = this.injected.connections();
			return CompletableFuture.supplyAsync(() -> connections.list().get(0).slug(), this.executor).join();
		}

	}

	/**
	 * The user as a mono.
	 */
	@RestController
	static class Reactive {

		@GetMapping("/mono-identity")
		Mono<String> identity(Mono<VendoIdentity> identity) {
			return identity.map(UserControllers::describe).defaultIfEmpty("nobody");
		}

	}

}
