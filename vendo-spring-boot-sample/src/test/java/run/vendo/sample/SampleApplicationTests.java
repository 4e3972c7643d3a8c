package run.vendo.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.test.PlatformFault;
import run.vendo.test.VendoPlatform;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext
class SampleApplicationTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@Autowired
	private VendoPlatform platform;

	@Autowired
	private VendoClient vendo;

	@Value("${local.server.port}")
	private int port;

	@BeforeEach
	void reset() {
		this.platform.clearFaults();
		this.platform.needsReauth("slack");
	}

	@Test
	void pageListsConnectionsWithTheirStatusAndALinkForThoseThatDoNotWork() {
		String page = get("/").body();
		assertThat(page).contains("OpenAI", "connected", "needs reauth")
			.contains("href=\"/connect/slack\"")
			.contains("href=\"/connect/notion\"");
	}

	@Test
	void nothingThatABrowserSeesHoldsTheKeyOrAToken() {
		for (String path : new String[] { "/", "/api/connections", "/api/token/openai", "/api/token/notion",
				"/api/balance" }) {
			assertThat(get(path).body()).as(path)
				.doesNotContain(this.platform.apiKey())
				.doesNotContain(this.platform.token("openai"));
		}
	}

	@Test
	void connectingInThePortalLeadsBackToAPageThatShowsIt() {
		HttpResponse<String> link = get("/connect/slack");
		assertThat(link.statusCode()).isEqualTo(303);
		URI portal = location(link);
		assertThat(send(HttpRequest.newBuilder(portal).build()).body()).contains("Approve");
		HttpResponse<String> approved = send(HttpRequest.newBuilder(portal)
			.header(HttpHeaders.CONTENT_TYPE, "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("decision=approve"))
			.build());
		assertThat(location(approved)).isEqualTo(uri("/connected"));
		assertThat(get("/").body()).doesNotContain("needs reauth");
	}

	@Test
	void portalIsForThisMachineAloneAndLeadsBackToNoOther() throws Exception {
		MockMvc mvc = MockMvcBuilders.standaloneSetup(new ConnectRedirect(this.vendo)).build();
		String here = mvc.perform(MockMvcRequestBuilders.get("http://localhost:8080/connect/slack"))
			.andReturn()
			.getResponse()
			.getHeader(HttpHeaders.LOCATION);
		assertThat(here).endsWith("return_to=http%3A%2F%2Flocalhost%3A8080%2Fconnected");
		for (MockHttpServletRequestBuilder elsewhere : List.of(
				MockMvcRequestBuilders.get("http://evil.example/connect/slack"),
				MockMvcRequestBuilders.get("http://localhost.evil.example/connect/slack"),
				MockMvcRequestBuilders.get("http://localhost/connect/slack").header("X-Forwarded-For", "203.0.113.9"),
				MockMvcRequestBuilders.get("http://localhost/connect/slack").header("Via", "1.1 tunnel"),
				MockMvcRequestBuilders.get("http://localhost/connect/slack").remoteAddress("203.0.113.9"))) {
			MockHttpServletResponse answer = mvc.perform(elsewhere).andReturn().getResponse();
			assertThat(answer.getStatus()).isEqualTo(403);
			assertThat(answer.getHeader(HttpHeaders.LOCATION)).isNull();
		}
	}

	@Test
	void tokenIsMasked() {
		HttpResponse<String> answer = get("/api/token/openai");
		String token = this.platform.token("openai");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body())
			.isEqualTo("{\"slug\":\"openai\",\"token\":\"…%s\"}".formatted(token.substring(token.length() - 4)));
	}

	@Test
	void missingConnectionIsAnErrorWithTheButtonThatHelps() {
		HttpResponse<String> answer = get("/api/token/slack");
		assertThat(answer.statusCode()).isEqualTo(409);
		assertThat(answer.headers().firstValue(HttpHeaders.CONTENT_TYPE)).contains("application/problem+json");
		assertThat(answer.body()).contains("\"code\":\"connection_needs_reauth\"", "\"slug\":\"slack\"")
			.containsPattern("\"button\":\\{\"label\":\"Connect slack\",\"url\":\"http[^\"]+\"}");
	}

	@Test
	void balanceIsInTheCurrencyOfTheAccount() {
		this.platform.balance(1_230_000);
		assertThat(get("/api/balance").body()).contains("\"credits\":1.23", "\"currency\":\"USD\"");
	}

	@Test
	void invalidatedTokenIsReplacedByAnother() {
		String before = get("/api/token/openai").body();
		assertThat(get("/api/token/openai").body()).isEqualTo(before);
		HttpResponse<String> answer = send(
				HttpRequest.newBuilder(uri("/connections/openai/invalidate")).POST(BodyPublishers.noBody()).build());
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(get("/api/token/openai").body()).isNotEqualTo(before);
	}

	@Test
	void whenPlatformIsDownPageSaysSoAndProbeDoesNotNotice() {
		this.platform.failNext(PlatformFault.status(503).always());
		assertThat(get("/").body()).contains("<h1>Connections", "503");
		assertThat(get("/api/balance").statusCode()).isEqualTo(502);
		assertThat(get("/healthz").body()).isEqualTo("ok");
	}

	@Test
	void unknownProviderIsNotFound() {
		assertThat(get("/api/token/nope").statusCode()).isEqualTo(404);
	}

	@Test
	void notAProviderIsABadRequest() {
		assertThat(get("/connect/%20").statusCode()).isEqualTo(400);
		assertThat(get("/api/token/%20").statusCode()).isEqualTo(400);
	}

	private HttpResponse<String> get(String path) {
		return send(HttpRequest.newBuilder(uri(path)).build());
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.port + path);
	}

	private static URI location(HttpResponse<String> response) {
		return URI.create(response.headers().firstValue(HttpHeaders.LOCATION).orElseThrow());
	}

	private HttpResponse<String> send(HttpRequest request) {
		try {
			return this.http.send(request, BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
