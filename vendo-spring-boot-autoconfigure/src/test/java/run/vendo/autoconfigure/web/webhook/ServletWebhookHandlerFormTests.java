package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;
import java.net.http.HttpResponse;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;

import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.error.ErrorPageRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link AbstractWebhookHandlerFormTests} in Spring MVC, and the ways that a servlet
 * container has to a handler.
 */
class ServletWebhookHandlerFormTests extends AbstractWebhookHandlerFormTests {

	ServletWebhookHandlerFormTests() {
		super(Stack.SERVLET, Dispatches.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/forward", "/include", "/async", "/error-page", "/verified-forward", "/verified-async" })
	void whenARequestIsDispatchedToAHandlerThenThatIsNotCalled(String path) {
		HttpResponse<String> response = server().deliver(path, WebhookServer.event());
		assertThat(server().calls().all()).containsExactly(path);
		if (!path.equals("/include")) {
			// An include cannot change the status.
			assertThat(response.statusCode()).isGreaterThanOrEqualTo(400);
		}
	}

	/**
	 * What leads from one handler to another.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Dispatches {

		@Bean
		Dispatching dispatching(Calls calls) {
			return new Dispatching(calls);
		}

		@Bean
		ErrorPageRegistrar errorPageIsAHook() {
			return (registry) -> registry.addErrorPages(new ErrorPage(HttpStatus.GONE, "/dispatched"));
		}

	}

	@RestController
	static class Dispatching {

		private final Calls calls;

		Dispatching(Calls calls) {
			this.calls = calls;
		}

		@VendoWebhook
		@RequestMapping("/dispatched")
		void dispatched() {
			this.calls.add("/dispatched");
		}

		@PostMapping("/forward")
		void forward(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
			this.calls.add("/forward");
			request.getRequestDispatcher("/dispatched").forward(request, response);
		}

		@PostMapping("/include")
		void include(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
			this.calls.add("/include");
			request.getRequestDispatcher("/dispatched").include(request, response);
		}

		@PostMapping("/async")
		void async(HttpServletRequest request, HttpServletResponse response) {
			this.calls.add("/async");
			AsyncContext context = request.startAsync(request, response);
			context.dispatch("/dispatched");
		}

		@PostMapping("/error-page")
		void errorPage(HttpServletResponse response) throws IOException {
			this.calls.add("/error-page");
			response.sendError(HttpStatus.GONE.value());
		}

		@VendoWebhookMapping("/verified-forward")
		void verifiedForward(HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			this.calls.add("/verified-forward");
			request.getRequestDispatcher("/dispatched").forward(request, response);
		}

		@VendoWebhookMapping("/verified-async")
		void verifiedAsync(HttpServletRequest request, HttpServletResponse response) {
			this.calls.add("/verified-async");
			AsyncContext context = request.startAsync(request, response);
			context.dispatch("/dispatched");
		}

	}

}
