package run.vendo.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A line of the table.
 *
 * @param what what was measured
 * @param against the limit it is compared with
 * @param target what it should come to at most
 * @param measured what it comes to
 * @param margin how far that may be off
 * @param details the figures behind it
 * @param verdict whether the target is met
 */
record Row(String what, String against, String target, String measured, String margin, String details,
		Verdict verdict) {

	static Row ratio(String what, String against, double target, Estimate ratio, String details) {
		return new Row(what, against, "≤ " + number(target) + "×", number(ratio.value()) + "×",
				"± " + number(ratio.margin()), details, ratio.atMost(target));
	}

	static Row time(String what, double target, Estimate nanos) {
		return new Row(what, "the clock", "≤ " + number(target) + " ns", number(nanos.value()) + " ns",
				"± " + number(nanos.margin()), "", nanos.atMost(target));
	}

	static Row exact(String what, String against, String target, String measured, String details, boolean met) {
		return new Row(what, against, target, measured, "exact", details, Verdict.of(met));
	}

	static Row once(String what, String against, String target, String measured, String details, boolean met) {
		return new Row(what, against, target, measured, "one run", details, Verdict.of(met));
	}

	Row withoutTarget() {
		return new Row(this.what, this.against, "-", this.measured, this.margin, this.details, Verdict.NONE);
	}

	/**
	 * Return a number with three digits that count.
	 */
	static String number(double value) {
		if (Double.isNaN(value)) {
			return "?";
		}
		double size = Math.abs(value);
		return String.format(Locale.ROOT, (size >= 100) ? "%,.0f" : (size >= 10) ? "%.1f" : "%.3f", value);
	}

	static String table(List<Row> rows) {
		return rows.stream()
			.map((row) -> "| %s | %s | %s | %s | %s | %s | %s |".formatted(row.what(), row.against(), row.target(),
					row.measured(), row.margin(), row.details(), row.verdict()))
			.collect(Collectors.joining("\n", """
					| What | Against | Target | Measured | Margin (95 %) | Figures | Verdict |
					|---|---|---|---|---|---|---|
					""", "\n"));
	}

}
