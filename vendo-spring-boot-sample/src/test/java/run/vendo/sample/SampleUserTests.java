package run.vendo.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.Test;

import run.vendo.test.VendoPlatform;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample behind what plays the Vendo proxy in the demo.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext
class SampleUserTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@Autowired
	private VendoPlatform platform;

	@Value("${local.server.port}")
	private int port;

	@Test
	void everyUserHasTokensOfTheirOwn() {
		this.platform.user("alice").connect("openai");
		this.platform.user("bob").connect("openai");
		String alice = get("Cookie", "demo-user=alice").body();
		String bob = get("Cookie", "demo-user=bob").body();
		assertThat(alice).contains(end(this.platform.user("alice").token("openai"))).isNotEqualTo(bob);
		assertThat(bob).contains(end(this.platform.user("bob").token("openai")));
	}

	@Test
	void whoIsNotSignedInHasNone() {
		HttpResponse<String> answer = get("X-Other", "header");
		assertThat(answer.statusCode()).isEqualTo(401);
		assertThat(answer.body()).contains("identity_not_present");
	}

	@Test
	void whatARequestSaysAboutItsUserIsNotBelieved() {
		HttpResponse<String> answer = get("X-Vendo-User-JWT", this.platform.user("alice").jwt());
		assertThat(answer.statusCode()).isEqualTo(401);
	}

	private static String end(String token) {
		return token.substring(token.length() - 4);
	}

	private HttpResponse<String> get(String header, String value) {
		URI uri = URI.create("http://localhost:" + this.port + "/api/me/token/openai");
		try {
			return this.http.send(HttpRequest.newBuilder(uri).header(header, value).build(), BodyHandlers.ofString());
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
