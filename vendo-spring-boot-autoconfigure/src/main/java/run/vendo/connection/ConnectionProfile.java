package run.vendo.connection;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

import org.springframework.util.Assert;

/**
 * How a provider is connected. The set is open: a value this version does not know is
 * kept as the platform sent it.
 *
 * @param value the value as it goes over the wire
 * @since 0.1.0
 */
public record ConnectionProfile(@JsonValue String value) {

	/** Over keys that Vendo owns and bills. */
	public static final ConnectionProfile VENDO_MANAGED_POOL = new ConnectionProfile("vendo_managed_pool");

	/** Over a key of the application's own. */
	public static final ConnectionProfile BYOK_STATIC = new ConnectionProfile("byok_static");

	/** Over a user's consent. */
	public static final ConnectionProfile USER_OAUTH = new ConnectionProfile("user_oauth");

	/** Over an app that was installed at the provider. */
	public static final ConnectionProfile OAUTH_APP_INSTALL = new ConnectionProfile("oauth_app_install");

	/** The provider calls in. */
	public static final ConnectionProfile WEBHOOK_INBOUND = new ConnectionProfile("webhook_inbound");

	/** Over the data proxy. */
	public static final ConnectionProfile COMPOSIO_MANAGED = new ConnectionProfile("composio_managed");

	/** The platform did not say. */
	public static final ConnectionProfile UNKNOWN = new ConnectionProfile("unknown");

	public ConnectionProfile {
		Assert.notNull(value, "'value' must not be null");
	}

	/**
	 * Return the connectionProfile of a value.
	 * @param value the value as it goes over the wire
	 * @return the connectionProfile, known to this version or not
	 */
	@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
	public static ConnectionProfile of(String value) {
		return new ConnectionProfile(value);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
