package run.vendo.sample;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.billing.Balance;
import run.vendo.event.BillingEvent;
import run.vendo.event.VendoEvent;
import run.vendo.test.VendoPlatform;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;

class BalanceWatchTests {

	private final MovingClock clock = new MovingClock();

	private final VendoPlatform platform = VendoPlatform.start();

	private final VendoClient vendo = this.platform.clientBuilder().build();

	private final List<Object> published = new ArrayList<>();

	private final BalanceWatch watch = new BalanceWatch(this.vendo, this.published::add, clock());

	@AfterEach
	void close() {
		this.vendo.close();
		this.platform.close();
	}

	@Test
	void platformIsAskedAgainAfterAWhileOnly() {
		assertThat(this.watch.current().creditsRemainingMicros()).isEqualTo(12_500_000);
		this.platform.balance(1_000_000);
		this.clock.move(Duration.ofSeconds(29));
		assertThat(this.watch.current().creditsRemainingMicros()).isEqualTo(12_500_000);
		this.clock.move(Duration.ofSeconds(2));
		assertThat(this.watch.current().creditsRemainingMicros()).isEqualTo(1_000_000);
		assertThat(this.platform.requestCount("/api/billing/balance")).isEqualTo(2);
	}

	@Test
	void eventSaysTheBalanceWithoutARequest() {
		String topUp = this.watch.current().topUpUrl();
		changed(7_000_000);
		Balance balance = this.watch.current();
		assertThat(balance.creditsRemainingMicros()).isEqualTo(7_000_000);
		assertThat(balance.topUpUrl()).isEqualTo(topUp);
		assertThat(this.platform.requestCount("/api/billing/balance")).isEqualTo(1);
		assertThat(this.published).containsExactly(new PartChanged(Part.BALANCE));
	}

	@Test
	void historyReachesBackAnHourAndKnowsWhatWasBefore() {
		changed(4);
		this.clock.move(Duration.ofMinutes(10));
		changed(3);
		this.clock.move(Duration.ofMinutes(55));
		changed(2);
		assertThat(balances()).containsExactly(4L, 3L, 2L);
		this.clock.move(Duration.ofMinutes(10));
		changed(1);
		assertThat(balances()).containsExactly(3L, 2L, 1L);
	}

	@Test
	void historyIsBounded() {
		for (int i = 0; i < 3 * BalanceWatch.KEPT; i++) {
			changed(i);
		}
		assertThat(balances()).hasSize(BalanceWatch.KEPT).endsWith(3L * BalanceWatch.KEPT - 1);
	}

	@Test
	void balanceIsLowUntilThereIsMore() {
		this.watch.on((BillingEvent) VendoEvent.of("billing.balance_low", "{\"credits_remaining_micros\":900000}"));
		assertThat(this.watch.isLow(new Balance(800_000, "USD", null))).isTrue();
		assertThat(this.watch.isLow(new Balance(5_000_000, "USD", null))).isFalse();
	}

	private List<Long> balances() {
		return this.watch.history().stream().map(BalanceWatch.Point::micros).toList();
	}

	private void changed(long micros) {
		this.watch
			.on((BillingEvent) VendoEvent.of("billing.balance_changed", "{\"remaining_micros\":%d}".formatted(micros)));
	}

	private ObjectProvider<Clock> clock() {
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("clock", this.clock);
		return beans.getBeanProvider(Clock.class);
	}

}
