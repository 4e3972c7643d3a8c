package run.vendo;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that the client works in a program without Spring Boot.
 */
class PlainJavaTests {

	@AutoClose
	private final StubServer server = StubServer.start().respond((request) -> switch (request.path()) {
		case "/slack" -> Response.json("{\"access_token\":\"token\"}");
		case "/x" -> Response.json("\"%s\"".formatted(request.header("Authorization")));
		case "/api/billing/balance" -> Response.error(402, "balance_exhausted");
		default -> Response.json("{\"connections\":[{\"display_name\":\"Slack\"}]}");
	});

	@Test
	void whenSpringBootIsAbsentThenClientWorks() throws Exception {
		run((jar) -> !jar.startsWith("spring-boot"), "org.springframework.boot.SpringApplication");
	}

	@Test
	void whenReactorNettyIsAbsentTooThenClientWorksOverTheJdk() throws Exception {
		run((jar) -> !jar.startsWith("spring-boot") && !jar.startsWith("reactor-netty") && !jar.startsWith("netty-")
				&& !jar.startsWith("jetty-") && !jar.startsWith("httpc"), "reactor.netty.http.client.HttpClient");
	}

	private void run(Predicate<String> present, String absent) throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		try (URLClassLoader loader = new URLClassLoader(classPath(present), ClassLoader.getPlatformClassLoader())) {
			thread.setContextClassLoader(loader);
			assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> loader.loadClass(absent));
			Class<?> program = loader.loadClass(PlainJavaProgram.class.getName());
			assertThat(program).isNotSameAs(PlainJavaProgram.class);
			Object seen = program.getMethod("run", String.class, String.class)
				.invoke(null, this.server.url().toString(), TestClients.KEY);
			assertThat(seen)
				.hasToString("[token, token, Slack, \"Bearer token\", \"Bearer token\", balance_exhausted, own]");
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private static URL[] classPath(Predicate<String> present) {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		return Stream.of(classPath.split(File.pathSeparator))
			.map(Path::of)
			.filter((entry) -> present.test(String.valueOf(entry.getFileName())))
			.map(PlainJavaTests::url)
			.toArray(URL[]::new);
	}

	private static URL url(Path entry) {
		try {
			return entry.toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
