package run.vendo.http;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import run.vendo.error.ValidationException;
import run.vendo.http.VendoCredential.Type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static run.vendo.fixture.TestClients.JWT;
import static run.vendo.fixture.TestClients.KEY;

/**
 * Tests for {@link VendoCredential}.
 */
class VendoCredentialTests {

	@Test
	void shouldTakeWhatEachKindLooksLike() {
		assertThat(VendoCredential.appKey(" " + KEY + "\n").value()).isEqualTo(KEY);
		assertThat(VendoCredential.appKey(KEY).type()).isEqualTo(Type.APP_KEY);
		assertThat(VendoCredential.connectionKey(KEY).type()).isEqualTo(Type.CONNECTION_KEY);
		assertThat(VendoCredential.identityJwt(JWT).type()).isEqualTo(Type.IDENTITY_JWT);
		assertThat(VendoCredential.sessionCookie("sid=abc; theme=dark").value()).isEqualTo("sid=abc; theme=dark");
		assertThat(VendoCredential.none().type()).isEqualTo(Type.NONE);
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`',
			value = { "\"vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-_\", quotes",
					"'vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-_', quotes", "whsec_s3cr3ts3cr3t, webhook secret",
					"eyJs3cr3t.eyJhIjoxfQ.abc, JWT", "Bearer vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-_, 'Bearer'",
					"VENDO_API_KEY=vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-_, name of a variable",
					"export VENDO_API_KEY=vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-_, name of a variable",
					"${VENDO_API_KEY_s3cr3t}, placeholder", "sk-s3cr3t, begin with vendo_sk_",
					"VENDO_SK_s3cr3t89abcdefghijABCDEFGHIJ-_, capitals", "vendo_sk_s3cr3t, 6 characters",
					"vendo_sk_s3cr3t89abcdefghijABCDEFGHIJ-_xyz, 33 characters",
					"vendo_sk_s3cr3t 9abcdefghijABCDEFGHIJ-_, white space",
					"vendo_sk_s3cr3t+9abcdefghijABCDEFGHIJ-_, character that no key has",
					"vendo_sk_s3cr3té9abcdefghijABCDEFGHIJ-_, character that no key has",
					"vendo_sk_…s3cr3t, most of it left out", "``, empty" })
	void whenKeyIsSomethingElseShouldSayWhatWithoutRepeatingIt(String key, String what) {
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> VendoCredential.appKey(key))
			.withMessageContaining(what)
			.satisfies((ex) -> assertThat(ex.toString()).doesNotContain("s3cr3t"));
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> VendoCredential.connectionKey(key))
			.withMessageContaining(what);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a.b", "a.b.c.d", "a..c", "a.b.c=", "a b.c.d" })
	void whenJwtHasNotThreeSegmentsShouldRefuse(String jwt) {
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> VendoCredential.identityJwt(jwt))
			.withMessageContaining("three segments");
	}

	@Test
	void whenKeyIsInPlaceOfAJwtOrCookieShouldSaySo() {
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> VendoCredential.identityJwt(KEY))
			.withMessageContaining("API key");
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> VendoCredential.sessionCookie(KEY))
			.withMessageContaining("vendo.api-key");
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`', value = { "s3cr3t, name=value", "=s3cr3t, name=value", "\"sid=s3cr3t\", quotes",
			"Cookie: sid=s3cr3t, 'Cookie:'", "``, empty" })
	void whenCookieIsNoneShouldSayWhatWithoutRepeatingIt(String cookie, String what) {
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> VendoCredential.sessionCookie(cookie))
			.withMessageContaining(what)
			.satisfies((ex) -> assertThat(ex.toString()).doesNotContain("s3cr3t"));
	}

	@Test
	void whenCookieHasALineBreakShouldRefuseToCarryIt() {
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> VendoCredential.sessionCookie("sid=a\r\nX-Other: b"));
	}

	@Test
	void shouldNotShowItsValue() {
		assertThat(VendoCredential.appKey(KEY)).hasToString("App Key vendo_sk_…IJ-_");
		assertThat(VendoCredential.identityJwt(JWT)).hasToString("identity JWT ***");
		assertThat(VendoCredential.sessionCookie("sid=s3cr3t")).hasToString("session cookie ***");
		assertThat(VendoCredential.none()).hasToString("no credential");
	}

	@Test
	void shouldBeEqualByKindAndValue() {
		assertThat(VendoCredential.appKey(KEY)).isEqualTo(VendoCredential.appKey(KEY))
			.hasSameHashCodeAs(VendoCredential.appKey(KEY))
			.isNotEqualTo(VendoCredential.connectionKey(KEY));
	}

}
