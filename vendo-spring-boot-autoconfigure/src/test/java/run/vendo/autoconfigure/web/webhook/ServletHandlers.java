package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.concurrent.Callable;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.util.FileCopyUtils;
import org.springframework.util.StreamUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Handlers that only Spring MVC can call.
 */
final class ServletHandlers {

	private ServletHandlers() {
	}

	@RestController
	@RequestMapping("/stack")
	static class Annotated {

		private final Calls calls;

		Annotated(Calls calls) {
			this.calls = calls;
		}

		@VendoWebhookMapping("/stream")
		void stream(InputStream body) throws IOException {
			this.calls.add(StreamUtils.copyToByteArray(body));
		}

		@VendoWebhookMapping("/reader")
		void reader(Reader body) throws IOException {
			this.calls.add(FileCopyUtils.copyToString(body));
		}

		@VendoWebhookMapping("/request")
		void request(HttpServletRequest request) throws IOException {
			request.getParameterMap();
			this.calls.add(StreamUtils.copyToByteArray(request.getInputStream()));
		}

		@VendoWebhookMapping("/resource")
		void resource(@RequestBody Resource body) throws IOException {
			this.calls.add(body.getContentAsByteArray());
		}

		@VendoWebhookMapping("/response")
		void response(HttpServletResponse response) throws IOException {
			this.calls.add("response");
			response.getWriter().write("written");
		}

		@VendoWebhookMapping("/callable")
		Callable<String> callable() {
			return () -> {
				this.calls.add("callable");
				return "done";
			};
		}

		@VendoWebhookMapping("/deferred")
		DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>();
			this.calls.add("deferred");
			result.setResult("done");
			return result;
		}

		@VendoWebhookMapping("/streaming")
		StreamingResponseBody streaming() {
			return (out) -> {
				this.calls.add("streaming");
				out.write('x');
				out.flush();
			};
		}

		@VendoWebhookMapping("/own-async")
		void ownAsync(HttpServletRequest request, HttpServletResponse response) {
			AsyncContext context = request.startAsync(request, response);
			context.start(() -> {
				this.calls.add("own-async");
				response.setStatus(202);
				context.complete();
			});
		}

		@PostMapping("/forward")
		ModelAndView forward() {
			return new ModelAndView("forward:/shared/nothing");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Functional {

		@Bean
		RouterFunction<ServerResponse> webhookRoutes(VendoWebhookFilterFunctions webhooks, Calls calls) {
			return RouterFunctions.route().POST("/stack/function", (request) -> {
				calls.add(request.body(String.class));
				return ServerResponse.ok().body(VendoWebhookFilterFunctions.event(request).type());
			}).filter(webhooks.verify()).build();
		}

	}

}
