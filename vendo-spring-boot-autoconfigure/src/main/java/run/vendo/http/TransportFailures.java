package run.vendo.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

import run.vendo.error.TransportException.Reason;

import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * Tells why no answer came, from what the HTTP library threw. Types of Reactor Netty and
 * Netty are told by name, since they may be absent.
 */
final class TransportFailures {

	// What is found anywhere in the chain of causes decides, and the first of these
	// before the later ones: a pool's timeout is a timeout too, and a name that is not
	// found is a failed connection for the JDK.
	private static final List<Reason> ORDER = List.of(Reason.OVERLOAD, Reason.DNS, Reason.TLS, Reason.CONNECT,
			Reason.TIMEOUT, Reason.PROTOCOL, Reason.RESET);

	private static final int LONGEST_CHAIN = 20;

	private TransportFailures() {
	}

	/**
	 * Return what kept an answer from arriving.
	 * @param failure what the {@code WebClient} threw
	 * @return the reason, or {@code null} when the failure is not one of transport
	 */
	static @Nullable Reason reason(Throwable failure) {
		boolean exchanging = failure instanceof WebClientRequestException;
		List<Throwable> chain = chain(failure);
		for (Reason reason : ORDER) {
			if (chain.stream().anyMatch((cause) -> is(reason, cause, exchanging))) {
				return reason;
			}
		}
		return null;
	}

	private static boolean is(Reason reason, Throwable cause, boolean exchanging) {
		String type = ClassUtils.getShortName(cause.getClass());
		return switch (reason) {
			case OVERLOAD -> type.startsWith("PoolAcquirePendingLimit") || type.startsWith("PoolAcquireTimeout");
			case DNS -> cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException
					|| type.startsWith("DnsNameResolver") || (exchanging && isImpossibleName(cause));
			case TLS -> cause instanceof SSLException || type.contains("Ssl") || isClosedDuringHandshake(cause);
			// The last is what an event loop says that somebody has shut down.
			case CONNECT -> type.endsWith("ConnectTimeoutException") || cause instanceof ConnectException
					|| cause instanceof NoRouteToHostException || cause instanceof RejectedExecutionException;
			case TIMEOUT -> cause instanceof TimeoutException || type.endsWith("TimeoutException");
			case PROTOCOL -> isNotHttp(cause, type, exchanging);
			case RESET -> type.startsWith("Premature") || type.startsWith("AbortedException")
					|| cause instanceof ClosedChannelException || cause instanceof SocketException
					|| (exchanging && cause instanceof IOException);
			default -> false;
		};
	}

	private static boolean isImpossibleName(Throwable cause) {
		return cause instanceof IllegalArgumentException
				&& String.valueOf(cause.getMessage()).contains("label in the input");
	}

	// Netty says so beside its main message.
	private static boolean isClosedDuringHandshake(Throwable cause) {
		for (Throwable beside : cause.getSuppressed()) {
			if (beside instanceof SSLException) {
				return true;
			}
		}
		return false;
	}

	private static boolean isNotHttp(Throwable cause, String type, boolean exchanging) {
		if (type.startsWith("Premature")) {
			return false;
		}
		// While an answer is read, an argument that is not as it should be came from
		// there: both libraries throw it at a status or a length that is no number.
		return cause instanceof ProtocolException || cause.getClass().getName().startsWith("io.netty.handler.codec.")
				|| (exchanging && cause instanceof IllegalArgumentException);
	}

	private static List<Throwable> chain(Throwable failure) {
		List<Throwable> chain = new ArrayList<>();
		for (Throwable cause = failure; cause != null && chain.size() < LONGEST_CHAIN; cause = cause.getCause()) {
			if (!(cause instanceof WebClientRequestException)) {
				chain.add(cause);
			}
		}
		return chain;
	}

	/**
	 * Return a failure that can be shown. What does not speak HTTP may send anything, the
	 * request with its query included, and HTTP libraries repeat it in their messages.
	 * @param reason why no answer came
	 * @param cause what the HTTP library threw
	 * @return the same, or a stand-in of the same origin that quotes nothing
	 */
	static Throwable withoutQuotes(Reason reason, Throwable cause) {
		boolean quoting = reason == Reason.PROTOCOL || chain(cause).stream().anyMatch(TransportFailures::isQuoting);
		if (!quoting) {
			return cause;
		}
		IOException standIn = new IOException(cause.getClass().getName() + " (what came is not repeated here)");
		standIn.setStackTrace(cause.getStackTrace());
		return standIn;
	}

	private static boolean isQuoting(Throwable cause) {
		String message = String.valueOf(cause.getMessage());
		return message.contains("receiving [") || message.contains("not an SSL/TLS record");
	}

}
