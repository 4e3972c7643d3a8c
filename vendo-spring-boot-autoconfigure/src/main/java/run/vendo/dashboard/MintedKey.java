package run.vendo.dashboard;

import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import run.vendo.error.ErrorDetails;
import run.vendo.error.ValidationException;
import run.vendo.http.Redaction;
import run.vendo.http.VendoCredential;

/**
 * A key that was just minted. The platform tells its value this once: keep it where
 * secrets are kept.
 *
 * @since 0.1.0
 */
public final class MintedKey {

	private final String value;

	private final DashboardObject details;

	private MintedKey(String value, DashboardObject details) {
		this.value = value;
		this.details = details;
	}

	static MintedKey read(JsonNode json, ErrorDetails.Builder details) {
		String key = find(json);
		if (key == null) {
			throw DashboardObject.invalid("JSON of another shape than expected: there is no key in it", details);
		}
		return new MintedKey(key, DashboardObject.read(json, details));
	}

	// By what it looks like: the name of the field is not laid down.
	private static @Nullable String find(JsonNode json) {
		if (json.isString()) {
			try {
				return VendoCredential.appKey(json.stringValue()).value();
			}
			catch (ValidationException ex) {
				return null;
			}
		}
		for (JsonNode child : json) {
			String key = find(child);
			if (key != null) {
				return key;
			}
		}
		return null;
	}

	/**
	 * Return the key itself.
	 * @return {@code vendo_sk_} and 32 characters
	 */
	public String value() {
		return this.value;
	}

	/**
	 * Return its id, by which it can be revoked.
	 * @return the id, empty when the platform did not say
	 * @see VendoDashboard#revokeKey(String)
	 */
	public Optional<String> id() {
		return this.details.id();
	}

	/**
	 * Return all that came with it.
	 * @return the whole answer, the key itself included
	 */
	public DashboardObject details() {
		return this.details;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof MintedKey key && this.details.equals(key.details);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.details);
	}

	@Override
	public String toString() {
		return "MintedKey[" + Redaction.maskKey(this.value) + "]";
	}

}
