package run.vendo.autoconfigure.exchange;

import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import run.vendo.fixture.TestClients;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;

import org.springframework.boot.actuate.web.exchanges.HttpExchange;
import org.springframework.boot.actuate.web.exchanges.HttpExchangeRepository;
import org.springframework.boot.actuate.web.exchanges.InMemoryHttpExchangeRepository;
import org.springframework.boot.actuate.web.exchanges.Include;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.servlet.actuate.web.exchanges.HttpExchangesFilter;
import org.springframework.boot.servlet.autoconfigure.actuate.web.exchanges.ServletHttpExchangesAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VendoHttpExchangesAutoConfiguration}.
 */
class VendoHttpExchangesAutoConfigurationTests {

	private static final String CONNECT_URL = "https://vendo.run/connections/connect/slack?app_key=" + TestClients.KEY
			+ "&state=secret-state";

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(VendoHttpExchangesAutoConfiguration.class,
				ServletHttpExchangesAutoConfiguration.class));

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void recordsExchangesWithoutJwtAndConnectUrl(WebStack stack) {
		try (WebApplication application = WebApplication.start(stack, List.of(), Recording.class)) {
			assertThat(application.get("/redirect", "X-Vendo-User-JWT", TestClients.JWT, "X-Other", "shown")
				.headers()
				.firstValue("Location")).contains(CONNECT_URL);
			HttpExchange exchange = application.context()
				.getBean(InMemoryHttpExchangeRepository.class)
				.findAll()
				.get(0);
			assertThat(exchange.getRequest().getUri()).hasPath("/redirect");
			assertThat(exchange.getResponse().getStatus()).isEqualTo(303);
			assertThat(header(exchange.getRequest().getHeaders(), "X-Vendo-User-JWT")).containsExactly("******");
			assertThat(header(exchange.getRequest().getHeaders(), "X-Other")).containsExactly("shown");
			assertThat(header(exchange.getResponse().getHeaders(), "Location"))
				.containsExactly("https://vendo.run/connections/connect/slack?app_key=***&state=***");
		}
	}

	@ParameterizedTest
	@EnumSource(WebStack.class)
	void recordsExchangesWithoutWhatIsSecretInTheirUrls(WebStack stack) {
		try (WebApplication application = WebApplication.start(stack, List.of(), Recording.class)) {
			application.get("/redirect?page=2&token=t0p-secret&note=" + TestClients.KEY + "&j=" + TestClients.JWT);
			application.get("/redirect?app_key=any&state=t0p-secret&page=2");
			application.get("/nowhere/" + TestClients.KEY);
			application.get("/redirect?q='token':'t0p-secret'");
			application.get("/redirect?q=a%20b&page=2");
			List<String> recorded = application.context()
				.getBean(InMemoryHttpExchangeRepository.class)
				.findAll()
				.stream()
				.map((exchange) -> exchange.getRequest().getUri())
				.map((uri) -> uri.getRawPath() + ((uri.getRawQuery() != null) ? "?" + uri.getRawQuery() : ""))
				.toList();
			assertThat(recorded).containsExactly("/redirect?q=a%20b&page=2", "/redirect?q=***", "/nowhere/***",
					"/redirect?app_key=***&state=***&page=2", "/redirect?page=2&token=***&note=***&j=***");
		}
	}

	private static List<String> header(Map<String, List<String>> headers, String name) {
		return headers.entrySet()
			.stream()
			.filter((header) -> header.getKey().equalsIgnoreCase(name))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(List.of());
	}

	@Test
	void recordsNothingUnlessTheApplicationDoes() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(HttpExchangesFilter.class));
		this.contextRunner.withBean(InMemoryHttpExchangeRepository.class)
			.withPropertyValues("management.httpexchanges.recording.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HttpExchangesFilter.class));
		this.contextRunner.withBean(InMemoryHttpExchangeRepository.class)
			.run((context) -> assertThat(context).hasSingleBean(HttpExchangesFilter.class));
	}

	@Test
	void backsOffForAFilterOfTheApplication() {
		HttpExchangesFilter own = new HttpExchangesFilter(new InMemoryHttpExchangeRepository(),
				Include.defaultIncludes());
		this.contextRunner.withBean(InMemoryHttpExchangeRepository.class)
			.withBean("own", HttpExchangesFilter.class, () -> own)
			.run((context) -> assertThat(context).getBean(HttpExchangesFilter.class).isSameAs(own));
	}

	@Configuration(proxyBeanMethods = false)
	static class Recording {

		@Bean
		HttpExchangeRepository httpExchangeRepository() {
			return new InMemoryHttpExchangeRepository();
		}

		@Bean
		Redirect redirect() {
			return new Redirect();
		}

	}

	@RestController
	static class Redirect {

		@GetMapping("/redirect")
		ResponseEntity<Void> redirect() {
			return ResponseEntity.status(303).location(URI.create(CONNECT_URL)).build();
		}

	}

}
