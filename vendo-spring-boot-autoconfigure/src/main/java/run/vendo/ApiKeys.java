package run.vendo;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ValidationException;
import run.vendo.error.VendoConfigurationException;
import run.vendo.http.VendoCredential;

/**
 * Tells a key from what is often found in its place. No message repeats the key.
 */
final class ApiKeys {

	private ApiKeys() {
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

}
