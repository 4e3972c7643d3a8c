package run.vendo.test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import run.vendo.connection.ConnectionProfile;
import run.vendo.token.ByokCatalog;
import run.vendo.token.ByokProvider;

import org.springframework.util.StringUtils;

/**
 * The providers the platform knows: those of the client's own catalog, and whatever a
 * test connects.
 */
final class IntegrationCatalog {

	private static final Map<String, String> CATEGORIES = Map.ofEntries(Map.entry("openai", "ai"),
			Map.entry("anthropic", "ai"), Map.entry("openrouter", "ai"), Map.entry("gemini", "ai"),
			Map.entry("elevenlabs", "ai"), Map.entry("assemblyai", "ai"), Map.entry("muapi", "ai"),
			Map.entry("telegram", "messaging"), Map.entry("slack", "messaging"), Map.entry("gmail", "messaging"),
			Map.entry("notion", "productivity"), Map.entry("instagram", "social"), Map.entry("supabase", "database"));

	private final Guard guard;

	private final Map<String, Map<String, @Nullable Object>> integrations = new LinkedHashMap<>();

	IntegrationCatalog(Guard guard) {
		this.guard = guard;
		for (ByokProvider provider : ByokCatalog.defaults().providers()) {
			String profile = (provider.oauth() ? ConnectionProfile.USER_OAUTH : ConnectionProfile.BYOK_STATIC).value();
			this.integrations.put(provider.slug(), Json.object("slug", provider.slug(), "name", provider.name(),
					"category", CATEGORIES.getOrDefault(provider.slug(), "other"), "supported_profiles",
					List.of(profile), "default_profile", profile, "enabled", true, "env_bootstrap",
					Map.of("vars", List
						.of(Json.object("name", provider.primaryVariable(), "value_from", "credential.access_token")),
							"restart", "none")));
		}
	}

	/**
	 * Add a provider, or change one.
	 */
	void put(String slug, Map<String, ?> fields) {
		this.guard.run(() -> {
			Map<String, @Nullable Object> integration = new LinkedHashMap<>(get(slug));
			integration.putAll(fields);
			this.integrations.put(slug, integration);
		});
	}

	void ensure(String slug) {
		this.guard.run(() -> this.integrations.computeIfAbsent(slug, IntegrationCatalog::unknown));
	}

	boolean has(String slug) {
		return this.guard.get(() -> this.integrations.containsKey(slug));
	}

	/**
	 * Return a provider, known or not.
	 */
	Map<String, @Nullable Object> get(String slug) {
		return this.guard.get(() -> {
			Map<String, @Nullable Object> known = this.integrations.get(slug);
			return (known != null) ? known : unknown(slug);
		});
	}

	List<Map<String, @Nullable Object>> all() {
		return this.guard.get(() -> new ArrayList<>(this.integrations.values()));
	}

	private static Map<String, @Nullable Object> unknown(String slug) {
		String profile = ConnectionProfile.USER_OAUTH.value();
		return Json.object("slug", slug, "name", StringUtils.capitalize(slug), "category", "other",
				"supported_profiles", List.of(profile), "default_profile", profile, "enabled", true);
	}

}
