package run.vendo.autoconfigure.web;

import java.net.InetAddress;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.IdentityNotPresentException;
import run.vendo.sso.VendoIdentity;

import org.springframework.http.HttpHeaders;
import org.springframework.util.function.SingletonSupplier;

/**
 * The user of one request. Knows what the request said when it came in, so that it is
 * good on any thread and after the request. Nothing is looked at before it is asked for.
 */
final class RequestUser {

	/** Where the user is found in a request, an exchange and a Reactor context. */
	static final String KEY = "run.vendo.user";

	private final RequestUsers users;

	private final SingletonSupplier<ProxyTrust.Verdict> verdict;

	private final SingletonSupplier<VendoClient> client = SingletonSupplier.of(this::createClient);

	private final SingletonSupplier<ReactiveVendoClient> reactiveClient = SingletonSupplier
		.of(this::createReactiveClient);

	RequestUser(RequestUsers users, HttpHeaders claimed, @Nullable InetAddress peer) {
		this.users = users;
		this.verdict = SingletonSupplier.of(() -> users.trust().judge(claimed, peer));
	}

	/**
	 * Return the identity headers that are believed. May wait.
	 */
	HttpHeaders headers() {
		return this.verdict.obtain().headers();
	}

	/**
	 * Return who is signed in. May wait.
	 */
	Optional<VendoIdentity> identity() {
		HttpHeaders headers = headers();
		return headers.isEmpty() ? Optional.empty() : this.users.sso().identityFromHeaders(headers);
	}

	/**
	 * Return a client that acts for the user. May wait.
	 * @throws IdentityNotPresentException if nobody is signed in
	 */
	VendoClient client() {
		return this.client.obtain();
	}

	/**
	 * Return a client that acts for the user. May wait.
	 * @throws IdentityNotPresentException if nobody is signed in
	 */
	ReactiveVendoClient reactiveClient() {
		return this.reactiveClient.obtain();
	}

	/**
	 * Return this user as soon as nothing has to be waited for any more.
	 */
	Mono<RequestUser> ready() {
		if (!this.users.trust().mayWait()) {
			return Mono.just(this);
		}
		return Mono.fromCallable(() -> {
			headers();
			return this;
		}).subscribeOn(Schedulers.boundedElastic());
	}

	private VendoClient createClient() {
		try {
			return this.users.client().forRequest(headers());
		}
		catch (IdentityNotPresentException ex) {
			throw withReason(ex);
		}
	}

	private ReactiveVendoClient createReactiveClient() {
		try {
			return this.users.reactiveClient().forRequest(headers());
		}
		catch (IdentityNotPresentException ex) {
			throw withReason(ex);
		}
	}

	private RuntimeException withReason(IdentityNotPresentException ex) {
		String disbelief = this.verdict.obtain().disbelief();
		return (disbelief == null) ? ex
				: ErrorDetails.of(ErrorCode.IDENTITY_NOT_PRESENT)
					.summary("The X-Vendo-* headers of the request are ignored: " + disbelief)
					.toException();
	}

}
