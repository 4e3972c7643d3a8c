package run.vendo.http;

import java.util.Collection;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Counts what a client does beyond its calls. Called on the threads that do it: an
 * implementation must neither block nor throw. Several clients may share one.
 *
 * @since 0.1.0
 */
public interface ClientRecorder {

	/** The account of the application itself. */
	String DEFAULT_ACCOUNT = "default";

	/**
	 * All accounts that are not told apart: those of credentials that nobody has named,
	 * and those whose names are not to be shown. What is read of their balances and caps
	 * is told to nobody. No account can have this name.
	 */
	String OTHER_ACCOUNT = "_other";

	/**
	 * Return a recorder that counts nothing.
	 * @return the recorder
	 */
	static ClientRecorder none() {
		return NoRecorder.INSTANCE;
	}

	/**
	 * Return what counts for the clients of an account. Asked once for each client that
	 * is built.
	 * @param account the account: {@link #DEFAULT_ACCOUNT}, {@link #OTHER_ACCOUNT}, or a
	 * name that the client was given
	 * @return the recorder of the account; this one unless accounts are told apart
	 */
	default ClientRecorder forAccount(String account) {
		return this;
	}

	/**
	 * A client was built.
	 * @param slugs gives the providers that it was told of; all others are unknown
	 */
	default void knownSlugs(Supplier<? extends Collection<String>> slugs) {
	}

	/**
	 * A client was built that bounds its retries.
	 * @param available gives how many it could make now; belongs to the client, and must
	 * not be kept from being collected with it
	 */
	default void retryBudget(DoubleSupplier available) {
	}

	/**
	 * A call is sent again.
	 * @param api the API that is called; one of a closed list
	 * @param reason why: the status, how the connection failed, or
	 * {@code invalid-answer}; one of a closed list
	 */
	default void retried(String api, String reason) {
	}

	/**
	 * A call is not sent again although it could be, because the budget is used up.
	 * @param api the API that is called; one of a closed list
	 */
	default void retryDenied(String api) {
	}

	/**
	 * Return what counts how often a provider's token is found in the cache. It is kept
	 * with the token, so that a warm token costs one increment.
	 * @param slug the provider, whatever somebody asked for
	 * @return the counter, or {@code null} to count nothing
	 */
	default @Nullable LongAdder tokenHits(String slug) {
		return null;
	}

	/**
	 * A token was asked for that the cache does not have.
	 */
	default void tokenMissed() {
	}

	/**
	 * The search for a token has ended, other than in the cache.
	 * @param slug the provider, whatever somebody asked for
	 * @param source where it was looked for last
	 * @param outcome how that ended
	 */
	default void tokenResolved(String slug, TokenSource source, TokenOutcome outcome) {
	}

	/**
	 * A background renewal has ended.
	 * @param outcome how
	 */
	default void tokenRenewed(TokenOutcome outcome) {
	}

	/**
	 * The balance of the account passed by.
	 * @param remainingMicros what is left, in millionths of a US dollar
	 */
	default void balance(long remainingMicros) {
	}

	/**
	 * An event said that the balance of the account is used up, but not what it is.
	 */
	default void balanceExhausted() {
	}

	/**
	 * The spend caps of the account passed by.
	 * @param dailyMicros the cap of a day, in millionths of a US dollar, or {@code null}
	 * @param monthlyMicros the cap of a month, in millionths of a US dollar, or
	 * {@code null}
	 * @param usedTodayMicros what was used today, in millionths of a US dollar
	 * @param usedMonthMicros what was used this month, in millionths of a US dollar
	 */
	default void spendCaps(@Nullable Long dailyMicros, @Nullable Long monthlyMicros, long usedTodayMicros,
			long usedMonthMicros) {
	}

	/**
	 * Where a token comes from.
	 *
	 * @since 0.1.0
	 */
	enum TokenSource {

		/** The variable that overrides it. */
		OVERRIDE,

		/** The cache. */
		CACHE,

		/** The credentials worker. */
		WORKER,

		/** The provider's own variable, in OSS mode. */
		BYOK

	}

	/**
	 * How the search for a token ended.
	 *
	 * @since 0.1.0
	 */
	enum TokenOutcome {

		/** There is a token. */
		SUCCESS,

		/** The provider is not connected. */
		NOT_CONNECTED,

		/** Consent has to be given again. */
		NEEDS_REAUTH,

		/** Nobody knows, because the call failed. */
		FAILED

	}

}
