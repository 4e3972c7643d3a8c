package run.vendo.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The tokens the credentials worker hands out, and which of them a provider accepts.
 */
final class TokenVault {

	private static final int KEPT = 10_000;

	private static final Duration SHORTEST_REMAINDER = Duration.ofSeconds(90);

	private final Guard guard;

	private final Clock clock;

	private final boolean freshTokens;

	private final Map<Owner, Token> current = new HashMap<>();

	private final Map<String, Token> accepted = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Token> eldest) {
			return size() > KEPT;
		}

	};

	private @Nullable Duration lifetime;

	private long number;

	TokenVault(Guard guard, Clock clock, @Nullable Duration lifetime, boolean freshTokens) {
		this.guard = guard;
		this.clock = clock;
		this.lifetime = lifetime;
		this.freshTokens = freshTokens;
	}

	void lifetime(@Nullable Duration lifetime) {
		this.guard.run(() -> this.lifetime = lifetime);
	}

	/**
	 * Return the token to hand out at present: the one there is, as long as it has a good
	 * part of its life before it, else another.
	 */
	Token fetch(Identity identity, String slug) {
		return this.guard.get(() -> {
			Token token = this.current.get(new Owner(identity, slug));
			return (token != null && !this.freshTokens && !isOld(token)) ? token : issue(identity, slug);
		});
	}

	/**
	 * Return the token that was handed out last, or one if none was.
	 */
	Token peek(Identity identity, String slug) {
		return this.guard.get(() -> {
			Token token = this.current.get(new Owner(identity, slug));
			return (token != null && !isExpired(token)) ? token : issue(identity, slug);
		});
	}

	/**
	 * Make the provider refuse every token of a slug that was handed out to some.
	 */
	void drop(String slug, Predicate<Identity> whose) {
		this.guard.run(() -> {
			this.current.keySet().removeIf((owner) -> owner.slug.equals(slug) && whose.test(owner.identity));
			this.accepted.values()
				.removeIf((token) -> token.owner.slug.equals(slug) && whose.test(token.owner.identity));
		});
	}

	/**
	 * Return whether the provider accepts a token.
	 */
	boolean accepts(String slug, @Nullable String value) {
		return this.guard.get(() -> {
			Token token = (value != null) ? this.accepted.get(value) : null;
			return token != null && token.owner.slug.equals(slug) && !isExpired(token);
		});
	}

	private Token issue(Identity identity, String slug) {
		Owner owner = new Owner(identity, slug);
		Duration lifetime = this.lifetime;
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS);
		Token token = new Token(owner, value(slug), now, (lifetime != null) ? now.plus(lifetime) : null);
		for (Iterator<Token> tokens = this.accepted.values().iterator(); tokens.hasNext()
				&& isExpired(tokens.next());) {
			tokens.remove();
		}
		this.current.put(owner, token);
		this.accepted.put(token.value, token);
		return token;
	}

	// Slugs may hold anything, headers may not.
	private String value(String slug) {
		return "sim_%s_%d_%s".formatted(slug.replaceAll("[^A-Za-z0-9-]", "-"), ++this.number, Secrets.random(12));
	}

	private boolean isExpired(Token token) {
		return token.expiresAt != null && !this.clock.instant().isBefore(token.expiresAt);
	}

	private boolean isOld(Token token) {
		if (token.expiresAt == null) {
			return false;
		}
		Duration remainder = Duration.between(this.clock.instant(), token.expiresAt);
		Duration third = Duration.between(token.issuedAt, token.expiresAt).dividedBy(3);
		return remainder.compareTo(third) < 0 || remainder.compareTo(SHORTEST_REMAINDER) < 0;
	}

	private record Owner(Identity identity, String slug) {

	}

	/**
	 * A token.
	 */
	record Token(Owner owner, String value, Instant issuedAt, @Nullable Instant expiresAt) {

		Map<String, @Nullable Object> json() {
			Map<String, @Nullable Object> json = Json.object("access_token", this.value);
			json.put("expires_at", (this.expiresAt != null) ? this.expiresAt.toString() : null);
			json.put("token_type", "Bearer");
			return json;
		}

		@Override
		public String toString() {
			return "Token[" + this.owner.slug + "]";
		}

	}

}
