package run.vendo.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.micrometer.common.docs.KeyName;
import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.observation.VendoMeterDocumentation;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.http.DefaultClientCallObservationConvention;
import run.vendo.http.VendoObservationDocumentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Keeps the user guide true: its code compiles, its links lead somewhere, its properties
 * exist and its messages are those that people get to see.
 */
class DocumentationTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final String HOW_TO = """
			Java in the guide is compiled by the build. Put the code between '// tag::name[]' and '// end::name[]' \
			in a class under <module>/src/test/java/run/vendo/**/docs, then copy it here; only white space may differ""";

	private static final Pattern SNIPPET = Pattern.compile("// tag::([a-z-]+)\\[\\]\\R(.*?)// end::\\1\\[\\]",
			Pattern.DOTALL);

	// A page shows what a user has in a file of its own, where there is no such modifier.
	private static final Pattern NESTED = Pattern.compile("(?m)^\tstatic (?=class |interface |record )");

	private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?[\\w.]*?(\\w+);\\R");

	private static final Pattern BLOCK = Pattern.compile("(?m)^```(\\w*)\\R(.*?)^```", Pattern.DOTALL);

	private static final Pattern JAVA = Pattern.compile("(?ms)^```java$.*?^```");

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

	// What ends in a parenthesis is a call of the client.
	private static final Pattern PROPERTY = Pattern
		.compile("(?<![\\w./@-])vendo\\.(?!run\\b)(?![\\w.]*\\()[a-z]+[a-z0-9.-]*[a-z0-9]");

	private static final Pattern METER_ROW = Pattern
		.compile("(?m)^\\| `(vendo\\.[a-z.]+)` \\| ([a-z ]+) \\| ((?:`[a-z.]+` ?)*)\\| .+ \\|$");

	private static final Pattern KEY_ROW = Pattern.compile("(?m)^\\| `([a-z.]+)` \\| (tag|trace only) \\| .+ \\|$");

	@Test
	void everyJavaBlockIsCompiled() {
		Map<String, String> snippets = snippets();
		for (Path page : pages()) {
			blocks(page, "java").forEach(
					(line, block) -> assertThat(snippets.values().stream().map(Code::of))
						.as("%s, line %d: %s. Snippet that begins alike:%n%s", ROOT.relativize(page), line, HOW_TO,
								closest(snippets, block))
						.contains(Code.of(withoutImports(block))));
		}
	}

	@Test
	void aBlockThatShowsImportsShowsAllThatItNeeds() {
		Map<Code, Path> sources = new HashMap<>();
		for (Path source : sources()) {
			snippets(source).values().forEach((snippet) -> sources.put(Code.of(snippet), source));
		}
		int shown = 0;
		for (Path page : pages()) {
			for (String block : blocks(page, "java").values()) {
				Set<String> imports = imports(block, "");
				if (!imports.isEmpty()) {
					shown++;
					String code = withoutImports(block);
					assertThat(sources).as("%s: no test holds%n%s", ROOT.relativize(page), code)
						.containsKey(Code.of(code));
					assertThat(imports).as("%s: correct the imports of%n%s", ROOT.relativize(page), code)
						.isEqualTo(imports(read(sources.get(Code.of(code))), code));
				}
			}
		}
		assertThat(shown).isGreaterThan(5);
	}

	@Test
	void everySnippetIsShown() {
		List<Code> shown = pages().stream()
			.flatMap((page) -> blocks(page, "java").values().stream())
			.map(DocumentationTests::withoutImports)
			.map(Code::of)
			.toList();
		snippets().forEach((name, snippet) -> assertThat(shown)
			.as("The snippet '%s' is on no page of the guide: show it there or delete it", name)
			.contains(Code.of(snippet)));
	}

	@Test
	void everyLinkLeadsSomewhere() {
		for (Path page : pages()) {
			Matcher link = LINK.matcher(withoutBlocks(read(page)));
			while (link.find()) {
				URI target = URI.create(link.group(1));
				if (target.getScheme() == null) {
					Path file = target.getPath().isEmpty() ? page : page.resolveSibling(target.getPath()).normalize();
					assertThat(file).as("%s links to %s: correct the link", ROOT.relativize(page), target).exists();
					if (target.getFragment() != null) {
						assertThat(anchors(file))
							.as("%s links to %s: correct the anchor", ROOT.relativize(page), target)
							.contains(target.getFragment());
					}
				}
			}
		}
	}

	@Test
	void everyPropertyNamedExists() {
		Set<String> known = documentedProperties();
		known.addAll(meters());
		for (Path page : pages()) {
			// In Java "vendo." is the client.
			Matcher property = PROPERTY.matcher(JAVA.matcher(read(page)).replaceAll(""));
			while (property.find()) {
				String name = property.group();
				assertThat(known)
					.as("%s names the property '%s', which is not in docs/configuration.md: correct the name, or add it there",
							ROOT.relativize(page), name)
					.anyMatch((each) -> each.equals(name) || each.startsWith(name + ".")
							|| name.startsWith("vendo.byok.") || name.startsWith("vendo.accounts."));
			}
		}
	}

	@Test
	void aMessageOfThePlatformsErrorIsAsShown() {
		WireMockServer server = new WireMockServer(
				WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort());
		server.start();
		String url = "http://127.0.0.1:" + server.port();
		server.stubFor(WireMock.get("/slack")
			.willReturn(WireMock.aResponse()
				.withStatus(403)
				.withHeader("Vendo-Error-Code", "binding_missing")
				.withHeader("Vendo-Request-Id", "req_8f2c")
				.withBody("{\"error\":\"binding_missing\",\"detail\":\"slack is not bound to this app\"}")));
		try (VendoClient vendo = VendoClient.builder()
			.environment((name) -> null)
			.apiKey("vendo_sk_0123456789abcdefghijABCDEFGHIJ_-")
			.credentialsUrl(url)
			.build()) {
			VendoException failure = catchThrowableOfType(VendoException.class, () -> vendo.token("slack"));
			assertShown(failure.getMessage().replace(url, "https://credentials.vendo.run"));
		}
		finally {
			server.stop();
		}
	}

	@Test
	void aMessageInOssModeIsAsShown() {
		try (VendoClient vendo = VendoClient.builder().environment((name) -> null).build()) {
			assertShown(catchThrowableOfType(VendoException.class, () -> vendo.token("slack")).getMessage());
		}
	}

	@Test
	void everyErrorCodeIsInTheTableWithItsException() throws IllegalAccessException {
		String page = read(ROOT.resolve("docs/errors.md"));
		for (var field : ErrorCode.class.getFields()) {
			ErrorCode code = (ErrorCode) field.get(null);
			String type = ErrorDetails.of(code).toException().getClass().getSimpleName();
			assertThat(page.lines())
				.as("docs/errors.md: give the code `%s` to the row of `%s` in the table of exceptions", code, type)
				.anyMatch((line) -> line.startsWith("| `" + type + "`") && line.contains("`" + code + "`"));
		}
	}

	private static void assertShown(String message) {
		Path page = ROOT.resolve("docs/errors.md");
		assertThat(blocks(page, "text").values().stream().map(String::strip))
			.as("docs/errors.md shows a message in a ```text block, and it now reads otherwise: correct the block")
			.contains(message);
	}

	private static String closest(Map<String, String> snippets, String block) {
		String start = block.strip().lines().findFirst().orElse("");
		return snippets.entrySet()
			.stream()
			.filter((snippet) -> snippet.getValue().strip().startsWith(start))
			.map((snippet) -> snippet.getKey() + ":\n" + snippet.getValue())
			.findFirst()
			.orElse("none");
	}

	private static Map<String, String> snippets() {
		Map<String, String> snippets = new LinkedHashMap<>();
		sources().forEach((source) -> snippets.putAll(snippets(source)));
		return snippets;
	}

	private static List<Path> sources() {
		return find(ROOT, (path) -> path.toString().matches(".*/src/test/java/run/vendo/.*docs/\\w+\\.java")
				&& !path.endsWith("DocumentationTests.java"));
	}

	private static Map<String, String> snippets(Path source) {
		Map<String, String> snippets = new LinkedHashMap<>();
		Matcher snippet = SNIPPET.matcher(read(source));
		while (snippet.find()) {
			snippets.put(source.getFileName() + "#" + snippet.group(1),
					NESTED.matcher(snippet.group(2)).replaceAll("\t"));
		}
		return snippets;
	}

	private static String withoutImports(String block) {
		return IMPORT.matcher(block).replaceAll("");
	}

	/**
	 * Return the imports of a source of those names that code uses; all of them, if there
	 * is no code.
	 */
	private static Set<String> imports(String source, String code) {
		return IMPORT.matcher(source)
			.results()
			.filter((line) -> code.isEmpty() || Pattern.compile("\\b" + line.group(1) + "\\b").matcher(code).find())
			.map((line) -> line.group().strip())
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static List<Path> pages() {
		List<Path> pages = guide();
		pages.add(ROOT.resolve("README.md"));
		return pages;
	}

	private static List<Path> guide() {
		List<Path> pages = find(ROOT.resolve("docs"), (path) -> path.toString().endsWith(".md"));
		assertThat(pages).isNotEmpty();
		return pages;
	}

	private static Map<Integer, String> blocks(Path page, String language) {
		String text = read(page);
		Map<Integer, String> blocks = new LinkedHashMap<>();
		Matcher block = BLOCK.matcher(text);
		while (block.find()) {
			if (block.group(1).equals(language)) {
				blocks.put((int) text.substring(0, block.start()).lines().count() + 1, block.group(2));
			}
		}
		return blocks;
	}

	private static String withoutBlocks(String text) {
		return BLOCK.matcher(text).replaceAll("");
	}

	// As GitHub makes them from headings.
	private static Set<String> anchors(Path page) {
		Set<String> anchors = new TreeSet<>();
		withoutBlocks(read(page)).lines()
			.filter((line) -> line.startsWith("#"))
			.map((line) -> line.replaceFirst("^#+\\s*", "")
				.toLowerCase()
				.replaceAll("[^\\w\\s-]", "")
				.replace(' ', '-'))
			.forEach(anchors::add);
		return anchors;
	}

	// The table is checked against the metadata by ConfigurationReferenceTests.
	private static Set<String> documentedProperties() {
		Set<String> names = new TreeSet<>();
		Matcher row = Pattern.compile("(?m)^\\| `(vendo\\.[a-z.-]+)`")
			.matcher(read(ROOT.resolve("docs/configuration.md")));
		while (row.find()) {
			names.add(row.group(1));
		}
		return names;
	}

	// Their names look like properties.
	private static Set<String> meters() {
		Set<String> names = new TreeSet<>();
		for (VendoMeterDocumentation meter : VendoMeterDocumentation.values()) {
			names.add(meter.getName());
		}
		String call = new DefaultClientCallObservationConvention().getName();
		names.add(call);
		names.add(call + ".active");
		return names;
	}

	// What a run of an application shows is compared with the page by the sample's tests.
	@Test
	void theTableOfMetersHasEveryMeterAndNoOther() {
		String page = read(ROOT.resolve("docs/observability.md"));
		Map<String, String> rows = new LinkedHashMap<>();
		METER_ROW.matcher(page)
			.results()
			.forEach((row) -> rows.put(row.group(1), row.group(2) + ": " + row.group(3).strip()));
		assertThat(rows.keySet()).as("docs/observability.md: the meters are those of VendoMeterDocumentation")
			.isEqualTo(meters());
		for (VendoMeterDocumentation meter : VendoMeterDocumentation.values()) {
			String tags = Stream.of(meter.getKeyNames())
				.map((key) -> "`" + key.asString() + "`")
				.collect(Collectors.joining(" "));
			assertThat(rows.get(meter.getName())).as("docs/observability.md: correct the row of %s", meter.getName())
				.isEqualTo(meter.getType().name().toLowerCase(Locale.ROOT) + ": " + tags);
		}
	}

	@Test
	void theTableOfKeysHasEveryKeyAndNoOther() {
		Map<String, String> rows = new TreeMap<>();
		KEY_ROW.matcher(read(ROOT.resolve("docs/observability.md")))
			.results()
			.forEach((row) -> rows.put(row.group(1), row.group(2)));
		Map<String, String> keys = new TreeMap<>();
		for (KeyName key : VendoObservationDocumentation.CLIENT_CALL.getLowCardinalityKeyNames()) {
			keys.put(key.asString(), "tag");
		}
		for (KeyName key : VendoObservationDocumentation.CLIENT_CALL.getHighCardinalityKeyNames()) {
			keys.put(key.asString(), "trace only");
		}
		// Micrometer's own.
		keys.put("error", "tag");
		assertThat(rows).as("docs/observability.md: the keys are those of VendoObservationDocumentation")
			.isEqualTo(keys);
	}

	private static List<Path> find(Path directory, Predicate<Path> filter) {
		try (Stream<Path> files = Files.walk(directory)) {
			return new ArrayList<>(files.filter(Files::isRegularFile).filter(filter).sorted().toList());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file, StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Code without regard to how it is laid out.
	 *
	 * @param text the code with all white space taken out
	 */
	private record Code(String text) {

		static Code of(String source) {
			return new Code(source.replaceAll("\\s+", ""));
		}

	}

}
