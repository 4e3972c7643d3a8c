package run.vendo.test;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;

/**
 * A request as it arrived.
 *
 * @param role the host it was sent to
 * @param method its method
 * @param path its path, percent-encoded as it came
 * @param segments the decoded segments of its path
 * @param query its decoded parameters
 * @param headers its headers
 * @param body its body
 * @param remoteAddress where it came from
 */
record Call(Role role, String method, String path, List<String> segments, MultiValueMap<String, String> query,
		HttpHeaders headers, byte[] body, String remoteAddress) {

	static Call of(Role role, String method, String uri, HttpHeaders headers, byte[] body, String remoteAddress) {
		String target = uri.startsWith("/") ? uri : withoutOrigin(uri);
		int mark = target.indexOf('?');
		String path = (mark >= 0) ? target.substring(0, mark) : target;
		String query = (mark >= 0) ? target.substring(mark + 1) : "";
		return new Call(role, method, path, segments(path), parameters(query), headers, body, remoteAddress);
	}

	private static String withoutOrigin(String uri) {
		int scheme = uri.indexOf("://");
		int slash = (scheme >= 0) ? uri.indexOf('/', scheme + 3) : -1;
		return (slash >= 0) ? uri.substring(slash) : "/";
	}

	private static List<String> segments(String path) {
		List<String> segments = new ArrayList<>();
		for (String segment : path.substring(1).split("/", -1)) {
			try {
				segments.add(StringUtils.uriDecode(segment, StandardCharsets.UTF_8));
			}
			catch (IllegalArgumentException ex) {
				throw Refusal.invalid("The path is not percent-encoded");
			}
		}
		return List.copyOf(segments);
	}

	/**
	 * Read what a query or a form holds.
	 */
	static MultiValueMap<String, String> parameters(String encoded) {
		MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
		try {
			for (String parameter : StringUtils.tokenizeToStringArray(encoded, "&")) {
				int equals = parameter.indexOf('=');
				String name = (equals >= 0) ? parameter.substring(0, equals) : parameter;
				String value = (equals >= 0) ? parameter.substring(equals + 1) : "";
				parameters.add(URLDecoder.decode(name, StandardCharsets.UTF_8),
						URLDecoder.decode(value, StandardCharsets.UTF_8));
			}
		}
		catch (IllegalArgumentException ex) {
			throw Refusal.invalid("The parameters are not percent-encoded");
		}
		return parameters;
	}

	boolean isGet() {
		return this.method.equals("GET");
	}

	boolean is(String method, String path) {
		return this.method.equals(method) && this.path.equals(path);
	}

	/**
	 * Return whether this is what faults leave alone unless they name it: a probe, a
	 * picture, or a person in the connect portal.
	 */
	boolean isSpared() {
		return this.path.equals("/healthz") || this.path.startsWith("/logos/")
				|| this.path.startsWith("/connections/connect/");
	}

	@Nullable String query(String name) {
		return this.query.getFirst(name);
	}

}
