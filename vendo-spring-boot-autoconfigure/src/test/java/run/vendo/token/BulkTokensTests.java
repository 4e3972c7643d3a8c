package run.vendo.token;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

import run.vendo.VendoClient;
import run.vendo.error.ErrorCode;
import run.vendo.error.NotConnectedException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.fixture.Callers;
import run.vendo.fixture.StubServer.Gate;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;
import run.vendo.fixture.TokenWorker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for several tokens at once.
 */
class BulkTokensTests {

	@AutoClose
	private final TokenWorker worker = new TokenWorker();

	private final Map<String, String> environment = new ConcurrentHashMap<>();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.worker.url()).environment(this.environment::get).build();

	@Test
	void whenNoneIsKnownThenThereIsOneRequestForAll() {
		assertThat(this.client.tokens(List.of("slack", "notion", "gmail"))).containsExactly(
				entry("slack", Optional.of("slack-1")), entry("notion", Optional.of("notion-1")),
				entry("gmail", Optional.of("gmail-1")));
		assertThat(this.worker.targets()).containsExactly("/_bulk?slugs=slack,notion,gmail");
		assertThat(this.worker.requests().get(0).header("Authorization")).isEqualTo("Bearer " + TestClients.KEY);
	}

	@Test
	void whenReactiveThenSameAnswer() {
		StepVerifier.create(this.client.reactive().tokens(List.of("slack", "notion")))
			.assertNext((tokens) -> assertThat(tokens).containsExactly(entry("slack", Optional.of("slack-1")),
					entry("notion", Optional.of("notion-1"))))
			.verifyComplete();
		assertThat(this.worker.targets()).containsExactly("/_bulk?slugs=slack,notion");
	}

	@Test
	void whenSomeAreOverriddenOrKeptThenOnlyTheRestIsAskedFor() {
		this.environment.put("VENDO_TOKEN_GMAIL", "own");
		assertThat(this.client.token("notion")).isEqualTo("notion-1");
		assertThat(this.client.tokens(List.of("slack", "notion", "gmail", "openai"))).containsExactly(
				entry("slack", Optional.of("slack-1")), entry("notion", Optional.of("notion-1")),
				entry("gmail", Optional.of("own")), entry("openai", Optional.of("openai-1")));
		assertThat(this.worker.targets()).containsExactly("/notion", "/_bulk?slugs=slack,openai");
	}

	@Test
	void whenAllAreKnownThenThereIsNoRequest() {
		this.environment.put("VENDO_TOKEN_GMAIL", "own");
		this.client.tokens(List.of("slack", "notion"));
		assertThat(this.client.tokens(List.of("gmail", "notion", "slack"))).containsExactly(
				entry("gmail", Optional.of("own")), entry("notion", Optional.of("notion-1")),
				entry("slack", Optional.of("slack-1")));
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenOverrideIsSetLaterThenItWinsOverAKeptToken() {
		this.client.tokens(List.of("slack"));
		this.environment.put("VENDO_TOKEN_SLACK", "own");
		assertThat(this.client.tokens(List.of("slack"))).containsExactly(entry("slack", Optional.of("own")));
		this.environment.remove("VENDO_TOKEN_SLACK");
		assertThat(this.client.tokens(List.of("slack"))).containsExactly(entry("slack", Optional.of("slack-1")));
	}

	@Test
	void whenNothingIsAskedForThenThereIsNoRequest() {
		assertThat(this.client.tokens(List.of())).isEmpty();
		assertThat(this.worker.count()).isZero();
	}

	@Test
	void whenThereIsNoCredentialThenTokenIsEmptyAndNotKept() {
		this.worker.disconnect("notion");
		Map<String, Optional<String>> expected = Map.of("slack", Optional.of("slack-1"), "notion", Optional.empty());
		assertThat(this.client.tokens(List.of("slack", "notion"))).isEqualTo(expected);
		assertThat(this.client.tokens(List.of("slack", "notion"))).isEqualTo(expected);
		assertThat(this.worker.targets()).containsExactly("/_bulk?slugs=slack,notion", "/_bulk?slugs=notion");
	}

	@Test
	void whenAnswerLeavesOneOutThenItIsEmpty() {
		this.worker
			.answerInstead((request) -> Response.json("{\"tokens\":{\"slack\":{\"access_token\":\"t\"},\"other\":{}}}"
				.replace("{}", "{\"access_token\":\"never asked for\"}")));
		assertThat(this.client.tokens(List.of("slack", "notion"))).containsExactly(entry("slack", Optional.of("t")),
				entry("notion", Optional.empty()));
	}

	@Test
	void whenSlugsRepeatThenEachCountsOnceWhereItCameFirst() {
		assertThat(this.client.tokens(List.of("slack", "notion", "slack", "notion", "slack")).keySet())
			.containsExactly("slack", "notion");
		assertThat(this.worker.targets()).containsExactly("/_bulk?slugs=slack,notion");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "\t", ".", "..", "_bulk" })
	void whenASlugCannotBeOneThenFailsBeforeAnyRequest(String slug) {
		List<String> slugs = Arrays.asList("slack", slug, "notion");
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.client.tokens(slugs))
			.satisfies((ex) -> assertThat(ex.attempts()).isZero());
		StepVerifier.create(this.client.reactive().tokens(slugs)).verifyError(ValidationException.class);
		assertThat(this.worker.count()).isZero();
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
	}

	@Test
	void whenNoSlugsAreGivenAtAllThenFailsBeforeAnyRequest() {
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.client.tokens(null))
			.withMessageContaining("'slugs'")
			.satisfies((ex) -> assertThat(ex.attempts()).isZero());
		StepVerifier.create(this.client.reactive().tokens(null)).verifyError(ValidationException.class);
		assertThat(this.worker.count()).isZero();
	}

	@Test
	void whenSlugsNeedEncodingThenEachStaysOneParameterValue() {
		List<String> slugs = List.of("a,b", "a/b", "a b", "a&slugs=c", "a%2Cb", "a?b#c", "ünïcödé", "a+b");
		assertThat(this.client.tokens(slugs).keySet()).containsExactlyElementsOf(slugs);
		assertThat(this.worker.targets())
			.containsExactly("/_bulk?slugs=a%2Cb,a%2Fb,a%20b,a%26slugs%3Dc,a%252Cb,a%3Fb%23c,"
					+ "%C3%BCn%C3%AFc%C3%B6d%C3%A9,a%2Bb");
		assertThat(this.client.token("a,b")).isEqualTo("a,b-1");
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenOneIsUnderWayAloneThenOnlyTheRestIsAskedFor() {
		Gate gate = this.worker.hold();
		CompletableFuture<String> single = this.client.reactive().token("slack").toFuture();
		gate.awaitArrival();
		Callers<Map<String, Optional<String>>> bulk = Callers
			.start(1, () -> this.client.tokens(List.of("slack", "notion")))
			.awaitWaiting();
		gate.awaitArrival();
		gate.open();
		assertThat(single.join()).isEqualTo("slack-1");
		assertThat(bulk.result()).containsExactly(entry("slack", Optional.of("slack-1")),
				entry("notion", Optional.of("notion-1")));
		assertThat(this.worker.targets()).containsExactly("/slack", "/_bulk?slugs=notion");
	}

	@Test
	void whenOneIsUnderWayInBulkThenACallForItAloneJoins() {
		Gate gate = this.worker.hold();
		CompletableFuture<?> bulk = this.client.reactive().tokens(List.of("slack", "notion")).toFuture();
		gate.awaitArrival();
		Callers<String> single = Callers.start(1, () -> this.client.token("slack")).awaitWaiting();
		gate.open();
		assertThat(single.result()).isEqualTo("slack-1");
		bulk.join();
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenTwoBulkCallsOverlapThenNothingIsAskedForTwice() {
		Gate gate = this.worker.hold();
		var first = this.client.reactive().tokens(List.of("a", "b", "c")).toFuture();
		gate.awaitArrival();
		var second = this.client.reactive().tokens(List.of("d", "c", "b")).toFuture();
		gate.awaitArrival();
		var third = this.client.reactive().tokens(List.of("d", "a")).toFuture();
		gate.open();
		assertThat(first.join()).hasToString("{a=Optional[a-1], b=Optional[b-1], c=Optional[c-1]}");
		assertThat(second.join()).hasToString("{d=Optional[d-1], c=Optional[c-1], b=Optional[b-1]}");
		assertThat(third.join()).hasToString("{d=Optional[d-1], a=Optional[a-1]}");
		assertThat(this.worker.targets()).containsExactly("/_bulk?slugs=a,b,c", "/_bulk?slugs=d");
	}

	@Test
	void whenJoinedBulkFindsNoCredentialThenCallerIsToldWhy() {
		this.worker.disconnect("slack");
		Gate gate = this.worker.hold();
		var bulk = this.client.reactive().tokens(List.of("slack")).toFuture();
		gate.awaitArrival();
		Callers<String> single = Callers.start(1, () -> this.client.token("slack")).awaitWaiting();
		gate.open();
		assertThat(bulk.join()).containsExactly(entry("slack", Optional.empty()));
		assertThat(single.failure()).isInstanceOf(NotConnectedException.class).hasMessageContaining("slack");
		assertThat(this.worker.targets()).containsExactly("/_bulk?slugs=slack", "/slack");
	}

	@ParameterizedTest
	@CsvSource({ "403, binding_missing", "403, connection_revoked", "401, connection_needs_reauth",
			"404, provider_unknown" })
	void whenJoinedSingleCallSaysThereIsNoCredentialThenItIsEmpty(int status, String code) {
		this.worker.answerInstead((request) -> request.path().equals("/slack") ? Response.error(status, code) : null);
		assertThat(bulkThatJoinsASingleCall().join()).containsExactly(entry("slack", Optional.empty()),
				entry("notion", Optional.of("notion-1")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 403, 404, 429, 500, 503 })
	void whenJoinedSingleCallFailsOtherwiseThenItIsNotTakenForNoCredential(int status) {
		// What an edge in front of the worker says is about the edge.
		this.worker.answerInstead((request) -> request.path().equals("/slack")
				? new Response(status, Map.of("Content-Type", "text/html"), "<html>Blocked</html>") : null);
		Throwable failure = catchThrowable(bulkThatJoinsASingleCall()::join).getCause();
		assertThat(failure).isInstanceOfSatisfying(VendoException.class,
				(ex) -> assertThat(ex.status()).isEqualTo(status));
	}

	private CompletableFuture<Map<String, Optional<String>>> bulkThatJoinsASingleCall() {
		Gate gate = this.worker.hold();
		this.client.reactive().token("slack").subscribe((token) -> {
		}, (ex) -> {
		});
		gate.awaitArrival();
		var bulk = this.client.reactive().tokens(List.of("slack", "notion")).toFuture();
		gate.awaitArrival();
		gate.open();
		return bulk;
	}

	@Test
	void whenBulkFailsThenEveryCallerGetsAnExceptionOfItsOwnThatNamesItsProvider() {
		this.worker.fail(502, "upstream_error");
		Gate gate = this.worker.hold();
		Callers<?> bulk = Callers.start(1, () -> this.client.tokens(List.of("slack", "notion"))).awaitWaiting();
		gate.awaitArrival();
		Callers<?> single = Callers.start(2, () -> this.client.token("slack")).awaitWaiting();
		gate.open();
		List<Throwable> failures = new ArrayList<>(single.failures());
		assertThat(failures).allSatisfy((ex) -> assertThat(ex).isInstanceOfSatisfying(UpstreamException.class,
				(vendo) -> assertThat(vendo.slug()).isEqualTo("slack")));
		failures.add(bulk.failure());
		assertThat(((VendoException) bulk.failure()).slug()).isNull();
		assertThat(failures).doesNotHaveDuplicates();
		assertThat(this.worker.count()).isEqualTo(1);
	}

	@Test
	void whenBulkIsRefusedForAnotherProvidersSakeThenACallerOfOneAsksAlone() {
		this.worker.answerInstead(
				(request) -> request.path().equals("/_bulk") ? Response.error(400, "validation_failed") : null);
		Gate gate = this.worker.hold();
		var bulk = this.client.reactive().tokens(List.of("slack", "no such thing")).toFuture();
		gate.awaitArrival();
		Callers<String> single = Callers.start(1, () -> this.client.token("slack")).awaitWaiting();
		gate.open();
		assertThat(catchThrowable(bulk::join)).hasCauseInstanceOf(ValidationException.class);
		assertThat(single.result()).isEqualTo("slack-1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"tokens\":null}", "{\"tokens\":[]}", "{\"tokens\":\"s3cr3t\"}",
			"{\"tokens\":{\"slack\":\"s3cr3t\"}}", "{\"tokens\":{\"slack\":{}}}",
			"{\"tokens\":{\"slack\":{\"access_token\":\"\"}}}", "{\"tokens\":{\"slack\":{\"access_token\":7}}}",
			"{\"tokens\":{\"slack\":{\"access_token\":\"s3cr3t\",\"expires_at\":1}}}", "[]", "null" })
	void whenAnswerIsOfAnotherShapeThenFails(String body) {
		this.worker.answerInstead((request) -> Response.json(body));
		assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> this.client.tokens(List.of("slack")))
			.withMessageNotContaining("s3cr3t")
			.satisfies((ex) -> {
				assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE);
				assertThat(ex.responseBody()).isNull();
			});
		this.worker.recover();
		assertThat(this.client.token("slack")).isEqualTo("slack-1");
	}

	@Test
	void whenEnvironmentFailsMidwayThenNoFetchIsLeftBehind() {
		VendoClient client = this.client.mutate().environment((name) -> {
			if (this.environment.containsKey("broken") && name.equals("VENDO_TOKEN_NOTION")) {
				throw new IllegalStateException("The vault is sealed");
			}
			return null;
		}).build();
		this.environment.put("broken", "yes");
		assertThatIllegalStateException().isThrownBy(() -> client.tokens(List.of("slack", "notion")))
			.withMessage("The vault is sealed");
		this.environment.remove("broken");
		assertThat(Callers.start(1, () -> client.token("slack")).result()).isEqualTo("slack-1");
	}

	@Test
	void whenInOssModeThenTokensComeFromTheEnvironmentWithoutARequest() {
		this.environment.putAll(Map.of("OPENAI_API_KEY", "primary", "VENDO_TOKEN_MY_CRM", "own"));
		try (VendoClient oss = TestClients.oss(this.worker.url()).environment(this.environment::get).build()) {
			assertThat(oss.tokens(List.of("slack", "my-crm", "unheard-of", "openai"))).containsExactly(
					entry("slack", Optional.empty()), entry("my-crm", Optional.of("own")),
					entry("unheard-of", Optional.empty()), entry("openai", Optional.of("primary")));
		}
		assertThat(this.worker.count()).isZero();
	}

	@Test
	void whenAskedForAUserThenRequestIsMadeForThatUser() {
		this.client.forUser(TestClients.JWT).tokens(List.of("slack"));
		assertThat(this.worker.requests().get(0).header("X-Vendo-User-JWT")).isEqualTo(TestClients.JWT);
		assertThat(this.client.tokens(List.of("slack"))).containsExactly(entry("slack", Optional.of("slack-2")));
	}

}
