package run.vendo.autoconfigure.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import run.vendo.fixture.StubServer;
import run.vendo.fixture.StubServer.Request;
import run.vendo.fixture.StubServer.Response;
import run.vendo.fixture.TestClients;

/**
 * A platform that repeats every secret it knows wherever it can.
 */
final class OperatedPlatform implements AutoCloseable {

	static final String CANARY = "c4n4ry-0f-4-t0k3n";

	static final String BALANCE = "/api/billing/balance";

	static final String CAPS = "/api/billing/spend-caps";

	static final String EVENTS = "/api/deployments/me/events";

	private final StubServer server = StubServer.start().respond(this::answer);

	private final Map<String, Function<Request, Response>> answers = new ConcurrentHashMap<>();

	OperatedPlatform() {
		balance(12_500_000);
		caps(null, 500_000);
		answer("/api/deployments/me/connections", (request) -> Response.json("""
				{"connections":[
				{"id":"cn_1","slug":"slack","status":"connected","profile":"user_oauth","api_key":"%1$s",
				"credential":{"access_token":"%1$s"},"metadata":{"secret":"%1$s"},"error_message":"%1$s"},
				{"slug":"notion","status":"needs_reauth","profile":"user_oauth"},
				{"slug":"..","status":"tomorrows","profile":"tomorrows"}]}""".formatted(CANARY)));
		answer("/slack", (request) -> Response
			.json("{\"access_token\":\"%s\",\"expires_at\":\"2999-01-01T00:00:00Z\"}".formatted(CANARY)));
		answer(EVENTS, (request) -> Response.status(204));
	}

	void balance(long micros) {
		answer(BALANCE, (request) -> Response.json(
				"{\"credits_remaining_micros\":%d,\"currency\":\"USD\",\"top_up_url\":\"https://vendo.run/billing?token=%s\"}"
					.formatted(micros, CANARY)));
	}

	/**
	 * Give one account another balance than that of all others.
	 */
	void balanceOf(String key, long micros) {
		Function<Request, Response> others = this.answers.get(BALANCE);
		answer(BALANCE,
				(request) -> request.header("Authorization").endsWith(key)
						? Response.json("{\"credits_remaining_micros\":%d,\"currency\":\"USD\"}".formatted(micros))
						: others.apply(request));
	}

	/**
	 * Refuse the key of one account.
	 */
	void refuse(String key) {
		Function<Request, Response> others = this.answers.get(BALANCE);
		answer(BALANCE, (request) -> request.header("Authorization").endsWith(key) ? Response.error(401, "app_revoked")
				: others.apply(request));
	}

	void caps(Long daily, long used) {
		answer(CAPS, (request) -> Response
			.json("{\"daily_micros\":%s,\"monthly_micros\":50000000,\"used_today_micros\":%d,\"used_month_micros\":%d}"
				.formatted(daily, used, used)));
	}

	void fail(int status, String code) {
		answer(BALANCE,
				(request) -> Response.json(status, "{\"error\":{\"code\":\"%s\",\"message\":\"%s, access_token=%s\"}}"
					.formatted(code, request.header("Authorization"), CANARY)));
	}

	void answer(String path, Function<Request, Response> answer) {
		this.answers.put(path, answer);
	}

	private Response answer(Request request) {
		Function<Request, Response> answer = this.answers.get(request.path());
		return (answer != null) ? answer.apply(request) : Response.status(404);
	}

	StubServer server() {
		return this.server;
	}

	long asked(String path) {
		return this.server.requests().stream().filter((request) -> request.path().equals(path)).count();
	}

	List<String> properties(String... more) {
		List<String> properties = new ArrayList<>(List.of(more));
		String url = this.server.url().toString();
		properties
			.addAll(List.of("vendo.api-key=" + TestClients.KEY, "vendo.base-url=" + url, "vendo.credentials-url=" + url,
					"vendo.data-proxy-url=" + url, "vendo.retry.max-attempts=1", "management.health.vendo.enabled=true",
					"management.endpoint.health.show-details=always", "management.endpoints.web.exposure.include=*"));
		return properties;
	}

	@Override
	public void close() {
		this.server.close();
	}

}
