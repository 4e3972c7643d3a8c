package run.vendo.billing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was used in a period, as the platform reports it.
 *
 * @since 0.1.0
 */
public final class Usage {

	private final ObjectNode json;

	private Usage(ObjectNode json) {
		this.json = json;
	}

	/**
	 * Return a report.
	 * @param json the platform's answer
	 * @return the report
	 */
	@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
	public static Usage of(ObjectNode json) {
		return new Usage(json);
	}

	/**
	 * Return the whole answer.
	 * @return a JSON object, a copy of its own
	 */
	@JsonValue
	public JsonNode json() {
		return this.json.deepCopy();
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Usage usage && this.json.equals(usage.json);
	}

	@Override
	public int hashCode() {
		return this.json.hashCode();
	}

	@Override
	public String toString() {
		return "Usage" + this.json;
	}

}
