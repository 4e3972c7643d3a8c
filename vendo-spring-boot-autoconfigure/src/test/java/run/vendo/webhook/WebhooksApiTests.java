package run.vendo.webhook;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import run.vendo.VendoClient;
import run.vendo.error.ErrorCode;
import run.vendo.error.ValidationException;
import run.vendo.fixture.Callers;
import run.vendo.fixture.MutableClock;
import run.vendo.fixture.TestClients;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link WebhooksApi}.
 */
class WebhooksApiTests {

	private static final byte[] BODY = Deliveries.BODY.getBytes(StandardCharsets.UTF_8);

	private final MutableClock clock = new MutableClock();

	private final WebhooksApi webhooks = webhooks(Deliveries.SECRET);

	private WebhooksApi webhooks(String... secrets) {
		return TestClients.oss(URI.create("http://127.0.0.1:9"))
			.clock(this.clock)
			.webhookSecrets(secrets)
			.build()
			.webhooks();
	}

	private String reason(HttpHeaders headers, byte[] body) {
		return reason(this.webhooks, headers, body);
	}

	private static String reason(WebhooksApi webhooks, HttpHeaders headers, byte[] body) {
		ValidationException failure = catchThrowableOfType(ValidationException.class,
				() -> webhooks.verify(headers, body));
		assertThat(failure).as("failure").isNotNull();
		assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
		assertThat(failure).hasNoCause().hasMessageContaining(failure.reason());
		return failure.reason();
	}

	@Test
	void verifiesTheExampleOfTheWire() {
		HttpHeaders headers = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE);
		WebhookEvent<JsonNode> event = this.webhooks.verify(headers, BODY);
		assertThat(event.id()).isEqualTo("evt_1");
		assertThat(event.type()).isEqualTo("connection.connected");
		assertThat(event.occurredAt()).isEqualTo(Instant.parse("2026-05-20T12:00:00Z"));
		assertThat(event.data().path("slug").stringValue()).isEqualTo("slack");
		assertThat(event.body().path("data")).isEqualTo(event.data());
		assertThat(event.signedAt()).isEqualTo(Instant.ofEpochSecond(1779278400));
		assertThat(event.secretIndex()).isZero();
		assertThat(event).hasToString("WebhookEvent[id=evt_1, type=connection.connected]");
		assertThat(this.webhooks.verify(headers, Deliveries.BODY).id()).isEqualTo("evt_1");
		assertThat(this.webhooks.verify(headers, Deliveries.BODY, Duration.ofSeconds(1)).id()).isEqualTo("evt_1");
	}

	@Test
	void whenHeadersAreInOtherCapitalsThenTheyAreTheSame() {
		HttpHeaders headers = new HttpHeaders();
		headers.add("vendo-timestamp", Deliveries.TIMESTAMP);
		headers.add("VENDO-SIGNATURE", Deliveries.SIGNATURE);
		assertThat(this.webhooks.verify(headers, BODY).id()).isEqualTo("evt_1");
	}

	@Test
	void whenBodyHasNoIdThenThatOfTheHeaderCounts() {
		byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
		HttpHeaders headers = Deliveries.signed(Deliveries.SECRET, Deliveries.TIMESTAMP, body);
		WebhookEvent<JsonNode> event = this.webhooks.verify(headers, body);
		assertThat(event.id()).isNull();
		assertThat(event.type()).isEmpty();
		assertThat(event.occurredAt()).isNull();
		assertThat(event.data().isMissingNode()).isTrue();
		headers.set("Vendo-Event-Id", "evt_9");
		assertThat(this.webhooks.verify(headers, body).id()).isEqualTo("evt_9");
		headers.setAll(Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE).toSingleValueMap());
		assertThat(this.webhooks.verify(headers, BODY).id()).isEqualTo("evt_1");
	}

	@Test
	void whenTimeOfTheEventCannotBeReadThenEventIsValidAllTheSame() {
		byte[] body = "{\"id\":7,\"type\":[],\"occurred_at\":\"yesterday\",\"new\":1}".getBytes(StandardCharsets.UTF_8);
		WebhookEvent<JsonNode> event = this.webhooks
			.verify(Deliveries.signed(Deliveries.SECRET, Deliveries.TIMESTAMP, body), body);
		assertThat(event.occurredAt()).isNull();
		assertThat(event.id()).isNull();
		assertThat(event.body().path("new").intValue()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "1779278400", "2026-05-20T12:00:00Z", "2026-05-20t12:00:00z", "2026-05-20T12:00:00.000Z",
			"2026-05-20T14:00:00+02:00", "2026-05-20T06:30:00-05:30", "2026-05-20T12:00:00.123456789+00:00",
			" 1779278400", "1779278400 ", "\t2026-05-20T12:00:00Z ", "01779278400" })
	void whenTimestampIsOfEitherFormThenItIsUsedAsSent(String timestamp) {
		assertThat(this.webhooks.verify(Deliveries.signed(Deliveries.SECRET, timestamp, BODY), BODY)
			.signedAt()
			.getEpochSecond()).isEqualTo(1779278400);
	}

	@Test
	void whenTimestampIsWrittenInTheOtherFormThenSignatureDoesNotHold() {
		assertThat(reason(Deliveries.headers("2026-05-20T12:00:00Z", Deliveries.SIGNATURE), BODY))
			.isEqualTo("mismatch");
		assertThat(reason(Deliveries.headers("01779278400", Deliveries.SIGNATURE), BODY)).isEqualTo("mismatch");
	}

	@ParameterizedTest
	@ValueSource(strings = { "now", "-1779278400", "+1779278400", "1779278400.0", "1.7e9", "0x6a0d9f80", "1779278400s",
			"17792 78400", "1779278400,1779278400", "١٧٧٩٢٧٨٤٠٠",
			"\uff11\uff17\uff17\uff19\uff12\uff17\uff18\uff14\uff10\uff10", "99999999999999999999999999",
			"9223372036854775807", "999999999999999999", "2026-05-20T12:00:00", "2026-05-20 12:00:00Z",
			"2026-05-20T12:00Z", "2026-05-20", "2026-02-30T12:00:00Z", "2026-05-20T25:00:00Z",
			"2026-05-20T12:00:00+25:00", "2026-05-20T12:00:00+0200", "2026-05-20T12:00:00Z[Europe/Paris]",
			"+12026-05-20T12:00:00Z", "Wed, 20 May 2026 12:00:00 GMT" })
	void whenTimestampIsOfNoFormThenItIsRefused(String timestamp) {
		assertThat(reason(Deliveries.signed(Deliveries.SECRET, timestamp, BODY), BODY)).isEqualTo("bad-timestamp");
	}

	@ParameterizedTest
	@CsvSource({ "0, ", "299, ", "300, ", "300.001, stale", "301, stale", "86400, stale", "-299, ", "-300, ",
			"-300.001, future", "-301, future", "-86400, future" })
	void whenDeliveryIsNotOfNowThenItIsRefused(double age, String reason) {
		this.clock.advance(Duration.ofMillis(Math.round(age * 1000)));
		HttpHeaders headers = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE);
		if (reason == null) {
			assertThat(this.webhooks.verify(headers, BODY).id()).isEqualTo("evt_1");
		}
		else {
			assertThat(reason(headers, BODY)).isEqualTo(reason);
		}
	}

	@ParameterizedTest
	@CsvSource({ "0, stale", "0000-01-01T00:00:00Z, stale", "9999-12-31T23:59:59Z, future",
			"31556889864403199, future" })
	void whenTimestampIsFarAwayThenItIsRefused(String timestamp, String reason) {
		assertThat(reason(Deliveries.signed(Deliveries.SECRET, timestamp, BODY), BODY)).isEqualTo(reason);
	}

	@Test
	void whenMaxAgeIsGivenThenItCounts() {
		HttpHeaders headers = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE);
		this.clock.advance(Duration.ofSeconds(600));
		assertThat(this.webhooks.verify(headers, BODY, Duration.ofSeconds(600)).id()).isEqualTo("evt_1");
		assertThatExceptionOfType(ValidationException.class)
			.isThrownBy(() -> this.webhooks.verify(headers, Deliveries.BODY, Duration.ofSeconds(599)))
			.withMessageContaining("600 s")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo("stale"));
		VendoClient patient = TestClients.oss(URI.create("http://127.0.0.1:9"))
			.clock(this.clock)
			.webhookSecrets(Deliveries.SECRET)
			.webhookMaxAge(Duration.ofHours(1))
			.build();
		assertThat(patient.webhooks().verify(headers, BODY).id()).isEqualTo("evt_1");
		for (Duration age : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.webhooks.verify(headers, BODY, age));
			assertThatIllegalArgumentException().isThrownBy(() -> VendoClient.builder().webhookMaxAge(age));
		}
	}

	@Test
	void whenSecretIsBeingReplacedThenBothCount() {
		WebhooksApi rotating = webhooks("whsec_new", Deliveries.SECRET, "whsec_newest");
		assertThat(rotating.verify(Deliveries.signed("whsec_new", Deliveries.TIMESTAMP, BODY), BODY).secretIndex())
			.isZero();
		assertThat(rotating.verify(Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE), BODY).secretIndex())
			.isEqualTo(1);
		assertThat(rotating.verify(Deliveries.signed("whsec_newest", Deliveries.TIMESTAMP, BODY), BODY).secretIndex())
			.isEqualTo(2);
		assertThat(reason(rotating, Deliveries.signed("whsec_old", Deliveries.TIMESTAMP, BODY), BODY))
			.isEqualTo("mismatch");
	}

	@Test
	void whenSecretIsSetThenItIsTrimmedAndUsedWholeAsUtf8() {
		String secret = "whsec_ß€😀";
		assertThat(
				webhooks(" " + secret + "\n").verify(Deliveries.signed(secret, Deliveries.TIMESTAMP, BODY), BODY).id())
			.isEqualTo("evt_1");
		assertThat(reason(webhooks(secret),
				Deliveries.signed(secret.substring("whsec_".length()), Deliveries.TIMESTAMP, BODY), BODY))
			.isEqualTo("mismatch");
	}

	@Test
	void whenSecretIsInTheEnvironmentOnlyThenItIsUsed() {
		Map<String, String> environment = Map.of("VENDO_WEBHOOK_SECRET", " " + Deliveries.SECRET + " ");
		HttpHeaders headers = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE);
		try (VendoClient client = VendoClient.builder().environment(environment::get).clock(this.clock).build()) {
			assertThat(client.webhooks().verify(headers, BODY).id()).isEqualTo("evt_1");
			assertThat(client.reactive().webhooks().verify(headers, BODY).id()).isEqualTo("evt_1");
			try (VendoClient other = client.mutate().webhookSecrets("whsec_other").build()) {
				assertThat(reason(other.webhooks(), headers, BODY)).isEqualTo("mismatch");
			}
			try (VendoClient blank = client.mutate().webhookSecrets(List.of(" ", "")).build()) {
				assertThat(blank.webhooks().verify(headers, BODY).id()).isEqualTo("evt_1");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " " })
	void whenThereIsNoSecretThenNothingIsValid(String secret) {
		HttpHeaders headers = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE);
		assertThat(reason(webhooks(), headers, BODY)).isEqualTo("no-secret");
		assertThat(reason(webhooks(secret), headers, BODY)).isEqualTo("no-secret");
		assertThatExceptionOfType(ValidationException.class).isThrownBy(() -> webhooks().verify(headers, BODY))
			.withMessageContaining("VENDO_WEBHOOK_SECRET");
	}

	@Test
	void whenAHeaderIsMissingThenReasonSaysWhich() {
		for (String header : List.of("Vendo-Signature", "Vendo-Timestamp")) {
			String expected = header.equals("Vendo-Signature") ? "missing-signature" : "missing-timestamp";
			HttpHeaders headers = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE);
			for (String blank : List.of("", " ", "\t")) {
				headers.set(header, blank);
				assertThat(reason(headers, BODY)).isEqualTo(expected);
			}
			headers.remove(header);
			assertThat(reason(headers, BODY)).isEqualTo(expected);
		}
		assertThat(reason(new HttpHeaders(), new byte[0])).isEqualTo("missing-signature");
	}

	@Test
	void whenAHeaderIsThereTwiceThenItIsRefusedEvenIfOneIsRight() {
		String wrong = "0".repeat(64);
		for (String other : List.of(Deliveries.SIGNATURE, wrong, "")) {
			HttpHeaders after = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE);
			after.add("vendo-signature", other);
			assertThat(reason(after, BODY)).isEqualTo("malformed-signature");
			HttpHeaders before = Deliveries.headers(Deliveries.TIMESTAMP, other);
			before.add("Vendo-Signature", Deliveries.SIGNATURE);
			assertThat(reason(before, BODY)).isEqualTo("malformed-signature");
		}
		for (String other : List.of(Deliveries.TIMESTAMP, "0", "")) {
			HttpHeaders headers = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE);
			headers.add("vendo-timestamp", other);
			assertThat(reason(headers, BODY)).isEqualTo("bad-timestamp");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c",
			"9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585\ud83d\udd11",
			"9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c\ud83d\udd11",
			"9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c1a",
			"9ED6ABE48BEAE71435B2F917A9908A65F7A475219ED15F7C50DA9DD2BC9585C1",
			"9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585C1",
			"sha256=9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c1",
			"v1=9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c1",
			" 9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c1",
			"9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c1 ",
			"9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c1,"
					+ "9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c1",
			"9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585g1",
			"9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585c１",
			"0x9ed6abe48beae71435b2f917a9908a65f7a475219ed15f7c50da9dd2bc9585",
			"ntar5Ivq5xQ1svkXqZCKZfekdSGe0V98UNqd0ryVhcE=", "null", "x" })
	void whenSignatureIsNotLowerCaseHexThenItIsMalformed(String signature) {
		assertThat(reason(Deliveries.headers(Deliveries.TIMESTAMP, signature), BODY)).isEqualTo("malformed-signature");
	}

	@Test
	void whenBodyIsNotWhatWasSignedThenSignatureDoesNotHold() {
		HttpHeaders headers = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE);
		for (String body : List.of("", "{}", Deliveries.BODY + "\n", " " + Deliveries.BODY,
				Deliveries.BODY.replace("slack", "gmail"), Deliveries.BODY.replace(",", ", "),
				"\ufeff" + Deliveries.BODY)) {
			assertThat(reason(headers, body.getBytes(StandardCharsets.UTF_8))).isEqualTo("mismatch");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "[]", "null", "7", "\"text\"", "{", "{}{}", "{} x", "{\"a\":}", "{'a':1}", "a=b",
			"{\"a\":NaN}", "[{\"id\":\"evt_1\"}]" })
	void whenBodyIsNotAJsonObjectThenItIsRefusedThoughSigned(String body) {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		assertThat(reason(Deliveries.signed(Deliveries.SECRET, Deliveries.TIMESTAMP, bytes), bytes))
			.isEqualTo("bad-json");
	}

	@Test
	void whenBodyIsNestedWithoutEndOrNotTextThenItIsRefusedThoughSigned() {
		byte[] nested = "{\"a\":".repeat(100_000).getBytes(StandardCharsets.UTF_8);
		assertThat(reason(Deliveries.signed(Deliveries.SECRET, Deliveries.TIMESTAMP, nested), nested))
			.isEqualTo("bad-json");
		byte[] binary = { '{', '"', 'a', '"', ':', '"', (byte) 0xc3, (byte) 0x28, '"', '}' };
		assertThat(reason(Deliveries.signed(Deliveries.SECRET, Deliveries.TIMESTAMP, binary), binary))
			.isEqualTo("bad-json");
	}

	@Test
	void whenBodyIsLargeOrHasAnyTextThenItsRawBytesCount() {
		String large = "{\"data\":\"" + "ß€😀\\u0000".repeat(50_000) + "\"}";
		byte[] bytes = large.getBytes(StandardCharsets.UTF_8);
		HttpHeaders headers = Deliveries.signed(Deliveries.SECRET, Deliveries.TIMESTAMP, bytes);
		assertThat(this.webhooks.verify(headers, bytes).data().stringValue()).startsWith("ß€😀\0");
		assertThat(this.webhooks.verify(headers, large).data().stringValue()).startsWith("ß€😀\0");
	}

	@Test
	void whenRefusedThenNothingOfSecretSignatureOrBodyIsTold() {
		HttpHeaders right = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE);
		HttpHeaders wrong = Deliveries.headers(Deliveries.TIMESTAMP, "ab".repeat(32));
		HttpHeaders malformed = Deliveries.headers(Deliveries.TIMESTAMP, Deliveries.SIGNATURE.toUpperCase());
		HttpHeaders badTime = Deliveries.headers("s3cr3t\nforged", Deliveries.SIGNATURE);
		byte[] bad = "{\"password\": s3cr3t}".getBytes(StandardCharsets.UTF_8);
		byte[] changed = "{\"password\":\"s3cr3t\"}".getBytes(StandardCharsets.UTF_8);
		for (Runnable call : List.<Runnable>of(() -> this.webhooks.verify(right, changed),
				() -> this.webhooks.verify(wrong, BODY), () -> this.webhooks.verify(malformed, BODY),
				() -> this.webhooks.verify(badTime, BODY),
				() -> this.webhooks.verify(Deliveries.signed(Deliveries.SECRET, Deliveries.TIMESTAMP, bad), bad))) {
			assertThatExceptionOfType(ValidationException.class).isThrownBy(call::run)
				.withNoCause()
				.satisfies((ex) -> assertThat(ex + ex.details().toString() + ex.responseBody() + ex.platformMessage())
					.doesNotContain(Deliveries.SECRET, "0123456789", "s3cr3t", "forged", "password")
					.doesNotContainIgnoringCase(Deliveries.SIGNATURE.substring(0, 8), "abababab"));
		}
		assertThat(this.webhooks.toString()).doesNotContain(Deliveries.SECRET);
	}

	@Test
	void whenManyThreadsVerifyThenEachGetsTheAnswerToItsOwnDelivery() {
		int threads = 32;
		int rounds = 400;
		WebhooksApi rotating = webhooks("whsec_new", Deliveries.SECRET);
		CyclicBarrier barrier = new CyclicBarrier(threads);
		AtomicInteger numbers = new AtomicInteger();
		Callers<Integer> callers = Callers.start(threads, () -> {
			int number = numbers.incrementAndGet();
			byte[] body = "{\"id\":\"evt_%d\",\"data\":\"%s\"}".formatted(number, "x".repeat(number * 37))
				.getBytes(StandardCharsets.UTF_8);
			String secret = (number % 2 == 0) ? "whsec_new" : Deliveries.SECRET;
			HttpHeaders headers = Deliveries.signed(secret, Deliveries.TIMESTAMP, body);
			HttpHeaders stolen = Deliveries.signed("whsec_stolen", Deliveries.TIMESTAMP, body);
			barrier.await(20, TimeUnit.SECONDS);
			for (int i = 0; i < rounds; i++) {
				WebhookEvent<JsonNode> event = rotating.verify(headers, body);
				assertThat(event.id()).isEqualTo("evt_" + number);
				assertThat(event.secretIndex()).isEqualTo(number % 2);
				assertThat(
						catchThrowableOfType(ValidationException.class, () -> rotating.verify(stolen, body)).reason())
					.isEqualTo("mismatch");
			}
			return rounds;
		});
		assertThat(callers.results()).hasSize(threads).containsOnly(rounds);
	}

}
