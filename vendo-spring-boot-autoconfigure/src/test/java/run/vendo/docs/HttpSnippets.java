package run.vendo.docs;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import io.netty.resolver.NoopAddressResolverGroup;
import reactor.netty.transport.ProxyProvider;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.http.RateLimit;

import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;

class HttpSnippets {

	private final VendoClient vendo;

	HttpSnippets(VendoClient vendo) {
		this.vendo = vendo;
	}

	void get() {
		// tag::get[]
		JsonNode tool = this.vendo.http().get("/api/tools/{slug}", "slack").retrieve(JsonNode.class);
		// end::get[]
	}

	void post(String orderId) {
		// tag::post[]
		ResponseEntity<JsonNode> answer = this.vendo.http()
			.post("/api/connections")
			.body(Map.of("slug", "slack"))
			.idempotencyKey("order-" + orderId)
			.timeout(Duration.ofSeconds(10))
			.toEntity(JsonNode.class);
		// end::post[]
	}

	void rateLimit() {
		// tag::rate-limit[]
		Optional<RateLimit> api = this.vendo.http().rateLimit();
		Optional<RateLimit> worker = this.vendo.http().rateLimit("credentials.vendo.run");
		// end::rate-limit[]
	}

}

// tag::proxy[]
@Configuration(proxyBeanMethods = false)
class ProxyConfiguration {

	@Bean
	ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> proxy() {
		return (builder) -> builder.withHttpClientCustomizer((client) -> client
			.proxy((proxy) -> proxy.type(ProxyProvider.Proxy.HTTP).host("proxy.example.com").port(3128))
			.resolver(NoopAddressResolverGroup.INSTANCE));
	}

}
// end::proxy[]
