package run.vendo.autoconfigure.web;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.fixture.UserPlatform;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;
import run.vendo.http.EnvironmentVariables;
import run.vendo.sso.SsoApi;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Where identity headers may come from.
 */
class ProxyTrustTests {

	private static final String[] ALICE = { "X-Vendo-User-Id", "alice", "X-Vendo-User-JWT", "jwt-alice",
			"X-Forwarded-For", "10.1.2.3", "Forwarded", "for=10.1.2.3" };

	private final UserPlatform platform = new UserPlatform();

	@AfterEach
	void stop() {
		this.platform.close();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheyComeFromATrustedProxyThenTheyAreBelieved(WebStack stack) {
		try (WebApplication application = start(stack, "vendo.sso.trusted-proxies=10.0.0.0/8,127.0.0.0/8",
				"server.forward-headers-strategy=framework")) {
			assertThat(application.get("/optional-identity", ALICE).body()).startsWith("alice");
			assertThat(application.get("/reactive-parameter", ALICE).body()).isEqualTo("slack of alice");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenAHeaderIsThereTwiceOrSpeltInAnotherWayThenItIsNotTheProxys(WebStack stack) {
		try (WebApplication application = start(stack)) {
			assertThat(application.get("/optional-identity", "x-vendo-user-id", "alice").body()).startsWith("alice");
			assertThat(
					application.get("/optional-identity", "X-Vendo-User-Id", "alice", "x-vendo-user-id", "bob").body())
				.isEqualTo("nobody");
			assertThat(application.get("/optional-identity", "X_Vendo_User_Id", "alice").body()).isEqualTo("nobody");
			assertThat(application
				.get("/optional-identity", "X-Vendo-User-Id", "alice", "X-Vendo-Role", "member", "X-VENDO-ROLE",
						"owner")
				.body()).startsWith("alice").doesNotContain("owner", "member");
		}
	}

	@ParameterizedTest
	@CsvSource({ "MVC,none", "MVC,framework", "MVC,native", "WEBFLUX,none", "WEBFLUX,framework", "WEBFLUX,native" })
	void whenAStrangerNamesATrustedProxyInAHeaderThenNothingIsBelieved(WebStack stack, String strategy) {
		try (WebApplication application = start(stack, "vendo.sso.trusted-proxies=10.0.0.0/8",
				"server.forward-headers-strategy=" + strategy)) {
			assertThat(application.get("/optional-identity", ALICE).body()).isEqualTo("nobody");
			assertThat(application.get("/reactive-parameter", ALICE).statusCode()).isEqualTo(401);
			assertThat(this.platform.server().count()).isZero();
		}
	}

	@ParameterizedTest
	@CsvSource({ "server.forward-headers-strategy=none,true", "server.forward-headers-strategy=framework,true",
			"server.forward-headers-strategy=native,false", "server.forward-headers-strategy=NATIVE,false",
			"spring.main.cloud-platform=kubernetes,false", "spring.main.cloud-platform=none,true" })
	void whenAServerMayPutAHeaderInPlaceOfTheAddressThenItIsNotLookedAt(String property, boolean believed) {
		new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class, VendoWebAutoConfiguration.class))
			.withPropertyValues("vendo.sso.enabled=true", "vendo.sso.trusted-proxies=127.0.0.1", property)
			.run((context) -> {
				MockHttpServletRequest request = new MockHttpServletRequest();
				request.setRemoteAddr("127.0.0.1");
				request.addHeader("X-Vendo-User-Id", "alice");
				assertThat(context.getBean(VendoRequests.class).identity(request).isPresent()).isEqualTo(believed);
			});
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class, VendoWebAutoConfiguration.class))
			.withPropertyValues("vendo.sso.enabled=true", "vendo.sso.trusted-proxies=127.0.0.1", property)
			.run((context) -> {
				MockServerHttpRequest request = MockServerHttpRequest.get("/")
					.remoteAddress(new InetSocketAddress("127.0.0.1", 1))
					.header("X-Vendo-User-Id", "alice")
					.build();
				assertThat(context.getBean(ReactiveVendoRequests.class)
					.identity(MockServerWebExchange.from(request))
					.blockOptional()
					.isPresent()).isEqualTo(believed);
			});
	}

	@Test
	void whenHeadersAreIgnoredThenADebugLineSaysWhyAndShowsNoneOfThem() {
		Logger logger = (Logger) LoggerFactory.getLogger(ProxyTrust.class);
		ListAppender<ILoggingEvent> lines = new ListAppender<>();
		lines.start();
		logger.setLevel(Level.DEBUG);
		logger.addAppender(lines);
		try {
			HttpHeaders claimed = new HttpHeaders();
			claimed.set("X-Vendo-User-Id", "alice");
			claimed.set("X-Vendo-User-JWT", "jwt-alice");
			ProxyTrust trust = new ProxyTrust(() -> SsoApi.over(EnvironmentVariables.of((name) -> null)), List.of(),
					null);
			assertThat(trust.judge(claimed, null).headers().isEmpty()).isTrue();
			assertThat(trust.judge(new HttpHeaders(), null).disbelief()).isNull();
			assertThat(lines.list).singleElement().satisfies((line) -> {
				assertThat(line.getLevel()).isEqualTo(Level.DEBUG);
				assertThat(line.getFormattedMessage()).contains("VENDO_AUTH=1").doesNotContain("alice");
			});
		}
		finally {
			logger.detachAppender(lines);
			logger.setLevel(null);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "proxy.example.com", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "10.0.0.1/-1", "::1/129" })
	void whenARangeIsMalformedThenTheStartFails(String range) {
		assertThatException().isThrownBy(() -> start(WebStack.MVC, "vendo.sso.trusted-proxies=" + range).close())
			.withStackTraceContaining("vendo.sso.trusted-proxies");
	}

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8,10.255.1.2,true", "10.0.0.0/8,11.0.0.1,false", "10.1.2.3,10.1.2.3,true",
			"10.1.2.3,10.1.2.4,false", "10.1.2.128/25,10.1.2.127,false", "10.1.2.128/25,10.1.2.200,true",
			"0.0.0.0/0,1.2.3.4,true", "0.0.0.0/0,::1,false", "fd00::/8,fd12::1,true", "fd00::/8,fe80::1,false",
			"::ffff:10.0.0.0/8,10.1.1.1,true", "10.0.0.0/8,::ffff:10.1.1.1,true", "::1,0:0:0:0:0:0:0:1,true",
			"fe80::/10,fe80::1%eth0,true" })
	void aRangeContainsWhatBeginsAlike(String range, String address, boolean contained) {
		InetAddress parsed = AddressRange.address(address);
		assertThat(parsed).isNotNull();
		assertThat(AddressRange.parse(range).contains(parsed)).isEqualTo(contained);
	}

	@Test
	void noNameIsEverLookedUp() throws UnknownHostException {
		assertThat(AddressRange.address("localhost")).isNull();
		assertThat(AddressRange.address("[::1]")).isEqualTo(InetAddress.getByName("::1"));
		assertThat(AddressRange.address("999.1.1.1")).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> AddressRange.parse("localhost"));
	}

	private WebApplication start(WebStack stack, String... properties) {
		return WebApplication.start(stack, this.platform.behindProxy(properties), UserControllers.Shared.class);
	}

}
