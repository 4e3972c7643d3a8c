package run.vendo.test;

import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import reactor.netty.http.HttpResources;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.error.TransportException;
import run.vendo.event.ConnectionConnected;
import run.vendo.token.VendoSession;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.client.ResourceAccessException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Contexts that are stopped and started again, with the threads of Reactor Netty.
 */
@Timeout(120)
class ContextRestartTests {

	private static final Duration WAIT = Duration.ofSeconds(20);

	private final VendoPlatform platform = VendoPlatform.start();

	@AfterEach
	void close() {
		this.platform.close();
	}

	@ParameterizedTest
	@EnumSource
	void callsAndEventsGoOnAfterTheContextWasStoppedAndStarted(Threads threads) {
		goesOn(threads, (context) -> {
			context.stop();
			this.platform.awaitStreams(0, WAIT);
		}, ConfigurableApplicationContext::start);
	}

	@ParameterizedTest
	@EnumSource
	void callsAndEventsGoOnAfterTheContextWasPausedAndRestarted(Threads threads) {
		goesOn(threads, (context) -> {
			context.pause();
			this.platform.awaitStreams(0, WAIT);
		}, ConfigurableApplicationContext::restart);
	}

	@ParameterizedTest
	@EnumSource(names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
	void callInAStoppedContextFailsAndBringsNoThreadBack(Threads threads) {
		Set<Thread> before = threads();
		try (ConfigurableApplicationContext context = launch(threads)) {
			VendoClient vendo = context.getBean(VendoClient.class);
			this.platform.connect("slack");
			assertThat(vendo.connections().list()).isNotEmpty();
			VendoSession session = vendo.session("slack");
			URI provider = this.platform.providerUrl("slack");
			work(context, session);
			context.stop();
			assertThatExceptionOfType(TransportException.class).isThrownBy(() -> vendo.connections().list());
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> session.restClient().get().uri(provider).retrieve().toBodilessEntity())
				.withCauseInstanceOf(ConnectException.class);
			assertThat(context.getBean(ReactorResourceFactory.class).isRunning()).isFalse();
			context.start();
			assertThat(vendo.connections().list()).isNotEmpty();
		}
		this.platform.close();
		assertThat(threads()).filteredOn((thread) -> !before.contains(thread)).allMatch(ContextRestartTests::ends);
	}

	@Test
	void whenAnotherContextOfTheProcessEndsTheSharedThreadsThenThisOneGoesOn() {
		Set<Thread> before = threads();
		this.platform.connect("slack");
		try (ConfigurableApplicationContext context = launch(Threads.SHARED)) {
			VendoSession session = context.getBean(VendoClient.class).session("slack");
			Listener listener = context.getBean(Listener.class);
			this.platform.awaitStreams(1, WAIT);
			// From here on the stream has a place to go on from.
			this.platform.connect("before");
			assertThat(listener.take()).isEqualTo("before");
			for (int i = 0; i < 3; i++) {
				work(context, session);
				launch(Threads.SHARED).close();
				work(context, session);
				String slug = "after-" + i;
				this.platform.connect(slug);
				assertThat(listener.take()).isEqualTo(slug);
			}
		}
		this.platform.close();
		assertThat(threads()).filteredOn((thread) -> !before.contains(thread)).allMatch(ContextRestartTests::ends);
	}

	@Test
	void whenTheSharedPoolIsReplacedThenCallsGoOn() {
		this.platform.connect("slack");
		try (ConfigurableApplicationContext context = launch(Threads.SHARED)) {
			VendoSession session = context.getBean(VendoClient.class).session("slack");
			work(context, session);
			// Keeps the threads. Closing the context disposes of it.
			HttpResources.set(ConnectionProvider.create("other"));
			work(context, session);
		}
	}

	private void goesOn(Threads threads, Consumer<ConfigurableApplicationContext> stop,
			Consumer<ConfigurableApplicationContext> start) {
		Set<Thread> before = threads();
		this.platform.connect("slack");
		try (ConfigurableApplicationContext context = launch(threads)) {
			VendoClient vendo = context.getBean(VendoClient.class);
			VendoSession session = vendo.session("slack");
			Listener listener = context.getBean(Listener.class);
			this.platform.awaitStreams(1, WAIT);
			for (int i = 0; i < 3; i++) {
				work(context, session);
				String slug = "live-" + i;
				this.platform.connect(slug);
				assertThat(listener.take()).isEqualTo(slug);
				stop.accept(context);
				String missed = "missed-" + i;
				this.platform.connect(missed);
				start.accept(context);
				assertThat(listener.take()).isEqualTo(missed);
			}
			work(context, session);
		}
		this.platform.close();
		assertThat(threads()).filteredOn((thread) -> !before.contains(thread)).allMatch(ContextRestartTests::ends);
	}

	private void work(ConfigurableApplicationContext context, VendoSession session) {
		assertThat(context.getBean(VendoClient.class).connections().list()).isNotEmpty();
		assertThat(context.getBean(ReactiveVendoClient.class).connections().list().collectList().block(WAIT))
			.isNotEmpty();
		URI provider = this.platform.providerUrl("slack");
		session.restClient().get().uri(provider).retrieve().onStatus((status) -> true, (request, response) -> {
		}).toBodilessEntity();
		assertThat(session.webClient()
			.get()
			.uri(provider)
			.exchangeToMono((response) -> response.releaseBody().thenReturn(response.statusCode().value()))
			.block(WAIT)).isPositive();
	}

	private ConfigurableApplicationContext launch(Threads threads) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.initializers((created) -> threads.prepare((GenericApplicationContext) created, this.platform))
			.properties("vendo.api-key=" + this.platform.apiKey(),
					"vendo.base-url=" + this.platform.baseUrl().toString().replace("127.0.0.1", "localhost"),
					"vendo.credentials-url=" + this.platform.credentialsUrl(),
					"spring.reactor.netty.shutdown-quiet-period=0s")
			.run();
	}

	private static Set<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("vendo") || thread.getName().startsWith("reactor-http")
					|| thread.getName().startsWith("own-"))
			.collect(Collectors.toSet());
	}

	private static boolean ends(Thread thread) {
		try {
			thread.join(WAIT.toMillis());
			return !thread.isAlive();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Whose threads serve the connections.
	 */
	enum Threads {

		/** Those of the process, which Spring Boot ends with the context. */
		SHARED,

		/** Those of a bean of the application. */
		OWN {

			@Override
			void prepare(GenericApplicationContext context, VendoPlatform platform) {
				context.registerBean(ReactorResourceFactory.class, () -> {
					ReactorResourceFactory factory = new ReactorResourceFactory();
					factory.setUseGlobalResources(false);
					factory.setLoopResourcesSupplier(() -> LoopResources.create("own"));
					factory.setShutdownQuietPeriod(Duration.ZERO);
					return factory;
				});
			}

		},

		/** Those of the process, under a client that knows nothing of Spring. */
		PLAIN {

			@Override
			void prepare(GenericApplicationContext context, VendoPlatform platform) {
				context.registerBean(VendoClient.class,
						() -> platform.clientBuilder()
							.baseUrl(platform.baseUrl().toString().replace("127.0.0.1", "localhost"))
							.build());
			}

		};

		void prepare(GenericApplicationContext context, VendoPlatform platform) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Listener listener() {
			return new Listener();
		}

	}

	static class Listener {

		private final BlockingQueue<String> connected = new LinkedBlockingQueue<>();

		// What the connections say may be known before the replay has told it.
		@EventListener
		void on(ConnectionConnected event) {
			if (!event.isResynchronized()) {
				this.connected.add(event.slug());
			}
		}

		String take() {
			try {
				return this.connected.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

	}

}
