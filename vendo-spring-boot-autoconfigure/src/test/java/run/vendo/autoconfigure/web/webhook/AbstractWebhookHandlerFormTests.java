package run.vendo.autoconfigure.web.webhook;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;
import run.vendo.webhook.WebhookEvent;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AliasFor;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Wherever the annotation is and however the controller is made, an unverified request
 * does not get to it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractWebhookHandlerFormTests {

	private final WebhookServer server;

	AbstractWebhookHandlerFormTests(Stack stack, Class<?>... sources) {
		this.server = WebhookServer.start(stack, List.of(),
				Stream.concat(Stream.of(Forms.class), Stream.of(sources)).toArray(Class<?>[]::new));
	}

	WebhookServer server() {
		return this.server;
	}

	@BeforeEach
	void clear() {
		this.server.calls().clear();
	}

	@AfterAll
	void close() {
		this.server.close();
	}

	static Stream<String> forms() {
		return Stream.of("/on-interface-method", "/on-interface", "/on-overridden-method", "/on-superclass",
				"/composed", "/class-proxy", "/behind-proxy-method", "/behind-proxy-type", "/behind-interface",
				"/overloaded/first", "/overloaded/second");
	}

	@ParameterizedTest
	@MethodSource("forms")
	void whenARequestIsForgedThenTheHandlerIsNotCalled(String path) {
		HttpResponse<String> response = this.server.send(HttpRequest.newBuilder(this.server.uri(path))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(WebhookServer.event()))
			.build());
		assertThat(this.server.calls().all()).isEmpty();
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("missing-signature");
	}

	@ParameterizedTest
	@MethodSource("forms")
	void whenADeliveryIsValidThenTheHandlerIsCalledOnce(String path) {
		String event = WebhookServer.event();
		assertThat(this.server.deliver(path, event).statusCode()).isEqualTo(200);
		assertThat(this.server.deliver(path, event).statusCode()).isEqualTo(200);
		assertThat(this.server.calls().all()).containsExactly(path);
	}

	@Test
	void whenMethodsShareANameThenEachHandlesAnEventOfItsOwn() {
		String event = WebhookServer.event();
		this.server.deliver("/overloaded/first", event);
		this.server.deliver("/overloaded/second", event);
		assertThat(this.server.calls().all()).containsExactly("/overloaded/first", "/overloaded/second");
	}

	@Test
	void whenADeliveryIsSentToAFunctionInAnotherWayThenItIsTheSame() {
		for (String path : List.of("/functions/", "/anything/")) {
			this.server.calls().clear();
			HttpRequest captured = this.server.signed(path + "mine", WebhookServer.event()).build();
			for (String way : List.of("POST mine", "POST mine", "PUT mine", "XYZ mine", "POST yours", "POST %6dine",
					"POST mine?a=b")) {
				String[] words = way.split(" ");
				this.server.send(HttpRequest.newBuilder(captured, (name, value) -> true)
					.uri(this.server.uri(path + words[1]))
					.method(words[0], captured.bodyPublisher().orElseThrow())
					.build());
				assertThat(this.server.calls().all()).as(path + way).containsExactly(path);
			}
		}
	}

	@Test
	void whenTwoFunctionsTakeAnEventThenEachHandlesIt() {
		String event = WebhookServer.event();
		for (String path : List.of("/functions/mine", "/functions-too", "/functions/mine", "/functions-too")) {
			assertThat(this.server.deliver(path, event).statusCode()).as(path).isEqualTo(200);
		}
		assertThat(this.server.calls().all()).containsExactly("/functions/", "/functions-too");
	}

	/**
	 * All forms.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Forms {

		@Bean
		OnInterfaceMethod onInterfaceMethod(Calls calls) {
			return new OnInterfaceMethod(calls);
		}

		@Bean
		OnInterface onInterface(Calls calls) {
			return new OnInterface(calls);
		}

		@Bean
		OnOverriddenMethod onOverriddenMethod(Calls calls) {
			return new OnOverriddenMethod(calls);
		}

		@Bean
		OnSuperclass onSuperclass(Calls calls) {
			return new OnSuperclass(calls);
		}

		@Bean
		OnComposed onComposed(Calls calls) {
			return new OnComposed(calls);
		}

		@Bean
		Overloaded overloaded(Calls calls) {
			return new Overloaded(calls);
		}

		@Bean
		ClassProxied classProxied(Calls calls) {
			ProxyFactory factory = new ProxyFactory(new ClassProxied(calls));
			factory.setProxyTargetClass(true);
			return (ClassProxied) factory.getProxy();
		}

		@Bean
		BehindProxyMethod behindProxyMethod(Calls calls) {
			return (BehindProxyMethod) new ProxyFactory(new BehindProxyMethodImpl(calls)).getProxy();
		}

		@Bean
		BehindProxyType behindProxyType(Calls calls) {
			return (BehindProxyType) new ProxyFactory(new BehindProxyTypeImpl(calls)).getProxy();
		}

		@Bean
		BehindInterface behindInterface(Calls calls) {
			return new BehindInterfaceImpl(calls);
		}

	}

	interface HookMethod {

		@VendoWebhook
		@PostMapping("/on-interface-method")
		void hook();

	}

	@RestController
	static class OnInterfaceMethod implements HookMethod {

		private final Calls calls;

		OnInterfaceMethod(Calls calls) {
			this.calls = calls;
		}

		@Override
		public void hook() {
			this.calls.add("/on-interface-method");
		}

	}

	@VendoWebhook
	interface HookType {

	}

	@RestController
	static class OnInterface implements HookType {

		private final Calls calls;

		OnInterface(Calls calls) {
			this.calls = calls;
		}

		@PostMapping("/on-interface")
		void hook(@RequestBody String body) {
			this.calls.add("/on-interface");
		}

	}

	abstract static class HookBase {

		@VendoWebhookMapping("/on-overridden-method")
		void hook() {
			throw new UnsupportedOperationException();
		}

	}

	@RestController
	static class OnOverriddenMethod extends HookBase {

		private final Calls calls;

		OnOverriddenMethod(Calls calls) {
			this.calls = calls;
		}

		@Override
		void hook() {
			this.calls.add("/on-overridden-method");
		}

	}

	@VendoWebhook
	abstract static class HookTypeBase {

	}

	@RestController
	static class OnSuperclass extends HookTypeBase {

		private final Calls calls;

		OnSuperclass(Calls calls) {
			this.calls = calls;
		}

		@PostMapping("/on-superclass")
		void hook() {
			this.calls.add("/on-superclass");
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@VendoWebhook
	@RequestMapping(method = RequestMethod.POST)
	@interface AcmeHook {

		@AliasFor(annotation = RequestMapping.class, attribute = "path")
		String[] value();

	}

	@RestController
	static class OnComposed {

		private final Calls calls;

		OnComposed(Calls calls) {
			this.calls = calls;
		}

		@AcmeHook("/composed")
		void hook() {
			this.calls.add("/composed");
		}

	}

	@RestController
	@RequestMapping("/overloaded")
	static class Overloaded {

		private final Calls calls;

		Overloaded(Calls calls) {
			this.calls = calls;
		}

		@VendoWebhookMapping("/first")
		void hook() {
			this.calls.add("/overloaded/first");
		}

		@VendoWebhookMapping("/second")
		void hook(WebhookEvent<?> event) {
			this.calls.add("/overloaded/second");
		}

	}

	@RestController
	static class ClassProxied {

		private final Calls calls;

		ClassProxied(Calls calls) {
			this.calls = calls;
		}

		@VendoWebhookMapping("/class-proxy")
		public void hook() {
			this.calls.add("/class-proxy");
		}

	}

	@RestController
	interface BehindProxyMethod {

		@PostMapping("/behind-proxy-method")
		void hook();

	}

	static class BehindProxyMethodImpl implements BehindProxyMethod {

		private final Calls calls;

		BehindProxyMethodImpl(Calls calls) {
			this.calls = calls;
		}

		@Override
		@VendoWebhook
		public void hook() {
			this.calls.add("/behind-proxy-method");
		}

	}

	@RestController
	interface BehindProxyType {

		@PostMapping("/behind-proxy-type")
		void hook();

	}

	@VendoWebhook
	static class BehindProxyTypeImpl implements BehindProxyType {

		private final Calls calls;

		BehindProxyTypeImpl(Calls calls) {
			this.calls = calls;
		}

		@Override
		public void hook() {
			this.calls.add("/behind-proxy-type");
		}

	}

	@RestController
	interface BehindInterface {

		@PostMapping("/behind-interface")
		void hook();

	}

	static class BehindInterfaceImpl implements BehindInterface {

		private final Calls calls;

		BehindInterfaceImpl(Calls calls) {
			this.calls = calls;
		}

		@Override
		@VendoWebhook
		public void hook() {
			this.calls.add("/behind-interface");
		}

	}

}
