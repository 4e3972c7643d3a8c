package run.vendo.billing;

import java.util.Locale;

/**
 * The span that usage is asked for.
 *
 * @since 0.1.0
 */
public enum Period {

	/** The present day. */
	DAY,

	/** The present month. */
	MONTH;

	String value() {
		return name().toLowerCase(Locale.ROOT);
	}

}
