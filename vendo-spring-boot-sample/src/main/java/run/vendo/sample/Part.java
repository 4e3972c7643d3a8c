package run.vendo.sample;

import java.util.Locale;

/**
 * A part of the page that changes by itself.
 */
enum Part {

	/** The cards of the connections. */
	CONNECTIONS,

	/** Balance, chart and caps. */
	BALANCE,

	/** The log of events and webhooks. */
	ACTIVITY,

	/** How the stream of events is doing. */
	STREAM;

	/**
	 * Return the name of the event that browsers get when this part has changed.
	 */
	String event() {
		return name().toLowerCase(Locale.ROOT);
	}

}
