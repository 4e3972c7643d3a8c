package run.vendo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The shape of the house. Every rule says what to do when it is broken.
 */
class ArchitectureTests {

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("run.vendo");

	private static final String[] CAPABILITIES = { "run.vendo.token..", "run.vendo.connection..",
			"run.vendo.integration..", "run.vendo.billing..", "run.vendo.catalog..", "run.vendo.dashboard..",
			"run.vendo.data..", "run.vendo.sso..", "run.vendo.deployment..", "run.vendo.reconciler..",
			"run.vendo.event..", "run.vendo.webhook.." };

	@Test
	void errorsKnowNothingOfTheRest() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage("run.vendo.error..")
			.should()
			.dependOnClassesThat(ours("run.vendo.error"))
			.because("an error is thrown by everybody: move what it needs into run.vendo.error"));
	}

	@Test
	void transportKnowsErrorsAlone() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideInAPackage("run.vendo.http..")
			.should()
			.dependOnClassesThat(ours("run.vendo.http", "run.vendo.error"))
			.because("every capability stands on run.vendo.http: hand it what it needs instead"));
	}

	@Test
	void capabilitiesDoNotKnowTheFrontDoorsNorTheAutoConfiguration() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(CAPABILITIES)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("run.vendo", "run.vendo.autoconfigure..")
			.because(
					"arrows point from autoconfigure to the front doors to the capabilities: hand over what is needed"));
	}

	@Test
	void springBootIsKnownToTheAutoConfigurationAlone() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackage("run.vendo.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.because("the client works in a plain Java program: move the class into run.vendo.autoconfigure"));
	}

	@Test
	void connectionsAreOpenedInOnePlace() {
		check(ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages("run.vendo.http..", "run.vendo.autoconfigure")
			.should()
			.dependOnClassesThat(DescribedPredicate.describe("open connections", ArchitectureTests::opensConnections))
			.because("run.vendo.http is the only package that opens a connection: make the call with VendoHttp"));
	}

	@Test
	void packagesHaveNoCycles() {
		check(SlicesRuleDefinition.slices()
			.matching("run.vendo.(*)..")
			.should()
			.beFreeOfCycles()
			.because("two packages that need each other are one: move the shared type to where both can see it"));
	}

	@Test
	void timeAndChanceAreInjected() {
		check(ArchRuleDefinition.noClasses()
			.should()
			.callMethod(System.class, "currentTimeMillis")
			.orShould()
			.callMethod(System.class, "nanoTime")
			.orShould()
			.callMethod(java.time.Instant.class, "now")
			.orShould()
			.callMethod(Math.class, "random")
			.orShould()
			.callMethod(Thread.class, "sleep", long.class)
			.because("a test cannot hold them: take a Clock, a Scheduler or a random source"));
	}

	@Test
	void loggersAreNamedAfterTheirClasses() {
		check(ArchRuleDefinition.noClasses()
			.should()
			.callMethod(LogFactory.class, "getLog", String.class)
			.orShould()
			.dependOnClassesThat()
			.resideInAnyPackage("org.slf4j..", "java.util.logging..")
			.because("operators switch on 'run.vendo' and expect to see all there is: use LogFactory.getLog(Class)"));
	}

	@Test
	void autoConfigurationsAreFinalAndTheirPartsPackagePrivate() {
		check(ArchRuleDefinition.classes()
			.that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.because("an auto-configuration is named in 'exclude' and nothing else: make it public final"));
		check(ArchRuleDefinition.constructors()
			.that()
			.areDeclaredInClassesThat()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePackagePrivate()
			.because("nobody but Spring creates an auto-configuration"));
		check(ArchRuleDefinition.methods()
			.that()
			.areAnnotatedWith(Bean.class)
			.should()
			.bePackagePrivate()
			.andShould(notBeAnnotatedWithConditionalOnClass())
			.because("a @Bean method is called by Spring alone, and @ConditionalOnClass works on classes only: "
					+ "nest a @Configuration"));
	}

	@Test
	void publicTypesAreThoseThatWereAgreedOn() throws IOException {
		Path file = Path.of("src/test/resources/public-types.txt");
		TreeSet<String> agreed = new TreeSet<>(Files.readAllLines(file, StandardCharsets.UTF_8));
		TreeSet<String> found = new TreeSet<>();
		CLASSES.stream().filter(ArchitectureTests::isPublic).map(JavaClass::getName).forEach(found::add);
		assertThat(found)
			.as("Public is the exception. Make a new type package-private, or add it to %s on purpose", file)
			.isEqualTo(agreed);
	}

	@Test
	void publicMethodsAreThoseThatWereAgreedOn() throws IOException {
		Path file = Path.of("src/test/resources/public-methods.txt");
		TreeSet<String> found = new TreeSet<>();
		CLASSES.stream()
			.filter(ArchitectureTests::isPublic)
			.flatMap((type) -> type.getMembers().stream())
			.filter((member) -> member.getModifiers().contains(JavaModifier.PUBLIC)
					|| member.getModifiers().contains(JavaModifier.PROTECTED))
			.filter((member) -> !member.getModifiers().contains(JavaModifier.SYNTHETIC)
					&& !member.getModifiers().contains(JavaModifier.BRIDGE))
			.map(ArchitectureTests::signature)
			.forEach(found::add);
		Path actual = Path.of("target/public-methods.txt");
		Files.write(actual, found, StandardCharsets.UTF_8);
		assertThat(found)
			.as("Whoever uses a method relies on it. If the change is on purpose, copy %s to %s", actual, file)
			.isEqualTo(new TreeSet<>(Files.readAllLines(file, StandardCharsets.UTF_8)));
	}

	private static String signature(JavaMember member) {
		if (member instanceof JavaCodeUnit unit) {
			return unit.getFullName() + ": " + unit.getRawReturnType().getName();
		}
		return member.getFullName();
	}

	@Test
	void everyPackageIsNullMarked() throws IOException {
		try (Stream<Path> directories = Files.walk(Path.of("src/main/java")).filter(Files::isDirectory)) {
			List<Path> withTypes = directories.filter(ArchitectureTests::hasTypes).toList();
			assertThat(withTypes).isNotEmpty()
				.allSatisfy((directory) -> assertThat(directory.resolve("package-info.java"))
					.as("Every package says that nothing in it is null unless marked: add a package-info.java with "
							+ "@NullMarked")
					.content()
					.contains("@NullMarked"));
		}
	}

	private static void check(ArchRule rule) {
		rule.allowEmptyShould(true).check(CLASSES);
	}

	// What a server has received opens nothing.
	private static boolean opensConnections(JavaClass type) {
		String name = type.getPackageName();
		return Stream.of("reactor.netty", "io.netty", "java.net.http").anyMatch(name::startsWith)
				&& !name.startsWith("reactor.netty.http.server");
	}

	private static boolean isPublic(JavaClass type) {
		return !type.isAnonymousClass() && type.getModifiers().contains(JavaModifier.PUBLIC)
				&& type.getEnclosingClass().map(ArchitectureTests::isPublic).orElse(true);
	}

	private static boolean hasTypes(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			return files.anyMatch((file) -> file.toString().endsWith(".java"));
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private static DescribedPredicate<JavaClass> ours(String... allowedPackages) {
		return DescribedPredicate.describe("are ours and not in " + String.join(", ", allowedPackages),
				(type) -> type.getPackageName().startsWith("run.vendo")
						&& Stream.of(allowedPackages).noneMatch(type.getPackageName()::startsWith));
	}

	private static ArchCondition<JavaMethod> notBeAnnotatedWithConditionalOnClass() {
		return new ArchCondition<>("not be annotated with @ConditionalOnClass") {

			@Override
			public void check(JavaMethod method, ConditionEvents events) {
				boolean broken = method.isAnnotatedWith(ConditionalOnClass.class);
				events.add(new SimpleConditionEvent(method, !broken, method.getDescription()));
			}

		};
	}

}
