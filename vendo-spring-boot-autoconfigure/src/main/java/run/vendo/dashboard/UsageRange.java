package run.vendo.dashboard;

/**
 * The spans a deployment's usage is reported for.
 *
 * @since 0.1.0
 */
public enum UsageRange {

	/** The last hour. */
	HOUR("1h"),

	/** The last 24 hours. */
	DAY("24h"),

	/** The last seven days. */
	WEEK("7d"),

	/** The last 30 days. */
	MONTH("30d");

	private final String value;

	UsageRange(String value) {
		this.value = value;
	}

	String value() {
		return this.value;
	}

}
