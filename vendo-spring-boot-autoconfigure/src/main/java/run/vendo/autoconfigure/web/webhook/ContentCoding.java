package run.vendo.autoconfigure.web.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The content codings that a delivery may come in.
 */
enum ContentCoding {

	IDENTITY {

		@Override
		InputStream open(InputStream body) {
			return body;
		}

	},

	GZIP {

		@Override
		InputStream open(InputStream body) throws IOException {
			return new GZIPInputStream(body);
		}

	},

	DEFLATE {

		@Override
		InputStream open(InputStream body) {
			return new InflaterInputStream(body);
		}

	};

	static final String SUPPORTED = "gzip, deflate";

	abstract InputStream open(InputStream body) throws IOException;

	/**
	 * Decode a body.
	 * @param body the body as received
	 * @param limit how many bytes may come of it
	 * @return the bytes, one more than the limit when there are more than that
	 * @throws IOException if the body is not in this coding
	 */
	byte[] decode(byte[] body, int limit) throws IOException {
		try (InputStream content = open(new ByteArrayInputStream(body))) {
			return content.readNBytes(limit + 1);
		}
	}

	/**
	 * Find the coding of a request.
	 * @param headers the headers of the request
	 * @return the coding, or {@code null} for an unknown one, or for one on another
	 */
	static @Nullable ContentCoding of(HttpHeaders headers) {
		List<String> values = headers.getOrEmpty(HttpHeaders.CONTENT_ENCODING);
		if (values.size() > 1) {
			return null;
		}
		String value = values.isEmpty() ? "" : values.get(0).strip().toLowerCase(Locale.ROOT);
		return switch (value) {
			case "", "identity" -> IDENTITY;
			case "gzip", "x-gzip" -> GZIP;
			case "deflate" -> DEFLATE;
			default -> null;
		};
	}

}
