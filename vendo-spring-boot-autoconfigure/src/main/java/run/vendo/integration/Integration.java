package run.vendo.integration;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonProperty.Access;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

import run.vendo.connection.ConnectionCategory;
import run.vendo.connection.ConnectionProfile;
import run.vendo.connection.EnvBootstrap;
import run.vendo.http.VendoJson;

import org.springframework.util.Assert;

/**
 * A provider Vendo knows.
 *
 * @param slug the provider; empty when the platform left it out
 * @param name the provider's name as people know it; the slug when not said
 * @param description what it is, or {@code null}
 * @param category what sort of provider it is
 * @param logoUrl a logo, or {@code null}
 * @param brandColor a colour, or {@code null}
 * @param docsUrl its documentation, or {@code null}
 * @param supportedProfiles how it can be connected; the default profile alone when not
 * said
 * @param defaultProfile how it is connected unless something else is asked for
 * @param enabled whether it may be connected; so when not said
 * @param featured whether it is shown first; not so when not said
 * @param envBootstrap the environment variables it wants, or {@code null}
 * @param additionalFields what this version does not know; never {@code null}
 * @since 0.1.0
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Integration(String slug, String name, @Nullable String description, ConnectionCategory category,
		@Nullable String logoUrl, @Nullable String brandColor, @Nullable String docsUrl,
		List<ConnectionProfile> supportedProfiles, ConnectionProfile defaultProfile, Boolean enabled, Boolean featured,
		@Nullable EnvBootstrap envBootstrap,
		@JsonAnySetter @JsonProperty(access = Access.WRITE_ONLY) Map<String, @Nullable Object> additionalFields) {

	public Integration {
		additionalFields = Objects.requireNonNullElse(VendoJson.freeze(additionalFields), Map.of());
		if (slug == null && additionalFields.containsKey("provider")) {
			// The slug's other name, which means something else where both are there.
			Map<String, @Nullable Object> others = new LinkedHashMap<>(additionalFields);
			Object provider = others.remove("provider");
			Assert.isTrue(provider == null || provider instanceof String, "'provider' must be a text");
			slug = (String) Objects.requireNonNullElse(provider, "");
			additionalFields = Collections.unmodifiableMap(others);
		}
		slug = Objects.requireNonNullElse(slug, "");
		name = Objects.requireNonNullElse(name, slug);
		category = Objects.requireNonNullElse(category, ConnectionCategory.UNKNOWN);
		defaultProfile = Objects.requireNonNullElse(defaultProfile, ConnectionProfile.UNKNOWN);
		supportedProfiles = (supportedProfiles != null) ? List.copyOf(supportedProfiles) : List.of(defaultProfile);
		enabled = Objects.requireNonNullElse(enabled, true);
		featured = Objects.requireNonNullElse(featured, false);
	}

}
