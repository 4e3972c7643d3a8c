package run.vendo.docs;

import java.net.URI;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoClientCustomizer;
import run.vendo.error.BalanceExhaustedException;
import run.vendo.error.ErrorCode;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.RateLimitedException;
import run.vendo.error.TransportException;
import run.vendo.error.VendoException;
import run.vendo.http.RetryPolicy;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

class ErrorSnippets {

	private static final Logger logger = LoggerFactory.getLogger(ErrorSnippets.class);

	private final VendoClient vendo;

	ErrorSnippets(VendoClient vendo) {
		this.vendo = vendo;
	}

	void catching() {
		// tag::catch[]
		try {
			this.vendo.token("slack");
		}
		catch (NotConnectedException | NeedsReauthException ex) {
			URI portal = this.vendo.connectUrl("slack"); // send the owner of Slack there
		}
		catch (TransportException ex) {
			logger.warn("Vendo cannot be reached ({})", ex.reason(), ex);
		}
		catch (VendoException ex) {
			logger.error("Vendo failed, request id {}", ex.requestId(), ex);
		}
		// end::catch[]
	}

	void code() {
		// tag::code[]
		try {
			this.vendo.billing().balance();
		}
		catch (BalanceExhaustedException ex) {
			boolean noCard = ErrorCode.BILLING_NOT_SETUP.equals(ex.code());
		}
		catch (RateLimitedException ex) {
			Duration wait = ex.retryAfter(); // null when the platform did not say
		}
		// end::code[]
	}

}

// tag::advice[]
@RestControllerAdvice
class VendoErrors {

	@ExceptionHandler
	ProblemDetail notConnected(NotConnectedException ex) {
		ProblemDetail problem = ProblemDetail.forStatus(HttpStatus.CONFLICT);
		problem.setTitle("Connect " + ex.slug() + " first");
		return problem;
	}

	@ExceptionHandler
	ProblemDetail failed(VendoException ex) {
		ProblemDetail problem = ProblemDetail.forStatus(HttpStatus.BAD_GATEWAY);
		problem.setTitle("Vendo is not available");
		problem.setProperty("requestId", ex.requestId());
		return problem;
	}

}
// end::advice[]

// tag::retry[]
@Configuration(proxyBeanMethods = false)
class NoRetryConfiguration {

	@Bean
	VendoClientCustomizer noRetries() {
		return (builder) -> builder.retry(RetryPolicy.none());
	}

}
// end::retry[]
