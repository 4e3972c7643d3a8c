package run.vendo.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

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
		// Amounts of money are what they are to the last digit.
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
		.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
		.withCoercionConfig(LogicalType.Textual,
				(config) -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
					.setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
					.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
		.addModule(new SimpleModule("vendo").addDeserializer(Instant.class, new TimestampDeserializer()))
		.build();

	private VendoJson() {
	}

	/**
	 * Reads ISO 8601 and nothing else: a number could be seconds as well as milliseconds.
	 */
	private static final class TimestampDeserializer extends StdScalarDeserializer<Instant> {

		TimestampDeserializer() {
			super(Instant.class);
		}

		@Override
		public Instant deserialize(JsonParser parser, DeserializationContext context) {
			if (!parser.hasToken(JsonToken.VALUE_STRING)) {
				return (Instant) context.handleUnexpectedToken(getValueType(context), parser);
			}
			try {
				return OffsetDateTime.parse(parser.getString()).toInstant();
			}
			catch (DateTimeException ex) {
				return (Instant) context.handleWeirdStringValue(Instant.class, parser.getString(),
						"not an ISO 8601 timestamp");
			}
		}

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
