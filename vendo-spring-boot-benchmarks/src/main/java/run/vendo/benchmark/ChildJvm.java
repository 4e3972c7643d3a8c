package run.vendo.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import org.openjdk.jmh.runner.Runner;

import run.vendo.VendoClient;

/**
 * Runs a main class in a JVM of its own. What it has found out it prints as
 * {@code result.name=value}.
 */
final class ChildJvm {

	private static final String PREFIX = "result.";

	/** Compiles less: for runs that time nothing. */
	static final List<String> SMOKE = List.of("-XX:TieredStopAtLevel=1");

	private ChildJvm() {
	}

	static Properties run(List<Path> classPath, List<String> jvmArguments, Class<?> main, String... arguments)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvmArguments);
		command.add("-cp");
		command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(java.io.File.pathSeparator)));
		command.add(main.getName());
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		Properties results = new Properties();
		StringBuilder output = new StringBuilder();
		try (Stream<String> lines = process.inputReader().lines()) {
			lines.forEach((line) -> {
				output.append(line).append('\n');
				if (line.startsWith(PREFIX)) {
					int end = line.indexOf('=');
					results.setProperty(line.substring(PREFIX.length(), end), line.substring(end + 1));
				}
			});
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
		if (process.waitFor() != 0) {
			throw new IllegalStateException(
					"%s ended with %d:%n%s".formatted(main.getName(), process.exitValue(), output));
		}
		return results;
	}

	static void result(String name, Object value) {
		System.out.println(PREFIX + name + "=" + value);
	}

	/**
	 * Return the class path of this process.
	 */
	static List<Path> classPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
			.filter((entry) -> !entry.isEmpty())
			.map((entry) -> Path.of(entry).toAbsolutePath().normalize())
			.toList();
	}

	/**
	 * Return the class path of an application with the starter.
	 */
	static List<Path> withStarter() {
		return without(classPath(), Runner.class, MeterRegistry.class);
	}

	/**
	 * Return the same without what the starter adds to Spring Boot's own for
	 * {@code WebClient}.
	 */
	static List<Path> withoutStarter() {
		return without(withStarter(), VendoClient.class, Caffeine.class);
	}

	private static List<Path> without(List<Path> classPath, Class<?>... types) {
		List<Path> left = new ArrayList<>(classPath);
		for (Class<?> type : types) {
			if (!left.remove(origin(type))) {
				throw new IllegalStateException("%s is not on the class path by %s".formatted(type, origin(type)));
			}
		}
		return left;
	}

	private static Path origin(Class<?> type) {
		try {
			return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
