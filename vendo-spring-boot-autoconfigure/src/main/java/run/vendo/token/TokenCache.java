package run.vendo.token;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Keeps provider tokens until shortly before they expire. Bounded; every entry belongs to
 * one identity and one provider, and is found by a hash, so that no user's JWT is kept.
 * One cache may serve several clients: they never see each other's tokens.
 *
 * @since 0.1.0
 */
public final class TokenCache {

	// Made for the first token. Applications start sooner without, and find nothing in
	// it.
	private volatile @Nullable Cache<Key, CachedToken> tokens;

	private final ConcurrentMap<Key, Flight> flights = new ConcurrentHashMap<>();

	private final LongAdder hits = new LongAdder();

	private final LongAdder misses = new LongAdder();

	private final Clock clock;

	private final Duration expiryMargin;

	private final Duration defaultLifetime;

	private final long maximumSize;

	private TokenCache(Builder builder) {
		this.clock = builder.clock;
		this.expiryMargin = builder.expiryMargin;
		this.defaultLifetime = builder.defaultLifetime;
		this.maximumSize = builder.maximumSize;
	}

	private Cache<Key, CachedToken> tokens() {
		Cache<Key, CachedToken> tokens = this.tokens;
		return (tokens != null) ? tokens : createTokens();
	}

	private synchronized Cache<Key, CachedToken> createTokens() {
		Cache<Key, CachedToken> tokens = this.tokens;
		if (tokens == null) {
			tokens = Caffeine.newBuilder()
				.maximumSize(this.maximumSize)
				.ticker(() -> TimeUnit.MILLISECONDS.toNanos(this.clock.millis()))
				.expireAfter(Expiry.<Key, CachedToken>writing(
						(key, token) -> Duration.ofMillis(Math.max(0, token.usableUntil() - this.clock.millis()))))
				.executor(Runnable::run)
				.build();
			this.tokens = tokens;
		}
		return tokens;
	}

	/**
	 * Return a builder of a cache for 10,000 tokens, with 60 s margin and 50 minutes for
	 * tokens that do not say when they expire.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Drop a provider's tokens, whosever they are. A fetch that is under way still
	 * answers its callers, but what it brings is not kept.
	 * @param slug the provider
	 */
	public void invalidate(String slug) {
		// Fetches first: what one of them puts into the cache meanwhile is met by the
		// second pass.
		this.flights.keySet().stream().filter((key) -> key.slug().equals(slug)).forEach(this::invalidate);
		tokens().asMap().keySet().stream().filter((key) -> key.slug().equals(slug)).forEach(this::invalidate);
	}

	/**
	 * Drop all tokens.
	 */
	public void invalidateAll() {
		this.flights.keySet().forEach(this::invalidate);
		tokens().asMap().keySet().forEach(this::invalidate);
	}

	/**
	 * Return how many tokens are kept at present.
	 * @return the number of entries, those included that have just expired
	 */
	public long size() {
		tokens().cleanUp();
		return tokens().estimatedSize();
	}

	/**
	 * Return how the cache has served those who asked.
	 * @return the numbers since the cache was built
	 */
	public TokenCacheStatistics statistics() {
		return new TokenCacheStatistics(size(), this.hits.sum(), this.misses.sum());
	}

	Clock clock() {
		return this.clock;
	}

	/**
	 * Count that a token that was found is used.
	 */
	void hit() {
		this.hits.increment();
	}

	@Nullable CachedToken find(Key key) {
		Cache<Key, CachedToken> tokens = this.tokens;
		return (tokens != null) ? tokens.getIfPresent(key) : null;
	}

	/**
	 * Join what is known: the token that is kept, else the fetch that is under way, else
	 * a new fetch, which the caller has to bring home. All in one step, so that callers
	 * who miss together make one request.
	 * @param key whose token
	 * @param bulk whether a new fetch would be for other providers too
	 * @return what to wait for, and whether the caller has to do the fetch
	 */
	Claim claim(Key key, boolean bulk) {
		Claim[] claim = new Claim[1];
		this.flights.compute(key, (sameKey, flight) -> {
			if (flight != null) {
				this.misses.increment();
				claim[0] = new Claim(flight, false);
				return flight;
			}
			CachedToken token = find(key);
			if (token != null) {
				hit();
				claim[0] = new Claim(Flight.landed(key, token.value()), false);
				return null;
			}
			this.misses.increment();
			Flight own = new Flight(key, bulk);
			claim[0] = new Claim(own, true);
			return own;
		});
		return claim[0];
	}

	/**
	 * Begin a fetch for a token that is still good, unless one is under way or the token
	 * has been renewed already.
	 * @param key whose token
	 * @param token the token to renew
	 * @return the flight to bring home, or {@code null} when there is nothing to do
	 */
	@Nullable Flight claimRenewal(Key key, CachedToken token) {
		Flight own = new Flight(key, false);
		Flight current = this.flights.compute(key,
				(sameKey, flight) -> (flight != null) ? flight : (find(key) == token) ? own : null);
		return (current == own) ? own : null;
	}

	/**
	 * End a fetch: keep its token unless it was invalidated meanwhile, then tell those
	 * who wait.
	 * @param flight the fetch
	 * @param slug the provider
	 * @param answer what came
	 * @param hits counts how often the token is found, or {@code null}
	 */
	void land(Flight flight, String slug, TokenAnswer answer, @Nullable LongAdder hits) {
		CachedToken token = CachedToken.of(slug, answer.accessToken(), answer.expiresAt(), this.clock.millis(),
				this.expiryMargin, this.defaultLifetime, hits);
		this.flights.computeIfPresent(flight.key(), (key, current) -> {
			if (current != flight) {
				return current;
			}
			// Caffeine evicts a moment late, which is too late where none may be kept.
			if (this.maximumSize != 0 && token.isUsable(this.clock.millis())) {
				tokens().put(key, token);
			}
			else {
				tokens().invalidate(key);
			}
			return null;
		});
		flight.future().complete(Optional.of(answer.accessToken()));
	}

	/**
	 * End a fetch whose token serves those who wait, and nobody else.
	 * @param flight the fetch
	 * @param answer what came
	 */
	void landUnkept(Flight flight, TokenAnswer answer) {
		this.flights.remove(flight.key(), flight);
		flight.future().complete(Optional.of(answer.accessToken()));
	}

	/**
	 * End a fetch that found no credential.
	 * @param flight the fetch
	 */
	void landEmpty(Flight flight) {
		this.flights.remove(flight.key(), flight);
		flight.future().complete(Optional.empty());
	}

	/**
	 * End a fetch that failed.
	 * @param flight the fetch
	 * @param failure why
	 */
	void crash(Flight flight, Throwable failure) {
		this.flights.remove(flight.key(), flight);
		flight.future().completeExceptionally(failure);
	}

	/**
	 * End a renewal that failed. What becomes of the token is settled before the next
	 * renewal can begin, and not at all if it was invalidated meanwhile.
	 * @param flight the renewal
	 * @param token the token that was to be renewed
	 * @param drop whether the token is dropped rather than renewed later
	 * @param failure why
	 */
	void crash(Flight flight, CachedToken token, boolean drop, Throwable failure) {
		this.flights.computeIfPresent(flight.key(), (key, current) -> {
			if (current != flight) {
				return current;
			}
			if (drop) {
				tokens().asMap().remove(key, token);
			}
			else {
				tokens().asMap().replace(key, token, token.postponed(this.clock.millis()));
			}
			return null;
		});
		flight.future().completeExceptionally(failure);
	}

	void invalidate(Key key) {
		this.flights.compute(key, (sameKey, flight) -> {
			tokens().invalidate(key);
			return null;
		});
	}

	/**
	 * Drop exactly one token: if another has taken its place, that one stays.
	 * @param key whose token
	 * @param value the token that no longer works
	 */
	void invalidate(Key key, String value) {
		this.flights.compute(key, (sameKey, flight) -> {
			CachedToken token = find(key);
			if (token == null || !token.value().equals(value)) {
				return flight;
			}
			tokens().invalidate(key);
			return null;
		});
	}

	/**
	 * Whose token.
	 *
	 * @param identity a hash of the identity
	 * @param slug the provider
	 */
	record Key(String identity, String slug) {
	}

	/**
	 * A place in a fetch.
	 *
	 * @param flight the fetch, which may be over
	 * @param own whether the caller has to do it
	 */
	record Claim(Flight flight, boolean own) {
	}

	/**
	 * A fetch under way.
	 *
	 * @param key whose token
	 * @param bulk whether it is for other providers too
	 * @param future the token; empty when there is no credential
	 */
	record Flight(Key key, boolean bulk, CompletableFuture<Optional<String>> future) {

		Flight(Key key, boolean bulk) {
			this(key, bulk, new CompletableFuture<>());
		}

		static Flight landed(Key key, String token) {
			return new Flight(key, false, CompletableFuture.completedFuture(Optional.of(token)));
		}

		// Two fetches are the same only if they are one.
		@Override
		public boolean equals(@Nullable Object other) {
			return this == other;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this);
		}

		@Override
		public String toString() {
			return "Flight[slug=" + this.key.slug() + "]";
		}

	}

	/**
	 * Builder of {@link TokenCache}.
	 */
	public static final class Builder {

		private long maximumSize = 10_000;

		private Duration expiryMargin = Duration.ofSeconds(60);

		private Duration defaultLifetime = Duration.ofMinutes(50);

		private Clock clock = Clock.systemUTC();

		private Builder() {
		}

		/**
		 * Set how many tokens are kept.
		 * @param maximumSize the number of tokens; {@code 0} keeps none
		 * @return this builder
		 */
		public Builder maximumSize(long maximumSize) {
			Assert.isTrue(maximumSize >= 0, "'maximumSize' must not be negative");
			this.maximumSize = maximumSize;
			return this;
		}

		/**
		 * Set how long before its end a token is no longer handed out.
		 * @param expiryMargin the margin, 60 s by default
		 * @return this builder
		 */
		public Builder expiryMargin(Duration expiryMargin) {
			Assert.isTrue(!expiryMargin.isNegative(), "'expiryMargin' must not be negative");
			this.expiryMargin = expiryMargin;
			return this;
		}

		/**
		 * Set how long a token is used that does not say when it expires.
		 * @param defaultLifetime the lifetime, 50 minutes by default
		 * @return this builder
		 */
		public Builder defaultLifetime(Duration defaultLifetime) {
			Assert.isTrue(!defaultLifetime.isNegative(), "'defaultLifetime' must not be negative");
			this.defaultLifetime = defaultLifetime;
			return this;
		}

		/**
		 * Set what tells the time.
		 * @param clock the clock
		 * @return this builder
		 */
		public Builder clock(Clock clock) {
			Assert.notNull(clock, "'clock' must not be null");
			this.clock = clock;
			return this;
		}

		/**
		 * Build the cache.
		 * @return a new, empty cache
		 */
		public TokenCache build() {
			return new TokenCache(this);
		}

	}

}
