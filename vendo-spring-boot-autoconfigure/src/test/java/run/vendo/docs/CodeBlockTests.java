package run.vendo.docs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks what the guide shows besides Java, which is compiled: settings are bound, JSON
 * and XML are read, commands are those that the build runs.
 */
class CodeBlockTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern BLOCK = Pattern.compile("(?m)^```(\\w*)\\R(.*?)^```", Pattern.DOTALL);

	/** What is checked here, or by {@link DocumentationTests}. */
	private static final Set<String> LANGUAGES = Set.of("java", "yaml", "properties", "json", "xml", "shell", "sh",
			"text", "mermaid", "");

	@Test
	void everyBlockIsOfALanguageThatIsChecked() {
		assertThat(blocks()).isNotEmpty()
			.allSatisfy((block) -> assertThat(LANGUAGES).as("%s: check this language too", block)
				.contains(block.language()));
	}

	@Test
	void everySettingExistsAndTakesTheValue() throws Exception {
		Map<String, String> types = types();
		List<String> seen = new ArrayList<>();
		for (Block block : blocks("yaml", "properties")) {
			PropertySource<?> source = source(block);
			Binder binder = new Binder(ConfigurationPropertySources.from(source));
			for (String key : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				String name = known(types.keySet(), key.replaceAll("\\[\\d+]", ""));
				assertThat(name).as("%s: there is no property '%s'", block, key).isNotNull();
				assertThat(binder
					.bind(name, Bindable.of(type(types.get(name))),
							new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
					.isBound()).as("%s: %s", block, key).isTrue();
				seen.add(name);
			}
		}
		assertThat(seen).contains("vendo.byok", "vendo.reconciler.mapping", "spring.ssl.bundle.pem");
	}

	@Test
	void everyJsonIsJson() {
		JsonMapper strict = JsonMapper.builder()
			.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
			.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.build();
		assertThat(blocks("json")).isNotEmpty()
			.allSatisfy((block) -> assertThat(strict.readTree(block.text()).isContainer()).isTrue());
	}

	@Test
	void everyDependencyIsAModuleInItsPresentVersion() throws Exception {
		Document project = xml(Files.readString(ROOT.resolve("pom.xml")));
		String version = text(project.getDocumentElement(), "version");
		Set<String> modules = new TreeSet<>();
		NodeList named = project.getElementsByTagName("module");
		for (int index = 0; index < named.getLength(); index++) {
			modules.add(named.item(index).getTextContent());
		}
		assertThat(blocks("xml")).isNotEmpty().allSatisfy((block) -> {
			Document shown = xml(block.text());
			NodeList dependencies = shown.getElementsByTagName("dependency");
			assertThat(dependencies.getLength() + shown.getElementsByTagName("plugin").getLength()).as("%s", block)
				.isPositive();
			for (int index = 0; index < dependencies.getLength(); index++) {
				Element dependency = (Element) dependencies.item(index);
				if ("run.vendo".equals(text(dependency, "groupId"))) {
					assertThat(text(dependency, "artifactId")).as("%s", block).isIn(modules);
					assertThat(text(dependency, "version")).as("%s", block).isEqualTo(version);
				}
			}
		});
	}

	@Test
	void everyCommandIsOneThatTheBuildRunsOrAShellUnderstands() throws Exception {
		String build = Files.readString(ROOT.resolve(".ci/run"));
		// .ci/run takes these out of the page.
		String run = Pattern.compile("(?s)<!-- (?:run|test) -->.*?<!-- end -->")
			.matcher(Files.readString(ROOT.resolve("README.md")))
			.results()
			.map(MatchResult::group)
			.collect(Collectors.joining());
		String packaging = Files
			.readString(ROOT.resolve("vendo-spring-boot-sample/src/test/java/run/vendo/sample/PackagedSampleIT.java"));
		for (Block block : blocks("shell", "sh", "")) {
			assertThat(syntax(block.text())).as("%s: bash does not understand it", block).isEmpty();
			for (String line : block.text().lines().toList()) {
				if (line.startsWith("mvn ")) {
					assertThat(run.contains("\n" + line + "\n") || build.contains(line.substring("mvn ".length())))
						.as("%s: .ci/run does not run '%s'", block, line)
						.isTrue();
				}
				if (line.startsWith("java ")) {
					Stream.of(line.split(" "))
						.skip(1)
						.filter((word) -> !word.endsWith(".jar") && !word.equals("layers"))
						.forEach((word) -> assertThat(packaging)
							.as("%s: PackagedSampleIT does not try '%s'", block, word)
							.contains("\"" + word.replace("application.jsa", "")));
				}
			}
		}
	}

	private static String syntax(String script) throws IOException, InterruptedException {
		Process bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
		try (var input = bash.getOutputStream()) {
			input.write(script.getBytes(StandardCharsets.UTF_8));
		}
		String problems = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
		return problems;
	}

	private static PropertySource<?> source(Block block) throws IOException {
		PropertySourceLoader loader = block.language().equals("yaml") ? new YamlPropertySourceLoader()
				: new PropertiesPropertySourceLoader();
		List<PropertySource<?>> sources = loader.load(block.toString(),
				new ByteArrayResource(block.text().getBytes(StandardCharsets.UTF_8)));
		assertThat(sources).as("%s", block).hasSize(1);
		return sources.get(0);
	}

	/**
	 * Return the property that a key belongs to: itself, or a map that it is an entry of.
	 */
	private static String known(Set<String> names, String key) {
		for (String name = key; !name.isEmpty(); name = name.substring(0, Math.max(0, name.lastIndexOf('.')))) {
			if (names.contains(name)) {
				return name;
			}
		}
		return null;
	}

	private static ResolvableType type(String name) {
		Matcher generic = Pattern.compile("([\\w.$]+)<(.+)>").matcher(name);
		if (!generic.matches()) {
			return ResolvableType.forClass(ClassUtils.resolveClassName(name, null));
		}
		// No type of a setting has generics in its generics.
		return ResolvableType.forClassWithGenerics(ClassUtils.resolveClassName(generic.group(1), null),
				Stream.of(generic.group(2).split(",")).map(CodeBlockTests::type).toArray(ResolvableType[]::new));
	}

	// Of this library and of Spring Boot.
	private static Map<String, String> types() throws IOException {
		Map<String, String> types = new TreeMap<>();
		ClassLoader loader = CodeBlockTests.class.getClassLoader();
		for (String file : List.of("spring-configuration-metadata.json",
				"additional-spring-configuration-metadata.json")) {
			for (URL metadata : Collections.list(loader.getResources("META-INF/" + file))) {
				try (InputStream content = metadata.openStream()) {
					for (JsonNode property : new JsonMapper().readTree(content).path("properties")) {
						types.put(property.path("name").stringValue(),
								property.path("type").stringValue("java.lang.String"));
					}
				}
			}
		}
		return types;
	}

	private static Document xml(String text) {
		try {
			return DocumentBuilderFactory.newDefaultInstance()
				.newDocumentBuilder()
				.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private static String text(Element parent, String name) {
		NodeList children = parent.getChildNodes();
		for (int index = 0; index < children.getLength(); index++) {
			if (children.item(index).getNodeName().equals(name)) {
				return children.item(index).getTextContent();
			}
		}
		return "";
	}

	private static List<Block> blocks(String... languages) {
		Set<String> wanted = Set.of(languages);
		return blocks().stream().filter((block) -> wanted.contains(block.language())).toList();
	}

	private static List<Block> blocks() {
		try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
			return Stream
				.concat(files.filter((file) -> file.toString().endsWith(".md")).sorted(),
						Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md").map(ROOT::resolve))
				.flatMap(CodeBlockTests::blocks)
				.collect(Collectors.toList());
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static Stream<Block> blocks(Path page) {
		try {
			String text = Files.readString(page, StandardCharsets.UTF_8);
			return BLOCK.matcher(text)
				.results()
				.map((block) -> new Block(ROOT.relativize(page).toString(),
						(int) text.substring(0, block.start()).lines().count() + 1, block.group(1), block.group(2)));
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * A block of code.
	 *
	 * @param page the page it is on
	 * @param line the line it begins at
	 * @param language the language that is named
	 * @param text the code
	 */
	private record Block(String page, int line, String language, String text) {

		@Override
		public String toString() {
			return this.page + ", line " + this.line;
		}

	}

}
