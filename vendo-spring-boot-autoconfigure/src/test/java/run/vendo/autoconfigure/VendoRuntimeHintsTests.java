package run.vendo.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

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
	void everyDeserializerThatAModelNamesCanBeConstructed() {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of("run.vendo.connection.ConnectedAtDeserializer"))
			.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).accepts(this.hints);
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
