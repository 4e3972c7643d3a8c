package run.vendo.autoconfigure.web;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of what is believed about the user of a request.
 *
 * @param trustedProxies Comma-separated list of the addresses, or ranges such as
 * "10.0.0.0/8", that the Vendo proxy connects from. Identity headers from elsewhere are
 * ignored. Without any, every address will do.
 * @param jwt How the JWT of the user is verified.
 * @param identityEndpoint The endpoint that tells who is signed in.
 * @param security Spring Security.
 */
@ConfigurationProperties("vendo.sso")
record VendoSsoProperties(@DefaultValue List<String> trustedProxies, @Nullable Jwt jwt,
		@Nullable IdentityEndpoint identityEndpoint, @Nullable Security security) {

	@Override
	public Jwt jwt() {
		return (this.jwt != null) ? this.jwt : new Jwt(null, null, null);
	}

	/**
	 * How the JWT of the user is verified.
	 *
	 * @param jwkSetUri URL of the keys that user JWTs are signed with. When set, a user
	 * is believed only if the request has a valid JWT of that user. Needs
	 * "spring-security-oauth2-jose".
	 * @param issuer Issuer that a user JWT must have.
	 * @param audience Audience that a user JWT must be meant for.
	 */
	record Jwt(@Nullable String jwkSetUri, @Nullable String issuer, @Nullable String audience) {

	}

	/**
	 * The endpoint that tells who is signed in.
	 *
	 * @param enabled Whether to tell who is signed in at "/api/vendo/identity".
	 */
	record IdentityEndpoint(boolean enabled) {

	}

	/**
	 * Spring Security.
	 *
	 * @param enabled Whether whom the Vendo proxy has signed in is the user of Spring
	 * Security.
	 */
	record Security(@DefaultValue("true") boolean enabled) {

	}

}
