package run.vendo.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the table of secrets and places true: it is complete, and every test it names
 * exists.
 */
class SecurityPageTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final int SECRETS = 7;

	private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Tests|IT))\\.(\\w+)`");

	@Test
	void everyPlaceNamesTheTestThatAttacksIt() {
		List<String[]> places = places();
		assertThat(places).hasSizeGreaterThan(15).allSatisfy((cells) -> {
			assertThat(cells).as(String.join("|", cells)).hasSize(SECRETS + 2);
			assertThat(List.of(cells).subList(1, SECRETS + 1)).as(cells[0]).isSubsetOf("✓", "–").contains("✓");
			assertThat(TEST.matcher(cells[SECRETS + 1]).find()).as("a test in the row of " + cells[0]).isTrue();
		});
	}

	@Test
	void everyTestThatIsNamedExists() {
		Map<String, List<Path>> sources = sources();
		List<String> named = new ArrayList<>();
		Matcher test = TEST.matcher(page());
		while (test.find()) {
			named.add(test.group());
			assertThat(sources).as("docs/security.md names a test class that does not exist")
				.containsKey(test.group(1));
			assertThat(sources.get(test.group(1)))
				.as("docs/security.md names %s, and there is no such test", test.group())
				.anySatisfy((source) -> assertThat(read(source)).containsPattern("\\bvoid " + test.group(2) + "\\("));
		}
		assertThat(named).hasSizeGreaterThan(20);
	}

	private static List<String[]> places() {
		return page().lines()
			.dropWhile((line) -> !line.startsWith("| Place "))
			.takeWhile((line) -> line.startsWith("|"))
			.skip(2)
			.map((line) -> line.substring(1, line.length() - 1).split("\\|"))
			.map((cells) -> Stream.of(cells).map(String::strip).toArray(String[]::new))
			.toList();
	}

	private static Map<String, List<Path>> sources() {
		try (Stream<Path> files = Files.walk(ROOT)) {
			return files.filter((file) -> file.toString().contains("/src/test/java/"))
				.filter((file) -> file.toString().endsWith(".java"))
				.collect(Collectors.groupingBy((file) -> file.getFileName().toString().replace(".java", "")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String page() {
		return read(ROOT.resolve("docs/security.md"));
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
