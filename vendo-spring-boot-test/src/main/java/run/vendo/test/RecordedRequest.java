package run.vendo.test;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import run.vendo.http.Redaction;

import org.springframework.http.HttpHeaders;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * A request that reached the platform. Keys, JWTs and cookies are masked, unless one asks
 * for them by {@link #unmaskedHeaders()} and {@link #unmaskedQuery()}.
 *
 * @since 0.1.0
 * @see VendoPlatform#requests()
 */
public final class RecordedRequest {

	private static final List<String> SECRET_HEADERS = List.of(HttpHeaders.AUTHORIZATION, KeyRing.USER_JWT_HEADER,
			HttpHeaders.COOKIE);

	private static final String BEARER = "Bearer ";

	private final long number;

	private final Instant at;

	private final Call call;

	RecordedRequest(long number, Instant at, Call call) {
		this.number = number;
		this.at = at;
		this.call = call;
	}

	/**
	 * Return the position of the request among all that reached the platform.
	 * @return the number, from 1
	 */
	public long number() {
		return this.number;
	}

	/**
	 * Return when the request arrived, by the platform's clock.
	 * @return the time
	 */
	public Instant at() {
		return this.at;
	}

	/**
	 * Return the method.
	 * @return the method, in capitals
	 */
	public String method() {
		return this.call.method();
	}

	/**
	 * Return the path.
	 * @return the path, percent-encoded as it came, without the query
	 */
	public String path() {
		return this.call.path();
	}

	/**
	 * Return the parameters of the query.
	 * @return decoded names and values; {@code app_key} is masked
	 */
	public MultiValueMap<String, String> query() {
		MultiValueMap<String, String> query = unmaskedQuery();
		query.computeIfPresent("app_key", (name, values) -> values.stream().map(Redaction::maskKey).toList());
		return query;
	}

	/**
	 * Return the parameters of the query as they came.
	 * @return decoded names and values, secrets among them
	 */
	public MultiValueMap<String, String> unmaskedQuery() {
		return new LinkedMultiValueMap<>(this.call.query());
	}

	/**
	 * Return the headers.
	 * @return the headers; {@code Authorization}, {@code X-Vendo-User-JWT} and
	 * {@code Cookie} are masked
	 */
	public HttpHeaders headers() {
		HttpHeaders headers = unmaskedHeaders();
		for (String name : SECRET_HEADERS) {
			List<String> values = headers.get(name);
			if (values != null) {
				headers.put(name, values.stream().map(RecordedRequest::masked).toList());
			}
		}
		return headers;
	}

	private static String masked(String value) {
		boolean bearer = value.regionMatches(true, 0, BEARER, 0, BEARER.length());
		return bearer ? BEARER + Redaction.maskKey(value.substring(BEARER.length())) : "***";
	}

	/**
	 * Return the headers as they came.
	 * @return the headers, secrets among them
	 */
	public HttpHeaders unmaskedHeaders() {
		HttpHeaders headers = new HttpHeaders();
		this.call.headers().forEach((name, values) -> headers.put(name, List.copyOf(values)));
		return headers;
	}

	/**
	 * Return the first value of a header.
	 * @param name the name of the header
	 * @return the value, masked where it is a secret; {@code null} without that header
	 */
	public @Nullable String header(String name) {
		return headers().getFirst(name);
	}

	/**
	 * Return the body as text.
	 * @return the body, read as UTF-8; empty without one
	 */
	public String body() {
		return new String(this.call.body(), StandardCharsets.UTF_8);
	}

	/**
	 * Return the body as JSON.
	 * @return the body
	 * @throws tools.jackson.core.JacksonException if it is not JSON
	 */
	public JsonNode json() {
		return Json.MAPPER.readTree(this.call.body());
	}

	@Override
	public String toString() {
		return this.number + ". " + this.call.method() + " " + this.call.path()
				+ (this.call.query().isEmpty() ? "" : " " + query());
	}

}
