package run.vendo.autoconfigure.web.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that no HTTP client writes, byte by byte.
 */
class WebhookRawRequestTests {

	private static final Map<Stack, WebhookServer> SERVERS = new EnumMap<>(Stack.class);

	private static final String END = "\r\n\r\n";

	@BeforeAll
	static void start() {
		SERVERS.put(Stack.SERVLET, WebhookServer.start(Stack.SERVLET, List.of(), SharedHandlers.Annotated.class));
		SERVERS.put(Stack.REACTIVE, WebhookServer.start(Stack.REACTIVE, List.of(), SharedHandlers.Annotated.class));
	}

	@AfterAll
	static void stop() {
		SERVERS.values().forEach(WebhookServer::close);
	}

	@BeforeEach
	void clear() {
		SERVERS.values().forEach((server) -> server.calls().clear());
	}

	static Stream<Arguments> forged() {
		List<Arguments> rows = new ArrayList<>();
		for (Stack stack : Stack.values()) {
			for (Forgery forgery : Forgery.values()) {
				rows.add(Arguments.of(stack, forgery));
			}
		}
		return rows.stream();
	}

	@ParameterizedTest
	@MethodSource("forged")
	void whatIsNotSignedAsItShouldBeIsRefused(Stack stack, Forgery forgery) {
		WebhookServer server = SERVERS.get(stack);
		String body = WebhookServer.event();
		String timestamp = String.valueOf(server.clock().instant().getEpochSecond());
		String signature = WebhookServer.sign(WebhookServer.SECRET, timestamp, bytes(body));
		String answer = send(server, bytes(forgery.request(timestamp, signature, body)),
				forgery == Forgery.BODY_CUT_SHORT || forgery == Forgery.LAST_CHUNK_MISSING);
		assertThat(server.calls().all()).isEmpty();
		// A server may also close the connection on what is no HTTP.
		assertThat(answer).matches("(?s)(HTTP/1\\.[01] (400|411|501) .*)?");
	}

	@ParameterizedTest
	@EnumSource
	void whatIsSignedAsItShouldBeIsTakenHoweverItIsWritten(Stack stack) {
		WebhookServer server = SERVERS.get(stack);
		List<String> bodies = new ArrayList<>();
		for (int way = 0; way < 6; way++) {
			String body = WebhookServer.event();
			bodies.add(body);
			String timestamp = String.valueOf(server.clock().instant().getEpochSecond());
			String signature = WebhookServer.sign(WebhookServer.SECRET, timestamp, bytes(body));
			String request = switch (way) {
				case 0 -> head("VENDO-TIMESTAMP:" + timestamp, "vendo-signature:\t " + signature + " \t") + length(body)
						+ END + body;
				// What comes behind the body is no part of it.
				case 1 -> head(signed(timestamp, signature)) + length(body) + END + body + "{}";
				case 2 ->
					head(signed(timestamp, signature)) + "\r\nTransfer-Encoding: chunked" + END + chunks("1;a=b", body);
				// Nor is what comes as a trailer.
				case 3 -> head(signed(timestamp, signature)) + "\r\nTransfer-Encoding: chunked" + END
						+ chunks("1", body).replaceFirst("0\r\n\r\n$", "0\r\nVendo-Signature: x\r\nX-Other: y\r\n\r\n");
				case 4 -> head(signed(timestamp, signature)) + "\r\nExpect: 100-continue" + length(body) + END + body;
				default -> head(signed(timestamp, signature)).replace("POST /", "POST http://localhost/") + length(body)
						+ END + body;
			};
			assertThat(send(server, bytes(request))).as(request).contains("HTTP/1.1 200");
			assertThat(server.calls().all()).containsExactlyElementsOf(bodies);
		}
	}

	/**
	 * What a proxy and the server behind it might not agree on.
	 */
	@ParameterizedTest
	@EnumSource
	void whenTheLengthIsGivenTwiceThenTheHandlerGetsWhatWasSignedOrNothing(Stack stack) {
		WebhookServer server = SERVERS.get(stack);
		for (int way = 0; way < 5; way++) {
			server.calls().clear();
			String body = WebhookServer.event();
			String timestamp = String.valueOf(server.clock().instant().getEpochSecond());
			String head = head(signed(timestamp, WebhookServer.sign(WebhookServer.SECRET, timestamp, bytes(body))));
			String request = switch (way) {
				case 0 -> head + length(body) + length(body) + END + body;
				case 1 -> head + length(body) + length(body + "{}") + END + body + "{}";
				case 2 -> head + length(body) + "\r\nTransfer-Encoding: chunked" + END + chunks("1", body + "{}");
				case 3 ->
					head + length(body + "{}") + "\r\nTransfer-Encoding: chunked" + END + chunks("1", body) + "{}";
				default -> head + "\r\nTransfer-Encoding: x" + length(body) + END + body;
			};
			send(server, bytes(request));
			assertThat(server.calls().all()).isSubsetOf(body).hasSizeLessThan(2);
		}
	}

	static Stream<Arguments> charsets() {
		List<Arguments> rows = new ArrayList<>();
		for (Stack stack : Stack.values()) {
			// JSON is Unicode, and says itself in which of its forms it is.
			for (String charset : List.of("UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32")) {
				rows.add(Arguments.of(stack, charset, true));
			}
			for (String charset : List.of("ISO-8859-1", "windows-1252", "Shift_JIS", "IBM037")) {
				rows.add(Arguments.of(stack, charset, false));
			}
		}
		return rows.stream();
	}

	@ParameterizedTest
	@MethodSource("charsets")
	void whateverTheCharsetTheBytesThatCameAreThoseThatCount(Stack stack, String charset, boolean json) {
		WebhookServer server = SERVERS.get(stack);
		byte[] body = WebhookServer.event().replace("cn_1", "Zürich 東京").getBytes(Charset.forName(charset));
		for (String type : List.of("application/json;charset=" + charset, "application/json;charset=ISO-8859-1",
				"text/plain;charset=" + charset, "application/json")) {
			server.calls().clear();
			byte[] other = (new String(body, StandardCharsets.ISO_8859_1) + " ").getBytes(StandardCharsets.ISO_8859_1);
			assertThat(server
				.send(server.signed("/shared/bytes", other)
					.setHeader("Content-Type", type)
					.POST(HttpRequest.BodyPublishers.ofByteArray(body))
					.build())
				.body()).contains("mismatch");
			HttpResponse<String> answer = server
				.send(server.signed("/shared/bytes", body).setHeader("Content-Type", type).build());
			if (json) {
				assertThat(answer.statusCode()).isEqualTo(200);
				// The same delivery comes again and again, and is handled once.
				assertThat(server.calls().all().size()).isLessThanOrEqualTo(1);
			}
			else {
				assertThat(answer.statusCode()).isEqualTo(400);
				assertThat(answer.body()).contains("bad-json");
				assertThat(server.calls().all()).isEmpty();
			}
		}
	}

	private static String head(String... headers) {
		return "POST /shared/bytes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
				+ String.join("\r\n", headers);
	}

	private static String[] signed(String timestamp, String signature) {
		return new String[] { "Vendo-Timestamp: " + timestamp, "Vendo-Signature: " + signature };
	}

	private static String length(String body) {
		return "\r\nContent-Length: " + body.length();
	}

	private static String chunks(String first, String body) {
		return first + "\r\n" + body.charAt(0) + "\r\n" + Integer.toHexString(body.length() - 1) + "\r\n"
				+ body.substring(1) + "\r\n0\r\n\r\n";
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static String send(WebhookServer server, byte[] request) {
		return send(server, request, false);
	}

	private static String send(WebhookServer server, byte[] request, boolean end) {
		ByteArrayOutputStream answer = new ByteArrayOutputStream();
		try (Socket socket = new Socket("127.0.0.1", server.uri("/").getPort())) {
			socket.setSoTimeout(30_000);
			socket.getOutputStream().write(request);
			if (end) {
				socket.shutdownOutput();
			}
			socket.getInputStream().transferTo(answer);
		}
		catch (SocketException ex) {
			// A server that has seen enough does not read the rest.
			assertThat(ex).hasMessageContaining("reset");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return answer.toString(StandardCharsets.ISO_8859_1);
	}

	/**
	 * What is not signed as it should be.
	 */
	enum Forgery {

		SIGNED_IN_A_TRAILER {
			@Override
			String request(String timestamp, String signature, String body) {
				return head("Vendo-Timestamp: " + timestamp, "Trailer: Vendo-Signature", "Transfer-Encoding: chunked")
						+ END + chunks("1", body).replaceFirst("0\r\n\r\n$",
								"0\r\nVendo-Signature: " + signature + "\r\n\r\n");
			}
		},

		TWO_SIGNATURES {
			@Override
			String request(String timestamp, String signature, String body) {
				return head("Vendo-Timestamp: " + timestamp, "Vendo-Signature: " + signature,
						"vendo-signature: " + signature) + length(body) + END + body;
			}
		},

		A_GUESS_BEFORE_THE_SIGNATURE {
			@Override
			String request(String timestamp, String signature, String body) {
				return head("Vendo-Timestamp: " + timestamp, "Vendo-Signature: " + "0".repeat(64),
						"VENDO-SIGNATURE: " + signature) + length(body) + END + body;
			}
		},

		A_LIST_OF_SIGNATURES {
			@Override
			String request(String timestamp, String signature, String body) {
				return head("Vendo-Timestamp: " + timestamp, "Vendo-Signature: " + signature + ", " + signature)
						+ length(body) + END + body;
			}
		},

		TWO_TIMESTAMPS {
			@Override
			String request(String timestamp, String signature, String body) {
				return head("Vendo-Timestamp: " + timestamp, "Vendo-Timestamp: 1", "Vendo-Signature: " + signature)
						+ length(body) + END + body;
			}
		},

		FOLDED_SIGNATURE {
			@Override
			String request(String timestamp, String signature, String body) {
				return head("Vendo-Timestamp: " + timestamp,
						"Vendo-Signature: " + signature.substring(0, 32) + "\r\n " + signature.substring(32))
						+ length(body) + END + body;
			}
		},

		HEADER_NAME_WITH_A_SPACE {
			@Override
			String request(String timestamp, String signature, String body) {
				return head("Vendo-Timestamp: " + timestamp, "Vendo-Signature : " + signature) + length(body) + END
						+ body;
			}
		},

		SIGNATURE_WITH_A_NUL {
			@Override
			String request(String timestamp, String signature, String body) {
				return head("Vendo-Timestamp: " + timestamp, "Vendo-Signature: " + signature + "\0") + length(body)
						+ END + body;
			}
		},

		BODY_CUT_SHORT {
			@Override
			String request(String timestamp, String signature, String body) {
				return head(signed(timestamp, signature)) + length(body + "{}") + END + body;
			}
		},

		LAST_CHUNK_MISSING {
			@Override
			String request(String timestamp, String signature, String body) {
				return head(signed(timestamp, signature)) + "\r\nTransfer-Encoding: chunked" + END
						+ chunks("1", body).replaceFirst("0\r\n\r\n$", "");
			}
		},

		NO_LENGTH {
			@Override
			String request(String timestamp, String signature, String body) {
				return head(signed(timestamp, signature)).replace("HTTP/1.1", "HTTP/1.0") + END + body;
			}
		},

		NEGATIVE_LENGTH {
			@Override
			String request(String timestamp, String signature, String body) {
				return head(signed(timestamp, signature)) + "\r\nContent-Length: -1" + END + body;
			}
		};

		abstract String request(String timestamp, String signature, String body);

	}

}
