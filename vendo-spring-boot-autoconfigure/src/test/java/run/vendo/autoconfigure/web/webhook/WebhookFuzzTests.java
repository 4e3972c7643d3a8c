package run.vendo.autoconfigure.web.webhook;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Valid deliveries with something changed at random. The seed is fixed, so that a failure
 * comes again.
 */
class WebhookFuzzTests {

	private static final int MUTATIONS = 10_000;

	private static final String PRINTABLE = "abcdef0123456789ABCDEFGHxyz.,;:-_+=/ \t\"'{}[]()<>@!#%&*~|\\";

	private static final List<String> CODINGS = List.of("gzip", "x-gzip", "deflate", "br", "zstd", "identity, gzip",
			"GZIP ", "compress", ",");

	@ParameterizedTest
	@EnumSource
	void whenAnythingThatIsSignedChangesThenNothingIsAcceptedAndNothingBreaks(Stack stack) {
		Random random = new Random(20260520);
		// All are answered by the threads of their connections, which may so be kept.
		try (WebhookServer server = WebhookServer.start(stack, List.of("server.netty.max-keep-alive-requests=-1"),
				SharedHandlers.Annotated.class)) {
			List<String> wrong = new ArrayList<>();
			List<CompletableFuture<Void>> answers = new ArrayList<>();
			Semaphore inFlight = new Semaphore(32);
			for (int i = 0; i < MUTATIONS; i++) {
				Mutation mutation = Mutation.of(server, random);
				inFlight.acquireUninterruptibly();
				answers.add(server.client()
					.sendAsync(mutation.request(server), HttpResponse.BodyHandlers.ofString())
					.handle((response, failure) -> {
						inFlight.release();
						if (failure != null || response.statusCode() < 400 || response.statusCode() > 499) {
							synchronized (wrong) {
								wrong.add(mutation + " -> " + ((failure != null) ? failure : response.statusCode()));
							}
						}
						return null;
					}));
			}
			CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new)).join();
			assertThat(wrong).isEmpty();
			assertThat(server.calls().all()).isEmpty();
			// The same delivery without a change, so that not just everything is refused.
			assertThat(server.deliver("/shared/bytes", WebhookServer.event()).statusCode()).isEqualTo(200);
		}
	}

	/**
	 * A delivery that is not what was signed.
	 *
	 * @param path where it goes
	 * @param body its body
	 * @param timestamps its timestamp headers
	 * @param signatures its signature headers
	 * @param type its content type
	 * @param coding its content coding
	 */
	private record Mutation(String path, byte[] body, List<String> timestamps, List<String> signatures, String type,
			String coding) {

		static Mutation of(WebhookServer server, Random random) {
			byte[] original = WebhookServer.event().getBytes(StandardCharsets.UTF_8);
			byte[] body = original;
			String timestamp = String.valueOf(server.clock().instant().getEpochSecond());
			String signature = WebhookServer.sign(WebhookServer.SECRET, timestamp, body);
			String path = pick(random, List.of("/shared/bytes", "/shared/nothing", "/shared/event", "/shared/json",
					"/shared/parameter?name=" + random.nextInt()));
			String type = pick(random,
					List.of("application/json", "application/x-www-form-urlencoded", "text/plain",
							"multipart/form-data; boundary=x", "application/json;charset=UTF-16", "x",
							"application/x;charset=y"));
			List<String> timestamps = new ArrayList<>(List.of(timestamp));
			List<String> signatures = new ArrayList<>(List.of(signature));
			String coding = "";
			switch (random.nextInt(8)) {
				case 0 -> body = mutate(body, random);
				case 1 -> {
					// Two changes can undo each other.
					do {
						body = mutate(mutate(original, random), random);
					}
					while (Arrays.equals(body, original));
				}
				case 2 -> signatures.set(0, mutate(signature, random));
				case 3 -> timestamps.set(0, mutate(timestamp, random));
				case 4 -> signatures.add(random.nextInt(signatures.size() + 1),
						random.nextBoolean() ? signature : mutate(signature, random));
				case 5 -> timestamps.add(random.nextBoolean() ? timestamp : mutate(timestamp, random));
				case 6 -> (random.nextBoolean() ? signatures : timestamps).clear();
				default -> {
					coding = pick(random, CODINGS);
					body = random.nextBoolean() ? mutate(body, random) : body;
				}
			}
			return new Mutation(path, body, timestamps, signatures, type, coding);
		}

		HttpRequest request(WebhookServer server) {
			HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(this.path))
				.header("Content-Type", this.type);
			this.timestamps.forEach((timestamp) -> request.header("Vendo-Timestamp", timestamp));
			this.signatures.forEach((signature) -> request.header("Vendo-Signature", signature));
			if (!this.coding.isEmpty()) {
				request.header("Content-Encoding", this.coding);
			}
			return request.POST(HttpRequest.BodyPublishers.ofByteArray(this.body)).build();
		}

		private static byte[] mutate(byte[] body, Random random) {
			int at = random.nextInt(Math.max(1, body.length));
			return switch ((body.length > 0) ? random.nextInt(5) : 2) {
				case 0 -> {
					byte[] changed = body.clone();
					changed[at] ^= (byte) (1 << random.nextInt(8));
					yield changed;
				}
				case 1 -> Arrays.copyOf(body, at);
				case 2 -> Arrays.copyOf(body, body.length + 1 + random.nextInt(64));
				case 3 -> Arrays.copyOfRange(body, at + 1, body.length);
				default -> {
					byte[] noise = new byte[random.nextInt(4096)];
					random.nextBytes(noise);
					yield noise;
				}
			};
		}

		// Never one that means the same: white space around a timestamp is no change.
		private static String mutate(String header, Random random) {
			String changed = header;
			while (changed.strip().equals(header)) {
				int at = random.nextInt(header.length());
				char character = PRINTABLE.charAt(random.nextInt(PRINTABLE.length()));
				changed = switch (random.nextInt(6)) {
					case 0 -> header.substring(0, at) + character + header.substring(at + 1);
					case 1 -> header.substring(0, at) + character + header.substring(at);
					case 2 -> header.substring(0, at) + header.substring(at + 1);
					case 3 -> header.toUpperCase(Locale.ROOT);
					case 4 -> header.repeat(1 + random.nextInt(50));
					default -> String.valueOf(random.nextLong());
				};
			}
			return changed;
		}

		private static String pick(Random random, List<String> choice) {
			return choice.get(random.nextInt(choice.size()));
		}

		@Override
		public String toString() {
			return "%s %s %s %s %s %d bytes".formatted(this.path, this.type, this.coding, this.timestamps,
					this.signatures, this.body.length);
		}

	}

}
