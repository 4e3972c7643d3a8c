package run.vendo.test;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import run.vendo.autoconfigure.actuate.BalanceSnapshot;
import run.vendo.billing.Balance;
import run.vendo.billing.Period;
import run.vendo.billing.SpendCaps;
import run.vendo.connection.ConnectionStatus;
import run.vendo.error.ErrorCode;
import run.vendo.error.ForbiddenException;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.NotFoundException;
import run.vendo.error.VendoException;
import run.vendo.http.VendoHttp;
import run.vendo.http.VendoJson;
import run.vendo.test.MockScript.TokenKey;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.util.UriUtils;

/**
 * The platform in memory behind both kinds of mock: answers what the script says, and
 * keeps what was asked. The client above it is the real one, so that validation, modes,
 * error mapping and decoding need not be imitated.
 */
final class MockState {

	static final URI BASE_URL = URI.create("https://vendo.run");

	static final URI CREDENTIALS_URL = URI.create("https://credentials.vendo.run");

	static final URI DATA_PROXY_URL = URI.create("https://composio-proxy.vendo.run");

	private static final ErrorCode NOT_SET = new ErrorCode("mock_not_set");

	private final MockScript initial;

	private MockScript script;

	private final List<MockVendoCall> calls = new ArrayList<>();

	private final MockEvents events;

	MockState(MockScript initial, Clock clock) {
		this.initial = initial;
		this.events = new MockEvents(clock);
		this.script = initial.copy();
	}

	synchronized MockState fork(Clock clock) {
		return new MockState(this.script.copy(), clock);
	}

	void reset() {
		synchronized (this) {
			this.script = this.initial.copy();
			this.calls.clear();
		}
		this.events.reset();
	}

	MockEvents events() {
		return this.events;
	}

	/**
	 * Whether a request asks for the stream of events. Streams are no calls: an
	 * application opens its own whenever it likes, and tests count theirs.
	 */
	static boolean isEvents(HttpMethod method, URI uri) {
		return HttpMethod.GET.equals(method) && at(BASE_URL, uri)
				&& uri.getRawPath().equals("/api/deployments/me/events");
	}

	synchronized void change(Consumer<MockScript> change) {
		change.accept(this.script);
	}

	/**
	 * Return balance and caps as the script has them. It is no call.
	 */
	synchronized BalanceSnapshot balance() {
		Balance balance = this.script.balance;
		SpendCaps caps = this.script.spendCaps;
		Set<String> tripped = new TreeSet<>();
		if (caps.dailyMicros() != null && caps.usedTodayMicros() >= caps.dailyMicros()) {
			tripped.add("daily");
		}
		if (caps.monthlyMicros() != null && caps.usedMonthMicros() >= caps.monthlyMicros()) {
			tripped.add("monthly");
		}
		BalanceSnapshot.State state = tripped.isEmpty() ? BalanceSnapshot.State.AVAILABLE
				: BalanceSnapshot.State.CAPPED;
		return new BalanceSnapshot(balance.isExhausted() ? BalanceSnapshot.State.EXHAUSTED : state, balance, null, caps,
				null, tripped, null);
	}

	synchronized void record(MockVendoCall call) {
		this.calls.add(call);
	}

	synchronized List<MockVendoCall> calls() {
		return List.copyOf(this.calls);
	}

	/**
	 * Answer a request.
	 * @param method its method
	 * @param uri its URL
	 * @param headers its headers
	 * @param body its body, empty when there is none
	 * @return the answer
	 * @throws VendoException the failure that was asked for
	 */
	synchronized MockAnswer exchange(HttpMethod method, URI uri, HttpHeaders headers, byte[] body) {
		String user = headers.getFirst(VendoHttp.USER_JWT_HEADER);
		MockVendoCall call = call(method, uri, user, json(body));
		this.calls.add(call);
		fail(call);
		MockAnswer scripted = scripted(method, uri);
		return (scripted != null) ? scripted : answer(call);
	}

	private static MockVendoCall call(HttpMethod method, URI uri, @Nullable String user, @Nullable JsonNode body) {
		String path = uri.getRawPath();
		if (at(CREDENTIALS_URL, uri)) {
			if (path.equals("/_bulk")) {
				return new MockVendoCall(MockVendoApi.TOKENS, "tokens", null, slugs(uri), user, method, uri, body);
			}
			return MockVendoCall.of(MockVendoApi.TOKENS, "token", decode(path.substring(1)), user, method, uri, body);
		}
		if (at(DATA_PROXY_URL, uri) && path.equals("/v1/execute")) {
			return MockVendoCall.of(MockVendoApi.DATA, "data.execute", toolkit(body), user, method, uri, body);
		}
		if (at(BASE_URL, uri) && HttpMethod.GET.equals(method)) {
			return apiCall(path, uri, user, body);
		}
		boolean vendo = at(BASE_URL, uri) || at(DATA_PROXY_URL, uri);
		return MockVendoCall.of(vendo ? MockVendoApi.HTTP : MockVendoApi.PROVIDER,
				(vendo ? "http " : "provider ") + method + " " + path, null, user, method, uri, body);
	}

	private static MockVendoCall apiCall(String path, URI uri, @Nullable String user, @Nullable JsonNode body) {
		String integration = "/api/integrations/";
		if (path.startsWith(integration) && path.indexOf('/', integration.length()) < 0) {
			return MockVendoCall.of(MockVendoApi.INTEGRATIONS, "integrations.get",
					decode(path.substring(integration.length())), user, HttpMethod.GET, uri, body);
		}
		MockVendoApi api = switch (path) {
			case "/api/deployments/me/connections" -> MockVendoApi.CONNECTIONS;
			case "/api/integrations" -> MockVendoApi.INTEGRATIONS;
			case "/api/billing/balance", "/api/billing/spend-caps", "/api/billing/usage" -> MockVendoApi.BILLING;
			default -> MockVendoApi.HTTP;
		};
		String type = switch (path) {
			case "/api/deployments/me/connections" -> "connections.list";
			case "/api/integrations" -> "integrations.list";
			case "/api/billing/balance" -> "billing.balance";
			case "/api/billing/spend-caps" -> "billing.spendCaps";
			case "/api/billing/usage" -> "billing.usage";
			default -> "http GET " + path;
		};
		return MockVendoCall.of(api, type, null, user, HttpMethod.GET, uri, body);
	}

	private @Nullable MockAnswer scripted(HttpMethod method, URI uri) {
		MockAnswer exact = this.script.answers.get(method + " " + uri);
		if (exact != null || uri.getRawQuery() == null) {
			return exact;
		}
		String url = uri.toString();
		return this.script.answers.get(method + " " + url.substring(0, url.indexOf('?')));
	}

	private MockAnswer answer(MockVendoCall call) {
		return switch (call.type()) {
			case "token" -> token(call);
			case "tokens" -> tokens(call);
			case "connections.list" -> MockAnswer.ok(Map.of("connections",
					this.script.connections.values().stream().map(FakeConnection::json).toList()));
			case "integrations.list" -> MockAnswer.ok(Map.of("integrations", integrations().values()));
			case "integrations.get" -> integration(call);
			case "billing.balance" -> MockAnswer.ok(this.script.balance);
			case "billing.spendCaps" -> MockAnswer.ok(this.script.spendCaps);
			case "billing.usage" -> usage(call);
			case "http GET /api/v1/balance" -> MockAnswer.ok(Map.of("balance_usd", usd(), "tenant_id", "t_mock"));
			case "http GET /api/cli/balance" -> MockAnswer.ok(Map.of("balance_usd", usd()));
			case "data.execute" -> result(call);
			default -> notSet("no answer is set for %s %s://%s%s: set one with withAnswer(…)".formatted(call.method(),
					call.uri().getScheme(), call.uri().getAuthority(), call.uri().getRawPath()));
		};
	}

	private MockAnswer token(MockVendoCall call) {
		String slug = call.slugs().get(0);
		String token = tokenOf(call.user(), slug);
		if (token != null) {
			return MockAnswer.ok(tokenAnswer(token));
		}
		FakeConnection connection = this.script.connections.get(slug);
		ConnectionStatus status = (connection != null) ? connection.status() : ConnectionStatus.AVAILABLE;
		if (status.equals(ConnectionStatus.NEEDS_REAUTH)) {
			return MockAnswer.error(401, ErrorCode.CONNECTION_NEEDS_REAUTH, "Consent has to be given again", slug);
		}
		if (status.equals(ConnectionStatus.REVOKED)) {
			return MockAnswer.error(403, ErrorCode.CONNECTION_REVOKED, "The connection was revoked", slug);
		}
		return MockAnswer.error(403, ErrorCode.BINDING_MISSING, "The application has no connection for " + slug, slug);
	}

	private MockAnswer tokens(MockVendoCall call) {
		ObjectNode tokens = VendoJson.MAPPER.createObjectNode();
		for (String slug : call.slugs()) {
			String token = tokenOf(call.user(), slug);
			tokens.set(slug, (token != null && !isWithout(call, slug))
					? VendoJson.MAPPER.<JsonNode>valueToTree(tokenAnswer(token)) : VendoJson.MAPPER.nullNode());
		}
		return MockAnswer.ok(Map.of("tokens", tokens));
	}

	// Where a single token is refused, the worker leaves it out of several; any other
	// failure is one of the whole answer.
	private boolean isWithout(MockVendoCall call, String slug) {
		try {
			fail(MockVendoCall.of(call.api(), call.type(), slug, call.user(), call.method(), call.uri(), null));
			return false;
		}
		catch (NotConnectedException | NeedsReauthException | NotFoundException | ForbiddenException ex) {
			return true;
		}
	}

	private @Nullable String tokenOf(@Nullable String user, String slug) {
		FakeConnection connection = this.script.connections.get(slug);
		if (connection == null || !connection.status().equals(ConnectionStatus.CONNECTED)) {
			return null;
		}
		String ofUser = (user != null) ? this.script.tokens.get(new TokenKey(user, slug)) : null;
		return (ofUser != null) ? ofUser
				: this.script.tokens.getOrDefault(new TokenKey(null, slug), "mock-token-" + slug);
	}

	private static Map<String, String> tokenAnswer(String token) {
		return Map.of("access_token", token, "token_type", "Bearer");
	}

	private Map<String, JsonNode> integrations() {
		Map<String, JsonNode> integrations = new LinkedHashMap<>(this.script.integrations);
		this.script.connections.forEach((slug, connection) -> integrations.computeIfAbsent(slug,
				(key) -> VendoJson.MAPPER.createObjectNode()
					.put("slug", slug)
					.put("name", connection.displayName())
					.set("default_profile", connection.json().path("profile"))));
		return integrations;
	}

	private MockAnswer integration(MockVendoCall call) {
		String slug = call.slugs().get(0);
		JsonNode integration = integrations().get(slug);
		return (integration != null) ? MockAnswer.ok(integration)
				: MockAnswer.error(404, new ErrorCode("not_found"), "Vendo does not know " + slug, slug);
	}

	private MockAnswer usage(MockVendoCall call) {
		String query = String.valueOf(call.uri().getRawQuery());
		Period period = Period.valueOf(query.substring(query.indexOf('=') + 1).toUpperCase(Locale.ROOT));
		JsonNode usage = this.script.usage.get(period);
		return MockAnswer.ok((usage != null) ? usage : Map.of("period", period.name().toLowerCase(Locale.ROOT)));
	}

	private BigDecimal usd() {
		return this.script.balance.creditsRemaining();
	}

	private MockAnswer result(MockVendoCall call) {
		String action = action(call.body());
		JsonNode result = this.script.results.get(action);
		if (result != null) {
			return MockAnswer.ok(Map.of("data", result));
		}
		FakeConnection connection = this.script.connections.get(String.valueOf(call.slug()));
		if (connection == null || !connection.status().equals(ConnectionStatus.CONNECTED)) {
			return MockAnswer.json(403, Map.of("error", "binding_missing", "toolkit", String.valueOf(call.slug())));
		}
		return MockAnswer.json(400,
				Map.of("error", "No result is set for the action %s: set one with withResult(…)".formatted(action)));
	}

	private static MockAnswer notSet(String message) {
		return MockAnswer.error(501, NOT_SET, "This is a mock, and " + message, null);
	}

	/**
	 * Raise the failure that was asked for, if it is one of this provider.
	 * @param slug the provider
	 * @param user the JWT of the user, or {@code null} for the application itself
	 */
	synchronized void failConnection(String slug, @Nullable String user) {
		MockVendoCall call = MockVendoCall.of(MockVendoApi.CONNECTIONS, "connections.list", slug, user, HttpMethod.GET,
				BASE_URL.resolve("/api/deployments/me/connections"), null);
		for (int i = this.script.failures.size() - 1; i >= 0; i--) {
			MockScript.Failure candidate = this.script.failures.get(i);
			if (candidate.matches(call)) {
				VendoException failure = candidate.isAbout(slug) ? candidate.meet(call) : null;
				if (failure != null) {
					this.calls.add(call);
					throw failure.details().mutate().slug(slug).attempts(1).build().toException(failure.getCause());
				}
				return;
			}
		}
	}

	private void fail(MockVendoCall call) {
		// What was asked for last comes first.
		for (int i = this.script.failures.size() - 1; i >= 0; i--) {
			VendoException failure = this.script.failures.get(i).meet(call);
			if (failure != null) {
				throw failure;
			}
		}
	}

	private static boolean at(URI base, URI uri) {
		return base.getScheme().equals(uri.getScheme()) && base.getAuthority().equals(uri.getAuthority());
	}

	private static String action(@Nullable JsonNode body) {
		return (body != null) ? body.path("action_id").asString("") : "";
	}

	// The data proxy names actions after their provider: SLACK_SEND_MESSAGE.
	private static String toolkit(@Nullable JsonNode body) {
		return action(body).split("_", 2)[0].toLowerCase(Locale.ROOT);
	}

	private static List<String> slugs(URI uri) {
		String query = String.valueOf(uri.getRawQuery());
		return Arrays.stream(query.substring(query.indexOf('=') + 1).split(",")).map(MockState::decode).toList();
	}

	private static String decode(String segment) {
		return UriUtils.decode(segment, StandardCharsets.UTF_8);
	}

	private static @Nullable JsonNode json(byte[] body) {
		if (body.length == 0) {
			return null;
		}
		try {
			return VendoJson.MAPPER.readTree(body);
		}
		catch (JacksonException ex) {
			// A provider may be sent anything.
			return VendoJson.MAPPER.getNodeFactory().stringNode(new String(body, StandardCharsets.UTF_8));
		}
	}

}
