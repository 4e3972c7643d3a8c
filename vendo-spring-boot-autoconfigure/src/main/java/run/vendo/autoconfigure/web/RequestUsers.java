package run.vendo.autoconfigure.web;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.sso.SsoApi;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;

/**
 * Makes the users of requests.
 */
final class RequestUsers {

	private final ObjectProvider<VendoClient> client;

	private final ObjectProvider<ReactiveVendoClient> reactiveClient;

	private final ObjectProvider<SsoApi> sso;

	private final ProxyTrust trust;

	RequestUsers(ObjectProvider<VendoClient> client, ObjectProvider<ReactiveVendoClient> reactiveClient,
			ObjectProvider<SsoApi> sso, List<AddressRange> proxies, @Nullable UserJwtVerifier verifier) {
		this.client = client;
		this.reactiveClient = reactiveClient;
		this.sso = sso;
		this.trust = new ProxyTrust(sso::getIfAvailable, proxies, verifier);
	}

	/**
	 * Return the user of a request.
	 * @param values returns the values of one of its headers
	 * @param peer returns who opened the connection
	 */
	RequestUser user(Function<String, List<String>> values, Supplier<@Nullable InetAddress> peer) {
		HttpHeaders claimed = new HttpHeaders();
		for (String name : ProxyTrust.HEADERS) {
			List<String> found = values.apply(name);
			if (!found.isEmpty()) {
				claimed.addAll(name, found);
			}
		}
		return new RequestUser(this, claimed, (this.trust.needsPeer() && !claimed.isEmpty()) ? peer.get() : null);
	}

	ProxyTrust trust() {
		return this.trust;
	}

	SsoApi sso() {
		return this.sso.getObject();
	}

	VendoClient client() {
		return this.client.getObject();
	}

	ReactiveVendoClient reactiveClient() {
		return this.reactiveClient.getObject();
	}

}
