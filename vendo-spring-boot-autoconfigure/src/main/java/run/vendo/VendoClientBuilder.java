package run.vendo;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.error.VendoConfigurationException;
import run.vendo.http.ClientCallObservationConvention;
import run.vendo.http.ClientRecorder;
import run.vendo.http.ConnectionPool;
import run.vendo.http.ExchangeListener;
import run.vendo.http.HttpTimeouts;
import run.vendo.http.ResponseCaching;
import run.vendo.http.RetryPolicy;
import run.vendo.http.VendoConnectorFactory;
import run.vendo.http.VendoCredential;
import run.vendo.token.TokenCache;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * What both front doors are built from. Whatever is not set comes from the environment,
 * else it has the default that its method names. Texts are trimmed, and blank ones count
 * as not set.
 *
 * @param <C> the client that is built
 * @param <B> the builder
 * @since 0.1.0
 */
public interface VendoClientBuilder<C, B extends VendoClientBuilder<C, B>> {

	/**
	 * Set the API key. Without one, here or in {@code VENDO_API_KEY}, the client works in
	 * OSS mode.
	 * @param apiKey the key, {@code vendo_sk_} and 32 characters, or {@code null}
	 * @return this builder
	 */
	B apiKey(@Nullable String apiKey);

	/**
	 * Set where the API key comes from. It is asked for every request, so that a key can
	 * be replaced while the client works; it must have one when the client is built.
	 * Tokens that are cached follow with the next request that shows the new key, or at
	 * once with {@link TokenCache#invalidateAll()}: this is not for a key per caller.
	 * @param apiKey gives the key
	 * @return this builder
	 */
	B apiKeySupplier(Supplier<String> apiKey);

	/**
	 * Set what calls go with, in place of an API key; {@code null} for the API key. With
	 * {@link VendoCredential#none()} the client works in OSS mode whatever the
	 * environment says.
	 * @param credential the credential, or {@code null}
	 * @return this builder
	 * @see #apiKey(String)
	 */
	B credential(@Nullable VendoCredential credential);

	/**
	 * Set the name under which observations and meters show the account that the
	 * credential belongs to: {@code default} unless set. A client that is made of another
	 * one with {@code mutate()} has its account; where it goes with another credential or
	 * to another API and is given no name, it counts as {@code _other}, and its balance
	 * and caps are not shown.
	 * @param account the name: letters, digits, {@code -} and {@code _}, at most 64 of
	 * them and the first a letter or a digit; {@code null} or blank for {@code default}
	 * @return this builder
	 * @throws IllegalArgumentException if that is no name
	 * @see #observedAccounts(Collection)
	 */
	B account(@Nullable String account);

	/**
	 * Set which accounts observations and meters tell apart besides {@code default}, so
	 * that they are few: all others are {@code _other}. Any name counts unless set.
	 * @param accounts the names
	 * @return this builder
	 * @see #account(String)
	 */
	B observedAccounts(Collection<String> accounts);

	/**
	 * Set where the API is: {@code VENDO_BASE_URL}, else {@code VENDO_API_URL}, else
	 * {@code https://vendo.run}.
	 * @param baseUrl the URL, with or without {@code /api} at its end, or {@code null}
	 * @return this builder
	 */
	B baseUrl(@Nullable String baseUrl);

	/**
	 * Set where the API is.
	 * @param baseUrl the URL
	 * @return this builder
	 * @see #baseUrl(String)
	 */
	default B baseUrl(URI baseUrl) {
		return baseUrl(baseUrl.toString());
	}

	/**
	 * Set where the credentials worker is: {@code VENDO_CREDENTIALS_URL}, else
	 * {@code https://credentials.vendo.run}.
	 * @param credentialsUrl the URL, or {@code null}
	 * @return this builder
	 */
	B credentialsUrl(@Nullable String credentialsUrl);

	/**
	 * Set where the credentials worker is.
	 * @param credentialsUrl the URL
	 * @return this builder
	 * @see #credentialsUrl(String)
	 */
	default B credentialsUrl(URI credentialsUrl) {
		return credentialsUrl(credentialsUrl.toString());
	}

	/**
	 * Set where the data proxy is: {@code VENDO_DATA_PROXY_URL}, else
	 * {@code https://composio-proxy.vendo.run}.
	 * @param dataProxyUrl the URL, or {@code null}
	 * @return this builder
	 */
	B dataProxyUrl(@Nullable String dataProxyUrl);

	/**
	 * Set where the data proxy is.
	 * @param dataProxyUrl the URL
	 * @return this builder
	 * @see #dataProxyUrl(String)
	 */
	default B dataProxyUrl(URI dataProxyUrl) {
		return dataProxyUrl(dataProxyUrl.toString());
	}

	/**
	 * Allow plain {@code http} to hosts that are not loopback; not allowed by default.
	 * @param allowInsecure whether to allow it
	 * @return this builder
	 */
	B allowInsecure(boolean allowInsecure);

	/**
	 * Set the value of {@code Vendo-API-Version}, {@code 2026-05-02} by default.
	 * @param apiVersion the version, or {@code null}
	 * @return this builder
	 */
	B apiVersion(@Nullable String apiVersion);

	/**
	 * Set where environment variables are looked up; in the environment of this process
	 * by default.
	 * @param environment returns the value of a variable, or {@code null} when it is not
	 * set
	 * @return this builder
	 */
	B environment(Function<String, @Nullable String> environment);

	/**
	 * Add providers for which an application may bring its own key.
	 * @param variables the environment variables of each slug, the primary one first
	 * @return this builder
	 */
	B byok(Map<String, ? extends Collection<String>> variables);

	/**
	 * Set how failed calls are repeated.
	 * @param retry the policy
	 * @return this builder
	 */
	B retry(RetryPolicy retry);

	/**
	 * Set how long calls may take.
	 * @param timeouts the timeouts
	 * @return this builder
	 */
	B timeouts(HttpTimeouts timeouts);

	/**
	 * Set how connections are kept.
	 * @param pool the pool
	 * @return this builder
	 */
	B connectionPool(ConnectionPool pool);

	/**
	 * Set how large an answer may be, 8 MiB by default.
	 * @param bytes the largest body in bytes, positive
	 * @return this builder
	 */
	B maxBodySize(int bytes);

	/**
	 * Set the builder that calls are made with. It is copied: nothing of ours gets into
	 * it. Its connector is not used, see {@link #connectorFactory}.
	 * @param webClientBuilder the builder
	 * @return this builder
	 */
	default B webClientBuilder(WebClient.Builder webClientBuilder) {
		return webClientBuilder(() -> webClientBuilder);
	}

	/**
	 * Set what gives the builder that calls are made with; asked at the first call.
	 * @param webClientBuilder gives the builder
	 * @return this builder
	 * @see #webClientBuilder(WebClient.Builder)
	 */
	B webClientBuilder(Supplier<WebClient.Builder> webClientBuilder);

	/**
	 * Set what makes connections; Reactor Netty where it is on the class path, else the
	 * JDK.
	 * @param connectorFactory the factory
	 * @return this builder
	 */
	B connectorFactory(VendoConnectorFactory connectorFactory);

	/**
	 * Set where tokens are kept. A cache may serve several clients.
	 * @param tokenCache the cache
	 * @return this builder
	 */
	B tokenCache(TokenCache tokenCache);

	/**
	 * Adjust the cache that the client makes for itself; it goes by the client's clock
	 * unless told otherwise. Of no effect where a cache is given.
	 * @param tokenCache adjusts the builder of the cache
	 * @return this builder
	 */
	B tokenCache(Consumer<TokenCache.Builder> tokenCache);

	/**
	 * Set the webhook secrets that are valid at present: {@code VENDO_WEBHOOK_SECRET} by
	 * default.
	 * @param secrets the secrets, several while one is being replaced
	 * @return this builder
	 */
	B webhookSecrets(String... secrets);

	/**
	 * Set the webhook secrets that are valid at present.
	 * @param secrets the secrets
	 * @return this builder
	 * @see #webhookSecrets(String...)
	 */
	default B webhookSecrets(Collection<String> secrets) {
		return webhookSecrets(secrets.toArray(String[]::new));
	}

	/**
	 * Set how far the timestamp of a webhook may be from now, 5 minutes by default.
	 * @param maxAge the maximum, positive
	 * @return this builder
	 */
	B webhookMaxAge(Duration maxAge);

	/**
	 * Set what reads results of a type of the application's own.
	 * @param jsonMapper the mapper
	 * @return this builder
	 */
	default B jsonMapper(JsonMapper jsonMapper) {
		return jsonMapper(() -> jsonMapper);
	}

	/**
	 * Set what gives the mapper that reads results of a type of the application's own;
	 * asked when one is read.
	 * @param jsonMapper gives the mapper
	 * @return this builder
	 */
	B jsonMapper(Supplier<JsonMapper> jsonMapper);

	/**
	 * Set where calls are observed, those of sessions included; nowhere by default.
	 * Observations see the values of no query parameters. Unless
	 * {@linkplain #propagateTraces(boolean) told otherwise}, the registry gets a
	 * predicate that keeps the headers of traces from leaving with the requests of this
	 * client.
	 * @param observationRegistry the registry
	 * @return this builder
	 */
	B observationRegistry(ObservationRegistry observationRegistry);

	/**
	 * Set what is told of an observed call.
	 * @param observationConvention the convention, or {@code null} for
	 * {@link run.vendo.http.DefaultClientCallObservationConvention}
	 * @return this builder
	 */
	B observationConvention(@Nullable ClientCallObservationConvention observationConvention);

	/**
	 * Set whether the headers of a trace, {@code traceparent} for example, go along with
	 * requests. They do not by default: the platform and the providers behind it are
	 * somebody else's.
	 * @param propagateTraces whether they do
	 * @return this builder
	 */
	B propagateTraces(boolean propagateTraces);

	/**
	 * Set what counts what the client does beyond its calls; nothing by default.
	 * @param recorder what counts
	 * @return this builder
	 */
	B recorder(ClientRecorder recorder);

	/**
	 * Add somebody who is told of every attempt of every call, with secrets masked.
	 * @param exchangeListener who is told; those that were added before are told first
	 * @return this builder
	 */
	B exchangeListener(ExchangeListener exchangeListener);

	/**
	 * Set whether calls of endpoints with a documented limit wait for their turn, so that
	 * the platform need not refuse them; not unless set. A call whose turn is further
	 * away than {@link RetryPolicy#maxRetryAfter()} fails with a
	 * {@link run.vendo.error.RateLimitedException} before anything is sent.
	 * @param rateLimiting whether they wait
	 * @return this builder
	 */
	B rateLimiting(boolean rateLimiting);

	/**
	 * Set which answers are kept; none unless set. Several clients may keep theirs in one
	 * cache.
	 * @param responseCaching which answers are kept and where, or {@code null} for none
	 * @return this builder
	 */
	B responseCaching(@Nullable ResponseCaching responseCaching);

	/**
	 * Set what tells the time.
	 * @param clock the clock
	 * @return this builder
	 */
	B clock(Clock clock);

	/**
	 * Set where delays and timeouts run; on Reactor's parallel scheduler by default.
	 * @param scheduler the scheduler
	 * @return this builder
	 */
	B scheduler(Scheduler scheduler);

	/**
	 * Set what spreads retries over time.
	 * @param random gives a number that is at least 0 and below 1
	 * @return this builder
	 */
	B random(DoubleSupplier random);

	/**
	 * Build the client. Nothing is sent and no connection is opened.
	 * @return a new client
	 * @throws VendoConfigurationException if a setting cannot be used; the message names
	 * it
	 */
	C build();

}
