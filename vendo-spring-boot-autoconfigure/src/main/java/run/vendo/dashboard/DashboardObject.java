package run.vendo.dashboard;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;

/**
 * Something of the dashboard whose fields the platform does not lay down: an application,
 * a deployment, a key. Fields are asked for by name in either spelling, so that
 * {@code createdAt} finds {@code created_at} as well. What cannot be read as what is
 * asked for is not there.
 *
 * @since 0.1.0
 */
public final class DashboardObject {

	private final ObjectNode json;

	private DashboardObject(ObjectNode json) {
		this.json = json;
	}

	/**
	 * Return an object with some fields.
	 * @param json the fields, copied
	 * @return the object
	 */
	public static DashboardObject of(ObjectNode json) {
		return new DashboardObject(json.deepCopy());
	}

	static DashboardObject read(JsonNode json, ErrorDetails.Builder details) {
		if (json instanceof ObjectNode object) {
			return new DashboardObject(object);
		}
		throw invalid("JSON of another shape than expected: an object is wanted", details);
	}

	/**
	 * Read a list, which some endpoints answer bare and some in a field.
	 */
	static List<DashboardObject> readList(JsonNode json, String field, ErrorDetails.Builder details) {
		JsonNode items = json.isArray() ? json : json.path(field);
		if (!items.isArray()) {
			throw invalid("JSON of another shape than expected: a list is wanted, bare or in '" + field + "'", details);
		}
		List<DashboardObject> objects = new ArrayList<>();
		items.forEach((item) -> objects.add(read(item, details)));
		return List.copyOf(objects);
	}

	static RuntimeException invalid(String what, ErrorDetails.Builder details) {
		return details.code(ErrorCode.INVALID_RESPONSE).summary("The answer is " + what).toException();
	}

	/**
	 * Return its id.
	 * @return the field {@code id}, empty when it has none
	 */
	public Optional<String> id() {
		return text("id");
	}

	/**
	 * Return its name.
	 * @return the field {@code name}, empty when it has none
	 */
	public Optional<String> name() {
		return text("name");
	}

	/**
	 * Return a text.
	 * @param field the name of the field, in either spelling
	 * @return its value, empty when there is none or it is no text
	 */
	public Optional<String> text(String field) {
		JsonNode value = field(field);
		return value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
	}

	/**
	 * Return whether something is so.
	 * @param field the name of the field, in either spelling
	 * @return its value, empty when there is none or it is no boolean
	 */
	public Optional<Boolean> flag(String field) {
		JsonNode value = field(field);
		return value.isBoolean() ? Optional.of(value.booleanValue()) : Optional.empty();
	}

	/**
	 * Return a number.
	 * @param field the name of the field, in either spelling
	 * @return its value, empty when there is none or it is no number
	 */
	public Optional<BigDecimal> number(String field) {
		JsonNode value = field(field);
		return value.isNumber() ? Optional.of(value.decimalValue()) : Optional.empty();
	}

	/**
	 * Return a point in time.
	 * @param field the name of the field, in either spelling
	 * @return its value, empty when there is none or it is not ISO 8601 with an offset
	 */
	public Optional<Instant> timestamp(String field) {
		return text(field).map(DashboardObject::instantOrNull);
	}

	private static @Nullable Instant instantOrNull(String text) {
		try {
			return OffsetDateTime.parse(text).toInstant();
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	/**
	 * Return an amount of money in US dollars, whether it came in dollars or in
	 * millionths of them.
	 * @param field the name of the field without its unit, in either spelling:
	 * {@code spent} for {@code spent_micros} or {@code spentUsd}
	 * @return the amount, empty when there is none
	 */
	public Optional<BigDecimal> usd(String field) {
		return number(field + "_micros").map((micros) -> micros.movePointLeft(6)).or(() -> number(field + "_usd"));
	}

	/**
	 * Return all its fields.
	 * @return a JSON object, a copy of its own
	 */
	public JsonNode json() {
		return this.json.deepCopy();
	}

	private JsonNode field(String name) {
		JsonNode exact = this.json.path(name);
		if (!exact.isMissingNode()) {
			return exact;
		}
		String plain = plain(name);
		return this.json.properties()
			.stream()
			.filter((field) -> plain(field.getKey()).equals(plain))
			.findFirst()
			.<JsonNode>map((field) -> field.getValue())
			.orElse(exact);
	}

	private static String plain(String name) {
		return name.replace("_", "").toLowerCase(Locale.ROOT);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof DashboardObject object && this.json.equals(object.json);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.json);
	}

	/**
	 * Return id and names of fields. Values may be secrets.
	 */
	@Override
	public String toString() {
		return "DashboardObject[id=" + id().orElse(null) + ", fields=" + this.json.propertyNames() + "]";
	}

}
