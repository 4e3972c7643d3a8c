package run.vendo.sample;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BalanceChartTests {

	private static final Instant NOW = Instant.parse("2026-05-20T12:00:00Z");

	@Test
	void balanceStaysWhatItIsUntilItChanges() {
		BalanceChart chart = BalanceChart.of(List.of(point(60, 10), point(30, 5)), NOW);
		assertThat(chart).isNotNull();
		assertThat(chart.line()).isEqualTo("0.0,8.0 160.0,8.0 160.0,80.0 320.0,80.0");
		assertThat(chart.area()).startsWith("0.0,88.0 ").endsWith(" 320.0,88.0");
		assertThat(chart.highest()).isEqualByComparingTo("10");
		assertThat(chart.lowest()).isEqualByComparingTo("5");
		assertThat(chart.minutes()).isEqualTo(60);
	}

	@Test
	void constantBalanceIsALineInTheMiddle() {
		BalanceChart chart = BalanceChart.of(List.of(point(10, 3)), NOW);
		assertThat(chart).isNotNull();
		assertThat(chart.line()).isEqualTo("0.0,44.0 320.0,44.0");
		assertThat(chart.minutes()).isEqualTo(10);
	}

	@Test
	void whatWasBeforeTheHourBeginsAtTheLeft() {
		BalanceChart chart = BalanceChart.of(List.of(point(90, 3), point(15, 2)), NOW);
		assertThat(chart).isNotNull();
		assertThat(chart.line()).startsWith("0.0,8.0 240.0,8.0");
	}

	@Test
	void withoutBalanceThereIsNoChart() {
		assertThat(BalanceChart.of(List.of(), NOW)).isNull();
	}

	private static BalanceWatch.Point point(int minutesAgo, int dollars) {
		return new BalanceWatch.Point(NOW.minus(Duration.ofMinutes(minutesAgo)), dollars * 1_000_000L);
	}

}
