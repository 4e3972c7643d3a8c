package run.vendo.test.autoconfigure;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoConnectionDetails;
import run.vendo.connection.ConnectionsApi;
import run.vendo.test.VendoPlatform;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AutoConfigureVendoPlatformTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(OnThePlatform.class);

	@Test
	void shouldPointTheClientAtThePlatformWhateverIsConfigured() {
		this.runner
			.withPropertyValues("vendo.api-key=vendo_sk_" + "x".repeat(32), "vendo.base-url=https://vendo.example")
			.run((context) -> {
				VendoPlatform platform = context.getBean(VendoPlatform.class);
				assertThat(context).hasSingleBean(VendoConnectionDetails.class);
				platform.connect("slack");
				assertThat(context.getBean(VendoClient.class).token("slack")).isEqualTo(platform.token("slack"));
				assertThat(context.getBean(ConnectionsApi.class).list()).isNotEmpty();
				assertThat(platform.requests("/api/*")).hasSize(1);
			});
	}

	@Test
	void shouldEndThePlatformWithTheContext() {
		URI[] address = new URI[1];
		this.runner.run((context) -> address[0] = context.getBean(VendoPlatform.class).baseUrl());
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> new Socket(address[0].getHost(), address[0].getPort()).close());
	}

	@Test
	void whenThereIsAPlatformThenUsesIt() {
		this.runner.withBean("ownPlatform", VendoPlatform.class, () -> VendoPlatform.builder().balance(1).start())
			.run((context) -> {
				assertThat(context).hasSingleBean(VendoPlatform.class);
				assertThat(context.getBean(VendoClient.class).billing().balance().creditsRemainingMicros()).isOne();
			});
	}

	@Test
	void whenThereAreConnectionDetailsThenUsesThem() {
		this.runner.withBean(VendoConnectionDetails.class, () -> new VendoConnectionDetails() {
		}).run((context) -> assertThat(context.getBean(VendoClient.class).isVendoMode()).isFalse());
	}

	@Test
	void withoutTheAnnotationNothingIsStarted() {
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.run((context) -> assertThat(context).doesNotHaveBean(VendoPlatform.class));
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigureVendoPlatform
	static class OnThePlatform {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(TokenController.class)
	static class Application {

	}

	@RestController
	static class TokenController {

		private final VendoClient vendo;

		TokenController(VendoClient vendo) {
			this.vendo = vendo;
		}

		@GetMapping("/balance")
		String balance() {
			return this.vendo.billing().balance().currency();
		}

	}

	@Nested
	@SpringBootTest(classes = Application.class)
	@AutoConfigureVendoPlatform
	class WholeApplication {

		@Test
		void shouldUseThePlatform(@Autowired VendoPlatform platform, @Autowired VendoClient vendo) {
			platform.connect("notion");
			assertThat(vendo.token("notion")).isEqualTo(platform.token("notion"));
		}

	}

	@Nested
	@WebMvcTest(TokenController.class)
	@AutoConfigureVendoPlatform
	class Slice {

		@Test
		void shouldUseThePlatform(@Autowired VendoPlatform platform, @Autowired MockMvcTester mvc) {
			assertThat(mvc.get().uri("/balance")).hasStatusOk().hasBodyTextEqualTo("USD");
			assertThat(platform.requestCount("/api/billing/balance")).isOne();
		}

	}

}
