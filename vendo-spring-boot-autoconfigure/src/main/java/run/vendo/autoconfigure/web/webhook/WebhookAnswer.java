package run.vendo.autoconfigure.web.webhook;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import run.vendo.http.VendoJson;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * What a request is answered with in place of the handler's answer. Has no stack trace:
 * it is made for every forged request.
 */
final class WebhookAnswer extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final HttpStatus status;

	private final Outcome outcome;

	private final String reason;

	private final HttpHeaders headers = new HttpHeaders();

	WebhookAnswer(HttpStatus status, Outcome outcome, String reason, @Nullable String detail) {
		super(detail, null, false, false);
		this.status = status;
		this.outcome = outcome;
		this.reason = reason;
	}

	WebhookAnswer header(String name, String value) {
		this.headers.set(name, value);
		return this;
	}

	HttpStatus status() {
		return this.status;
	}

	Outcome outcome() {
		return this.outcome;
	}

	String reason() {
		return this.reason;
	}

	HttpHeaders headers() {
		return this.headers;
	}

	/**
	 * Return the body, a problem detail as in RFC 9457.
	 * @return the body, empty for a success
	 */
	byte[] body() {
		if (!this.status.isError()) {
			return new byte[0];
		}
		ObjectNode problem = VendoJson.MAPPER.createObjectNode()
			.put("type", "about:blank")
			.put("title", this.status.getReasonPhrase())
			.put("status", this.status.value());
		if (getMessage() != null) {
			problem.put("detail", getMessage());
		}
		return problem.put("reason", this.reason).toString().getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * What became of a delivery.
	 */
	enum Outcome {

		HANDLED, FAILED, DUPLICATE, IN_PROGRESS, REJECTED

	}

}
