package run.vendo.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * How the platform's JSON is read: strict about types, lenient about unknown fields. Kept
 * apart from the application's own mapper, whose settings must not change what the wire
 * means.
 *
 * @since 0.1.0
 */
public final class VendoJson {

	/** The mapper for the platform's own models. */
	public static final JsonMapper MAPPER = JsonMapper.builder()
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
		.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
		.build();

	private VendoJson() {
	}

	/**
	 * Return a map that nobody can change, down to its innermost values.
	 * @param map a map as read from JSON, or {@code null}
	 * @return an unmodifiable copy, or {@code null} for {@code null}
	 */
	public static @Nullable Map<String, @Nullable Object> freeze(@Nullable Map<String, @Nullable Object> map) {
		if (map == null) {
			return null;
		}
		Map<String, @Nullable Object> copy = new LinkedHashMap<>();
		map.forEach((name, value) -> copy.put(name, freezeValue(value)));
		return Collections.unmodifiableMap(copy);
	}

	private static @Nullable Object freezeValue(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			Map<String, @Nullable Object> copy = new LinkedHashMap<>();
			map.forEach((name, nested) -> copy.put(String.valueOf(name), freezeValue(nested)));
			return Collections.unmodifiableMap(copy);
		}
		if (value instanceof List<?> list) {
			List<@Nullable Object> copy = new ArrayList<>();
			list.forEach((nested) -> copy.add(freezeValue(nested)));
			return Collections.unmodifiableList(copy);
		}
		return value;
	}

}
