package run.vendo.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Tests for the {@link BackgroundPreinitializer}s that {@code spring.factories} names.
 */
class BackgroundPreinitializersTests {

	private static final String CLIENT = "run.vendo.autoconfigure.VendoBackgroundPreinitializer";

	private static final String WEB = "run.vendo.autoconfigure.web.VendoWebBackgroundPreinitializer";

	private static final String WEBHOOK = "run.vendo.autoconfigure.web.webhook.VendoWebhookBackgroundPreinitializer";

	@Test
	void springBootFindsThem() {
		assertThat(ours()).extracting((preinitializer) -> preinitializer.getClass().getName())
			.containsExactlyInAnyOrder(CLIENT, WEB, WEBHOOK);
	}

	@ParameterizedTest
	@ValueSource(strings = { CLIENT, WEB, WEBHOOK })
	void theyLeaveNoThreadBehind(String type) throws Exception {
		Thread current = Thread.currentThread();
		ClassLoader former = current.getContextClassLoader();
		// Classes of its own, so that no thread is there from before.
		try (URLClassLoader classLoader = without()) {
			current.setContextClassLoader(classLoader);
			preinitialize(type, classLoader);
			// What a thread starts has its class loader.
			assertThat(Thread.getAllStackTraces().keySet())
				.filteredOn((thread) -> thread.getContextClassLoader() == classLoader)
				.containsExactly(current);
		}
		finally {
			current.setContextClassLoader(former);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { CLIENT, WEB, WEBHOOK })
	void whenTheApplicationHasNeitherServletsNorReactorNettyThenNothingFails(String type) throws Exception {
		try (URLClassLoader classLoader = without("servlet", "spring-webmvc", "tomcat", "jetty", "reactor-netty",
				"wiremock")) {
			assertThat(classLoader.getResource("org/springframework/web/servlet/DispatcherServlet.class")).isNull();
			assertThat(classLoader.getResource("reactor/netty/http/client/HttpClient.class")).isNull();
			// Spring Boot ignores what fails: nobody would notice that the rest is not
			// loaded.
			assertThatCode(() -> preinitialize(type, classLoader)).doesNotThrowAnyException();
		}
	}

	private static void preinitialize(String type, ClassLoader classLoader) throws ReflectiveOperationException {
		Constructor<?> constructor = Class.forName(type, true, classLoader).getDeclaredConstructor();
		constructor.setAccessible(true);
		Method preinitialize = constructor.getDeclaringClass().getDeclaredMethod("preinitialize");
		preinitialize.setAccessible(true);
		preinitialize.invoke(constructor.newInstance());
	}

	private static List<BackgroundPreinitializer> ours() {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(BackgroundPreinitializer.class)
			.stream()
			.filter((preinitializer) -> preinitializer.getClass().getName().startsWith("run.vendo."))
			.toList();
	}

	private static URLClassLoader without(String... parts) throws IOException {
		URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.map(File::new)
			.filter((file) -> Arrays.stream(parts).noneMatch((part) -> file.getName().contains(part)))
			.map(BackgroundPreinitializersTests::url)
			.toArray(URL[]::new);
		return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
	}

	private static URL url(File file) {
		try {
			return file.toURI().toURL();
		}
		catch (MalformedURLException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
