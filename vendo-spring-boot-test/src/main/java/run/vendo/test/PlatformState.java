package run.vendo.test;

import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * All that a platform knows. It outlives the servers that show it.
 */
final class PlatformState {

	final Guard guard = new Guard();

	final Clock clock;

	final KeyRing keys;

	final EventLog events;

	final IntegrationCatalog catalog;

	final TokenVault tokens;

	final Connections connections;

	final Billing billing;

	final RateLimiter limiter;

	final Faults faults;

	final RequestLog requests;

	final IdempotentWrites writes;

	final Sessions sessions;

	final DashboardEndpoints dashboard;

	private final Map<String, Function<JsonNode, ? extends @Nullable Object>> actions = new HashMap<>();

	private volatile @Nullable URI baseUrl;

	PlatformState(VendoPlatform.Builder settings) {
		this.clock = settings.clock;
		this.keys = new KeyRing(this.guard, List.of(settings.apiKey));
		this.events = new EventLog(this.guard, this.clock, settings.heartbeat, settings.streamBuffer,
				settings.legacyAliases);
		this.catalog = new IntegrationCatalog(this.guard);
		this.tokens = new TokenVault(this.guard, this.clock, settings.tokenLifetime, settings.freshTokens);
		this.connections = new Connections(this.guard, this.clock, this.catalog, this.tokens, this.events);
		this.billing = new Billing(this.guard, this.clock, this.events, settings.balance, settings.lowBalance);
		this.limiter = new RateLimiter(this.guard, this.clock, settings.rateLimits);
		this.faults = new Faults(this.guard);
		this.requests = new RequestLog(this.guard, this.clock);
		this.writes = new IdempotentWrites(this.guard);
		this.sessions = new Sessions(this.guard);
		this.dashboard = new DashboardEndpoints(this, this.clock);
	}

	String baseUrl() {
		return String.valueOf(this.baseUrl);
	}

	void baseUrl(URI baseUrl) {
		this.baseUrl = baseUrl;
	}

	void action(String action, Function<JsonNode, ? extends @Nullable Object> work) {
		this.guard.run(() -> this.actions.put(action, work));
	}

	@Nullable Function<JsonNode, ? extends @Nullable Object> action(String action) {
		return this.guard.<@Nullable Function<JsonNode, ? extends @Nullable Object>>get(() -> this.actions.get(action));
	}

}
