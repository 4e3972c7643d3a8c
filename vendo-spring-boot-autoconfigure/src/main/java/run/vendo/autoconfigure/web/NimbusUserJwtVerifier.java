package run.vendo.autoconfigure.web;

import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Verifies user JWTs with Spring Security's decoder. Keys are kept for five minutes, and
 * fetched twice in half a minute at most, however many unknown keys are named.
 */
final class NimbusUserJwtVerifier implements UserJwtVerifier {

	private static final Log logger = LogFactory.getLog(NimbusUserJwtVerifier.class);

	private static final int TIMEOUT_MILLIS = 5_000;

	private static final int MAX_BYTES = 256 * 1024;

	private static final long MILLIS_BETWEEN_FETCHES = 30_000;

	private final NimbusJwtDecoder decoder;

	NimbusUserJwtVerifier(URI jwkSetUri, @Nullable String issuer, @Nullable String audience, Clock clock) {
		this.decoder = NimbusJwtDecoder.withJwkSource(keys(jwkSetUri)).jwsAlgorithms((algorithms) -> {
			algorithms.clear();
			algorithms.add(SignatureAlgorithm.ES256);
			algorithms.add(SignatureAlgorithm.RS256);
		}).build();
		this.decoder.setJwtValidator(validator(issuer, audience, clock));
	}

	private static JWKSource<SecurityContext> keys(URI uri) {
		try {
			URL url = uri.toURL();
			return JWKSourceBuilder.create(url, new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, MAX_BYTES))
				.rateLimited(MILLIS_BETWEEN_FETCHES)
				.build();
		}
		catch (MalformedURLException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private static OAuth2TokenValidator<Jwt> validator(@Nullable String issuer, @Nullable String audience,
			Clock clock) {
		List<OAuth2TokenValidator<Jwt>> validators = new ArrayList<>();
		JwtTimestampValidator timestamps = new JwtTimestampValidator();
		timestamps.setAllowEmptyExpiryClaim(false);
		timestamps.setClock(clock);
		validators.add(timestamps);
		if (issuer != null) {
			validators.add(new JwtIssuerValidator(issuer));
		}
		if (audience != null) {
			validators.add(new JwtClaimValidator<List<String>>("aud",
					(audiences) -> audiences != null && audiences.contains(audience)));
		}
		return new DelegatingOAuth2TokenValidator<>(validators);
	}

	@Override
	public @Nullable String userOf(String jwt) {
		try {
			return this.decoder.decode(jwt).getSubject();
		}
		catch (BadJwtException ex) {
			return null;
		}
		catch (JwtException ex) {
			if (ex.getCause() instanceof RateLimitReachedException) {
				// Whoever names unknown keys without end fills no log with it.
				return null;
			}
			logger.warn("User JWTs cannot be verified: see whether vendo.sso.jwt.jwk-set-uri can be reached ("
					+ ((ex.getCause() != null) ? ex.getCause() : ex).getClass().getSimpleName() + ")");
			return null;
		}
	}

}
