package run.vendo.sample;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.billing.Balance;
import run.vendo.billing.SpendCaps;
import run.vendo.error.VendoException;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Balance and caps as the page shows them.
 */
@Component
class BalancePanel {

	private final VendoClient vendo;

	private final BalanceWatch watch;

	private final Clock clock;

	BalancePanel(VendoClient vendo, BalanceWatch watch, ObjectProvider<Clock> clock) {
		this.vendo = vendo;
		this.watch = watch;
		this.clock = clock.getIfUnique(Clock::systemUTC);
	}

	/**
	 * Return what to show, or {@code null} in OSS mode, where nothing is paid by credits.
	 */
	@Nullable View view() {
		if (!this.vendo.isVendoMode()) {
			return null;
		}
		try {
			Balance balance = this.watch.current();
			return new View(Money.of(balance), state(balance), Links.web(balance.topUpUrl()),
					BalanceChart.of(this.watch.history(), this.clock.instant()), caps(this.vendo.billing().spendCaps()),
					null);
		}
		catch (VendoException ex) {
			return new View(null, State.ENOUGH, null, null, List.of(), ex.getMessage());
		}
	}

	private State state(Balance balance) {
		return balance.isExhausted() ? State.EXHAUSTED : this.watch.isLow(balance) ? State.LOW : State.ENOUGH;
	}

	private static List<Cap> caps(SpendCaps caps) {
		return Stream
			.of(Cap.of("Today", caps.usedToday(), caps.daily()), Cap.of("This month", caps.usedMonth(), caps.monthly()))
			.toList();
	}

	/**
	 * How long the credits last.
	 */
	enum State {

		ENOUGH(Tone.GOOD, "available"), LOW(Tone.WARNING, "low"), EXHAUSTED(Tone.BAD, "exhausted");

		private final Tone tone;

		private final String words;

		State(Tone tone, String words) {
			this.tone = tone;
			this.words = words;
		}

		public Tone tone() {
			return this.tone;
		}

		public String words() {
			return this.words;
		}

	}

	/**
	 * An amount.
	 */
	record Money(String amount, String currency) {

		static Money of(Balance balance) {
			return new Money(dollars(balance.creditsRemaining()), balance.currency().toUpperCase(Locale.ROOT));
		}

	}

	/**
	 * What was spent of what may be spent.
	 *
	 * @param window when
	 * @param used what was spent
	 * @param limit what may be spent, or {@code null} where there is no limit
	 * @param percent how much of it was spent
	 * @param tone the colour of the bar
	 */
	record Cap(String window, String used, @Nullable String limit, int percent, Tone tone) {

		private static final int NEAR = 80;

		static Cap of(String window, BigDecimal used, @Nullable BigDecimal limit) {
			if (limit == null) {
				return new Cap(window, dollars(used), null, 0, Tone.NEUTRAL);
			}
			int percent = (limit.signum() <= 0) ? 100
					: used.movePointRight(2).divide(limit, RoundingMode.DOWN).min(BigDecimal.valueOf(100)).intValue();
			Tone tone = (percent >= 100) ? Tone.BAD : (percent >= NEAR) ? Tone.WARNING : Tone.GOOD;
			return new Cap(window, dollars(used), dollars(limit), percent, tone);
		}

	}

	private static String dollars(BigDecimal amount) {
		return amount.setScale(2, RoundingMode.DOWN).toPlainString();
	}

	/**
	 * Balance and caps.
	 */
	record View(@Nullable Money money, State state, @Nullable String topUp, @Nullable BalanceChart chart,
			List<Cap> caps, @Nullable String failure) {

	}

}
