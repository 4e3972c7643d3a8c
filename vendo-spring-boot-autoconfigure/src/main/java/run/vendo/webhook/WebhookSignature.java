package run.vendo.webhook;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/**
 * The HMAC-SHA256 of deliveries under one secret. Keying a {@link Mac} costs more than
 * using it on a small body, so keyed ones are kept and lent out.
 */
final class WebhookSignature {

	static final String SIGNATURE_HEADER = "Vendo-Signature";

	static final String TIMESTAMP_HEADER = "Vendo-Timestamp";

	static final String EVENT_ID_HEADER = "Vendo-Event-Id";

	private static final String ALGORITHM = "HmacSHA256";

	private static final int HEX_LENGTH = 64;

	// A table, because no processor can predict the branches that random digits take.
	private static final byte[] DIGITS = digits();

	private final SecretKeySpec key;

	// One at hand for whoever comes alone, the others for those who come together.
	private final AtomicReference<@Nullable Mac> spare = new AtomicReference<>();

	private final Queue<Mac> spares = new ConcurrentLinkedQueue<>();

	WebhookSignature(String secret) {
		this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
	}

	/**
	 * Return the signature of a delivery.
	 * @param timestamp the timestamp as sent, without surrounding white space
	 * @param body the raw body
	 * @return 32 bytes
	 */
	byte[] sign(String timestamp, byte[] body) {
		Mac mac = borrow();
		mac.update(timestamp.getBytes(StandardCharsets.UTF_8));
		mac.update((byte) '.');
		byte[] signature = mac.doFinal(body);
		if (!this.spare.compareAndSet(null, mac)) {
			this.spares.offer(mac);
		}
		return signature;
	}

	private Mac borrow() {
		Mac mac = this.spare.getAndSet(null);
		mac = (mac != null) ? mac : this.spares.poll();
		return (mac != null) ? mac : newMac();
	}

	/**
	 * Read a signature header, strictly: 64 lower-case hexadecimal digits.
	 * @param hex the header
	 * @return 32 bytes, or {@code null} when it is anything else
	 */
	static byte @Nullable [] parse(String hex) {
		// Characters beyond this set are no digits, and two of them may be one byte.
		byte[] digits = hex.getBytes(StandardCharsets.ISO_8859_1);
		if (digits.length != HEX_LENGTH) {
			return null;
		}
		byte[] signature = new byte[HEX_LENGTH / 2];
		int invalid = 0;
		for (int i = 0; i < signature.length; i++) {
			int high = DIGITS[digits[2 * i] & 0xff];
			int low = DIGITS[digits[2 * i + 1] & 0xff];
			invalid |= high | low;
			signature[i] = (byte) (high << 4 | low);
		}
		return (invalid >= 0) ? signature : null;
	}

	private static byte[] digits() {
		byte[] digits = new byte[256];
		Arrays.fill(digits, (byte) -1);
		for (int i = 0; i < 16; i++) {
			digits[Character.forDigit(i, 16)] = (byte) i;
		}
		return digits;
	}

	private Mac newMac() {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			return mac;
		}
		catch (NoSuchAlgorithmException | InvalidKeyException ex) {
			throw new IllegalStateException("Every Java platform has " + ALGORITHM, ex);
		}
	}

}
