package run.vendo.connection;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

import org.springframework.util.Assert;

/**
 * How a connection stands. The set is open: a value this version does not know is kept as
 * the platform sent it.
 *
 * @param value the value as it goes over the wire
 * @since 0.1.0
 */
public record ConnectionStatus(@JsonValue String value) {

	/** Tokens can be had. */
	public static final ConnectionStatus CONNECTED = new ConnectionStatus("connected");

	/** The provider can be connected and is not yet. */
	public static final ConnectionStatus AVAILABLE = new ConnectionStatus("available");

	/** Connecting has begun and is not finished. */
	public static final ConnectionStatus PENDING_SETUP = new ConnectionStatus("pending_setup");

	/** Consent has to be given again. */
	public static final ConnectionStatus NEEDS_REAUTH = new ConnectionStatus("needs_reauth");

	/** The connection does not work; its error message says why. */
	public static final ConnectionStatus ERROR = new ConnectionStatus("error");

	/** The connection was taken back. */
	public static final ConnectionStatus REVOKED = new ConnectionStatus("revoked");

	/** The platform did not say. */
	public static final ConnectionStatus UNKNOWN = new ConnectionStatus("unknown");

	public ConnectionStatus {
		Assert.notNull(value, "'value' must not be null");
	}

	/**
	 * Return the connectionStatus of a value.
	 * @param value the value as it goes over the wire
	 * @return the connectionStatus, known to this version or not
	 */
	@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
	public static ConnectionStatus of(String value) {
		return new ConnectionStatus(value);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
