package run.vendo;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.test.StepVerifier;

import run.vendo.billing.Period;
import run.vendo.error.ErrorCode;
import run.vendo.error.IdentityNotPresentException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import org.springframework.http.HttpHeaders;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what the front doors do in Vendo mode alone: connect URLs and identities.
 */
class VendoClientModesTests {

	@AutoClose
	private final StubServer server = StubServer.start();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.server.url()).build();

	@AutoClose
	private final VendoClient oss = TestClients.oss(this.server.url()).build();

	@Test
	void summarySaysWhatTheClientIsSetUpWithAndHoldsNoKey() {
		ClientSummary summary = this.client.summary();
		assertThat(summary.vendoMode()).isTrue();
		assertThat(summary.maskedApiKey())
			.isEqualTo("vendo_sk_…" + TestClients.KEY.substring(TestClients.KEY.length() - 4));
		assertThat(List.of(summary.baseUrl(), summary.credentialsUrl(), summary.dataProxyUrl()))
			.containsOnly(this.server.url());
		assertThat(summary.apiVersion()).isEqualTo("2026-05-02");
		assertThat(summary.version()).matches("\\d+\\.\\d+\\.\\d+.*");
		assertThat(summary.toString()).doesNotContain(TestClients.KEY);
		assertThat(this.oss.summary().vendoMode()).isFalse();
		assertThat(this.oss.summary().maskedApiKey()).isNull();
		assertThat(this.server.count()).isZero();
	}

	@Test
	void whenTheKeyCannotBeReadAtPresentThenTheSummaryIsThereAllTheSame() {
		AtomicReference<String> key = new AtomicReference<>(TestClients.KEY);
		try (VendoClient client = TestClients.oss(this.server.url()).apiKeySupplier(key::get).build()) {
			key.set("not a key");
			assertThat(client.summary().vendoMode()).isTrue();
			assertThat(client.summary().maskedApiKey()).isEqualTo("unreadable");
		}
	}

	@Test
	void whenInOssModeThenWhatNeedsThePlatformFailsAtTheCallBeforeAnyRequest() {
		HttpHeaders headers = new HttpHeaders();
		headers.set("X-Vendo-User-JWT", TestClients.JWT);
		ReactiveVendoClient reactive = this.oss.reactive();
		Map<String, Runnable> calls = Map.of("connectUrl", () -> this.oss.connectUrl("slack"), "forUser",
				() -> this.oss.forUser(TestClients.JWT), "forRequest", () -> this.oss.forRequest(headers),
				"billing.balance", () -> this.oss.billing().balance(), "billing.spendCaps",
				() -> this.oss.billing().spendCaps(), "billing.usage", () -> this.oss.billing().usage(Period.DAY),
				"data.execute", () -> this.oss.data().execute("DO", Map.of()));
		calls
			.forEach((feature, call) -> assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(call::run)
				.withMessageContaining(feature)
				.withMessageContaining("VENDO_API_KEY")
				.satisfies((ex) -> {
					assertThat(ex.code()).isEqualTo(ErrorCode.VENDO_ONLY_FEATURE);
					assertThat(ex.attempts()).isZero();
					assertThat(ex.status()).isNull();
				}));
		for (Runnable call : List.<Runnable>of(() -> reactive.connectUrl("slack"),
				() -> reactive.forUser(TestClients.JWT), () -> reactive.forRequest(headers))) {
			assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(call::run);
		}
		StepVerifier.create(reactive.billing().balance()).verifyError(VendoOnlyFeatureException.class);
		StepVerifier.create(reactive.billing().spendCaps()).verifyError(VendoOnlyFeatureException.class);
		StepVerifier.create(reactive.billing().usage(Period.DAY)).verifyError(VendoOnlyFeatureException.class);
		StepVerifier.create(reactive.data().execute("DO", Map.of())).verifyError(VendoOnlyFeatureException.class);
		assertThat(this.server.count()).isZero();
	}

	@Test
	void whenInOssModeThenModeIsToldBeforeAnythingElseThatIsWrong() {
		assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> this.oss.connectUrl(" "));
		assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> this.oss.forUser(" "));
		assertThatExceptionOfType(VendoOnlyFeatureException.class)
			.isThrownBy(() -> this.oss.forRequest(new HttpHeaders()));
	}

	@Test
	void connectUrlLeadsToThePortal() {
		assertThat(this.client.connectUrl("slack"))
			.isEqualTo(URI.create(this.server.url() + "/connections/connect/slack?app_key=" + TestClients.KEY));
		assertThat(this.client.reactive().connectUrl("slack")).isEqualTo(this.client.connectUrl("slack"));
		assertThat(this.client.connectUrl("slack", ConnectUrlOptions.none()))
			.isEqualTo(this.client.connectUrl("slack"));
		assertThat(TestClients.vendo(URI.create(this.server.url() + "/vendo/api/"))
			.build()
			.connectUrl("slack")
			.getRawPath()).isEqualTo("/vendo/connections/connect/slack");
		assertThat(this.server.count()).isZero();
	}

	@Test
	void connectUrlEncodesWhatItIsGiven() {
		String returnTo = "https://app.test/done?a=1&b=ü%20+#part";
		String state = "a b&app_key=other#+/?=ß😀\"\r\n";
		URI url = this.client.connectUrl("my crm/../ü?x",
				ConnectUrlOptions.none().withReturnTo(returnTo).withState(state));
		assertThat(url.getRawPath()).isEqualTo("/connections/connect/my%20crm%2F..%2F%C3%BC%3Fx");
		assertThat(url.getRawFragment()).isNull();
		assertThat(url.toString()).matches("[A-Za-z0-9:/?&=%._-]+");
		Map<String, List<String>> parameters = UriComponentsBuilder.fromUri(url).build().getQueryParams();
		assertThat(parameters).containsOnlyKeys("app_key", "return_to", "state")
			.containsEntry("app_key", List.of(TestClients.KEY));
		assertThat(decoded(parameters, "return_to")).isEqualTo(returnTo);
		assertThat(decoded(parameters, "state")).isEqualTo(state);
		assertThat(this.client
			.connectUrl("slack", ConnectUrlOptions.none().withReturnTo(URI.create("https://app.test/a?b=c")))
			.getRawQuery()).endsWith("&return_to=https%3A%2F%2Fapp.test%2Fa%3Fb%3Dc");
	}

	private static String decoded(Map<String, List<String>> parameters, String name) {
		return UriUtils.decode(parameters.get(name).get(0), StandardCharsets.UTF_8);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", ".", ".." })
	void whenSlugCannotBeOneThenThereIsNoConnectUrlAndNoSession(String slug) {
		for (Runnable call : List.<Runnable>of(() -> this.client.connectUrl(slug),
				() -> this.client.reactive().connectUrl(slug), () -> this.client.session(slug),
				() -> this.client.reactive().session(slug), () -> this.client.invalidate(slug),
				() -> this.client.token(slug), () -> this.oss.token(slug))) {
			assertThatExceptionOfType(ValidationException.class).isThrownBy(call::run);
		}
		assertThat(this.server.count()).isZero();
	}

	@Test
	void whenTheConnectUrlIsMadeOrComesFromThePlatformThenItsKeyIsNotLogged() {
		String platformUrl = this.server.url() + "/connections/connect/slack?app_key=" + TestClients.KEY;
		this.server.respond((request) -> Response.json(403,
				"""
						{"error":{"code":"binding_missing","message":"Go to %s","connect_url":"%s","suggested_fix":"Open %s"}}"""
					.formatted(platformUrl, platformUrl, platformUrl)));
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		Logger vendo = (Logger) LoggerFactory.getLogger("run.vendo");
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.list = new CopyOnWriteArrayList<>();
		appender.start();
		Level level = vendo.getLevel();
		root.addAppender(appender);
		vendo.setLevel(Level.TRACE);
		try {
			this.client.connectUrl("slack", ConnectUrlOptions.none().withState("s3cr3t"));
			assertThatExceptionOfType(NotConnectedException.class)
				.isThrownBy(() -> this.client.forUser(TestClients.JWT).token("slack"))
				.satisfies((ex) -> {
					assertThat(ex.connectUrl()).hasToString(platformUrl);
					assertThat(ex + ex.details().toString() + ex.responseBody() + ex.platformMessage()
							+ ex.suggestedFix() + ex.requestSummary())
						.doesNotContain(TestClients.KEY)
						.doesNotContain(TestClients.JWT);
				});
		}
		finally {
			root.detachAppender(appender);
			vendo.setLevel(level);
		}
		assertThat(appender.list).isNotEmpty()
			.extracting(ILoggingEvent::getFormattedMessage)
			.noneMatch((message) -> message.contains(TestClients.KEY) || message.contains(TestClients.JWT)
					|| message.contains("s3cr3t"));
	}

	@Test
	void whenActingForAUserThenTheUserGoesAlongEverywhereAndTheKeyStaysTheBearer() {
		this.server.respond((request) -> Response.json(switch (request.path()) {
			case "/slack" -> "{\"access_token\":\"t\"}";
			case "/_bulk" -> "{\"tokens\":{}}";
			case "/v1/execute" -> "{\"data\":1}";
			case "/api/billing/balance" -> "{\"credits_remaining_micros\":1}";
			case "/api/integrations" -> "[]";
			default -> "{\"connections\":[]}";
		}));
		VendoClient user = this.client.forUser(" " + TestClients.JWT + "\n");
		user.token("slack");
		user.tokens(List.of("notion"));
		user.connections().list();
		user.integrations().list();
		user.billing().balance();
		user.data().execute("DO", Map.of());
		assertThat(this.server.requests()).hasSize(6).allSatisfy((request) -> {
			assertThat(request.headers().get("X-Vendo-User-JWT")).containsExactly(TestClients.JWT);
			assertThat(request.headers().get("Authorization")).containsExactly("Bearer " + TestClients.KEY);
		});
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "s3cr3t\r\nX-Own: 1", "s3cr3t\0", "s3cr3t-\u20ac" })
	void whenUserCannotBeOneThenFailsAtOnce(String jwt) {
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.client.forUser(jwt))
			.withMessageNotContaining("s3cr3t");
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> this.client.reactive().forUser(jwt));
	}

	@Test
	void whenRequestHasAUserThenClientActsForThatUser() {
		this.server.respond((request) -> Response.json("{\"connections\":[]}"));
		HttpHeaders headers = new HttpHeaders();
		headers.set("x-vendo-user-jwt", " " + TestClients.JWT + " ");
		headers.set("Authorization", "Bearer of-the-browser");
		this.client.forRequest(headers).connections().list();
		this.client.reactive().forRequest(headers).connections().list().blockLast();
		assertThat(this.server.requests()).hasSize(2).allSatisfy((request) -> {
			assertThat(request.headers().get("X-Vendo-User-JWT")).containsExactly(TestClients.JWT);
			assertThat(request.headers().get("Authorization")).containsExactly("Bearer " + TestClients.KEY);
		});
	}

	@Test
	void whenRequestHasNoUserOrTwoThenThereIsNone() {
		HttpHeaders none = new HttpHeaders();
		HttpHeaders blank = new HttpHeaders();
		blank.set("X-Vendo-User-JWT", " ");
		HttpHeaders two = new HttpHeaders();
		two.add("X-Vendo-User-JWT", TestClients.JWT);
		two.add("x-vendo-user-jwt", TestClients.OTHER_JWT);
		for (HttpHeaders headers : List.of(none, blank, two)) {
			for (Runnable call : List.<Runnable>of(() -> this.client.forRequest(headers),
					() -> this.client.reactive().forRequest(headers),
					() -> this.client.forUser(TestClients.JWT).forRequest(headers))) {
				assertThatExceptionOfType(IdentityNotPresentException.class).isThrownBy(call::run)
					.withMessageNotContaining(TestClients.JWT)
					.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.IDENTITY_NOT_PRESENT));
			}
		}
	}

	@Test
	void whenTheClientIsClosedThenAUsersClientIsToo() {
		VendoClient parent = TestClients.vendo(this.server.url()).build();
		VendoClient user = parent.forUser(TestClients.JWT);
		parent.close();
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> user.connections().list())
			.withMessageContaining("closed");
		assertThat(this.server.count()).isZero();
	}

}
