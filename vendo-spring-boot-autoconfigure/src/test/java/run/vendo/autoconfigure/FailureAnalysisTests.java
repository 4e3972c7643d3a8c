package run.vendo.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What somebody reads whose application does not start.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysisTests {

	private static final String CANARY = "cAnArYsEcReT0123456789";

	@ParameterizedTest
	@MethodSource("malformedKeys")
	void aMalformedKeyIsExplainedAndNeverShown(String key, String problem, CapturedOutput output) {
		assertStartFails(Application.class, "vendo.api-key=" + key);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Vendo cannot be configured: The API key is malformed. " + problem)
			.contains("The value of 'vendo.api-key' comes from")
			.contains("Set vendo.api-key (VENDO_API_KEY)")
			.doesNotContain(CANARY);
	}

	static Stream<Arguments> malformedKeys() {
		return Stream.of(Arguments.of("sk-" + CANARY, "It does not begin with vendo_sk_."),
				Arguments.of("vendo_sk_" + CANARY, "It has 22 characters after vendo_sk_ instead of 32."),
				Arguments.of("\"vendo_sk_" + CANARY + "0123456789\"", "It has quotes around it"),
				Arguments.of("whsec_" + CANARY, "It is a webhook secret"),
				Arguments.of("eyJ" + CANARY + ".eyJ" + CANARY + "." + CANARY, "It is a JWT"),
				Arguments.of("vendo_sk_" + CANARY + "01234 6789", "It has white space in it."),
				Arguments.of("vendo_sk_" + CANARY + "01234%6789", "It has a character that no key has."));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			vendo.base-url         | not a url                     | is not a URL
			vendo.base-url         | vendo.run                     | is not an absolute URL
			vendo.base-url         | ftp://vendo.run               | is not an absolute URL
			vendo.credentials-url  | https://u:cAnArYsEcReT0123456789@vendo.run | holds a user name or password
			vendo.data-proxy-url   | https://vendo.run?k=cAnArYsEcReT0123456789 | has a query
			vendo.base-url         | http://vendo.example          | is plain http to vendo.example
			vendo.credentials-url  | http://10.0.0.1               | is plain http to 10.0.0.1
			""")
	void aUrlThatCannotBeUsedIsExplained(String property, String url, String problem, CapturedOutput output) {
		assertStartFails(Application.class, property + "=" + url);
		assertThat(output).contains("The URL in " + property)
			.contains(problem)
			.contains("Action:")
			.doesNotContain(CANARY);
	}

	@Test
	void plainHttpIsAllowedOnPurposeAndToLoopback() {
		start(Application.class, "vendo.base-url=http://vendo.example", "vendo.allow-insecure=true");
		start(Application.class, "vendo.base-url=http://localhost:8080", "vendo.credentials-url=http://127.0.0.1:1",
				"vendo.data-proxy-url=http://[::1]:2");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			vendo.http.connect-timeout        | -1s  | It must be longer than nothing
			vendo.http.response-timeout       | 0    | It must be longer than nothing
			vendo.http.call-timeout           | -5m  | It must be longer than nothing
			vendo.http.pool.acquire-timeout   | 0s   | It must be longer than nothing
			vendo.http.pool.max-connections   | 0    | It must be at least 1
			vendo.http.max-body-size          | 0B   | between 1 byte and 2 GB
			vendo.retry.max-attempts          | 0    | It must be at least 1
			vendo.retry.base-delay            | -1ms | It must not be negative
			vendo.retry.base-delay            | 1h   | must not be shorter than vendo.retry.base-delay
			vendo.retry.budget                | -1   | It must be at least 0
			vendo.token-cache.expiry-margin   | -1s  | It must not be negative
			vendo.token-cache.default-lifetime| 0s   | It must be longer than nothing
			vendo.webhook.max-age             | 0s   | It must be longer than nothing
			""")
	void aNumberThatMakesNoSenseIsExplained(String property, String value, String problem, CapturedOutput output) {
		assertStartFails(Application.class, property + "=" + value);
		assertThat(output).contains("APPLICATION FAILED TO START").contains(property).contains(problem);
	}

	@Test
	void aBeanWithOurNameAndAnotherTypeIsExplained(CapturedOutput output) {
		assertStartFails(NameTaken.class);
		assertThat(output).contains("The application declares a bean named 'vendoClient'")
			.contains("give it the same type; otherwise give it another name");
	}

	private static void assertStartFails(Class<?> application, String... properties) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> start(application, properties));
	}

	private static void start(Class<?> application, String... properties) {
		SpringApplication springApplication = new SpringApplication(application);
		springApplication.setWebApplicationType(WebApplicationType.NONE);
		List<String> arguments = new ArrayList<>();
		Stream.of(properties).forEach((property) -> arguments.add("--" + property));
		springApplication.run(arguments.toArray(String[]::new)).close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(VendoAutoConfiguration.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(VendoAutoConfiguration.class)
	static class NameTaken {

		@Bean
		StringBuilder vendoClient() {
			return new StringBuilder();
		}

	}

}
