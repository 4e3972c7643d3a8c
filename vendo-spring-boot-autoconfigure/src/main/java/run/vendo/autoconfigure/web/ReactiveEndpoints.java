package run.vendo.autoconfigure.web;

import java.net.URI;

import reactor.core.publisher.Mono;

import run.vendo.VendoClient;
import run.vendo.error.VendoException;
import run.vendo.sso.SsoApi;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The endpoints that a reactive application may switch on.
 */
final class ReactiveEndpoints {

	private ReactiveEndpoints() {
	}

	static RouterFunction<ServerResponse> identity(ReactiveVendoRequests requests, SsoApi sso) {
		return RouterFunctions.route()
			.GET(SsoApi.IDENTITY_ENDPOINT_PATH,
					(request) -> requests.user(request.exchange())
						.ready()
						.map((user) -> sso.identityResponse(user.headers()))
						.flatMap((answer) -> answer(answer, MediaType.APPLICATION_JSON)))
			.build();
	}

	static RouterFunction<ServerResponse> connectRedirect(ReactiveVendoRequests requests, VendoProblems problems,
			VendoClient client, ConnectRedirect redirect) {
		return RouterFunctions.route().GET(ConnectRedirect.PATTERN, (request) -> {
			RequestUser user = requests.user(request.exchange());
			return user.ready()
				.map((ready) -> redirect.target(ready, client, request.pathVariable("slug")))
				.flatMap((target) -> redirect(target))
				.onErrorResume(VendoException.class, (ex) -> problem(problems, ex, user, request));
		}).build();
	}

	private static Mono<ServerResponse> redirect(URI target) {
		return ServerResponse.status(HttpStatus.SEE_OTHER).location(target).headers(ConnectRedirect::secure).build();
	}

	private static Mono<ServerResponse> problem(VendoProblems problems, VendoException failure, RequestUser user,
			ServerRequest request) {
		return problems.answer(failure, user, request.requestPath().contextPath().value())
			.flatMap((answer) -> answer(answer, MediaType.APPLICATION_PROBLEM_JSON));
	}

	private static Mono<ServerResponse> answer(ResponseEntity<?> answer, MediaType type) {
		ServerResponse.BodyBuilder builder = ServerResponse.status(answer.getStatusCode())
			.headers((headers) -> headers.putAll(answer.getHeaders()))
			.contentType(type);
		Object body = answer.getBody();
		return (body != null) ? builder.bodyValue(body) : builder.build();
	}

}
