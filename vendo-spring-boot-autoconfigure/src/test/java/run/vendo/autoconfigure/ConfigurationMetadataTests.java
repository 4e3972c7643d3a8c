package run.vendo.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

	private static JsonNode properties() throws IOException {
		try (InputStream metadata = ownMetadata()) {
			return new JsonMapper().readTree(metadata).path("properties");
		}
	}

	// The class path has one such file a jar; ours is not in a jar.
	private static InputStream ownMetadata() throws IOException {
		String own = VendoAutoConfiguration.class.getProtectionDomain().getCodeSource().getLocation().toString();
		return new org.springframework.core.io.UrlResource(own + METADATA).getInputStream();
	}

}
