package run.vendo.test;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The data proxy: does what a test says an action does, else tells what it was asked.
 */
final class DataProxyEndpoints {

	private final PlatformState state;

	DataProxyEndpoints(PlatformState state) {
		this.state = state;
	}

	Outcome handle(Call call) {
		if (call.is("GET", "/healthz")) {
			return Reply.json(Map.of("status", "ok"));
		}
		if (!call.is("POST", "/v1/execute")) {
			throw Refusal.notFound();
		}
		String key = this.state.keys.require(call, KeyRing.APP);
		Identity identity = Identity.of(call);
		return this.state.writes.once(call, key + " " + identity, () -> execute(call, identity));
	}

	private Reply execute(Call call, Identity identity) {
		JsonNode body = Json.readObject(call.body());
		JsonNode action = body.path("action_id");
		JsonNode args = body.path("args");
		if (!action.isString() || action.stringValue().isBlank() || !(args.isObject() || args.isMissingNode())) {
			throw Refusal.invalid("'action_id' must be the name of an action, and 'args' an object");
		}
		this.state.billing.requireFunds();
		this.state.connections.requireUsable(identity, toolkit(action.stringValue()),
				call.headers().getFirst("X-Vendo-Connection"));
		Function<JsonNode, ? extends @Nullable Object> work = this.state.action(action.stringValue());
		Map<String, @Nullable Object> answer = new LinkedHashMap<>();
		answer.put("data", (work != null) ? work.apply(args) : Json.object("action_id", action, "args", args));
		return Reply.json(answer);
	}

	// SLACK_SEND_MESSAGE is one of Slack's.
	private static String toolkit(String action) {
		int underscore = action.indexOf('_');
		return ((underscore > 0) ? action.substring(0, underscore) : action).toLowerCase(Locale.ROOT);
	}

}
