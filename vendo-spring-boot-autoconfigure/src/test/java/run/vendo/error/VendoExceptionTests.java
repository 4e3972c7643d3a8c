package run.vendo.error;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests of what exceptions say about a failure.
 */
class VendoExceptionTests {

	private static ErrorDetails.Builder full(ErrorCode code) {
		return ErrorDetails.of(code)
			.status(403)
			.slug("slack")
			.connectUrl(URI.create("https://vendo.run/connections/connect/slack"))
			.retryAfter(Duration.ofSeconds(3))
			.suggestedFix("Connect it")
			.platformMessage("Not connected")
			.requestId("req_1")
			.errorId("err_1")
			.responseBody("{}")
			.requestSummary("GET https://vendo.run/x")
			.attempts(3)
			.summary("Slack is missing")
			.nextStep("Connect Slack")
			.reason("why")
			.fieldErrors(Map.of("name", List.of("short")));
	}

	static List<VendoException> all() {
		List<VendoException> all = new ArrayList<>();
		for (String code : List.of("auth", "not_connected", "needs_reauth", "balance_exhausted", "spend_cap_daily",
				"rate_limited", "upstream", "validation", "idempotency_conflict", "vendo_only_feature",
				"identity_not_present", "unheard_of")) {
			all.add(full(new ErrorCode(code)).toException());
		}
		for (int status : new int[] { 403, 404, 409, 500, 418 }) {
			all.add(full(new ErrorCode("unheard_of")).status(status).toException());
		}
		all.add(full(ErrorCode.UPSTREAM_ERROR).transportReason(TransportException.Reason.TLS).toException());
		return all;
	}

	@ParameterizedTest
	@MethodSource("all")
	void shouldSurviveSerialization(VendoException exception) throws Exception {
		VendoException copy = copyOf(exception);
		assertThat(copy).hasSameClassAs(exception).hasMessage(exception.getMessage());
		assertThat(copy.details()).usingRecursiveComparison().isEqualTo(exception.details());
	}

	@Test
	void shouldSayEverythingInItsOrder() {
		assertThat(full(ErrorCode.BINDING_MISSING).toException()).hasMessage("""
				NotConnectedException 403 binding_missing: Slack is missing
				  request: GET https://vendo.run/x
				  slug: slack
				  platform: Not connected
				  next: Connect Slack
				  request id: req_1
				  error id: err_1
				  attempts: 3""");
	}

	@Test
	void whenNothingIsKnownShouldSayItsName() {
		assertThat(ErrorDetails.builder().toException()).isExactlyInstanceOf(VendoException.class)
			.hasMessage("VendoException");
	}

	@Test
	void ownNextStepShouldWinOverThePlatformsAndThatOverTheDefault() {
		ErrorDetails.Builder details = full(ErrorCode.BINDING_MISSING);
		assertThat(details.toException()).hasMessageContaining("next: Connect Slack\n");
		assertThat(details.nextStep(null).toException()).hasMessageContaining("next: Connect it\n");
		assertThat(details.suggestedFix(null).toException().getMessage().lines())
			.anyMatch((line) -> line.startsWith("  next: ") && line.length() > 20);
	}

	@ParameterizedTest
	@EnumSource(TransportException.Reason.class)
	void everyTransportReasonShouldSayWhatToDo(TransportException.Reason reason) {
		TransportException exception = (TransportException) ErrorDetails.of(ErrorCode.UPSTREAM_ERROR)
			.transportReason(reason)
			.toException();
		assertThat(exception).isInstanceOf(UpstreamException.class).hasMessageContaining("next: ");
		assertThat(exception.reason()).isEqualTo(reason);
		assertThat(reason).hasToString(reason.name().toLowerCase(java.util.Locale.ROOT));
	}

	@Test
	void whenTransportHasNoReasonShouldRefuse() {
		ErrorDetails details = ErrorDetails.builder().build();
		assertThatNullPointerException().isThrownBy(() -> new TransportException(details, null));
	}

	@Test
	void whenPlatformTextIsLongShouldShowItsBeginning() {
		VendoException exception = ErrorDetails.builder()
			.platformMessage("x".repeat(299) + "\ud83d\ude00tail")
			.toException();
		assertThat(exception.getMessage()).endsWith("x\ud83d\ude00…");
		assertThat(exception.platformMessage()).hasSize(305);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r", "\t", "\u0085", "\u2028", "\u2029", "\u0000", "\u001b" })
	void whenPlatformTextHasControlCharactersShouldStayOnItsLine(String control) {
		VendoException exception = ErrorDetails.builder()
			.platformMessage("a" + control + "b")
			.suggestedFix("c" + control + "d")
			.toException();
		assertThat(exception).hasMessage("VendoException\n  platform: a b\n  next: c d");
		assertThat(exception.platformMessage()).isEqualTo("a" + control + "b");
	}

	@Test
	void atCallerShouldBeTheSameFailureWithTheCallersStack() {
		IOException cause = new IOException("x");
		VendoException exception = full(ErrorCode.AUTH).build().toException(cause);
		VendoException copy = exception.atCaller();
		assertThat(copy).isNotSameAs(exception).isExactlyInstanceOf(AuthException.class).hasCause(cause);
		assertThat(copy.details()).isSameAs(exception.details());
		assertThat(copy.getStackTrace()[0].getMethodName()).isNotEqualTo("full");
	}

	@Test
	void whenMutatedShouldLeaveTheOriginalAlone() {
		ErrorDetails details = full(ErrorCode.AUTH).build();
		ErrorDetails other = details.mutate().slug("gmail").build();
		assertThat(details.slug()).isEqualTo("slack");
		assertThat(other.slug()).isEqualTo("gmail");
		assertThat(other.requestId()).isEqualTo("req_1");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> details.fieldErrors().put("x", List.of()));
	}

	@Test
	void spendCapCodesShouldBeKnown() {
		assertThat(ErrorCode.SPEND_CAP_DAILY.isSpendCap()).isTrue();
		assertThat(ErrorCode.SPEND_CAP_MONTHLY.isSpendCap()).isTrue();
		assertThat(ErrorCode.SPEND_CAP_EXCEEDED.isSpendCap()).isTrue();
		assertThat(ErrorCode.RATE_LIMITED.isSpendCap()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " " })
	void whenCodeIsBlankShouldRefuse(String code) {
		assertThatIllegalArgumentException().isThrownBy(() -> new ErrorCode(code)).withMessageContaining("'value'");
	}

	private static VendoException copyOf(VendoException exception) throws Exception {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(exception);
		}
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			return (VendoException) in.readObject();
		}
	}

}
