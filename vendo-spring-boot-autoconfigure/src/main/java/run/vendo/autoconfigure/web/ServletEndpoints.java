package run.vendo.autoconfigure.web;

import java.util.Map;

import run.vendo.VendoClient;
import run.vendo.error.VendoException;
import run.vendo.http.Blocking;
import run.vendo.sso.SsoApi;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The endpoints that a servlet application may switch on.
 */
final class ServletEndpoints {

	private ServletEndpoints() {
	}

	static RouterFunction<ServerResponse> identity(VendoRequests requests, SsoApi sso) {
		return RouterFunctions.route().GET(SsoApi.IDENTITY_ENDPOINT_PATH, (request) -> {
			RequestUser user = requests.user(request.servletRequest());
			ResponseEntity<Map<String, Object>> answer = sso.identityResponse(user.headers());
			return answer(answer, MediaType.APPLICATION_JSON);
		}).build();
	}

	static RouterFunction<ServerResponse> connectRedirect(VendoRequests requests, VendoProblems problems,
			VendoClient client, ConnectRedirect redirect) {
		return RouterFunctions.route().GET(ConnectRedirect.PATTERN, (request) -> {
			RequestUser user = requests.user(request.servletRequest());
			try {
				return ServerResponse.status(HttpStatus.SEE_OTHER)
					.location(redirect.target(user, client, request.pathVariable("slug")))
					.headers(ConnectRedirect::secure)
					.build();
			}
			catch (VendoException ex) {
				return answer(problem(problems, ex, user, request), MediaType.APPLICATION_PROBLEM_JSON);
			}
		}).build();
	}

	private static ResponseEntity<ProblemDetail> problem(VendoProblems problems, VendoException failure,
			RequestUser user, ServerRequest request) {
		return Blocking.await(problems.answer(failure, user, request.servletRequest().getContextPath()));
	}

	private static ServerResponse answer(ResponseEntity<?> answer, MediaType type) {
		ServerResponse.BodyBuilder builder = ServerResponse.status(answer.getStatusCode())
			.headers((headers) -> headers.putAll(answer.getHeaders()))
			.contentType(type);
		Object body = answer.getBody();
		return (body != null) ? builder.body(body) : builder.build();
	}

}
