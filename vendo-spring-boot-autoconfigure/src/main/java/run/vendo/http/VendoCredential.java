package run.vendo.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ValidationException;

import org.springframework.http.HttpHeaders;

/**
 * What a call shows the platform to be let in. No message and no {@link #toString()}
 * repeats its value.
 * <p>
 * App Keys and Connection Keys look alike, so a key counts as what it is said to be: a
 * key that is set as the API key of a client counts as an App Key.
 *
 * @since 0.1.0
 * @see VendoEndpoint
 */
public final class VendoCredential {

	private static final String KEY_PREFIX = "vendo_sk_";

	private static final int KEY_LENGTH = 32;

	private static final Pattern JWT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

	private static final Pattern ASSIGNMENT = Pattern.compile("(?:export\\s+)?[A-Z][A-Z0-9_]*\\s*=.*");

	private static final VendoCredential NONE = new VendoCredential(Type.NONE, "");

	private final Type type;

	private final String value;

	private VendoCredential(Type type, String value) {
		this.type = type;
		this.value = value;
	}

	/**
	 * Return the key of an application.
	 * @param key {@code vendo_sk_} and 32 characters; white space around it is dropped
	 * @return the credential
	 * @throws ValidationException if it does not look like a key; the message says what
	 * it looks like instead
	 */
	public static VendoCredential appKey(String key) {
		return new VendoCredential(Type.APP_KEY, requireKey(key));
	}

	/**
	 * Return the key of one connection.
	 * @param key {@code vendo_sk_} and 32 characters; white space around it is dropped
	 * @return the credential
	 * @throws ValidationException if it does not look like a key; the message says what
	 * it looks like instead
	 */
	public static VendoCredential connectionKey(String key) {
		return new VendoCredential(Type.CONNECTION_KEY, requireKey(key));
	}

	/**
	 * Return the JWT of a signed-in user, sent in place of a key. To act for a user with
	 * the application's own key use {@code forUser(jwt)}.
	 * @param jwt the JWT; white space around it is dropped
	 * @return the credential
	 * @throws ValidationException if it has not three segments of base64url
	 */
	public static VendoCredential identityJwt(String jwt) {
		String text = Objects.requireNonNullElse(jwt, "").strip();
		if (!JWT.matcher(text).matches()) {
			throw VendoHttp
				.invalid("The identity JWT is malformed. " + ((isKey(text)) ? "It is an API key, which is not a user's."
						: "It does not have three segments of base64url with dots between."));
		}
		return new VendoCredential(Type.IDENTITY_JWT, text);
	}

	/**
	 * Return the cookie of somebody who is signed in to the dashboard.
	 * @param cookie the {@code Cookie} header as a browser sends it, {@code name=value};
	 * white space around it is dropped
	 * @return the credential
	 * @throws ValidationException if it is not a cookie or no header can carry it
	 */
	public static VendoCredential sessionCookie(String cookie) {
		String text = Objects.requireNonNullElse(cookie, "").strip();
		String problem = cookieProblem(text);
		if (problem != null) {
			throw VendoHttp.invalid("The session cookie is malformed. " + problem);
		}
		VendoHttp.requireHeader(HttpHeaders.COOKIE, text);
		return new VendoCredential(Type.SESSION_COOKIE, text);
	}

	/**
	 * Return that there is none.
	 * @return the credential of a caller who is not known
	 */
	public static VendoCredential none() {
		return NONE;
	}

	private static String requireKey(@Nullable String key) {
		String text = Objects.requireNonNullElse(key, "").strip();
		if (!isKey(text)) {
			throw VendoHttp.invalid("The API key is malformed. " + keyProblem(text));
		}
		return text;
	}

	// Asked for every request, as keys may change: so without a pattern.
	private static boolean isKey(String text) {
		if (text.length() != KEY_PREFIX.length() + KEY_LENGTH || !text.startsWith(KEY_PREFIX)) {
			return false;
		}
		for (int i = KEY_PREFIX.length(); i < text.length(); i++) {
			if (!isKeyCharacter(text.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	private static boolean isKeyCharacter(int character) {
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
				|| (character >= '0' && character <= '9') || character == '_' || character == '-';
	}

	private static String keyProblem(String key) {
		if (key.isEmpty()) {
			return "It is empty.";
		}
		if (isQuoted(key)) {
			return "It has quotes around it, which belong to a shell or a dotenv file and not to the key.";
		}
		if (key.startsWith("whsec_")) {
			return "It is a webhook secret, which belongs to vendo.webhook.secret.";
		}
		if (JWT.matcher(key).matches()) {
			return "It is a JWT, which belongs to a user and goes to forUser(jwt).";
		}
		if (key.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
			return "It begins with 'Bearer', which is added to it when it is sent.";
		}
		if (key.startsWith("${") || key.startsWith("$VENDO")) {
			return "It is a placeholder that nobody has filled in.";
		}
		if (ASSIGNMENT.matcher(key).matches()) {
			return "It has the name of a variable before it.";
		}
		if (!key.startsWith(KEY_PREFIX)) {
			return key.regionMatches(true, 0, KEY_PREFIX, 0, KEY_PREFIX.length())
					? "It begins with vendo_sk_ in capitals." : "It does not begin with vendo_sk_.";
		}
		String rest = key.substring(KEY_PREFIX.length());
		if (rest.chars().anyMatch(Character::isWhitespace)) {
			return "It has white space in it.";
		}
		if (!rest.chars().allMatch(VendoCredential::isKeyCharacter)) {
			return rest.contains("…") || rest.contains("...") || rest.contains("*")
					? "It is a key as it is shown, with most of it left out." : "It has a character that no key has.";
		}
		return "It has %d characters after vendo_sk_ instead of %d.".formatted(rest.length(), KEY_LENGTH);
	}

	private static @Nullable String cookieProblem(String cookie) {
		if (cookie.isEmpty()) {
			return "It is empty.";
		}
		if (isKey(cookie)) {
			return "It is an API key, which belongs to vendo.api-key.";
		}
		if (isQuoted(cookie)) {
			return "It has quotes around it, which belong to a shell or a dotenv file and not to the cookie.";
		}
		if (cookie.regionMatches(true, 0, "Cookie:", 0, "Cookie:".length())) {
			return "It begins with 'Cookie:', which is added to it when it is sent.";
		}
		if (cookie.indexOf('=') < 1) {
			return "It has to be name=value, as a browser sends it.";
		}
		return null;
	}

	private static boolean isQuoted(String text) {
		return text.startsWith("\"") || text.startsWith("'") || text.endsWith("\"") || text.endsWith("'");
	}

	/**
	 * Return what kind of credential this is.
	 * @return the type
	 */
	public Type type() {
		return this.type;
	}

	/**
	 * Return what is sent.
	 * @return the secret itself, empty for {@link #none()}
	 */
	public String value() {
		return this.value;
	}

	void writeTo(HttpHeaders headers) {
		switch (this.type) {
			case APP_KEY, CONNECTION_KEY, IDENTITY_JWT -> headers.setBearerAuth(this.value);
			case SESSION_COOKIE -> headers.set(HttpHeaders.COOKIE, this.value);
			case NONE -> {
			}
		}
	}

	/**
	 * Return what must not be repeated although nobody could tell that it is a secret.
	 */
	List<String> secrets() {
		List<String> secrets = new ArrayList<>();
		if (this.type == Type.SESSION_COOKIE) {
			secrets.add(this.value);
			for (String cookie : this.value.split(";")) {
				secrets.add(cookie.substring(cookie.indexOf('=') + 1).strip());
			}
		}
		else {
			secrets.add(this.value);
		}
		return secrets;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof VendoCredential credential && this.type == credential.type
				&& this.value.equals(credential.value);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.type, this.value);
	}

	@Override
	public String toString() {
		return switch (this.type) {
			case APP_KEY, CONNECTION_KEY -> this.type.description() + " " + Redaction.maskKey(this.value);
			case IDENTITY_JWT, SESSION_COOKIE -> this.type.description() + " " + Redaction.MASK;
			case NONE -> this.type.description();
		};
	}

	/**
	 * The kinds of credentials there are.
	 */
	public enum Type {

		/** A key of the application. */
		APP_KEY("App Key", "an App Key",
				"mint one for the application in the Vendo dashboard and set vendo.api-key (VENDO_API_KEY)"),

		/** A key of one connection. */
		CONNECTION_KEY("Connection Key", "a Connection Key",
				"mint one for the connection in the Vendo dashboard and hand it over as VendoCredential.connectionKey(key)"),

		/** The JWT of a signed-in user, in place of a key. */
		IDENTITY_JWT("identity JWT", "an identity JWT",
				"the Vendo proxy sends one in X-Vendo-User-JWT; hand it over as VendoCredential.identityJwt(jwt)"),

		/** The cookie of somebody who is signed in to the dashboard. */
		SESSION_COOKIE("session cookie", "a session cookie",
				"sign in to the Vendo dashboard, set vendo.dashboard.session-cookie to what the browser sends, and "
						+ "call through VendoDashboard"),

		/** No credential. */
		NONE("no credential", "no credential", "hand over VendoCredential.none()");

		private final String description;

		private final String withArticle;

		private final String source;

		Type(String description, String withArticle, String source) {
			this.description = description;
			this.withArticle = withArticle;
			this.source = source;
		}

		String description() {
			return this.description;
		}

		String withArticle() {
			return this.withArticle;
		}

		/**
		 * Return how to get one, as a sentence that goes on.
		 */
		String source() {
			return this.source;
		}

	}

}
