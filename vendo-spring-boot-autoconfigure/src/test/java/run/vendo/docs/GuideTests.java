package run.vendo.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The guide leaves nothing out.
 */
class GuideTests {

	private static final Path DOCS = Path.of("../docs");

	@Test
	void everyPageIsInTheIndex() throws IOException {
		String index = read("README.md");
		try (Stream<Path> pages = Files.list(DOCS)) {
			List<String> names = pages.map((page) -> page.getFileName().toString())
				.filter((name) -> name.endsWith(".md") && !name.equals("README.md"))
				.toList();
			assertThat(names).isNotEmpty()
				.allSatisfy((name) -> assertThat(index).as("docs/README.md: say when to read %s", name)
					.contains("](" + name + ")"));
		}
	}

	@Test
	void theArchitectureHasEveryPackage() throws IOException {
		String page = read("architecture.md");
		Path sources = Path.of("src/main/java");
		try (Stream<Path> files = Files.walk(sources)) {
			assertThat(files.filter((file) -> file.endsWith("package-info.java"))
				.map((file) -> sources.relativize(file.getParent()).toString().replace('/', '.')))
				.allSatisfy((name) -> assertThat(page).as("docs/architecture.md: say what is in the package")
					.contains("`" + name + "`"));
		}
	}

	private static String read(String page) throws IOException {
		return Files.readString(DOCS.resolve(page), StandardCharsets.UTF_8);
	}

}
