package run.vendo.autoconfigure.web;

import reactor.core.publisher.Mono;

import run.vendo.error.VendoException;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * Answers what no advice of the application does.
 */
@ControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class ReactiveProblemAdvice {

	private final VendoProblems problems;

	private final ReactiveVendoRequests requests;

	ReactiveProblemAdvice(VendoProblems problems, ReactiveVendoRequests requests) {
		this.problems = problems;
		this.requests = requests;
	}

	@ExceptionHandler
	Mono<ResponseEntity<ProblemDetail>> handle(VendoException failure, ServerWebExchange exchange) {
		return this.problems.answer(failure, this.requests.user(exchange),
				exchange.getRequest().getPath().contextPath().value());
	}

}
