package run.vendo.http;

import java.net.URI;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what is taken out of texts, by texts that try to keep it in.
 */
class RedactionTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Key vendo_sk_abc-DEF_123.                | Key ***.
			whsec_abc/def+1 is wrong                 | *** is wrong
			Authorization: Bearer abc.def            | Authorization: ***
			got BEARER  abc, want basic eHl6         | got ***, want ***
			(eyJhbGciOiJI.eyJzdWIiOiI.c2ln)          | (***)
			x=1&api_key=s3cret&y=2                   | x=1&api_key=***&y=2
			https://x/cb?access_token=s3cret#a       | https://x/cb?access_token=***
			client-secret=s3cret                     | client-secret=***
			<accessToken>s3cret</accessToken>        | <accessToken>***</accessToken>
			<a:key id="1">s3cret</a:key>             | <a:key id="1">***</a:key>
			{"token":"s3cret"                        | {"token":"***"
			{"apiKey" : "s3\\"cret", "a":1           | {"apiKey" : "***", "a":1
			{'password':'s3cret','a':1               | {'password':"***",'a':1
			{"pin_secret":12345,"a":1                | {"pin_secret":"***","a":1
			nothing to hide: keys, tokens and e.y.J  | nothing to hide: keys, tokens and e.y.J
			""")
	void shouldMaskText(String text, String masked) {
		assertThat(Redaction.mask(text)).isEqualTo(masked);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			{"access_token":"s3cret","a":"b"}              | {"access_token":"***","a":"b"}
			{"a":[{"clientSecret":"s3cret"}]}              | {"a":[{"clientSecret":"***"}]}
			{"credential":{"user":"x","pass":"s3cret"}}    | {"credential":"***"}
			{"tokens":{"slack":{"value":"s3cret"}}}        | {"tokens":"***"}
			{"tokens":12,"token":null,"has_token":true}    | {"tokens":12,"token":null,"has_token":true}
			{"text":"Bearer s3cret"}                       | {"text":"***"}
			{"inner":"{\\"token\\":\\"s3cret\\"}"}         | {"inner":"{\\"token\\":\\"***\\"}"}
			{"vendo_sk_s3cret":1}                          | {"***":1}
			["plain",1,null,true]                          | ["plain",1,null,true]
			""")
	void shouldMaskJson(String body, String masked) {
		assertThat(Redaction.maskBody(body)).doesNotContain("s3cret").satisfies((text) -> {
			if (!body.contains("inner")) {
				assertThat(text).isEqualTo(masked);
			}
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			https://u:s3cret@vendo.run/a?b=s3cret#s3cret  | https://vendo.run/a?b=***
			https://vendo.run:8443/a?slugs=a,b&period=day | https://vendo.run:8443/a?slugs=a,b&period=day
			https://vendo.run/vendo_sk_s3cret/x           | https://vendo.run/***/x
			https://vendo.run?flag&state=                 | https://vendo.run?flag&state=***
			https://vendo.run/?slugs=vendo_sk_s3cret      | https://vendo.run/?slugs=***
			/relative?app_key=s3cret                      | /relative?app_key=***
			""")
	void shouldMaskUrls(String url, String masked) {
		assertThat(Redaction.mask(URI.create(url))).isEqualTo(masked);
	}

	@Test
	void shouldShowTheEndsOfAKeyThatIsLongEnough() {
		assertThat(Redaction.maskKey("vendo_sk_0123456789abcdef0123456789abcdef")).isEqualTo("vendo_sk_…cdef");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "short", "vendo_sk_short", "another-kind-of-key-that-is-long" })
	void whenKeyIsShortOrStrangeShouldShowNothingOfIt(String key) {
		assertThat(Redaction.maskKey(key)).isEqualTo((key != null) ? "***" : null);
	}

	static Stream<String> attacks() {
		int length = 64 * 1024;
		return Stream
			.of("e", "eyJ", "eyJaaaaaaaa.", "a.b-c", "\"", "\\\"", "\"a\":", "'", "<a ", "<token", "<token ", "token",
					"key=", "=", "bearer ", "bearer\t\t\t", "vendo_sk_", "\"token\":\"\\\\", "{\"token\":[", "[", " ",
					"a_token\"", "\"token\\")
			.map((part) -> part.repeat(length / part.length()));
	}

	@ParameterizedTest
	@MethodSource("attacks")
	@Timeout(10)
	void whenTextIsMadeToTakeLongShouldNot(String text) {
		assertThat(Redaction.mask(text)).isNotNull();
		assertThat(Redaction.maskBody(text)).isNotNull();
	}

}
