package run.vendo.test;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * Makes what nobody is to guess.
 */
final class Secrets {

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final String CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	private static final Pattern KEY = Pattern.compile("vendo_sk_[A-Za-z0-9_-]{32}");

	private Secrets() {
	}

	static String random(int length) {
		StringBuilder text = new StringBuilder(length);
		for (int i = 0; i < length; i++) {
			text.append(CHARACTERS.charAt(RANDOM.nextInt(CHARACTERS.length())));
		}
		return text.toString();
	}

	static String key() {
		return "vendo_sk_" + random(32);
	}

	static String webhookSecret() {
		return "whsec_" + random(32);
	}

	static String requireKey(String key) {
		if (!KEY.matcher(key).matches()) {
			throw new IllegalArgumentException("An API key is vendo_sk_ and 32 characters of A-Z, a-z, 0-9, _ and -");
		}
		return key;
	}

}
