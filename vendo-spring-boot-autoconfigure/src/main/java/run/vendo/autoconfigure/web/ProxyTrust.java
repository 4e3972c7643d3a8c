package run.vendo.autoconfigure.web;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import run.vendo.http.EnvironmentVariables;
import run.vendo.http.VendoHttp;
import run.vendo.sso.SsoApi;

import org.springframework.http.HttpHeaders;

/**
 * Decides whether the identity headers of a request were set by the Vendo proxy. They are
 * not signed, so when in doubt they are a client's own claim.
 */
final class ProxyTrust {

	/** The headers that the proxy sets. */
	static final List<String> HEADERS = List.of("X-Vendo-User-Id", "X-Vendo-User-Email", "X-Vendo-User-Name",
			"X-Vendo-Tenant-Id", "X-Vendo-Role", VendoHttp.USER_JWT_HEADER);

	private static final Log logger = LogFactory.getLog(ProxyTrust.class);

	private final Supplier<@Nullable SsoApi> sso;

	private final List<AddressRange> proxies;

	private final @Nullable UserJwtVerifier verifier;

	ProxyTrust(Supplier<@Nullable SsoApi> sso, List<AddressRange> proxies, @Nullable UserJwtVerifier verifier) {
		this.sso = sso;
		this.proxies = proxies;
		this.verifier = verifier;
	}

	/**
	 * Return whether it matters where a request comes from.
	 */
	boolean needsPeer() {
		return !this.proxies.isEmpty();
	}

	/**
	 * Return whether the decision may have to wait for something.
	 */
	boolean mayWait() {
		return this.verifier != null;
	}

	/**
	 * Return what is believed of a request.
	 * @param claimed its identity headers
	 * @param peer who opened the connection, or {@code null} when that is not known
	 */
	Verdict judge(HttpHeaders claimed, @Nullable InetAddress peer) {
		if (claimed.isEmpty()) {
			return new Verdict(claimed, null);
		}
		String disbelief = disbelief(claimed, peer);
		if (disbelief == null) {
			return new Verdict(claimed, null);
		}
		logger.debug("The X-Vendo-* headers of a request are ignored: " + disbelief);
		return new Verdict(new HttpHeaders(), disbelief);
	}

	private @Nullable String disbelief(HttpHeaders claimed, @Nullable InetAddress peer) {
		SsoApi api = this.sso.get();
		if (api == null || !api.isEnabled()) {
			return "the application is not known to run behind the Vendo proxy (VENDO_AUTH=1 or vendo.sso.enabled=true)";
		}
		if (!this.proxies.isEmpty()
				&& (peer == null || this.proxies.stream().noneMatch((each) -> each.contains(peer)))) {
			return "they do not come from an address in vendo.sso.trusted-proxies";
		}
		return (this.verifier != null) ? disbelief(claimed, this.verifier) : null;
	}

	private static @Nullable String disbelief(HttpHeaders claimed, UserJwtVerifier verifier) {
		String jwt = single(claimed, VendoHttp.USER_JWT_HEADER);
		if (jwt == null) {
			return "there is no " + VendoHttp.USER_JWT_HEADER + " to verify (vendo.sso.jwt.jwk-set-uri)";
		}
		String user = verifier.userOf(jwt);
		if (user == null) {
			return VendoHttp.USER_JWT_HEADER + " is not valid (vendo.sso.jwt.*)";
		}
		return user.equals(single(claimed, "X-Vendo-User-Id")) ? null
				: VendoHttp.USER_JWT_HEADER + " belongs to another user than X-Vendo-User-Id names";
	}

	private static @Nullable String single(HttpHeaders headers, String name) {
		List<String> values = headers.getOrDefault(name, List.of());
		return (values.size() == 1) ? EnvironmentVariables.textOrNull(values.get(0)) : null;
	}

	/**
	 * What is believed of a request.
	 *
	 * @param headers the identity headers that are believed
	 * @param disbelief why they are not, or {@code null} when they are
	 */
	record Verdict(HttpHeaders headers, @Nullable String disbelief) {

	}

}
