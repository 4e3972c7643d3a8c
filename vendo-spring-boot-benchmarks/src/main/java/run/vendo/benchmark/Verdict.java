package run.vendo.benchmark;

/**
 * What a measurement says about its target.
 */
enum Verdict {

	/** The target is met, margin included. */
	MET("met"),

	/** The target is missed, whatever the margin. */
	MISSED("**missed**"),

	/** The margin is too wide to tell: measure longer, or on a quieter machine. */
	OPEN("open: within the margin"),

	/** There is no target. */
	NONE("for comparison");

	private final String text;

	Verdict(String text) {
		this.text = text;
	}

	static Verdict of(boolean met) {
		return met ? MET : MISSED;
	}

	@Override
	public String toString() {
		return this.text;
	}

}
