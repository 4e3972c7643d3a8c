package run.vendo.docs;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.dashboard.VendoDashboard;
import run.vendo.error.VendoException;
import run.vendo.http.VendoCredential.Type;
import run.vendo.http.VendoEndpoint;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the reference of the HTTP API with the table that calls are checked by.
 */
class HttpApiReferenceTests {

	private static final Path PAGE = Path.of("../docs/http-api.md");

	@Test
	void everyEndpointHasItsRow() throws IOException {
		Map<String, List<String>> rows = rows();
		assertThat(rows.keySet()).as("docs/http-api.md has one row for each endpoint of VendoEndpoint")
			.containsExactlyElementsOf(Stream.of(VendoEndpoint.values()).map(HttpApiReferenceTests::name).toList());
		for (VendoEndpoint endpoint : VendoEndpoint.values()) {
			assertThat(rows.get(name(endpoint))).as("docs/http-api.md, row of %s", name(endpoint))
				.satisfies((cells) -> {
					assertThat(cells.get(1)).isEqualTo(credentials(endpoint.credentials()));
					assertThat(cells.get(5)).isEqualTo(limit(endpoint));
				});
		}
	}

	@Test
	void everyCallIsThereAndAnswersWhatIsSaid() throws IOException {
		for (Map.Entry<String, List<String>> row : rows().entrySet()) {
			String call = row.getValue().get(2).replace("`", "");
			Matcher parts = Pattern.compile("(?:(dashboard)|(\\w+)\\(\\))\\.(\\w+)\\(([^)]*)\\)").matcher(call);
			assertThat(parts.matches()).as(call).isTrue();
			if ("http".equals(parts.group(2))) {
				continue;
			}
			Class<?> api = (parts.group(1) != null) ? VendoDashboard.class
					: method(VendoClient.class, parts.group(2), 0).getReturnType();
			int parameters = parts.group(4).isEmpty() ? 0 : parts.group(4).split(",").length;
			String type = method(api, parts.group(3), parameters).getGenericReturnType()
				.getTypeName()
				.replaceAll("[a-z]+\\.", "");
			assertThat(row.getValue().get(3)).as("docs/http-api.md, answer of %s", call).isEqualTo("`" + type + "`");
		}
	}

	@Test
	void everyCallOfTheDashboardHasItsRow() throws IOException {
		Set<String> shown = rows().values()
			.stream()
			.map((cells) -> cells.get(2))
			.filter((call) -> call.startsWith("`dashboard."))
			.map((call) -> call.substring("`dashboard.".length(), call.indexOf('(')))
			.collect(Collectors.toSet());
		Set<String> there = Stream.of(VendoDashboard.class.getMethods())
			.filter((method) -> !Modifier.isStatic(method.getModifiers()))
			.map(Method::getName)
			.collect(Collectors.toSet());
		there.remove("integrations"); // GET /api/integrations has its row
		assertThat(shown).isEqualTo(there);
	}

	@Test
	void everyErrorNamedIsOne() throws IOException {
		assertThat(rows().values()).allSatisfy((cells) -> {
			Matcher name = Pattern.compile("`(\\w+)`").matcher(cells.get(4));
			while (name.find()) {
				assertThat(VendoException.class).isAssignableFrom(Class.forName("run.vendo.error." + name.group(1)));
			}
		});
	}

	private static Method method(Class<?> type, String name, int parameters) {
		return Stream.of(type.getMethods())
			.filter((method) -> method.getName().equals(name) && method.getParameterCount() == parameters)
			.findFirst()
			.orElseThrow(() -> new AssertionError("docs/http-api.md names " + type.getSimpleName() + "." + name
					+ " with " + parameters + " parameters, which is not there"));
	}

	private static String name(VendoEndpoint endpoint) {
		return "`" + endpoint.method() + " " + endpoint.path() + "`";
	}

	private static String credentials(Set<Type> types) {
		if (types.size() == Type.values().length) {
			return "public";
		}
		return types.stream().map((type) -> switch (type) {
			case APP_KEY -> "App Key";
			case CONNECTION_KEY -> "Connection Key";
			case IDENTITY_JWT -> "identity JWT";
			case SESSION_COOKIE -> "session cookie";
			case NONE -> "none";
		}).collect(Collectors.joining(", "));
	}

	private static String limit(VendoEndpoint endpoint) {
		return endpoint.limit()
			.map((limit) -> limit.calls() + (limit.window().equals(Duration.ofMinutes(1)) ? " a minute" : " an hour"))
			.orElse("–");
	}

	private static Map<String, List<String>> rows() throws IOException {
		Map<String, List<String>> rows = new LinkedHashMap<>();
		for (String line : Files.readAllLines(PAGE, StandardCharsets.UTF_8)) {
			if (line.matches("\\| `[A-Z]+ /.*")) {
				List<String> cells = Stream.of(line.split("\\|")).skip(1).map(String::strip).toList();
				assertThat(rows.put(cells.get(0), cells)).as("second row of %s", cells.get(0)).isNull();
			}
		}
		return rows;
	}

}
