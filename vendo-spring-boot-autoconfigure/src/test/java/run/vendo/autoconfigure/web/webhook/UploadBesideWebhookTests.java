package run.vendo.autoconfigure.web.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.autoconfigure.web.webhook.WebhookServer.Calls;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What other handlers take at the path of a webhook is theirs: however large it is, it is
 * neither read nor parsed on the way to them.
 */
class UploadBesideWebhookTests {

	private static final int LARGE = (int) DataSize.ofMegabytes(3).toBytes();

	private static final String BOUNDARY = "------------------------boundary";

	@ParameterizedTest
	@EnumSource
	void anUploadGetsToItsHandlerAsItIs(Stack stack) {
		try (WebhookServer server = start(stack)) {
			for (String path : List.of("/mixed", "/hooks/file")) {
				for (int size : new int[] { 0, 10, LARGE }) {
					HttpResponse<String> answer = server.send(HttpRequest.newBuilder(server.uri(path))
						.header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
						.POST(HttpRequest.BodyPublishers.ofByteArray(upload(size)))
						.build());
					assertThat(answer.statusCode()).as(path).isEqualTo(200);
					assertThat(answer.body()).as(path).isEqualTo("file of " + size);
				}
			}
			assertThat(server.calls().all()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void aLargeBodyOfAnyKindGetsToItsHandlerAsItIs(Stack stack) {
		try (WebhookServer server = start(stack)) {
			HttpResponse<String> answer = server.send(HttpRequest.newBuilder(server.uri("/mixed"))
				.header("Content-Type", "application/octet-stream")
				.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[LARGE]))
				.build());
			assertThat(answer.body()).isEqualTo("stream of " + LARGE);
		}
	}

	@ParameterizedTest
	@EnumSource
	void theWebhookIsFoundByTheQueryAndByNothingInABodyThatNobodyHasVerified(Stack stack) {
		try (WebhookServer server = start(stack)) {
			String event = WebhookServer.event();
			assertThat(server.deliver("/mixed?source=vendo", event).statusCode()).isEqualTo(200);
			assertThat(server.calls().all()).containsExactly(event);
			HttpResponse<String> forged = server.send(HttpRequest.newBuilder(server.uri("/mixed?source=vendo"))
				.POST(HttpRequest.BodyPublishers.ofString(event))
				.build());
			assertThat(forged.body()).contains("missing-signature");
			HttpResponse<String> inTheBody = server.send(server.signed("/mixed", "source=vendo")
				.setHeader("Content-Type", "application/x-www-form-urlencoded")
				.build());
			assertThat(inTheBody.statusCode()).isBetween(400, 499);
			assertThat(server.calls().all()).hasSize(1);
		}
	}

	private static WebhookServer start(Stack stack) {
		return WebhookServer.start(stack,
				List.of("spring.servlet.multipart.max-file-size=-1", "spring.servlet.multipart.max-request-size=-1"),
				Hooks.class, (stack == Stack.SERVLET) ? ServletUploads.class : ReactiveUploads.class);
	}

	private static byte[] upload(int size) {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		try {
			body.write(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nfile\r\n--"
					+ BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n"
					+ "Content-Type: application/octet-stream\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
			body.write(new byte[size]);
			body.write(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return body.toByteArray();
	}

	@RestController
	static class Hooks {

		private final Calls calls;

		Hooks(Calls calls) {
			this.calls = calls;
		}

		@VendoWebhookMapping(path = "/mixed", params = "source=vendo")
		void mixed(@RequestBody byte[] body) {
			this.calls.add(body);
		}

		@VendoWebhookMapping("/hooks/{id}")
		void hooks() {
			this.calls.add("hooks");
		}

	}

	@RestController
	static class ServletUploads {

		@PostMapping(path = "/mixed", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
		String mixed(@RequestPart MultipartFile file, @RequestParam String name) {
			return name + " of " + file.getSize();
		}

		@PostMapping("/hooks/file")
		String hooks(@RequestPart MultipartFile file, @RequestParam String name) {
			return mixed(file, name);
		}

		@PostMapping(path = "/mixed", consumes = MediaType.APPLICATION_OCTET_STREAM_VALUE)
		String stream(InputStream body) throws IOException {
			return "stream of " + body.readAllBytes().length;
		}

	}

	@RestController
	@RequestMapping
	static class ReactiveUploads {

		@PostMapping(path = "/mixed", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
		Mono<String> mixed(@RequestPart FilePart file, @RequestPart String name) {
			return size(file.content()).map((size) -> name + " of " + size);
		}

		@PostMapping("/hooks/file")
		Mono<String> hooks(@RequestPart FilePart file, @RequestPart String name) {
			return mixed(file, name);
		}

		@PostMapping(path = "/mixed", consumes = MediaType.APPLICATION_OCTET_STREAM_VALUE)
		Mono<String> stream(@RequestBody Flux<DataBuffer> body) {
			return size(body).map((size) -> "stream of " + size);
		}

		private static Mono<Integer> size(Flux<DataBuffer> content) {
			return content.reduce(0, (size, buffer) -> {
				int more = buffer.readableByteCount();
				DataBufferUtils.release(buffer);
				return size + more;
			});
		}

	}

}
