package run.vendo.test;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import run.vendo.connection.Connection;
import run.vendo.connection.ConnectionProfile;
import run.vendo.connection.ConnectionStatus;
import run.vendo.http.VendoJson;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * A made-up connection, as the platform would list it: for {@link MockVendoClient}, or by
 * {@link #build()} for code that takes a {@link Connection}. Immutable; every method
 * returns another one.
 * <p>
 * A connection has an id unless it is only available, its slug as its name, and the
 * profile {@code user_oauth}, until something else is said.
 *
 * @since 0.1.0
 */
public final class FakeConnection {

	private static final Instant CONNECTED_AT = Instant.parse("2026-01-01T00:00:00Z");

	private final ObjectNode json;

	private FakeConnection(ObjectNode json) {
		this.json = json;
	}

	/**
	 * Return a connection whose tokens can be had.
	 * @param slug the provider
	 * @return a connection
	 */
	public static FakeConnection connected(String slug) {
		return of(slug, ConnectionStatus.CONNECTED).connectedAt(CONNECTED_AT);
	}

	/**
	 * Return a provider that can be connected and is not yet.
	 * @param slug the provider
	 * @return a connection without an id
	 */
	public static FakeConnection available(String slug) {
		return of(slug, ConnectionStatus.AVAILABLE).field("id", null);
	}

	/**
	 * Return a connection whose setup has begun and is not finished.
	 * @param slug the provider
	 * @return a connection
	 */
	public static FakeConnection pendingSetup(String slug) {
		return of(slug, ConnectionStatus.PENDING_SETUP).field("setup_url",
				"https://vendo.run/connections/setup/cn_" + slug);
	}

	/**
	 * Return a connection for which consent has to be given again.
	 * @param slug the provider
	 * @return a connection
	 */
	public static FakeConnection needsReauth(String slug) {
		return of(slug, ConnectionStatus.NEEDS_REAUTH).connectedAt(CONNECTED_AT);
	}

	/**
	 * Return a connection that does not work.
	 * @param slug the provider
	 * @param message what is wrong
	 * @return a connection
	 */
	public static FakeConnection error(String slug, String message) {
		return of(slug, ConnectionStatus.ERROR).field("error_message", message);
	}

	/**
	 * Return a connection that was taken back.
	 * @param slug the provider
	 * @return a connection
	 */
	public static FakeConnection revoked(String slug) {
		return of(slug, ConnectionStatus.REVOKED);
	}

	/**
	 * Return a connection with any status, known to this version or not.
	 * @param slug the provider
	 * @param status how it stands
	 * @return a connection
	 */
	public static FakeConnection of(String slug, ConnectionStatus status) {
		Assert.hasText(slug, "'slug' must not be blank");
		ObjectNode json = VendoJson.MAPPER.createObjectNode()
			.put("id", "cn_" + slug)
			.put("slug", slug)
			.put("display_name", StringUtils.capitalize(slug))
			.put("category", "other")
			.put("profile", ConnectionProfile.USER_OAUTH.value())
			.put("status", status.value());
		return new FakeConnection(json);
	}

	/**
	 * Set the id of the connection.
	 * @param id the id
	 * @return another connection
	 */
	public FakeConnection id(String id) {
		return field("id", id);
	}

	/**
	 * Set the provider's name as people know it.
	 * @param displayName the name
	 * @return another connection
	 */
	public FakeConnection displayName(String displayName) {
		return field("display_name", displayName);
	}

	/**
	 * Set what sort of provider it is.
	 * @param category the category
	 * @return another connection
	 */
	public FakeConnection category(String category) {
		return field("category", category);
	}

	/**
	 * Set how the provider is connected.
	 * @param profile the profile
	 * @return another connection
	 */
	public FakeConnection profile(ConnectionProfile profile) {
		return field("profile", profile.value());
	}

	/**
	 * Connect over keys that Vendo owns and bills.
	 * @param apiKey the key of the pool
	 * @param baseUrl where that key works
	 * @return another connection
	 */
	public FakeConnection managedPool(String apiKey, String baseUrl) {
		return profile(ConnectionProfile.VENDO_MANAGED_POOL).field("api_key", apiKey).field("base_url", baseUrl);
	}

	/**
	 * Connect over a key of the application's own.
	 * @return another connection
	 */
	public FakeConnection byok() {
		return profile(ConnectionProfile.BYOK_STATIC);
	}

	/**
	 * Connect over an app that was installed at the provider.
	 * @return another connection
	 */
	public FakeConnection appInstall() {
		return profile(ConnectionProfile.OAUTH_APP_INSTALL);
	}

	/**
	 * Connect a provider that calls in.
	 * @return another connection
	 */
	public FakeConnection webhookInbound() {
		return profile(ConnectionProfile.WEBHOOK_INBOUND);
	}

	/**
	 * Connect over the data proxy.
	 * @return another connection
	 */
	public FakeConnection composio() {
		return profile(ConnectionProfile.COMPOSIO_MANAGED);
	}

	/**
	 * Set since when it is connected.
	 * @param connectedAt the time
	 * @return another connection
	 */
	public FakeConnection connectedAt(Instant connectedAt) {
		return field("connected_at", connectedAt.toString());
	}

	/**
	 * Set what else the platform says; replaces what was said before.
	 * @param metadata names and values
	 * @return another connection
	 */
	public FakeConnection metadata(Map<String, ?> metadata) {
		return field("metadata", metadata);
	}

	/**
	 * Set what the provider's calls refer to; replaces what was said before.
	 * @param context names and values
	 * @return another connection
	 */
	public FakeConnection context(Map<String, ?> context) {
		return field("context", context);
	}

	/**
	 * Set the credential itself; replaces what was said before.
	 * @param credential names and values, for example an {@code access_token}
	 * @return another connection
	 */
	public FakeConnection credential(Map<String, ?> credential) {
		return field("credential", credential);
	}

	/**
	 * Add an environment variable the connection wants.
	 * @param name the name of the variable
	 * @param valueFrom the path of its value in the connection, for example
	 * {@code credential.access_token}
	 * @return another connection
	 */
	public FakeConnection wantsVariable(String name, String valueFrom) {
		FakeConnection copy = new FakeConnection(this.json.deepCopy());
		ObjectNode bootstrap = copy.json.withObjectProperty("env_bootstrap");
		bootstrap.withArrayProperty("vars").addObject().put("name", name).put("value_from", valueFrom);
		bootstrap.put("restart", "none");
		return copy;
	}

	/**
	 * Set any field by its name on the wire, whether this version knows it or not.
	 * @param name the name, for example {@code setup_url}
	 * @param value the value, or {@code null} to send {@code null}
	 * @return another connection
	 */
	public FakeConnection field(String name, @Nullable Object value) {
		FakeConnection copy = new FakeConnection(this.json.deepCopy());
		copy.json.set(name, VendoJson.MAPPER.<JsonNode>valueToTree(value));
		return copy;
	}

	/**
	 * Return the connection as the client would read it.
	 * @return the connection
	 */
	public Connection build() {
		return VendoJson.MAPPER.treeToValue(this.json, Connection.class);
	}

	String slug() {
		return this.json.path("slug").asString();
	}

	ConnectionStatus status() {
		return new ConnectionStatus(this.json.path("status").asString());
	}

	String displayName() {
		return this.json.path("display_name").asString();
	}

	JsonNode json() {
		return this.json;
	}

	// Nothing else: a connection may hold what looks like a secret.
	@Override
	public String toString() {
		return "FakeConnection[slug=" + slug() + ", profile=" + this.json.path("profile").asString() + ", status="
				+ status() + "]";
	}

}
