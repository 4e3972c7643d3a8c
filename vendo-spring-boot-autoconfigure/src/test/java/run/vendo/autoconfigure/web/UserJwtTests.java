package run.vendo.autoconfigure.web;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.error.VendoConfigurationException;
import run.vendo.fixture.MutableClock;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.UserPlatform;
import run.vendo.fixture.WebApplication;
import run.vendo.fixture.WebStack;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * User JWTs that have to prove what the headers say.
 */
class UserJwtTests {

	private static final ECKey EC;

	private static final ECKey STRANGERS;

	private static final RSAKey RSA;

	static {
		try {
			EC = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
			STRANGERS = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
			RSA = new RSAKeyGenerator(2048).keyID("rsa").generate();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private final UserPlatform platform = new UserPlatform();

	private final StubServer keys = StubServer.start()
		.respond((request) -> Response.json(new JWKSet(List.<JWK>of(EC, RSA)).toPublicJWKSet().toString()));

	@AfterEach
	void stop() {
		this.keys.close();
		this.platform.close();
	}

	@ParameterizedTest
	@EnumSource
	void onlyAGenuineJwtOfTheSameUserIsBelieved(WebStack stack) throws Exception {
		try (WebApplication application = start(stack)) {
			String valid = jwt(EC, JWSAlgorithm.ES256, (claims) -> {
			});
			assertThat(identity(application, "alice", valid)).startsWith("alice");
			assertThat(identity(application, "alice", jwt(RSA, JWSAlgorithm.RS256, (claims) -> {
			}))).startsWith("alice");
			assertThat(application.get("/reactive-parameter", "X-Vendo-User-Id", "alice", "X-Vendo-User-JWT", valid)
				.statusCode()).isEqualTo(200);

			assertRefused(application, "another user", "bob", valid);
			assertRefused(application, "another key", jwt(STRANGERS, JWSAlgorithm.ES256, (claims) -> {
			}));
			assertRefused(application, "another algorithm", jwt(RSA, JWSAlgorithm.RS512, (claims) -> {
			}));
			assertRefused(application, "expired", jwt(EC, JWSAlgorithm.ES256,
					(claims) -> claims.expirationTime(Date.from(MutableClock.START.minus(Duration.ofMinutes(2))))));
			assertRefused(application, "no end", jwt(EC, JWSAlgorithm.ES256, (claims) -> claims.expirationTime(null)));
			assertRefused(application, "not yet", jwt(EC, JWSAlgorithm.ES256,
					(claims) -> claims.notBeforeTime(Date.from(MutableClock.START.plus(Duration.ofMinutes(2))))));
			assertRefused(application, "issuer",
					jwt(EC, JWSAlgorithm.ES256, (claims) -> claims.issuer("https://evil.example.com")));
			assertRefused(application, "audience",
					jwt(EC, JWSAlgorithm.ES256, (claims) -> claims.audience("another-app")));
			assertRefused(application, "no audience",
					jwt(EC, JWSAlgorithm.ES256, (claims) -> claims.audience((String) null)));
			assertRefused(application, "no subject", jwt(EC, JWSAlgorithm.ES256, (claims) -> claims.subject(null)));
			assertRefused(application, "no signature", new PlainJWT(claims((claims) -> {
			})).serialize());
			assertRefused(application, "the public key as a secret", signedWithPublicKey());
			assertRefused(application, "cut", valid.substring(0, valid.length() - 4));
			assertRefused(application, "no JWT at all", "alice");
			assertThat(application.get("/optional-identity", "X-Vendo-User-Id", "alice").body()).isEqualTo("nobody");
			assertThat(this.platform.server().count()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenManyUnknownKeysAreNamedThenKeysAreNotFetchedForEach(WebStack stack) throws Exception {
		Logger logger = (Logger) LoggerFactory.getLogger(NimbusUserJwtVerifier.class);
		ListAppender<ILoggingEvent> lines = new ListAppender<>();
		lines.start();
		try (WebApplication application = start(stack)) {
			logger.setLevel(Level.WARN);
			logger.addAppender(lines);
			for (int i = 0; i < 30; i++) {
				ECKey unknown = new ECKey.Builder(STRANGERS).keyID("unknown-" + i).build();
				assertRefused(application, "unknown key", jwt(unknown, JWSAlgorithm.ES256, (claims) -> {
				}));
			}
			assertThat(this.keys.count()).isBetween(1, 3);
			assertThat(lines.list).isEmpty();
		}
		finally {
			logger.detachAppender(lines);
			logger.setLevel(null);
		}
	}

	@Test
	void whenKeysCannotBeFetchedThenNobodyIsBelieved() throws Exception {
		this.keys.respond((request) -> Response.status(500));
		try (WebApplication application = start(WebStack.MVC)) {
			assertRefused(application, "no keys", jwt(EC, JWSAlgorithm.ES256, (claims) -> {
			}));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			vendo.sso.jwt.jwk-set-uri=keys.example.com                    | is not an absolute URL
			vendo.sso.jwt.jwk-set-uri=not a url                           | is not a URL
			vendo.sso.jwt.jwk-set-uri=http://keys.example.com/keys        | plain http
			vendo.sso.jwt.issuer=https://vendo.run                        | without the keys
			vendo.sso.jwt.audience=my-app                                 | without the keys
			""")
	void whenItCannotBeVerifiedAsAskedThenTheStartFails(String property, String problem) {
		runner().withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(VendoConfigurationException.class)
				.hasMessageContaining(problem));
	}

	@Test
	void whenTheDecoderIsNotThereThenTheStartFails() {
		runner().withPropertyValues("vendo.sso.jwt.jwk-set-uri=https://keys.example.com/keys")
			.withClassLoader(new FilteredClassLoader("org.springframework.security.oauth2", "com.nimbusds"))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(VendoConfigurationException.class)
				.hasMessageContaining("spring-security-oauth2-jose"));
	}

	private static WebApplicationContextRunner runner() {
		return new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(VendoAutoConfiguration.class, VendoWebAutoConfiguration.class));
	}

	private WebApplication start(WebStack stack) {
		return WebApplication.start(stack,
				this.platform.behindProxy("vendo.sso.jwt.jwk-set-uri=" + this.keys.url() + "/keys",
						"vendo.sso.jwt.issuer=https://vendo.run", "vendo.sso.jwt.audience=my-app"),
				UserControllers.Shared.class, ClockConfiguration.class);
	}

	private static void assertRefused(WebApplication application, String why, String jwt) {
		assertRefused(application, why, "alice", jwt);
	}

	private static void assertRefused(WebApplication application, String why, String user, String jwt) {
		assertThat(identity(application, user, jwt)).as(why).isEqualTo("nobody");
		assertThat(
				application.get("/reactive-parameter", "X-Vendo-User-Id", user, "X-Vendo-User-JWT", jwt).statusCode())
			.as(why)
			.isEqualTo(401);
	}

	private static String identity(WebApplication application, String user, String jwt) {
		return application.get("/optional-identity", "X-Vendo-User-Id", user, "X-Vendo-User-JWT", jwt).body();
	}

	private static JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> claims) {
		Instant now = MutableClock.START;
		JWTClaimsSet.Builder builder = new JWTClaimsSet.Builder().subject("alice")
			.issuer("https://vendo.run")
			.audience("my-app")
			.issueTime(Date.from(now))
			.expirationTime(Date.from(now.plus(Duration.ofHours(1))));
		claims.accept(builder);
		return builder.build();
	}

	private static String jwt(JWK key, JWSAlgorithm algorithm, Consumer<JWTClaimsSet.Builder> claims)
			throws JOSEException {
		JWSSigner signer = (key instanceof RSAKey rsa) ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey());
		SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims(claims));
		jwt.sign(signer);
		return jwt.serialize();
	}

	private static String signedWithPublicKey() throws JOSEException {
		SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa").build(),
				claims((claims) -> {
				}));
		jwt.sign(new MACSigner(RSA.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
		return jwt.serialize();
	}

	@Configuration(proxyBeanMethods = false)
	static class ClockConfiguration {

		@Bean
		MutableClock clock() {
			return new MutableClock();
		}

	}

}
