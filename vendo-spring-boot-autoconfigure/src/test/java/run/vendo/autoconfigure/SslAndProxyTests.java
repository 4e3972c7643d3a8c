package run.vendo.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

import io.netty.resolver.NoopAddressResolverGroup;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.transport.ProxyProvider;

import run.vendo.VendoClient;
import run.vendo.error.TransportException;
import run.vendo.event.EventStream;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.StreamFailed;
import run.vendo.event.VendoEvent;
import run.vendo.fixture.ConnectProxy;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Every way to the network goes by the SSL bundle and by the proxy: API, credentials
 * worker, data proxy, event stream and sessions. The server is known to nobody but the
 * bundle, wants the bundle's own certificate, and in tests of proxies its host is known
 * to nobody but the proxy.
 */
@Timeout(300)
class SslAndProxyTests {

	private static final String HOST = "platform.vendo.invalid";

	private static final String PASSWORD = "changeit";

	@TempDir
	private static Path stores;

	private static StubServer server;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class, SslAutoConfiguration.class,
				HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
				ImperativeHttpClientAutoConfiguration.class, JacksonAutoConfiguration.class,
				WebClientAutoConfiguration.class))
		.withPropertyValues("vendo.api-key=" + TestClients.KEY, "vendo.retry.max-attempts=1", "VENDO_TOKEN_NOTION=t");

	private final Map<String, String> systemProperties = new HashMap<>();

	@BeforeAll
	static void start() throws Exception {
		keytool("-genkeypair", "-alias", "vendo", "-keyalg", "EC", "-dname", "CN=Vendo", "-ext",
				"san=dns:localhost,dns:" + HOST, "-validity", "3650", "-keystore", store("vendo").toString());
		keytool("-genkeypair", "-alias", "other", "-keyalg", "EC", "-dname", "CN=Other", "-validity", "3650",
				"-keystore", store("other").toString());
		server = StubServer.startTls(sslContext(store("vendo"))).respond(SslAndProxyTests::answer);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void rememberSystemProperties() {
		List.of("https.proxyHost", "https.proxyPort", "http.nonProxyHosts")
			.forEach((name) -> this.systemProperties.put(name, System.getProperty(name)));
	}

	@AfterEach
	void restoreSystemProperties() {
		this.systemProperties.forEach((name, value) -> {
			if (value != null) {
				System.setProperty(name, value);
			}
			else {
				System.clearProperty(name);
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor", "jdk" })
	void everyWayToTheNetworkGoesByTheBundle(String connector) {
		bundles(on(connector, "https://localhost:" + server.port())).withPropertyValues("vendo.ssl.bundle=vendo")
			.run((context) -> assertThat(ways(context).values()).allSatisfy((way) -> assertThat(way.call()).isTrue()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor", "jdk" })
	void withoutTheBundleNoWayLeadsToAServerThatIsNotTrusted(String connector) {
		bundles(on(connector, "https://localhost:" + server.port()))
			.run((context) -> ways(context).forEach((name, way) -> assertThatException().as(name)
				.isThrownBy(way::call)
				.satisfies((ex) -> assertThat(isTlsFailure(ex)).isTrue())));
	}

	@Test
	void theBundleOfAllHttpClientsAppliesUnlessVendoHasItsOwn() {
		ApplicationContextRunner runner = bundles(on("jdk", "https://localhost:" + server.port()));
		runner.withPropertyValues("spring.http.clients.ssl.bundle=vendo")
			.run((context) -> assertThat(ways(context).values()).allSatisfy((way) -> assertThat(way.call()).isTrue()));
		runner.withPropertyValues("spring.http.clients.ssl.bundle=other", "vendo.ssl.bundle=vendo")
			.run((context) -> assertThat(ways(context).values()).allSatisfy((way) -> assertThat(way.call()).isTrue()));
		runner.withPropertyValues("spring.http.clients.ssl.bundle=vendo", "vendo.ssl.bundle=other")
			.run((context) -> assertThat(ways(context).values())
				.allSatisfy((way) -> assertThatException().isThrownBy(way::call)));
	}

	@Test
	void theBundleIsNoneOfTheApplicationsOwnClients() {
		bundles(on("reactor", "https://localhost:" + server.port())).withPropertyValues("vendo.ssl.bundle=vendo")
			.run((context) -> {
				ways(context).get("API").call();
				assertThatExceptionOfType(WebClientRequestException.class)
					.isThrownBy(() -> context.getBean(WebClient.Builder.class)
						.build()
						.get()
						.uri("https://localhost:" + server.port())
						.retrieve()
						.toBodilessEntity()
						.block())
					.withStackTraceContaining("SSLHandshakeException");
			});
	}

	@Test
	void connectionDetailsBringTheBundleAsTheyBringTheKey() {
		bundles(on("reactor", "https://localhost:" + server.port())).withUserConfiguration(Details.class)
			.run((context) -> assertThat(ways(context).values()).allSatisfy((way) -> assertThat(way.call()).isTrue()));
	}

	@Test
	void aBundleThatThereIsNotStopsTheStart() {
		bundles(this.contextRunner).withPropertyValues("vendo.ssl.bundle=nobody")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("SSL bundle name 'nobody' cannot be found"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor", "jdk" })
	void everyWayToTheNetworkGoesByTheProxyOfTheJvm(String connector) {
		try (ConnectProxy proxy = ConnectProxy.to(server.port())) {
			System.setProperty("https.proxyHost", "127.0.0.1");
			System.setProperty("https.proxyPort", String.valueOf(proxy.port()));
			bundles(on(connector, "https://" + HOST)).withPropertyValues("vendo.ssl.bundle=vendo")
				.run((context) -> assertGoesBy(proxy, context));
		}
	}

	@Test
	void everyWayToTheNetworkGoesByTheProxyOfACustomizer() {
		try (ConnectProxy proxy = ConnectProxy.to(server.port())) {
			bundles(on("reactor", "https://" + HOST)).withPropertyValues("vendo.ssl.bundle=vendo")
				.withUserConfiguration(ProxyOfACustomizer.class)
				.withPropertyValues("test.proxy.port=" + proxy.port())
				.run((context) -> {
					Map<String, Callable<Boolean>> ways = ways(context);
					// A RestClient is built by another builder, which has customizers of
					// its own.
					ways.remove("session, RestClient");
					assertGoesBy(proxy, ways);
				});
		}
	}

	private static boolean isTlsFailure(Exception failure) {
		return (failure instanceof TransportException transport) ? transport.reason() == TransportException.Reason.TLS
				: failure.getCause() instanceof SSLException;
	}

	private static void assertGoesBy(ConnectProxy proxy, ApplicationContext context) throws Exception {
		assertGoesBy(proxy, ways(context));
	}

	private static void assertGoesBy(ConnectProxy proxy, Map<String, Callable<Boolean>> ways) throws Exception {
		for (Map.Entry<String, Callable<Boolean>> way : ways.entrySet()) {
			assertThat(way.getValue().call()).as(way.getKey()).isTrue();
		}
		assertThat(proxy.tunnels()).isNotEmpty().containsOnly(HOST + ":443");
	}

	private static Map<String, Callable<Boolean>> ways(ApplicationContext context) {
		VendoClient client = context.getBean(VendoClient.class);
		String url = context.getEnvironment().getProperty("vendo.base-url");
		Map<String, Callable<Boolean>> ways = new LinkedHashMap<>();
		ways.put("API", () -> client.billing().balance().creditsRemainingMicros() == 5);
		ways.put("credentials worker", () -> {
			client.invalidate("slack");
			return client.token("slack").equals("t");
		});
		ways.put("data proxy", () -> client.data().execute("DO", Map.of()).path("done").booleanValue());
		ways.put("event stream", () -> {
			try (EventStream stream = client.events().subscribe(EventStreamOptions.defaults().withMaxReconnects(0))) {
				VendoEvent event = stream.iterator().next();
				if (event instanceof StreamFailed failed) {
					throw failed.cause();
				}
				return event.id().equals("evt_1");
			}
		});
		ways.put("session, WebClient",
				() -> client.session("notion")
					.webClient()
					.get()
					.uri(url + "/me")
					.retrieve()
					.toBodilessEntity()
					.block()
					.getStatusCode()
					.is2xxSuccessful());
		ways.put("session, RestClient",
				() -> client.session("notion")
					.restClient()
					.get()
					.uri(url + "/me")
					.retrieve()
					.toBodilessEntity()
					.getStatusCode()
					.is2xxSuccessful());
		return ways;
	}

	private static Response answer(Request request) {
		return switch (request.path()) {
			case "/api/billing/balance" -> Response.json("{\"credits_remaining_micros\":5,\"currency\":\"USD\"}");
			case "/slack" -> Response.json("{\"access_token\":\"t\",\"expires_at\":null}");
			case "/v1/execute" -> Response.json("{\"data\":{\"done\":true}}");
			case "/api/deployments/me/events" -> new Response(200, Map.of("Content-Type", "text/event-stream"),
					"id: 1\nevent: deployment.updated\ndata: {\"id\":\"evt_1\",\"kind\":\"deployment.updated\"}\n\n");
			case "/api/deployments/me/connections" -> Response.json("{\"connections\":[]}");
			case "/me" -> Response.json("{}");
			default -> Response.status(404);
		};
	}

	private ApplicationContextRunner on(String connector, String url) {
		return this.contextRunner.withPropertyValues("spring.http.clients.reactive.connector=" + connector,
				"spring.http.clients.imperative.factory=" + connector, "vendo.base-url=" + url,
				"vendo.credentials-url=" + url, "vendo.data-proxy-url=" + url);
	}

	private static ApplicationContextRunner bundles(ApplicationContextRunner runner) {
		List<String> properties = new ArrayList<>();
		for (String name : List.of("vendo", "other")) {
			for (String kind : List.of("keystore", "truststore")) {
				String prefix = "spring.ssl.bundle.jks." + name + "." + kind;
				properties.add(prefix + ".location=" + store(name).toUri());
				properties.add(prefix + ".password=" + PASSWORD);
				properties.add(prefix + ".type=PKCS12");
			}
		}
		return runner.withPropertyValues(properties.toArray(String[]::new));
	}

	private static SSLContext sslContext(Path store) throws Exception {
		KeyStore keyStore = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(store)) {
			keyStore.load(in, PASSWORD.toCharArray());
		}
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(keyStore, PASSWORD.toCharArray());
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(keyStore);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
		return context;
	}

	private static Path store(String name) {
		return stores.resolve(name + ".p12");
	}

	private static void keytool(String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
		command.addAll(List.of(arguments));
		command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).as(output).isZero();
	}

	@Configuration(proxyBeanMethods = false)
	static class ProxyOfACustomizer {

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> proxy(
				@Value("${test.proxy.port}") int port) {
			return (builder) -> builder.withHttpClientCustomizer((client) -> client
				.proxy((proxy) -> proxy.type(ProxyProvider.Proxy.HTTP).host("127.0.0.1").port(port))
				.resolver(NoopAddressResolverGroup.INSTANCE));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Details {

		@Bean
		VendoConnectionDetails vendoConnectionDetails(SslBundles bundles, Environment environment) {
			return new VendoConnectionDetails() {

				@Override
				public String getApiKey() {
					return TestClients.KEY;
				}

				@Override
				public String getBaseUrl() {
					return environment.getRequiredProperty("vendo.base-url");
				}

				@Override
				public String getCredentialsUrl() {
					return getBaseUrl();
				}

				@Override
				public String getDataProxyUrl() {
					return getBaseUrl();
				}

				@Override
				public SslBundle getSslBundle() {
					return bundles.getBundle("vendo");
				}

			};
		}

	}

}
