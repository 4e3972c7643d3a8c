package run.vendo.test;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ErrorCode;
import run.vendo.http.VendoJson;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * An HTTP answer that comes from memory.
 *
 * @param status the status
 * @param headers the headers
 * @param body the body
 */
record MockAnswer(int status, HttpHeaders headers, byte[] body) {

	static MockAnswer json(int status, @Nullable Object body) {
		HttpHeaders headers = new HttpHeaders();
		headers.setContentType(MediaType.APPLICATION_JSON);
		byte[] bytes = (body instanceof String text) ? text.getBytes(StandardCharsets.UTF_8)
				: VendoJson.MAPPER.writeValueAsBytes(body);
		return new MockAnswer(status, headers, bytes);
	}

	static MockAnswer ok(Object body) {
		return json(200, body);
	}

	static MockAnswer error(int status, ErrorCode code, String message, @Nullable String slug) {
		Map<String, Object> error = new LinkedHashMap<>();
		error.put("code", code.value());
		error.put("message", message);
		if (slug != null) {
			error.put("slug", slug);
		}
		MockAnswer answer = json(status, Map.of("error", error));
		answer.headers.set("Vendo-Error-Code", code.value());
		return answer;
	}

}
