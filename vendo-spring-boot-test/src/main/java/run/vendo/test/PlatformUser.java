package run.vendo.test;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import run.vendo.connection.ConnectionStatus;

/**
 * Whose connections a test changes: those of one user here, those of the application at
 * {@link VendoPlatform}. A user has the application's connections, except where there is
 * one of the user's own. Every change emits its event.
 *
 * @since 0.1.0
 * @see VendoPlatform#user(String)
 */
public final class PlatformUser {

	private final PlatformState state;

	private final Identity identity;

	private final @Nullable String jwt;

	PlatformUser(PlatformState state, Identity identity, @Nullable String jwt) {
		this.state = state;
		this.identity = identity;
		this.jwt = jwt;
	}

	/**
	 * Return a JWT of the user, for {@link run.vendo.VendoClient#forUser(String)}.
	 * @return the JWT, without a valid signature
	 */
	public String jwt() {
		if (this.jwt == null) {
			throw new IllegalStateException("The application itself has no JWT");
		}
		return this.jwt;
	}

	/**
	 * Connect a provider.
	 * @param slug the provider; one the platform did not know is known from now on
	 * @return the event that tells of it
	 */
	public PlatformEvent connect(String slug) {
		return connect(slug, (connection) -> {
		});
	}

	/**
	 * Connect a provider in a certain way.
	 * @param slug the provider
	 * @param connection says what the connection looks like
	 * @return the event that tells of it
	 */
	public PlatformEvent connect(String slug, Consumer<PlatformConnection> connection) {
		return this.state.connections.connect(this.identity, slug, wanted(connection));
	}

	/**
	 * Change what a connection looks like.
	 * @param slug the provider
	 * @param connection says what is different
	 * @return the event that tells of it
	 * @throws IllegalStateException if it is not connected
	 */
	public PlatformEvent change(String slug, Consumer<PlatformConnection> connection) {
		return this.state.connections.change(this.identity, slug, wanted(connection));
	}

	/**
	 * Take a connection away; its tokens do not work any more.
	 * @param slug the provider
	 * @return the event that tells of it
	 * @throws IllegalStateException if it is not connected
	 */
	public PlatformEvent disconnect(String slug) {
		return this.state.connections.disconnect(this.identity, slug);
	}

	/**
	 * Make a connection need its user's consent again; its tokens do not work any more.
	 * @param slug the provider
	 * @return the event that tells of it
	 * @throws IllegalStateException if it is not connected
	 */
	public PlatformEvent needsReauth(String slug) {
		return this.state.connections.needsReauth(this.identity, slug);
	}

	/**
	 * Put a connection into error.
	 * @param slug the provider
	 * @param message what is wrong, in the platform's words
	 * @return the event that tells of it
	 * @throws IllegalStateException if it is not connected
	 */
	public PlatformEvent error(String slug, String message) {
		return this.state.connections.error(this.identity, slug, message);
	}

	/**
	 * Give a connection any status.
	 * @param slug the provider
	 * @param status the status
	 * @return the event that tells of it
	 */
	public PlatformEvent status(String slug, ConnectionStatus status) {
		return this.state.connections.status(this.identity, slug, status);
	}

	/**
	 * Return the status of a connection.
	 * @param slug the provider
	 * @return the status, {@link ConnectionStatus#AVAILABLE} where there is none
	 */
	public ConnectionStatus status(String slug) {
		return this.state.connections.status(this.identity, slug);
	}

	/**
	 * Make the tokens handed out so far useless and tell of it, as when a provider's
	 * token was replaced.
	 * @param slug the provider
	 * @return the event that tells of it
	 * @throws IllegalStateException if it is not connected
	 */
	public PlatformEvent rotateToken(String slug) {
		return this.state.connections.rotateToken(this.identity, slug);
	}

	/**
	 * Make the tokens handed out so far useless without a word.
	 * @param slug the provider
	 * @throws IllegalStateException if it is not connected
	 */
	public void expireTokens(String slug) {
		this.state.connections.expireTokens(this.identity, slug);
	}

	/**
	 * Return the token the credentials worker hands out at present.
	 * @param slug the provider
	 * @return the token
	 * @throws IllegalStateException if it is not connected
	 */
	public String token(String slug) {
		return this.state.connections.currentToken(this.identity, slug);
	}

	private static PlatformConnection wanted(Consumer<PlatformConnection> connection) {
		PlatformConnection wanted = new PlatformConnection();
		connection.accept(wanted);
		return wanted;
	}

	@Override
	public String toString() {
		return "PlatformUser[" + ((this.jwt != null) ? this.identity.user() : "the application") + "]";
	}

}
