package run.vendo.benchmark;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
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

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A token that is in the cache, from a client built by hand and from one that Spring Boot
 * built, against the cache alone, asked with a key of the same shape that is made for
 * each look-up. Tokens expire, so the limit is a cache whose entries do, which reads the
 * clock; a cache whose entries never do is there for comparison.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TokenBenchmark {

	private static final String IDENTITY = "0123456789abcdef".repeat(4);

	private String slug = "slack";

	private String identity = IDENTITY;

	private final Cache<Key, String> cache = Caffeine.newBuilder()
		.maximumSize(10_000)
		.expireAfter(Expiry.<Key, String>writing((key, token) -> Duration.ofMinutes(50)))
		.build();

	private final Cache<Key, String> bareCache = Caffeine.newBuilder().maximumSize(10_000).build();

	private LoopbackServer server;

	private VendoClient client;

	private ConfigurableApplicationContext context;

	private VendoClient springBootClient;

	@Setup
	public void open() {
		this.cache.put(new Key(this.identity, this.slug), Fixtures.TOKEN);
		this.bareCache.put(new Key(this.identity, this.slug), Fixtures.TOKEN);
		this.server = LoopbackServer.answering(Fixtures.TOKEN_ANSWER);
		this.client = VendoClient.builder().apiKey(Fixtures.API_KEY).credentialsUrl(this.server.url()).build();
		this.client.token(this.slug);
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.logStartupInfo(false)
			.run("--vendo.api-key=" + Fixtures.API_KEY, "--vendo.credentials-url=" + this.server.url());
		this.springBootClient = this.context.getBean(VendoClient.class);
		this.springBootClient.token(this.slug);
	}

	@TearDown
	public void close() {
		this.context.close();
		this.client.close();
		this.server.close();
	}

	@Benchmark
	public String limit() {
		return Objects.requireNonNull(this.cache.getIfPresent(new Key(this.identity, this.slug)));
	}

	@Benchmark
	public String bareLimit() {
		return Objects.requireNonNull(this.bareCache.getIfPresent(new Key(this.identity, this.slug)));
	}

	@Benchmark
	public String client() {
		return this.client.token(this.slug);
	}

	@Benchmark
	public String springBootClient() {
		return this.springBootClient.token(this.slug);
	}

	private record Key(String identity, String slug) {
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
