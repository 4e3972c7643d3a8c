package run.vendo.autoconfigure.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import run.vendo.error.VendoConfigurationException;
import run.vendo.http.EnvironmentVariables;

import org.springframework.util.ClassUtils;

/**
 * Makes the verification of user JWTs that the application asks for, or none.
 */
final class UserJwtVerifiers {

	private static final String PROPERTY = "vendo.sso.jwt.jwk-set-uri";

	private static final Pattern LOOPBACK = Pattern
		.compile("localhost|.+\\.localhost|127(?:\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

	private UserJwtVerifiers() {
	}

	/**
	 * Return the verification.
	 * @param properties what it has to look for
	 * @param allowInsecure whether keys may come over plain http
	 * @param clock what tells whether a JWT has expired
	 * @param classLoader where the decoder is looked for
	 * @throws VendoConfigurationException if it cannot be made: to go on without it would
	 * believe whoever cannot be verified
	 */
	static @Nullable UserJwtVerifier create(VendoSsoProperties.Jwt properties, boolean allowInsecure, Clock clock,
			@Nullable ClassLoader classLoader) {
		String uri = EnvironmentVariables.textOrNull(properties.jwkSetUri());
		String issuer = EnvironmentVariables.textOrNull(properties.issuer());
		String audience = EnvironmentVariables.textOrNull(properties.audience());
		if (uri == null) {
			if (issuer != null || audience != null) {
				throw new VendoConfigurationException(
						(issuer != null) ? "vendo.sso.jwt.issuer" : "vendo.sso.jwt.audience",
						"User JWTs cannot be verified without the keys they are signed with",
						"Set " + PROPERTY + " as well.");
			}
			return null;
		}
		if (!ClassUtils.isPresent("org.springframework.security.oauth2.jwt.NimbusJwtDecoder", classLoader)) {
			throw new VendoConfigurationException(PROPERTY,
					"User JWTs cannot be verified, because spring-security-oauth2-jose is not on the class path",
					"Add the dependency org.springframework.security:spring-security-oauth2-jose, or remove " + PROPERTY
							+ ".");
		}
		return new NimbusUserJwtVerifier(check(uri, allowInsecure), issuer, audience, clock);
	}

	private static URI check(String uri, boolean allowInsecure) {
		URI parsed = parse(uri);
		String scheme = String.valueOf(parsed.getScheme()).toLowerCase(Locale.ROOT);
		if ((!scheme.equals("https") && !scheme.equals("http")) || parsed.getHost() == null) {
			throw new VendoConfigurationException(PROPERTY, "It is not an absolute URL that begins with https://",
					"Set " + PROPERTY + " to the URL of the keys.");
		}
		if (scheme.equals("http") && !allowInsecure
				&& !LOOPBACK.matcher(parsed.getHost().toLowerCase(Locale.ROOT)).matches()) {
			throw new VendoConfigurationException(PROPERTY,
					"The keys would come over plain http, where anybody on the way can change them",
					"Use https, or set vendo.allow-insecure=true if that network is yours alone.");
		}
		return parsed;
	}

	private static URI parse(String uri) {
		try {
			return new URI(uri);
		}
		catch (URISyntaxException ex) {
			throw new VendoConfigurationException(PROPERTY, "It is not a URL",
					"Set " + PROPERTY + " to the URL of the keys.");
		}
	}

}
