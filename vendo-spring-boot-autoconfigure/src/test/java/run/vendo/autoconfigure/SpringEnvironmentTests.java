package run.vendo.autoconfigure;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.CompositePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SpringEnvironment}.
 */
class SpringEnvironmentTests {

	private static final String NAME = "VENDO_TOKEN_MY_TOOL";

	private final StandardEnvironment environment = new StandardEnvironment();

	@ParameterizedTest
	@MethodSource("sources")
	void whenASourceComesAndGoesThenItsVariableDoesToo(PropertySource<?> source) {
		ConfigurationPropertySources.attach(this.environment);
		SpringEnvironment variables = variables();
		assertThat(variables.apply(NAME)).isNull();
		this.environment.getPropertySources().addLast(source);
		assertThat(variables.apply(NAME)).isEqualTo("own");
		this.environment.getPropertySources().remove(source.getName());
		assertThat(variables.apply(NAME)).isNull();
	}

	static Stream<PropertySource<?>> sources() {
		CompositePropertySource composite = new CompositePropertySource("composite");
		composite.addPropertySource(new MapPropertySource("inner", Map.of(NAME, "own")));
		return Stream.of(new MapPropertySource("map", Map.of(NAME, "own")),
				new SystemEnvironmentPropertySource("environment", Map.of(NAME, "own")), composite,
				new MapPropertySource("placeholder", Map.of(NAME, "${other:own}")));
	}

	@Test
	void whenAValueChangesThenTheNewOneIsReturned() {
		SpringEnvironment variables = variables();
		System.setProperty(NAME, "one");
		try {
			assertThat(variables.apply(NAME)).isEqualTo("one");
			System.setProperty(NAME, "other");
			assertThat(variables.apply(NAME)).isEqualTo("other");
		}
		finally {
			System.clearProperty(NAME);
		}
		assertThat(variables.apply(NAME)).isNull();
	}

	@Test
	void shouldSeeEveryVariableOfTheProcess() {
		ConfigurationPropertySources.attach(this.environment);
		SpringEnvironment variables = variables();
		assertThat(System.getenv()).isNotEmpty()
			.allSatisfy(
					(name, value) -> assertThat(variables.apply(name)).isEqualTo(this.environment.getProperty(name)));
	}

	@Test
	void whenANameHasOtherSpellingsThenTheyAreFound() {
		this.environment.getPropertySources()
			.addLast(new SystemEnvironmentPropertySource("environment", Map.of("VENDO_TOKEN_A_B", "own")));
		this.environment.getPropertySources()
			.addLast(new MapPropertySource("map", Collections.singletonMap("my.own-key", "other")));
		ConfigurationPropertySources.attach(this.environment);
		SpringEnvironment variables = variables();
		assertThat(variables.apply("VENDO_TOKEN_A.B")).isEqualTo("own");
		assertThat(variables.apply("my.own-key")).isEqualTo("other");
		assertThat(variables.apply("my.ownKey")).isEqualTo(this.environment.getProperty("my.ownKey"));
	}

	@Test
	void shouldNotFindWhatComesFromTheConnectionDetailsAlone() {
		List<String> names = List.of("VENDO_API_KEY", "VENDO_BASE_URL", "VENDO_WEBHOOK_SECRET");
		names.forEach((name) -> this.environment.getPropertySources()
			.addLast(new MapPropertySource(name, Map.of(name, "secret"))));
		SpringEnvironment variables = variables();
		assertThat(names).allSatisfy((name) -> assertThat(variables.apply(name)).isNull());
	}

	private SpringEnvironment variables() {
		SpringEnvironment[] variables = new SpringEnvironment[1];
		new ApplicationContextRunner().withUserConfiguration(Properties.class)
			.run((context) -> variables[0] = new SpringEnvironment(this.environment,
					context.getBean(VendoProperties.class)));
		return variables[0];
	}

	@EnableConfigurationProperties(VendoProperties.class)
	private static final class Properties {

	}

}
