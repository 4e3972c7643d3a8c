package run.vendo.autoconfigure.web.docs;

import java.util.List;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.web.ForRequest;
import run.vendo.connection.Connection;
import run.vendo.sso.VendoIdentity;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The whole applications of the guide, in a package where they find nothing else.
 */
final class WebApplications {

	private WebApplications() {
	}

	// tag::user-application[]
	@SpringBootApplication
	@RestController
	static class ProvidersApplication {

		public static void main(String[] args) {
			SpringApplication.run(ProvidersApplication.class, args);
		}

		@GetMapping("/my/providers")
		List<String> providers(@ForRequest VendoClient vendo) {
			return vendo.connections().list().stream().map(Connection::slug).toList();
		}

	}
	// end::user-application[]

	// tag::identity-application[]
	@SpringBootApplication
	@RestController
	static class WhoAmIApplication {

		public static void main(String[] args) {
			SpringApplication.run(WhoAmIApplication.class, args);
		}

		@GetMapping("/who-am-i")
		String whoAmI(VendoIdentity identity) {
			return identity.userId() + " is " + identity.role();
		}

	}
	// end::identity-application[]

	// tag::problem-application[]
	@SpringBootApplication
	@RestController
	static class MessagesApplication {

		private final VendoClient vendo;

		MessagesApplication(VendoClient vendo) {
			this.vendo = vendo;
		}

		public static void main(String[] args) {
			SpringApplication.run(MessagesApplication.class, args);
		}

		@GetMapping("/messages")
		String messages() {
			return this.vendo.session("slack")
				.restClient()
				.get()
				.uri("https://slack.com/api/conversations.list")
				.retrieve()
				.body(String.class);
		}

	}
	// end::problem-application[]

}
