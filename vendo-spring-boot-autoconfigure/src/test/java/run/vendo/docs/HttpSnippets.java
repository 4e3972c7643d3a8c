package run.vendo.docs;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.netty.resolver.NoopAddressResolverGroup;
import reactor.netty.transport.ProxyProvider;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.http.ExchangeListener;
import run.vendo.http.Page;
import run.vendo.http.Paging;
import run.vendo.http.RateLimit;
import run.vendo.http.ResponseCaching;
import run.vendo.http.VendoCredential;

import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.cache.CacheManager;
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

	void pages(String sessionCookie, String appId) {
		// tag::pages[]
		VendoClient signedIn = this.vendo.mutate().credential(VendoCredential.sessionCookie(sessionCookie)).build();
		Stream<JsonNode> all = signedIn.http().pages("/api/keys", JsonNode.class);
		Paging paging = Paging.of("/api/apps/{id}/log", appId)
			.parameters("page[limit]", "page[offset]")
			.itemsField("rows")
			.totalField("count")
			.pageSize(50);
		for (Page<JsonNode> page : (Iterable<Page<JsonNode>>) signedIn.http().pages(paging, JsonNode.class)::iterator) {
			System.out.println(page.offset() + " of " + page.total() + ": " + page.items().size());
		}
		// end::pages[]
	}

	static class ListenerConfiguration {

		// tag::listener[]
		@Bean
		ExchangeListener slowCalls() {
			return (report) -> {
				if (report.duration().toSeconds() >= 5) {
					System.out.println("Slow: " + report);
				}
			};
		}
		// end::listener[]

		// tag::caching[]
		@Bean
		ResponseCaching vendoAnswers(CacheManager caches) {
			return ResponseCaching.in(caches.getCache("vendo"))
				.keep("/api/tools/**", Duration.ofMinutes(10))
				.keep("/api/integrations", Duration.ofMinutes(5));
		}
		// end::caching[]

	}

	void caching() {
		// tag::cache-for[]
		JsonNode fresh = this.vendo.http().get("/api/tools/catalog").cacheFor(Duration.ZERO).retrieve(JsonNode.class);
		JsonNode kept = this.vendo.http()
			.get("/api/pricing/models")
			.cacheFor(Duration.ofHours(1))
			.retrieve(JsonNode.class);
		// end::cache-for[]
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
