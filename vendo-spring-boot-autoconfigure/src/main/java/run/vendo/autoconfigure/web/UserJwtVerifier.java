package run.vendo.autoconfigure.web;

import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a user's JWT is genuine. May wait for keys.
 */
@FunctionalInterface
interface UserJwtVerifier {

	/**
	 * Return whose JWT it is.
	 * @param jwt the JWT as it came
	 * @return the user, or {@code null} when the JWT is not to be believed
	 */
	@Nullable String userOf(String jwt);

}
