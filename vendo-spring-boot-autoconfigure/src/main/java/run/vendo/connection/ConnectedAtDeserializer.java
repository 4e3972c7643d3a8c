package run.vendo.connection;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/**
 * Reads a timestamp that the platform leaves blank where there is none.
 */
final class ConnectedAtDeserializer extends StdScalarDeserializer<Instant> {

	ConnectedAtDeserializer() {
		super(Instant.class);
	}

	@Override
	public @Nullable Instant deserialize(JsonParser parser, DeserializationContext context) {
		boolean blank = parser.hasToken(JsonToken.VALUE_STRING) && parser.getString().isBlank();
		return blank ? null : context.readValue(parser, Instant.class);
	}

}
