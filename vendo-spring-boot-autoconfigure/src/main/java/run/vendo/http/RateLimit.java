package run.vendo.http;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * What a host last said about its limit, from {@code RateLimit-*} or
 * {@code X-RateLimit-*} headers.
 *
 * @param limit how many calls the window allows, or {@code null} when not said
 * @param remaining how many of them are left, or {@code null} when not said
 * @param reset the {@code reset} header as sent: seconds to wait, or the time at which
 * the window ends in seconds since 1970; {@code null} when not said
 * @param seenAt when the answer came
 * @since 0.1.0
 */
public record RateLimit(@Nullable Long limit, @Nullable Long remaining, @Nullable Long reset, Instant seenAt) {

	static @Nullable RateLimit from(HttpHeaders headers, Instant now) {
		Long limit = read(headers, "RateLimit-Limit");
		Long remaining = read(headers, "RateLimit-Remaining");
		if (limit == null && remaining == null) {
			return null;
		}
		return new RateLimit(limit, remaining, read(headers, "RateLimit-Reset"), now);
	}

	private static @Nullable Long read(HttpHeaders headers, String name) {
		String value = headers.getFirst(name);
		value = (value != null) ? value : headers.getFirst("X-" + name);
		if (value == null) {
			return null;
		}
		// "60, 60;w=60" says the limit first and its windows after.
		int end = 0;
		while (end < value.length() && end < 18 && Character.isDigit(value.charAt(end))) {
			end++;
		}
		return (end > 0) ? Long.parseLong(value.substring(0, end)) : null;
	}

}
