package run.vendo.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Hashes texts so that no two lists of them look alike, and none can be told from what
 * comes of it.
 */
final class TextDigest {

	private final MessageDigest digest;

	TextDigest() {
		try {
			this.digest = MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	TextDigest add(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		// Where one ends is not left to what is in it.
		this.digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
		this.digest.update(bytes);
		return this;
	}

	/**
	 * Return the hash. Nothing can be added afterwards.
	 * @return 64 hexadecimal digits
	 */
	String end() {
		return HexFormat.of().formatHex(this.digest.digest());
	}

}
