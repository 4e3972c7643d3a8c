package run.vendo.test;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import run.vendo.connection.ConnectionProfile;

import org.springframework.util.Assert;

/**
 * What a connection is to look like, where it matters to a test. Whatever is not set has
 * a sensible value.
 *
 * <pre class="code">
 * platform.connect("supabase", (connection) -&gt; connection.context(Map.of("ref", "abc")));
 * </pre>
 *
 * @since 0.1.0
 * @see PlatformUser#connect(String, java.util.function.Consumer)
 */
public final class PlatformConnection {

	private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

	PlatformConnection() {
	}

	/**
	 * Set the id of the connection.
	 * @param id the id
	 * @return this connection
	 */
	public PlatformConnection id(String id) {
		Assert.hasText(id, "'id' must not be blank");
		return field("id", id);
	}

	/**
	 * Set how the provider is connected.
	 * @param profile the profile
	 * @return this connection
	 */
	public PlatformConnection profile(ConnectionProfile profile) {
		return field("profile", profile.value());
	}

	/**
	 * Set what the provider's calls refer to.
	 * @param context the context, or {@code null}
	 * @return this connection
	 */
	public PlatformConnection context(@Nullable Map<String, ?> context) {
		return field("context", context);
	}

	/**
	 * Set what else the platform says.
	 * @param metadata the metadata
	 * @return this connection
	 */
	public PlatformConnection metadata(Map<String, ?> metadata) {
		return field("metadata", metadata);
	}

	/**
	 * Set the credential. Unless set, it holds the current token as {@code access_token}.
	 * @param credential the credential, or {@code null} for none
	 * @return this connection
	 */
	public PlatformConnection credential(@Nullable Map<String, ?> credential) {
		return field("credential", credential);
	}

	/**
	 * Set the environment variables the connection wants.
	 * @param variables the path of its value in the connection, by name of the variable
	 * @param restart what to restart, {@code gateway} or {@code none}
	 * @return this connection
	 */
	public PlatformConnection envBootstrap(Map<String, String> variables, String restart) {
		List<Map<String, @Nullable Object>> vars = variables.entrySet()
			.stream()
			.map((variable) -> Json.object("name", variable.getKey(), "value_from", variable.getValue()))
			.toList();
		return field("env_bootstrap", Json.object("vars", vars, "restart", restart));
	}

	/**
	 * Set any field as it goes over the wire, known to anybody or not.
	 * @param name the name, for example {@code display_name}
	 * @param value the value, as Jackson writes it; {@code null} sends a {@code null}
	 * @return this connection
	 */
	public PlatformConnection field(String name, @Nullable Object value) {
		Assert.isTrue(!name.equals("slug") && !name.equals("status"), "Slug and status are the platform's to set");
		this.fields.put(name, value);
		return this;
	}

	Map<String, @Nullable Object> fields() {
		return this.fields;
	}

}
