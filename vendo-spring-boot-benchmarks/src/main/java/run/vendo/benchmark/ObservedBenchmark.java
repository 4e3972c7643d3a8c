package run.vendo.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import run.vendo.VendoClient;
import run.vendo.connection.Connection;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A warm token in an application that observes and counts, against one that has neither
 * registry. Their calls are compared by {@link ObservedCallCheck}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 3)
@Measurement(iterations = 5, time = 2)
public class ObservedBenchmark {

	private static final String SLUG = "slack";

	private LoopbackServer server;

	private ConfigurableApplicationContext observedContext;

	private ConfigurableApplicationContext bareContext;

	private VendoClient observed;

	private VendoClient bare;

	private WebClient observedHttp;

	private WebClient bareHttp;

	@Setup
	public void open() {
		open(Duration.ZERO);
	}

	/**
	 * Start the applications and a platform that thinks before it answers.
	 */
	void open(Duration thinking) {
		byte[] connections = Fixtures.connections().getBytes(StandardCharsets.UTF_8);
		byte[] token = Fixtures.TOKEN_ANSWER.getBytes(StandardCharsets.UTF_8);
		this.server = new LoopbackServer(thinking, (request, response) -> LoopbackServer.send(response,
				request.uri().startsWith("/api/") ? connections : token));
		this.observedContext = run(this.server, ObservedApplication.class);
		this.bareContext = run(this.server, BareApplication.class);
		this.observed = this.observedContext.getBean(VendoClient.class);
		this.bare = this.bareContext.getBean(VendoClient.class);
		this.observed.token(SLUG);
		this.bare.token(SLUG);
		this.observedHttp = webClient(this.observedContext);
		this.bareHttp = webClient(this.bareContext);
	}

	static ConfigurableApplicationContext run(LoopbackServer server, Class<?> application) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.logStartupInfo(false)
			.run("--vendo.api-key=" + Fixtures.API_KEY, "--vendo.base-url=" + server.url(),
					"--vendo.credentials-url=" + server.url(), "--vendo.events.enabled=false");
		// As Actuator does.
		context.getBeanProvider(MeterRegistry.class)
			.ifAvailable((registry) -> context.getBeansOfType(MeterBinder.class)
				.values()
				.forEach((binder) -> binder.bindTo(registry)));
		return context;
	}

	@TearDown
	public void close() {
		this.observedContext.close();
		this.bareContext.close();
		this.server.close();
	}

	private WebClient webClient(ConfigurableApplicationContext context) {
		// As Spring Boot does where all of its modules for observations are there.
		return context.getBean(WebClient.Builder.class)
			.observationRegistry(
					context.getBeanProvider(ObservationRegistry.class).getIfAvailable(() -> ObservationRegistry.NOOP))
			.baseUrl(this.server.url())
			.build();
	}

	List<Connection> call() {
		return this.observed.connections().list();
	}

	List<Connection> callLimit() {
		return this.bare.connections().list();
	}

	/**
	 * What Spring's own observation costs, of which there is one beneath each call.
	 */
	byte[] http() {
		return fetch(this.observedHttp);
	}

	byte[] httpLimit() {
		return fetch(this.bareHttp);
	}

	private static byte[] fetch(WebClient http) {
		return Objects.requireNonNull(
				http.get().uri("/api/deployments/me/connections").retrieve().bodyToMono(byte[].class).block());
	}

	@Benchmark
	public String token() {
		return this.observed.token(SLUG);
	}

	@Benchmark
	public String tokenLimit() {
		return this.bare.token(SLUG);
	}

	/**
	 * Return how often the observed application's calls, the requests beneath them and
	 * its tokens from the cache were counted.
	 */
	List<Long> counted() {
		MeterRegistry meters = this.observedContext.getBean(MeterRegistry.class);
		return List.of(meters.get("vendo.client.call").tag("api", "connections").timer().count(),
				meters.get("http.client.requests").timers().stream().mapToLong(Timer::count).sum(),
				(long) meters.get("vendo.token.resolutions").tag("source", "cache").functionCounter().count());
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class BareApplication {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ObservedApplication {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		ObservationRegistry observationRegistry(MeterRegistry meters) {
			ObservationRegistry observations = ObservationRegistry.create();
			observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
			return observations;
		}

	}

}
