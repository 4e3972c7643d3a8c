package run.vendo.autoconfigure.web.webhook;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No unverified request reaches any handler, and every verified one does: handler by body
 * by validity, over a real server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractWebhookMatrixTests {

	private static final List<String> SHARED = List.of("/shared/nothing", "/shared/event", "/shared/typed-event",
			"/shared/bytes", "/shared/optional-bytes", "/shared/text", "/shared/record", "/shared/json", "/shared/map",
			"/shared/entity", "/shared/headers", "/shared/parameter", "/shared/tenants/acme/hook", "/shared/future",
			"/shared/any-method", "/shared/type");

	private final WebhookServer server;

	private final List<String> paths;

	private final List<String> raw;

	private final List<String> forms;

	/**
	 * Create the tests.
	 * @param server the application
	 * @param ownPaths handlers that only this stack can call
	 * @param raw those of them that read a body of any type
	 * @param forms handlers that can read a form as it is
	 */
	AbstractWebhookMatrixTests(WebhookServer server, List<String> ownPaths, List<String> raw, List<String> forms) {
		this.server = server;
		this.paths = Stream.concat(SHARED.stream(), ownPaths.stream()).toList();
		this.raw = Stream.concat(Stream.of("/shared/bytes", "/shared/optional-bytes", "/shared/entity"), raw.stream())
			.toList();
		this.forms = forms;
	}

	@BeforeEach
	void clear() {
		this.server.calls().clear();
	}

	@AfterAll
	void close() {
		this.server.close();
	}

	@ParameterizedTest(name = "{0} {1} {2}")
	@MethodSource("rows")
	void onlyVerifiedRequestsReachTheHandler(String path, Body body, Validity validity) {
		byte[] bytes = body.bytes(WebhookServer.newId());
		HttpResponse<String> response = this.server.send(validity.request(this.server, path, bytes, body.type));
		if (validity == Validity.VALID) {
			assertThat(response.statusCode()).isBetween(200, 204);
			assertThat(this.server.calls().all()).hasSize(1);
			return;
		}
		assertThat(this.server.calls().all()).isEmpty();
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(response.body()).contains("\"reason\":\"" + validity.reason + "\"");
	}

	Stream<Arguments> rows() {
		List<Arguments> rows = new ArrayList<>();
		for (String path : this.paths) {
			for (Body body : Body.values()) {
				for (Validity validity : Validity.values()) {
					if (validity != Validity.VALID || isRead(path, body)) {
						rows.add(Arguments.of(path, body, validity));
					}
				}
			}
		}
		assertThat(rows).hasSizeGreaterThan(200);
		return rows.stream();
	}

	@ParameterizedTest
	@MethodSource("paths")
	void whenTheHandlerHasAnsweredThenTheSameDeliveryDoesNotRunAgain(String path) {
		String event = WebhookServer.event();
		assertThat(this.server.deliver(path, event).statusCode()).isBetween(200, 204);
		HttpResponse<String> again = this.server.deliver(path, event);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEmpty();
		assertThat(this.server.calls().all()).hasSize(1);
	}

	@ParameterizedTest
	@MethodSource("rawRows")
	void whenTheHandlerReadsTheBodyThenItGetsTheBytesThatWereSigned(String path, Body body) {
		byte[] bytes = body.bytes(WebhookServer.newId());
		HttpResponse<String> response = this.server.send(Validity.VALID.request(this.server, path, bytes, body.type));
		assertThat(response.statusCode()).isBetween(200, 204);
		assertThat(this.server.calls().all()).containsExactly(new String(bytes, StandardCharsets.UTF_8));
	}

	Stream<Arguments> rawRows() {
		return this.raw.stream()
			.flatMap((path) -> Stream.of(Body.values())
				.filter((body) -> isRead(path, body))
				.map((body) -> Arguments.of(path, body)));
	}

	private boolean isRead(String path, Body body) {
		return body.json || ((body == Body.FORM) ? this.forms : this.raw).contains(path);
	}

	@ParameterizedTest
	@MethodSource("paths")
	void whenTheBodyIsSignedButNoJsonObjectThenTheHandlerIsNotCalled(String path) {
		for (String body : List.of("", "[]", "name=%20*+", "{", "null")) {
			HttpResponse<String> response = this.server.deliver(path, body);
			assertThat(response.statusCode()).isEqualTo(400);
			assertThat(response.body()).contains("\"reason\":\"bad-json\"");
		}
		assertThat(this.server.calls().all()).isEmpty();
	}

	@Test
	void whenTheRequestIsForwardedPastTheVerificationThenTheHandlerIsNotCalled() {
		HttpResponse<String> response = this.server.deliver("/stack/forward", WebhookServer.event());
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.body()).contains("not-verified");
		assertThat(this.server.calls().all()).isEmpty();
	}

	List<String> paths() {
		return this.paths;
	}

	@Test
	void whenTheBodyIsChunkedThenItIsVerifiedAsAWhole() {
		byte[] body = WebhookServer.event().getBytes(StandardCharsets.UTF_8);
		HttpRequest request = this.server.signed("/shared/bytes", body)
			.POST(HttpRequest.BodyPublishers.ofByteArrays(List.of(new byte[] { body[0] },
					Arrays.copyOfRange(body, 1, 40), Arrays.copyOfRange(body, 40, body.length))))
			.build();
		assertThat(this.server.send(request).statusCode()).isEqualTo(200);
		assertThat(this.server.calls().all()).containsExactly(new String(body, StandardCharsets.UTF_8));
	}

	@Test
	void whenAnotherHandlerHasThePathThenItIsLeftAlone() {
		HttpResponse<String> response = this.server
			.send(HttpRequest.newBuilder(this.server.uri("/shared/bytes")).build());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("plain");
	}

	@Test
	void whenAHandlerIsNotAnnotatedThenItIsLeftAlone() {
		HttpResponse<String> response = this.server.send(HttpRequest.newBuilder(this.server.uri("/shared/plain"))
			.POST(HttpRequest.BodyPublishers.ofString("anything"))
			.build());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("anything");
	}

	@ParameterizedTest
	@MethodSource("otherMethods")
	void whenTheHandlerTakesAnyMethodThenEachIsVerified(String method) {
		HttpResponse<String> response = this.server.send(HttpRequest.newBuilder(this.server.uri("/shared/any-method"))
			.method(method, HttpRequest.BodyPublishers.noBody())
			.build());
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(this.server.calls().all()).isEmpty();
	}

	Stream<String> otherMethods() {
		return Stream.of("GET", "HEAD", "PUT", "PATCH", "DELETE", "POST");
	}

	@Test
	void whenOptionsAreAskedForThenTheHandlerIsNotCalled() {
		HttpResponse<String> response = this.server.send(HttpRequest.newBuilder(this.server.uri("/shared/any-method"))
			.method("OPTIONS", HttpRequest.BodyPublishers.noBody())
			.build());
		assertThat(response.headers().firstValue("Allow")).isPresent();
		assertThat(this.server.calls().all()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("disguises")
	void whenThePathIsWrittenInAnotherWayThenNothingSlipsThrough(String path) {
		HttpResponse<String> response = this.server.send(HttpRequest.newBuilder(this.server.uri(path))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(WebhookServer.event()))
			.build());
		assertThat(response.statusCode()).isBetween(400, 499);
		assertThat(this.server.calls().all()).isEmpty();
	}

	Stream<String> disguises() {
		return Stream.of("/shared/nothing;a=b", "/shared;x/nothing", "/shared/%6eothing", "//shared/nothing",
				"/shared//nothing", "/shared/./nothing", "/shared/x/../nothing", "/shared/nothing/",
				"/shared/nothing?a=b", "/shared/tenants/%2e%2e/hook", "/shared/tenants/a%2Fb/hook",
				"/shared/tenants/a;b=c/hook;d");
	}

	/**
	 * Bodies in all kinds of content.
	 */
	enum Body {

		JSON("application/json", true), NOT_ASCII("application/json;charset=UTF-8", true),
		CARRIAGE_RETURNS("application/json", true), FORM("application/x-www-form-urlencoded", false),
		TEXT("text/plain;charset=ISO-8859-1", false), UNKNOWN("application/x-unknown", false),
		MULTIPART("multipart/form-data;boundary=x", false);

		final String type;

		final boolean json;

		Body(String type, boolean json) {
			this.type = type;
			this.json = json;
		}

		byte[] bytes(String id) {
			String event = WebhookServer.event(id);
			Charset charset = StandardCharsets.UTF_8;
			return switch (this) {
				case NOT_ASCII -> event.replace("cn_1", "Zürich ✓ 東京 \uD83D\uDE00").getBytes(charset);
				case CARRIAGE_RETURNS -> event.replace(",", ",\r\n\t").concat("\r\n").getBytes(charset);
				case FORM -> event.replace("cn_1", "a*b+c%20d&e=f%zz~").getBytes(charset);
				default -> event.getBytes(charset);
			};
		}

	}

	/**
	 * Ways to be valid, or not.
	 */
	enum Validity {

		VALID(""), NO_SIGNATURE("missing-signature"), NO_TIMESTAMP("missing-timestamp"), FOREIGN_SECRET("mismatch"),
		OTHER_BODY("mismatch"), OTHER_TIMESTAMP("mismatch"), CAPITALS("malformed-signature"),
		PREFIXED("malformed-signature"), EMPTY_SIGNATURE("missing-signature"), TWO_SIGNATURES("malformed-signature"),
		TWO_TIMESTAMPS("bad-timestamp"), STALE("stale"), FUTURE("future"), NO_TIME("bad-timestamp");

		final String reason;

		Validity(String reason) {
			this.reason = reason;
		}

		HttpRequest request(WebhookServer server, String path, byte[] body, String type) {
			long now = server.clock().instant().getEpochSecond();
			String timestamp = String.valueOf(switch (this) {
				case STALE -> now - Duration.ofMinutes(5).toSeconds() - 1;
				case FUTURE -> now + Duration.ofMinutes(5).toSeconds() + 1;
				default -> now;
			});
			String secret = (this == FOREIGN_SECRET) ? "whsec_other" : WebhookServer.SECRET;
			byte[] signed = (this == OTHER_BODY)
					? (new String(body, StandardCharsets.ISO_8859_1) + " ").getBytes(StandardCharsets.ISO_8859_1)
					: body;
			String signature = WebhookServer.sign(secret, timestamp, signed);
			HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path))
				.header("Content-Type", type)
				.POST(HttpRequest.BodyPublishers.ofByteArray(body));
			switch (this) {
				case NO_SIGNATURE -> request.header("Vendo-Timestamp", timestamp);
				case NO_TIMESTAMP -> request.header("Vendo-Signature", signature);
				case OTHER_TIMESTAMP ->
					request.header("Vendo-Signature", signature).header("Vendo-Timestamp", String.valueOf(now - 1));
				case NO_TIME -> request.header("Vendo-Signature", signature).header("Vendo-Timestamp", "yesterday");
				default -> request.header("Vendo-Timestamp", timestamp).header("Vendo-Signature", switch (this) {
					case CAPITALS -> signature.toUpperCase(Locale.ROOT);
					case PREFIXED -> "sha256=" + signature;
					case EMPTY_SIGNATURE -> "";
					default -> signature;
				});
			}
			if (this == TWO_SIGNATURES) {
				request.header("Vendo-Signature", signature);
			}
			if (this == TWO_TIMESTAMPS) {
				request.header("Vendo-Timestamp", timestamp);
			}
			return request.build();
		}

	}

}
