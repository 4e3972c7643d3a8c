package run.vendo.test;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Who calls are made for: the application itself, or one user of it.
 *
 * @param user the user, or {@code null} for the application itself
 */
record Identity(@Nullable String user) {

	static final Identity APP = new Identity(null);

	private static final Pattern JWT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

	/**
	 * Return who a request is made for.
	 * @throws Refusal if it names nobody that can be
	 */
	static Identity of(Call call) {
		List<String> values = call.headers().getOrDefault(KeyRing.USER_JWT_HEADER, List.of());
		if (values.isEmpty()) {
			return APP;
		}
		if (values.size() > 1 || !isJwt(values.get(0))) {
			throw new Refusal(401, "auth", "The user's JWT is not one");
		}
		return ofJwt(values.get(0));
	}

	/**
	 * Return the user of a JWT: its subject, so that a renewed one is still the same
	 * user's, else the JWT itself.
	 */
	static Identity ofJwt(String jwt) {
		try {
			JsonNode claims = Json.MAPPER.readTree(Base64.getUrlDecoder().decode(jwt.split("\\.")[1]));
			JsonNode subject = claims.path("sub");
			return new Identity(subject.isString() ? subject.stringValue() : jwt);
		}
		catch (IllegalArgumentException | JacksonException ex) {
			// The platform of a test does not ask what a JWT is made of, only whose it
			// is.
			return new Identity(jwt);
		}
	}

	static boolean isJwt(String text) {
		return JWT.matcher(text).matches();
	}

	/**
	 * Return a JWT for a user. Its signature is none: nothing here checks it.
	 */
	static String jwt(String user) {
		return encode(Json.object("alg", "ES256", "typ", "JWT")) + "." + encode(Json.object("sub", user)) + "."
				+ encode("not a signature");
	}

	private static String encode(Object claims) {
		return Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(
					(claims instanceof String text) ? text.getBytes(StandardCharsets.UTF_8) : Json.write(claims));
	}

}
