package run.vendo.autoconfigure.security;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import run.vendo.sso.VendoIdentity;

import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.authentication.WebAuthenticationDetailsSource;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Takes whom the Vendo proxy has signed in for the user of the request, unless somebody
 * is signed in otherwise. Nothing is kept in the session.
 */
final class VendoAuthenticationFilter extends OncePerRequestFilter {

	private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

	private final SecurityContextHolderStrategy contexts = SecurityContextHolder.getContextHolderStrategy();

	private final WebAuthenticationDetailsSource details = new WebAuthenticationDetailsSource();

	private final Function<HttpServletRequest, Optional<VendoIdentity>> identities;

	VendoAuthenticationFilter(Function<HttpServletRequest, Optional<VendoIdentity>> identities) {
		this.identities = identities;
	}

	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	@Override
	protected boolean shouldNotFilterErrorDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		Authentication present = this.contexts.getContext().getAuthentication();
		// One of ours that somebody kept in the session says who was signed in then.
		boolean kept = present instanceof VendoAuthentication;
		if (kept || !this.trust.isAuthenticated(present)) {
			this.identities.apply(request).ifPresentOrElse((identity) -> signIn(identity, request), () -> {
				if (kept) {
					this.contexts.setContext(this.contexts.createEmptyContext());
				}
			});
		}
		chain.doFilter(request, response);
	}

	// A context of its own: the present one may be shared with other requests of the
	// session.
	private void signIn(VendoIdentity identity, HttpServletRequest request) {
		VendoAuthentication authentication = new VendoAuthentication(identity);
		authentication.setDetails(this.details.buildDetails(request));
		SecurityContext context = this.contexts.createEmptyContext();
		context.setAuthentication(authentication);
		this.contexts.setContext(context);
	}

}
