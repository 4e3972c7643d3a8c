package run.vendo.autoconfigure.web.webhook;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.autoconfigure.web.webhook.SharedHandlers.Body;
import run.vendo.autoconfigure.web.webhook.SharedHandlers.Data;
import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;
import run.vendo.webhook.WebhookEvent;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

/**
 * Handlers that only Spring WebFlux can call.
 */
final class ReactiveHandlers {

	private ReactiveHandlers() {
	}

	private static Mono<byte[]> join(Flux<DataBuffer> body) {
		return DataBufferUtils.join(body).map((buffer) -> {
			byte[] bytes = new byte[buffer.readableByteCount()];
			buffer.read(bytes);
			DataBufferUtils.release(buffer);
			return bytes;
		});
	}

	@RestController
	@RequestMapping("/stack")
	static class Annotated {

		private final Calls calls;

		Annotated(Calls calls) {
			this.calls = calls;
		}

		@VendoWebhookMapping("/mono")
		Mono<Void> mono(@RequestBody Mono<String> body) {
			return body.doOnNext(this.calls::add).then();
		}

		@VendoWebhookMapping("/mono-record")
		Mono<String> monoRecord(@RequestBody Mono<Body> body) {
			return body.map((each) -> each.data().slug()).doOnNext(this.calls::add);
		}

		@VendoWebhookMapping("/mono-event")
		Mono<String> monoEvent(Mono<WebhookEvent<Data>> event) {
			return event.map((each) -> each.data().slug()).doOnNext(this.calls::add);
		}

		@VendoWebhookMapping("/mono-entity")
		Mono<Void> monoEntity(HttpEntity<Mono<byte[]>> entity) {
			Mono<byte[]> body = entity.getBody();
			return (body != null) ? body.doOnNext(this.calls::add).then() : Mono.empty();
		}

		@VendoWebhookMapping("/flux")
		Mono<Void> flux(@RequestBody Flux<DataBuffer> body) {
			return join(body).doOnNext(this.calls::add).then();
		}

		@VendoWebhookMapping("/exchange")
		Mono<Void> exchange(ServerWebExchange exchange) {
			return exchange.getFormData().then(join(exchange.getRequest().getBody())).doOnNext(this.calls::add).then();
		}

		@VendoWebhookMapping("/request")
		Mono<Void> request(ServerHttpRequest request) {
			return join(request.getBody()).doOnNext(this.calls::add).then();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Functional {

		@Bean
		RouterFunction<ServerResponse> webhookRoutes(ReactiveVendoWebhookFilterFunctions webhooks, Calls calls) {
			return RouterFunctions.route()
				.POST("/stack/function",
						(request) -> request.bodyToMono(String.class)
							.doOnNext(calls::add)
							.flatMap((body) -> ServerResponse.ok()
								.bodyValue(ReactiveVendoWebhookFilterFunctions.event(request).type())))
				.filter(webhooks.verify())
				.build();
		}

		// The equal of a forward: another path, after the verification.
		@Bean
		@Order(0)
		WebFilter forward() {
			return (exchange, chain) -> {
				if (!exchange.getRequest().getPath().value().equals("/stack/forward")) {
					return chain.filter(exchange);
				}
				return chain.filter(exchange.mutate().request((request) -> request.path("/shared/nothing")).build());
			};
		}

	}

}
