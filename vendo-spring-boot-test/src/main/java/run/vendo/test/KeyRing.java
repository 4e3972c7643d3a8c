package run.vendo.test;

import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import run.vendo.http.Redaction;

import org.springframework.http.HttpHeaders;

/**
 * The keys of the one application, and who may call what.
 */
final class KeyRing {

	static final String USER_JWT_HEADER = "X-Vendo-User-JWT";

	/** What an application key alone may call. */
	static final Set<Credential> APP = EnumSet.of(Credential.APP_KEY);

	/** What the CLI may call as well. */
	static final Set<Credential> KEYS = EnumSet.of(Credential.APP_KEY, Credential.CONNECTION_KEY);

	/** What anybody with an account may call. */
	static final Set<Credential> ANY = EnumSet.allOf(Credential.class);

	/** What a session cookie alone may call. */
	static final Set<Credential> NONE = EnumSet.noneOf(Credential.class);

	private static final String SCHEME = "Bearer ";

	private final Guard guard;

	private final Map<String, Key> keys = new LinkedHashMap<>();

	KeyRing(Guard guard, Collection<String> appKeys) {
		this.guard = guard;
		appKeys.forEach((key) -> accept(key, Credential.APP_KEY));
	}

	void accept(String key, Credential credential) {
		Secrets.requireKey(key);
		this.guard.run(() -> this.keys.put(key, new Key("key_" + (this.keys.size() + 1), credential, null, null)));
	}

	/**
	 * Refuse a key from now on.
	 * @param code the code that says why
	 */
	void refuse(String key, String code) {
		this.guard.run(() -> {
			Key known = this.keys.get(key);
			if (known == null) {
				throw new IllegalArgumentException("The platform does not have that key");
			}
			this.keys.put(key, new Key(known.id, known.credential, known.owner, code));
		});
	}

	/**
	 * Take a key that was just made.
	 * @param owner the application or connection it belongs to
	 * @return its id
	 */
	String mint(String key, Credential credential, String owner) {
		return this.guard.get(() -> {
			String id = "key_" + (this.keys.size() + 1);
			this.keys.put(key, new Key(id, credential, owner, null));
			return id;
		});
	}

	/**
	 * Refuse a key from now on.
	 * @return the key, or {@code null} when there is none of that id
	 */
	@Nullable String refuseById(String id, String code) {
		return this.guard.<@Nullable String>get(() -> {
			for (Map.Entry<String, Key> entry : this.keys.entrySet()) {
				if (entry.getValue().id.equals(id)) {
					refuse(entry.getKey(), code);
					return entry.getKey();
				}
			}
			return null;
		});
	}

	/**
	 * Return all keys without their values.
	 */
	List<Map<String, @Nullable Object>> list() {
		return this.guard.get(() -> this.keys.entrySet()
			.stream()
			.map((entry) -> Json.object("id", entry.getValue().id, "prefix", Redaction.maskKey(entry.getKey()), "kind",
					entry.getValue().credential.name().toLowerCase(Locale.ROOT), "owner", entry.getValue().owner,
					"revoked", entry.getValue().refusal != null))
			.toList());
	}

	/**
	 * Return the first application key that works, else the first one there is.
	 */
	String current() {
		return this.guard.get(() -> {
			List<Map.Entry<String, Key>> appKeys = this.keys.entrySet()
				.stream()
				.filter((entry) -> entry.getValue().credential == Credential.APP_KEY)
				.toList();
			return appKeys.stream()
				.filter((entry) -> entry.getValue().refusal == null)
				.findFirst()
				.orElse(appKeys.get(0))
				.getKey();
		});
	}

	/**
	 * Check who calls.
	 * @param allowed what the caller may come with
	 * @return the key or JWT it comes with
	 * @throws Refusal if it may not call
	 */
	String require(Call call, Set<Credential> allowed) {
		String bearer = bearer(call.headers());
		Credential credential = Identity.isJwt(bearer) ? Credential.IDENTITY_JWT : check(bearer);
		if (!allowed.contains(credential)) {
			throw new Refusal(403, null, "This endpoint cannot be called with %s".formatted(credential.description));
		}
		return bearer;
	}

	/**
	 * Check an application key that came some other way than in a header.
	 * @throws Refusal if it is none that works
	 */
	void requireAppKey(@Nullable String key) {
		if (check((key != null) ? key : "") != Credential.APP_KEY) {
			throw new Refusal(403, null, "An application key is needed");
		}
	}

	private Credential check(String bearer) {
		Key key = this.guard.get(() -> this.keys.get(bearer));
		if (key == null) {
			throw new Refusal(401, "app_unknown",
					bearer.isEmpty() ? "There is no API key in the request" : "The API key is not known");
		}
		if (key.refusal != null) {
			throw new Refusal(401, key.refusal, "The API key does not work any more");
		}
		return key.credential;
	}

	static String bearer(HttpHeaders headers) {
		List<String> values = headers.getOrDefault(HttpHeaders.AUTHORIZATION, List.of());
		String value = (values.size() == 1) ? values.get(0) : "";
		return value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()) ? value.substring(SCHEME.length()).strip() : "";
	}

	/**
	 * What a caller comes with.
	 */
	enum Credential {

		/** A key of the application. */
		APP_KEY("an application key"),

		/** A key of one connection. */
		CONNECTION_KEY("a connection key"),

		/** A user's JWT. */
		IDENTITY_JWT("an identity JWT");

		private final String description;

		Credential(String description) {
			this.description = description;
		}

	}

	private record Key(String id, Credential credential, @Nullable String owner, @Nullable String refusal) {

	}

}
