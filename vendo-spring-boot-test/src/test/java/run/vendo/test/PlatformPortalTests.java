package run.vendo.test;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.ConnectUrlOptions;
import run.vendo.VendoClient;
import run.vendo.connection.ConnectionStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a person sees who is asked to connect a provider.
 */
@Timeout(60)
class PlatformPortalTests {

	private static final String FORM = "application/x-www-form-urlencoded";

	private final VendoPlatform platform = VendoPlatform.start();

	private final VendoClient vendo = this.platform.clientBuilder().build();

	@AfterEach
	void close() {
		this.vendo.close();
		this.platform.close();
	}

	@Test
	void shouldAskInAnAccessiblePage() {
		HttpResponse<String> page = Raw.get(this.vendo.connectUrl("slack"));
		assertThat(page.statusCode()).isEqualTo(200);
		assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
		assertThat(page.body()).contains("<html lang=\"en\">", "<title>Connect Slack</title>", "<h1>Connect Slack</h1>",
				"<main>", "name=\"viewport\"", "<form method=\"post\">", "value=\"approve\">Approve</button>",
				"value=\"deny\">Deny</button>");
		assertThat(page.body()).doesNotContain(this.platform.apiKey());
		assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
		assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.AVAILABLE);
	}

	@Test
	void whenApprovedThenIsConnectedAndGoesBackWithState() {
		URI url = this.vendo.connectUrl("slack",
				ConnectUrlOptions.none().withReturnTo("https://app.example/back?a=1#top").withState("s&1"));
		HttpResponse<String> answer = Raw.post(url, "decision=approve", "Content-Type", FORM);
		assertThat(answer.statusCode()).isEqualTo(303);
		assertThat(answer.headers().firstValue("Location")).contains("https://app.example/back?a=1&state=s%261#top");
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.CONNECTED);
		assertThat(this.vendo.token("slack")).isEqualTo(this.platform.token("slack"));
	}

	@Test
	void whenDeniedThenGoesBackWithoutAConnection() {
		URI url = this.vendo.connectUrl("slack",
				ConnectUrlOptions.none().withReturnTo("https://app.example/back").withState("s"));
		HttpResponse<String> answer = Raw.post(url, "decision=deny", "Content-Type", FORM);
		assertThat(answer.headers().firstValue("Location"))
			.contains("https://app.example/back?state=s&error=access_denied");
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.AVAILABLE);
	}

	@Test
	void whenThereIsNowhereToGoBackThenSaysWhatHappened() {
		URI url = this.vendo.connectUrl("slack");
		assertThat(Raw.post(url, "decision=deny", "Content-Type", FORM).body()).contains("Slack was not connected");
		assertThat(Raw.post(url, "decision=maybe", "Content-Type", FORM).statusCode()).isEqualTo(400);
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.AVAILABLE);
		assertThat(Raw.post(url, "decision=approve", "Content-Type", FORM).body()).contains("Slack is connected");
	}

	@ParameterizedTest
	@ValueSource(strings = { "?app_key=vendo_sk_wrong", "", "?app_key=" })
	void whenKeyDoesNotWorkThenNothingIsConnected(String query) {
		HttpResponse<String> answer = Raw.post(this.platform.baseUrl() + "/connections/connect/slack" + query,
				"decision=approve", "Content-Type", FORM);
		assertThat(answer.statusCode()).isEqualTo(401);
		assertThat(answer.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.AVAILABLE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "javascript:alert(1)", "data:text/html,x", "/back", "//evil.example", "http:", "a b" })
	void whenReturnAddressIsNoWebAddressThenIsRefused(String returnTo) {
		String url = this.vendo.connectUrl("slack") + "&return_to="
				+ URLEncoder.encode(returnTo, StandardCharsets.UTF_8);
		assertThat(Raw.get(url).statusCode()).isEqualTo(400);
		assertThat(Raw.post(url, "decision=approve", "Content-Type", FORM).statusCode()).isEqualTo(400);
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.AVAILABLE);
	}

	@Test
	void whenNameHoldsMarkupThenItIsText() {
		this.platform.integration("acme", Map.of("name", "<script>alert(1)</script>"));
		assertThat(Raw.get(this.vendo.connectUrl("acme")).body()).doesNotContain("<script>");
		HttpResponse<String> unknown = Raw.get(this.vendo.connectUrl("<script>"));
		assertThat(unknown.statusCode()).isEqualTo(404);
		assertThat(unknown.body()).doesNotContain("<script>").contains("&lt;script&gt;");
	}

	@ParameterizedTest
	@ValueSource(strings = { "evil.example", "localhost.evil.example:%d", "127.0.0.1.evil.example:%d",
			"localhost.evil.example.", "evil-localhost:%d", "evil.example.localhost.evil.example", "[::2]:%d",
			"10.0.0.1", "2130706433", "" })
	void whenAnotherNameLeadsHereThenPageIsNotShown(String host) {
		String answer = asked("GET", host, "");
		assertThat(answer).startsWith("HTTP/1.1 421 ")
			.contains("localhost and 127.0.0.1")
			.doesNotContain("Approve")
			.doesNotContain(this.platform.apiKey());
		assertThat(asked("POST", host, "")).startsWith("HTTP/1.1 421 ");
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.AVAILABLE);
	}

	@Test
	void whenAddressHasNoHostThenPageIsNotShown() {
		assertThat(RawSocket.exchange(this.platform.baseUrl(),
				"GET %s HTTP/1.0\r\nConnection: close\r\n\r\n".formatted(target())))
			.contains(" 421 ")
			.doesNotContain("Approve");
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:%d", "LOCALHOST", "localhost.:%d", "vendo.localhost:%d", "127.0.0.1:%d",
			"127.1.2.3", "[::1]:%d", "host.docker.internal:%d" })
	void whenNameIsOfThisMachineThenPageIsShown(String host) {
		assertThat(asked("GET", host, "")).startsWith("HTTP/1.1 200 ").contains("Approve");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site",
			"Sec-Fetch-Site: cross-site\r\nOrigin: http://127.0.0.1:%d", "Origin: http://evil.example",
			"Origin: http://127.0.0.1.evil.example:%d", "Origin: http://127.0.0.1:1" })
	void whenPageOfAnotherSiteAsksThenNothingIsConnected(String header) {
		assertThat(asked("POST", "127.0.0.1:%d", header)).startsWith("HTTP/1.1 403 ").contains("another site");
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.AVAILABLE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sec-Fetch-Site: same-origin\r\nOrigin: null", "Origin: null",
			"Origin: http://127.0.0.1:%d", "Sec-Fetch-Site: none" })
	void whenOwnPageAsksThenIsConnected(String header) {
		assertThat(asked("POST", "127.0.0.1:%d", header)).startsWith("HTTP/1.1 200 ");
		assertThat(this.platform.status("slack")).isEqualTo(ConnectionStatus.CONNECTED);
	}

	private String target() {
		return this.vendo.connectUrl("slack").toString().substring(this.platform.baseUrl().toString().length());
	}

	private String asked(String method, String host, String header) {
		String lines = "Host: " + host + "\r\n" + (header.isEmpty() ? "" : header + "\r\n");
		return RawSocket.exchange(this.platform.baseUrl(), """
				%s %s HTTP/1.1\r
				%sContent-Type: %s\r
				Content-Length: 16\r
				Connection: close\r
				\r
				decision=approve""".formatted(method, target(), lines.replace("%d", port()), FORM));
	}

	private String port() {
		return String.valueOf(this.platform.baseUrl().getPort());
	}

}
