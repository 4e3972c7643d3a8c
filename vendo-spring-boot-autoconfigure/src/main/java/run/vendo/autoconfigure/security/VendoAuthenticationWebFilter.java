package run.vendo.autoconfigure.security;

import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import run.vendo.sso.VendoIdentity;

import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
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
			.mapNotNull(SecurityContext::getAuthentication)
			.filter(this.trust::isAuthenticated)
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((present) -> filter(exchange, chain, present.orElse(null)));
	}

	private Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain, @Nullable Authentication present) {
		// One of ours that somebody kept in the session says who was signed in then.
		boolean kept = present instanceof VendoAuthentication;
		if (present != null && !kept) {
			return chain.filter(exchange);
		}
		return this.identities.apply(exchange)
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap(
					(identity) -> identity.map((user) -> signedIn(exchange, chain, user))
						.orElseGet(() -> kept
								? chain.filter(exchange).contextWrite(ReactiveSecurityContextHolder.clearContext())
								: chain.filter(exchange)));
	}

	private static Mono<Void> signedIn(ServerWebExchange exchange, WebFilterChain chain, VendoIdentity identity) {
		return chain.filter(exchange)
			.contextWrite(ReactiveSecurityContextHolder.withAuthentication(new VendoAuthentication(identity)));
	}

}
