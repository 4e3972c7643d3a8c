package run.vendo.autoconfigure.web.webhook;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link AbstractWebhookHandlerFormTests} in Spring WebFlux.
 */
class ReactiveWebhookHandlerFormTests extends AbstractWebhookHandlerFormTests {

	ReactiveWebhookHandlerFormTests() {
		super(Stack.REACTIVE, Bodies.class);
	}

	@Test
	void whenTheBodyOfAFunctionalEndpointDoesTheWorkThenItsDeliveryIsHandledOnce() {
		String event = WebhookServer.event();
		assertThat(server().deliver("/body", event).body()).isEqualTo("done");
		assertThat(server().deliver("/body", event).body()).isEmpty();
		assertThat(server().calls().all()).containsExactly("/body");
	}

	@Test
	void whenTheBodyOfAFunctionalEndpointFailsThenItsDeliveryRunsWhenItComesAgain() {
		String event = WebhookServer.event();
		for (int i = 0; i < 2; i++) {
			assertThat(server().deliver("/failing-body", event).statusCode()).isEqualTo(500);
		}
		assertThat(server().calls().all()).containsExactly("/failing-body", "/failing-body");
	}

	/**
	 * Whose status is there before the work is done.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Bodies {

		@Bean
		RouterFunction<ServerResponse> anyMethodRoutes(ReactiveVendoWebhookFilterFunctions webhooks, Calls calls) {
			return RouterFunctions.route().route(RequestPredicates.path("/functions/{team}"), (request) -> {
				calls.add("/functions/");
				return ServerResponse.ok().build();
			}).POST("/functions-too", (request) -> {
				calls.add("/functions-too");
				return ServerResponse.ok().build();
			}).route((request) -> request.path().startsWith("/anything/"), (request) -> {
				calls.add("/anything/");
				return ServerResponse.ok().build();
			}).filter(webhooks.verify()).build();
		}

		@Bean
		RouterFunction<ServerResponse> bodyRoutes(ReactiveVendoWebhookFilterFunctions webhooks, Calls calls) {
			return RouterFunctions.route().POST("/body", (request) -> ServerResponse.ok().body(Mono.fromSupplier(() -> {
				calls.add("/body");
				return "done";
			}), String.class)).POST("/failing-body", (request) -> ServerResponse.ok().body(Mono.fromCallable(() -> {
				calls.add("/failing-body");
				throw new IllegalStateException("Not today");
			}), String.class)).filter(webhooks.verify()).build();
		}

	}

}
