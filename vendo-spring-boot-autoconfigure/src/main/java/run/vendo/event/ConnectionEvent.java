package run.vendo.event;

/**
 * Something happened to a connection. By the time an application's listener sees it, the
 * provider's tokens are out of the cache.
 *
 * @since 0.1.0
 */
public sealed interface ConnectionEvent extends VendoEvent permits ConnectionConnected, ConnectionDisconnected,
		ConnectionChanged, ConnectionStatusChanged, ConnectionNeedsReauth, ConnectionError {

	/**
	 * Return the provider.
	 * @return the slug
	 */
	String slug();

}
