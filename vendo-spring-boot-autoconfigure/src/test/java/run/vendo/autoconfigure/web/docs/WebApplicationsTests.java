package run.vendo.autoconfigure.web.docs;

import java.net.http.HttpResponse;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import run.vendo.fixture.UserPlatform;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole applications of the guide do what it says.
 */
class WebApplicationsTests {

	private final UserPlatform platform = new UserPlatform();

	@AfterEach
	void stop() {
		this.platform.close();
	}

	@Test
	void providersAreThoseOfWhoeverIsSignedIn() {
		try (WebApplication application = WebApplication.start(WebStack.MVC, this.platform.behindProxy(),
				WebApplications.ProvidersApplication.class)) {
			assertThat(application.get("/my/providers", "X-Vendo-User-Id", "alice", "X-Vendo-User-JWT", "jwt-alice")
				.body()).isEqualTo("[\"alice\"]");
			assertThat(application.get("/my/providers").statusCode()).isEqualTo(401);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whoIsSignedInIsToldBehindTheProxyAlone(WebStack stack) {
		String[] alice = { "X-Vendo-User-Id", "alice", "X-Vendo-User-Email", "alice@example.com", "X-Vendo-Role",
				"owner" };
		try (WebApplication application = WebApplication.start(stack, this.platform.behindProxy(),
				WebApplications.WhoAmIApplication.class)) {
			assertThat(application.get("/who-am-i", alice).body()).isEqualTo("alice is owner");
			assertThat(application.get("/who-am-i").statusCode()).isEqualTo(401);
		}
		try (WebApplication application = WebApplication.start(stack, this.platform.exposed(),
				WebApplications.WhoAmIApplication.class)) {
			assertThat(application.get("/who-am-i", alice).statusCode()).isEqualTo(401);
		}
	}

	@Test
	void whatIsNotConnectedIsAProblem() {
		try (WebApplication application = WebApplication.start(WebStack.MVC, List.of(),
				WebApplications.MessagesApplication.class)) {
			HttpResponse<String> answer = application.get("/messages");
			assertThat(answer.statusCode()).isEqualTo(409);
			assertThat(answer.body()).contains("\"code\":\"binding_missing\"", "\"slug\":\"slack\"",
					"There is no working connection to slack. Connect it and try again.");
		}
	}

}
