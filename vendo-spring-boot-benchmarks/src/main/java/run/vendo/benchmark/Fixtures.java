package run.vendo.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the platform would send.
 */
final class Fixtures {

	static final String API_KEY = "vendo_sk_" + "benchmark0".repeat(3) + "00";

	static final String TOKEN = "xoxb-" + "0123456789".repeat(6);

	static final String TOKEN_ANSWER = "{\"access_token\":\"" + TOKEN
			+ "\",\"expires_at\":null,\"token_type\":\"Bearer\"}";

	static final int CONNECTIONS = 6;

	private Fixtures() {
	}

	/**
	 * Return a listing of about 2 KB.
	 */
	static String connections() {
		return IntStream.range(0, CONNECTIONS)
			.mapToObj(
					(i) -> """
							{"id":"cn_%1$d","slug":"provider-%1$d","display_name":"Provider %1$d","category":"productivity",\
							"profile":"user_oauth","status":"connected","metadata":{"workspace":"w_%1$d","scopes":["read","write"]},\
							"context":null,"connected_at":"2026-05-20T12:00:00Z","exclusive":false,\
							"logo_url":"https://vendo.run/logos/%1$d.svg","brand_color":"#4a154b"}"""
						.formatted(i))
			.collect(Collectors.joining(",", "{\"connections\":[", "]}"));
	}

	/**
	 * Return a delivery of exactly some size.
	 * @param size the size in bytes, at least 256
	 */
	static byte[] delivery(int size) {
		String end = "\"}}";
		StringBuilder json = new StringBuilder("{\"id\":\"evt_1\",\"type\":\"connection.connected\","
				+ "\"occurred_at\":\"2026-05-20T12:00:00Z\",\"data\":{\"slug\":\"slack\",\"items\":[");
		String between = "],\"note\":\"";
		for (int i = 0;; i++) {
			String item = ((i > 0) ? "," : "") + "{\"name\":\"item-%d\",\"count\":%d,\"open\":true}".formatted(i, i);
			if (json.length() + item.length() + between.length() + end.length() > size) {
				break;
			}
			json.append(item);
		}
		json.append(between);
		json.append("x".repeat(size - json.length() - end.length())).append(end);
		return json.toString().getBytes(StandardCharsets.UTF_8);
	}

}
