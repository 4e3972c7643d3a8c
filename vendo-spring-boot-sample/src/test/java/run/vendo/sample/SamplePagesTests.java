package run.vendo.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import run.vendo.test.VendoPlatform;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pages of the sample with and without a key.
 */
class SamplePagesTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@Test
	void onThePlatformThereIsNothingOfTheDemo() {
		try (VendoPlatform platform = VendoPlatform.start()) {
			platform.connect("slack");
			run((context) -> {
				assertThat(context.getBeanNamesForType(VendoPlatform.class)).isEmpty();
				assertThat(context.getBeanNamesForType(DemoControls.class)).isEmpty();
				assertThat(context.getBeanNamesForType(DemoWebhooks.class)).isEmpty();
				assertThat(context.getBeanNamesForType(DemoProxy.class)).isEmpty();
				assertThat(context.getEnvironment().getProperty("vendo.sso.enabled")).isNull();
				String page = get(context, "/", "X-Other", "header").body();
				assertThat(page).contains("<h1>Connections", "Slack", "12.50")
					.doesNotContain("Simulator", "/demo/", "Act as");
				assertThat(post(context, "/demo/connections?slug=slack&act=REVOKE")).isEqualTo(404);
				assertThat(post(context, "/demo/outage")).isEqualTo(404);
				assertThat(post(context, "/demo/user?name=alice")).isEqualTo(404);
				assertThat(get(context, "/", "Cookie", "demo-user=alice").body()).contains("of the application")
					.doesNotContain("Alice");
			}, "--vendo.api-key=" + platform.apiKey(), "--vendo.base-url=" + platform.baseUrl(),
					"--vendo.credentials-url=" + platform.credentialsUrl(),
					"--vendo.data-proxy-url=" + platform.dataProxyUrl());
		}
	}

	@Test
	void withNeitherKeyNorDemoItSaysWhatIsMissing() {
		run((context) -> {
			String page = get(context, "/", "X-Other", "header").body();
			assertThat(page)
				.contains("OSS mode", "VENDO_API_KEY", "<code>OPENAI_API_KEY</code>", "<code>MY_NOTION</code>",
						"VENDO_WEBHOOK_SECRET", "There is no balance without an API key")
				.doesNotContain("/connect/openai", "/demo/");
			assertThat(get(context, "/operations", "X-Other", "header").statusCode()).isEqualTo(200);
		}, "--sample.demo=false", "--vendo.byok.notion=MY_NOTION");
	}

	@Test
	void everyAnswerHasTheStrictPolicy() {
		run((context) -> {
			for (String path : new String[] { "/", "/operations", "/connected", "/parts/activity", "/console.css",
					"/nothing-here" }) {
				assertThat(get(context, path, "X-Other", "header").headers().firstValue("Content-Security-Policy"))
					.as(path)
					.contains(SecurityHeaders.POLICY);
			}
			String page = get(context, "/", "X-Other", "header").body();
			assertThat(page).doesNotContain(" style=", "<style", " onclick=").doesNotContainPattern("<script(?! src)");
		});
	}

	@Test
	void otherSitesCannotPressButtons() {
		run((context) -> {
			HttpRequest request = HttpRequest.newBuilder(uri(context, "/connections/openai/invalidate"))
				.header("Sec-Fetch-Site", "cross-site")
				.POST(BodyPublishers.noBody())
				.build();
			assertThat(send(request).statusCode()).isEqualTo(403);
		});
	}

	private void run(Consumer<ConfigurableApplicationContext> work, String... arguments) {
		String[] all = new String[arguments.length + 1];
		all[0] = "--server.port=0";
		System.arraycopy(arguments, 0, all, 1, arguments.length);
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(SampleApplication.class).run(all)) {
			work.accept(context);
		}
	}

	private HttpResponse<String> get(ConfigurableApplicationContext context, String path, String header, String value) {
		return send(HttpRequest.newBuilder(uri(context, path)).header(header, value).build());
	}

	private int post(ConfigurableApplicationContext context, String path) {
		return send(HttpRequest.newBuilder(uri(context, path)).POST(BodyPublishers.noBody()).build()).statusCode();
	}

	private static URI uri(ConfigurableApplicationContext context, String path) {
		return URI
			.create("http://localhost:%s%s".formatted(context.getEnvironment().getProperty("local.server.port"), path));
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
