package run.vendo.autoconfigure.actuate;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import run.vendo.billing.Balance;
import run.vendo.billing.SpendCaps;
import run.vendo.error.VendoException;

/**
 * Balance and spend caps as they were last read, or as an event has told since.
 *
 * @param state how things stand
 * @param balance the balance, or {@code null} when it was never read
 * @param balanceAt when that was, or {@code null} when it was never read
 * @param spendCaps the caps and what is used of them, or {@code null} when they were
 * never read
 * @param spendCapsAt when that was, or {@code null} when they were never read
 * @param trippedCaps which caps are reached: {@code daily}, {@code monthly}, or one that
 * this version does not know
 * @param failure why the last attempt to read the balance has failed, or {@code null}
 * when it has not. A failure that says nothing of the account leaves a bad state as it
 * is: how old that is, {@code balanceAt} and {@code spendCapsAt} say.
 * @since 0.1.0
 */
public record BalanceSnapshot(State state, @Nullable Balance balance, @Nullable Instant balanceAt,
		@Nullable SpendCaps spendCaps, @Nullable Instant spendCapsAt, Set<String> trippedCaps,
		@Nullable VendoException failure) {

	public BalanceSnapshot {
		trippedCaps = Set.copyOf(trippedCaps);
	}

	/**
	 * How things stand.
	 *
	 * @since 0.1.0
	 */
	public enum State {

		/** The balance has not been read yet. */
		PENDING,

		/** There is credit, and no cap is reached. */
		AVAILABLE,

		/** The balance is used up. */
		EXHAUSTED,

		/** A spend cap is reached. */
		CAPPED,

		/**
		 * The balance could not be read; balance and caps are those of an earlier time,
		 * when there was credit or nothing was known.
		 */
		UNREACHABLE,

		/** The platform does not accept the API key. */
		REJECTED

	}

}
