package run.vendo.reconciler;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.github.cdimascio.dotenv.DotenvEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.error.ValidationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is written is what readers get: dotenv-java and a shell, as two that differ most.
 */
class DotenvTests {

	private static final List<String> AGREED = List.of("", "plain", "xoxb-123/abc+def==",
			"https://vendo.run/api?a=b&c=d", " leading", "trailing ", " ", "two words", "# not a comment", "a # b",
			"a#b", "it's", "'quoted'", "semi;colon|pipe&and<>(){}[]*?~!^", "grüße 你好 🚀", "tab\there",
			"line one\nline two", "-----BEGIN KEY-----\nAbC+/=\nDeF==\n-----END KEY-----\n", "export A=1", "%s %d",
			"a=b=c");

	private static final List<String> HARD = List.of("pa$$word", "$HOME", "${HOME}", "$(touch pwned)", "`touch pwned`",
			"say \"hi\" now", "a\"b", "C:\\dir\\new", "\\\\host\\share", "a\\nb", "back\\slash $ and more",
			"{\"a\":1,\"b\":[2]}");

	private static final List<String> HARDEST = List.of("it's $5", "semi\"; touch pwned; \"", "'; touch pwned; '",
			"it's \"quoted\" `too` \\ $", "ends with \\", "\\", "\"", "\"quoted\"", "\"\"", "'\"'", "it's\n\"x\"\n# $y",
			"a\rb", "crlf\r\nend", "#\n#\n#\n#", "\nfirst line is empty");

	@TempDir
	Path directory;

	static Stream<String> all() {
		return Stream.of(AGREED, HARD, HARDEST).flatMap(List::stream);
	}

	static Stream<String> agreed() {
		return AGREED.stream();
	}

	static Stream<String> agreedAndHard() {
		return Stream.of(AGREED, HARD).flatMap(List::stream);
	}

	@ParameterizedTest
	@MethodSource("agreed")
	void dotenvJavaGetsBackWhatHasNoSpecialMeaningToShells(String value) throws IOException {
		assertThat(readByDotenvJava(Quoting.SHELL, value)).containsExactlyInAnyOrderEntriesOf(surrounded(value));
	}

	@ParameterizedTest
	@MethodSource("agreedAndHard")
	void dotenvJavaGetsBackWhatIsQuotedLiterally(String value) throws IOException {
		assertThat(readByDotenvJava(Quoting.LITERAL, value)).containsExactlyInAnyOrderEntriesOf(surrounded(value));
	}

	@ParameterizedTest
	@MethodSource("all")
	void aLiteralReaderGetsBackTheValueOrItIsRefused(String value) throws IOException {
		try {
			assertThat(readByDotenvJava(Quoting.LITERAL, value)).containsExactlyInAnyOrderEntriesOf(surrounded(value));
		}
		catch (ValidationException ex) {
			assertThat(HARDEST).contains(value);
			assertThat(ex).hasMessageContaining("The value of NAME").hasMessageNotContaining("touch");
		}
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void aShellGetsBackEveryValueAndExecutesNone() throws Exception {
		SortedMap<String, String> mapping = new TreeMap<>();
		all().forEach((value) -> mapping.put("V%03d".formatted(mapping.size()), value));
		Dotenv dotenv = new Dotenv(Quoting.SHELL);
		Path file = this.directory.resolve("shell.env");
		Files.writeString(file, dotenv.write(dotenv.check(mapping)));
		List<String> script = new ArrayList<>(List.of(". ./shell.env"));
		mapping.keySet().forEach((name) -> script.add("printf '%s\\0' \"$" + name + "\""));
		Process shell = new ProcessBuilder("sh", "-c", String.join("\n", script)).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.start();
		String output;
		try (InputStream stream = shell.getInputStream()) {
			output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
		assertThat(shell.waitFor()).as(output).isZero();
		assertThat(Arrays.asList(output.split("\0", -1)).subList(0, mapping.size()))
			.containsExactlyElementsOf(mapping.values());
		assertThat(this.directory.resolve("pwned")).doesNotExist();
	}

	@ParameterizedTest
	@EnumSource(Quoting.class)
	void whatIsWrittenIsReadBack(Quoting quoting) {
		SortedMap<String, String> mapping = new TreeMap<>();
		Stream<String> values = (quoting == Quoting.SHELL) ? all() : agreedAndHard();
		values.forEach((value) -> mapping.put("V%03d".formatted(mapping.size()), value));
		Dotenv dotenv = new Dotenv(quoting);
		assertThat(dotenv.read(dotenv.write(mapping))).containsExactlyEntriesOf(mapping);
	}

	@Test
	void namesAreSortedOneToALine() {
		Dotenv dotenv = new Dotenv(Quoting.SHELL);
		assertThat(dotenv.write(dotenv.check(Map.of("b", "1", "A", "2", "_C", "x y")))).isEqualTo("""
				A=2
				_C="x y"
				b=1
				""");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "1A", "A-B", "A B", "A=B", "A\nB", "ÄB", "A.B", "A\n" })
	void aNameThatNoVariableCanHaveIsRefused(String name) {
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> new Dotenv(Quoting.SHELL).check(Map.of(name, "cAnArY")))
			.withMessageContaining("cannot be the name")
			.withMessageNotContaining("cAnArY");
	}

	@Test
	void aValueThatNoVariableCanHaveIsRefused() {
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> new Dotenv(Quoting.SHELL).check(Map.of("A", "cAnArY\0")))
			.withMessageContaining("The value of A")
			.withMessageNotContaining("cAnArY");
	}

	@Test
	void aNullValueLeavesTheVariableOutAndANullMappingIsRefused() {
		Map<String, String> mapping = new HashMap<>();
		mapping.put("A", null);
		mapping.put("B", "1");
		assertThat(new Dotenv(Quoting.SHELL).check(mapping)).containsOnlyKeys("B");
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> new Dotenv(Quoting.SHELL).check(null));
	}

	@Test
	void aFileThatSomebodyElseWroteIsReadAsFarAsItGoes() {
		assertThat(new Dotenv(Quoting.SHELL).read("# comment\n\nexport A = 1 \nB='two'\n junk\nC=\"3\" # c\nD=\"open"))
			.containsOnly(Map.entry("A", "1"), Map.entry("B", "two"), Map.entry("C", "3"), Map.entry("D", "open"));
	}

	// Neighbours show when a value swallows what follows it.
	private static Map<String, String> surrounded(String value) {
		return Map.of("BEFORE", "a b", "NAME", value, "ZAFTER", "c d");
	}

	private Map<String, String> readByDotenvJava(Quoting quoting, String value) throws IOException {
		Dotenv dotenv = new Dotenv(quoting);
		Files.writeString(this.directory.resolve("java.env"), dotenv.write(dotenv.check(surrounded(value))));
		Map<String, String> read = new HashMap<>();
		for (DotenvEntry entry : io.github.cdimascio.dotenv.Dotenv.configure()
			.directory(this.directory.toString())
			.filename("java.env")
			.load()
			.entries(io.github.cdimascio.dotenv.Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
			read.put(entry.getKey(), entry.getValue());
		}
		return read;
	}

}
