package run.vendo.test;

import java.math.BigDecimal;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import run.vendo.billing.Balance;
import run.vendo.billing.Period;
import run.vendo.billing.SpendCaps;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.http.VendoJson;
import run.vendo.integration.Integration;
import run.vendo.test.MockScript.Failure;
import run.vendo.test.MockScript.TokenKey;

import org.springframework.http.HttpMethod;
import org.springframework.util.Assert;

/**
 * How both kinds of mock, and their builder, are told what to answer.
 *
 * @param <M> what is told
 * @since 0.1.0
 */
abstract class MockScripting<M extends MockScripting<M>> {

	final MockState state;

	MockScripting(MockState state) {
		this.state = state;
	}

	@SuppressWarnings("unchecked")
	private M self() {
		return (M) this;
	}

	/**
	 * Add connections. One that has the slug of another takes its place.
	 * @param connections the connections
	 * @return this mock
	 */
	public M withConnections(FakeConnection... connections) {
		this.state.change((script) -> {
			for (FakeConnection connection : connections) {
				script.connections.put(connection.slug(), connection);
			}
		});
		return self();
	}

	/**
	 * Add providers that are connected, whose token is {@code mock-token-<slug>}.
	 * @param slugs the providers
	 * @return this mock
	 */
	public M withConnections(String... slugs) {
		for (String slug : slugs) {
			withConnections(FakeConnection.connected(slug));
		}
		return self();
	}

	/**
	 * Take connections away, with the tokens they had.
	 * @param slugs the providers
	 * @return this mock
	 */
	public M withoutConnections(String... slugs) {
		this.state.change((script) -> {
			for (String slug : slugs) {
				script.connections.remove(slug);
				script.tokens.keySet().removeIf((key) -> key.slug().equals(slug));
			}
		});
		return self();
	}

	/**
	 * Set a provider's token, for the application and for every user without one of its
	 * own. A provider that is not in the list of connections is connected by it; one that
	 * is there and not connected has no token all the same.
	 * @param slug the provider
	 * @param token the token
	 * @return this mock
	 */
	public M withToken(String slug, String token) {
		return token(null, slug, token);
	}

	/**
	 * Set a provider's token for one user.
	 * @param jwt the user's JWT
	 * @param slug the provider
	 * @param token the token
	 * @return this mock
	 * @see #withToken(String, String)
	 */
	public M withUserToken(String jwt, String slug, String token) {
		Assert.hasText(jwt, "'jwt' must not be blank");
		return token(jwt.strip(), slug, token);
	}

	private M token(@Nullable String user, String slug, String token) {
		Assert.hasText(slug, "'slug' must not be blank");
		Assert.hasText(token, "'token' must not be blank");
		this.state.change((script) -> {
			script.tokens.put(new TokenKey(user, slug), token);
			script.connections.computeIfAbsent(slug, FakeConnection::connected);
		});
		return self();
	}

	/**
	 * Set the balance, 10 US dollars unless set.
	 * @param usd the amount in US dollars, with six decimals at most
	 * @return this mock
	 */
	public M withBalance(BigDecimal usd) {
		long micros = usd.movePointRight(6).longValueExact();
		this.state.change(
				(script) -> script.balance = new Balance(micros, script.balance.currency(), script.balance.topUpUrl()));
		return self();
	}

	/**
	 * Set the balance.
	 * @param balance the balance
	 * @return this mock
	 */
	public M withBalance(Balance balance) {
		this.state.change((script) -> script.balance = balance);
		return self();
	}

	/**
	 * Set the spend caps; there are none, and nothing is used, unless set.
	 * @param spendCaps the caps and what is used of them
	 * @return this mock
	 */
	public M withSpendCaps(SpendCaps spendCaps) {
		this.state.change((script) -> script.spendCaps = spendCaps);
		return self();
	}

	/**
	 * Set what was used in a period.
	 * @param period the period
	 * @param usage the report
	 * @return this mock
	 */
	public M withUsage(Period period, Map<String, ?> usage) {
		JsonNode json = VendoJson.MAPPER.valueToTree(usage);
		this.state.change((script) -> script.usage.put(period, json));
		return self();
	}

	/**
	 * Add providers Vendo knows; those of the connections are known without it.
	 * @param integrations the providers
	 * @return this mock
	 */
	public M withIntegrations(Integration... integrations) {
		this.state.change((script) -> {
			for (Integration integration : integrations) {
				script.integrations.put(integration.slug(), VendoJson.MAPPER.valueToTree(integration));
			}
		});
		return self();
	}

	/**
	 * Set the result of an action. An action without one is {@code binding_missing} where
	 * its provider, the first word of its name, is not connected, else a
	 * {@code composio_error}.
	 * @param action the action, for example {@code SLACK_SEND_MESSAGE}
	 * @param data the result, as it is written to JSON
	 * @return this mock
	 */
	public M withResult(String action, Object data) {
		JsonNode json = VendoJson.MAPPER.valueToTree(data);
		this.state.change((script) -> script.results.put(action, json));
		return self();
	}

	/**
	 * Set the answer of any endpoint: one of Vendo that is called over {@code http()}, or
	 * one of a provider that is called over a session. Without an answer it is a
	 * {@code 501} that says so.
	 * @param method the method
	 * @param url the URL: a path such as {@code /api/tools/x}, which is one of Vendo's
	 * API, or an absolute one; without a query it stands for every query
	 * @param status the HTTP status
	 * @param body the body: a text that is sent as it is, or what is written to JSON
	 * @return this mock
	 */
	public M withAnswer(HttpMethod method, String url, int status, Object body) {
		Assert.hasText(url, "'url' must not be blank");
		String absolute = url.startsWith("/") ? MockState.BASE_URL + url : url;
		MockAnswer answer = MockAnswer.json(status, body);
		this.state.change((script) -> script.answers.put(method + " " + absolute, answer));
		return self();
	}

	/**
	 * Let every call about a provider fail.
	 * @param slug the provider
	 * @param exception the failure; the call throws one of the same class and details
	 * @return this mock
	 */
	public M failing(String slug, VendoException exception) {
		Assert.hasText(slug, "'slug' must not be blank");
		return fail(Failure.about(slug, sound(exception)));
	}

	/**
	 * Let every call about a provider fail.
	 * @param slug the provider
	 * @param code why, for example {@link ErrorCode#NEEDS_REAUTH}
	 * @return this mock
	 */
	public M failing(String slug, ErrorCode code) {
		return failing(slug, ErrorDetails.of(code).slug(slug).toException());
	}

	/**
	 * Let every call of an API fail.
	 * @param api the API
	 * @param exception the failure; the call throws one of the same class and details
	 * @return this mock
	 */
	public M failing(MockVendoApi api, VendoException exception) {
		return fail(Failure.forEver(of(api), sound(exception)));
	}

	/**
	 * Let every call of an API fail.
	 * @param api the API
	 * @param code why
	 * @return this mock
	 */
	public M failing(MockVendoApi api, ErrorCode code) {
		return failing(api, ErrorDetails.of(code).toException());
	}

	/**
	 * Let the next calls fail, whatever they are.
	 * @param times how many
	 * @param exception the failure; the call throws one of the same class and details
	 * @return this mock
	 */
	public M failingNext(int times, VendoException exception) {
		return failNext(times, (call) -> true, exception);
	}

	/**
	 * Let the next calls about a provider fail.
	 * @param times how many
	 * @param slug the provider
	 * @param exception the failure; the call throws one of the same class and details
	 * @return this mock
	 */
	public M failingNext(int times, String slug, VendoException exception) {
		Assert.hasText(slug, "'slug' must not be blank");
		Assert.isTrue(times > 0, "'times' must be positive");
		return fail(Failure.nextAbout(times, slug, sound(exception)));
	}

	/**
	 * Let the next calls of an API fail.
	 * @param times how many
	 * @param api the API
	 * @param exception the failure; the call throws one of the same class and details
	 * @return this mock
	 */
	public M failingNext(int times, MockVendoApi api, VendoException exception) {
		return failNext(times, of(api), exception);
	}

	/**
	 * Let no call fail any more that was told to.
	 * @return this mock
	 */
	public M recovering() {
		this.state.change((script) -> script.failures.clear());
		return self();
	}

	private M failNext(int times, Predicate<MockVendoCall> calls, VendoException exception) {
		Assert.isTrue(times > 0, "'times' must be positive");
		return fail(Failure.next(times, calls, sound(exception)));
	}

	private M fail(Failure failure) {
		this.state.change((script) -> script.failures.add(failure));
		return self();
	}

	private static Predicate<MockVendoCall> of(MockVendoApi api) {
		Assert.isTrue(api != MockVendoApi.CONNECT_URL, "Nothing is sent for a connect URL, so it cannot fail");
		return (call) -> call.api() == api;
	}

	// The client raises what the details call for. An exception that is not that would
	// turn into another on its way.
	private static VendoException sound(VendoException exception) {
		Assert.isTrue(exception.details().toException(null).getClass() == exception.getClass(),
				() -> "The details of this %s do not lead to its class: make it with ErrorDetails.of(code).toException()"
					.formatted(exception.getClass().getSimpleName()));
		return exception;
	}

}
