package run.vendo.test;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import run.vendo.connection.ConnectionProfile;
import run.vendo.connection.ConnectionStatus;

/**
 * Who is connected to what. A user has the application's connections, except where there
 * is one of the user's own.
 */
final class Connections {

	private final Guard guard;

	private final Clock clock;

	private final IntegrationCatalog catalog;

	private final TokenVault tokens;

	private final EventLog events;

	private final Map<Identity, Map<String, Entry>> entries = new HashMap<>();

	private long number;

	Connections(Guard guard, Clock clock, IntegrationCatalog catalog, TokenVault tokens, EventLog events) {
		this.guard = guard;
		this.clock = clock;
		this.catalog = catalog;
		this.tokens = tokens;
		this.events = events;
		this.entries.put(Identity.APP, new LinkedHashMap<>());
	}

	PlatformEvent connect(Identity identity, String slug, PlatformConnection wanted) {
		requireSlug(slug);
		return this.guard.get(() -> {
			this.catalog.ensure(slug);
			dropTokens(identity, slug);
			Entry known = own(identity, slug);
			String id = null;
			Map<String, @Nullable Object> fields = new LinkedHashMap<>();
			if (known != null && !known.is(ConnectionStatus.REVOKED)) {
				id = known.id;
				fields.putAll(known.fields);
			}
			fields.remove("error_message");
			fields.put("connected_at", this.clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
			fields.putAll(wanted.fields());
			Object wantedId = fields.remove("id");
			if (wantedId != null) {
				id = wantedId.toString();
			}
			Entry entry = new Entry((id != null) ? id : "cn_" + (++this.number), ConnectionStatus.CONNECTED, fields);
			put(identity, slug, entry);
			return emit("connection.connected", slug, entry);
		});
	}

	PlatformEvent disconnect(Identity identity, String slug) {
		return this.guard.get(() -> {
			Entry known = require(identity, slug);
			dropTokens(identity, slug);
			put(identity, slug, new Entry(null, ConnectionStatus.AVAILABLE, Map.of()));
			return emit("connection.disconnected", slug, known);
		});
	}

	PlatformEvent needsReauth(Identity identity, String slug) {
		return this.guard.get(() -> {
			dropTokens(identity, slug);
			return emit("connection.needs_reauth", slug, become(identity, slug, ConnectionStatus.NEEDS_REAUTH));
		});
	}

	PlatformEvent error(Identity identity, String slug, String message) {
		return this.guard.get(() -> {
			Entry entry = become(identity, slug, ConnectionStatus.ERROR).with("error_message", message);
			put(identity, slug, entry);
			return this.events.emit("connection.error", Json.object("slug", slug, "message", message));
		});
	}

	PlatformEvent status(Identity identity, String slug, ConnectionStatus status) {
		return this.guard.get(() -> {
			this.catalog.ensure(slug);
			if (!status.equals(ConnectionStatus.CONNECTED)) {
				dropTokens(identity, slug);
			}
			Entry known = find(identity, slug);
			String id = (known != null) ? known.id : null;
			Entry entry = new Entry((id != null) ? id : "cn_" + (++this.number), status,
					(known != null) ? known.fields : Map.of());
			put(identity, slug, entry);
			return this.events.emit("connection.status_changed",
					Json.object("slug", slug, "connection_id", entry.id, "status", status.value()));
		});
	}

	PlatformEvent change(Identity identity, String slug, PlatformConnection wanted) {
		return this.guard.get(() -> {
			Entry entry = require(identity, slug);
			for (Map.Entry<String, @Nullable Object> field : wanted.fields().entrySet()) {
				entry = field.getKey().equals("id")
						? new Entry(String.valueOf(field.getValue()), entry.status, entry.fields)
						: entry.with(field.getKey(), field.getValue());
			}
			put(identity, slug, entry);
			return emit("connection.changed", slug, entry);
		});
	}

	PlatformEvent rotateToken(Identity identity, String slug) {
		return this.guard.get(() -> {
			Entry entry = require(identity, slug);
			dropTokens(identity, slug);
			return emit("connection.changed", slug, entry);
		});
	}

	/**
	 * Return the token that is in use, without handing out another while it works.
	 */
	String currentToken(Identity identity, String slug) {
		return this.guard.get(() -> {
			Entry entry = require(identity, slug);
			if (!entry.is(ConnectionStatus.CONNECTED)) {
				throw new IllegalStateException(
						"'%s' has no token: it is %s, not connected".formatted(slug, entry.status.value()));
			}
			return this.tokens.peek(identity, slug).value();
		});
	}

	void expireTokens(Identity identity, String slug) {
		this.guard.run(() -> {
			require(identity, slug);
			dropTokens(identity, slug);
		});
	}

	ConnectionStatus status(Identity identity, String slug) {
		return this.guard.get(() -> {
			Entry entry = find(identity, slug);
			return (entry != null) ? entry.status : ConnectionStatus.AVAILABLE;
		});
	}

	Map<String, @Nullable Object> json(Identity identity, String slug) {
		return this.guard.get(() -> {
			Entry entry = find(identity, slug);
			return json(identity, slug,
					(entry != null) ? entry : new Entry(null, ConnectionStatus.AVAILABLE, Map.of()));
		});
	}

	@Nullable String id(Identity identity, String slug) {
		return this.guard.get(() -> {
			Entry entry = find(identity, slug);
			return (entry != null) ? entry.id : null;
		});
	}

	/**
	 * Return what a provider accepts, for somebody.
	 * @throws Refusal if it accepts nothing
	 */
	TokenVault.Token token(Identity identity, String slug) {
		return this.guard.get(() -> {
			requireUsable(identity, slug, null);
			if (isWithoutToken(identity, slug)) {
				throw new Refusal(500, "profile_unsupported", "A connection of this profile has no token").about(slug);
			}
			return this.tokens.fetch(identity, slug);
		});
	}

	/**
	 * Check that a provider can be used.
	 * @param id the connection that is meant, if one is
	 * @throws Refusal if not
	 */
	void requireUsable(Identity identity, String slug, @Nullable String id) {
		this.guard.run(() -> {
			Entry entry = find(identity, slug);
			if (entry == null && !this.catalog.has(slug)) {
				throw new Refusal(404, "provider_unknown", "There is no provider of that name").about(slug);
			}
			String status = (entry != null) ? entry.status.value() : "available";
			boolean other = id != null && (entry == null || !id.equals(entry.id));
			switch (other ? "available" : status) {
				case "connected" -> {
				}
				case "needs_reauth" ->
					throw new Refusal(401, "connection_needs_reauth", "Consent has to be given again").about(slug);
				case "revoked" ->
					throw new Refusal(403, "connection_revoked", "The connection was taken back").about(slug);
				case "error" -> throw new Refusal(502, "upstream_error", "The connection does not work").about(slug);
				default -> throw new Refusal(403, "binding_missing", "The provider is not connected").about(slug);
			}
		});
	}

	/**
	 * Return all connections of somebody, and what else could be connected, as they go
	 * over the wire.
	 */
	List<Map<String, @Nullable Object>> list(Identity identity) {
		return this.guard.get(() -> {
			Map<String, Entry> seen = new LinkedHashMap<>(Objects.requireNonNull(this.entries.get(Identity.APP)));
			seen.putAll(this.entries.getOrDefault(identity, Map.of()));
			this.catalog.all()
				.forEach((integration) -> seen.putIfAbsent(String.valueOf(integration.get("slug")),
						new Entry(null, ConnectionStatus.AVAILABLE, Map.of())));
			List<Map<String, @Nullable Object>> list = new ArrayList<>();
			seen.forEach((slug, entry) -> list.add(json(identity, slug, entry)));
			return list;
		});
	}

	private Map<String, @Nullable Object> json(Identity identity, String slug, Entry entry) {
		Map<String, @Nullable Object> integration = this.catalog.get(slug);
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("id", entry.id);
		json.put("slug", slug);
		json.put("display_name", integration.get("name"));
		json.put("category", integration.get("category"));
		json.put("profile", profile(slug, entry));
		json.put("status", entry.status.value());
		json.put("metadata", Map.of());
		json.put("context", null);
		if (entry.is(ConnectionStatus.CONNECTED) && !isWithoutToken(identity, slug)) {
			boolean set = entry.fields.containsKey("credential");
			json.put("credential", set ? null : Map.of("access_token", this.tokens.peek(identity, slug).value()));
		}
		for (String name : List.of("env_bootstrap", "logo_url", "brand_color", "docs_url")) {
			if (integration.get(name) != null) {
				json.put(name, integration.get(name));
			}
		}
		json.putAll(entry.fields);
		return json;
	}

	private boolean isWithoutToken(Identity identity, String slug) {
		String profile = profile(slug, find(identity, slug));
		return profile.equals(ConnectionProfile.WEBHOOK_INBOUND.value())
				|| profile.equals(ConnectionProfile.COMPOSIO_MANAGED.value());
	}

	private String profile(String slug, @Nullable Entry entry) {
		Object profile = (entry != null) ? entry.fields.get("profile") : null;
		return String.valueOf((profile != null) ? profile : this.catalog.get(slug).get("default_profile"));
	}

	private PlatformEvent emit(String kind, String slug, Entry entry) {
		return this.events.emit(kind, Json.object("slug", slug, "connection_id", entry.id));
	}

	private Entry become(Identity identity, String slug, ConnectionStatus status) {
		Entry known = require(identity, slug);
		Entry entry = new Entry(known.id, status, known.fields);
		put(identity, slug, entry);
		return entry;
	}

	private void put(Identity identity, String slug, Entry entry) {
		this.entries.computeIfAbsent(identity, (key) -> new LinkedHashMap<>()).put(slug, entry);
	}

	// Whoever uses the application's connection loses the token with it.
	private void dropTokens(Identity identity, String slug) {
		Predicate<Identity> concerned = (other) -> other.equals(identity)
				|| (identity.equals(Identity.APP) && own(other, slug) == null);
		this.tokens.drop(slug, concerned);
	}

	private @Nullable Entry own(Identity identity, String slug) {
		return this.entries.getOrDefault(identity, Map.of()).get(slug);
	}

	private @Nullable Entry find(Identity identity, String slug) {
		Entry own = own(identity, slug);
		return (own != null) ? own : own(Identity.APP, slug);
	}

	private Entry require(Identity identity, String slug) {
		Entry entry = find(identity, slug);
		if (entry == null || entry.id == null) {
			throw new IllegalStateException("'%s' is not connected: call connect(\"%s\") first".formatted(slug, slug));
		}
		return entry;
	}

	private static void requireSlug(String slug) {
		if (slug.isBlank() || slug.equals(".") || slug.equals("..")) {
			throw new IllegalArgumentException("'%s' cannot be a slug".formatted(slug));
		}
	}

	/**
	 * A connection.
	 */
	private record Entry(@Nullable String id, ConnectionStatus status, Map<String, @Nullable Object> fields) {

		boolean is(ConnectionStatus status) {
			return this.status.equals(status);
		}

		Entry with(String name, @Nullable Object value) {
			Map<String, @Nullable Object> fields = new LinkedHashMap<>(this.fields);
			fields.put(name, value);
			return new Entry(this.id, this.status, fields);
		}

	}

}
