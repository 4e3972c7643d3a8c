package run.vendo.autoconfigure.web.webhook;

import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MimeTypeUtils;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;

/**
 * The parameters in the body of a form: what a server would have made of it, had it not
 * been read before.
 */
final class FormParameters {

	// As in Tomcat: the body is read before anybody knows who sent it.
	private static final int MOST = 1000;

	private FormParameters() {
	}

	static boolean isForm(@Nullable String contentType) {
		return StringUtils.startsWithIgnoreCase(contentType, MediaType.APPLICATION_FORM_URLENCODED_VALUE);
	}

	/**
	 * Read the body of a form.
	 * @param body the body
	 * @param contentType its content type
	 * @return the parameters; what cannot be decoded is left out, and what is beyond the
	 * first thousand
	 */
	static MultiValueMap<String, String> parse(byte[] body, @Nullable String contentType) {
		MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
		Charset charset = charset(contentType);
		String text = new String(body, charset);
		int start = 0;
		for (int count = 0; count < MOST && start < text.length(); count++) {
			int end = text.indexOf('&', start);
			end = (end >= 0) ? end : text.length();
			add(parameters, text.substring(start, end), charset);
			start = end + 1;
		}
		return parameters;
	}

	private static void add(MultiValueMap<String, String> parameters, String pair, Charset charset) {
		int equals = pair.indexOf('=');
		try {
			String name = URLDecoder.decode((equals >= 0) ? pair.substring(0, equals) : pair, charset);
			if (!name.isEmpty()) {
				parameters.add(name, (equals >= 0) ? URLDecoder.decode(pair.substring(equals + 1), charset) : "");
			}
		}
		catch (IllegalArgumentException ex) {
			// A pair that nobody can decode is none.
			return;
		}
	}

	private static Charset charset(@Nullable String contentType) {
		try {
			Charset charset = (contentType != null) ? MimeTypeUtils.parseMimeType(contentType).getCharset() : null;
			return (charset != null) ? charset : StandardCharsets.UTF_8;
		}
		catch (InvalidMimeTypeException ex) {
			return StandardCharsets.UTF_8;
		}
	}

}
