package run.vendo.autoconfigure.web.webhook;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;
import run.vendo.webhook.WebhooksApi;

import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.error.ErrorPageRegistrar;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.StreamUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

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

	@ParameterizedTest
	@ValueSource(
			strings = { "application/json", "application/x-www-form-urlencoded", "multipart/form-data;boundary=x" })
	void whenAnInterceptorReadsTheBodyThenTheHandlerGetsItAllTheSame(String contentType) {
		String event = WebhookServer.event();
		HttpRequest request = server().signed("/read-before", event).setHeader("Content-Type", contentType).build();
		assertThat(server().send(request).statusCode()).isEqualTo(200);
		assertThat(server().calls().all()).containsExactly(event, event);
	}

	@Test
	void whenAFunctionalEndpointAnswersLaterThenItsDeliveryIsHandledOnce() {
		String event = WebhookServer.event();
		HttpResponse<String> response = server().deliver("/async-function", event);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("later");
		assertThat(server().deliver("/async-function", event).body()).isEmpty();
		assertThat(server().calls().all()).containsExactly("/async-function");
	}

	@Test
	void whenAnotherFilterReplacesTheResponseOfAFunctionalEndpointThenItsDeliveryIsHandledOnce() {
		String event = WebhookServer.event();
		assertThat(server().deliver("/replaced-function", event).body()).isEqualTo("replaced");
		HttpResponse<String> again = server().deliver("/replaced-function", event);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(server().calls().all()).containsExactly("/replaced-function");
	}

	@Test
	void whenAnotherFilterRefusesWhatAFunctionalEndpointHasDoneThenItRunsAgain() {
		String event = WebhookServer.event();
		for (int i = 0; i < 2; i++) {
			assertThat(server().deliver("/refused-function", event).statusCode()).isEqualTo(503);
		}
		assertThat(server().calls().all()).containsExactly("/refused-function", "/refused-function");
	}

	@Test
	void whenTheApplicationVerifiesByItselfThenItSeesEveryHeader() {
		try (WebhookServer other = WebhookServer.start(Stack.SERVLET, List.of(), SharedHandlers.Annotated.class,
				OwnVerifier.class)) {
			HttpRequest request = other.signed("/shared/nothing", WebhookServer.event())
				.setHeader("X-Tenant", "acme")
				.build();
			HttpResponse<String> answer = other.send(request);
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
			assertThat(OwnVerifier.tenants).containsExactly("acme");
		}
	}

	@Test
	void whenAFunctionalEndpointFailsLaterThenItsDeliveryRunsWhenItComesAgain() {
		String event = WebhookServer.event();
		for (int i = 0; i < 2; i++) {
			assertThat(server().deliver("/async-failure", event).statusCode()).isEqualTo(500);
		}
		for (int i = 0; i < 2; i++) {
			assertThat(server().deliver("/async-refusal", event).statusCode()).isEqualTo(503);
		}
		for (int i = 0; i < 2; i++) {
			assertThat(server().deliver("/async-body-failure", event).statusCode()).isEqualTo(500);
		}
		assertThat(server().calls().all()).containsExactly("/async-failure", "/async-failure", "/async-refusal",
				"/async-refusal", "/async-body-failure", "/async-body-failure");
	}

	@Test
	void whenAFunctionalEndpointThatAnswersLaterGetsAForgedRequestThenItIsNotCalled() {
		HttpResponse<String> response = server().send(HttpRequest.newBuilder(server().uri("/async-function"))
			.POST(HttpRequest.BodyPublishers.ofString(WebhookServer.event()))
			.build());
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(server().calls().all()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "spring.mvc.pathmatch.matching-strategy=ant-path-matcher,''", "spring.mvc.servlet.path=/api,/api",
			"server.servlet.context-path=/app,/app" })
	void whenPathsAreMatchedInAnotherWayThenHandlersAreFoundAllTheSame(String property, String prefix) {
		try (WebhookServer other = WebhookServer.start(Stack.SERVLET, List.of(property),
				SharedHandlers.Annotated.class)) {
			for (String path : List.of("/shared/nothing", "/shared/tenants/a/hook")) {
				HttpResponse<String> forged = other.send(HttpRequest.newBuilder(other.uri(prefix + path))
					.POST(HttpRequest.BodyPublishers.ofString(WebhookServer.event()))
					.build());
				assertThat(forged.statusCode()).isEqualTo(400);
				assertThat(forged.body()).contains("missing-signature");
				assertThat(other.calls().all()).isEmpty();
				assertThat(other.deliver(prefix + path, WebhookServer.event()).statusCode()).isEqualTo(200);
				assertThat(other.calls().all()).hasSize(1);
				other.calls().clear();
			}
		}
	}

	/**
	 * A verifier that looks at a header of its own.
	 */
	@Configuration(proxyBeanMethods = false)
	static class OwnVerifier {

		static final List<String> tenants = new CopyOnWriteArrayList<>();

		@Bean
		WebhooksApi ownWebhooks(Clock clock) {
			tenants.clear();
			WebhooksApi vendo = WebhooksApi.of(List.of(WebhookServer.SECRET), WebhooksApi.DEFAULT_MAX_AGE, clock);
			return (WebhooksApi) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { WebhooksApi.class }, (proxy, method, arguments) -> {
						if (method.getName().equals("verify")) {
							tenants.addAll(((HttpHeaders) arguments[0]).getOrEmpty("X-Tenant"));
						}
						try {
							return method.invoke(vendo, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getTargetException();
						}
					});
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
		RouterFunction<ServerResponse> anyMethodRoutes(VendoWebhookFilterFunctions webhooks, Calls calls) {
			return RouterFunctions.route().route(RequestPredicates.path("/functions/{team}"), (request) -> {
				calls.add("/functions/");
				return ServerResponse.ok().build();
			}).POST("/functions-too", (request) -> {
				calls.add("/functions-too");
				return ServerResponse.ok().build();
			}).route((request) -> request.path().startsWith("/anything/"), (request) -> {
				calls.add("/anything/");
				return ServerResponse.ok().build();
			}).filter(webhooks.verify()).build();
		}

		@Bean
		RouterFunction<ServerResponse> asyncRoutes(VendoWebhookFilterFunctions webhooks, Calls calls) {
			return RouterFunctions.route()
				.POST("/async-function",
						(request) -> later(calls, "/async-function", () -> ServerResponse.ok().body("later")))
				.POST("/async-refusal",
						(request) -> later(calls, "/async-refusal", () -> ServerResponse.status(503).build()))
				.POST("/async-body-failure", (request) -> {
					calls.add("/async-body-failure");
					return ServerResponse.ok().body(CompletableFuture.supplyAsync(() -> {
						throw new IllegalStateException("Not today");
					}));
				})
				.POST("/async-failure", (request) -> later(calls, "/async-failure", () -> {
					throw new IllegalStateException("Not today");
				}))
				.filter(webhooks.verify())
				.build();
		}

		@Bean
		RouterFunction<ServerResponse> replacedRoutes(VendoWebhookFilterFunctions webhooks, Calls calls) {
			return RouterFunctions.route()
				.route(RequestPredicates.path("/replaced-function").or(RequestPredicates.path("/refused-function")),
						(request) -> {
							calls.add(request.path());
							return ServerResponse.ok().body("original");
						})
				.filter(webhooks.verify())
				.build()
				.filter((request, next) -> {
					ServerResponse response = next.handle(request);
					if (request.path().startsWith("/refused")) {
						return ServerResponse.status(503).build();
					}
					return ServerResponse.status(response.statusCode()).body("replaced");
				});
		}

		private static ServerResponse later(Calls calls, String path, Supplier<ServerResponse> response) {
			calls.add(path);
			CompletableFuture<ServerResponse> future = new CompletableFuture<>();
			new Thread(() -> {
				try {
					future.complete(response.get());
				}
				catch (RuntimeException ex) {
					future.completeExceptionally(ex);
				}
			}).start();
			return ServerResponse.async(future);
		}

		@Bean
		WebMvcConfigurer readBefore(Calls calls) {
			return new WebMvcConfigurer() {

				@Override
				public void addInterceptors(InterceptorRegistry registry) {
					registry.addInterceptor(new ReadingInterceptor(calls))
						.addPathPatterns("/read-before")
						.order(Ordered.HIGHEST_PRECEDENCE);
				}

			};
		}

		@Bean
		ErrorPageRegistrar errorPageIsAHook() {
			return (registry) -> registry.addErrorPages(new ErrorPage(HttpStatus.GONE, "/dispatched"));
		}

	}

	/**
	 * Reads what was meant for the handler.
	 *
	 * @param calls what it reads
	 */
	private record ReadingInterceptor(Calls calls) implements HandlerInterceptor {

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
				throws IOException {
			request.getParameterMap();
			this.calls.add(StreamUtils.copyToByteArray(request.getInputStream()));
			return true;
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

		@VendoWebhookMapping("/read-before")
		void readBefore(@RequestBody byte[] body) {
			this.calls.add(body);
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
