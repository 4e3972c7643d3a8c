package run.vendo.test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import run.vendo.connection.ConnectionStatus;

import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;

/**
 * The API: what an application key reaches, what is public, and, so that it can be
 * refused in the right words, what is not for applications.
 */
final class ApiEndpoints {

	private static final int BALANCE_LIMIT = 60;

	private static final int CLI_BALANCE_LIMIT = 30;

	private static final List<String> DASHBOARD = List.of("/api/deploy", "/api/apps", "/api/keys", "/api/tenants",
			"/api/user", "/api/deployments", "/api/connections", "/api/integrations", "/api/billing");

	private final PlatformState state;

	private final Portal portal;

	private final DashboardEndpoints dashboard;

	ApiEndpoints(PlatformState state) {
		this.state = state;
		this.portal = new Portal(state);
		this.dashboard = state.dashboard;
	}

	Outcome handle(Call call) {
		List<String> segments = call.segments();
		if (segments.size() == 3 && call.path().startsWith("/connections/connect/")) {
			return this.portal.handle(call, segments.get(2));
		}
		if (segments.get(0).equals("providers") && segments.size() >= 2) {
			return provider(call, segments.get(1));
		}
		if (call.isGet()) {
			Outcome outcome = get(call);
			if (outcome != null) {
				return outcome;
			}
		}
		if (call.is("POST", "/api/connections")) {
			return createConnection(call);
		}
		if (DASHBOARD.stream().anyMatch((path) -> call.path().equals(path) || call.path().startsWith(path + "/"))) {
			return dashboard(call);
		}
		throw Refusal.notFound();
	}

	private @Nullable Outcome get(Call call) {
		return switch (call.path()) {
			case "/healthz" -> Reply.json(Map.of("status", "ok"));
			case "/api/deployments/me/connections" -> connections(call);
			case "/api/deployments/me/events" -> events(call);
			case "/api/billing/balance" -> limited(call, "balance", BALANCE_LIMIT, () -> {
				this.state.keys.require(call, KeyRing.ANY);
				return Reply.json(this.state.billing.balanceJson(this.state.baseUrl() + "/dashboard/billing"));
			});
			case "/api/billing/spend-caps" -> {
				requireAppOrSession(call);
				yield Reply.json(this.state.billing.capsJson());
			}
			case "/api/billing/usage" -> {
				requireAppOrSession(call);
				yield Reply.json(this.state.billing.usageJson(call.query("period")));
			}
			case "/api/v1/balance" -> limited(call, "balance", BALANCE_LIMIT, () -> {
				this.state.keys.require(call, KeyRing.ANY);
				return Reply
					.json(Json.object("balance_usd", this.state.billing.balanceUsd(), "tenant_id", "t_simulated"));
			});
			case "/api/cli/balance" -> limited(call, "cli-balance", CLI_BALANCE_LIMIT, () -> {
				this.state.keys.require(call, KeyRing.KEYS);
				return Reply.json(Json.object("balance_usd", this.state.billing.balanceUsd()));
			});
			case "/api/auth/me" -> me(call);
			default -> call.path().matches("/logos/[^/]+\\.svg") ? logo(call.path()) : catalog(call);
		};
	}

	// Nobody's trademark: two shapes in a colour that depends on the name.
	private static Reply logo(String path) {
		int hue = Math.floorMod(path.hashCode(), 360);
		return new Reply(200, Map.of(HttpHeaders.CONTENT_TYPE, "image/svg+xml"), """
				<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">
				<circle cx="20" cy="20" r="15" fill="hsl(%1$d 65%% 42%%)"/>
				<path d="M12 25h4v-5h4v-5h4v-4h5v14z" fill="#fff"/>
				</svg>
				""".formatted(hue).getBytes(StandardCharsets.UTF_8));
	}

	private Reply connections(Call call) {
		this.state.keys.require(call, KeyRing.APP);
		return Reply.json(Map.of("connections", this.state.connections.list(Identity.of(call))));
	}

	private Outcome events(Call call) {
		String key = this.state.keys.require(call, KeyRing.APP);
		Identity.of(call);
		return this.state.events.open(call.headers().getFirst("Last-Event-ID"), key);
	}

	private Reply limited(Call call, String bucket, int limit, Supplier<Reply> work) {
		RateLimiter.Allowance allowance = this.state.limiter.count(call, bucket, limit);
		if (allowance.isExceeded()) {
			return allowance.mark(Reply.error(Role.API, allowance.refusal()));
		}
		try {
			return allowance.mark(work.get());
		}
		catch (Refusal refusal) {
			return allowance.mark(Reply.error(Role.API, refusal));
		}
	}

	private Reply me(Call call) {
		if (call.headers().containsHeader(HttpHeaders.AUTHORIZATION)) {
			this.state.keys.require(call, KeyRing.NONE);
		}
		return Reply.json(this.state.sessions.has(call)
				? Map.of("loggedIn", true, "userId", "user_simulated", "email", "user@example.com")
				: Map.of("loggedIn", false));
	}

	private @Nullable Reply catalog(Call call) {
		List<String> segments = call.segments();
		if (segments.size() < 2 || segments.size() > 4 || !segments.get(0).equals("api")) {
			return null;
		}
		return switch (segments.get(1)) {
			case "integrations" -> switch (segments.size()) {
				case 2 -> integrations(call);
				case 3 -> Reply.json(integration(segments.get(2)));
				default -> null;
			};
			case "tools" -> tools(segments);
			case "pricing" -> pricing(segments);
			default -> null;
		};
	}

	private Reply integrations(Call call) {
		List<Map<String, @Nullable Object>> all = this.state.catalog.all();
		return Reply.json(this.state.sessions.has(call) ? all : Map.of("integrations", all));
	}

	private Map<String, @Nullable Object> integration(String slug) {
		if (!this.state.catalog.has(slug)) {
			throw new Refusal(404, null, "There is no integration of that name").about(slug);
		}
		return this.state.catalog.get(slug);
	}

	private @Nullable Reply tools(List<String> segments) {
		if (segments.size() == 3) {
			return switch (segments.get(2)) {
				case "catalog", "deployable" -> Reply.json(Map.of("tools", List.of(tool("simulated"))));
				default -> Reply.json(tool(segments.get(2)));
			};
		}
		if (segments.size() != 4) {
			return null;
		}
		String slug = segments.get(2);
		return switch (segments.get(3)) {
			case "usage-framing" -> Reply.json(Json.object("slug", slug, "framing", "Simulated: nothing is charged."));
			case "integrations" -> Reply.json(Json.object("slug", slug, "integrations", this.state.catalog.all()));
			default -> null;
		};
	}

	private Map<String, @Nullable Object> tool(String slug) {
		Map<String, @Nullable Object> tool = Json.object("slug", slug, "name", StringUtils.capitalize(slug),
				"description", "A tool of the simulator");
		tool.putAll(this.dashboard.tool(slug));
		return tool;
	}

	private @Nullable Reply pricing(List<String> segments) {
		if (segments.size() == 3) {
			return switch (segments.get(2)) {
				case "models" -> Reply.json(Map.of("models", List.of()));
				case "integrations" -> Reply.json(Map.of("integrations", List.of()));
				default -> null;
			};
		}
		return (segments.size() == 4 && segments.get(2).equals("public"))
				? Reply.json(Json.object("slug", segments.get(3), "prices", List.of())) : null;
	}

	private Outcome createConnection(Call call) {
		String key = requireAppOrSession(call);
		Identity identity = Identity.of(call);
		return this.state.writes.once(call, key, () -> {
			JsonNode slug = Json.readObject(call.body()).path("slug");
			if (!slug.isString() || slug.stringValue().isBlank()) {
				throw Refusal.invalid("'slug' must be the name of an integration");
			}
			integration(slug.stringValue());
			this.state.connections.status(identity, slug.stringValue(), ConnectionStatus.PENDING_SETUP);
			return Reply.json(201, this.state.connections.json(identity, slug.stringValue()));
		});
	}

	private Reply dashboard(Call call) {
		this.state.sessions.require(call, this.state.keys);
		return this.dashboard.handle(call);
	}

	/**
	 * Check who calls, and return what tells callers apart.
	 */
	private String requireAppOrSession(Call call) {
		boolean session = !call.headers().containsHeader(HttpHeaders.AUTHORIZATION) && this.state.sessions.has(call);
		return session ? "session" : this.state.keys.require(call, KeyRing.APP);
	}

	/**
	 * What a provider's own API does with a token.
	 */
	private Reply provider(Call call, String slug) {
		String bearer = KeyRing.bearer(call.headers());
		if (!this.state.tokens.accepts(slug, bearer)) {
			return Reply.json(401, Map.of("error", "invalid_token"))
				.with(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
		}
		return Reply.json(Json.object("provider", slug, "method", call.method(), "path", call.path()));
	}

}
