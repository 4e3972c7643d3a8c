package run.vendo.docs;

import reactor.core.publisher.Mono;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.autoconfigure.web.ForRequest;
import run.vendo.autoconfigure.web.VendoRequests;
import run.vendo.connection.Connection;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

final class UserSnippets {

	private UserSnippets() {
	}

}

// tag::parameter[]
@RestController
class InboxController {

	@GetMapping("/inbox")
	String inbox(@ForRequest VendoClient vendo) {
		return vendo.session("gmail")
			.restClient()
			.get()
			.uri("https://gmail.googleapis.com/gmail/v1/users/me/messages")
			.retrieve()
			.body(String.class);
	}

}
// end::parameter[]

// tag::reactive-parameter[]
@RestController
class ReactiveInboxController {

	@GetMapping("/reactive-inbox")
	Mono<String> inbox(@ForRequest ReactiveVendoClient vendo) {
		return vendo.session("gmail")
			.webClient()
			.get()
			.uri("https://gmail.googleapis.com/gmail/v1/users/me/messages")
			.retrieve()
			.bodyToMono(String.class);
	}

}
// end::reactive-parameter[]

// tag::injected[]
@Service
class Inbox {

	private final VendoClient application;

	private final VendoClient user;

	Inbox(VendoClient application, @ForRequest VendoClient user) {
		this.application = application;
		this.user = user;
	}

	boolean isComplete() {
		return this.user.connections().list().size() == this.application.connections().list().size();
	}

}
// end::injected[]

// tag::functional[]
@Configuration(proxyBeanMethods = false)
class InboxRoutes {

	@Bean
	RouterFunction<ServerResponse> inboxRoute(VendoRequests requests) {
		return RouterFunctions.route().GET("/inbox/providers", (request) -> {
			VendoClient vendo = requests.client(request.servletRequest());
			return ServerResponse.ok().body(vendo.connections().list().stream().map(Connection::slug).toList());
		}).build();
	}

}
// end::functional[]
