package run.vendo.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties of Vendo. What is not set is null, and then the default of the
 * client applies.
 *
 * @param apiKey API key of the application. Without one, Vendo works in OSS mode on the
 * provider keys in the environment.
 * @param baseUrl URL of the Vendo API. A trailing "/api" is dropped.
 * @param apiUrl URL of the Vendo API as a Vendo deployment sets it. Used when
 * "vendo.base-url" is not set.
 * @param credentialsUrl URL of the credentials worker.
 * @param dataProxyUrl URL of the data proxy.
 * @param apiVersion API version to ask for.
 * @param allowInsecure Whether plain "http" is allowed to hosts that are not loopback.
 * @param sandbox Whether to list the connections of the sandbox.
 * @param auth Whether the application runs behind the Vendo proxy, so that its identity
 * headers can be believed. A Vendo deployment sets it.
 * @param tenantId Tenant the application belongs to. A Vendo deployment sets it.
 * @param connections Comma-separated list of the slugs to report as connected when the
 * platform cannot be reached. A Vendo deployment sets it.
 * @param byok Environment variables that may hold an application's own key, by slug, the
 * primary one first. Adds to the providers Vendo knows.
 * @param http How calls are made.
 * @param retry How failed calls are repeated.
 * @param tokenCache How tokens are kept.
 * @param webhook How webhooks are verified.
 * @param deployment Where the application runs.
 * @param sso The signed-in user.
 * @param ssl How connections are secured.
 * @param accounts Further accounts by name. Each has a VendoClient bean and a
 * ReactiveVendoClient bean that are qualified by the name, and health and meters of its
 * own.
 * @param dashboard What somebody who is signed in to the dashboard can do.
 */
@ConfigurationProperties("vendo")
record VendoProperties(@Nullable String apiKey, @Nullable String baseUrl, @Nullable String apiUrl,
		@Nullable String credentialsUrl, @Nullable String dataProxyUrl, @Nullable String apiVersion,
		boolean allowInsecure, @Nullable Boolean sandbox, @Nullable Boolean auth, @Nullable String tenantId,
		@DefaultValue List<String> connections, @DefaultValue Map<String, List<String>> byok, @Nullable Http http,
		@Nullable Retry retry, @Nullable TokenCache tokenCache, @Nullable Webhook webhook,
		@Nullable Deployment deployment, @Nullable Sso sso, @Nullable Ssl ssl,
		@DefaultValue Map<String, Account> accounts, @Nullable Dashboard dashboard) {

	// To have the binder make what nobody sets would cost every start more than this.

	@Override
	public Http http() {
		return (this.http != null) ? this.http : new Http(null, null, null, null, false, null);
	}

	@Override
	public Retry retry() {
		return (this.retry != null) ? this.retry : new Retry(null, null, null, null, null);
	}

	@Override
	public TokenCache tokenCache() {
		return (this.tokenCache != null) ? this.tokenCache : new TokenCache(null, null, null);
	}

	@Override
	public Webhook webhook() {
		return (this.webhook != null) ? this.webhook : new Webhook(null, List.of(), null);
	}

	@Override
	public Deployment deployment() {
		return (this.deployment != null) ? this.deployment : new Deployment(null, null);
	}

	@Override
	public Sso sso() {
		return (this.sso != null) ? this.sso : new Sso(null);
	}

	@Override
	public Ssl ssl() {
		return (this.ssl != null) ? this.ssl : new Ssl(null);
	}

	@Override
	public Dashboard dashboard() {
		return (this.dashboard != null) ? this.dashboard : new Dashboard(null);
	}

	@Nullable String effectiveBaseUrl() {
		return StringUtils.hasText(this.baseUrl) ? this.baseUrl : this.apiUrl;
	}

	@Override
	public String toString() {
		return "VendoProperties";
	}

	/**
	 * How calls are made.
	 *
	 * @param connectTimeout Time a connection may take to open.
	 * @param responseTimeout Time one attempt of a call may take.
	 * @param callTimeout Time a call may take with all its retries.
	 * @param maxBodySize Largest answer that is read.
	 * @param rateLimiting Whether calls of endpoints with a documented limit wait for
	 * their turn, so that the platform need not refuse them.
	 * @param pool How connections are kept. Applies to Reactor Netty.
	 */
	record Http(@Nullable Duration connectTimeout, @Nullable Duration responseTimeout, @Nullable Duration callTimeout,
			@Nullable DataSize maxBodySize, boolean rateLimiting, @Nullable Pool pool) {

		@Override
		public Pool pool() {
			return (this.pool != null) ? this.pool : new Pool(null, null, null, null, null, null);
		}

		/**
		 * How connections are kept.
		 *
		 * @param maxConnections Connections one host may have.
		 * @param maxPending Calls that may wait for a connection before further ones fail
		 * at once.
		 * @param acquireTimeout Time a call waits for a connection.
		 * @param maxIdleTime Time an unused connection is kept.
		 * @param maxLifeTime Time any connection is kept.
		 * @param evictionInterval Time between two searches for unused connections.
		 */
		record Pool(@Nullable Integer maxConnections, @Nullable Integer maxPending, @Nullable Duration acquireTimeout,
				@Nullable Duration maxIdleTime, @Nullable Duration maxLifeTime, @Nullable Duration evictionInterval) {

		}

	}

	/**
	 * How failed calls are repeated.
	 *
	 * @param maxAttempts Times a call is sent at most, the first time included.
	 * @param baseDelay Upper bound of the first delay. It doubles with every attempt.
	 * @param maxDelay Upper bound of every delay.
	 * @param maxRetryAfter Longest "Retry-After" that is waited for.
	 * @param budget Retries a client may spend before it must earn more by successes and
	 * time. Zero means no limit.
	 */
	record Retry(@Nullable Integer maxAttempts, @Nullable Duration baseDelay, @Nullable Duration maxDelay,
			@Nullable Duration maxRetryAfter, @Nullable Integer budget) {

	}

	/**
	 * How tokens are kept.
	 *
	 * @param maximumSize Tokens that are kept at most.
	 * @param expiryMargin Time before its end from which on a token is no longer used.
	 * @param defaultLifetime Time a token is used that does not say when it ends.
	 */
	record TokenCache(@Nullable Long maximumSize, @Nullable Duration expiryMargin, @Nullable Duration defaultLifetime) {

	}

	/**
	 * How webhooks are verified.
	 *
	 * @param secret Secret that webhooks are signed with.
	 * @param secrets Comma-separated list of further secrets that are valid at present,
	 * while one is being replaced.
	 * @param maxAge Time the timestamp of a webhook may be away from now.
	 */
	record Webhook(@Nullable String secret, @DefaultValue List<String> secrets, @Nullable Duration maxAge) {

		List<String> effectiveSecrets() {
			List<String> all = new ArrayList<>();
			if (StringUtils.hasText(this.secret)) {
				all.add(this.secret);
			}
			this.secrets.stream().filter(StringUtils::hasText).filter((each) -> !all.contains(each)).forEach(all::add);
			return all;
		}

		@Override
		public String toString() {
			return "Webhook";
		}

	}

	/**
	 * Where the application runs.
	 *
	 * @param id Deployment the application is. A Vendo deployment sets it.
	 * @param slug Name of the deployment in URLs. A Vendo deployment sets it.
	 */
	record Deployment(@Nullable String id, @Nullable String slug) {

	}

	/**
	 * A further account.
	 *
	 * @param apiKey API key of the account.
	 * @param baseUrl URL of the Vendo API, that of the default account unless set.
	 * @param credentialsUrl URL of the credentials worker, that of the default account
	 * unless set.
	 * @param dataProxyUrl URL of the data proxy, that of the default account unless set.
	 * @param apiVersion API version to ask for, that of the default account unless set.
	 */
	record Account(@Nullable String apiKey, @Nullable String baseUrl, @Nullable String credentialsUrl,
			@Nullable String dataProxyUrl, @Nullable String apiVersion) {

		@Override
		public String toString() {
			return "Account";
		}

	}

	/**
	 * What somebody who is signed in to the dashboard can do.
	 *
	 * @param sessionCookie Cookie of a session of the Vendo dashboard as a browser sends
	 * it, "name=value". When set, there is a VendoDashboard bean.
	 */
	record Dashboard(@Nullable String sessionCookie) {

		@Override
		public String toString() {
			return "Dashboard";
		}

	}

	/**
	 * The signed-in user.
	 *
	 * @param enabled Whether the application runs behind the Vendo proxy, so that its
	 * identity headers can be believed. Takes precedence over "vendo.auth".
	 */
	record Sso(@Nullable Boolean enabled) {

	}

	/**
	 * How connections are secured.
	 *
	 * @param bundle Name of the SSL bundle for every connection that the client opens.
	 * Takes precedence over "spring.http.clients.ssl.bundle".
	 */
	record Ssl(@Nullable String bundle) {

	}

}
