package run.vendo.docs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.openai.client.OpenAIClient;
import com.openai.client.OpenAIClientImpl;
import com.openai.core.ClientOptions;
import com.openai.credential.BearerTokenCredential;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.connection.Connection;
import run.vendo.test.VendoPlatform;

import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.http.okhttp.SpringAiOpenAiHttpClient;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring AI's client of OpenAI with what Vendo knows.
 */
class SpringAiSnippetTests {

	private static final String ANSWER = """
			{"id":"1","object":"chat.completion","created":1,"model":"gpt-5-mini","choices":[{"index":0,\
			"message":{"role":"assistant","content":"Hello to you"},"finish_reason":"stop"}]}""";

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private final VendoPlatform platform = VendoPlatform.start();

	private HttpServer provider;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class))
		.withUserConfiguration(OpenAiConfiguration.class);

	@BeforeEach
	void start() throws IOException {
		this.provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.provider.createContext("/v1/chat/completions", this::answer);
		this.provider.start();
	}

	@AfterEach
	void stop() {
		this.provider.stop(0);
		this.platform.close();
	}

	@Test
	void eachCallGoesToWhereThePlatformSaysWithTheTokenOfTheMoment() {
		this.platform.connect("openai",
				(connection) -> connection.field("base_url", "http://127.0.0.1:%d/v1".formatted(port())));
		this.runner
			.withPropertyValues("vendo.api-key=" + this.platform.apiKey(), "vendo.base-url=" + this.platform.baseUrl(),
					"vendo.credentials-url=" + this.platform.credentialsUrl())
			.run((context) -> {
				assertThat(this.platform.requests()).as("nothing is asked while the application starts").isEmpty();
				assertThat(context.getBean(ChatModel.class).call("Hello")).isEqualTo("Hello to you");
				String first = this.platform.token("openai");
				this.platform.rotateToken("openai");
				context.getBean(VendoClient.class).invalidate("openai");
				context.getBean(ChatModel.class).call("Hello");
				assertThat(this.asked).containsExactly("Bearer " + first, "Bearer " + this.platform.token("openai"))
					.doesNotHaveDuplicates();
			});
	}

	@Test
	void inOssModeItIsTheOwnKeyAndNobodyIsAsked() {
		this.runner.withPropertyValues("OPENAI_API_KEY=sk-own", "vendo.base-url=" + this.platform.baseUrl())
			.run((context) -> {
				assertThat(context.getBean(ChatModel.class)).isInstanceOf(OpenAiChatModel.class);
				assertThat(context.getBean(VendoClient.class).token("openai")).isEqualTo("sk-own");
				assertThat(this.platform.requests()).isEmpty();
			});
	}

	private int port() {
		return this.provider.getAddress().getPort();
	}

	private void answer(HttpExchange exchange) throws IOException {
		this.asked.add(exchange.getRequestHeaders().getFirst("Authorization"));
		exchange.getRequestBody().readAllBytes();
		exchange.getResponseHeaders().set("Content-Type", "application/json");
		byte[] body = ANSWER.getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(200, body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

}

// tag::spring-ai[]
@Configuration(proxyBeanMethods = false)
class OpenAiConfiguration {

	@Bean
	@Lazy
	OpenAiChatModel chatModel(VendoClient vendo) {
		String url = vendo.connections().get("openai").map(Connection::baseUrl).orElse("https://api.openai.com/v1");
		OpenAIClient client = new OpenAIClientImpl(ClientOptions.builder()
			.httpClient(SpringAiOpenAiHttpClient.builder().build())
			.baseUrl(url)
			.credential(BearerTokenCredential.create(() -> vendo.token("openai")))
			.build());
		return OpenAiChatModel.builder()
			.openAiClient(client)
			.openAiClientAsync(client.async())
			.options(OpenAiChatOptions.builder().model("gpt-5-mini").build())
			.build();
	}

}
// end::spring-ai[]
