package run.vendo.sample;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.actuate.BalanceMonitor;
import run.vendo.autoconfigure.event.EventStreamMonitor;
import run.vendo.error.VendoException;
import run.vendo.test.PlatformFault;
import run.vendo.test.PlatformHold;
import run.vendo.test.VendoPlatform;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Walks the sample through all the trouble that docs/operations.md has a row for, and
 * compares what it shows with what the row says.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(180)
class SampleOperationsTests {

	private static final Duration WAIT = Duration.ofSeconds(30);

	private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(3);

	// What is promised while the platform hangs.
	private static final Duration AT_ONCE = Duration.ofMillis(100);

	// Less than anything of ours waits for the platform.
	private static final Duration SHORTEST_WAIT = Duration.ofMillis(900);

	private static final List<String> PROBES = List.of("/actuator/health/liveness", "/actuator/health/readiness",
			"/healthz");

	private static final Path PAGE = Path.of("../docs/operations.md");

	private static final Pattern ROW = Pattern.compile("(?m)^\\| (?!---|Case)(.+) \\|$");

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	private static final String WELL = "All is well";

	private static final JsonMapper JSON = new JsonMapper();

	private static final HttpClient http = HttpClient.newHttpClient();

	private final Map<String, Row> rows = rows();

	private final List<String> walked = new ArrayList<>();

	private VendoPlatform platform;

	private ConfigurableApplicationContext application;

	private CapturedOutput output;

	@BeforeEach
	void start() {
		this.platform = VendoPlatform.start();
		this.platform.connect("openai");
		this.application = new SpringApplicationBuilder(SampleApplication.class, TimeConfiguration.class).run(Stream
			.of("server.port=0", "vendo.api-key=" + this.platform.apiKey(), "vendo.base-url=" + this.platform.baseUrl(),
					"vendo.credentials-url=" + this.platform.credentialsUrl(),
					"vendo.data-proxy-url=" + this.platform.dataProxyUrl(), "vendo.retry.max-attempts=2",
					"vendo.retry.base-delay=1ms", "vendo.retry.max-delay=1ms",
					"vendo.http.response-timeout=" + RESPONSE_TIMEOUT.toMillis() + "ms",
					"vendo.events.initial-backoff=1ms", "vendo.events.max-backoff=20ms",
					"vendo.events.resubscribe-delay=20ms", "management.endpoints.web.exposure.include=*",
					"management.endpoint.health.show-details=always")
			.map((property) -> "--" + property)
			.toArray(String[]::new));
	}

	@AfterEach
	void stop() {
		this.application.close();
		this.platform.close();
	}

	@Test
	void showsAllTroubleRightlyAndProbesNeverNotice(CapturedOutput output) {
		this.output = output;
		this.platform.awaitStreams(1, WAIT);
		Awaitility.await().atMost(WAIT).untilAsserted(() -> this.rows.get(WELL).assertEndpoint(this));
		try (Probes probes = new Probes()) {
			killed();
			slow();
			rejectingTheKey();
			rateLimiting();
			outOfCredit();
			capped();
			outOfCreditAndKilled();
			probes.assertThatNoneNoticed();
		}
		assertThat(this.walked).as("the cases of %s", PAGE).containsAll(this.rows.keySet());
		assertThat(get("/actuator/prometheus").body()).contains("vendo_billing_balance_usd{account=\"default\"} 12.5",
				"vendo_events_stream{state=\"connected\"} 1.0");
		assertThat(output.toString()).doesNotContain(this.platform.apiKey());
	}

	private void killed() {
		whenItHappens("The platform is down", this.platform::stop);
		whenItIsOver(this.platform::restart);
	}

	private void slow() {
		try (PlatformHold hold = this.platform.hold("/api/*")) {
			whenItHappens("The platform does not answer in time", () -> {
				readBalanceAgain();
				hold.awaitRequests(2, WAIT);
				assertThatHealthDoesNotWait();
			});
		}
		whenItIsOver(() -> {
		});
	}

	// Whatever waits for the platform takes as long as that may, and longer on a busy
	// machine: the fastest of several says whether it does.
	private void assertThatHealthDoesNotWait() {
		assertThat(fastest(() -> {
			JsonNode vendo = json("/actuator/health").path("components").path("vendo");
			assertThat(vendo.path("details").path("creditsMicros").longValue()).isEqualTo(this.platform.balance());
		})).isLessThan(AT_ONCE);
		for (String probe : PROBES) {
			assertThat(fastest(() -> assertThat(get(probe).statusCode()).isEqualTo(200))).as(probe).isLessThan(AT_ONCE);
		}
	}

	private static Duration fastest(Runnable work) {
		long fastest = Long.MAX_VALUE;
		for (int i = 0; i < 20; i++) {
			long began = System.nanoTime();
			work.run();
			fastest = Math.min(fastest, System.nanoTime() - began);
		}
		return Duration.ofNanos(fastest);
	}

	private void rejectingTheKey() {
		whenItHappens("The API key is rejected", () -> {
			this.platform.revokeApiKey(this.platform.apiKey());
			this.platform.dropStreams();
		});
		whenItIsOver(() -> {
			this.platform.addApiKey(this.application.getEnvironment().getRequiredProperty("vendo.api-key"));
			// As a new start of the application does.
			restart(EventStreamMonitor.class);
		});
	}

	private void rateLimiting() {
		whenItHappens("A rate limit is reached",
				() -> this.platform.failNext(PlatformFault.status(429)
					.code("rate_limited")
					.retryAfter(Duration.ofMinutes(1))
					.onPath("/api/billing/balance")
					.always()));
		whenItIsOver(this.platform::clearFaults);
	}

	private void outOfCredit() {
		whenItHappens("Out of credit", () -> {
			this.platform.balance(0);
			spend();
		});
		whenItIsOver(() -> this.platform.balance(12_500_000));
	}

	private void capped() {
		whenItHappens("A spend cap is reached", () -> {
			this.platform.spendCaps(1_500_000L, null);
			this.platform.spend(1_500_000);
			spend();
		});
		whenItIsOver(() -> {
			this.platform.spendCaps(null, null);
			this.platform.balance(12_500_000);
		});
	}

	private void outOfCreditAndKilled() {
		this.platform.balance(0);
		Awaitility.await().atMost(WAIT).untilAsserted(() -> this.rows.get("Out of credit").assertHealth(this));
		whenItHappens("Out of credit, then the platform is down", this.platform::stop);
		whenItIsOver(() -> {
			this.platform.restart();
			this.platform.balance(12_500_000);
		});
	}

	private void spend() {
		VendoClient vendo = this.application.getBean(VendoClient.class);
		assertThatExceptionOfType(VendoException.class)
			.isThrownBy(() -> vendo.data().execute("OPENAI_ANSWER", Map.of()));
	}

	private void whenItIsOver(Runnable relief) {
		whenItHappens(WELL, relief);
	}

	private void whenItHappens(String name, Runnable trouble) {
		Row row = this.rows.get(name);
		assertThat(row).as("the row '%s' of %s", name, PAGE).isNotNull();
		List<Double> before = row.meters().stream().map((meter) -> meter.value(this)).toList();
		int logged = this.output.length();
		trouble.run();
		// What was seen before is no longer good for the endpoint.
		this.application.getBean(MovingClock.class).move(Duration.ofSeconds(10));
		readBalanceAgain();
		Awaitility.await(name).atMost(WAIT).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
			row.assertHealth(this);
			row.assertMeters(this, before);
			row.assertEndpoint(this);
			row.assertLog(this.output.toString().substring(logged));
		});
		this.walked.add(name);
	}

	// Otherwise it would be in a minute.
	private void readBalanceAgain() {
		restart(BalanceMonitor.class);
	}

	private void restart(Class<?> monitor) {
		Lifecycle lifecycle = (Lifecycle) this.application.getBean(monitor);
		lifecycle.stop();
		lifecycle.start();
	}

	private JsonNode json(String path) {
		return JSON.readTree(get(path).body());
	}

	private HttpResponse<String> get(String path) {
		String port = this.application.getEnvironment().getRequiredProperty("local.server.port");
		try {
			return http.send(
					HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(WAIT).build(),
					BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static Map<String, Row> rows() {
		Map<String, Row> rows = new LinkedHashMap<>();
		try {
			ROW.matcher(Files.readString(PAGE)).results().map((row) -> row.group(1).split(" \\| ")).forEach((cells) -> {
				assertThat(cells).as("cells of '%s'", cells[0]).hasSize(7);
				rows.put(cells[0], new Row(cells[0], items(cells[1]), Integer.parseInt(cells[2]),
						items(cells[3]).stream().map(Meter::of).toList(), items(cells[4]), items(cells[5])));
			});
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return rows;
	}

	private static List<List<String>> items(String cell) {
		return Arrays.stream(cell.split("(?<=`); "))
			.map((item) -> CODE.matcher(item).results().map((MatchResult code) -> code.group(1)).toList())
			.peek((item) -> assertThat(item).as(cell).hasSize(2))
			.toList();
	}

	/**
	 * A row of the page.
	 *
	 * @param name the case
	 * @param health components and their status
	 * @param status of health over HTTP
	 * @param meters the meters
	 * @param endpoint what the endpoint shows: where, and how that begins
	 * @param log lines of the log: level, and how they begin
	 */
	private record Row(String name, List<List<String>> health, int status, List<Meter> meters,
			List<List<String>> endpoint, List<List<String>> log) {

		void assertHealth(SampleOperationsTests sample) {
			HttpResponse<String> answer = sample.get("/actuator/health");
			JsonNode components = JSON.readTree(answer.body()).path("components");
			for (List<String> component : this.health) {
				assertThat(components.path(component.get(0)).path("status").asString(""))
					.as("health of %s in %s", component.get(0), answer.body())
					.isEqualTo(component.get(1));
			}
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(this.status);
		}

		void assertMeters(SampleOperationsTests sample, List<Double> before) {
			for (int i = 0; i < this.meters.size(); i++) {
				this.meters.get(i).assertShown(sample, before.get(i));
			}
		}

		void assertEndpoint(SampleOperationsTests sample) {
			JsonNode vendo = sample.json("/actuator/vendo");
			for (List<String> shown : this.endpoint) {
				JsonNode node = vendo.at("/" + shown.get(0).replace('.', '/'));
				String text = node.isArray() ? node.path(0).asString("") : node.asString("");
				assertThat(text).as("%s in %s", shown.get(0), vendo).startsWith(shown.get(1));
			}
			if (this.name.equals(WELL)) {
				assertThat(vendo.path("balance").has("error")).as("%s", vendo).isFalse();
				assertThat(vendo.path("connections").has("error")).as("%s", vendo).isFalse();
			}
			assertThat(vendo.path("connections").path("list").findValuesAsString("slug")).contains("openai");
		}

		void assertLog(String output) {
			for (List<String> line : this.log) {
				assertThat(output.lines()
					.filter((logged) -> logged.contains(" " + line.get(0) + " ")
							&& logged.contains(" : " + line.get(1))))
					.as("'%s' in the log:%n%s", line.get(1), output)
					.hasSize(1);
			}
		}

	}

	/**
	 * A meter of a row.
	 *
	 * @param name its name
	 * @param says a tag and its value, or the value of the meter itself
	 */
	private record Meter(String name, String says) {

		static Meter of(List<String> item) {
			return new Meter(item.get(0), item.get(1));
		}

		private boolean isTag() {
			return this.says.contains("=");
		}

		double value(SampleOperationsTests sample) {
			String tag = isTag() ? "?tag=" + URLEncoder.encode(this.says.replace('=', ':'), StandardCharsets.UTF_8)
					: "";
			HttpResponse<String> answer = sample.get("/actuator/metrics/" + this.name + tag);
			if (answer.statusCode() == 404) {
				return 0;
			}
			return JSON.readTree(answer.body()).path("measurements").path(0).path("value").doubleValue();
		}

		void assertShown(SampleOperationsTests sample, double before) {
			double value = value(sample);
			if (!isTag()) {
				assertThat(value).as(toString()).isEqualTo(Double.parseDouble(this.says));
			}
			else if (this.name.equals("vendo.events.stream")) {
				assertThat(value).as(toString()).isEqualTo(1);
			}
			else {
				assertThat(value).as(toString()).isGreaterThan(before);
			}
		}

	}

	/**
	 * Asks what an orchestrator asks, all the time.
	 */
	private final class Probes implements AutoCloseable {

		private final Queue<String> noticed = new ConcurrentLinkedQueue<>();

		private final Queue<Duration> times = new ConcurrentLinkedQueue<>();

		private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

		Probes() {
			this.executor.scheduleWithFixedDelay(() -> {
				for (String probe : PROBES) {
					probe(probe);
				}
			}, 0, 20, TimeUnit.MILLISECONDS);
		}

		private void probe(String path) {
			long began = System.nanoTime();
			try {
				HttpResponse<String> answer = get(path);
				if (answer.statusCode() != 200) {
					this.noticed.add(path + ": " + answer.statusCode() + " " + answer.body());
				}
			}
			catch (RuntimeException ex) {
				this.noticed.add(path + ": " + ex);
			}
			this.times.add(Duration.ofNanos(System.nanoTime() - began));
		}

		void assertThatNoneNoticed() {
			assertThat(this.noticed).isEmpty();
			assertThat(this.times).hasSizeGreaterThan(50);
			// A machine that has other things to do holds up a few of them.
			List<Duration> sorted = this.times.stream().sorted().toList();
			assertThat(sorted.get(sorted.size() * 9 / 10)).isLessThan(RESPONSE_TIMEOUT);
			assertThat(sorted.get(sorted.size() / 2)).isLessThan(SHORTEST_WAIT);
		}

		@Override
		public void close() {
			this.executor.shutdownNow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TimeConfiguration {

		@Bean
		MovingClock clock() {
			return new MovingClock();
		}

	}

}
