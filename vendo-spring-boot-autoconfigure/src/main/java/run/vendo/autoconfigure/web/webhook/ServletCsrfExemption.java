package run.vendo.autoconfigure.web.webhook;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Exempts a verified request from CSRF protection. A bean of its own, because Spring
 * Security need not be there.
 */
@FunctionalInterface
interface ServletCsrfExemption {

	void exempt(HttpServletRequest request);

}
