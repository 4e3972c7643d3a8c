package run.vendo.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.http.ConnectionPool;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.RetryPolicy;
import run.vendo.webhook.WebhooksApi;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.UrlResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the table of configuration properties in the guide equal to what the code has.
 */
class ConfigurationReferenceTests {

	private static final Path PAGE = Path.of("../docs/configuration.md");

	private static final Pattern ROW = Pattern
		.compile("(?m)^\\| `((?:vendo|management)\\.[a-z.-]+)` \\| (.*?) \\| `([A-Z_<>]+)` \\| (.*?) \\|$");

	private static final String HOW_TO = "docs/configuration.md no longer says what the code does. Give this property the row\n%s\n";

	@Test
	void theTableHasEveryPropertyAndNoOther() throws IOException {
		Map<String, Row> rows = rows();
		List<String> names = new ArrayList<>();
		for (JsonNode property : properties()) {
			String name = property.path("name").stringValue();
			String variable = variable(name);
			String description = property.path("description").stringValue().replace("\"", "`");
			names.add(name);
			Row row = rows.get(name);
			String known = (row != null) ? row.defaultValue() : "default";
			assertThat(row).as(HOW_TO, "| `%s` | %s | `%s` | %s |".formatted(name, known, variable, description))
				.isEqualTo(new Row(name, known, variable, description));
		}
		assertThat(rows.keySet()).as("docs/configuration.md: delete the rows of properties that no longer exist")
			.containsExactlyInAnyOrderElementsOf(names);
	}

	@Test
	void everyVariableInTheTableBindsItsProperty() throws Exception {
		for (JsonNode property : properties()) {
			String name = property.path("name").stringValue();
			if (!name.startsWith("vendo.")) {
				// Bound by Spring Boot.
				continue;
			}
			String variable = rows().get(name).variable().replace("<SLUG>", "ACME").replace("<NAME>", "ACME");
			Binder binder = new Binder(ConfigurationPropertySources.from(new SystemEnvironmentPropertySource(
					"systemEnvironment", Map.of(variable, sample(property.path("type").stringValue())))));
			Class<?> properties = Class.forName(property.path("sourceType").stringValue());
			assertThat(binder.bind(name.substring(0, name.lastIndexOf('.')), properties).isBound())
				.as("docs/configuration.md: the variable %s does not set %s", variable, name)
				.isTrue();
		}
	}

	@Test
	void theDefaultsInTheTableAreThoseOfTheCode() throws IOException {
		HttpTimeouts timeouts = HttpTimeouts.defaults();
		ConnectionPool pool = ConnectionPool.defaults();
		RetryPolicy retry = RetryPolicy.defaults();
		assertDefault("vendo.http.connect-timeout", timeouts.connect());
		assertDefault("vendo.http.response-timeout", timeouts.response());
		assertDefault("vendo.http.pool.max-connections", pool.maxConnections());
		assertDefault("vendo.http.pool.max-pending", pool.maxPending());
		assertDefault("vendo.http.pool.acquire-timeout", pool.acquireTimeout());
		assertDefault("vendo.http.pool.max-idle-time", pool.maxIdleTime());
		assertDefault("vendo.http.pool.max-life-time", pool.maxLifeTime());
		assertDefault("vendo.http.pool.eviction-interval", pool.evictionInterval());
		assertDefault("vendo.retry.max-attempts", retry.maxAttempts());
		assertDefault("vendo.retry.base-delay", retry.baseDelay());
		assertDefault("vendo.retry.max-delay", retry.maxDelay());
		assertDefault("vendo.retry.max-retry-after", retry.maxRetryAfter());
		assertDefault("vendo.retry.budget", retry.budget());
		assertDefault("vendo.webhook.max-age", WebhooksApi.DEFAULT_MAX_AGE);
	}

	private static void assertDefault(String name, Object value) throws IOException {
		String shown = Objects.requireNonNull(rows().get(name), name).defaultValue().replace("`", "");
		Object read = (value instanceof Duration) ? DurationStyle.detectAndParse(shown) : Integer.valueOf(shown);
		assertThat(read).as("docs/configuration.md: correct the default of %s", name).isEqualTo(value);
	}

	private static String variable(String name) {
		String variable = name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
		return switch (name) {
			case "vendo.byok" -> variable + "_<SLUG>";
			case "vendo.accounts" -> variable + "_<NAME>_APIKEY";
			default -> variable;
		};
	}

	private static String sample(String type) {
		return switch (type) {
			case "java.lang.Boolean" -> "true";
			case "java.lang.Integer", "java.lang.Long", "java.math.BigDecimal" -> "7";
			case "java.time.Duration" -> "7s";
			case "org.springframework.util.unit.DataSize" -> "7MB";
			case "run.vendo.reconciler.Quoting" -> "literal";
			case "run.vendo.autoconfigure.reconciler.VendoReconcilerProperties$Action" -> "restart";
			default -> "acme";
		};
	}

	private static Map<String, Row> rows() throws IOException {
		Map<String, Row> rows = new TreeMap<>();
		Matcher row = ROW.matcher(Files.readString(PAGE, StandardCharsets.UTF_8));
		while (row.find()) {
			rows.put(row.group(1), new Row(row.group(1), row.group(2), row.group(3), row.group(4)));
		}
		return rows;
	}

	private static JsonNode properties() throws IOException {
		String own = VendoAutoConfiguration.class.getProtectionDomain().getCodeSource().getLocation().toString();
		try (InputStream metadata = new UrlResource(own + "META-INF/spring-configuration-metadata.json")
			.getInputStream()) {
			return new JsonMapper().readTree(metadata).path("properties");
		}
	}

	/**
	 * A row of the table.
	 *
	 * @param name the property
	 * @param defaultValue its default as shown
	 * @param variable the environment variable that sets it
	 * @param description what it does
	 */
	private record Row(String name, String defaultValue, String variable, String description) {

	}

}
