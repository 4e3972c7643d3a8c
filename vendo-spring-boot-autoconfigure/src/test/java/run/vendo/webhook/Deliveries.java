package run.vendo.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.springframework.http.HttpHeaders;

/**
 * Deliveries, signed as the platform does it and without the code under test.
 */
final class Deliveries {

	/** The secret of the example on the wire. */
	static final String SECRET = "whsec_example_0123456789";

	/** The timestamp of the example on the wire. */
	static final String TIMESTAMP = "1779278400";

	/** The body of the example on the wire. */
	static final String BODY = "{\"id\":\"evt_1\",\"type\":\"connection.connected\","
			+ "\"occurred_at\":\"2026-05-20T12:00:00Z\",\"data\":{\"slug\":\"slack\",\"connection_id\":\"cn_1\"}}";

	/** The signature of the example on the wire. */
	static final String SIGNATURE = "9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c1";

	private Deliveries() {
	}

	static HttpHeaders headers(String timestamp, String signature) {
		HttpHeaders headers = new HttpHeaders();
		headers.add("Vendo-Timestamp", timestamp);
		headers.add("Vendo-Signature", signature);
		return headers;
	}

	static HttpHeaders signed(String secret, String timestamp, byte[] body) {
		return headers(timestamp, sign(secret, timestamp.strip(), body));
	}

	static String sign(String secret, String timestamp, byte[] body) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
