package run.vendo.test;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How the platform writes and reads JSON.
 */
final class Json {

	static final JsonMapper MAPPER = JsonMapper.builder().build();

	private Json() {
	}

	static byte[] write(@Nullable Object value) {
		return MAPPER.writeValueAsBytes(value);
	}

	/**
	 * Read the body of a request.
	 * @throws Refusal if it is not a JSON object
	 */
	static JsonNode readObject(byte[] body) {
		try {
			JsonNode json = MAPPER.readTree(body);
			if (json.isObject()) {
				return json;
			}
		}
		catch (JacksonException ex) {
			// Said below: whoever sent it knows what they sent.
		}
		throw Refusal.invalid("The body is not a JSON object");
	}

	/**
	 * Return a map that keeps its order and leaves out what is null.
	 */
	static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		for (int i = 0; i < namesAndValues.length; i += 2) {
			if (namesAndValues[i + 1] != null) {
				object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
			}
		}
		return object;
	}

}
