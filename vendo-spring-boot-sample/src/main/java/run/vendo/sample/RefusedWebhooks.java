package run.vendo.sample;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Puts refused webhooks into the log of the page. They never reach the handler, so this
 * looks at what they were answered with.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class RefusedWebhooks extends OncePerRequestFilter {

	private final ActivityLog log;

	private final JsonMapper json;

	RefusedWebhooks(ActivityLog log, JsonMapper json) {
		this.log = log;
		this.json = json;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		return !request.getRequestURI().equals(request.getContextPath() + WebhookHandler.PATH);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		ContentCachingResponseWrapper answer = new ContentCachingResponseWrapper(response);
		chain.doFilter(request, answer);
		if (answer.getStatus() >= HttpStatus.BAD_REQUEST.value()) {
			this.log.refused(reason(answer));
		}
		answer.copyBodyToResponse();
	}

	private String reason(ContentCachingResponseWrapper answer) {
		try {
			return this.json.readTree(answer.getContentAsByteArray())
				.path("detail")
				.asString("status " + answer.getStatus());
		}
		catch (JacksonException ex) {
			return "status " + answer.getStatus();
		}
	}

}
