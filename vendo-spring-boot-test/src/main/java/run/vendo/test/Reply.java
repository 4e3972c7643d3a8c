package run.vendo.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * An answer of the platform.
 *
 * @param status its status
 * @param headers its headers, without the length
 * @param body its body
 */
record Reply(int status, Map<String, String> headers, byte[] body) implements Outcome {

	static final String ERROR_CODE_HEADER = "Vendo-Error-Code";

	static Reply json(Object body) {
		return json(200, body);
	}

	static Reply json(int status, Object body) {
		return new Reply(status, Map.of(HttpHeaders.CONTENT_TYPE, "application/json"), Json.write(body));
	}

	static Reply html(int status, String body) {
		return new Reply(status, Map.of(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8"),
				body.getBytes(StandardCharsets.UTF_8));
	}

	static Reply empty(int status) {
		return new Reply(status, Map.of(), new byte[0]);
	}

	/**
	 * Return an error in the shape that a host gives its errors.
	 */
	static Reply error(Role role, Refusal refusal) {
		if (refusal.status() < 400) {
			return empty(refusal.status());
		}
		Reply reply = json(refusal.status(), switch (role) {
			case API -> apiError(refusal);
			case CREDENTIALS -> Json.object("error", codeOrMessage(refusal), "detail", refusal.message());
			case DATA_PROXY -> Json.object("error", codeOrMessage(refusal), "toolkit", refusal.slug());
		});
		if (refusal.code() != null && role != Role.DATA_PROXY) {
			reply = reply.with(ERROR_CODE_HEADER, refusal.code());
		}
		Duration retryAfter = refusal.retryAfter();
		return (retryAfter != null) ? reply.with(HttpHeaders.RETRY_AFTER, String.valueOf(seconds(retryAfter))) : reply;
	}

	private static Map<String, @Nullable Object> apiError(Refusal refusal) {
		Duration retryAfter = refusal.retryAfter();
		return Json.object("error",
				Json.object("code", refusal.code(), "message", refusal.message(), "slug", refusal.slug(), "retry_after",
						(retryAfter != null) ? seconds(retryAfter) : null, "connect_url", refusal.connectUrl(),
						"suggested_fix", refusal.suggestedFix()));
	}

	private static String codeOrMessage(Refusal refusal) {
		return Objects.requireNonNullElse(refusal.code(), refusal.message());
	}

	static long seconds(Duration duration) {
		return duration.plusNanos(999_999_999).getSeconds();
	}

	Reply with(String header, String value) {
		Map<String, String> headers = new LinkedHashMap<>(this.headers);
		headers.put(header, value);
		return new Reply(this.status, headers, this.body);
	}

	boolean isSuccess() {
		return this.status < 300;
	}

}
