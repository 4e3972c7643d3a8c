package run.vendo.autoconfigure.web;

import jakarta.servlet.http.HttpServletRequest;

import run.vendo.error.VendoException;
import run.vendo.http.Blocking;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/**
 * Answers what no advice of the application does.
 */
@ControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class ServletProblemAdvice {

	private final VendoProblems problems;

	private final VendoRequests requests;

	ServletProblemAdvice(VendoProblems problems, VendoRequests requests) {
		this.problems = problems;
		this.requests = requests;
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> handle(VendoException failure, HttpServletRequest request) {
		return Blocking.await(this.problems.answer(failure, this.requests.user(request), request.getContextPath()));
	}

}
