package run.vendo.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.test.VendoPlatform;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a page of another site tries, byte by byte, on an application without sign-in.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext
@Timeout(120)
class ForeignRequestsTests {

	private static final String TEXT = "this machine alone";

	@Autowired
	private VendoPlatform platform;

	@Autowired
	@Qualifier("requestMappingHandlerMapping")
	private RequestMappingHandlerMapping mappings;

	@Value("${local.server.port}")
	private int port;

	@Test
	void anotherNameLeadsToNothing() {
		List<String> requests = Stream
			.concat(mapped(),
					Stream.of("GET /actuator", "GET /actuator/health", "GET /actuator/metrics", "GET /actuator/vendo",
							"DELETE /actuator/vendo/openai", "GET /console.js",
							"GET /webjars/htmx.org/dist/htmx.min.js", "GET /nothing-here", "GET /error",
							"POST /connect/openai", "OPTIONS /", "HEAD /", "TRACE /", "PUT /"))
			.filter((request) -> !request.equals("GET /healthz"))
			.toList();
		assertThat(requests)
			.contains("GET /", "GET /parts/connections", "GET /live", "POST /connections/openai/invalidate",
					"POST /demo/outage", "GET /pictures/openai", "GET /api/token/openai", "GET /api/me/token/openai")
			.hasSizeGreaterThan(30);
		String token = this.platform.token("openai");
		for (String request : requests) {
			String answer = send(request, "Host: evil.example:" + this.port);
			assertThat(answer).as(request).startsWith("HTTP/1.1 " + (request.startsWith("TRACE") ? "4" : "421 "));
			assertThat(answer).as(request).doesNotContain("openai", "Slack", token.substring(token.length() - 4));
			if (!request.startsWith("HEAD") && !request.startsWith("TRACE")) {
				assertThat(answer).as(request).contains(TEXT, "sample.hosts");
			}
		}
		assertThat(this.platform.token("openai")).isEqualTo(token);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost.evil.example.",
					"evil-localhost", "localhost.evil", "127.0.0.1.", "127.0.0.1.nip.io", "2130706433", "0x7f000001",
					"0.0.0.0", "10.0.0.1", "[::2]", "[::ffff:10.0.0.1]", "[fe80::1]", "host.docker.internal" })
	void hostsThatOnlyLookLikeThisMachineAreRefused(String host) {
		assertThat(send("GET /", "Host: " + host)).startsWith("HTTP/1.1 421 ").contains(TEXT);
		assertThat(send("GET /", "Host: " + host + ":" + this.port)).startsWith("HTTP/1.1 421 ").contains(TEXT);
		assertThat(send("GET /", "Host: " + host + "\r\nX-Forwarded-Host: localhost\r\nForwarded: host=localhost"))
			.startsWith("HTTP/1.1 421 ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost@evil.example", "localhost:80:80", "localhost/evil.example", "local host",
			"[::1].evil.example", "localhost\r\nHost: evil.example", "evil.example\r\nHost: localhost", "" })
	void hostsThatAreNoneAreRefused(String host) {
		assertThat(send("GET /", "Host: " + host)).startsWith("HTTP/1.1 4").doesNotContain("Connections");
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "LocalHost", "localhost.", "vendo.localhost", "127.0.0.1", "127.8.9.10",
			"[::1]", "[0:0:0:0:0:0:0:1]" })
	void thisMachineIsServedOnAnyPort(String host) {
		for (String suffix : List.of("", ":" + this.port, ":49152")) {
			assertThat(send("GET /", "Host: " + host + suffix)).startsWith("HTTP/1.1 200 ");
			assertThat(send("POST /connections/openai/invalidate",
					"Host: " + host + suffix + "\r\nOrigin: http://" + host + suffix))
				.startsWith("HTTP/1.1 200 ");
		}
	}

	@Test
	void probeIsAnsweredWhateverItCallsThisMachine() {
		for (String host : List.of("10.0.0.1:8080", "some-deployment.example", "")) {
			assertThat(send("GET /healthz", "Host: " + host)).startsWith("HTTP/1.1 200 ").endsWith("ok");
			assertThat(send("POST /healthz", "Host: " + host)).startsWith("HTTP/1.1 421 ");
			assertThat(send("GET /healthz/../api/connections", "Host: " + host)).startsWith("HTTP/1.1 421 ");
			for (String path : List.of("/healthz/", "/actuator/health/../../healthz", "/a/..;/healthz", "/%68ealthz",
					"/healthz;x", "//healthz")) {
				assertThat(send("GET " + path, "Host: " + host)).as(path).startsWith("HTTP/1.1 4").doesNotEndWith("ok");
			}
		}
	}

	@Test
	void requestWithoutHostIsRefused() {
		assertThat(exchange("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 400 ");
		assertThat(exchange("GET / HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 421 ").contains(TEXT);
	}

	@Test
	void hostInTheRequestLineCounts() {
		String line = "GET http://%s/ HTTP/1.%d\r\n%sConnection: close\r\n\r\n";
		assertThat(exchange(line.formatted("evil.example", 1, "Host: evil.example\r\n"))).startsWith("HTTP/1.1 421 ");
		assertThat(exchange(line.formatted("evil.example", 1, "Host: localhost\r\n"))).startsWith("HTTP/1.1 400 ");
		assertThat(exchange(line.formatted("localhost", 1, "Host: evil.example\r\n"))).startsWith("HTTP/1.1 400 ");
		assertThat(exchange(line.formatted("evil.example", 0, ""))).startsWith("HTTP/1.1 421 ");
		assertThat(exchange(line.formatted("localhost", 1, "Host: localhost\r\n"))).startsWith("HTTP/1.1 200 ");
	}

	@ParameterizedTest
	@MethodSource("changes")
	void pageOfAnotherSiteChangesNothing(String request) {
		String token = this.platform.token("openai");
		for (String header : List.of("Origin: https://evil.example", "Origin: null", "Origin: http://localhost:1",
				"Origin: http://localhost.evil.example:" + this.port, "Origin: http://localhost", "Origin: :::",
				"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: anything-new",
				"Sec-Fetch-Site: cross-site\r\nOrigin: http://localhost:" + this.port)) {
			assertThat(send(request, "Host: localhost:" + this.port + "\r\n" + header)).as(header)
				.startsWith("HTTP/1.1 403 ")
				.contains("another site");
		}
		assertThat(this.platform.token("openai")).isEqualTo(token);
	}

	static Stream<String> changes() {
		return Stream.of("POST /connections/openai/invalidate", "POST /demo/connections?slug=openai&act=EXPIRE",
				"POST /demo/balance?micros=0", "POST /demo/outage", "POST /demo/webhooks/signed",
				"POST /demo/user?name=alice", "DELETE /actuator/vendo/openai", "PUT /nothing-here");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin\r\nOrigin: null",
			"Sec-Fetch-Site: none", "X-Other: header" })
	void ownPageAndWhatIsNoBrowserMayChange(String header) {
		assertThat(send("POST /connections/openai/invalidate", "Host: localhost:" + this.port + "\r\n" + header))
			.startsWith("HTTP/1.1 200 ");
	}

	@Test
	void namesThatAreMeantToLeadHereDo() {
		ForeignRequests rules = new ForeignRequests(Set.of("Demo.example"));
		assertThat(rules.refusal(request("demo.example:8443", "https://demo.example:8443"))).isNull();
		assertThat(rules.refusal(request("localhost", "http://localhost"))).isNull();
		assertThat(rules.refusal(request("demo.example", "https://evil.example"))).isNotNull();
		assertThat(rules.refusal(request("www.demo.example", "https://www.demo.example"))).isNotNull();
		ForeignRequests open = new ForeignRequests(Set.of("*"));
		assertThat(open.refusal(request("10.0.0.1:8080", "http://10.0.0.1:8080"))).isNull();
		assertThat(open.refusal(request("10.0.0.1:8080", "http://evil.example"))).isNotNull();
	}

	private static MockHttpServletRequest request(String host, String origin) {
		MockHttpServletRequest request = new MockHttpServletRequest("POST", "/");
		request.addHeader("Host", host);
		request.addHeader("Origin", origin);
		return request;
	}

	private Stream<String> mapped() {
		return this.mappings.getHandlerMethods()
			.keySet()
			.stream()
			.flatMap((info) -> info.getPatternValues()
				.stream()
				.flatMap((path) -> Stream
					.concat(info.getMethodsCondition().getMethods().stream().map(Enum::name),
							info.getMethodsCondition().isEmpty()
									? Stream.of(HttpMethod.GET.name(), HttpMethod.POST.name()) : Stream.empty())
					.map((method) -> method + " " + path.replaceAll("\\{[^}]+}", "openai"))));
	}

	private String send(String request, String headers) {
		return exchange(
				"%s HTTP/1.1\r\n%s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".formatted(request, headers));
	}

	private String exchange(String request) {
		try (Socket socket = new Socket("127.0.0.1", this.port)) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
