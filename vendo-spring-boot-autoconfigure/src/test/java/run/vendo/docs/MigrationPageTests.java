package run.vendo.docs;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares what the page on moving from other SDKs promises with what is there.
 */
class MigrationPageTests {

	private static final Path PAGE = Path.of("../docs/migration.md");

	private static final Path SOURCES = Path.of("src/main/java/run/vendo");

	private static final Pattern CALL = Pattern.compile("`vendo\\.((?:\\w+\\([^)]*\\)\\.?)+)`");

	private static final Pattern STEP = Pattern.compile("(\\w+)\\(([^)]*)\\)");

	@Test
	void everyCallIsThere() throws IOException {
		Set<String> reached = new TreeSet<>();
		for (List<String> row : rows("Call by call")) {
			Matcher call = CALL.matcher(row.get(2));
			while (call.find()) {
				Class<?> api = VendoClient.class;
				Matcher step = STEP.matcher(call.group(1));
				while (step.find()) {
					int parameters = step.group(2).isEmpty() ? 0 : step.group(2).split(",").length;
					Optional<Method> method = method(api, step.group(1), parameters);
					assertThat(method)
						.as("docs/migration.md names %s.%s with %d parameters", api.getSimpleName(), step.group(1),
								parameters)
						.isPresent();
					api = method.get().getReturnType();
				}
				reached.add(call.group(1).replaceAll("\\(.*", ""));
			}
		}
		assertThat(reached).contains("token", "connections", "integrations", "billing", "events", "webhooks", "data",
				"sso", "deployment", "reconciler");
	}

	@Test
	void everyExceptionHasItsRowAndThereIsNoOther() throws IOException {
		assertThat(rows("Errors").stream().map((row) -> row.get(1).replace("`", "")))
			.containsExactlyInAnyOrderElementsOf(exceptions());
	}

	@Test
	void whatHasNoCodeIsWhatTheStatusMakesOfIt() throws IOException {
		Pattern status = Pattern.compile("^(\\d{3})(?:, (\\d{3}) and (\\d{3}))? without a (?:known )?code");
		List<String> checked = new ArrayList<>();
		for (List<String> row : rows("Errors")) {
			Matcher codes = status.matcher(row.get(2));
			if (codes.find()) {
				for (int group = 1; group <= 3; group++) {
					if (codes.group(group) != null) {
						checked.add(codes.group(group));
						VendoException made = ErrorDetails.builder()
							.status(Integer.parseInt(codes.group(group)))
							.toException();
						assertThat("`" + made.getClass().getSimpleName() + "`").isEqualTo(row.get(1));
					}
				}
			}
		}
		assertThat(checked).contains("402", "403", "404", "409", "429", "503");
	}

	private static Optional<Method> method(Class<?> type, String name, int parameters) {
		return Stream.of(type.getMethods())
			.filter((method) -> method.getName().equals(name) && method.getParameterCount() == parameters
					&& !Modifier.isStatic(method.getModifiers()))
			.findFirst();
	}

	private static List<String> exceptions() throws IOException {
		try (Stream<Path> files = Files.list(SOURCES.resolve("error"))) {
			return files.map((file) -> file.getFileName().toString().replace(".java", ""))
				.filter((name) -> name.endsWith("Exception"))
				.toList();
		}
	}

	private static List<List<String>> rows(String heading) throws IOException {
		String page = Files.readString(PAGE, StandardCharsets.UTF_8);
		String section = page.substring(page.indexOf("\n## " + heading + "\n"));
		List<List<String>> rows = section.substring(0, section.indexOf("\n## ", 1))
			.lines()
			.filter((line) -> line.startsWith("| "))
			.skip(2)
			.map((line) -> Stream.of(line.split("\\|")).skip(1).map(String::strip).collect(Collectors.toList()))
			.toList();
		assertThat(rows).as("rows under '%s'", heading).isNotEmpty();
		return rows;
	}

}
