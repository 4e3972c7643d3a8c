package run.vendo.sample;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import run.vendo.VendoClient;
import run.vendo.sso.VendoIdentity;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * The tokens in use, as a page may show them: masked, and since when.
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
			.forEach((slug, token) -> token
				.ifPresent((value) -> tokens.put(slug, shown(new Owner(user, slug), TokenMask.mask(value)))));
		return tokens;
	}

	/**
	 * Drop a token, so that the next one to ask for it gets another.
	 */
	synchronized void invalidate(VendoClient vendo, Optional<VendoIdentity> user, String slug) {
		vendo.invalidate(slug);
		this.shown.remove(new Owner(user, slug));
	}

	private synchronized Shown shown(Owner owner, String masked) {
		return this.shown.compute(owner, (same, before) -> (before != null && before.masked().equals(masked)) ? before
				: new Shown(masked, this.clock.instant()));
	}

	/**
	 * A token, masked.
	 *
	 * @param masked its last characters
	 * @param since when it was seen first
	 */
	record Shown(String masked, Instant since) {

	}

	private record Owner(Optional<VendoIdentity> user, String slug) {

	}

}
