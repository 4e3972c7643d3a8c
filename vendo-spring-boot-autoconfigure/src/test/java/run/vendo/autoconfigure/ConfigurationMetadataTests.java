package run.vendo.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.token.ByokCatalog;
import run.vendo.token.ByokProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an editor knows about the configuration properties.
 */
class ConfigurationMetadataTests {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	@Test
	void everyPropertyIsDescribed() throws IOException {
		List<String> names = new ArrayList<>();
		for (JsonNode property : properties()) {
			String name = property.path("name").stringValue();
			String description = property.path("description").asString("");
			names.add(name);
			assertThat(description)
				.as("Describe '%s': in the class-level @param of its record, or in "
						+ "additional-spring-configuration-metadata.json", name)
				.isNotBlank();
			assertThat(description)
				.as("The description of '%s' is plain text that begins with the noun and ends with a period", name)
				.doesNotContain("{@")
				.doesNotStartWith("The ")
				.doesNotStartWith("A ")
				.endsWith(".");
			if (property.path("type").asString("").equals("java.lang.Boolean")) {
				assertThat(description).as("The description of the flag '%s' says what it switches", name)
					.matches("(Whether|Enable) .*");
			}
		}
		assertThat(names).contains("vendo.api-key", "vendo.base-url", "vendo.http.pool.max-connections",
				"vendo.token-cache.expiry-margin", "vendo.webhook.secrets", "vendo.retry.max-attempts");
	}

	@Test
	void everyPropertyIsVendos() throws IOException {
		for (JsonNode property : properties()) {
			assertThat(property.path("name").stringValue())
				.matches("(vendo|management\\.[a-z.-]*vendo(-[a-z]+)?)\\..*");
		}
	}

	@Test
	void everyHintIsAboutAPropertyThereIs() throws IOException {
		List<String> names = new ArrayList<>();
		properties().forEach((property) -> names.add(property.path("name").stringValue()));
		assertThat(hinted()).isNotEmpty()
			.allSatisfy((name) -> assertThat(names).contains(name.replaceFirst("\\.(keys|values)$", "")));
	}

	@Test
	void everyUrlAndEverySlugIsHelpedWith() throws IOException {
		for (JsonNode property : properties()) {
			String name = property.path("name").stringValue();
			if (name.matches(".*-ur[li]|.*\\.url|.*\\.return-to|vendo\\.connections")) {
				assertThat(hinted()).as("Give '%s' a hint in additional-spring-configuration-metadata.json", name)
					.contains(name);
			}
		}
	}

	@Test
	void theSlugsThatAreSuggestedAreThoseOfTheCatalog() throws IOException {
		List<String> catalog = ByokCatalog.defaults().providers().stream().map(ByokProvider::slug).sorted().toList();
		for (JsonNode hint : metadata().path("hints")) {
			if (List.of("vendo.byok.keys", "vendo.connections").contains(hint.path("name").stringValue())) {
				List<String> suggested = new ArrayList<>();
				hint.path("values").forEach((value) -> suggested.add(value.path("value").stringValue()));
				assertThat(suggested).isEqualTo(catalog);
			}
		}
	}

	@Test
	void secretsHaveNeitherDefaultNorSuggestion() throws IOException {
		List<String> secrets = List.of("vendo.api-key", "vendo.webhook.secret", "vendo.webhook.secrets");
		List<String> seen = new ArrayList<>();
		for (JsonNode property : properties()) {
			String name = property.path("name").stringValue();
			if (secrets.contains(name)) {
				seen.add(name);
				assertThat(property.has("defaultValue")).as(name).isFalse();
			}
		}
		assertThat(seen).containsExactlyInAnyOrderElementsOf(secrets);
		assertThat(hinted()).doesNotContainAnyElementsOf(secrets);
		assertThat(metadata().toString()).doesNotContain("vendo_sk_", "whsec_");
	}

	private static List<String> hinted() throws IOException {
		List<String> names = new ArrayList<>();
		metadata().path("hints").forEach((hint) -> names.add(hint.path("name").stringValue()));
		return names;
	}

	private static JsonNode properties() throws IOException {
		return metadata().path("properties");
	}

	private static JsonNode metadata() throws IOException {
		try (InputStream metadata = ownMetadata()) {
			return new JsonMapper().readTree(metadata);
		}
	}

	// The class path has one such file a jar; ours is not in a jar.
	private static InputStream ownMetadata() throws IOException {
		String own = VendoAutoConfiguration.class.getProtectionDomain().getCodeSource().getLocation().toString();
		return new org.springframework.core.io.UrlResource(own + METADATA).getInputStream();
	}

}
