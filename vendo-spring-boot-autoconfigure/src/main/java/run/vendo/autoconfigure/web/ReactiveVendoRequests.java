package run.vendo.autoconfigure.web;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

import run.vendo.ReactiveVendoClient;
import run.vendo.error.IdentityNotPresentException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.sso.VendoIdentity;

import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ServerWebExchange;

/**
 * The users behind the requests of a reactive application, for filters, functional
 * endpoints and whatever else is no controller method. Headers that are not to be
 * believed count as absent. A bean.
 *
 * @since 0.1.0
 */
public final class ReactiveVendoRequests {

	private static final boolean REACTOR_NETTY = ClassUtils.isPresent("reactor.netty.http.server.HttpServerRequest",
			ReactiveVendoRequests.class.getClassLoader());

	private static final boolean SERVLET = ClassUtils.isPresent("jakarta.servlet.http.HttpServletRequest",
			ReactiveVendoRequests.class.getClassLoader());

	private final RequestUsers users;

	private final boolean serverReadsForwarded;

	ReactiveVendoRequests(RequestUsers users, boolean serverReadsForwarded) {
		this.users = users;
		this.serverReadsForwarded = serverReadsForwarded;
	}

	/**
	 * Return who is signed in.
	 * @param exchange the request
	 * @return the user, empty when nobody is signed in or the headers are not to be
	 * believed
	 */
	public Mono<VendoIdentity> identity(ServerWebExchange exchange) {
		return user(exchange).ready().mapNotNull((user) -> user.identity().orElse(null));
	}

	/**
	 * Return a client that acts for the user of a request.
	 * @param exchange the request
	 * @return an immutable client; fails with {@link IdentityNotPresentException} if
	 * nobody is signed in and with {@link VendoOnlyFeatureException} without an API key
	 */
	public Mono<ReactiveVendoClient> client(ServerWebExchange exchange) {
		return user(exchange).ready().map(RequestUser::reactiveClient);
	}

	RequestUser user(ServerWebExchange exchange) {
		if (exchange.getAttribute(RequestUser.KEY) instanceof RequestUser user) {
			return user;
		}
		ServerHttpRequest request = exchange.getRequest();
		RequestUser user = this.users.user((name) -> request.getHeaders().getOrDefault(name, List.of()),
				() -> peer(request));
		exchange.getAttributes().put(RequestUser.KEY, user);
		return user;
	}

	/**
	 * Return who opened the connection, whatever a header says about it.
	 */
	private @Nullable InetAddress peer(ServerHttpRequest request) {
		Object original = original(request);
		if (REACTOR_NETTY && NettyPeer.knows(original)) {
			return NettyPeer.address(original);
		}
		if (SERVLET && ServletPeer.knows(original)) {
			return ServletPeer.address(original, this.serverReadsForwarded);
		}
		InetSocketAddress address = request.getRemoteAddress();
		return (address != null && !this.serverReadsForwarded) ? address.getAddress() : null;
	}

	private static @Nullable Object original(ServerHttpRequest request) {
		ServerHttpRequest innermost = request;
		while (innermost instanceof ServerHttpRequestDecorator decorator) {
			innermost = decorator.getDelegate();
		}
		try {
			return (innermost instanceof AbstractServerHttpRequest known) ? known.getNativeRequest() : null;
		}
		catch (IllegalStateException ex) {
			// A mock.
			return null;
		}
	}

	/**
	 * Apart, because Reactor Netty need not be there.
	 */
	private static final class NettyPeer {

		static boolean knows(@Nullable Object request) {
			return request instanceof HttpServerRequest;
		}

		static @Nullable InetAddress address(@Nullable Object request) {
			return (request instanceof HttpServerRequest known
					&& known.connectionRemoteAddress() instanceof InetSocketAddress address) ? address.getAddress()
							: null;
		}

	}

	/**
	 * Apart, because the Servlet API need not be there.
	 */
	private static final class ServletPeer {

		static boolean knows(@Nullable Object request) {
			return request instanceof HttpServletRequest;
		}

		static @Nullable InetAddress address(@Nullable Object request, boolean serverReadsForwarded) {
			return (request instanceof HttpServletRequest known) ? VendoRequests.peer(known, serverReadsForwarded)
					: null;
		}

	}

}
