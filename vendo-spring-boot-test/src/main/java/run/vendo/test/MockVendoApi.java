package run.vendo.test;

/**
 * What a call to a mock belongs to.
 *
 * @since 0.1.0
 */
public enum MockVendoApi {

	/** Provider tokens, one or several at once. */
	TOKENS,

	/** The application's connections. */
	CONNECTIONS,

	/** The providers Vendo knows. */
	INTEGRATIONS,

	/** Balance, spend caps and usage. */
	BILLING,

	/** Actions of connected providers. */
	DATA,

	/** Links to the connect page. They are recorded, and nothing is sent for them. */
	CONNECT_URL,

	/** Every other endpoint of Vendo, over {@code http()}. */
	HTTP,

	/** A provider's own API, over {@code session(slug)}. */
	PROVIDER

}
