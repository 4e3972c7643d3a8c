package run.vendo.autoconfigure.security;

import java.util.Optional;
import java.util.function.Function;

import reactor.core.publisher.Mono;

import run.vendo.sso.VendoIdentity;

import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Takes whom the Vendo proxy has signed in for the user of the request, unless somebody
 * is signed in otherwise. Nothing is kept in the session.
 */
final class VendoAuthenticationWebFilter implements WebFilter {

	private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

	private final Function<ServerWebExchange, Mono<VendoIdentity>> identities;

	VendoAuthenticationWebFilter(Function<ServerWebExchange, Mono<VendoIdentity>> identities) {
		this.identities = identities;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		return ReactiveSecurityContextHolder.getContext()
			.filter((context) -> this.trust.isAuthenticated(context.getAuthentication()))
			.hasElement()
			.flatMap((signedIn) -> signedIn ? Mono.just(Optional.<VendoIdentity>empty())
					: this.identities.apply(exchange).map(Optional::of).defaultIfEmpty(Optional.empty()))
			.flatMap((identity) -> identity.map((user) -> signedIn(exchange, chain, user))
				.orElseGet(() -> chain.filter(exchange)));
	}

	private static Mono<Void> signedIn(ServerWebExchange exchange, WebFilterChain chain, VendoIdentity identity) {
		return chain.filter(exchange)
			.contextWrite(ReactiveSecurityContextHolder.withAuthentication(new VendoAuthentication(identity)));
	}

}
