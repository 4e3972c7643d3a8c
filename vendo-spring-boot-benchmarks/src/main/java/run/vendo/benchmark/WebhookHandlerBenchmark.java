package run.vendo.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/**
 * A webhook of 1 KiB over loopback and one kept connection to a handler that has it
 * verified, against the same handler without the annotation. Both get the same requests:
 * each is another event, so that none is taken for a repetition, and signed before it is
 * measured: the sender's work is no part of either time.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 3)
@Measurement(iterations = 5, time = 2)
public class WebhookHandlerBenchmark {

	static final int SIZE = 1024;

	private static final String ID = "evt_00000000000";

	/** More than can be sent during one iteration. */
	private static final int SIGNED_AHEAD = 50_000;

	private final HttpClient client = HttpClient.newHttpClient();

	private ServletWebServerApplicationContext context;

	private String start;

	private String end;

	private final String[] signatures = new String[SIGNED_AHEAD];

	private Mac mac;

	private String time;

	private URI verified;

	private URI plain;

	private long first;

	private int next;

	@Setup
	public void open() throws GeneralSecurityException {
		this.context = HookApplication.start();
		String url = "http://127.0.0.1:" + HookApplication.port(this.context);
		this.verified = URI.create(url + HookApplication.VERIFIED);
		this.plain = URI.create(url + HookApplication.PLAIN);
		String body = new String(Fixtures.delivery(SIZE - ID.length() + "evt_1".length()), StandardCharsets.UTF_8);
		int id = body.indexOf("evt_1");
		this.start = body.substring(0, id);
		this.end = body.substring(id + "evt_1".length());
		this.mac = Mac.getInstance("HmacSHA256");
		this.mac.init(new SecretKeySpec(HookApplication.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
	}

	@Setup(Level.Iteration)
	public void sign() {
		this.first += this.next;
		this.next = 0;
		this.time = Long.toString(System.currentTimeMillis() / 1000);
		for (int i = 0; i < SIGNED_AHEAD; i++) {
			byte[] signed = (this.time + "." + body(this.first + i)).getBytes(StandardCharsets.UTF_8);
			this.signatures[i] = HexFormat.of().formatHex(this.mac.doFinal(signed));
		}
	}

	@TearDown
	public void close() {
		this.context.close();
	}

	@Benchmark
	public String handler() throws IOException, InterruptedException {
		return deliver(this.verified);
	}

	@Benchmark
	public String handlerLimit() throws IOException, InterruptedException {
		return deliver(this.plain);
	}

	private String body(long number) {
		String digits = Long.toString(number);
		return this.start + ID.substring(0, ID.length() - digits.length()) + digits + this.end;
	}

	long calls() {
		return this.context.getBean(HookApplication.class).calls();
	}

	private String deliver(URI uri) throws IOException, InterruptedException {
		if (this.next == SIGNED_AHEAD) {
			throw new IllegalStateException("Sign more than %d deliveries ahead".formatted(SIGNED_AHEAD));
		}
		HttpRequest request = HttpRequest.newBuilder(uri)
			.header("Content-Type", "application/json")
			.header("Vendo-Timestamp", this.time)
			.header("Vendo-Signature", this.signatures[this.next])
			.POST(BodyPublishers.ofString(body(this.first + this.next)))
			.build();
		this.next++;
		HttpResponse<String> response = this.client.send(request, BodyHandlers.ofString());
		if (response.statusCode() != 200) {
			throw new IllegalStateException("Answered with %d %s".formatted(response.statusCode(), response.body()));
		}
		return response.body();
	}

}
