package run.vendo.autoconfigure.reconciler;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.github.tomakehurst.wiremock.WireMockServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.fixture.Conditions;
import run.vendo.reconciler.Reconciler;
import run.vendo.reconciler.Reconciler.Change;
import run.vendo.reconciler.Reconciler.OnChange;
import run.vendo.reconciler.ReconcilerListener;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.autoconfigure.RefreshAutoConfiguration;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link VendoReconcilerAutoConfiguration}.
 */
@Timeout(180)
@ExtendWith(OutputCaptureExtension.class)
class VendoReconcilerAutoConfigurationTests {

	private static final String KEY = "vendo_sk_0123456789abcdefghijklmnopqrstuv";

	private final WireMockServer platform = new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class, VendoReconcilerAutoConfiguration.class));

	private final Recorder recorder = new Recorder();

	@TempDir
	Path directory;

	@BeforeEach
	void start() {
		this.platform.start();
		this.platform.stubFor(get(urlPathEqualTo("/api/deployments/me/connections")).willReturn(okJson("""
				{"connections":[{"slug":"openai","status":"connected","api_key":"sk","base_url":"https://pool.example",
				"env_bootstrap":{"vars":[{"name":"OPENAI_API_KEY","value_from":"api_key"}]}}]}""")));
	}

	@AfterEach
	void stop() {
		this.platform.stop();
	}

	private Path file() {
		return this.directory.resolve("app.env");
	}

	private ApplicationContextRunner withFile() {
		return this.contextRunner.withBean(ReconcilerListener.class, () -> this.recorder)
			.withPropertyValues("vendo.reconciler.file=" + file(), "vendo.api-key=" + KEY,
					"vendo.base-url=" + this.platform.baseUrl());
	}

	private static void becomeReady(ConfigurableApplicationContext context) {
		context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0], context, null));
	}

	@Test
	void isNotThereUnlessThereIsAFile() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(Reconciler.class));
		this.contextRunner.withPropertyValues("vendo.reconciler.file=", "vendo.reconciler.enabled=")
			.run((context) -> assertThat(context).doesNotHaveBean(Reconciler.class));
		withFile().withPropertyValues("vendo.reconciler.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Reconciler.class));
		withFile().run((context) -> assertThat(context).hasSingleBean(Reconciler.class));
	}

	@Test
	void nothingHappensBeforeTheApplicationIsReady() throws Exception {
		withFile().run((context) -> {
			assertThat(context.getBean(Reconciler.class).isRunning()).isTrue();
			assertThat(this.platform.getAllServeEvents()).isEmpty();
			assertThat(file()).doesNotExist();
			becomeReady(context.getSourceApplicationContext(ConfigurableApplicationContext.class));
			this.recorder.awaitWritten("OPENAI_API_KEY");
			assertThat(file()).hasContent("OPENAI_API_KEY=sk\n");
		});
		awaitEndOfThreads();
	}

	@Test
	void whenToldToThenTheFileIsThereOnceTheContextIs() {
		withFile().withPropertyValues("vendo.reconciler.bootstrap=true")
			.run((context) -> assertThat(file()).hasContent("OPENAI_API_KEY=sk\n"));
		this.platform.stubFor(get(urlPathEqualTo("/api/deployments/me/connections")).willReturn(serverError()));
		withFile().withPropertyValues("vendo.reconciler.bootstrap=true", "vendo.retry.max-attempts=1")
			.run((context) -> assertThat(context).hasFailed());
		assertThat(file()).hasContent("OPENAI_API_KEY=sk\n");
		awaitEndOfThreads();
	}

	@Test
	void aWrittenMappingIsUsed() {
		withFile().withPropertyValues("vendo.reconciler.bootstrap=true",
				"vendo.reconciler.mapping=BASE_URL=openai:base_url, SLACK_BOT_TOKEN=slack", "VENDO_TOKEN_SLACK=a $b")
			.run((context) -> assertThat(file()).hasContent("BASE_URL=https://pool.example\nSLACK_BOT_TOKEN='a $b'\n"));
		withFile()
			.withPropertyValues("vendo.reconciler.bootstrap=true", "vendo.reconciler.mapping[0]=A=slack",
					"VENDO_TOKEN_SLACK=a $b", "vendo.reconciler.quoting=literal")
			.run((context) -> assertThat(file()).hasContent("A=\"a $b\"\n"));
	}

	@Test
	void theMappingAndTheCallbackOfTheApplicationAreUsed() throws Exception {
		Map<String, String> mapping = new ConcurrentSkipListMap<>(Map.of("OWN", "1"));
		BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
		withFile().withBean(Reconciler.Mapping.class, () -> () -> mapping)
			.withBean(OnChange.class, () -> OnChange.callback(changes::add))
			.withPropertyValues("vendo.reconciler.bootstrap=true", "vendo.reconciler.interval=20ms")
			.run((context) -> {
				assertThat(file()).hasContent("OWN=1\n");
				mapping.put("OTHER", "2");
				assertThat(changes.poll(20, TimeUnit.SECONDS))
					.isEqualTo(new Change(List.of("OTHER"), List.of(), List.of()));
				mapping.remove("OWN");
				context.getBean(Reconciler.class).reevaluate();
				assertThat(changes.poll(20, TimeUnit.SECONDS))
					.isEqualTo(new Change(List.of(), List.of("OWN"), List.of()));
			});
		assertThat(this.platform.getAllServeEvents()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "reload-hook", "reload_hook" })
	void theReloadHookIsTold(String onChange) throws Exception {
		this.platform.stubFor(post("/reload").willReturn(ok()));
		withFile()
			.withPropertyValues("vendo.reconciler.reload-hook.url=" + this.platform.baseUrl() + "/reload",
					"vendo.reconciler.reload-hook.timeout=30s", "vendo.reconciler.on-change=" + onChange)
			.run((context) -> {
				becomeReady(context.getSourceApplicationContext(ConfigurableApplicationContext.class));
				this.recorder.awaitDelivered("OPENAI_API_KEY");
				this.platform.verify(1, postRequestedFor(urlPathEqualTo("/reload")).withoutHeader("Authorization")
					.withRequestBody(equalToJson("{\"changed\":[\"OPENAI_API_KEY\"]}")));
			});
	}

	@Test
	void springCloudRefreshesTheEnvironment() throws Exception {
		BlockingQueue<EnvironmentChangeEvent> refreshes = new LinkedBlockingQueue<>();
		ApplicationListener<EnvironmentChangeEvent> listener = refreshes::add;
		SpringApplication application = new SpringApplication(Application.class, RefreshAutoConfiguration.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.addInitializers((context) -> context.addApplicationListener(listener));
		try (ConfigurableApplicationContext context = application.run("--vendo.reconciler.file=" + file(),
				"--vendo.reconciler.on-change=refresh", "--vendo.api-key=" + KEY,
				"--vendo.base-url=" + this.platform.baseUrl(),
				"--spring.config.import=optional:file:" + file() + "[.properties]")) {
			EnvironmentChangeEvent event = refreshes.poll(60, TimeUnit.SECONDS);
			assertThat(event).isNotNull();
			assertThat(event.getKeys()).contains("OPENAI_API_KEY");
			assertThat(context.getEnvironment().getProperty("OPENAI_API_KEY")).isEqualTo("sk");
		}
	}

	@Test
	void withoutSpringCloudEverythingElseWorksAndARefreshIsExplained() {
		FilteredClassLoader withoutCloud = new FilteredClassLoader("org.springframework.cloud");
		withFile().withClassLoader(withoutCloud)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(Reconciler.class));
		withFile().withClassLoader(withoutCloud)
			.withPropertyValues("vendo.reconciler.on-change=refresh")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("Spring Cloud is not there")
				.hasMessageContaining("spring-cloud-context"));
	}

	@Test
	void backsOffForAReconcilerOfTheApplication() {
		Reconciler own = org.mockito.Mockito.mock(Reconciler.class);
		withFile().withBean(Reconciler.class, () -> own)
			.run((context) -> assertThat(context.getBean(Reconciler.class)).isSameAs(own));
	}

	@Test
	void stopsAndStartsWithTheContext() {
		withFile().run((context) -> {
			ConfigurableApplicationContext application = context
				.getSourceApplicationContext(ConfigurableApplicationContext.class);
			becomeReady(application);
			this.recorder.awaitWritten("OPENAI_API_KEY");
			application.stop();
			assertThat(context.getBean(Reconciler.class).isRunning()).isFalse();
			awaitEndOfThreads();
			Files.delete(file());
			application.start();
			this.recorder.awaitWritten("OPENAI_API_KEY");
			assertThat(context.getBean(Reconciler.class).isRunning()).isTrue();
		});
		awaitEndOfThreads();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					vendo.reconciler.enabled=true                                         | Set vendo.reconciler.file
					vendo.reconciler.file=.env,vendo.reconciler.interval=0s               | It must be longer than nothing
					vendo.reconciler.file=.env,vendo.reconciler.mapping=SLACK             | in vendo.reconciler.mapping is no variable with a source
					vendo.reconciler.file=.env,vendo.reconciler.mapping=A-B=slack         | NAME=slug for the token of a provider
					vendo.reconciler.file=.env,vendo.reconciler.mapping.A_TOKEN=slack     | is a map, whose keys would lose their underscores
					vendo.reconciler.file=.env,vendo.reconciler.on-change=reload-hook     | Set vendo.reconciler.reload-hook.url
					vendo.reconciler.file=.env,vendo.reconciler.reload-hook.url=x:y       | must be an absolute http or https URL
					vendo.reconciler.file=.env,vendo.reconciler.reload-hook.url=http://a,vendo.reconciler.reload-hook.timeout=0s | must be positive
					vendo.reconciler.file=.env,vendo.reconciler.on-change=restart,vendo.reconciler.restart.exit-code=0 | It must be between 1 and 255
					vendo.reconciler.file=.env,vendo.reconciler.on-change=explode         | vendo.reconciler.on-change
					""")
	void aSettingThatMakesNoSenseIsExplained(String properties, String problem, CapturedOutput output) {
		List<String> arguments = java.util.stream.Stream.of(properties.split(",")).map((each) -> "--" + each).toList();
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> run(arguments));
		assertThat(output).contains("APPLICATION FAILED TO START").contains(problem);
	}

	private static void run(List<String> arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.run(arguments.toArray(String[]::new)).close();
	}

	@Test
	void aRestartClosesTheContextAndThenEndsWithTheExitCode() throws Exception {
		Files.writeString(file(), "OPENAI_API_KEY=sk-former\n");
		Path output = file().resolveSibling("output");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), Application.class.getName(), "--vendo.reconciler.file=" + file(),
				"--vendo.reconciler.on-change=restart", "--logging.level.run.vendo=info", "--OPENAI_API_KEY=sk-own")
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			boolean ended = process.waitFor(120, TimeUnit.SECONDS);
			String log = Files.readString(output);
			assertThat(ended).as(log).isTrue();
			assertThat(process.exitValue()).as(log).isEqualTo(75);
			assertThat(log).contains("to be started again")
				.contains("the context was closed")
				.doesNotContain("sk-own", "sk-former");
			assertThat(file()).hasContent("OPENAI_API_KEY=sk-own\n");
		}
		finally {
			process.destroyForcibly();
		}
	}

	// To close waits for its thread, but not for long where a machine is busy.
	private static void awaitEndOfThreads() {
		Conditions.await(() -> threads().isEmpty());
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("vendo-reconciler"))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ VendoAutoConfiguration.class, VendoReconcilerAutoConfiguration.class })
	static class Application {

		public static void main(String[] arguments) throws InterruptedException {
			SpringApplication application = new SpringApplication(Application.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			application.run(arguments);
			Thread.currentThread().join();
		}

		@Bean
		org.springframework.beans.factory.DisposableBean witness() {
			return () -> System.out.println("the context was closed");
		}

		@Bean
		org.springframework.boot.ExitCodeGenerator another() {
			return () -> 9;
		}

	}

	private static final class Recorder implements ReconcilerListener {

		private final BlockingQueue<List<String>> written = new LinkedBlockingQueue<>();

		private final BlockingQueue<List<String>> delivered = new LinkedBlockingQueue<>();

		@Override
		public void written(Change change) {
			this.written.add(change.names());
		}

		@Override
		public void delivered(Change change) {
			this.delivered.add(change.names());
		}

		void awaitWritten(String name) throws InterruptedException {
			assertThat(this.written.poll(20, TimeUnit.SECONDS)).containsExactly(name);
		}

		void awaitDelivered(String name) throws InterruptedException {
			assertThat(this.delivered.poll(20, TimeUnit.SECONDS)).containsExactly(name);
		}

	}

}
