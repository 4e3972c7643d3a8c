package run.vendo.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample as it is shipped: in a process of its own, from a fat jar, from layers, on
 * beans prepared ahead of time and with an archive of its classes. Run by the
 * {@code packaging} profile.
 */
@Timeout(300)
class PackagedSampleIT {

	private static final Path JAR = Path.of(System.getProperty("sample.jar"));

	@TempDir
	private static Path work;

	private static Path layers;

	private static Path extracted;

	@BeforeAll
	static void extract() throws IOException {
		layers = work.resolve("layers");
		run(work, "-Djarmode=tools", "-jar", JAR.toString(), "extract", "--layers", "--destination", layers.toString());
		extracted = Files.createDirectory(work.resolve("extracted"));
		// As the COPY instructions of a container image do.
		for (String layer : List.of("dependencies", "spring-boot-loader", "snapshot-dependencies", "application")) {
			if (Files.isDirectory(layers.resolve(layer))) {
				FileSystemUtils.copyRecursively(layers.resolve(layer), extracted);
			}
		}
	}

	@Test
	void theFatJarStartsAndAnswers() {
		try (Sample sample = Sample.start(work, "-jar", JAR.toString())) {
			sample.assertAnswers();
		}
	}

	@Test
	void theLayersStartAndAnswer() {
		try (Sample sample = Sample.start(extracted, "-jar", JAR.getFileName().toString())) {
			sample.assertAnswers();
		}
	}

	@Test
	void whatChangesWithEveryBuildIsInALayerOfItsOwn() throws IOException {
		assertThat(jars(layers.resolve("dependencies"))).anyMatch((name) -> name.startsWith("spring-core-"))
			.noneMatch((name) -> name.startsWith("vendo-"));
		// Modules of the same build go with the application.
		assertThat(jars(layers.resolve("application"))).allMatch((name) -> name.startsWith("vendo-"))
			.contains(JAR.getFileName().toString());
	}

	@Test
	void beansPreparedAheadOfTimeStartAndAnswer() {
		try (Sample sample = Sample.start(extracted, "-Dspring.aot.enabled=true", "-jar",
				JAR.getFileName().toString())) {
			assertThat(sample.output()).contains("Starting AOT-processed SampleApplication");
			sample.assertAnswers();
		}
	}

	@Test
	void aTrainingRunMakesAnArchiveThatOursAreLoadedFrom() throws IOException {
		Path archive = extracted.resolve("application.jsa");
		run(extracted, "-XX:ArchiveClassesAtExit=" + archive.getFileName(), "-Dspring.context.exit=onRefresh", "-jar",
				JAR.getFileName().toString());
		assertThat(archive).isNotEmptyFile();
		Path loaded = work.resolve("loaded.txt");
		try (Sample sample = Sample.start(extracted, "-XX:SharedArchiveFile=" + archive.getFileName(), "-Xshare:on",
				"-Xlog:class+load:file=" + loaded, "-jar", JAR.getFileName().toString())) {
			sample.assertAnswers();
		}
		assertThat(Files.readString(loaded)).contains("run.vendo.DefaultVendoClient source: shared objects file (top)");
	}

	private static List<String> jars(Path layer) throws IOException {
		try (Stream<Path> files = Files.walk(layer)) {
			return files.map((file) -> file.getFileName().toString()).filter((name) -> name.endsWith(".jar")).toList();
		}
	}

	private static void run(Path directory, String... arguments) {
		Process process = launch(directory, arguments);
		try {
			String output = new String(process.getInputStream().readAllBytes());
			assertThat(process.waitFor()).as(output).isZero();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static Process launch(Path directory, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
		builder.environment().put("SERVER_PORT", "0");
		builder.environment().remove("JAVA_TOOL_OPTIONS");
		try {
			return builder.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The sample in a process of its own, which ends with the test.
	 */
	private static final class Sample implements AutoCloseable {

		private static final Pattern ADDRESS = Pattern.compile("Open http://localhost:(\\d+)/");

		private final Process process;

		private final StringBuffer output = new StringBuffer();

		private final CompletableFuture<Integer> port = new CompletableFuture<>();

		private final HttpClient http = HttpClient.newHttpClient();

		private Sample(Process process) {
			this.process = process;
		}

		static Sample start(Path directory, String... arguments) {
			Sample sample = new Sample(launch(directory, arguments));
			Thread reader = new Thread(sample::read, "sample-output");
			reader.setDaemon(true);
			reader.start();
			sample.port.orTimeout(120, TimeUnit.SECONDS).exceptionally((failure) -> null).join();
			return sample;
		}

		private void read() {
			try (BufferedReader reader = this.process.inputReader()) {
				for (String line; (line = reader.readLine()) != null;) {
					this.output.append(line).append('\n');
					Matcher address = ADDRESS.matcher(line);
					if (address.find()) {
						this.port.complete(Integer.valueOf(address.group(1)));
					}
				}
			}
			catch (IOException ex) {
				this.output.append(ex);
			}
			this.port.completeExceptionally(new IllegalStateException("The sample has ended"));
		}

		String output() {
			return this.output.toString();
		}

		void assertAnswers() {
			assertThat(this.port).as(() -> "The sample did not start:\n" + this.output).isCompleted();
			assertThat(get("/healthz")).isEqualTo("ok");
			assertThat(get("/")).contains("<h1>Connections", "OpenAI");
			assertThat(get("/api/connections")).contains("\"slug\":\"slack\"", "needs_reauth");
			assertThat(get("/api/token/openai")).contains("\"slug\":\"openai\"");
			assertThat(get("/api/balance")).contains("\"currency\":\"USD\"");
			assertThat(get("/api/token/slack")).contains("connection_needs_reauth");
			assertThat(get("/actuator/health")).contains("\"status\":\"UP\"");
			// The stream opens when the application is ready, and nobody waits for it.
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(output()).contains("Listening for events of the platform"));
			assertThat(output()).doesNotContain("ERROR");
		}

		private String get(String path) {
			URI uri = URI.create("http://127.0.0.1:" + this.port.join() + path);
			try {
				HttpResponse<String> response = this.http
					.send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString());
				return response.body();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(this.output.toString(), ex);
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

		@Override
		public void close() {
			this.process.destroy();
			try {
				assertThat(this.process.waitFor(30, TimeUnit.SECONDS)).as("ends when told to").isTrue();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
			finally {
				this.process.destroyForcibly();
			}
		}

	}

}
