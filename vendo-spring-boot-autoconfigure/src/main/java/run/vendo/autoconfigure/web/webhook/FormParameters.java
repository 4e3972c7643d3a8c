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

	private FormParameters() {
	}

	static boolean isForm(@Nullable String contentType) {
		return StringUtils.startsWithIgnoreCase(contentType, MediaType.APPLICATION_FORM_URLENCODED_VALUE);
	}

	/**
	 * Read the body of a form.
	 * @param body the body
	 * @param contentType its content type
	 * @return the parameters; what cannot be decoded is left out
	 */
	static MultiValueMap<String, String> parse(byte[] body, @Nullable String contentType) {
		MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
		Charset charset = charset(contentType);
		for (String pair : StringUtils.delimitedListToStringArray(new String(body, charset), "&")) {
			int equals = pair.indexOf('=');
			try {
				String name = URLDecoder.decode((equals >= 0) ? pair.substring(0, equals) : pair, charset);
				if (!name.isEmpty()) {
					parameters.add(name, (equals >= 0) ? URLDecoder.decode(pair.substring(equals + 1), charset) : "");
				}
			}
			catch (IllegalArgumentException ex) {
				// A pair that nobody can decode is none.
				continue;
			}
		}
		return parameters;
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
