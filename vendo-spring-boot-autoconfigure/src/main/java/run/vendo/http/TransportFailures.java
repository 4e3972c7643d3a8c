package run.vendo.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

import run.vendo.error.TransportException.Reason;

import org.springframework.util.ClassUtils;

/**
 * Tells why no answer came, from what the HTTP library threw. Types of Reactor Netty and
 * Netty are told by name, since they may be absent.
 */
final class TransportFailures {

	private TransportFailures() {
	}

	/**
	 * Return what kept an answer from arriving.
	 * @param failure what the HTTP library threw
	 * @return the reason, or {@code null} when the failure is not one of transport
	 */
	static @Nullable Reason reason(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			Reason reason = reasonOf(cause);
			if (reason != null) {
				return reason;
			}
		}
		return null;
	}

	private static @Nullable Reason reasonOf(Throwable cause) {
		String type = ClassUtils.getShortName(cause.getClass());
		if (type.startsWith("PoolAcquirePendingLimit")) {
			return Reason.OVERLOAD;
		}
		if (type.startsWith("PoolAcquireTimeout")) {
			return Reason.OVERLOAD;
		}
		if (cause instanceof UnknownHostException || has(cause, UnresolvedAddressException.class)
				|| type.startsWith("DnsNameResolver")) {
			return Reason.DNS;
		}
		if (cause instanceof SSLException || type.contains("Ssl")) {
			return Reason.TLS;
		}
		if (type.endsWith("ConnectTimeoutException") || cause instanceof ConnectException
				|| cause instanceof NoRouteToHostException) {
			return Reason.CONNECT;
		}
		if (cause instanceof TimeoutException || type.endsWith("TimeoutException")) {
			return Reason.TIMEOUT;
		}
		if (isNotHttp(cause, type)) {
			return Reason.PROTOCOL;
		}
		if (type.startsWith("PrematureClose") || type.startsWith("AbortedException") || cause instanceof SocketException
				|| cause instanceof ClosedChannelException
				|| (cause instanceof IOException && cause.getCause() == null)) {
			return Reason.RESET;
		}
		return null;
	}

	private static boolean isNotHttp(Throwable cause, String type) {
		if (type.equals("HttpTextHeaderDecoder") || type.startsWith("TooLong") || type.endsWith("DecoderException")
				|| cause instanceof java.net.ProtocolException) {
			return true;
		}
		String message = String.valueOf(cause.getMessage());
		return message.contains("invalid version format") || message.contains("Invalid status line")
				|| message.contains("Invalid response line") || message.contains("status line");
	}

	// The JDK's client wraps it in a ConnectException, which would be taken for the cause
	// otherwise.
	private static boolean has(Throwable failure, Class<? extends Throwable> type) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (type.isInstance(cause)) {
				return true;
			}
		}
		return false;
	}

}
