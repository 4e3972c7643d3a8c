package run.vendo.autoconfigure.web;

import java.net.InetAddress;
import java.util.Collections;
import java.util.Optional;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.error.IdentityNotPresentException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.sso.VendoIdentity;

/**
 * The users behind the requests of a servlet application, for filters, functional
 * endpoints and whatever else is no controller method. Headers that are not to be
 * believed count as absent. A bean.
 *
 * @since 0.1.0
 */
public final class VendoRequests {

	// Set by Tomcat where a header took the place of the address.
	private static final String FORWARDED = "org.apache.tomcat.request.forwarded";

	private final RequestUsers users;

	private final boolean serverReadsForwarded;

	VendoRequests(RequestUsers users, boolean serverReadsForwarded) {
		this.users = users;
		this.serverReadsForwarded = serverReadsForwarded;
	}

	/**
	 * Return who is signed in.
	 * @param request the request
	 * @return the user, empty when nobody is signed in or the headers are not to be
	 * believed
	 */
	public Optional<VendoIdentity> identity(HttpServletRequest request) {
		return user(request).identity();
	}

	/**
	 * Return a client that acts for the user of a request.
	 * @param request the request
	 * @return an immutable client, good on any thread
	 * @throws IdentityNotPresentException if nobody is signed in
	 * @throws VendoOnlyFeatureException without an API key
	 */
	public VendoClient client(HttpServletRequest request) {
		return user(request).client();
	}

	RequestUser user(HttpServletRequest request) {
		if (request.getAttribute(RequestUser.KEY) instanceof RequestUser user) {
			return user;
		}
		RequestUser user = this.users.user((name) -> Collections.list(request.getHeaders(name)),
				() -> peer(request, this.serverReadsForwarded));
		request.setAttribute(RequestUser.KEY, user);
		return user;
	}

	/**
	 * Return who opened the connection, whatever a header says about it.
	 * @param request the request
	 * @param serverReadsForwarded whether the server puts the address of a header in
	 * place of that of the connection, which Tomcat alone owns up to
	 */
	static @Nullable InetAddress peer(HttpServletRequest request, boolean serverReadsForwarded) {
		ServletRequest original = request;
		while (original instanceof ServletRequestWrapper wrapper) {
			original = wrapper.getRequest();
		}
		boolean known = !serverReadsForwarded || original.getClass().getName().startsWith("org.apache.catalina.");
		if (!known || Boolean.TRUE.equals(original.getAttribute(FORWARDED)) || original.getRemoteAddr() == null) {
			return null;
		}
		return AddressRange.address(original.getRemoteAddr());
	}

}
