package run.vendo.sso;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

import org.springframework.util.Assert;

/**
 * What a user may do in the application's tenant. The set is open: a value this version
 * does not know is kept as the platform sent it.
 *
 * @param value the value as it goes over the wire
 * @since 0.1.0
 */
public record VendoRole(@JsonValue String value) {

	/** May do everything. */
	public static final VendoRole OWNER = new VendoRole("owner");

	/** May use the application. */
	public static final VendoRole MEMBER = new VendoRole("member");

	/** May look. */
	public static final VendoRole VIEWER = new VendoRole("viewer");

	public VendoRole {
		Assert.notNull(value, "'value' must not be null");
	}

	/**
	 * Return the vendoRole of a value.
	 * @param value the value as it goes over the wire
	 * @return the vendoRole, known to this version or not
	 */
	@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
	public static VendoRole of(String value) {
		return new VendoRole(value);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
