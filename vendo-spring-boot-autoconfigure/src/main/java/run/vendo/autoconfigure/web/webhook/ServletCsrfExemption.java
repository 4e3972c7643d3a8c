package run.vendo.autoconfigure.web.webhook;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Exempts a verified request from CSRF protection. A bean of its own, because Spring
 * Security need not be there.
 */
@FunctionalInterface
interface ServletCsrfExemption {

	/** Where nothing has to be exempt. */
	ServletCsrfExemption NONE = (request) -> {
	};

	void exempt(HttpServletRequest request);

}
