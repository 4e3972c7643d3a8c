package run.vendo.benchmark;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import org.openjdk.jmh.util.ListStatistics;

/**
 * A value and how far it may be off.
 *
 * @param value the value
 * @param margin half the width of the interval that holds the true value in 95 % of
 * cases; not a number when there is only one sample
 */
record Estimate(double value, double margin) {

	private static final int RESAMPLES = 2_000;

	/**
	 * Return the mean of some samples.
	 */
	static Estimate mean(double[] samples) {
		ListStatistics statistics = new ListStatistics(samples);
		return new Estimate(statistics.getMean(), (samples.length > 1) ? statistics.getMeanErrorAt(0.95) : Double.NaN);
	}

	/**
	 * Return the mean of the ratios of what was measured one after the other, so that a
	 * machine that is slower for a while is slower for both.
	 */
	static Estimate ratio(double[] measured, double[] limit) {
		return mean(IntStream.range(0, measured.length).mapToDouble((i) -> measured[i] / limit[i]).toArray());
	}

	/**
	 * Return the ratio of two medians, with a margin from resampling the pairs: single
	 * runs far off the rest, which starting processes always has, do not count.
	 */
	static Estimate ratioOfMedians(double[] measured, double[] limit) {
		double ratio = median(measured) / median(limit);
		if (measured.length < 2) {
			return new Estimate(ratio, Double.NaN);
		}
		Random random = new Random(42);
		double[] ratios = IntStream.range(0, RESAMPLES).mapToDouble((i) -> {
			int[] picks = random.ints(measured.length, 0, measured.length).toArray();
			ToDoubleFunction<double[]> median = (values) -> median(
					Arrays.stream(picks).mapToDouble((pick) -> values[pick]).toArray());
			return median.applyAsDouble(measured) / median.applyAsDouble(limit);
		}).sorted().toArray();
		double low = ratios[(int) (RESAMPLES * 0.025)];
		double high = ratios[(int) (RESAMPLES * 0.975)];
		return new Estimate(ratio, Math.max(high - ratio, ratio - low));
	}

	static double median(double[] samples) {
		return new ListStatistics(samples).getPercentile(50);
	}

	/**
	 * Return whether the value is at most some target.
	 */
	Verdict atMost(double target) {
		if (this.value + this.margin <= target) {
			return Verdict.MET;
		}
		return (this.value - this.margin > target) ? Verdict.MISSED : Verdict.OPEN;
	}

}
