package run.vendo.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.http.VendoCredential.Type;

import org.springframework.http.HttpMethod;

/**
 * The documented endpoints of the API, who may call them and how often. A call whose
 * credential cannot work is refused by this table, before anything is sent. Endpoints
 * that are not in it can be called with anything.
 *
 * @since 0.1.0
 */
public enum VendoEndpoint {

	/** What is left, as a number of US dollars. */
	LEGACY_BALANCE(HttpMethod.GET, "/api/v1/balance", Limit.perMinute(60), Access.ACCOUNT),

	/** What is left. */
	BALANCE(HttpMethod.GET, "/api/billing/balance", Limit.perMinute(60), Access.ACCOUNT),

	/** What is left, for the command line. */
	CLI_BALANCE(HttpMethod.GET, "/api/cli/balance", Limit.perMinute(30), Access.KEYS),

	/** What may be spent. */
	SPEND_CAPS(HttpMethod.GET, "/api/billing/spend-caps", Access.APP_OR_SESSION),

	/** What was used. */
	USAGE(HttpMethod.GET, "/api/billing/usage", Access.APP_OR_SESSION),

	/** All else about billing. */
	BILLING(HttpMethod.GET, "/api/billing/**", Access.SESSION),

	/** The connections of the application. */
	CONNECTIONS(HttpMethod.GET, "/api/deployments/me/connections", Access.APP),

	/** The events of the application. */
	EVENTS(HttpMethod.GET, "/api/deployments/me/events", Access.APP),

	/** Makes a connection. */
	CREATE_CONNECTION(HttpMethod.POST, "/api/connections", Access.APP_OR_SESSION),

	/** Mints a key for a connection. */
	MINT_CONNECTION_KEY(HttpMethod.POST, "/api/connections/{id}/keys", Access.SESSION),

	/** The providers Vendo knows. */
	INTEGRATIONS(HttpMethod.GET, "/api/integrations", Access.PUBLIC),

	/** One provider Vendo knows. */
	INTEGRATION(HttpMethod.GET, "/api/integrations/{slug}", Access.PUBLIC),

	/** Turns a provider on or off. */
	TOGGLE_INTEGRATION(HttpMethod.POST, "/api/integrations/{slug}", Access.SESSION),

	/** Makes a provider's secrets anew. */
	REGENERATE_INTEGRATION(HttpMethod.POST, "/api/integrations/{slug}/regenerate", Access.SESSION),

	/** What was used of a provider. */
	INTEGRATION_USAGE(HttpMethod.GET, "/api/integrations/{slug}/usage", Access.SESSION),

	/** The catalog of tools. */
	TOOL_CATALOG(HttpMethod.GET, "/api/tools/catalog", Access.PUBLIC),

	/** The tools that can be deployed. */
	DEPLOYABLE_TOOLS(HttpMethod.GET, "/api/tools/deployable", Access.PUBLIC),

	/** One tool. */
	TOOL(HttpMethod.GET, "/api/tools/{slug}", Access.PUBLIC),

	/** What a tool says about its usage. */
	TOOL_USAGE_FRAMING(HttpMethod.GET, "/api/tools/{slug}/usage-framing", Access.PUBLIC),

	/** The integrations of a tool. */
	TOOL_INTEGRATIONS(HttpMethod.GET, "/api/tools/{slug}/integrations", Access.PUBLIC),

	/** What models cost. */
	MODEL_PRICING(HttpMethod.GET, "/api/pricing/models", Access.PUBLIC),

	/** What integrations cost. */
	INTEGRATION_PRICING(HttpMethod.GET, "/api/pricing/integrations", Access.PUBLIC),

	/** What one of them costs. */
	PRICING(HttpMethod.GET, "/api/pricing/public/{slug}", Access.PUBLIC),

	/** Deploys a tool. */
	DEPLOY(HttpMethod.POST, "/api/deploy", new Limit(5, Duration.ofHours(1)), Access.SESSION),

	/** One deployment. */
	DEPLOYMENT(HttpMethod.GET, "/api/deployments/{id}", Access.SESSION),

	/** Restarts a deployment. */
	RESTART_DEPLOYMENT(HttpMethod.POST, "/api/deployments/{id}/restart", Access.SESSION),

	/** Suspends a deployment. */
	SUSPEND_DEPLOYMENT(HttpMethod.POST, "/api/deployments/{id}/suspend", Access.SESSION),

	/** Resumes a deployment. */
	RESUME_DEPLOYMENT(HttpMethod.POST, "/api/deployments/{id}/resume", Access.SESSION),

	/** Destroys a deployment. */
	DESTROY_DEPLOYMENT(HttpMethod.POST, "/api/deployments/{id}/destroy", Access.SESSION),

	/** What a deployment used. */
	DEPLOYMENT_USAGE(HttpMethod.GET, "/api/deployments/{id}/usage", Access.SESSION),

	/** The applications of the account. */
	APPS(HttpMethod.GET, "/api/apps", Access.SESSION),

	/** Changes an application. */
	UPDATE_APP(HttpMethod.PATCH, "/api/apps/{id}", Access.SESSION),

	/** Mints a key for an application. */
	MINT_APP_KEY(HttpMethod.POST, "/api/apps/{id}/keys", Access.SESSION),

	/** The bindings of an application. */
	BINDINGS(HttpMethod.GET, "/api/apps/{id}/bindings", Access.SESSION),

	/** Makes a binding. */
	CREATE_BINDING(HttpMethod.POST, "/api/apps/{id}/bindings", Access.SESSION),

	/** Swaps a binding. */
	SWAP_BINDING(HttpMethod.PUT, "/api/apps/{id}/bindings", Access.SESSION),

	/** The keys of the account. */
	KEYS(HttpMethod.GET, "/api/keys", Access.SESSION),

	/** Revokes a key. */
	REVOKE_KEY(HttpMethod.DELETE, "/api/keys/{id}", Access.SESSION),

	/** The tenant. */
	TENANT(HttpMethod.GET, "/api/tenants/me", Access.SESSION),

	/** Changes the tenant. */
	UPDATE_TENANT(HttpMethod.PATCH, "/api/tenants/me", Access.SESSION),

	/** Whether a name is free. */
	CHECK_SLUG(HttpMethod.GET, "/api/tenants/check-slug", Access.SESSION),

	/** The user. */
	USER(HttpMethod.GET, "/api/user/me", Access.SESSION),

	/** Changes the user. */
	UPDATE_USER(HttpMethod.PATCH, "/api/user/me", Access.SESSION),

	/** Who is signed in. */
	AUTH_ME(HttpMethod.GET, "/api/auth/me", Access.SESSION_OR_NOBODY);

	private static final Map<String, List<VendoEndpoint>> BY_PATH = new HashMap<>();

	static {
		for (VendoEndpoint endpoint : values()) {
			BY_PATH.computeIfAbsent(endpoint.path, (path) -> new ArrayList<>()).add(endpoint);
		}
	}

	// What else there may be of these is for who is signed in to the dashboard.
	private static final List<String> SESSION_FAMILIES = List.of("/api/apps", "/api/keys", "/api/tenants/me",
			"/api/user/me");

	// Anybody may read these, but who is signed in alone may write.
	private static final List<String> SESSION_WRITE_FAMILIES = List.of("/api/integrations");

	private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

	private final HttpMethod method;

	private final String path;

	private final @Nullable Limit limit;

	private final Set<Type> credentials;

	private final String[] segments;

	VendoEndpoint(HttpMethod method, String path, Access access) {
		this(method, path, null, access);
	}

	VendoEndpoint(HttpMethod method, String path, @Nullable Limit limit, Access access) {
		this.method = method;
		this.path = path;
		this.limit = limit;
		this.credentials = Collections.unmodifiableSet(access.credentials());
		this.segments = path.split("/");
	}

	/**
	 * Return the endpoint that a request reaches.
	 * @param method the method of the request
	 * @param path its path as it is sent, without a query, or the path of an endpoint as
	 * {@link #path()} has it
	 * @return the endpoint, empty when it is none of these
	 */
	public static Optional<VendoEndpoint> find(HttpMethod method, String path) {
		return Optional.ofNullable(lookUp(method, path, path));
	}

	/**
	 * Return the endpoint that a request reaches.
	 * @param template its path with variables in braces, where it has any
	 * @param path its path
	 */
	static @Nullable VendoEndpoint lookUp(HttpMethod method, String template, String path) {
		List<VendoEndpoint> known = BY_PATH.get(template);
		if (known != null) {
			for (VendoEndpoint endpoint : known) {
				if (endpoint.method.equals(method)) {
					return endpoint;
				}
			}
		}
		return path.startsWith("/api/") ? search(method, path) : null;
	}

	private static @Nullable VendoEndpoint search(HttpMethod method, String path) {
		String[] segments = path.split("/");
		VendoEndpoint best = null;
		for (VendoEndpoint endpoint : values()) {
			if (endpoint.method.equals(method) && endpoint.matches(segments)
					&& (best == null || endpoint.variables() < best.variables())) {
				best = endpoint;
			}
		}
		return best;
	}

	/**
	 * Return the error of a call that reaches none of these endpoints, but a part of the
	 * API where none with this credential can work.
	 * @param path its path
	 * @param type what the call has
	 * @return the error, or {@code null} when it may work
	 */
	static @Nullable VendoException refusalOfFamily(HttpMethod method, String path, Type type) {
		if (type == Type.SESSION_COOKIE || !path.startsWith("/api/")) {
			return null;
		}
		boolean refused = isWithin(path, SESSION_FAMILIES)
				|| (!READS.contains(method) && isWithin(path, SESSION_WRITE_FAMILIES));
		return refused ? refusal(method + " " + Redaction.mask(path), List.of(Type.SESSION_COOKIE), type) : null;
	}

	private static boolean isWithin(String path, List<String> families) {
		return families.stream().anyMatch((family) -> path.equals(family) || path.startsWith(family + "/"));
	}

	private boolean matches(String[] path) {
		for (int i = 0; i < this.segments.length; i++) {
			if (this.segments[i].equals("**")) {
				return path.length >= i;
			}
			if (i >= path.length || (!isVariable(this.segments[i]) && !this.segments[i].equals(path[i]))) {
				return false;
			}
		}
		return this.segments.length == path.length;
	}

	private long variables() {
		long variables = 0;
		for (String segment : this.segments) {
			variables += (isVariable(segment) || segment.equals("**")) ? 1 : 0;
		}
		return variables;
	}

	private static boolean isVariable(String segment) {
		return segment.startsWith("{");
	}

	/**
	 * Return its method.
	 * @return the method
	 */
	public HttpMethod method() {
		return this.method;
	}

	/**
	 * Return its path.
	 * @return the path, with variables in braces; {@code **} at its end stands for
	 * whatever follows
	 */
	public String path() {
		return this.path;
	}

	/**
	 * Return what it may be called with.
	 * @return the kinds of credentials, {@link Type#NONE} among them where it is public
	 */
	public Set<Type> credentials() {
		return this.credentials;
	}

	/**
	 * Return whether it may be called with a kind of credential.
	 * @param type the kind of credential
	 * @return whether such a call can work
	 */
	public boolean allows(Type type) {
		return this.credentials.contains(type);
	}

	/**
	 * Return how often one IP address may call it.
	 * @return the limit, empty where none is documented
	 */
	public Optional<Limit> limit() {
		return Optional.ofNullable(this.limit);
	}

	/**
	 * Return where else a call of it changes what is answered, besides the paths that
	 * share its first two segments.
	 */
	List<String> alsoChanges() {
		return switch (this) {
			case DEPLOY, DESTROY_DEPLOYMENT ->
				List.of("/api/deployments", "/api/apps", "/api/keys", "/api/connections");
			case CREATE_CONNECTION -> List.of("/api/deployments", "/api/apps", "/api/integrations");
			case MINT_CONNECTION_KEY, MINT_APP_KEY -> List.of("/api/keys");
			case REVOKE_KEY -> List.of("/api/apps", "/api/connections");
			case UPDATE_APP, CREATE_BINDING, SWAP_BINDING -> List.of("/api/deployments", "/api/billing");
			case TOGGLE_INTEGRATION, REGENERATE_INTEGRATION -> List.of("/api/deployments", "/api/tools");
			case UPDATE_TENANT, UPDATE_USER -> List.of("/api/tenants", "/api/user", "/api/auth");
			default -> List.of();
		};
	}

	/**
	 * Return the error of a call with a credential that cannot work.
	 * @param type what the call has
	 */
	VendoException refusal(Type type) {
		List<Type> wanted = this.credentials.stream().filter((each) -> each != Type.NONE).toList();
		return refusal(this.method + " " + this.path, wanted, type);
	}

	private static VendoException refusal(String call, List<Type> wanted, Type type) {
		String what = wanted.stream().map(Type::withArticle).collect(Collectors.joining(" or "));
		Type first = wanted.get(0);
		return ErrorDetails.of(ErrorCode.AUTH)
			.summary("%s needs %s, and the call has %s".formatted(call, what, type.withArticle()))
			.nextStep("Use %s: %s.".formatted(first.withArticle(), first.source()))
			.toException();
	}

	/**
	 * How often an endpoint may be called.
	 *
	 * @param calls how many calls
	 * @param window in what time
	 */
	public record Limit(int calls, Duration window) {

		static Limit perMinute(int calls) {
			return new Limit(calls, Duration.ofMinutes(1));
		}

	}

	/**
	 * Who is let in.
	 */
	private enum Access {

		APP(Type.APP_KEY), KEYS(Type.APP_KEY, Type.CONNECTION_KEY),
		ACCOUNT(Type.APP_KEY, Type.CONNECTION_KEY, Type.IDENTITY_JWT),
		APP_OR_SESSION(Type.APP_KEY, Type.SESSION_COOKIE), SESSION(Type.SESSION_COOKIE),
		SESSION_OR_NOBODY(Type.SESSION_COOKIE, Type.NONE), PUBLIC(Type.values());

		private final Type[] types;

		Access(Type... types) {
			this.types = types;
		}

		Set<Type> credentials() {
			Set<Type> credentials = EnumSet.noneOf(Type.class);
			credentials.addAll(List.of(this.types));
			return credentials;
		}

	}

}
