package run.vendo.benchmark;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.JsonNode;

import run.vendo.http.VendoJson;
import run.vendo.webhook.WebhookEvent;
import run.vendo.webhook.WebhooksApi;

import org.springframework.http.HttpHeaders;

/**
 * Verifying a delivery, against the two things nobody can do without: one HMAC with a
 * {@link Mac} that is keyed already, and one parse.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WebhookBenchmark {

	private static final String SECRET = "whsec_example_0123456789";

	/** The size of the body in bytes. */
	@Param({ "256", "1024", "65536" })
	public int size;

	private byte[] body;

	private byte[] timestamp;

	private HttpHeaders headers;

	private Mac mac;

	private WebhooksApi webhooks;

	@Setup
	public void open() throws GeneralSecurityException {
		String now = Long.toString(Instant.now().getEpochSecond());
		this.body = Fixtures.delivery(this.size);
		this.timestamp = now.getBytes(StandardCharsets.UTF_8);
		this.mac = Mac.getInstance("HmacSHA256");
		this.mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
		this.headers = new HttpHeaders();
		this.headers.set("Content-Type", "application/json");
		this.headers.set("User-Agent", "vendo-webhooks");
		this.headers.set("Vendo-Event-Id", "evt_1");
		this.headers.set("Vendo-Signature", HexFormat.of().formatHex(sign()));
		this.headers.set("Vendo-Timestamp", now);
		this.webhooks = WebhooksApi.of(List.of(SECRET), WebhooksApi.DEFAULT_MAX_AGE, Clock.systemUTC());
	}

	@Benchmark
	public WebhookEvent<JsonNode> verify() {
		return this.webhooks.verify(this.headers, this.body);
	}

	@Benchmark
	public Signed limit() {
		return new Signed(sign(), VendoJson.MAPPER.readTree(this.body));
	}

	private byte[] sign() {
		this.mac.update(this.timestamp);
		this.mac.update((byte) '.');
		return this.mac.doFinal(this.body);
	}

	/**
	 * What the limit comes to.
	 *
	 * @param signature the signature
	 * @param json the body
	 */
	public record Signed(byte[] signature, JsonNode json) {
	}

}
