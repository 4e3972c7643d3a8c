package run.vendo.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.connection.Connection;
import run.vendo.http.VendoHttp;
import run.vendo.http.VendoJson;

import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A listing over loopback and kept connections, against a bare {@code WebClient} on the
 * same kind of connector that sends the same headers, reads the same body with the same
 * mapper into the same model, as many at once.
 * <p>
 * Calls of one identity at the same moment share a request, which would make the client
 * look faster than the wire. So each call in flight is another user's.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 3)
@Measurement(iterations = 5, time = 2)
public class ConnectionsBenchmark {

	static final int IN_FLIGHT = 16;

	private static final String PATH = "/api/deployments/me/connections";

	private LoopbackServer server;

	private VendoClient client;

	private List<ReactiveVendoClient> users;

	private List<String> jwts;

	private ConnectionProvider rawConnections;

	private WebClient raw;

	@Setup
	public void open() {
		this.server = LoopbackServer.answering(Fixtures.connections());
		this.client = VendoClient.builder().apiKey(Fixtures.API_KEY).baseUrl(this.server.url()).build();
		this.jwts = IntStream.range(0, IN_FLIGHT).mapToObj("header.user-%d.signature"::formatted).toList();
		this.users = this.jwts.stream().map(this.client.reactive()::forUser).toList();
		this.rawConnections = ConnectionProvider.builder("raw")
			.maxConnections(100)
			.pendingAcquireMaxCount(10_000)
			.maxIdleTime(Duration.ofSeconds(30))
			.maxLifeTime(Duration.ofMinutes(5))
			.evictInBackground(Duration.ofSeconds(30))
			.build();
		HttpClient httpClient = HttpClient.create(this.rawConnections).compress(true);
		this.raw = WebClient.builder()
			.clientConnector(new ReactorClientHttpConnector(httpClient))
			.baseUrl(this.server.url())
			.codecs((codecs) -> codecs.defaultCodecs().jacksonJsonDecoder(new JacksonJsonDecoder(VendoJson.MAPPER)))
			.defaultHeaders((headers) -> {
				headers.setAccept(List.of(MediaType.APPLICATION_JSON));
				headers.setBearerAuth(Fixtures.API_KEY);
				headers.set("User-Agent", "vendo-spring-boot/raw");
				headers.set("Vendo-API-Version", "2026-05-02");
			})
			.build();
	}

	@TearDown
	public void close() {
		this.client.close();
		this.rawConnections.dispose();
		this.server.close();
	}

	@Benchmark
	public List<Connection> blocking() {
		return this.client.connections().list();
	}

	@Benchmark
	public List<Connection> blockingLimit() {
		return Objects.requireNonNull(this.raw.get()
			.uri(PATH)
			.retrieve()
			.bodyToMono(Connections.class)
			.map(Connections::connections)
			.block());
	}

	@Benchmark
	@OperationsPerInvocation(IN_FLIGHT)
	public List<List<Connection>> reactive() {
		return Objects.requireNonNull(Flux.fromIterable(this.users)
			.flatMap((user) -> user.connections().list().collectList(), IN_FLIGHT)
			.collectList()
			.block());
	}

	@Benchmark
	@OperationsPerInvocation(IN_FLIGHT)
	public List<List<Connection>> reactiveLimit() {
		return Objects
			.requireNonNull(Flux.fromIterable(this.jwts).flatMap(this::fetchRaw, IN_FLIGHT).collectList().block());
	}

	int requests() {
		return this.server.requests();
	}

	private Mono<List<Connection>> fetchRaw(String jwt) {
		return this.raw.get()
			.uri(PATH)
			.header(VendoHttp.USER_JWT_HEADER, jwt)
			.retrieve()
			.bodyToMono(Connections.class)
			.map(Connections::connections);
	}

	private record Connections(List<Connection> connections) {
	}

}
