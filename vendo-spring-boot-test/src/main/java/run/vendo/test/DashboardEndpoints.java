package run.vendo.test;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a session reaches. Bodies that the platform does not lay down are what the
 * simulator makes of them.
 */
final class DashboardEndpoints {

	static final String APP_ID = "app_simulated";

	private static final int DEPLOY_LIMIT = 5;

	private static final Duration DEPLOY_WINDOW = Duration.ofHours(1);

	private static final Pattern SLUG = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

	private static final Set<String> RESERVED = Set.of("www", "api", "admin", "dashboard");

	private static final Set<String> RANGES = Set.of("1h", "24h", "7d", "30d");

	private final PlatformState state;

	private final Clock clock;

	private final Map<String, Map<String, @Nullable Object>> deployments = new LinkedHashMap<>();

	private final Map<String, Map<String, @Nullable Object>> tools = new LinkedHashMap<>();

	private final Map<String, @Nullable Object> bindings = new LinkedHashMap<>();

	private final Map<String, @Nullable Object> tenant = new LinkedHashMap<>();

	private final Map<String, @Nullable Object> user = new LinkedHashMap<>();

	private String appName = "Simulated";

	private boolean billingSetUp = true;

	private int numbers;

	DashboardEndpoints(PlatformState state, Clock clock) {
		this.state = state;
		this.clock = clock;
		this.tenant.putAll(Json.object("id", "t_simulated", "slug", "simulated", "name", "Simulated"));
		this.user.putAll(Json.object("id", "user_simulated", "email", "user@example.com", "name", "Simulated"));
	}

	void tool(String slug, Map<String, ?> fields) {
		this.state.guard.run(() -> this.tools.put(slug, new LinkedHashMap<>(fields)));
	}

	Map<String, @Nullable Object> tool(String slug) {
		return this.state.guard.get(() -> this.tools.getOrDefault(slug, Map.of()));
	}

	void billingSetUp(boolean billingSetUp) {
		this.state.guard.run(() -> this.billingSetUp = billingSetUp);
	}

	List<Map<String, @Nullable Object>> deployments() {
		return this.state.guard.get(() -> new ArrayList<>(this.deployments.values()));
	}

	/**
	 * Answer a request that came in the session.
	 * @throws Refusal if it cannot be done
	 */
	Reply handle(Call call) {
		return this.state.guard.get(() -> {
			List<String> segments = call.segments();
			Reply reply = switch (segments.get(1)) {
				case "deploy" -> call.is("POST", "/api/deploy") ? deploy(call) : null;
				case "deployments" -> deployment(call, segments);
				case "apps" -> app(call, segments);
				case "keys" -> keys(call, segments);
				case "connections" -> connection(call, segments);
				case "integrations" -> integration(call, segments);
				case "tenants" -> tenant(call);
				case "user" -> user(call);
				case "billing" -> call.isGet() ? Reply.json(Map.of()) : null;
				default -> null;
			};
			if (reply == null) {
				throw Refusal.notFound();
			}
			return reply;
		});
	}

	private Reply deploy(Call call) {
		RateLimiter.Allowance allowance = this.state.limiter.count(call, "deploy", DEPLOY_LIMIT, DEPLOY_WINDOW);
		if (allowance.isExceeded()) {
			return allowance.mark(Reply.error(Role.API, allowance.refusal()));
		}
		try {
			return allowance
				.mark(this.state.writes.once(call, "session", () -> deployed(Json.readObject(call.body()))));
		}
		catch (Refusal refusal) {
			return allowance.mark((refusal.code() == null || Character.isLowerCase(refusal.code().charAt(0)))
					? Reply.error(Role.API, refusal) : flat(refusal));
		}
	}

	// This endpoint words its errors in a way of its own.
	private static Reply flat(Refusal refusal) {
		return Reply.json(refusal.status(), Json.object("message", refusal.message(), "code", refusal.code()));
	}

	private Reply deployed(JsonNode request) {
		Map<String, List<String>> errors = new LinkedHashMap<>();
		for (String field : List.of("toolSlug", "tenantSlug")) {
			if (request.path(field).asString("").isBlank()) {
				errors.put(field, List.of("Required"));
			}
		}
		if (!errors.isEmpty()) {
			return Reply.json(400, Json.object("message", "Invalid request body", "errors", errors));
		}
		String tool = request.path("toolSlug").asString();
		Map<String, @Nullable Object> fields = tool(tool);
		if (Boolean.FALSE.equals(fields.get("released"))) {
			return Reply.json(403, Map.of("error", "tool_unreleased"));
		}
		String slug = request.path("deploymentSlug").asString(tool + "-" + (this.numbers + 1));
		requireSlug(slug);
		requireBindings(fields.get("requiredBindings"), request.path("bindings"));
		if (!this.billingSetUp) {
			throw new Refusal(402, "BILLING_NOT_SETUP", "There is no way to pay yet");
		}
		if (this.state.billing.balance() <= 0) {
			throw new Refusal(402, "INSUFFICIENT_CREDITS", "The balance does not cover a deployment");
		}
		String id = nextId("dep");
		this.deployments.put(id,
				Json.object("id", id, "slug", slug, "name", request.path("deploymentName").asString(slug), "toolSlug",
						tool, "tenantSlug", request.path("tenantSlug").asString(), "status", "running", "createdAt",
						this.clock.instant().toString()));
		return Reply.json(201, Map.of("deploymentId", id));
	}

	private void requireSlug(String slug) {
		if (!SLUG.matcher(slug).matches()) {
			throw new Refusal(400, "INVALID_SLUG", "A slug is of small letters, digits and hyphens");
		}
		if (RESERVED.contains(slug)) {
			throw new Refusal(409, "SUBDOMAIN_TAKEN", "The subdomain is taken");
		}
		if (this.deployments.values().stream().anyMatch((each) -> slug.equals(each.get("slug")))) {
			throw new Refusal(409, "SLUG_TAKEN", "There is a deployment of that name");
		}
	}

	private void requireBindings(@Nullable Object required, JsonNode bindings) {
		List<String> chosen = new ArrayList<>();
		bindings.propertyNames().forEach(chosen::add);
		bindings.forEach((each) -> chosen.add(each.asString("")));
		if (required instanceof Iterable<?> all) {
			for (Object each : all) {
				if (!chosen.contains(String.valueOf(each))) {
					throw new Refusal(400, "MISSING_BINDING", "The tool needs a binding to " + each);
				}
			}
		}
		for (String each : bindings.isArray() ? chosen : List.copyOf(bindings.propertyNames())) {
			if (!this.state.catalog.has(each)) {
				throw new Refusal(400, "UNKNOWN_BINDING", "There is no integration of that name");
			}
		}
	}

	private @Nullable Reply deployment(Call call, List<String> segments) {
		if (segments.size() < 3) {
			return null;
		}
		Map<String, @Nullable Object> deployment = this.deployments.get(segments.get(2));
		String action = (segments.size() == 4) ? segments.get(3) : "";
		if (deployment == null || segments.size() > 4) {
			return null;
		}
		if (call.isGet()) {
			return switch (action) {
				case "" -> Reply.json(deployment);
				case "usage" -> usage(call.query("range"));
				default -> null;
			};
		}
		if (!call.method().equals("POST")) {
			return null;
		}
		switch (action) {
			case "restart", "resume" -> deployment.put("status", "running");
			case "suspend" -> deployment.put("status", "suspended");
			case "destroy" -> this.deployments.remove(segments.get(2));
			default -> {
				return null;
			}
		}
		return Reply.json(Map.of("ok", true));
	}

	private static Reply usage(@Nullable String range) {
		if (range == null || !RANGES.contains(range)) {
			throw Refusal.invalid("'range' must be 1h, 24h, 7d or 30d");
		}
		return Reply.json(Json.object("range", range, "cost_micros", 0));
	}

	private @Nullable Reply app(Call call, List<String> segments) {
		if (segments.size() == 2) {
			return call.isGet() ? Reply.json(Map.of("apps", List.of(app()))) : null;
		}
		if (!segments.get(2).equals(APP_ID) || segments.size() > 4) {
			return null;
		}
		if (segments.size() == 3) {
			return call.method().equals("PATCH") ? updateApp(Json.readObject(call.body())) : null;
		}
		return switch (segments.get(3)) {
			case "keys" -> call.method().equals("POST")
					? this.state.writes.once(call, "session", () -> mint(KeyRing.Credential.APP_KEY, APP_ID)) : null;
			case "bindings" -> bindings(call);
			default -> null;
		};
	}

	private Map<String, @Nullable Object> app() {
		Map<String, @Nullable Object> app = Json.object("id", APP_ID, "name", this.appName);
		Map<String, @Nullable Object> caps = this.state.billing.capsJson();
		app.put("daily_micros", caps.get("daily_micros"));
		app.put("monthly_micros", caps.get("monthly_micros"));
		return app;
	}

	private Reply updateApp(JsonNode fields) {
		if (fields.has("name") && fields.path("name").asString("").isBlank()) {
			return Reply.json(400,
					Json.object("message", "Invalid request body", "errors", Map.of("name", List.of("Required"))));
		}
		this.appName = fields.path("name").asString(this.appName);
		Map<String, @Nullable Object> caps = this.state.billing.capsJson();
		this.state.billing.caps(cap(fields, "daily_micros", caps), cap(fields, "monthly_micros", caps));
		return Reply.json(app());
	}

	private static @Nullable Long cap(JsonNode fields, String name, Map<String, @Nullable Object> caps) {
		if (!fields.has(name)) {
			return (Long) caps.get(name);
		}
		JsonNode value = fields.path(name);
		if (!value.isNull() && !value.isIntegralNumber()) {
			throw Refusal.invalid("'" + name + "' must be a number of millionths of a US dollar, or null");
		}
		return value.isNull() ? null : value.longValue();
	}

	private Reply mint(KeyRing.Credential credential, String owner) {
		String key = Secrets.key();
		String id = this.state.keys.mint(key, credential, owner);
		return Reply.json(201, Json.object("id", id, "key", key));
	}

	private @Nullable Reply bindings(Call call) {
		if (call.isGet()) {
			return Reply.json(Map.of("bindings", List.copyOf(this.bindings.values())));
		}
		boolean create = call.method().equals("POST");
		if (!create && !call.method().equals("PUT")) {
			return null;
		}
		JsonNode binding = Json.readObject(call.body());
		String slug = binding.path("slug").asString("");
		if (!this.state.catalog.has(slug)) {
			return Reply.json(400,
					Json.object("message", "Invalid request body", "errors", Map.of("slug", List.of("Unknown"))));
		}
		if (create && this.bindings.containsKey(slug)) {
			throw new Refusal(409, null, "It is bound already: swap the binding").about(slug);
		}
		Map<String, @Nullable Object> json = Json.object("slug", slug, "connection_id",
				binding.path("connection_id").asString("cn_" + slug));
		this.bindings.put(slug, json);
		return Reply.json(create ? 201 : 200, json);
	}

	private @Nullable Reply keys(Call call, List<String> segments) {
		if (segments.size() == 2) {
			return call.isGet() ? Reply.json(Map.of("keys", this.state.keys.list())) : null;
		}
		if (segments.size() != 3 || !call.method().equals("DELETE")) {
			return null;
		}
		String key = this.state.keys.refuseById(segments.get(2), "app_revoked");
		if (key == null) {
			return null;
		}
		this.state.events.endStreamsOf(key::equals);
		return Reply.empty(204);
	}

	private @Nullable Reply connection(Call call, List<String> segments) {
		boolean mints = segments.size() == 4 && segments.get(3).equals("keys") && call.method().equals("POST");
		return mints ? this.state.writes.once(call, "session",
				() -> mint(KeyRing.Credential.CONNECTION_KEY, segments.get(2))) : null;
	}

	private @Nullable Reply integration(Call call, List<String> segments) {
		if (segments.size() < 3 || segments.size() > 4 || !this.state.catalog.has(segments.get(2))) {
			return null;
		}
		String slug = segments.get(2);
		String action = (segments.size() == 4) ? segments.get(3) : "";
		if (call.isGet()) {
			return action.equals("usage") ? Reply.json(Json.object("slug", slug, "calls", 0)) : null;
		}
		if (!call.method().equals("POST")) {
			return null;
		}
		return switch (action) {
			case "" -> {
				JsonNode enabled = Json.readObject(call.body()).path("enabled");
				if (!enabled.isBoolean()) {
					throw Refusal.invalid("'enabled' must be true or false");
				}
				this.state.catalog.put(slug, Map.of("enabled", enabled.booleanValue()));
				yield Reply.json(this.state.catalog.get(slug));
			}
			case "regenerate" -> Reply.json(Json.object("slug", slug, "secret", Secrets.random(32)));
			default -> null;
		};
	}

	private @Nullable Reply tenant(Call call) {
		if (call.is("GET", "/api/tenants/check-slug")) {
			String slug = Objects.requireNonNullElse(call.query("slug"), "");
			boolean valid = SLUG.matcher(slug).matches();
			boolean taken = slug.equals(this.tenant.get("slug")) || RESERVED.contains(slug);
			return Reply.json(Json.object("slug", slug, "available", valid && !taken));
		}
		return call.path().equals("/api/tenants/me") ? resource(call, this.tenant) : null;
	}

	private @Nullable Reply user(Call call) {
		return call.path().equals("/api/user/me") ? resource(call, this.user) : null;
	}

	private static @Nullable Reply resource(Call call, Map<String, @Nullable Object> resource) {
		if (call.method().equals("PATCH")) {
			JsonNode fields = Json.readObject(call.body());
			if (fields.has("id")) {
				return Reply.json(400,
						Json.object("message", "Invalid request body", "errors", Map.of("id", List.of("Read-only"))));
			}
			fields.properties().forEach((field) -> resource.put(field.getKey(), field.getValue()));
			return Reply.json(resource);
		}
		return call.isGet() ? Reply.json(resource) : null;
	}

	private String nextId(String prefix) {
		this.numbers++;
		return prefix + "_" + this.numbers;
	}

}
