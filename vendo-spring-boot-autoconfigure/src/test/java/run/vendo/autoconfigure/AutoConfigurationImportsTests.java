package run.vendo.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The file by which Spring Boot finds the auto-configurations.
 */
class AutoConfigurationImportsTests {

	private static final Path FILE = Path
		.of("src/main/resources/META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports");

	@Test
	void everyAutoConfigurationIsListed() throws IOException {
		List<String> declared = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages("run.vendo")
			.stream()
			.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
			.map(JavaClass::getName)
			.toList();
		assertThat(lines()).as("List every @AutoConfiguration in %s, and nothing else", FILE.getFileName())
			.containsExactlyInAnyOrderElementsOf(declared);
	}

	@Test
	void linesAreSorted() throws IOException {
		assertThat(lines()).as("Sort the lines of %s", FILE.getFileName()).isSorted();
	}

	private static List<String> lines() throws IOException {
		return Files.readAllLines(FILE, StandardCharsets.UTF_8);
	}

}
