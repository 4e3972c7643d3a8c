package run.vendo.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import run.vendo.autoconfigure.event.EventStreamState;
import run.vendo.event.VendoEvent;
import run.vendo.sso.VendoIdentity;
import run.vendo.webhook.WebhookEvent;

import org.springframework.aop.framework.ProxyConfig;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VendoRuntimeHints}.
 */
class VendoRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@BeforeEach
	void register() {
		new VendoRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
	}

	@Test
	void everyModelThatJacksonBindsCanBeConstructed() {
		List<JavaClass> models = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages("run.vendo")
			.stream()
			.filter(VendoRuntimeHintsTests::isBound)
			.toList();
		assertThat(models).extracting(JavaClass::getSimpleName)
			.contains("Connection", "ConnectionStatus", "Balance", "TokenAnswer", "Integration", "Variable");
		assertThat(models).allSatisfy((model) -> assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of(model.getName()))
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
			.as("Add %s to the models of VendoRuntimeHints", model.getName())
			.accepts(this.hints));
	}

	@Test
	void withoutActuatorThereAreHintsForTheRest() throws IOException {
		RuntimeHints without = new RuntimeHints();
		URL own = VendoRuntimeHints.class.getProtectionDomain().getCodeSource().getLocation();
		// It defines the classes itself, so that what these need is looked for there too.
		try (URLClassLoader classLoader = new URLClassLoader(new URL[] { own },
				new FilteredClassLoader("org.springframework.boot.actuate", "run.vendo"))) {
			new VendoRuntimeHints().registerHints(without, classLoader);
		}
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of("run.vendo.connection.Connection"))
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(without);
	}

	@Test
	void everyDeserializerThatAModelNamesCanBeConstructed() {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of("run.vendo.connection.ConnectedAtDeserializer"))
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(this.hints);
	}

	@Test
	void everythingHandedToTheApplicationCanBeAskedByName() {
		List<JavaClass> handedOver = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages("run.vendo")
			.stream()
			.filter((type) -> type.getModifiers().contains(JavaModifier.PUBLIC))
			.filter((type) -> type.isAssignableTo(VendoEvent.class) || type.isAssignableTo(WebhookEvent.class)
					|| type.isAssignableTo(VendoIdentity.class)
					|| (type.isAssignableTo(EventStreamState.class) && !type.isEquivalentTo(EventStreamState.class)))
			.toList();
		assertThat(handedOver).hasSizeGreaterThan(20);
		assertThat(handedOver).allSatisfy((type) -> assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of(type.getName()))
			.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS))
			.as("Add %s to what VendoRuntimeHints says is handed over", type.getName())
			.accepts(this.hints));
	}

	@Test
	void everyClassLookedForByNameIsFound() {
		assertThat(VendoRuntimeHints.LOOKED_FOR).allSatisfy((name) -> {
			assertThat(ClassUtils.isPresent(name, getClass().getClassLoader())).as(name).isTrue();
			assertThat(RuntimeHintsPredicates.reflection().onType(TypeReference.of(name))).accepts(this.hints);
		});
	}

	@Test
	void everyNameThatTheCodeLooksForIsKnown() throws IOException {
		Pattern lookedFor = Pattern.compile("isPresent\\(\\s*\"([^\"]+)\"");
		try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
			List<String> names = sources.filter((file) -> file.toString().endsWith(".java"))
				.flatMap((file) -> lookedFor.matcher(read(file)).results().map((result) -> result.group(1)))
				.distinct()
				.toList();
			assertThat(VendoRuntimeHints.LOOKED_FOR).isNotEmpty().containsAll(names);
		}
	}

	@Test
	void nothingMakesProxies() {
		ArchRuleDefinition.noClasses()
			.should()
			.callMethod(Proxy.class, "newProxyInstance", ClassLoader.class, Class[].class, InvocationHandler.class)
			.orShould()
			.dependOnClassesThat()
			.areAssignableTo(ProxyConfig.class)
			.because("a native image would need a hint for each: VendoRuntimeHints has none")
			.check(new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
				.importPackages("run.vendo"));
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isBound(JavaClass type) {
		return Stream
			.concat(type.getMembers().stream().flatMap((member) -> member.getAnnotations().stream()),
					Stream.concat(type.getAnnotations().stream(),
							type.getConstructors()
								.stream()
								.flatMap((constructor) -> constructor.getParameterAnnotations()
									.stream()
									.flatMap((annotations) -> annotations.stream()))))
			.map((annotation) -> annotation.getRawType().getPackageName())
			.anyMatch((name) -> name.startsWith("com.fasterxml.jackson") || name.startsWith("tools.jackson"));
	}

	@Test
	void everyResourceThatIsReadIsIncluded() {
		assertThat(RuntimeHintsPredicates.resource().forResource("run/vendo/http/version.properties"))
			.accepts(this.hints);
		assertThat(RuntimeHintsPredicates.resource().forResource("run/vendo/token/byok-catalog.json"))
			.accepts(this.hints);
	}

}
