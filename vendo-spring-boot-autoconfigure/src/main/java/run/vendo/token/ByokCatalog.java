package run.vendo.token;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import run.vendo.http.EnvironmentVariables;
import run.vendo.http.VendoJson;

import org.springframework.core.io.ClassPathResource;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * The providers for which an application may bring its own key, and the environment
 * variables it is read from.
 *
 * @since 0.1.0
 */
public final class ByokCatalog {

	private static final ByokCatalog DEFAULTS = new ByokCatalog(ByokCatalog::load);

	// Read when it is first asked for: most applications that have a key never do.
	private final SingletonSupplier<Map<String, ByokProvider>> providers;

	private ByokCatalog(Supplier<Map<String, ByokProvider>> providers) {
		this.providers = SingletonSupplier.of(providers);
	}

	/**
	 * Return the providers Vendo knows.
	 * @return the catalog
	 */
	public static ByokCatalog defaults() {
		return DEFAULTS;
	}

	/**
	 * Return this catalog with further providers. One that is there already is replaced.
	 * @param variables the environment variables of each slug, the primary one first
	 * @return a new catalog
	 * @throws IllegalArgumentException if a slug is blank or has no variable
	 */
	public ByokCatalog with(Map<String, ? extends Collection<String>> variables) {
		Map<String, List<String>> added = new LinkedHashMap<>();
		variables.forEach((slug, names) -> {
			Assert.hasText(slug, "A provider's slug must not be blank");
			// As every setting: a property that is there and empty names no variable.
			List<String> named = names.stream()
				.map(EnvironmentVariables::textOrNull)
				.flatMap(Stream::ofNullable)
				.toList();
			Assert.notEmpty(named, () -> "There must be a variable for '" + slug + "'");
			added.put(slug, named);
		});
		return new ByokCatalog(() -> merge(this.providers.obtain(), added));
	}

	private static Map<String, ByokProvider> merge(Map<String, ByokProvider> providers,
			Map<String, List<String>> added) {
		Map<String, ByokProvider> merged = new LinkedHashMap<>(providers);
		added.forEach((slug, names) -> {
			ByokProvider known = providers.get(slug);
			String name = (known != null) ? known.name() : StringUtils.capitalize(slug);
			merged.put(slug, new ByokProvider(slug, name, names, known != null && known.oauth()));
		});
		return Collections.unmodifiableMap(merged);
	}

	/**
	 * Return all providers.
	 * @return the providers, in the order of the catalog
	 */
	public Collection<ByokProvider> providers() {
		return this.providers.obtain().values();
	}

	/**
	 * Return one provider.
	 * @param slug the provider
	 * @return the provider, empty when the catalog does not have it
	 */
	public Optional<ByokProvider> find(String slug) {
		return Optional.ofNullable(this.providers.obtain().get(slug));
	}

	/**
	 * Return the environment variables of a provider.
	 * @param slug the provider
	 * @return the names, the primary one first; empty when the catalog does not have the
	 * provider
	 */
	public List<String> variables(String slug) {
		return find(slug).map(ByokProvider::variables).orElseGet(List::of);
	}

	/**
	 * Return the variable that overrides a provider's token in both modes.
	 * @param slug the provider
	 * @return {@code VENDO_TOKEN_} and the slug in capitals, with {@code _} for {@code -}
	 */
	public static String overrideVariable(String slug) {
		Assert.notNull(slug, "'slug' must not be null");
		return "VENDO_TOKEN_" + slug.toUpperCase(Locale.ROOT).replace('-', '_');
	}

	private static Map<String, ByokProvider> load() {
		try (InputStream resource = new ClassPathResource("byok-catalog.json", ByokCatalog.class).getInputStream()) {
			Map<String, ByokProvider> providers = new LinkedHashMap<>();
			for (ByokProvider provider : VendoJson.MAPPER.readValue(resource, ByokProvider[].class)) {
				providers.put(provider.slug(), provider);
			}
			return Collections.unmodifiableMap(providers);
		}
		catch (IOException ex) {
			throw new IllegalStateException("run/vendo/token/byok-catalog.json is missing from the jar", ex);
		}
	}

}
