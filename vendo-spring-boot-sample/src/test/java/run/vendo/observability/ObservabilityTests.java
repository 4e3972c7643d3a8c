package run.vendo.observability;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.search.MeterNotFoundException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoClientCustomizer;
import run.vendo.autoconfigure.web.webhook.VendoWebhookMapping;
import run.vendo.error.VendoException;
import run.vendo.event.VendoEvent;
import run.vendo.reconciler.Reconciler;
import run.vendo.reconciler.ReconcilerListener;
import run.vendo.sample.MovingClock;
import run.vendo.test.PlatformFault;
import run.vendo.test.VendoPlatform;
import run.vendo.webhook.WebhookEvent;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Compares the guide and the dashboard with what an application really shows after it has
 * done a little of everything.
 */
@Timeout(120)
class ObservabilityTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	private static final Path DOCS = Path.of("../docs");

	private static final Pattern METER_ROW = Pattern
		.compile("(?m)^\\| `(vendo\\.[a-z.]+)` \\| ([a-z ]+) \\| ((?:`[a-z.]+` ?)*)\\| .+ \\|$");

	private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z_]+)(?:\\{(.*)})? \\S+$");

	private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

	private static final Pattern SELECTOR = Pattern.compile("\\b([a-z]+(?:_[a-z]+)+)\\b(?!\\s*\\()(?:\\{([^}]*)})?");

	private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(?:=~|!~|!=|=)\"([^\"]*)\"");

	private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on) \\(([^)]*)\\)");

	private static final Pattern LEGEND = Pattern.compile("\\{\\{([a-z_]+)}}");

	private static final Pattern VALUES = Pattern.compile("label_values\\(([a-z_]+), ([a-z_]+)\\)");

	private static final HttpClient http = HttpClient.newHttpClient();

	private static final MovingClock clock = new MovingClock();

	private static final VendoPlatform platform = VendoPlatform.builder().clock(clock).start();

	@TempDir
	private static Path directory;

	private static ConfigurableApplicationContext application;

	/** What Prometheus would read: the label sets of each sample. */
	private static Map<String, List<Map<String, String>>> scrape;

	@BeforeAll
	static void doALittleOfEverything() throws Exception {
		platform.connect("slack");
		platform.connect("openai");
		application = new SpringApplicationBuilder(Application.class).logStartupInfo(false)
			.run(Stream
				.of("server.port=0", "server.address=127.0.0.1", "management.endpoints.web.exposure.include=prometheus",
						"vendo.api-key=" + platform.apiKey(), "vendo.base-url=" + platform.baseUrl(),
						"vendo.credentials-url=" + platform.credentialsUrl(),
						"vendo.data-proxy-url=" + platform.dataProxyUrl(),
						"vendo.webhook.secret=" + platform.webhookSecret(), "vendo.retry.base-delay=1ms",
						"vendo.retry.max-delay=1ms", "vendo.retry.budget=1", "management.health.vendo.enabled=false",
						"vendo.events.initial-backoff=1ms", "vendo.reconciler.file=" + directory.resolve("gateway.env"),
						"vendo.reconciler.interval=1d", "VENDO_TOKEN_NOTION=own")
				.map((property) -> "--" + property)
				.toArray(String[]::new));
		platform.awaitStreams(1, WAIT);
		application.getBean(Heard.class).await("reconciled");
		tokens();
		calls();
		events();
		webhooks();
		awaitCounts();
		scrape = read(get("/actuator/prometheus"));
	}

	private static void tokens() throws Exception {
		VendoClient vendo = application.getBean(VendoClient.class);
		String before = vendo.token("slack");
		vendo.token("slack");
		vendo.token("notion");
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> vendo.token("gmail"));
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> vendo.token("not-in-any-catalog"));
		platform.clearRequests();
		clock.move(Duration.ofMinutes(57));
		assertThat(vendo.token("slack")).isEqualTo(before);
		MeterRegistry meters = application.getBean(MeterRegistry.class);
		Awaitility.await().atMost(WAIT).until(() -> count(meters, "vendo.token.renewals", "outcome", "success") == 1);
	}

	private static void calls() {
		VendoClient vendo = application.getBean(VendoClient.class);
		platform.spendCaps(5_000_000L, null);
		platform.failNext(PlatformFault.status(503).onPath("/api/billing/balance").times(2));
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> vendo.billing().balance());
		vendo.billing().balance();
		vendo.billing().spendCaps();
	}

	private static void events() throws Exception {
		Heard heard = application.getBean(Heard.class);
		platform.disconnect("openai");
		heard.await("connection.disconnected");
		platform.dropStreams();
		platform.awaitStreams(1, WAIT);
		platform.emit("tomorrow.news", Map.of());
		heard.await("tomorrow.news");
	}

	private static void webhooks() throws Exception {
		URI hooks = URI.create("http://127.0.0.1:" + port() + "/hooks");
		platform.sendWebhooksTo(hooks);
		platform.sendWebhook("evt_1", "connection.connected", Map.of("slug", "slack"));
		platform.awaitWebhooks(WAIT);
		http.send(HttpRequest.newBuilder(hooks).POST(BodyPublishers.ofString("{}")).build(), BodyHandlers.discarding());
	}

	// An event is counted after its listener, a webhook perhaps after its answer.
	private static void awaitCounts() {
		MeterRegistry meters = application.getBean(MeterRegistry.class);
		Awaitility.await().atMost(WAIT).ignoreExceptionsInstanceOf(MeterNotFoundException.class).until(() -> {
			double events = count(meters, "vendo.events.delivered", "kind", "other");
			double handled = meters.get("vendo.webhook.deliveries").tag("outcome", "handled").counter().count();
			double rejected = meters.get("vendo.webhook.deliveries").tag("outcome", "rejected").counter().count();
			return events > 0 && handled > 0 && rejected > 0;
		});
	}

	@AfterAll
	static void close() {
		if (application != null) {
			application.close();
		}
		platform.close();
	}

	@Test
	void theGuideListsEveryMeterThereIsAndNoOther() throws IOException {
		Map<String, String> documented = new TreeMap<>();
		METER_ROW.matcher(Files.readString(DOCS.resolve("observability.md")))
			.results()
			.forEach((row) -> documented.put(row.group(1), row.group(2) + " " + new TreeSet<>(words(row.group(3)))));
		Map<String, String> found = new TreeMap<>();
		for (Meter meter : application.getBean(MeterRegistry.class).getMeters()) {
			if (meter.getId().getName().startsWith("vendo.")) {
				Set<String> tags = meter.getId()
					.getTags()
					.stream()
					.map(Tag::getKey)
					.collect(Collectors.toCollection(TreeSet::new));
				String shown = meter.getId().getType().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + tags;
				assertThat(found.merge(meter.getId().getName(), shown, (one, other) -> one))
					.as("%s always has the same tags", meter.getId().getName())
					.isEqualTo(shown);
			}
		}
		assertThat(documented).as("docs/observability.md lists the meters with type and tags").isEqualTo(found);
	}

	@Test
	void theGuideNamesEveryValueOfATag() throws IOException {
		StringBuilder guide = new StringBuilder();
		for (String page : List.of("observability.md", "webhooks.md", "events.md", "errors.md")) {
			guide.append(Files.readString(DOCS.resolve(page)));
		}
		for (Meter meter : application.getBean(MeterRegistry.class).getMeters()) {
			if (meter.getId().getName().startsWith("vendo.")) {
				// Providers and secrets are the application's own, reasons those of the
				// answers.
				assertThat(meter.getId().getTags())
					.filteredOn((tag) -> !Set.of("slug", "secret", "reason").contains(tag.getKey()))
					.allSatisfy(
							(tag) -> assertThat(guide.toString()).as("%s of %s", tag.getKey(), meter.getId().getName())
								.contains("`" + tag.getValue() + "`"));
			}
		}
	}

	private static List<String> words(String text) {
		return text.isBlank() ? List.of() : Arrays.asList(text.replace("`", "").strip().split("\\s+"));
	}

	@Test
	void whatHappenedIsCounted() {
		MeterRegistry meters = application.getBean(MeterRegistry.class);
		assertThat(count(meters, "vendo.token.renewals", "outcome", "success")).isEqualTo(1);
		assertThat(count(meters, "vendo.token.resolutions", "slug", "notion", "source", "override")).isEqualTo(1);
		assertThat(count(meters, "vendo.token.resolutions", "slug", "gmail", "outcome", "not-connected")).isEqualTo(1);
		assertThat(count(meters, "vendo.token.resolutions", "slug", "other")).isEqualTo(1);
		assertThat(count(meters, "vendo.client.retries", "api", "billing", "reason", "503")).isEqualTo(1);
		assertThat(count(meters, "vendo.client.retries.denied", "api", "billing")).isEqualTo(1);
		assertThat(count(meters, "vendo.events.delivered", "kind", "connection.disconnected")).isEqualTo(1);
		assertThat(count(meters, "vendo.events.delivered", "kind", "other")).isEqualTo(1);
		assertThat(count(meters, "vendo.events.interruptions")).isPositive();
		assertThat(count(meters, "vendo.events.listener.failures")).isGreaterThanOrEqualTo(2);
		assertThat(meters.get("vendo.events.stream").tag("state", "connected").gauge().value()).isEqualTo(1);
		assertThat(meters.get("vendo.webhook.deliveries").tag("outcome", "handled").counter().count()).isEqualTo(1);
		assertThat(meters.get("vendo.webhook.deliveries").tag("outcome", "rejected").counter().count()).isEqualTo(1);
		assertThat(count(meters, "vendo.reconciler.runs", "outcome", "failed")).isZero();
		assertThat(meters.get("vendo.billing.cap").tag("window", "day").gauge().value()).isEqualTo(5);
		assertThat(meters.get("vendo.billing.balance").gauge().value()).isPositive();
	}

	private static double count(MeterRegistry meters, String name, String... tags) {
		return meters.get(name).tags(tags).functionCounter().count();
	}

	@Test
	void everyPanelOfTheDashboardRefersToWhatThereIs() throws IOException {
		List<Query> queries = queries();
		Set<String> variables = variables();
		assertThat(queries).hasSizeGreaterThan(20).allSatisfy((query) -> {
			List<MatchResult> selectors = query.selectors();
			assertThat(selectors).as("metrics of %s", query).isNotEmpty();
			for (MatchResult selector : selectors) {
				String metric = selector.group(1);
				assertThat(scrape).as("metrics of %s", query).containsKey(metric);
				Set<String> labels = labels(metric);
				assertThat(labels).as("labels of %s in %s", metric, query).containsAll(query.grouping());
				if (selector.group(2) != null) {
					MATCHER.matcher(selector.group(2)).results().forEach((matcher) -> {
						assertThat(labels).as("labels of %s in %s", metric, query).contains(matcher.group(1));
						if (matcher.group(2).startsWith("$")) {
							assertThat(variables).as("variables in %s", query).contains(matcher.group(2).substring(1));
							return;
						}
						assertThat(scrape.get(metric).stream().map((sample) -> sample.get(matcher.group(1))))
							.as("values of %s in %s", matcher.group(1), query)
							.contains(matcher.group(2));
					});
				}
			}
			assertThat(query.grouping()).as("legend of %s", query).containsAll(query.legendLabels());
		});
	}

	@Test
	void figuresOfDifferentAccountsAreNotMixed() throws IOException {
		assertThat(queries()).allSatisfy((query) -> query.selectors().forEach((selector) -> {
			if (labels(selector.group(1)).contains("account")) {
				assertThat(selector.group(2)).as("selection of %s in %s", selector.group(1), query)
					.contains("account=~\"$account\"");
			}
			if (selector.group(1).startsWith("vendo_billing_")) {
				assertThat(query.grouping()).as("grouping of %s in %s", selector.group(1), query).contains("account");
			}
		}));
	}

	@Test
	void theDashboardShowsEveryMeterAndNoOther() throws IOException {
		Set<String> shown = new TreeSet<>();
		queries().forEach((query) -> query.selectors().forEach((selector) -> shown.add(base(selector.group(1)))));
		Set<String> exposed = scrape.keySet()
			.stream()
			.filter((name) -> name.startsWith("vendo_"))
			.map(ObservabilityTests::base)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(shown).isEqualTo(exposed);
	}

	@Test
	void panelsOfTheDashboardDoNotOverlap() throws IOException {
		Set<String> cells = new TreeSet<>();
		Set<Integer> ids = new TreeSet<>();
		for (JsonNode panel : dashboard().path("panels")) {
			assertThat(ids.add(panel.path("id").intValue())).as("id of %s", panel.path("title")).isTrue();
			JsonNode position = panel.path("gridPos");
			for (int x = 0; x < position.path("w").intValue(); x++) {
				for (int y = 0; y < position.path("h").intValue(); y++) {
					int column = position.path("x").intValue() + x;
					assertThat(column).isBetween(0, 23);
					assertThat(cells.add(column + "/" + (position.path("y").intValue() + y)))
						.as("place of %s", panel.path("title"))
						.isTrue();
				}
			}
		}
	}

	@Test
	void noSecretIsInTheScrape() throws Exception {
		assertThat(get("/actuator/prometheus")).doesNotContain(platform.apiKey(), platform.webhookSecret(),
				platform.token("slack"), "not-in-any-catalog");
	}

	// As the samples of one meter are called alike.
	private static String base(String sample) {
		return sample.replaceFirst("_(count|sum|max|total)$", "");
	}

	private static Set<String> labels(String metric) {
		return scrape.get(metric)
			.stream()
			.flatMap((sample) -> sample.keySet().stream())
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static JsonNode dashboard() throws IOException {
		return new JsonMapper().readTree(Files.readString(DOCS.resolve("grafana-dashboard.json")));
	}

	// Those that choose among the values of a label.
	private static Set<String> variables() throws IOException {
		Set<String> names = new TreeSet<>();
		for (JsonNode variable : dashboard().path("templating").path("list")) {
			if (variable.path("type").stringValue().equals("query")) {
				MatchResult values = VALUES.matcher(variable.path("query").path("query").stringValue())
					.results()
					.findFirst()
					.orElseThrow();
				assertThat(labels(values.group(1))).as("labels of %s", values.group(1)).contains(values.group(2));
				names.add(variable.path("name").stringValue());
			}
		}
		return names;
	}

	private static List<Query> queries() throws IOException {
		List<Query> queries = new ArrayList<>();
		for (JsonNode panel : dashboard().path("panels")) {
			for (JsonNode target : panel.path("targets")) {
				queries.add(new Query(panel.path("title").stringValue(), target.path("expr").stringValue(),
						target.path("legendFormat").stringValue()));
			}
		}
		return queries;
	}

	private static Map<String, List<Map<String, String>>> read(String text) {
		Map<String, List<Map<String, String>>> samples = new TreeMap<>();
		SAMPLE.matcher(text).results().forEach((sample) -> {
			Map<String, String> labels = new TreeMap<>();
			if (sample.group(2) != null) {
				LABEL.matcher(sample.group(2)).results().forEach((label) -> labels.put(label.group(1), label.group(2)));
			}
			samples.computeIfAbsent(sample.group(1), (name) -> new ArrayList<>()).add(labels);
		});
		return samples;
	}

	private static String get(String path) throws IOException, InterruptedException {
		return http
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path)).build(),
					BodyHandlers.ofString())
			.body();
	}

	private static String port() {
		return application.getEnvironment().getRequiredProperty("local.server.port");
	}

	/**
	 * A query of a panel.
	 *
	 * @param panel the title of the panel
	 * @param expression the query
	 * @param legend how its results are called
	 */
	private record Query(String panel, String expression, String legend) {

		List<MatchResult> selectors() {
			// What is grouped by looks like a metric.
			return SELECTOR.matcher(GROUPING.matcher(this.expression).replaceAll("")).results().toList();
		}

		Set<String> grouping() {
			return GROUPING.matcher(this.expression)
				.results()
				.flatMap((group) -> Arrays.stream(group.group(1).split("\\s*,\\s*")))
				.collect(Collectors.toCollection(TreeSet::new));
		}

		List<String> legendLabels() {
			return LEGEND.matcher(this.legend).results().map((label) -> label.group(1)).toList();
		}

	}

	/**
	 * An application that uses everything.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Heard.class, Hooks.class })
	static class Application {

		@Bean
		VendoClientCustomizer clockCustomizer() {
			return (builder) -> builder.clock(clock);
		}

		@Bean
		ReconcilerListener reconcilerListener(Heard heard) {
			return new ReconcilerListener() {

				@Override
				public void unchanged() {
					heard.things.add("reconciled");
				}

				@Override
				public void written(Reconciler.Change change) {
					heard.things.add("reconciled");
				}

				@Override
				public void reconcilingFailed(RuntimeException failure) {
					heard.things.add("reconciled");
				}

			};
		}

	}

	/**
	 * Hears events, and fails at it.
	 */
	static class Heard {

		private final BlockingQueue<String> things = new LinkedBlockingQueue<>();

		@EventListener
		void on(VendoEvent event) {
			this.things.add(event.kind().value());
			throw new IllegalStateException("A listener that fails");
		}

		void await(String thing) throws InterruptedException {
			String heard;
			do {
				heard = this.things.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
				assertThat(heard).as("waiting for %s", thing).isNotNull();
			}
			while (!thing.equals(heard));
		}

	}

	/**
	 * Takes webhooks.
	 */
	@RestController
	static class Hooks {

		@VendoWebhookMapping("/hooks")
		void on(WebhookEvent<JsonNode> event) {
		}

	}

}
