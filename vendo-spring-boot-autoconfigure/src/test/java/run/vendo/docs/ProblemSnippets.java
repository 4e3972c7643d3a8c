package run.vendo.docs;

import run.vendo.error.NotConnectedException;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

final class ProblemSnippets {

	private ProblemSnippets() {
	}

}

// tag::own-advice[]
@RestControllerAdvice
class NotConnectedAdvice {

	@ExceptionHandler
	ResponseEntity<String> notConnected(NotConnectedException ex) {
		return ResponseEntity.status(HttpStatus.CONFLICT).body("Please connect " + ex.slug());
	}

}
// end::own-advice[]
