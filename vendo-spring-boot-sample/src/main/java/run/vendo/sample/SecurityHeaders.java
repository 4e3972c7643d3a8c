package run.vendo.sample;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * What browsers may do with the pages: load nothing but what comes from here, run no
 * script that is written into a page, and ask for nothing on behalf of other sites. An
 * application with Spring Security has its headers instead.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class SecurityHeaders extends OncePerRequestFilter {

	static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
			+ "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

	private final ForeignRequests foreign;

	SecurityHeaders(ForeignRequests foreign) {
		this.foreign = foreign;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		response.setHeader("Content-Security-Policy", POLICY);
		response.setHeader("X-Content-Type-Options", "nosniff");
		response.setHeader("Referrer-Policy", "same-origin");
		ForeignRequests.Refusal refusal = this.foreign.refusal(request);
		if (refusal != null) {
			response.setStatus(refusal.status().value());
			response.setContentType(MediaType.TEXT_PLAIN_VALUE);
			response.getWriter().println(refusal.reason());
			return;
		}
		chain.doFilter(request, response);
	}

}
