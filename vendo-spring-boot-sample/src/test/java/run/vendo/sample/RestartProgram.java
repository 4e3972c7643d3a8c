package run.vendo.sample;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import run.vendo.VendoClient;
import run.vendo.test.VendoPlatform;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.web.client.RestClient;

/**
 * Starts and ends the sample several times, each time with its classes loaded anew and
 * all others kept, which is how Spring Boot's developer tools restart an application.
 * Then says what is left of it.
 */
final class RestartProgram {

	private static final int RESTARTS = 4;

	private RestartProgram() {
	}

	public static void main(String[] args) throws Exception {
		URL classes = SampleApplication.class.getProtectionDomain().getCodeSource().getLocation();
		List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
		for (int i = 0; i < RESTARTS; i++) {
			loaders.add(runOnce(classes));
		}
		List<WeakReference<ClassLoader>> between = loaders.subList(1, RESTARTS - 1);
		long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
		do {
			System.gc();
		}
		while (between.stream().anyMatch((loader) -> loader.get() != null) && System.nanoTime() < deadline);
		for (int i = 0; i < RESTARTS; i++) {
			ClassLoader loader = loaders.get(i).get();
			if (loader != null) {
				System.out.println("LEFT " + i + " by " + threadsOf(loader));
			}
		}
		Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.toLowerCase().contains("vendo"))
			.forEach((name) -> System.out.println("THREAD " + name));
		System.out.println("DONE");
		System.exit(0);
	}

	private static List<String> threadsOf(ClassLoader loader) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getContextClassLoader() == loader)
			.map(Thread::getName)
			.toList();
	}

	private static WeakReference<ClassLoader> runOnce(URL classes) throws Exception {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		RestartLoader loader = new RestartLoader(classes);
		thread.setContextClassLoader(loader);
		try (ConfigurableApplicationContext context = start(loader)) {
			VendoPlatform platform = context.getBean(VendoPlatform.class);
			platform.awaitStreams(1, Duration.ofSeconds(20));
			VendoClient vendo = context.getBean(VendoClient.class);
			vendo.token("openai");
			vendo.session("openai")
				.restClient()
				.get()
				.uri(platform.providerUrl("openai"))
				.retrieve()
				.toBodilessEntity();
			RestClient.create()
				.get()
				.uri("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port")
						+ "/api/connections")
				.retrieve()
				.toBodilessEntity();
		}
		finally {
			thread.setContextClassLoader(before);
			loader.close();
		}
		return new WeakReference<>(loader);
	}

	private static ConfigurableApplicationContext start(ClassLoader loader) throws ClassNotFoundException {
		Class<?> source = loader.loadClass(SampleApplication.class.getName());
		if (source == SampleApplication.class) {
			throw new IllegalStateException("The sample was not loaded anew");
		}
		SpringApplication application = new SpringApplication(new DefaultResourceLoader(loader), source);
		application.setDefaultProperties(Map.of("server.port", "0", "spring.main.banner-mode", "off"));
		return application.run();
	}

	/**
	 * Loads the application's own classes itself.
	 */
	private static final class RestartLoader extends URLClassLoader {

		RestartLoader(URL classes) {
			super(new URL[] { classes }, Objects.requireNonNull(RestartProgram.class.getClassLoader()));
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith("run.vendo.sample.")) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : findClass(name);
			}
		}

	}

}
