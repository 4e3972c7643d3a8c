package run.vendo.sample;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import run.vendo.VendoClient;
import run.vendo.error.BalanceExhaustedException;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.NotFoundException;
import run.vendo.error.RateLimitedException;
import run.vendo.error.SpendCapExceededException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.error.VendoOnlyFeatureException;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Answers for what went wrong: what happened, and for a provider that is not connected
 * the button that leads to connecting it. What the platform said stays in the log.
 */
@RestControllerAdvice(assignableTypes = { VendoApi.class, ConnectRedirect.class })
class ApiErrors {

	private static final Logger logger = LoggerFactory.getLogger(ApiErrors.class);

	private final VendoClient vendo;

	ApiErrors(VendoClient vendo) {
		this.vendo = vendo;
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> handle(VendoException ex) {
		HttpStatus status = status(ex);
		logger.warn("Answering {}: {}", status.value(), ex.getMessage());
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail(ex));
		if (ex.code() != null) {
			problem.setProperty("code", ex.code().value());
		}
		if (ex.slug() != null) {
			problem.setProperty("slug", ex.slug());
		}
		if (ex instanceof NotConnectedException || ex instanceof NeedsReauthException) {
			String url = connectUrl(ex);
			if (url != null) {
				problem.setProperty("button", new Button("Connect " + ex.slug(), url));
			}
		}
		HttpHeaders headers = new HttpHeaders();
		if (ex.retryAfter() != null) {
			headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(ex.retryAfter().toSeconds()));
		}
		return new ResponseEntity<>(problem, headers, status);
	}

	private static HttpStatus status(VendoException ex) {
		if (ex instanceof NotConnectedException || ex instanceof NeedsReauthException) {
			return HttpStatus.CONFLICT;
		}
		if (ex instanceof BalanceExhaustedException || ex instanceof SpendCapExceededException) {
			return HttpStatus.PAYMENT_REQUIRED;
		}
		if (ex instanceof RateLimitedException) {
			return HttpStatus.TOO_MANY_REQUESTS;
		}
		if (ex instanceof NotFoundException) {
			return HttpStatus.NOT_FOUND;
		}
		if (ex instanceof ValidationException) {
			return HttpStatus.BAD_REQUEST;
		}
		if (ex instanceof VendoOnlyFeatureException) {
			return HttpStatus.NOT_IMPLEMENTED;
		}
		return (ex instanceof UpstreamException) ? HttpStatus.BAD_GATEWAY : HttpStatus.INTERNAL_SERVER_ERROR;
	}

	private String detail(VendoException ex) {
		return switch (status(ex)) {
			case CONFLICT -> this.vendo.isVendoMode()
					? "There is no working connection to " + ex.slug() + ". Connect it and try again."
					: "There is no key for " + ex.slug() + ". " + ex.details().nextStep();
			case PAYMENT_REQUIRED -> "The balance or a spend cap does not allow this. Top up, or raise the cap.";
			case TOO_MANY_REQUESTS -> "Too many requests. Try again later.";
			case NOT_FOUND -> "Vendo knows no provider of this name.";
			case BAD_REQUEST -> "This is not the name of a provider.";
			case NOT_IMPLEMENTED -> "This needs a Vendo API key. Set VENDO_API_KEY and restart.";
			case BAD_GATEWAY -> "Vendo cannot be reached at the moment. Try again later.";
			default -> "The application could not use Vendo. Its log says why.";
		};
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
