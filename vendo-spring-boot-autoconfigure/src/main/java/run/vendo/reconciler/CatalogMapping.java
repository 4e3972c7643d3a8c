package run.vendo.reconciler;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import run.vendo.connection.Connection;
import run.vendo.connection.EnvBootstrap;
import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.http.Blocking;
import run.vendo.http.PathSegments;
import run.vendo.http.VendoHttp;
import run.vendo.http.VendoJson;
import run.vendo.token.ByokCatalog;
import run.vendo.token.ByokProvider;
import run.vendo.token.Tokens;

import org.springframework.util.StringUtils;

/**
 * The variables that the connections ask for.
 */
final class CatalogMapping implements Reconciler.Mapping {

	private static final Log logger = LogFactory.getLog(CatalogMapping.class);

	private static final String ACCESS_TOKEN = "credential.access_token";

	private final VendoHttp http;

	private final ReactiveConnectionsApi connections;

	private final ByokCatalog catalog;

	private final Tokens tokens;

	CatalogMapping(VendoHttp http, ReactiveConnectionsApi connections, ByokCatalog catalog, Tokens tokens) {
		this.http = http;
		this.connections = connections;
		this.catalog = catalog;
		this.tokens = tokens;
	}

	@Override
	public Map<String, String> get() {
		return this.http.isVendoMode() ? fromPlatform(connected()) : fromEnvironment(connected());
	}

	private List<Connection> connected() {
		return Blocking.await(this.connections.list().filter(Connection::isConnected).collectList());
	}

	/**
	 * Return a mapping that somebody wrote down instead.
	 * @param sources a slug, or a slug, a colon and a path, by variable
	 */
	Reconciler.Mapping of(Map<String, String> sources) {
		Map<String, String> copy = new LinkedHashMap<>(sources);
		copy.forEach((name, source) -> PathSegments.requireSlug(slug(source)));
		return () -> fromSources(copy);
	}

	private Map<String, String> fromSources(Map<String, String> asked) {
		boolean paths = asked.values().stream().anyMatch((source) -> source.indexOf(':') >= 0);
		Map<String, Connection> connected = new LinkedHashMap<>();
		if (paths) {
			connected().forEach((connection) -> connected.putIfAbsent(connection.slug(), connection));
		}
		Map<String, Source> sources = new LinkedHashMap<>();
		asked.forEach((name, source) -> {
			String slug = slug(source);
			Connection connection = connected.get(slug);
			if (slug.equals(source)) {
				sources.put(name, new Source(slug, null, true));
			}
			else if (connection != null) {
				add(sources, connection, new EnvBootstrap.Variable(name, source.substring(slug.length() + 1)));
			}
		});
		return values(sources);
	}

	private static String slug(String source) {
		int colon = source.indexOf(':');
		return (colon >= 0) ? source.substring(0, colon) : source;
	}

	private Map<String, String> fromEnvironment(List<Connection> connected) {
		Map<String, String> mapping = new LinkedHashMap<>();
		Set<String> slugs = new LinkedHashSet<>();
		connected.forEach((connection) -> slugs.add(connection.slug()));
		Map<String, Optional<String>> found = Blocking.await(this.tokens.tokens(slugs));
		for (ByokProvider provider : this.catalog.providers()) {
			found.getOrDefault(provider.slug(), Optional.empty())
				.ifPresent((token) -> mapping.putIfAbsent(provider.primaryVariable(), token));
		}
		return mapping;
	}

	private Map<String, String> fromPlatform(List<Connection> connected) {
		Map<String, Source> sources = new LinkedHashMap<>();
		for (Connection connection : connected) {
			EnvBootstrap bootstrap = connection.envBootstrap();
			if (bootstrap != null) {
				bootstrap.vars().forEach((variable) -> add(sources, connection, variable));
			}
		}
		return values(sources);
	}

	private Map<String, String> values(Map<String, Source> sources) {
		Set<String> slugs = new LinkedHashSet<>();
		sources.values().stream().filter(Source::needsToken).forEach((source) -> slugs.add(source.slug()));
		Map<String, Optional<String>> found = slugs.isEmpty() ? Map.of() : Blocking.await(this.tokens.tokens(slugs));
		Map<String, String> mapping = new LinkedHashMap<>();
		sources.forEach((name, source) -> {
			String value = source.needsToken() ? found.getOrDefault(source.slug(), Optional.empty()).orElse(null)
					: source.value();
			if (value != null) {
				mapping.put(name, value);
			}
		});
		return mapping;
	}

	private static void add(Map<String, Source> sources, Connection connection, EnvBootstrap.Variable variable) {
		String name = variable.name();
		String path = variable.valueFrom();
		if (name == null || path == null || !Dotenv.isName(name)) {
			logger.debug("A variable that %s asks for has no possible name, or no value".formatted(connection.slug()));
			return;
		}
		String value = resolve(connection, path);
		boolean needsToken = value == null && ACCESS_TOKEN.equals(path) && StringUtils.hasText(connection.slug());
		if ((value != null || needsToken)
				&& sources.putIfAbsent(name, new Source(connection.slug(), value, needsToken)) != null) {
			logger.debug("%s asks for %s, which another connection has already".formatted(connection.slug(), name));
		}
	}

	static @Nullable String resolve(Connection connection, String path) {
		if (path.startsWith("credential.")) {
			String keys = path.substring("credential.".length());
			String value = text(find(connection.credential(), keys));
			return (value != null) ? value : text(find(connection.metadata(), path));
		}
		if (path.startsWith("metadata.")) {
			return text(find(connection.metadata(), path.substring("metadata.".length())));
		}
		if (path.startsWith("context.")) {
			return text(find(connection.context(), path.substring("context.".length())));
		}
		return switch (path) {
			case "api_key" -> connection.apiKey();
			case "base_url" -> connection.baseUrl();
			case "id" -> connection.id();
			case "external_id" -> connection.externalId();
			case "slug" -> connection.slug();
			default -> text(find(connection.additionalFields(), path));
		};
	}

	private static @Nullable Object find(@Nullable Map<String, @Nullable Object> fields, String path) {
		Object value = fields;
		for (String key : path.split("\\.", -1)) {
			if (!(value instanceof Map<?, ?> map)) {
				return null;
			}
			value = map.get(key);
		}
		return value;
	}

	private static @Nullable String text(@Nullable Object value) {
		if (value == null || value instanceof String) {
			return (String) value;
		}
		boolean simple = value instanceof Number || value instanceof Boolean;
		return simple ? value.toString() : VendoJson.MAPPER.writeValueAsString(value);
	}

	/**
	 * Where a variable's value comes from.
	 *
	 * @param slug the provider
	 * @param value the value, or {@code null} if it is the provider's token
	 * @param needsToken whether it is the provider's token
	 */
	private record Source(String slug, @Nullable String value, boolean needsToken) {

		@Override
		public String toString() {
			return "Source[slug=" + this.slug + "]";
		}

	}

}
