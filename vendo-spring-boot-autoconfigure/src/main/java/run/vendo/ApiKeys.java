package run.vendo;

import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import run.vendo.error.VendoConfigurationException;
import run.vendo.http.EnvironmentVariables;

/**
 * Tells a key from what is often found in its place. No message repeats the key.
 */
final class ApiKeys {

	private static final String PREFIX = "vendo_sk_";

	private static final int LENGTH = 32;

	private static final Pattern ALPHABET = Pattern.compile("[A-Za-z0-9_-]*");

	private static final Pattern JWT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

	private ApiKeys() {
	}

	/**
	 * Return a supplier of the keys of another one, that requires each of them to look
	 * like one. A key that is the last one again is not looked at again: it goes along
	 * with every call.
	 * @param source the supplier
	 * @param first what it supplied first
	 */
	static Supplier<String> requiring(Supplier<String> source, String first) {
		return new Requiring(source, require(first));
	}

	/**
	 * Return a key if it looks like one.
	 * @throws VendoConfigurationException if it does not
	 */
	static String require(@Nullable String key) {
		String problem = (key != null) ? problem(key) : "It is empty.";
		if (key == null || problem != null) {
			throw new VendoConfigurationException("vendo.api-key", "The API key is malformed. " + problem,
					"Set vendo.api-key (VENDO_API_KEY) to a key from the Vendo dashboard: vendo_sk_ and 32 letters, "
							+ "digits, '_' or '-'. Leave it out to work with your own provider keys.");
		}
		return key;
	}

	private static @Nullable String problem(String key) {
		if (key.startsWith("\"") || key.startsWith("'") || key.endsWith("\"") || key.endsWith("'")) {
			return "It has quotes around it, which belong to a shell or a dotenv file and not to the key.";
		}
		if (key.startsWith("whsec_")) {
			return "It is a webhook secret, which belongs to vendo.webhook.secret.";
		}
		if (JWT.matcher(key).matches()) {
			return "It is a JWT, which belongs to a user and goes to forUser(jwt).";
		}
		if (!key.startsWith(PREFIX)) {
			return "It does not begin with vendo_sk_.";
		}
		String rest = key.substring(PREFIX.length());
		if (rest.chars().anyMatch(Character::isWhitespace)) {
			return "It has white space in it.";
		}
		if (!ALPHABET.matcher(rest).matches()) {
			return "It has a character that no key has.";
		}
		if (rest.length() != LENGTH) {
			return "It has %d characters after vendo_sk_ instead of %d.".formatted(rest.length(), LENGTH);
		}
		return null;
	}

	/**
	 * Remembers the last key.
	 */
	private static final class Requiring implements Supplier<String> {

		private final Supplier<String> source;

		private volatile String last;

		Requiring(Supplier<String> source, String first) {
			this.source = source;
			this.last = first;
		}

		@Override
		public String get() {
			String key = EnvironmentVariables.textOrNull(this.source.get());
			String known = this.last;
			if (known.equals(key)) {
				return known;
			}
			String checked = require(key);
			this.last = checked;
			return checked;
		}

	}

}
