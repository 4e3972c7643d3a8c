package run.vendo.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.autoconfigure.event.VendoEventsAutoConfiguration;
import run.vendo.autoconfigure.reconciler.VendoReconcilerAutoConfiguration;
import run.vendo.reconciler.Reconciler;
import run.vendo.reconciler.ReconcilerListener;
import run.vendo.reconciler.ReconcilerOptions;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reconciler from the platform to the file. It looks by itself once a day only, so
 * that whatever changes in between is by an event.
 */
@Timeout(60)
class ReconcilerFlowTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	private final VendoPlatform platform = VendoPlatform.start();

	private final Runs runs = new Runs();

	@TempDir
	private Path directory;

	@AfterEach
	void close() {
		this.platform.close();
	}

	@Test
	void fileFollowsTheConnectionsAtOnce() throws IOException {
		this.platform.connect("slack");
		Path file = this.directory.resolve("gateway.env");
		try (ConfigurableApplicationContext context = application(file)) {
			assertThat(context.isActive()).isTrue();
			this.runs.await("added SLACK_BOT_TOKEN");
			assertThat(file).hasContent("SLACK_BOT_TOKEN=" + this.platform.token("slack"));
			this.platform.awaitStreams(1, WAIT);
			this.platform.rotateToken("slack");
			this.runs.await("changed SLACK_BOT_TOKEN");
			assertThat(file).hasContent("SLACK_BOT_TOKEN=" + this.platform.token("slack"));
			this.platform.needsReauth("slack");
			this.runs.await("removed SLACK_BOT_TOKEN");
			assertThat(Files.readString(file)).isBlank();
			this.platform.connect("slack");
			this.runs.await("added SLACK_BOT_TOKEN");
			assertThat(file).hasContent("SLACK_BOT_TOKEN=" + this.platform.token("slack"));
		}
	}

	@Test
	void fileCatchesUpWithWhatAnOutageHid() {
		this.platform.connect("slack");
		Path file = this.directory.resolve("gateway.env");
		try (ConfigurableApplicationContext context = application(file)) {
			assertThat(context.isActive()).isTrue();
			this.runs.await("added SLACK_BOT_TOKEN");
			this.platform.awaitStreams(1, WAIT);
			this.platform.awaitRequests("/api/deployments/me/connections", 1, WAIT);
			this.platform.stop();
			this.platform.disconnect("slack");
			this.platform.restartWithoutHistory();
			this.runs.await("removed SLACK_BOT_TOKEN");
			assertThat(file).isEmptyFile();
		}
	}

	@Test
	void inPlainJavaItListensByItself() {
		this.platform.connect("slack");
		Path file = this.directory.resolve("gateway.env");
		ReconcilerOptions options = ReconcilerOptions.defaults()
			.withInterval(Duration.ofDays(1))
			.withListener(this.runs);
		try (VendoClient vendo = this.platform.clientBuilder().build()) {
			try (Reconciler reconciler = vendo.reconciler()
				.start(file, () -> Map.of("SLACK_BOT_TOKEN", vendo.token("slack")),
						Reconciler.OnChange.callback((change) -> {
						}), options)) {
				assertThat(reconciler).isNotNull();
				this.platform.awaitStreams(1, WAIT);
				this.platform.rotateToken("slack");
				this.runs.await("changed SLACK_BOT_TOKEN");
				assertThat(file).hasContent("SLACK_BOT_TOKEN=" + this.platform.token("slack"));
			}
			this.platform.awaitStreams(0, WAIT);
		}
	}

	private ConfigurableApplicationContext application(Path file) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE).initializers((created) -> {
			created.getBeanFactory().registerSingleton("platform", this.platform);
			created.getBeanFactory().registerSingleton("runs", this.runs);
		})
			.run("--vendo.reconciler.file=" + file, "--vendo.reconciler.interval=1d",
					"--vendo.reconciler.on-change=none", "--vendo.reconciler.mapping=SLACK_BOT_TOKEN=slack");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ VendoAutoConfiguration.class, VendoEventsAutoConfiguration.class,
			VendoReconcilerAutoConfiguration.class })
	static class Application {

		@Bean
		VendoClient vendoClient(VendoPlatform platform) {
			return platform.clientBuilder().build();
		}

	}

	/**
	 * What the reconciler has written.
	 */
	private static final class Runs implements ReconcilerListener {

		private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();

		@Override
		public void written(Reconciler.Change change) {
			change.added().forEach((name) -> this.changes.add("added " + name));
			change.changed().forEach((name) -> this.changes.add("changed " + name));
			change.removed().forEach((name) -> this.changes.add("removed " + name));
		}

		void await(String change) {
			try {
				String next = this.changes.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
				assertThat(next).as("what was written").isEqualTo(change);
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

	}

}
