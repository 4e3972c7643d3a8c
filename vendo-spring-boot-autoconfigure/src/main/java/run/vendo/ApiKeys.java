package run.vendo;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ValidationException;
import run.vendo.error.VendoConfigurationException;
import run.vendo.http.EnvironmentVariables;
import run.vendo.http.VendoCredential;

/**
 * Tells a key from what is often found in its place. No message repeats the key.
 */
final class ApiKeys {

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
		try {
			return VendoCredential.appKey((key != null) ? key : "").value();
		}
		catch (ValidationException ex) {
			throw new VendoConfigurationException("vendo.api-key", String.valueOf(ex.details().summary()),
					"Set vendo.api-key (VENDO_API_KEY) to a key from the Vendo dashboard: vendo_sk_ and 32 letters, "
							+ "digits, '_' or '-'. Leave it out to work with your own provider keys.");
		}
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
