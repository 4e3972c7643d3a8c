package run.vendo.sample;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.VendoException;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * The answer for a provider that is not connected: what happened, and the button that
 * leads to connecting it. All other errors have the answers that Vendo gives by itself.
 */
@RestControllerAdvice(assignableTypes = VendoApi.class)
class ApiErrors {

	private final VendoClient vendo;

	ApiErrors(VendoClient vendo) {
		this.vendo = vendo;
	}

	@ExceptionHandler({ NotConnectedException.class, NeedsReauthException.class })
	ProblemDetail notConnected(VendoException ex) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, detail(ex));
		problem.setProperty("code", String.valueOf(ex.code()));
		problem.setProperty("slug", ex.slug());
		String url = connectUrl(ex);
		if (url != null) {
			problem.setProperty("button", new Button("Connect " + ex.slug(), url));
		}
		return problem;
	}

	private String detail(VendoException ex) {
		return this.vendo.isVendoMode()
				? "There is no working connection to " + ex.slug() + ". Connect it and try again."
				: "There is no key for " + ex.slug() + ". " + ex.details().nextStep();
	}

	/**
	 * Return the platform's own link, else the one of this application.
	 * {@link VendoClient#connectUrl(String)} has no place in an answer: it holds the API
	 * key.
	 */
	private @Nullable String connectUrl(VendoException ex) {
		String url = (ex.connectUrl() != null) ? Links.web(ex.connectUrl().toString()) : null;
		if (url != null || ex.slug() == null || !this.vendo.isVendoMode()) {
			return url;
		}
		return ServletUriComponentsBuilder.fromCurrentContextPath()
			.path("/connect/{slug}")
			.build()
			.expand(ex.slug())
			.encode()
			.toUriString();
	}

	record Button(String label, String url) {
	}

}
