package run.vendo.autoconfigure.web.webhook;

import org.springframework.web.server.ServerWebExchange;

/**
 * Exempts a verified request from CSRF protection. A bean of its own, because Spring
 * Security need not be there.
 */
@FunctionalInterface
interface ReactiveCsrfExemption {

	void exempt(ServerWebExchange exchange);

}
