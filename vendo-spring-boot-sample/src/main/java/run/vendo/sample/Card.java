package run.vendo.sample;

import org.jspecify.annotations.Nullable;

import run.vendo.connection.Connection;
import run.vendo.connection.ConnectionStatus;

/**
 * A connection on the page. A {@link Connection} itself holds credentials and has no
 * place there.
 *
 * @param slug the provider
 * @param name its name
 * @param status the status in words
 * @param tone the colour of the status
 * @param connected whether tokens can be had
 * @param problem what is wrong, or {@code null}
 * @param token the token in use, or {@code null}
 * @param variable what holds the provider's key where there is no API key, or
 * {@code null} if that is not known
 * @param action what the button that leads to the portal says
 */
record Card(String slug, String name, String status, Tone tone, boolean connected, @Nullable String problem,
		Tokens.@Nullable Shown token, @Nullable String variable, String action) {

	static Card of(Connection connection, Tokens.@Nullable Shown token, @Nullable String variable) {
		return new Card(connection.slug(), connection.displayName(), connection.status().value().replace('_', ' '),
				Tone.of(connection.status()), connection.isConnected(), problem(connection), token, variable,
				(connection.id() != null) ? "Reconnect" : "Connect");
	}

	private static @Nullable String problem(Connection connection) {
		if (connection.errorMessage() != null) {
			return connection.errorMessage();
		}
		if (connection.status().equals(ConnectionStatus.NEEDS_REAUTH)) {
			return "Its user has to consent again. Until then there is no token.";
		}
		return connection.status().equals(ConnectionStatus.REVOKED) ? "Access was taken back." : null;
	}

	/**
	 * Return whether the provider could be connected and never was.
	 */
	boolean available() {
		return this.status.equals(ConnectionStatus.AVAILABLE.value());
	}

}
