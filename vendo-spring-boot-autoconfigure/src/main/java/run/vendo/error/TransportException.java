package run.vendo.error;

import java.util.Locale;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * No answer came: the platform could not be reached, or the connection broke before an
 * answer began.
 *
 * @since 0.1.0
 */
public final class TransportException extends UpstreamException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure, with a
	 * {@link ErrorDetails#transportReason() transport reason}
	 * @param cause what led to it, or {@code null}
	 */
	public TransportException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
		Objects.requireNonNull(details.transportReason(), "'details' must have a transport reason");
	}

	/**
	 * Return what kept the answer from arriving.
	 * @return the reason
	 */
	public Reason reason() {
		return Objects.requireNonNull(details().transportReason());
	}

	@Override
	@Nullable String defaultNextStep() {
		return switch (reason()) {
			case DNS -> "Check the host name of vendo.base-url and the DNS of this machine.";
			case CONNECT -> "Check that this machine may open connections to that host and port.";
			case TLS -> "Check the certificate of that host, and the trust store or SSL bundle of this application.";
			case TIMEOUT -> "Try again; raise vendo.http.response-timeout if the platform needs longer.";
			case RESET -> "Try again; a proxy or firewall on the way may be closing connections.";
			case PROTOCOL -> "Check that the URL and port belong to an HTTP server, and whether it wants https.";
			case OVERLOAD -> "Make fewer calls at once, or raise vendo.http.pool.max-connections.";
			case INTERRUPTED -> "Nothing to mend: the waiting thread was told to stop.";
		};
	}

	/**
	 * What kept an answer from arriving.
	 */
	public enum Reason {

		/** The host name could not be resolved. */
		DNS,

		/** The connection was refused or could not be opened in time. */
		CONNECT,

		/** The connection could not be secured. */
		TLS,

		/** The answer did not come in time. */
		TIMEOUT,

		/** The connection was closed before the answer. */
		RESET,

		/** What answered does not speak HTTP. */
		PROTOCOL,

		/** Too many calls of this application wait for a connection already. */
		OVERLOAD,

		/** The calling thread was interrupted while it waited. */
		INTERRUPTED;

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
