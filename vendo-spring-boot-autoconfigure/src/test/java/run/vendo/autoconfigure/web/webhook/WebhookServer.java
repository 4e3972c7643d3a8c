package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import run.vendo.autoconfigure.VendoClientCustomizer;
import run.vendo.fixture.MutableClock;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * A whole application on a real server, and the platform that delivers to it.
 */
final class WebhookServer implements AutoCloseable {

	static final String SECRET = "whsec_example_0123456789";

	private static final String SECURITY = "org.springframework.boot.security.autoconfigure.";

	private static final AtomicLong IDS = new AtomicLong();

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final ConfigurableApplicationContext context;

	private WebhookServer(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static WebhookServer start(Stack stack, List<String> properties, Class<?>... sources) {
		List<Class<?>> all = new ArrayList<>(List.of(sources));
		all.add(Application.class);
		SpringApplication application = new SpringApplication(all.toArray(Class<?>[]::new));
		application.setWebApplicationType(stack.type);
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--server.address=127.0.0.1",
				"--spring.main.banner-mode=off", "--logging.level.root=error"));
		if (properties.stream().noneMatch((property) -> property.startsWith("without-secret"))) {
			arguments.add("--vendo.webhook.secret=" + SECRET);
		}
		// Reactor Netty 1.3.6 may stop reading a kept connection (reactor-netty#4361).
		if (properties.stream().noneMatch((property) -> property.startsWith("server.netty.max-keep-alive-requests"))) {
			arguments.add("--server.netty.max-keep-alive-requests=1");
		}
		if (properties.stream().noneMatch((property) -> property.startsWith("with-security"))) {
			arguments.add("--spring.autoconfigure.exclude=" + String.join(",", securityAutoConfigurations(stack)));
		}
		properties.forEach((property) -> arguments.add("--" + property));
		return new WebhookServer(application.run(arguments.toArray(String[]::new)));
	}

	private static List<String> securityAutoConfigurations(Stack stack) {
		String web = SECURITY + ((stack == Stack.SERVLET) ? "web.servlet.ServletWebSecurityAutoConfiguration"
				: "web.reactive.ReactiveWebSecurityAutoConfiguration");
		return (stack == Stack.SERVLET)
				? List.of(web, SECURITY + "web.servlet.SecurityFilterAutoConfiguration",
						SECURITY + "UserDetailsServiceAutoConfiguration",
						SECURITY + "actuate.web.servlet.ManagementWebSecurityAutoConfiguration")
				: List.of(web, SECURITY + "ReactiveUserDetailsServiceAutoConfiguration",
						SECURITY + "actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration");
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	Calls calls() {
		return bean(Calls.class);
	}

	MutableClock clock() {
		return bean(MutableClock.class);
	}

	URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.context.getEnvironment().getProperty("local.server.port") + path);
	}

	HttpResponse<String> send(HttpRequest request) {
		try {
			return this.client.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	HttpClient client() {
		return this.client;
	}

	/**
	 * Deliver an event as the platform does.
	 */
	HttpResponse<String> deliver(String path, String body) {
		return send(signed(path, body).build());
	}

	HttpRequest.Builder signed(String path, String body) {
		return signed(path, body.getBytes(StandardCharsets.UTF_8));
	}

	HttpRequest.Builder signed(String path, byte[] body) {
		return signed(path, SECRET, body);
	}

	HttpRequest.Builder signed(String path, String secret, byte[] body) {
		String timestamp = String.valueOf(clock().instant().getEpochSecond());
		return HttpRequest.newBuilder(uri(path))
			.header("Content-Type", "application/json")
			.header("Vendo-Timestamp", timestamp)
			.header("Vendo-Signature", sign(secret, timestamp, body))
			.POST(HttpRequest.BodyPublishers.ofByteArray(body));
	}

	static String sign(String secret, String timestamp, byte[] body) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String newId() {
		return "evt_" + IDS.incrementAndGet();
	}

	static String event() {
		return event(newId());
	}

	static String event(String id) {
		return "{\"id\":\"%s\",\"type\":\"connection.connected\",\"occurred_at\":\"2026-05-20T12:00:00Z\","
			.formatted(id) + "\"data\":{\"slug\":\"slack\",\"connection_id\":\"cn_1\"}}";
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * What handlers got to see.
	 */
	static final class Calls {

		private final List<String> all = new CopyOnWriteArrayList<>();

		void add(Object seen) {
			this.all.add((seen instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : "" + seen);
		}

		List<String> all() {
			return List.copyOf(this.all);
		}

		void clear() {
			this.all.clear();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Calls calls() {
			return new Calls();
		}

		@Bean
		MutableClock clock() {
			return new MutableClock();
		}

		// Those that all share end with the first application that does.
		@Bean
		ReactorResourceFactory reactorResourceFactory() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

		@Bean
		VendoClientCustomizer clockCustomizer(MutableClock clock) {
			return (builder) -> builder.clock(clock);
		}

	}

}
