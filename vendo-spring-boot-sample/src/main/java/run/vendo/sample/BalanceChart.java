package run.vendo.sample;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A line of the balance during the last hour, or since it is known, as SVG draws it.
 *
 * @param line the points of the line
 * @param area the points of the area below the line
 * @param begin where the line begins: before that the balance is not known
 * @param level how high it begins
 * @param minutes how long ago its left end is
 * @param highest the highest balance
 * @param lowest the lowest balance
 */
record BalanceChart(String line, String area, double begin, double level, long minutes, BigDecimal highest,
		BigDecimal lowest) {

	static final int WIDTH = 320;

	static final int HEIGHT = 88;

	private static final int MARGIN = 8;

	private static final Duration SHORTEST = Duration.ofMinutes(1);

	/**
	 * Draw the balance.
	 * @param points the balance over time, the oldest first
	 * @param now the right end of the chart
	 * @return the chart, or {@code null} if there is nothing to draw
	 */
	static @Nullable BalanceChart of(List<BalanceWatch.Point> points, Instant now) {
		if (points.isEmpty()) {
			return null;
		}
		long highest = points.stream().mapToLong(BalanceWatch.Point::micros).max().orElseThrow();
		long lowest = points.stream().mapToLong(BalanceWatch.Point::micros).min().orElseThrow();
		Scale scale = new Scale(now, span(Duration.between(points.get(0).at(), now)), highest, lowest);
		StringBuilder line = new StringBuilder();
		double before = Double.NaN;
		for (BalanceWatch.Point point : points) {
			double x = scale.x(point.at());
			double y = scale.y(point.micros());
			if (!Double.isNaN(before)) {
				// A balance stays what it is until it changes.
				line.append(pair(x, before));
			}
			line.append(pair(x, y));
			before = y;
		}
		line.append(pair(WIDTH, before));
		double begin = scale.x(points.get(0).at());
		String area = pair(begin, HEIGHT) + line + pair(WIDTH, HEIGHT);
		return new BalanceChart(line.toString().strip(), area.strip(), begin, scale.y(points.get(0).micros()),
				scale.span().toMinutes(), usd(highest), usd(lowest));
	}

	private static Duration span(Duration known) {
		return (known.compareTo(SHORTEST) < 0) ? SHORTEST
				: (known.compareTo(BalanceWatch.HISTORY) > 0) ? BalanceWatch.HISTORY : known;
	}

	private static String pair(double x, double y) {
		return String.format(Locale.ROOT, "%.1f,%.1f ", x, y);
	}

	private static BigDecimal usd(long micros) {
		return BigDecimal.valueOf(micros, 6).setScale(2, RoundingMode.DOWN);
	}

	private record Scale(Instant now, Duration span, long highest, long lowest) {

		double x(Instant at) {
			double age = Duration.between(at, this.now).toMillis() / (double) this.span.toMillis();
			return WIDTH * (1 - Math.min(1, Math.max(0, age)));
		}

		double y(long micros) {
			double height = HEIGHT - 2.0 * MARGIN;
			return (this.highest == this.lowest) ? HEIGHT / 2.0
					: MARGIN + height * (this.highest - micros) / (this.highest - this.lowest);
		}

	}

}
