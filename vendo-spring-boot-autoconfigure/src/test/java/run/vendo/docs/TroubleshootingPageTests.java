package run.vendo.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.TransportException;

import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * There is a row about everything that can go wrong.
 */
class TroubleshootingPageTests {

	private static final Path DOCS = Path.of("../docs");

	private static final Path SOURCES = Path.of("src/main/java/run/vendo");

	// What each analysis begins with, as the tests of the analyzers see it.
	private static final Map<String, String> ANALYSES = Map.of("VendoBeanConflictFailureAnalyzer",
			"The application declares a bean named", "VendoConfigurationFailureAnalyzer",
			"Vendo cannot be configured:");

	@Test
	void everyFailureAnalyzerHasARow() throws IOException {
		Set<String> analyzers = SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, ArgumentResolver.ofSupplied(Environment.class, MockEnvironment::new),
					FailureHandler.handleMessage((message, failure) -> {
					}))
			.stream()
			.map(Object::getClass)
			.filter((type) -> type.getName().startsWith("run.vendo."))
			.map(Class::getSimpleName)
			.collect(Collectors.toSet());
		assertThat(analyzers).as("ANALYSES has the words of each analyzer").isEqualTo(ANALYSES.keySet());
		assertThat(cells("The application does not start"))
			.containsAll(ANALYSES.values().stream().map((words) -> "`" + words + "`").toList());
		for (Map.Entry<String, String> analysis : ANALYSES.entrySet()) {
			assertThat(read(SOURCES.resolve("autoconfigure/" + analysis.getKey() + ".java")))
				.contains("\"" + analysis.getValue());
		}
	}

	@Test
	void everySettingThatStopsTheStartHasARow() throws IOException {
		Set<String> settings = new TreeSet<>();
		Pattern raised = Pattern.compile("VendoConfigurationException\\(\\s*\"(vendo\\.[a-z.-]+)\"");
		Pattern constant = Pattern
			.compile("(?:String (?:PROPERTY|NAME) = |\\? |: |[A-Z]+\\()\"(vendo\\.[a-z-]+[a-z.-]*)\"");
		try (Stream<Path> files = Files.walk(SOURCES)) {
			for (Path file : files.filter((path) -> path.toString().endsWith(".java")).toList()) {
				String source = read(file);
				if (source.contains("new VendoConfigurationException(")) {
					raised.matcher(source).results().forEach((match) -> settings.add(match.group(1)));
					constant.matcher(source).results().forEach((match) -> settings.add(match.group(1)));
				}
			}
		}
		assertThat(settings).contains("vendo.api-key", "vendo.base-url", "vendo.sso.jwt.issuer",
				"vendo.reconciler.mapping");
		String rows = String.join("\n", cells("The application does not start"));
		assertThat(settings)
			.allSatisfy((setting) -> assertThat(rows).as("docs/troubleshooting.md").contains("`" + setting + "`"));
	}

	@Test
	void everyErrorHasARow() throws IOException, IllegalAccessException {
		List<String> symptoms = symptoms("A call fails");
		for (var field : ErrorCode.class.getFields()) {
			ErrorCode code = (ErrorCode) field.get(null);
			String type = "`" + ErrorDetails.of(code).toException().getClass().getSimpleName() + "`";
			assertThat(symptoms).as("docs/troubleshooting.md needs a row for %s with `%s`", type, code)
				.anyMatch((symptom) -> symptom.startsWith(type) && symptom.contains("`" + code + "`"));
		}
		try (Stream<Path> files = Files.list(SOURCES.resolve("error"))) {
			assertThat(files.map((file) -> file.getFileName().toString().replace(".java", ""))
				.filter((name) -> name.endsWith("Exception")))
				.allSatisfy((type) -> assertThat(symptoms).as("docs/troubleshooting.md needs a row for %s", type)
					.anyMatch((symptom) -> symptom.startsWith("`" + type + "`")));
		}
		for (TransportException.Reason reason : TransportException.Reason.values()) {
			assertThat(symptoms).contains("`TransportException` with `" + reason.name() + "`");
		}
	}

	@Test
	void everyReasonToRefuseAWebhookHasARow() throws IOException {
		Set<String> reasons = new TreeSet<>();
		for (String page : List.of("webhooks.md", "capabilities.md")) {
			String text = read(DOCS.resolve(page));
			Matcher table = Pattern.compile("(?m)^\\|.*`?[Rr]eason`? ?\\|.*(?:\\R\\|.*)+").matcher(text);
			while (table.find()) {
				Pattern.compile("`([a-z]+(?:-[a-z]+)*)`")
					.matcher(table.group())
					.results()
					.forEach((reason) -> reasons.add(reason.group(1)));
			}
		}
		reasons.removeAll(Set.of("reason", "secret", "none", "gzip", "deflate"));
		assertThat(reasons).contains("mismatch", "no-secret", "store-unavailable");
		String rows = String.join("\n", symptoms("A webhook is refused"));
		assertThat(reasons)
			.allSatisfy((reason) -> assertThat(rows).as("docs/troubleshooting.md").contains("`" + reason + "`"));
	}

	@Test
	void everyRowHasACauseAndAFix() throws IOException {
		assertThat(rows(read(DOCS.resolve("troubleshooting.md"))))
			.allSatisfy((cells) -> assertThat(cells).hasSize(3).noneMatch(String::isEmpty));
	}

	private static List<String> symptoms(String heading) throws IOException {
		return rows(section(heading)).stream().map((cells) -> cells.get(0)).toList();
	}

	private static List<String> cells(String heading) throws IOException {
		return rows(section(heading)).stream().flatMap(List::stream).toList();
	}

	private static String section(String heading) throws IOException {
		String page = read(DOCS.resolve("troubleshooting.md"));
		String section = page.substring(page.indexOf("\n## " + heading + "\n"));
		return section.substring(0, section.indexOf("\n## ", 1));
	}

	private static List<List<String>> rows(String text) {
		return text.lines()
			.filter((line) -> line.startsWith("| ") && !line.startsWith("| ---"))
			.map((line) -> Stream.of(line.split("\\|")).skip(1).map(String::strip).toList())
			.toList();
	}

	private static String read(Path file) throws IOException {
		return Files.readString(file, StandardCharsets.UTF_8);
	}

}
