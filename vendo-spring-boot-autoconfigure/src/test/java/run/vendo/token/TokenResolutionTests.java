package run.vendo.token;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

import run.vendo.VendoClient;
import run.vendo.error.ErrorCode;
import run.vendo.error.NotConnectedException;
import run.vendo.error.UpstreamException;
import run.vendo.error.VendoException;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.TokenWorker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for the order in which a token is looked for.
 */
class TokenResolutionTests {

	@AutoClose
	private final TokenWorker worker = new TokenWorker();

	private final Map<String, String> environment = new ConcurrentHashMap<>();

	@AutoClose
	private final VendoClient vendo = TestClients.vendo(this.worker.url()).environment(this.environment::get).build();

	@AutoClose
	private final VendoClient oss = TestClients.oss(this.worker.url()).environment(this.environment::get).build();

	@Test
	void whenInVendoModeThenAsksTheWorker() {
		assertThat(this.vendo.token("slack")).isEqualTo("slack-1");
		Request request = this.worker.requests().get(0);
		assertThat(request.method()).isEqualTo("GET");
		assertThat(request.path()).isEqualTo("/slack");
		assertThat(request.header("Authorization")).isEqualTo("Bearer " + TestClients.KEY);
		assertThat(request.headers().containsHeader("X-Vendo-User-JWT")).isFalse();
	}

	@Test
	void whenTokenIsKeptThenAsksOnce() {
		assertThat(this.vendo.token("slack")).isEqualTo("slack-1");
		assertThat(this.vendo.token("slack")).isEqualTo("slack-1");
		StepVerifier.create(this.vendo.reactive().token("slack")).expectNext("slack-1").verifyComplete();
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenMonoIsSubscribedAgainThenResolvesAgain() {
		var token = this.vendo.reactive().token("slack");
		assertThat(this.worker.count()).isZero();
		StepVerifier.create(token).expectNext("slack-1").verifyComplete();
		this.vendo.invalidate("slack");
		StepVerifier.create(token).expectNext("slack-2").verifyComplete();
	}

	@Test
	void whenOverrideIsSetThenItWinsInVendoModeWithoutARequest() {
		this.environment.put("VENDO_TOKEN_SLACK", "own");
		assertThat(this.vendo.token("slack")).isEqualTo("own");
		StepVerifier.create(this.vendo.reactive().token("slack")).expectNext("own").verifyComplete();
		assertThat(this.worker.count()).isZero();
	}

	@Test
	void whenOverrideIsSetThenItWinsInOssMode() {
		this.environment.put("OPENAI_API_KEY", "primary");
		this.environment.put("VENDO_TOKEN_OPENAI", "own");
		assertThat(this.oss.token("openai")).isEqualTo("own");
	}

	@Test
	void whenOverrideIsSetLaterThenItWinsOverAKeptToken() {
		this.vendo.token("slack");
		this.environment.put("VENDO_TOKEN_SLACK", "own");
		assertThat(this.vendo.token("slack")).isEqualTo("own");
		StepVerifier.create(this.vendo.reactive().token("slack")).expectNext("own").verifyComplete();
		this.environment.put("VENDO_TOKEN_SLACK", "changed");
		assertThat(this.vendo.token("slack")).isEqualTo("changed");
		this.environment.remove("VENDO_TOKEN_SLACK");
		assertThat(this.vendo.token("slack")).isEqualTo("slack-1");
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenOverrideIsUnsetThenItIsNotKept() {
		this.environment.put("VENDO_TOKEN_SLACK", "own");
		assertThat(this.vendo.token("slack")).isEqualTo("own");
		this.environment.remove("VENDO_TOKEN_SLACK");
		assertThat(this.vendo.token("slack")).isEqualTo("slack-1");
	}

	@Test
	void whenSlugHasDashesThenTheirVariableHasUnderscores() {
		this.environment.put("VENDO_TOKEN_MY_OWN_CRM", "own");
		assertThat(this.vendo.token("my-own-crm")).isEqualTo("own");
		assertThat(this.oss.token("my-own-crm")).isEqualTo("own");
	}

	@Test
	void whenDefaultLocaleIsTurkishThenVariableIsTheSame() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("tr-TR"));
		try {
			this.environment.put("VENDO_TOKEN_GEMINI", "own");
			assertThat(this.vendo.token("gemini")).isEqualTo("own");
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@Test
	void whenVariableHasWhiteSpaceAroundThenItIsTrimmed() {
		this.environment.put("VENDO_TOKEN_SLACK", "\t own \r\n");
		this.environment.put("OPENAI_API_KEY", " primary\n");
		assertThat(this.vendo.token("slack")).isEqualTo("own");
		assertThat(this.oss.token("openai")).isEqualTo("primary");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\t\n" })
	void whenVariableIsBlankThenItCountsAsAbsent(String blank) {
		this.environment.put("VENDO_TOKEN_SLACK", blank);
		this.environment.put("SLACK_BOT_TOKEN", blank);
		assertThat(this.vendo.token("slack")).isEqualTo("slack-1");
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.oss.token("slack"));
	}

	@Test
	void whenInVendoModeThenProvidersOwnVariableIsNotLookedAt() {
		this.environment.put("OPENAI_API_KEY", "primary");
		assertThat(this.vendo.token("openai")).isEqualTo("openai-1");
		this.worker.disconnect("anthropic");
		this.environment.put("ANTHROPIC_API_KEY", "primary");
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.vendo.token("anthropic"));
	}

	@ParameterizedTest
	@CsvSource({ "openai, OPENAI_API_KEY", "anthropic, ANTHROPIC_API_KEY", "openrouter, OPENROUTER_API_KEY",
			"gemini, GEMINI_API_KEY", "telegram, TELEGRAM_BOT_TOKEN", "elevenlabs, ELEVENLABS_API_KEY",
			"assemblyai, ASSEMBLYAI_API_KEY", "muapi, MUAPI_API_KEY", "notion, NOTION_API_TOKEN",
			"gmail, GMAIL_ACCESS_TOKEN", "slack, SLACK_BOT_TOKEN", "instagram, INSTAGRAM_ACCESS_TOKEN",
			"supabase, SUPABASE_ACCESS_TOKEN" })
	void whenInOssModeThenTokenIsThePrimaryVariableOfTheCatalog(String slug, String variable) {
		this.environment.put(variable, "primary");
		assertThat(this.oss.token(slug)).isEqualTo("primary");
		StepVerifier.create(this.oss.reactive().token(slug)).expectNext("primary").verifyComplete();
		assertThat(this.worker.count()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "notion, NOTION_TOKEN", "slack, SLACK_SIGNING_SECRET" })
	void whenOnlyAnotherVariableIsSetInOssModeThenThereIsNoToken(String slug, String variable) {
		this.environment.put(variable, "not a token");
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.oss.token(slug))
			.withMessageNotContaining("not a token");
	}

	@Test
	void whenVariableChangesInOssModeThenTheNewValueIsUsed() {
		this.environment.put("OPENAI_API_KEY", "one");
		assertThat(this.oss.token("openai")).isEqualTo("one");
		this.environment.put("OPENAI_API_KEY", "two");
		assertThat(this.oss.token("openai")).isEqualTo("two");
		this.environment.remove("OPENAI_API_KEY");
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.oss.token("openai"));
	}

	@Test
	void whenThereIsNoTokenInOssModeThenMessageNamesTheVariables() {
		NotConnectedException failure = catchThrowableOfType(NotConnectedException.class,
				() -> this.oss.token("notion"));
		assertThat(failure.getMessage()).contains("notion", "NOTION_API_TOKEN", "VENDO_TOKEN_NOTION", "VENDO_API_KEY");
		assertThat(failure.code()).isEqualTo(ErrorCode.BINDING_MISSING);
		assertThat(failure.slug()).isEqualTo("notion");
		assertThat(failure.attempts()).isZero();
		StepVerifier.create(this.oss.reactive().token("notion"))
			.verifyErrorSatisfies(
					(ex) -> assertThat(ex).isInstanceOf(NotConnectedException.class).hasMessage(failure.getMessage()));
		assertThat(this.worker.count()).isZero();
	}

	@Test
	void whenSlugIsOutsideTheCatalogThenMessageNamesBothWaysOut() {
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> this.oss.token("my-crm"))
			.withMessageContaining("VENDO_TOKEN_MY_CRM")
			.withMessageContaining("vendo.byok.my-crm")
			.withMessageContaining("VENDO_API_KEY")
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.BINDING_MISSING));
	}

	@Test
	void whenSlugHasLineBreaksThenMessageCannotForgeALogLine() {
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> this.oss.token("x\n2026-05-20 ERROR forged\r\u2028"))
			.satisfies((ex) -> assertThat(ex.getMessage().lines()).noneMatch((line) -> line.startsWith("2026")));
		this.worker.fail(403, "binding_missing");
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> this.vendo.token("x\n2026-05-20 ERROR forged\r\u2028"))
			.satisfies((ex) -> assertThat(ex.getMessage().lines()).noneMatch((line) -> line.startsWith("2026")));
	}

	@Test
	void whenCatalogIsExtendedThenTheFirstVariableHoldsTheToken() {
		VendoClient client = this.oss.mutate()
			.byok(Map.of("my-crm", List.of("CRM_KEY", "CRM_OLD_KEY"), "slack", List.of("OUR_SLACK")))
			.build();
		this.environment.putAll(Map.of("CRM_KEY", "crm", "SLACK_BOT_TOKEN", "theirs", "OUR_SLACK", "ours"));
		assertThat(client.token("my-crm")).isEqualTo("crm");
		assertThat(client.token("slack")).isEqualTo("ours");
		this.environment.put("OPENAI_API_KEY", "primary");
		assertThat(client.token("openai")).isEqualTo("primary");
		this.environment.remove("CRM_KEY");
		this.environment.put("CRM_OLD_KEY", "old");
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> client.token("my-crm"))
			.withMessageContaining("CRM_KEY");
	}

	@ParameterizedTest
	@CsvSource({ "400, validation_failed, ValidationException", "401, app_unknown, AuthException",
			"401, app_revoked, AuthException", "401, app_expired, AuthException",
			"401, connection_needs_reauth, NeedsReauthException", "403, binding_missing, NotConnectedException",
			"403, connection_revoked, NotConnectedException", "404, provider_unknown, NotFoundException",
			"500, profile_unsupported, ServerException", "502, upstream_error, UpstreamException" })
	void whenWorkerRefusesThenErrorSaysWhyAndForWhichProvider(int status, String code, String type) {
		this.worker.fail(status, code);
		VendoException failure = catchThrowableOfType(VendoException.class, () -> this.vendo.token("slack"));
		assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
		assertThat(failure.status()).isEqualTo(status);
		assertThat(failure.code()).isEqualTo(new ErrorCode(code));
		assertThat(failure.slug()).isEqualTo("slack");
		assertThat(failure.platformMessage()).isEqualTo("The worker says " + code);
		StepVerifier.create(this.vendo.reactive().token("slack"))
			.verifyErrorSatisfies((ex) -> assertThat(ex).hasSameClassAs(failure));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "[]", "null", "\"s3cr3t\"", "{\"access_token\":null}", "{\"access_token\":\"\"}",
			"{\"access_token\":\"  \"}", "{\"access_token\":42}", "{\"access_token\":true}",
			"{\"access_token\":[\"s3cr3t\"]}", "{\"access_token\":{\"value\":\"s3cr3t\"}}",
			"{\"access_token\":\"s3cr3t\",\"expires_at\":\"tomorrow\"}",
			"{\"access_token\":\"s3cr3t\",\"expires_at\":1779278400}",
			"{\"access_token\":\"s3cr3t\",\"expires_at\":\"1779278400\"}",
			"{\"access_token\":\"s3cr3t\",\"expires_at\":1779278400.5}",
			"{\"access_token\":\"s3cr3t\",\"expires_at\":\"\"}", "{\"access_token\":\"s3cr3t\",\"expires_at\":true}",
			"{\"access_token\":\"s3cr3t\",\"expires_at\":[]}", "{\"access_token\":\"s3cr3t\"} trailing",
			"access_token=s3cr3t" })
	void whenAnswerIsNotATokenThenFailsWithoutKeepingOrShowingAnyOfIt(String body) {
		this.worker.answerInstead((request) -> Response.json(body));
		assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> this.vendo.token("slack"))
			.withMessageNotContaining("s3cr3t")
			.satisfies((ex) -> {
				assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE);
				assertThat(ex.slug()).isEqualTo("slack");
				assertThat(ex.responseBody()).isNull();
				assertThat(ex).hasNoCause();
			});
		this.worker.recover();
		assertThat(this.vendo.token("slack")).isEqualTo("slack-1");
	}

	@Test
	void whenAnswerHasUnknownFieldsThenTheyDoNotMatter() {
		this.worker.answerInstead((request) -> Response
			.json("{\"access_token\":\"t\",\"token_type\":7,\"scope\":[\"a\"],\"new\":{\"x\":null}}"));
		assertThat(this.vendo.token("slack")).isEqualTo("t");
	}

}
