package run.vendo.http;

import java.util.Map;
import java.util.Set;

/**
 * The calls there are. What else somebody calls is {@code other} in meters, so that their
 * number is known beforehand.
 */
final class CallNames {

	static final Map<String, Set<String>> OPERATIONS = Map.of("billing", Set.of("balance", "spendCaps", "usage"),
			"connections", Set.of("list"), "data", Set.of("execute"), "events", Set.of("subscribe"), "http",
			Set.of("exchange"), "integrations", Set.of("list", "get"), "token", Set.of("get", "bulk"));

	private static final String OTHER = "other";

	private CallNames() {
	}

	static String api(ApiCall call) {
		return OPERATIONS.containsKey(call.api()) ? call.api() : OTHER;
	}

	static String operation(ApiCall call) {
		return OPERATIONS.getOrDefault(call.api(), Set.of()).contains(call.operation()) ? call.operation() : OTHER;
	}

}
