package run.vendo.catalog;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.error.ForbiddenException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CatalogApi} and {@link ReactiveCatalogApi}.
 */
class CatalogApiTests {

	@AutoClose
	private final StubServer server = StubServer.start();

	@AutoClose
	private final VendoClient client = TestClients.oss(this.server.url()).build();

	static Stream<Arguments> calls() {
		return Stream.of(call("/api/tools/catalog", (api) -> Optional.of(api.tools()), (api) -> api.tools().block()),
				call("/api/tools/deployable", (api) -> Optional.of(api.deployableTools()),
						(api) -> api.deployableTools().block()),
				call("/api/tools/a%2Fb", (api) -> api.tool("a/b"), (api) -> api.tool("a/b").block()),
				call("/api/tools/n8n/usage-framing", (api) -> api.usageFraming("n8n"),
						(api) -> api.usageFraming("n8n").block()),
				call("/api/tools/n8n/integrations", (api) -> api.toolIntegrations("n8n"),
						(api) -> api.toolIntegrations("n8n").block()),
				call("/api/tools/n8n/integrations?appId=a%201", (api) -> api.toolIntegrations("n8n", "a 1"),
						(api) -> api.toolIntegrations("n8n", "a 1").block()),
				call("/api/pricing/models", (api) -> Optional.of(api.modelPricing()),
						(api) -> api.modelPricing().block()),
				call("/api/pricing/integrations", (api) -> Optional.of(api.integrationPricing()),
						(api) -> api.integrationPricing().block()),
				call("/api/pricing/public/slack", (api) -> api.pricing("slack"),
						(api) -> api.pricing("slack").block()));
	}

	private static Arguments call(String target, Function<CatalogApi, Optional<JsonNode>> blocking,
			Function<ReactiveCatalogApi, JsonNode> reactive) {
		return Arguments.of(target, blocking, reactive);
	}

	@ParameterizedTest
	@MethodSource("calls")
	void passesOnWhatCameWithoutAKey(String target, Function<CatalogApi, Optional<JsonNode>> blocking,
			Function<ReactiveCatalogApi, JsonNode> reactive) {
		this.server.respond((request) -> Response.json("{\"anything\":[1]}"));
		assertThat(blocking.apply(this.client.catalog()).orElseThrow().at("/anything/0").intValue()).isEqualTo(1);
		assertThat(reactive.apply(this.client.reactive().catalog()).has("anything")).isTrue();
		assertThat(this.server.requests()).hasSize(2).allSatisfy((request) -> {
			assertThat(request.method()).isEqualTo("GET");
			assertThat(request.path() + ((request.query() != null) ? "?" + request.query() : "")).isEqualTo(target);
			assertThat(request.header("Authorization")).isNull();
		});
	}

	@Test
	void whenVendoDoesNotKnowItShouldBeEmpty() {
		this.server.respond((request) -> Response.status(404));
		CatalogApi catalog = this.client.catalog();
		assertThat(catalog.tool("nope")).isEmpty();
		assertThat(catalog.usageFraming("nope")).isEmpty();
		assertThat(catalog.toolIntegrations("nope")).isEmpty();
		assertThat(catalog.toolIntegrations("nope", "app")).isEmpty();
		assertThat(catalog.pricing("nope")).isEmpty();
	}

	@Test
	void whenRefusedShouldNotBeEmptyAndSayWhatItWasAbout() {
		this.server.respond((request) -> Response.status(403));
		CatalogApi catalog = this.client.catalog();
		for (Runnable call : List.<Runnable>of(() -> catalog.tool("n8n"), () -> catalog.usageFraming("n8n"),
				() -> catalog.toolIntegrations("n8n"), () -> catalog.toolIntegrations("n8n", "a1"),
				() -> catalog.pricing("n8n"))) {
			assertThatExceptionOfType(ForbiddenException.class).isThrownBy(call::run)
				.satisfies((ex) -> assertThat(ex.slug()).isEqualTo("n8n"));
		}
	}

	@Test
	void whenAnswerIsNotJsonShouldFail() {
		this.server.respond((request) -> new Response(200, java.util.Map.of("Content-Type", "text/html"), "<html>"));
		assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> this.client.catalog().tools());
	}

	@Test
	void whenNameIsBlankShouldSendNothing() {
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.client.catalog().tool(" "));
		assertThatIllegalArgumentException().isThrownBy(() -> this.client.catalog().toolIntegrations("n8n", " "));
		assertThat(this.server.count()).isZero();
	}

	@Test
	void whenThereIsAKeyShouldSendIt() {
		this.server.respond((request) -> Response.json("{}"));
		try (VendoClient vendo = TestClients.vendo(this.server.url()).build()) {
			vendo.catalog().tools();
		}
		assertThat(this.server.lastRequest().header("Authorization")).isEqualTo("Bearer " + TestClients.KEY);
	}

}
