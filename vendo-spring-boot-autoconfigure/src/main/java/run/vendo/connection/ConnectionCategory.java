package run.vendo.connection;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

import org.springframework.util.Assert;

/**
 * What sort of provider it is. The set is open: a value this version does not know is
 * kept as the platform sent it.
 *
 * @param value the value as it goes over the wire
 * @since 0.1.0
 */
public record ConnectionCategory(@JsonValue String value) {

	/** The platform did not say. */
	public static final ConnectionCategory UNKNOWN = new ConnectionCategory("unknown");

	public ConnectionCategory {
		Assert.notNull(value, "'value' must not be null");
	}

	/**
	 * Return the connectionCategory of a value.
	 * @param value the value as it goes over the wire
	 * @return the connectionCategory, known to this version or not
	 */
	@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
	public static ConnectionCategory of(String value) {
		return new ConnectionCategory(value);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
