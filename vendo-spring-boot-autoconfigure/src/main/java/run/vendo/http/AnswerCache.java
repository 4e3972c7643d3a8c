package run.vendo.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.http.HttpHeaders;

/**
 * Answers that are kept. A cache that fails is as good as none: calls go on without it.
 */
final class AnswerCache {

	private static final Log logger = LogFactory.getLog(AnswerCache.class);

	private static final int FORMAT = 1;

	private static final List<String> KEPT_HEADERS = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.ETAG,
			HttpHeaders.LAST_MODIFIED);

	private final ResponseCaching caching;

	private final Clock clock;

	AnswerCache(ResponseCaching caching, Clock clock) {
		this.caching = caching;
		this.clock = clock;
	}

	/**
	 * Return how long an answer may be used.
	 * @param asked what the call says, or {@code null} when it says nothing
	 * @return the time, or {@code null} when it is not to be kept
	 */
	@Nullable Duration lifetime(@Nullable Duration asked, URI uri) {
		Duration lifetime = (asked != null) ? asked : this.caching.lifetime(uri.getPath());
		return (lifetime != null && !lifetime.isZero()) ? lifetime : null;
	}

	/**
	 * Return under what an answer is kept at present. A write changes it, so that an
	 * answer that was asked for before the write is not found after it.
	 * @param identity whose answer it is
	 * @param variant what else tells answers apart
	 */
	String key(String identity, String variant, URI uri) {
		return hash(identity + "\n" + variant + "\n" + uri + "\n" + generation(uri));
	}

	@Nullable Entry get(String key) {
		byte[] bytes = read(key);
		return (bytes != null) ? Entry.read(bytes) : null;
	}

	boolean isFresh(Entry entry) {
		return this.clock.millis() < entry.freshUntil();
	}

	void put(String key, int status, HttpHeaders headers, byte[] body, Duration lifetime) {
		String control = String.valueOf(headers.getFirst(HttpHeaders.CACHE_CONTROL));
		if (!control.contains("no-store")) {
			write(key, new Entry(status, kept(headers), body, this.clock.millis() + lifetime.toMillis()).write());
		}
	}

	void refresh(String key, Entry entry, Duration lifetime) {
		write(key, new Entry(entry.status(), entry.headers(), entry.body(), this.clock.millis() + lifetime.toMillis())
			.write());
	}

	/**
	 * Drop what is kept of a path and its family.
	 */
	void written(URI uri) {
		write(generationKey(uri), UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
	}

	private String generation(URI uri) {
		byte[] generation = read(generationKey(uri));
		return (generation != null) ? new String(generation, StandardCharsets.UTF_8) : "";
	}

	private static String generationKey(URI uri) {
		String[] segments = uri.getRawPath().split("/", 4);
		String family = (segments.length > 2) ? segments[1] + "/" + segments[2] : uri.getRawPath();
		return "written:" + hash(uri.getScheme() + "://" + uri.getRawAuthority() + "/" + family);
	}

	private static HttpHeaders kept(HttpHeaders headers) {
		HttpHeaders kept = new HttpHeaders();
		for (String name : KEPT_HEADERS) {
			String value = headers.getFirst(name);
			if (value != null) {
				kept.set(name, value);
			}
		}
		return kept;
	}

	private byte @Nullable [] read(String key) {
		try {
			return this.caching.cache().get(key, byte[].class);
		}
		catch (RuntimeException ex) {
			logger.warn("The cache of answers cannot be read", ex);
			return null;
		}
	}

	private void write(String key, byte[] value) {
		try {
			this.caching.cache().put(key, value);
		}
		catch (RuntimeException ex) {
			logger.warn("The cache of answers cannot be written", ex);
		}
	}

	private static String hash(String text) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * An answer that is kept.
	 *
	 * @param status its status
	 * @param headers what is kept of its headers
	 * @param body its body
	 * @param freshUntil when it has grown old, in milliseconds since 1970
	 */
	record Entry(int status, HttpHeaders headers, byte[] body, long freshUntil) {

		byte[] write() {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream(this.body.length + 256);
			try (DataOutputStream out = new DataOutputStream(bytes)) {
				out.writeByte(FORMAT);
				out.writeShort(this.status);
				out.writeLong(this.freshUntil);
				for (String name : KEPT_HEADERS) {
					String value = this.headers.getFirst(name);
					out.writeUTF((value != null) ? value : "");
				}
				out.writeInt(this.body.length);
				out.write(this.body);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			return bytes.toByteArray();
		}

		static @Nullable Entry read(byte[] bytes) {
			try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
				if (in.readByte() != FORMAT) {
					return null;
				}
				int status = in.readShort();
				long freshUntil = in.readLong();
				HttpHeaders headers = new HttpHeaders();
				for (String name : KEPT_HEADERS) {
					String value = in.readUTF();
					if (!value.isEmpty()) {
						headers.set(name, value);
					}
				}
				byte[] body = in.readNBytes(in.readInt());
				return new Entry(status, headers, body, freshUntil);
			}
			catch (IOException | RuntimeException ex) {
				// Written by another version, or not by us.
				return null;
			}
		}

	}

}
