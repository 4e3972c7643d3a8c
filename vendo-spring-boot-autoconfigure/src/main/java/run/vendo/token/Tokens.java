package run.vendo.token;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import run.vendo.error.AuthException;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.ForbiddenException;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.NotFoundException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.http.Blocking;
import run.vendo.http.ClientRecorder;
import run.vendo.http.ClientRecorder.TokenOutcome;
import run.vendo.http.ClientRecorder.TokenSource;
import run.vendo.http.EnvironmentVariables;
import run.vendo.http.PathSegments;
import run.vendo.http.VendoHttp;

/**
 * Finds a provider's token: the override variable, then the credentials worker in Vendo
 * mode or the provider's own variable in OSS mode.
 * <p>
 * An instance acts for one identity. Instances over one {@link TokenCache} share fetches
 * that are under way for the same identity, whether the caller blocks or not.
 *
 * @since 0.1.0
 */
public final class Tokens {

	private static final Log logger = LogFactory.getLog(Tokens.class);

	private final VendoHttp http;

	private final EnvironmentVariables environment;

	private final ByokCatalog catalog;

	private final TokenCache cache;

	private final ClientRecorder recorder;

	/**
	 * Create the token resolution of one identity.
	 * @param http the exchange path of that identity
	 * @param environment where variables are looked up
	 * @param catalog the variables of providers in OSS mode
	 * @param cache where tokens are kept
	 */
	public Tokens(VendoHttp http, EnvironmentVariables environment, ByokCatalog catalog, TokenCache cache) {
		this.http = http;
		this.environment = environment;
		this.catalog = catalog;
		this.cache = cache;
		this.recorder = http.recorder();
	}

	/**
	 * Return the token resolution of another identity.
	 * @param http the exchange path of that identity
	 * @return a new instance on the same cache
	 */
	public Tokens with(VendoHttp http) {
		return new Tokens(http, this.environment, this.catalog, this.cache);
	}

	/**
	 * Return a token if it takes no request: from an override variable or the cache.
	 * @param slug the provider
	 * @return the token, or {@code null} when it has to be asked for
	 */
	public @Nullable String immediate(String slug) {
		if (!this.http.isVendoMode() || slug == null) {
			return null;
		}
		TokenCache.Key key = key(slug);
		CachedToken token = this.cache.find(key);
		if (token == null) {
			return null;
		}
		// The variable wins at every call, so that it can be set and unset while the
		// token is kept.
		String override = this.environment.get(token.overrideVariable());
		if (override != null) {
			this.recorder.tokenResolved(slug, TokenSource.OVERRIDE, TokenOutcome.SUCCESS);
			return override;
		}
		LongAdder hits = token.hits();
		if (hits != null) {
			hits.increment();
		}
		this.cache.hit();
		if (token.isWorthRenewing(this.cache.clock().millis())) {
			renew(key, token);
		}
		return token.value();
	}

	/**
	 * Return a token, waiting for it if it has to be asked for.
	 * @param slug the provider
	 * @return the token
	 * @throws VendoException as {@link #token(String)} fails
	 */
	public String await(String slug) {
		String immediate = immediate(slug);
		return (immediate != null) ? immediate : Blocking.await(token(slug));
	}

	/**
	 * Find a token, with {@code GET /{slug}} at the credentials worker if need be.
	 * @param slug the provider
	 * @return the token; fails with {@link ValidationException} if the slug is blank,
	 * {@link NotConnectedException} if there is none, or as the worker answers
	 */
	public Mono<String> token(String slug) {
		return Mono.deferContextual((context) -> {
			String immediate = immediate(slug);
			if (immediate != null) {
				return Mono.just(immediate);
			}
			String own = recorded(slug, ownToken(PathSegments.requireSlug(slug)));
			if (own != null) {
				return Mono.just(own);
			}
			if (!this.http.isVendoMode()) {
				return Mono.error(notConnected(slug));
			}
			return fetched(slug, context);
		});
	}

	/**
	 * Find several tokens, with one {@code GET /_bulk} at the credentials worker for all
	 * that are neither overridden nor kept.
	 * @param slugs the providers; repeats count once
	 * @return a token by slug in the order asked, empty where there is no credential
	 */
	public Mono<Map<String, Optional<String>>> tokens(Collection<String> slugs) {
		return Mono.deferContextual((context) -> {
			if (slugs == null) {
				throw ErrorDetails.of(ErrorCode.VALIDATION_FAILED).summary("'slugs' must not be null").toException();
			}
			Set<String> asked = new LinkedHashSet<>();
			slugs.forEach((slug) -> asked.add(PathSegments.requireSlug(slug)));
			Map<String, Mono<Optional<String>>> found = new LinkedHashMap<>();
			Map<String, TokenCache.Flight> missing = new LinkedHashMap<>();
			try {
				for (String slug : asked) {
					found.put(slug, find(slug, missing));
				}
			}
			catch (RuntimeException | Error ex) {
				// Nobody will do these fetches now, so nobody may wait for them.
				missing.values().forEach((flight) -> this.cache.crash(flight, ex));
				throw ex;
			}
			if (!missing.isEmpty()) {
				fetchAll(missing, context);
			}
			return Flux.fromIterable(found.entrySet())
				.concatMap((entry) -> entry.getValue().map((token) -> Map.entry(entry.getKey(), token)))
				.collect(LinkedHashMap::new, (tokens, entry) -> tokens.put(entry.getKey(), entry.getValue()));
		});
	}

	/**
	 * Drop the token of this identity. A fetch that is under way still answers its
	 * callers, but what it brings is not kept.
	 * @param slug the provider
	 */
	public void invalidate(String slug) {
		this.cache.invalidate(key(PathSegments.requireSlug(slug)));
	}

	/**
	 * Return how long the token of this identity is good for that is kept. Asks for none.
	 * @param slug the provider
	 * @return its lifetime, or empty when none is kept
	 */
	public Optional<TokenLifetime> cached(String slug) {
		CachedToken token = this.cache.find(key(PathSegments.requireSlug(slug)));
		return Optional.ofNullable(token)
			.map((kept) -> new TokenLifetime(kept.expiresAt(), Instant.ofEpochMilli(kept.usableUntil())));
	}

	/**
	 * Return HTTP clients that carry a provider's token.
	 * @param slug the provider
	 * @return a new session; asks for no token yet
	 */
	public VendoSession session(String slug) {
		return new DefaultVendoSession(this, this.http, PathSegments.requireSlug(slug));
	}

	/**
	 * Return whether there may be a token to take the place of one that no longer works.
	 * An application's own, from a variable, cannot be replaced unless it has changed.
	 * @param slug the provider
	 * @param refused the token that no longer works
	 * @return whether to ask for another one
	 */
	boolean isReplaceable(String slug, String refused) {
		String own = ownToken(slug);
		return (own != null) ? !own.equals(refused) : this.http.isVendoMode();
	}

	/**
	 * Find a token to take the place of one that no longer works.
	 * @param slug the provider
	 * @param refused the token that no longer works
	 * @return another token
	 */
	Mono<String> replacement(String slug, String refused) {
		return Mono.defer(() -> {
			this.cache.invalidate(key(slug), refused);
			return token(slug);
		});
	}

	private @Nullable String ownToken(String slug) {
		String override = this.environment.get(ByokCatalog.overrideVariable(slug));
		if (override != null || this.http.isVendoMode()) {
			return override;
		}
		return this.catalog.find(slug).map((provider) -> this.environment.get(provider.primaryVariable())).orElse(null);
	}

	private @Nullable String recorded(String slug, @Nullable String own) {
		boolean vendoMode = this.http.isVendoMode();
		if (own != null) {
			boolean override = vendoMode || own.equals(this.environment.get(ByokCatalog.overrideVariable(slug)));
			this.recorder.tokenResolved(slug, override ? TokenSource.OVERRIDE : TokenSource.BYOK, TokenOutcome.SUCCESS);
		}
		else if (!vendoMode) {
			this.recorder.tokenResolved(slug, TokenSource.BYOK, TokenOutcome.NOT_CONNECTED);
		}
		return own;
	}

	private static TokenOutcome outcomeOf(Throwable failure) {
		if (failure instanceof NeedsReauthException) {
			return TokenOutcome.NEEDS_REAUTH;
		}
		return saysNoCredential(failure) ? TokenOutcome.NOT_CONNECTED : TokenOutcome.FAILED;
	}

	private VendoException notConnected(String slug) {
		String override = ByokCatalog.overrideVariable(slug);
		String nextStep = this.catalog.find(slug)
			.map((provider) -> "Set %s (or %s), or set vendo.api-key (VENDO_API_KEY) and connect %s in Vendo."
				.formatted(provider.primaryVariable(), override, slug))
			.orElseGet(() -> ("Set %s, or name the variable that holds its key with vendo.byok.%s, "
					+ "or set vendo.api-key (VENDO_API_KEY) and connect it in Vendo.")
				.formatted(override, slug));
		return ErrorDetails.of(ErrorCode.BINDING_MISSING)
			.slug(slug)
			.summary("There is no token for %s: no API key is set, and no variable holds one".formatted(slug))
			.nextStep(nextStep)
			.toException();
	}

	private Mono<String> fetched(String slug, ContextView context) {
		this.recorder.tokenMissed();
		TokenCache.Claim claim = this.cache.claim(new TokenCache.Key(this.http.currentIdentity(), slug), false);
		TokenCache.Flight flight = claim.flight();
		if (claim.own()) {
			fetch(slug, flight, context, (failure) -> this.cache.crash(flight, failure));
		}
		// Whoever joined a bulk fetch that found nothing asks for this one provider, to
		// be told why; and so does whoever joined one that may have been refused for
		// another provider's sake.
		return joined(slug, flight)
			.onErrorResume((failure) -> flight.bulk() && failure instanceof ValidationException,
					(failure) -> Mono.just(Optional.empty()))
			.doOnNext((token) -> {
				if (token.isPresent()) {
					this.recorder.tokenResolved(slug, TokenSource.WORKER, TokenOutcome.SUCCESS);
				}
			})
			.doOnError((failure) -> this.recorder.tokenResolved(slug, TokenSource.WORKER, outcomeOf(failure)))
			.flatMap((token) -> token.map(Mono::just).orElseGet(() -> token(slug)));
	}

	private void fetch(String slug, TokenCache.Flight flight, ContextView context, Consumer<Throwable> crash) {
		Mono<TokenAnswer> fetch = this.http.call("token", "get")
			.at(this.http.config().credentialsUrl())
			.get("/{slug}", slug)
			.slug(slug)
			.secretAnswer()
			.retrieve(TokenAnswer.class)
			.contextWrite(context);
		subscribe(fetch, (answer) -> land(flight, slug, answer), crash);
	}

	private void land(TokenCache.Flight flight, String slug, TokenAnswer answer) {
		if (flight.key().identity().equals(this.http.identity())) {
			this.cache.land(flight, slug, answer, this.recorder.tokenHits(slug));
		}
		else {
			// The key has changed meanwhile: whose token this is nobody knows.
			this.cache.landUnkept(flight, answer);
		}
	}

	// What Reactor takes for fatal, such as a class that is missing, is thrown and not
	// signalled: without a word to those who wait they would do so for ever.
	private static <T> void subscribe(Mono<T> fetch, Consumer<T> land, Consumer<Throwable> crash) {
		try {
			fetch.subscribe(land, crash);
		}
		catch (RuntimeException | Error ex) {
			crash.accept(ex);
			throw ex;
		}
	}

	private Mono<Optional<String>> find(String slug, Map<String, TokenCache.Flight> missing) {
		String immediate = immediate(slug);
		String known = (immediate != null) ? immediate : recorded(slug, ownToken(slug));
		if (known != null || !this.http.isVendoMode()) {
			return Mono.just(Optional.ofNullable(known));
		}
		this.recorder.tokenMissed();
		TokenCache.Claim claim = this.cache.claim(new TokenCache.Key(this.http.currentIdentity(), slug), true);
		if (claim.own()) {
			missing.put(slug, claim.flight());
		}
		Mono<Optional<String>> found = joined(claim.own() ? null : slug, claim.flight())
			.doOnNext((token) -> this.recorder.tokenResolved(slug, TokenSource.WORKER,
					token.isPresent() ? TokenOutcome.SUCCESS : TokenOutcome.NOT_CONNECTED))
			.doOnError((failure) -> this.recorder.tokenResolved(slug, TokenSource.WORKER, outcomeOf(failure)));
		return claim.own() ? found : found.onErrorResume(Tokens::saysNoCredential, (ex) -> Mono.just(Optional.empty()));
	}

	private void fetchAll(Map<String, TokenCache.Flight> missing, ContextView context) {
		String slugs = missing.keySet()
			.stream()
			.map((slug) -> PathSegments.encode(slug, "slug"))
			.collect(Collectors.joining(","));
		Mono<BulkAnswer> fetch = this.http.call("token", "bulk")
			.at(this.http.config().credentialsUrl())
			.get("/_bulk?slugs=" + slugs)
			.secretAnswer()
			.retrieve(BulkAnswer.class)
			.contextWrite(context);
		subscribe(fetch, (answer) -> missing.forEach((slug, flight) -> {
			TokenAnswer token = answer.tokens().get(slug);
			if (token != null) {
				land(flight, slug, token);
			}
			else {
				this.cache.landEmpty(flight);
			}
		}), (failure) -> missing.values().forEach((flight) -> this.cache.crash(flight, failure)));
	}

	private Mono<Optional<String>> joined(@Nullable String slug, TokenCache.Flight flight) {
		return Mono.fromFuture(flight.future(), true).onErrorMap(VendoException.class, (failure) -> {
			if (slug == null || failure.slug() != null) {
				return failure.atCaller();
			}
			return failure.details().mutate().slug(slug).build().toException(failure.getCause());
		});
	}

	private void renew(TokenCache.Key key, CachedToken token) {
		TokenCache.Flight flight = this.cache.claimRenewal(key, token);
		if (flight == null) {
			return;
		}
		flight.future().thenRun(() -> this.recorder.tokenRenewed(TokenOutcome.SUCCESS));
		fetch(key.slug(), flight, Context.empty(), (failure) -> {
			this.recorder.tokenRenewed(outcomeOf(failure));
			logger.debug("The token of %s could not be renewed: %s".formatted(key.slug(), failure.getMessage()));
			// Where it has no credential, or the key is refused, the token may still work
			// for a while, but what the platform says now is the truth.
			boolean drop = saysNoCredential(failure) || (failure instanceof AuthException auth && auth.code() != null);
			this.cache.crash(flight, token, drop, failure);
		});
	}

	// A status alone, without a code, is what something between here and the platform
	// says.
	private static boolean saysNoCredential(Throwable failure) {
		boolean refused = failure instanceof NotConnectedException || failure instanceof NeedsReauthException
				|| failure instanceof NotFoundException || failure instanceof ForbiddenException;
		return refused && ((VendoException) failure).code() != null;
	}

	private TokenCache.Key key(String slug) {
		return new TokenCache.Key(this.http.identity(), slug);
	}

}
