package run.vendo.http;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import org.springframework.cache.concurrent.ConcurrentMapCache;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a key that changes while the client works: nothing that came for one is used
 * for the other.
 */
@Timeout(60)
class KeyChangeTests {

	private final AtomicInteger numbers = new AtomicInteger();

	@AutoClose
	private final StubServer server = StubServer.start()
		.respond((request) -> Response.json("{\"n\":" + this.numbers.incrementAndGet() + "}"));

	private final AtomicReference<String> key = new AtomicReference<>(TestClients.KEY);

	private final AtomicReference<String> keyAfterTheNext = new AtomicReference<>();

	@AutoClose
	private final VendoClient client = TestClients.oss(this.server.url())
		.credentialsUrl(URI.create("http://localhost:" + this.server.port()))
		.apiKeySupplier(this::nextKey)
		// Time stands still: the cache is waited for, however slow it is.
		.scheduler(new TestScheduler(Duration.ofNanos(1)))
		.responseCaching(
				ResponseCaching.in(new ConcurrentMapCache("vendo")).keep("/api/tools/**", Duration.ofMinutes(5)))
		.build();

	private String nextKey() {
		String key = this.key.get();
		String after = this.keyAfterTheNext.getAndSet(null);
		if (after != null) {
			this.key.set(after);
		}
		return new String(key);
	}

	private int tool() {
		return this.client.http().get("/api/tools/x").retrieve(JsonNode.class).path("n").intValue();
	}

	@Test
	void anAnswerThatIsKeptIsForTheKeyItCameFor() {
		assertThat(tool()).isEqualTo(1);
		this.key.set(TestClients.OTHER_KEY);
		assertThat(tool()).isEqualTo(2);
		this.key.set(TestClients.KEY);
		assertThat(tool()).isEqualTo(1);
	}

	@Test
	void aCallThatIsUnderWayIsNotSharedWithAnotherKey() throws Exception {
		this.server.respond((request) -> Response.json("{\"connections\":[{\"slug\":\""
				+ (request.header("Authorization").endsWith(TestClients.KEY) ? "old" : "new")
				+ "\",\"status\":\"connected\"}]}"));
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			Gate gate = this.server.hold();
			Future<String> before = executor.submit(this::connection);
			gate.awaitArrival();
			this.key.set(TestClients.OTHER_KEY);
			Future<String> after = executor.submit(this::connection);
			gate.awaitArrival();
			gate.open();
			assertThat(before.get()).isEqualTo("old");
			assertThat(after.get()).isEqualTo("new");
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void aTokenThatAnotherKeyBroughtThanItWasAskedForWithIsNotKept() {
		this.server.respond((request) -> Response
			.json("{\"access_token\":\"" + request.header("Authorization").substring(7) + "\"}"));
		this.keyAfterTheNext.set(TestClients.OTHER_KEY);
		assertThat(this.client.token("slack")).isEqualTo(TestClients.OTHER_KEY);
		this.key.set(TestClients.KEY);
		this.client.http().get("/any").toBodilessEntity();
		assertThat(this.client.token("slack")).isEqualTo(TestClients.KEY);
		assertThat(this.client.token("slack")).isEqualTo(TestClients.KEY);
		assertThat(this.server.count()).isEqualTo(3);
	}

	private String connection() {
		return this.client.connections().list().get(0).slug();
	}

	@Test
	void aTokenIsForgottenWithTheFirstRequestThatShowsAnotherKey() {
		this.server.respond((request) -> Response.json(
				"{\"access_token\":\"" + request.path() + " " + request.header("Authorization").substring(7) + "\"}"));
		assertThat(this.client.token("slack")).isEqualTo("/slack " + TestClients.KEY);
		this.key.set(TestClients.OTHER_KEY);
		assertThat(this.client.token("notion")).isEqualTo("/notion " + TestClients.OTHER_KEY);
		assertThat(this.client.token("slack")).isEqualTo("/slack " + TestClients.OTHER_KEY);
		assertThat(this.client.token("notion")).isEqualTo("/notion " + TestClients.OTHER_KEY);
		assertThat(this.server.count()).isEqualTo(3);
		this.key.set(TestClients.KEY);
		this.client.http().get("/any").toBodilessEntity();
		assertThat(this.client.token("slack")).isEqualTo("/slack " + TestClients.KEY);
		assertThat(this.server.count()).isEqualTo(4);
	}

}
