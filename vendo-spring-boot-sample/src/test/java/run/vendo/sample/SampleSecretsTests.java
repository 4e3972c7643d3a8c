package run.vendo.sample;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

import run.vendo.ConnectUrlOptions;
import run.vendo.VendoClient;
import run.vendo.autoconfigure.event.EventStreamState;
import run.vendo.autoconfigure.web.ForRequest;
import run.vendo.autoconfigure.web.webhook.VendoWebhookMapping;
import run.vendo.billing.Period;
import run.vendo.error.VendoException;
import run.vendo.event.EventStream;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.VendoEvent;
import run.vendo.http.ConnectionPool;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.RetryPolicy;
import run.vendo.reconciler.ReconcilerOptions;
import run.vendo.reconciler.ReloadHookOptions;
import run.vendo.sso.VendoIdentity;
import run.vendo.sso.VendoRole;
import run.vendo.test.PlatformFault;
import run.vendo.test.VendoPlatform;
import run.vendo.token.ByokCatalog;
import run.vendo.webhook.WebhookEvent;

import org.springframework.boot.actuate.web.exchanges.HttpExchangeRepository;
import org.springframework.boot.actuate.web.exchanges.InMemoryHttpExchangeRepository;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.metrics.buffering.BufferingApplicationStartup;
import org.springframework.boot.logging.LoggingSystemProperty;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Sends a known value of every secret through the whole sample, with every logger at
 * TRACE, every actuator endpoint exposed on the web and by JMX, and every request
 * recorded, and looks for these values wherever the application shows something of
 * itself.
 */
@Timeout(180)
class SampleSecretsTests {

	private static final String OTHER_KEY = "vendo_sk_cAnArYoThErKeY0123456789abcdefgh";

	private static final int MOST_OF_A_TYPE = 50;

	private static final String KEY = "vendo_sk_cAnArYkEy0123456789abcdefghijk-_";

	private static final String WEBHOOK_SECRET = "whsec_cAnArYwEbHoOk0123456789";

	private static final String OTHER_WEBHOOK_SECRET = "whsec_cAnArYoThEr0123456789";

	private static final String CREDENTIAL = "cAnArYrEfReSh0123456789";

	private static final String METADATA_CREDENTIAL = "cAnArYmEtAdAtA0123456789";

	private static final String MANAGED_KEY = "cAnArYmAnAgEd0123456789";

	private static final String COOKIE = "cAnArYcOoKiE0123456789";

	private static final String STATE = "cAnArYsTaTe0123456789";

	private static final String OVERRIDE = "cAnArYoVeRrIdE0123456789";

	private static final Path PUBLIC_TYPES = Path
		.of("../vendo-spring-boot-autoconfigure/src/test/resources/public-types.txt");

	private static final List<Object> handed = new CopyOnWriteArrayList<>();

	private static final Map<String, String> CANARIES = new ConcurrentHashMap<>();

	private static final Recorder logs = new Recorder();

	private static final List<Answer> answers = new CopyOnWriteArrayList<>();

	private static final HttpClient http = HttpClient.newHttpClient();

	@TempDir
	private static Path directory;

	private static VendoPlatform platform;

	private static ConfigurableApplicationContext context;

	private static String url;

	private static String aliceJwt;

	private static final List<Throwable> failures = new ArrayList<>();

	@BeforeAll
	static void start() {
		platform = VendoPlatform.builder().apiKey(KEY).webhookSecret(WEBHOOK_SECRET).start();
		platform.connect("openai");
		platform.connect("supabase",
				(connection) -> connection
					.credential(Map.of("access_token", platform.token("openai"), "refresh_token", CREDENTIAL))
					.metadata(Map.of("credential", Map.of("password", METADATA_CREDENTIAL), "team", "t_1"))
					.field("api_key", MANAGED_KEY));
		platform.user("alice").connect("openai");
		aliceJwt = platform.user("alice").jwt();
		canary("API key", KEY);
		canary("webhook secret", WEBHOOK_SECRET);
		canary("webhook secret", OTHER_WEBHOOK_SECRET);
		canary("user JWT", aliceJwt);
		canary("provider token", platform.token("openai"));
		canary("provider token", platform.user("alice").token("openai"));
		canary("provider token", OVERRIDE);
		canary("credential in a connection", CREDENTIAL);
		canary("credential in a connection", METADATA_CREDENTIAL);
		canary("credential in a connection", MANAGED_KEY);
		canary("session cookie", COOKIE);
		canary("API key of another account", OTHER_KEY);
		canary("connect URL", STATE);
		context = new SpringApplicationBuilder(SampleApplication.class, Attacked.class).listeners(new AttachRecorder())
			.applicationStartup(new BufferingApplicationStartup(2048))
			.properties(properties())
			// The sample has its own say about it, but not against an argument.
			.run("--management.endpoints.web.exposure.include=*", "--management.endpoint.health.show-details=always");
		url = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
		useEverything();
	}

	private static void canary(String secret, String value) {
		CANARIES.put(value, secret);
	}

	private static Map<String, Object> properties() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("server.port", "0");
		properties.put("vendo.api-key", KEY);
		properties.put("vendo.base-url", platform.baseUrl().toString());
		properties.put("vendo.credentials-url", platform.credentialsUrl().toString());
		properties.put("vendo.data-proxy-url", platform.dataProxyUrl().toString());
		properties.put("vendo.webhook.secret", WEBHOOK_SECRET);
		properties.put("vendo.webhook.secrets", OTHER_WEBHOOK_SECRET);
		properties.put("vendo.sso.enabled", "true");
		properties.put("vendo.sso.identity-endpoint.enabled", "true");
		properties.put("vendo.web.connect-redirect.enabled", "true");
		properties.put("vendo.retry.base-delay", "1ms");
		properties.put("vendo.retry.max-delay", "2ms");
		properties.put("vendo.reconciler.file", directory.resolve("vendo.env").toString());
		properties.put("vendo.reconciler.mapping", "OPENAI_API_KEY=openai,SUPABASE_KEY=supabase:api_key");
		properties.put("vendo.reconciler.bootstrap", "true");
		properties.put("vendo.dashboard.session-cookie", "session=" + COOKIE);
		properties.put("vendo.accounts.other.api-key", OTHER_KEY);
		properties.put("VENDO_TOKEN_NOTION", OVERRIDE);
		properties.put("logging.level.root", "TRACE");
		properties.put("logging.threshold.console", "OFF");
		properties.put("debug", "true");
		properties.put("spring.jmx.enabled", "true");
		properties.put("spring.application.admin.enabled", "true");
		properties.put("management.endpoints.jmx.exposure.include", "*");
		properties.put("management.endpoint.health.show-components", "always");
		properties.put("management.info.env.enabled", "true");
		properties.put("management.info.java.enabled", "true");
		properties.put("server.tomcat.mbeanregistry.enabled", "true");
		return properties;
	}

	@AfterAll
	static void stop() {
		context.close();
		platform.close();
		Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
		root.detachAppender(logs);
		root.setLevel(Level.INFO);
		// Spring Boot leaves it behind, and no later test could see what is logged.
		System.clearProperty(LoggingSystemProperty.CONSOLE_THRESHOLD.getEnvironmentVariableName());
	}

	/**
	 * Do all that the sample can do, well and badly.
	 */
	private static void useEverything() {
		VendoClient vendo = context.getBean(VendoClient.class);
		platform.awaitStreams(1, Duration.ofSeconds(20));
		// A balance that was never read, because all that follows goes wrong, shows
		// little.
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(get("/actuator/health").body()).contains("topUpUrl"));
		for (String path : List.of("/", "/healthz", "/api/connections", "/api/token/openai", "/api/token/notion",
				"/api/token/slack", "/api/token/nope", "/api/balance", "/connect/slack", "/attacked/session")) {
			get(path);
		}
		for (String path : List.of("/api/me/token/openai", "/api/vendo/identity", "/vendo/connect/slack",
				"/attacked/user")) {
			get(path, "X-Vendo-User-JWT", aliceJwt, "X-Vendo-User-Id", "u_1", "X-Vendo-User-Email", "a@example.com",
					"X-Vendo-User-Name", "Alice", "X-Vendo-Tenant-Id", "t_1", "X-Vendo-Role", "member");
		}
		platform.sendWebhooksTo(URI.create(url + "/attacked/webhook"));
		platform.sendWebhook("evt_1", "connection.connected", Map.of("slug", "slack"));
		platform.awaitWebhooks(Duration.ofSeconds(20));
		platform.sendWebhooksTo(null);
		send(HttpRequest.newBuilder(URI.create(url + "/attacked/webhook"))
			.header("Vendo-Timestamp", "1")
			.header("Vendo-Signature", "0".repeat(64))
			.POST(BodyPublishers.ofString("{}"))
			.build());
		fails(() -> vendo.http()
			.get("/api/user/me")
			.header(HttpHeaders.COOKIE, "session=" + COOKIE)
			.toBodilessEntity());
		vendo.connectUrl("slack", ConnectUrlOptions.none().withState(STATE));
		fails(() -> vendo.data().execute("NO_SUCH_ACTION", Map.of("password", CREDENTIAL)));
		fails(() -> vendo.http().get("/api/nowhere?token=" + STATE).toBodilessEntity());
		for (PlatformFault fault : faults()) {
			platform.failNext(fault.onPath("/api/billing/balance").always());
			get("/api/balance");
			fails(() -> vendo.forUser(aliceJwt).billing().balance());
			platform.clearFaults();
		}
		platform.rotateToken("openai");
		canary("provider token", platform.token("openai"));
		get("/api/token/openai");
		try (EventStream stream = vendo.events().subscribe()) {
			platform.awaitStreams(2, Duration.ofSeconds(20));
			platform.emit("connection.error", Map.of("slug", "slack", "message", "boom"));
			stream.iterator().next();
		}
		platform.dropStreams();
		platform.awaitStreams(1, Duration.ofSeconds(20));
		get("/attacked/failure", "X-Vendo-User-JWT", aliceJwt);
		platform.clearFaults();
	}

	private static List<PlatformFault> faults() {
		return List.of(PlatformFault.status(401).code("app_revoked").message("The key " + KEY + " is revoked"),
				PlatformFault.status(503).message("No " + aliceJwt),
				PlatformFault.status(500)
					.body("application/json", "{\"access_token\":\"%s\"}".formatted(platform.token("openai"))),
				PlatformFault.reset(), PlatformFault.notHttp());
	}

	private static void fails(Runnable call) {
		Throwable failure = catchThrowable(call::run);
		assertThat(failure).isInstanceOf(VendoException.class);
		failures.add(failure);
	}

	@Test
	void everySecretIsInUse() {
		assertThat(platform.requests("/api/billing/balance")).isNotEmpty();
		assertThat(platform.webhookDeliveries())
			.anyMatch((delivery) -> delivery.status() == 204 || delivery.status() == 200);
		assertThat(CANARIES).hasSizeGreaterThan(12);
		assertThat(CANARIES.keySet()).allMatch((value) -> value.length() > 12);
	}

	@Test
	void logsAtTraceShowNoSecret() {
		assertThat(logs.lines.get()).isGreaterThan(1000);
		assertThat(logs.loggers).anyMatch((name) -> name.startsWith("run.vendo.http"))
			.anyMatch((name) -> name.startsWith("org.springframework.web.reactive"))
			.anyMatch((name) -> name.startsWith("org.springframework.web.servlet"))
			.anyMatch((name) -> name.startsWith("reactor.netty"));
		assertThat(logs.leaks).isEmpty();
	}

	@Test
	void noActuatorEndpointShowsASecret() {
		Set<String> seen = new TreeSet<>();
		List<String> open = new ArrayList<>(List.of("/actuator"));
		while (!open.isEmpty()) {
			String path = open.remove(0);
			if (!seen.add(path)) {
				continue;
			}
			String body = get(path).body();
			assertNoSecret(path, body);
			Matcher link = Pattern.compile("\"href\":\"" + url + "([^\"]*)\"").matcher(body);
			while (link.find()) {
				String next = link.group(1);
				if (!next.contains("heapdump") && !next.contains("{")) {
					open.add(next);
				}
			}
			if (path.equals("/actuator/metrics")) {
				Matcher name = Pattern.compile("\"([a-z][a-z.]+)\"").matcher(body.substring(body.indexOf('[')));
				while (name.find()) {
					open.add("/actuator/metrics/" + name.group(1));
				}
			}
		}
		assertNoSecret("/actuator/env/vendo.api-key", get("/actuator/env/vendo.api-key").body());
		assertNoSecret("/actuator/env/VENDO_TOKEN_NOTION", get("/actuator/env/VENDO_TOKEN_NOTION").body());
		assertThat(seen).contains("/actuator/env", "/actuator/configprops", "/actuator/beans", "/actuator/conditions",
				"/actuator/httpexchanges", "/actuator/health", "/actuator/info", "/actuator/mappings",
				"/actuator/loggers", "/actuator/threaddump", "/actuator/startup", "/actuator/metrics",
				"/actuator/metrics/http.client.requests", "/actuator/vendo", "/actuator/prometheus");
		awaitConnections();
		assertThat(get("/actuator/vendo").body()).contains("\"slug\":\"supabase\"", "\"apiKey\":\"vendo_sk_…");
		assertThat(get("/actuator/prometheus").body()).contains("vendo_client_call_seconds_count");
	}

	@Test
	void recordedExchangesShowNoSecret() {
		String exchanges = get("/actuator/httpexchanges").body();
		assertThat(exchanges).contains("/api/me/token/openai", "/connect/slack", "/attacked/webhook");
		assertNoSecret("httpexchanges", exchanges);
	}

	@Test
	void configurationEndpointsMaskTheSettings() {
		assertThat(get("/actuator/configprops").body()).contains("\"apiKey\":\"******\"");
		assertThat(get("/actuator/env/vendo.api-key").body()).contains("******");
	}

	@Test
	void noMBeanShowsASecret() throws Exception {
		awaitConnections();
		MBeanServer server = ManagementFactory.getPlatformMBeanServer();
		Map<String, String> endpoints = new TreeMap<>();
		Set<String> domains = new TreeSet<>();
		for (ObjectName name : server.queryNames(null, null)) {
			for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
				// What the JVM was started with is not the application's to show.
				if (attribute.isReadable() && !name.getDomain().startsWith("java.")) {
					String value = attribute(server, name, attribute.getName());
					assertNoSecret(name + " " + attribute.getName(), value);
					if (!value.isEmpty()) {
						domains.add(name.getDomain());
					}
				}
			}
			if (name.getDomain().equals("org.springframework.boot") && "Endpoint".equals(name.getKeyProperty("type"))) {
				for (MBeanOperationInfo operation : server.getMBeanInfo(name).getOperations()) {
					if (operation.getImpact() == MBeanOperationInfo.INFO) {
						Object[] arguments = new Object[operation.getSignature().length];
						String[] signature = Arrays.stream(operation.getSignature())
							.map((parameter) -> parameter.getType())
							.toArray(String[]::new);
						String answer = operation(server, name, operation.getName(), arguments, signature);
						assertNoSecret(name + " " + operation.getName(), answer);
						endpoints.merge(name.getKeyProperty("name"), answer, String::concat);
					}
				}
			}
		}
		assertThat(domains).contains("org.springframework.boot");
		Map.of("Env", "vendo.webhook.secret", "Configprops", "vendo.webhook", "Beans", "vendoHealthContributor",
				"Httpexchanges", "/api/me/token/openai", "Health", "topUpUrl", "Vendo", "supabase", "Info",
				"runningOnVendo", "Conditions", "VendoHealthAutoConfiguration", "Loggers", "run.vendo")
			.forEach((endpoint, known) -> assertThat(endpoints.get(endpoint)).as("what the MBean %s shows", endpoint)
				.contains(known));
	}

	// The endpoint does not wait long for the platform, but what it has shown it knows.
	private static void awaitConnections() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(get("/actuator/vendo").body()).contains("\"slug\":\"supabase\""));
	}

	private static String attribute(MBeanServer server, ObjectName name, String attribute) {
		try {
			return text(server.getAttribute(name, attribute));
		}
		catch (Exception ex) {
			// Tomcat and the JVM have some that cannot be read.
			return "";
		}
	}

	private static String operation(MBeanServer server, ObjectName name, String operation, Object[] arguments,
			String[] signature) {
		try {
			return text(server.invoke(name, operation, arguments, signature));
		}
		catch (Exception ex) {
			// One that wants an argument, say. What it would have shown, another one
			// does.
			return String.valueOf(ex);
		}
	}

	private static String text(Object value) {
		return (value instanceof Object[] array) ? Arrays.deepToString(array) : String.valueOf(value);
	}

	@Test
	void noAnswerShowsASecret() {
		assertThat(answers).extracting(Answer::path).contains("/attacked/failure", "/api/token/slack", "/api/balance");
		assertThat(answers).anyMatch((answer) -> answer.text().contains("application/problem+json"));
		// These two lead to the connect URL, which holds the key: that is what they are
		// for.
		Set<String> redirects = Set.of("/connect/slack", "/vendo/connect/slack");
		for (Answer answer : answers) {
			if (!redirects.contains(answer.path())) {
				assertNoSecret(answer.path(), answer.text());
			}
		}
	}

	@Test
	void noObservationShowsASecret() {
		List<String> observed = context.getBean(Observed.class).texts;
		assertThat(observed).anyMatch((text) -> text.contains("http.client.requests"))
			.anyMatch((text) -> text.contains("http.server.requests"));
		observed.forEach((text) -> assertNoSecret("observation", text));
	}

	@Test
	void noExceptionNorItsCausesShowASecret() {
		assertThat(failures).hasSizeGreaterThan(3);
		for (Throwable failure : failures) {
			StringWriter trace = new StringWriter();
			failure.printStackTrace(new PrintWriter(trace));
			assertNoSecret("exception", trace.toString());
			if (failure instanceof VendoException vendo) {
				assertNoSecret("exception", vendo.responseBody() + vendo.platformMessage() + vendo.details());
			}
		}
	}

	@Test
	void simulatorShowsNoSecret() {
		// A query of the application's own choice is recorded as it is.
		platform.requests()
			.forEach((request) -> assertNoSecret("recorded request",
					(request.toString() + request.headers() + request.query()).replace(STATE, "")));
		assertNoSecret("platform", platform.toString() + platform.user("alice") + platform.webhookDeliveries());
	}

	@Test
	void onlyTheOwnerMayReadTheFileOfTheReconciler() throws IOException {
		Path file = directory.resolve("vendo.env");
		assertThat(Files.readString(file)).contains(MANAGED_KEY);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
		try (var files = Files.list(directory)) {
			assertThat(files.filter((other) -> !other.equals(file)).toList()).allSatisfy((other) -> {
				assertNoSecret(other.toString(), Files.readString(other));
			});
		}
	}

	@Test
	void noPublicTypeDescribesASecret() throws IOException {
		List<Class<?>> types = new ArrayList<>();
		for (String name : Files.readAllLines(PUBLIC_TYPES)) {
			try {
				types.add(Class.forName(name, false, getClass().getClassLoader()));
			}
			catch (LinkageError | ClassNotFoundException ex) {
				// For a library that the sample does not have.
			}
		}
		Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		// Some make new ones at every call, clients for example, without end.
		Map<Class<?>, Integer> met = new HashMap<>();
		Deque<Object> open = new ArrayDeque<>(roots());
		while (!open.isEmpty()) {
			Object object = open.remove();
			if (object instanceof Collection<?> all) {
				open.addAll(all);
			}
			else if (object instanceof Optional<?> optional) {
				optional.ifPresent(open::add);
			}
			else if (object.getClass().getName().startsWith("run.vendo.")
					&& met.merge(object.getClass(), 1, Integer::sum) <= MOST_OF_A_TYPE && seen.add(object)) {
				assertNoSecret("toString() of " + object.getClass().getName(), object.toString());
				types.stream()
					.filter((type) -> type.isInstance(object))
					.forEach((type) -> addParts(type, object, open));
			}
		}
		for (Class<?> type : List.of(VendoClient.class, VendoException.class, ConnectUrlOptions.class,
				EventStreamOptions.class, ByokCatalog.class, HttpTimeouts.class)) {
			assertThat(seen).as("what was met").anyMatch(type::isInstance);
		}
	}

	private static List<Object> roots() {
		VendoClient vendo = context.getBean(VendoClient.class);
		VendoClient alice = vendo.forUser(aliceJwt);
		List<Object> roots = new ArrayList<>(failures);
		roots.addAll(handed);
		for (String name : context.getBeanDefinitionNames()) {
			Class<?> type = context.getType(name);
			if (type != null && type.getName().startsWith("run.vendo.")
					&& context.getBeanFactory().containsSingleton(name)) {
				roots.add(context.getBean(name));
			}
		}
		roots.addAll(List.of(vendo, alice, vendo.mutate(), vendo.connections().list(), alice.connections().list(),
				vendo.integrations().list(), vendo.session("openai"), alice.session("openai"),
				vendo.http().get("/x").query("state", STATE).header("Cookie", COOKIE),
				vendo.reactive().http().get("/x").query("state", STATE).header("Cookie", COOKIE),
				ConnectUrlOptions.none().withState(STATE), vendo.billing().balance(), vendo.billing().spendCaps(),
				vendo.billing().usage(Period.DAY), ByokCatalog.defaults(), ReconcilerOptions.defaults(),
				ReloadHookOptions.defaults(), EventStreamOptions.defaults(), HttpTimeouts.defaults(),
				ConnectionPool.defaults(), RetryPolicy.defaults(), VendoRole.OWNER));
		return roots;
	}

	private static void addParts(Class<?> type, Object object, Deque<Object> parts) {
		for (Method method : type.getMethods()) {
			if (method.getParameterCount() == 0 && !Modifier.isStatic(method.getModifiers()) && isPart(method)) {
				try {
					Object part = method.invoke(object);
					if (part != null) {
						parts.add(part);
					}
				}
				catch (IllegalAccessException ex) {
					throw new IllegalStateException(ex);
				}
				catch (InvocationTargetException ex) {
					assertNoSecret(method.toString(), String.valueOf(ex.getCause()));
				}
			}
		}
	}

	private static boolean isPart(Method method) {
		Class<?> result = method.getReturnType();
		boolean ours = result.getName().startsWith("run.vendo.") || Collection.class.isAssignableFrom(result)
				|| result == Optional.class;
		return ours && !Set.of("close", "build", "subscribe", "mutate").contains(method.getName());
	}

	private static void assertNoSecret(String place, String text) {
		CANARIES.forEach((value, secret) -> assertThat(text.contains(value))
			.as(() -> "%s shows the %s: %s".formatted(place, secret, excerpt(text, value)))
			.isFalse());
	}

	private static String excerpt(String text, String value) {
		int at = text.indexOf(value);
		return text.substring(Math.max(0, at - 200), at) + "<<HERE>>";
	}

	private static Answer get(String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return send(request.build());
	}

	private static Answer send(HttpRequest request) {
		try {
			HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
			Answer answer = new Answer(request.uri().getPath(), response.body(),
					response.headers().map() + response.body());
			answers.add(answer);
			return answer;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private record Answer(String path, String body, String text) {

	}

	/**
	 * Looks for secrets in every line, from the first one of the application on.
	 */
	private static final class Recorder extends AppenderBase<ILoggingEvent> {

		// Bytes as they came over the wire. That Tomcat's shows the header of a request
		// is said in docs/security.md.
		private static final List<String> WIRE = List.of("org.apache.coyote.http11.Http11InputBuffer");

		// Shows the URL of each call with the query that the application gave it.
		private static final String OF_URLS = "reactor.netty.http.client.HttpClientConnect";

		private final AtomicInteger lines = new AtomicInteger();

		private final Set<String> loggers = ConcurrentHashMap.newKeySet();

		private final Set<String> leaks = ConcurrentHashMap.newKeySet();

		@Override
		protected void append(ILoggingEvent event) {
			this.lines.incrementAndGet();
			this.loggers.add(event.getLoggerName());
			if (WIRE.contains(event.getLoggerName())) {
				return;
			}
			String text = event.getFormattedMessage() + event.getMDCPropertyMap() + event.getThreadName()
					+ ThrowableProxyUtil.asString(event.getThrowableProxy());
			CANARIES.forEach((value, secret) -> {
				boolean ownQuery = value.equals(STATE) && OF_URLS.equals(event.getLoggerName());
				if (text.contains(value) && !ownQuery) {
					this.leaks
						.add("%s shows the %s: %s".formatted(event.getLoggerName(), secret, excerpt(text, value)));
				}
			});
		}

	}

	/**
	 * Attaches the recorder as soon as logging is set up.
	 */
	private static final class AttachRecorder
			implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

		@Override
		public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
			Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
			logs.setContext(root.getLoggerContext());
			logs.start();
			root.addAppender(logs);
		}

		@Override
		public int getOrder() {
			return Ordered.LOWEST_PRECEDENCE;
		}

	}

	/**
	 * Keeps all that is said about an observation.
	 */
	static final class Observed implements ObservationHandler<Observation.Context> {

		private final List<String> texts = new CopyOnWriteArrayList<>();

		@Override
		public void onStop(Observation.Context context) {
			this.texts.add(context.getName() + context.getContextualName() + context.getAllKeyValues() + context
					+ context.getError());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

	/**
	 * What the sample has no use for, and an application may have.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Attacked {

		@Bean
		HttpExchangeRepository httpExchangeRepository() {
			InMemoryHttpExchangeRepository repository = new InMemoryHttpExchangeRepository();
			repository.setCapacity(1000);
			return repository;
		}

		@Bean
		Observed observed() {
			return new Observed();
		}

		@Bean
		AttackedController attackedController(VendoClient vendo) {
			return new AttackedController(vendo);
		}

	}

	@RestController
	static class AttackedController {

		@EventListener
		void event(VendoEvent event) {
			handed.add(event);
		}

		@EventListener
		void state(EventStreamState state) {
			handed.add(state);
		}

		private final VendoClient vendo;

		AttackedController(VendoClient vendo) {
			this.vendo = vendo;
		}

		@VendoWebhookMapping("/attacked/webhook")
		void webhook(WebhookEvent<JsonNode> event) {
			handed.add(event);
		}

		@GetMapping("/attacked/user")
		String user(VendoIdentity identity, @ForRequest VendoClient user) {
			handed.add(identity);
			handed.add(user);
			return String.valueOf(user.connections().list()) + identity;
		}

		@GetMapping("/attacked/session")
		String session() {
			String provider = platform.providerUrl("openai").toString();
			this.vendo.session("openai").restClient().get().uri(provider).retrieve().toBodilessEntity();
			this.vendo.session("openai").webClient().get().uri(provider).retrieve().toBodilessEntity().block();
			return this.vendo.session("openai").toString();
		}

		@GetMapping("/attacked/failure")
		String failure(@ForRequest VendoClient user) {
			platform.failNext(503, 5);
			return user.http().get("/api/nowhere").query("state", STATE).retrieve(String.class);
		}

	}

}
