package run.vendo.http;

import java.util.Map;
import java.util.Set;

/**
 * The calls there are. What else somebody calls is {@code other} in meters, so that their
 * number is known beforehand.
 */
final class CallNames {

	static final Map<String, Set<String>> OPERATIONS = Map.of("billing",
			Set.of("balance", "cliBalance", "legacyBalance", "spendCaps", "usage"), "catalog",
			Set.of("deployableTools", "integrationPricing", "modelPricing", "pricing", "tool", "toolIntegrations",
					"tools", "usageFraming"),
			"connections", Set.of("list"), "dashboard",
			Set.of("apps", "bindings", "checkSlug", "createBinding", "deploy", "deployment", "deploymentUsage",
					"destroy", "integrationUsage", "keys", "me", "mintAppKey", "mintConnectionKey",
					"regenerateIntegration", "restart", "resume", "revokeKey", "suspend", "swapBinding", "tenant",
					"toggleIntegration", "updateApp", "updateTenant", "updateUser", "user"),
			"data", Set.of("execute"), "events", Set.of("subscribe"), "http", Set.of("exchange"), "integrations",
			Set.of("get", "list"), "token", Set.of("bulk", "get"));

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
