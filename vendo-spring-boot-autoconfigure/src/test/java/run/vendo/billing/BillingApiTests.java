package run.vendo.billing;

import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import run.vendo.VendoClient;
import run.vendo.error.AuthException;
import run.vendo.error.ErrorCode;
import run.vendo.error.RateLimitedException;
import run.vendo.error.UpstreamException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.fixture.Stack;
import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link BillingApi} and {@link ReactiveBillingApi}.
 */
class BillingApiTests {

	@AutoClose
	private final StubServer server = StubServer.start();

	@AutoClose
	private final VendoClient client = TestClients.vendo(this.server.url()).build();

	private void answer(String body) {
		this.server.respond((request) -> Response.json(body));
	}

	@ParameterizedTest
	@EnumSource
	void readsTheBalance(Stack stack) {
		answer("{\"credits_remaining_micros\":12500000,\"currency\":\"USD\",\"top_up_url\":\"https://vendo.run/top-up\"}");
		Balance balance = stack.billing(this.client).balance();
		assertThat(balance).isEqualTo(new Balance(12_500_000, "USD", "https://vendo.run/top-up"));
		assertThat(balance.creditsRemaining()).isEqualTo(new BigDecimal("12.500000"));
		assertThat(balance.isExhausted()).isFalse();
		assertThat(this.server.lastRequest()).returns("GET", Request::method)
			.returns("/api/billing/balance", Request::path)
			.returns("Bearer " + TestClients.KEY, (request) -> request.header("Authorization"));
	}

	@ParameterizedTest
	@CsvSource({ "1, 0.000001, false", "0, 0.000000, true", "-2500000, -2.500000, true",
			"9223372036854775807, 9223372036854.775807, false", "-9223372036854775808, -9223372036854.775808, true",
			"9007199254740993, 9007199254.740993, false" })
	void tellsTheBalanceToTheLastMillionth(long micros, BigDecimal dollars, boolean exhausted) {
		answer("{\"credits_remaining_micros\":%d}".formatted(micros));
		Balance balance = this.client.billing().balance();
		assertThat(balance.creditsRemainingMicros()).isEqualTo(micros);
		assertThat(balance.creditsRemaining()).isEqualTo(dollars);
		assertThat(balance.isExhausted()).isEqualTo(exhausted);
		assertThat(balance.currency()).isEqualTo("USD");
		assertThat(balance.topUpUrl()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{}", "[]", "null", "12.5", "{\"balance_usd\":12.5}",
			"{\"credits_remaining_micros\":null}", "{\"credits_remaining_micros\":\"12500000\"}",
			"{\"credits_remaining_micros\":12.5}", "{\"credits_remaining_micros\":true}",
			"{\"credits_remaining_micros\":{}}", "{\"credits_remaining_micros\":9223372036854775808}",
			"{\"credits_remaining_micros\":1e30}", "{\"credits_remaining_micros\":1,\"currency\":7}",
			"{\"credits_remaining_micros\":1", "<html></html>" })
	void whenBalanceIsOfAnotherShapeThenItIsNoDefaultButAnError(String body) {
		answer(body);
		whenShapeIsWrongThenFails(BillingApi::balance);
	}

	@Test
	void whenPlatformTellsMoreThenItSurvivesAndIsNotShown() {
		answer("""
				{"credits_remaining_micros":1,"daily_micros":null,"used_today_micros":0,"used_month_micros":0,
				"invented":{"deep":["s3cr3t",null]}}""");
		Balance balance = this.client.billing().balance();
		SpendCaps caps = this.client.billing().spendCaps();
		assertThat(balance.additionalFields()).containsKey("invented");
		assertThat(caps.additionalFields()).containsOnlyKeys("invented", "credits_remaining_micros");
		assertThat(balance.additionalFields().get("invented")).hasToString("{deep=[s3cr3t, null]}");
		assertThat(balance.toString() + caps).doesNotContain("s3cr3t");
		assertThat(JsonMapper.shared().writeValueAsString(List.of(balance, caps))).doesNotContain("s3cr3t");
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> balance.additionalFields().clear());
	}

	@ParameterizedTest
	@EnumSource
	void readsTheSpendCaps(Stack stack) {
		answer("""
				{"daily_micros":5000000,"monthly_micros":100000001,"used_today_micros":1,"used_month_micros":2500000}""");
		SpendCaps caps = stack.billing(this.client).spendCaps();
		assertThat(caps).isEqualTo(new SpendCaps(5_000_000L, 100_000_001L, 1, 2_500_000));
		assertThat(caps.daily()).isEqualTo(new BigDecimal("5.000000"));
		assertThat(caps.monthly()).isEqualTo(new BigDecimal("100.000001"));
		assertThat(caps.usedToday()).isEqualTo(new BigDecimal("0.000001"));
		assertThat(caps.usedMonth()).isEqualTo(new BigDecimal("2.500000"));
		assertThat(this.server.lastRequest().path()).isEqualTo("/api/billing/spend-caps");
	}

	@ParameterizedTest
	@EnumSource
	void whenThereIsNoCapThenItIsNullAndNotZero(Stack stack) {
		answer("{\"daily_micros\":null,\"monthly_micros\":0,\"used_today_micros\":0,\"used_month_micros\":0}");
		SpendCaps caps = stack.billing(this.client).spendCaps();
		assertThat(caps.dailyMicros()).isNull();
		assertThat(caps.daily()).isNull();
		assertThat(caps.monthlyMicros()).isZero();
		assertThat(caps.monthly()).isEqualByComparingTo(BigDecimal.ZERO);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"daily_micros\":null,\"monthly_micros\":null}",
			"{\"daily_micros\":\"1\",\"used_today_micros\":0,\"used_month_micros\":0}",
			"{\"daily_micros\":1.5,\"used_today_micros\":0,\"used_month_micros\":0}",
			"{\"daily_micros\":1,\"used_today_micros\":null,\"used_month_micros\":0}",
			"{\"daily_micros\":1,\"used_today_micros\":0,\"used_month_micros\":\"0\"}",
			"{\"daily_micros\":false,\"used_today_micros\":0,\"used_month_micros\":0}" })
	void whenSpendCapsAreOfAnotherShapeThenFails(String body) {
		answer(body);
		whenShapeIsWrongThenFails(BillingApi::spendCaps);
	}

	@ParameterizedTest
	@CsvSource({ "DAY, period=day", "MONTH, period=month" })
	void readsTheUsageOfAPeriod(Period period, String query) {
		String body = "{\"period\":\"x\",\"rows\":[{\"provider\":\"openai\",\"micros\":9007199254740993}],\"extra\":null}";
		answer(body);
		for (Stack stack : Stack.values()) {
			Usage usage = stack.billing(this.client).usage(period);
			assertThat(usage.json()).isEqualTo(JsonMapper.shared().readTree(body));
			assertThat(JsonMapper.shared().writeValueAsString(usage)).isEqualTo(body);
			((ObjectNode) usage.json()).removeAll();
			assertThat(usage.json().size()).isEqualTo(3);
			assertThat(this.server.lastRequest()).returns("/api/billing/usage", Request::path)
				.returns(query, Request::query);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[]", "null", "7", "\"text\"", "{\"a\":1} {\"b\":2}" })
	void whenUsageIsNotAnObjectThenFails(String body) {
		answer(body);
		whenShapeIsWrongThenFails((billing) -> billing.usage(Period.DAY));
	}

	@Test
	void whenPeriodIsMissingThenItIsRefusedBeforeAnyRequest() {
		for (Stack stack : Stack.values()) {
			assertThatIllegalArgumentException().isThrownBy(() -> stack.billing(this.client).usage(null));
		}
		assertThat(this.server.count()).isZero();
	}

	private void whenShapeIsWrongThenFails(Function<BillingApi, ?> call) {
		for (Stack stack : Stack.values()) {
			assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> call.apply(stack.billing(this.client)))
				.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE));
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenThereIsNoKeyThenFailsBeforeAnyRequest(Stack stack) {
		try (VendoClient oss = TestClients.oss(this.server.url()).build()) {
			BillingApi billing = stack.billing(oss);
			for (Runnable call : List.<Runnable>of(billing::balance, billing::spendCaps,
					() -> billing.usage(Period.MONTH))) {
				assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(call::run)
					.withMessageContaining("billing.")
					.withMessageContaining("VENDO_API_KEY")
					.satisfies((ex) -> {
						assertThat(ex.code()).isEqualTo(ErrorCode.VENDO_ONLY_FEATURE);
						assertThat(ex.attempts()).isZero();
					});
			}
		}
		assertThat(this.server.count()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenPlatformRefusesThenErrorIsTyped(Stack stack) {
		this.server.respond((request) -> Response.error(401, "app_revoked"));
		assertThatExceptionOfType(AuthException.class).isThrownBy(() -> stack.billing(this.client).balance());
		this.server.respond((request) -> Response.error(429, "rate_limited"));
		assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> stack.billing(this.client).spendCaps());
	}

	@ParameterizedTest
	@EnumSource
	void whenAskedForAUserThenTheUserGoesAlong(Stack stack) {
		answer("{\"credits_remaining_micros\":1}");
		stack.billing(this.client.forUser(TestClients.JWT)).balance();
		assertThat(this.server.lastRequest().header("X-Vendo-User-JWT")).isEqualTo(TestClients.JWT);
	}

	@ParameterizedTest
	@EnumSource
	void readsTheBalanceAsItWasToldFirst(Stack stack) {
		answer("{\"balance_usd\":12.5,\"tenant_id\":\"t_abc\",\"new\":1}");
		UsdBalance balance = stack.billing(this.client).legacyBalance();
		assertThat(balance.balanceUsd()).isEqualByComparingTo("12.5");
		assertThat(balance.tenantId()).isEqualTo("t_abc");
		assertThat(balance.additionalFields()).containsEntry("new", 1);
		assertThat(this.server.lastRequest()).returns("GET", Request::method).returns("/api/v1/balance", Request::path);
	}

	@ParameterizedTest
	@EnumSource
	void readsTheBalanceForTheCommandLine(Stack stack) {
		answer("{\"balance_usd\":-0.25}");
		UsdBalance balance = stack.billing(this.client).cliBalance();
		assertThat(balance).isEqualTo(new UsdBalance(new BigDecimal("-0.25"), null));
		assertThat(this.server.lastRequest()).returns("/api/cli/balance", Request::path);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"balance_usd\":null}", "{\"balance_usd\":\"12.5\"}", "[]" })
	void whenUsdBalanceIsNotANumberShouldNotInventOne(String body) {
		answer(body);
		assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> this.client.billing().legacyBalance())
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.INVALID_RESPONSE));
	}

	@Test
	void usdBalancesNeedAKey() {
		try (VendoClient oss = TestClients.oss(this.server.url()).build()) {
			assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> oss.billing().legacyBalance());
			assertThatExceptionOfType(VendoOnlyFeatureException.class).isThrownBy(() -> oss.billing().cliBalance());
		}
		assertThat(this.server.count()).isZero();
	}

}
