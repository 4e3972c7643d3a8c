package run.vendo.sample;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.sso.VendoIdentity;
import run.vendo.token.TokenLifetime;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * The tokens in use, as a page may show them: masked, since when and until when.
 */
@Component
class Tokens {

	private static final int KEPT = 1_000;

	private final Clock clock;

	private final Map<Owner, Shown> shown = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<Owner, Shown> eldest) {
			return size() > KEPT;
		}

	};

	Tokens(ObjectProvider<Clock> clock) {
		this.clock = clock.getIfUnique(Clock::systemUTC);
	}

	/**
	 * Return the tokens of some providers. One request brings those that are not cached.
	 */
	Map<String, Shown> of(VendoClient vendo, Optional<VendoIdentity> user, Collection<String> slugs) {
		Map<String, Shown> tokens = new LinkedHashMap<>();
		vendo.tokens(slugs)
			.forEach((slug, token) -> token.ifPresent((value) -> tokens.put(slug,
					shown(new Owner(user, slug), TokenMask.mask(value), expiresAt(vendo, slug)))));
		return tokens;
	}

	/**
	 * Drop a token, so that the next one to ask for it gets another.
	 */
	synchronized void invalidate(VendoClient vendo, Optional<VendoIdentity> user, String slug) {
		vendo.invalidate(slug);
		this.shown.remove(new Owner(user, slug));
	}

	private static @Nullable Instant expiresAt(VendoClient vendo, String slug) {
		return vendo.cachedToken(slug).map(TokenLifetime::expiresAt).orElse(null);
	}

	private synchronized Shown shown(Owner owner, String masked, @Nullable Instant expiresAt) {
		return this.shown.compute(owner, (same, before) -> {
			Instant since = (before != null && before.masked().equals(masked)) ? before.since() : this.clock.instant();
			return new Shown(masked, since, expiresAt);
		});
	}

	/**
	 * A token, masked.
	 *
	 * @param masked its last characters
	 * @param since when it was seen first
	 * @param expiresAt when the provider stops accepting it, or {@code null} when that is
	 * not known
	 */
	record Shown(String masked, Instant since, @Nullable Instant expiresAt) {

	}

	private record Owner(Optional<VendoIdentity> user, String slug) {

	}

}
