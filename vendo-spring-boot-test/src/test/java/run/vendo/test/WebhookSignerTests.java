package run.vendo.test;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import org.junit.jupiter.api.Test;

import run.vendo.error.ValidationException;
import run.vendo.webhook.WebhooksApi;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.http.HttpHeaders;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link WebhookSigner}.
 */
class WebhookSignerTests {

	private static final Instant NOW = Instant.ofEpochSecond(1779278400);

	private static final String SECRET = "whsec_example_0123456789";

	private static final String BODY = "{\"id\":\"evt_1\",\"type\":\"connection.connected\","
			+ "\"occurred_at\":\"2026-05-20T12:00:00Z\",\"data\":{\"slug\":\"slack\",\"connection_id\":\"cn_1\"}}";

	private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

	private final WebhookSigner signer = WebhookSigner.of(SECRET).withClock(this.clock);

	private final WebhooksApi webhooks = WebhooksApi.of(List.of(SECRET), Duration.ofSeconds(300), this.clock);

	@Test
	void signsAsThePlatformDoes() {
		HttpHeaders headers = this.signer.sign(BODY);
		assertThat(headers.getFirst("Vendo-Timestamp")).isEqualTo("1779278400");
		assertThat(headers.getFirst("Vendo-Signature"))
			.isEqualTo("9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c1");
		assertThat(headers.containsHeader("Vendo-Event-Id")).isFalse();
	}

	@Test
	void bytesAndTextHaveTheSameSignature() {
		String body = "{\"name\":\"Grüße\"}";
		assertThat(this.signer.sign(body)).isEqualTo(this.signer.sign(body.getBytes(StandardCharsets.UTF_8)));
		assertThat(this.webhooks.verify(this.signer.sign(body), body).body().path("name").asString())
			.isEqualTo("Grüße");
	}

	@Test
	void eventIdIsSentAlong() {
		assertThat(this.webhooks.verify(this.signer.withEventId("evt_9").sign("{}"), "{}").id()).isEqualTo("evt_9");
	}

	@Test
	void whenTimestampIsOldThenDeliveryIsStale() {
		HttpHeaders headers = this.signer.withTimestamp(NOW.minusSeconds(301)).sign(BODY);
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.webhooks.verify(headers, BODY))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo("stale"));
	}

	@Test
	void whenTimestampIsTextThenItIsSignedAsVerified() {
		HttpHeaders headers = this.signer.withTimestamp("2026-05-20T12:00:00Z").sign(BODY);
		assertThat(this.webhooks.verify(headers, BODY).signedAt()).isEqualTo(NOW);
	}

	@Test
	void whenSecretIsAnotherThenSignatureDoesNotMatch() {
		HttpHeaders headers = this.signer.withSecret("whsec_other").sign(BODY);
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.webhooks.verify(headers, BODY))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo("mismatch"));
	}

	@Test
	void headersTakeThePlaceOfThoseThatAreThere() {
		HttpHeaders headers = new HttpHeaders();
		headers.set("Vendo-Signature", "old");
		headers.set("Accept", "text/plain");
		this.signer.headers(BODY).accept(headers);
		assertThat(this.webhooks.verify(headers, BODY).id()).isEqualTo("evt_1");
		assertThat(headers.getFirst("Accept")).isEqualTo("text/plain");
	}

	@Test
	void signerIsABeanWhereThereIsNoServletApi() throws Exception {
		try (FilteredClassLoader filtered = new FilteredClassLoader("jakarta.servlet")) {
			Class<?> type = new ReloadingClassLoader(filtered).loadClass(WebhookSigner.class.getName());
			assertThat(type.getClassLoader()).isInstanceOf(ReloadingClassLoader.class);
			assertThat(ReflectionUtils.getAllDeclaredMethods(type)).isNotEmpty();
			assertThat(BeanUtils.getPropertyDescriptors(type)).isNotEmpty();
			Object signer = type.getMethod("of", String.class).invoke(null, SECRET);
			assertThat(type.getMethod("sign", String.class).invoke(signer, BODY)).isInstanceOf(HttpHeaders.class);
		}
	}

	/**
	 * Defines the signer itself, so that its references are seen by the filter.
	 */
	private static final class ReloadingClassLoader extends ClassLoader {

		ReloadingClassLoader(ClassLoader parent) {
			super(parent);
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith("run.vendo.test.") && !name.startsWith("org.springframework.mock.")
					&& !name.startsWith("org.springframework.test.")) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : define(name);
			}
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			try (java.io.InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
				if (in == null) {
					throw new ClassNotFoundException(name);
				}
				byte[] bytes = in.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (java.io.IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

}
