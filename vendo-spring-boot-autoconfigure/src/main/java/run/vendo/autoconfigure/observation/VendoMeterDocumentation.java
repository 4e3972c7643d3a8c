package run.vendo.autoconfigure.observation;

import java.util.Arrays;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Every meter there is beside the observations. Each tag has few values, and all are
 * known beforehand.
 *
 * @since 0.1.0
 * @see run.vendo.http.VendoObservationDocumentation
 */
public enum VendoMeterDocumentation implements MeterDocumentation {

	/** Times a call was sent again. */
	CLIENT_RETRIES("vendo.client.retries", Meter.Type.COUNTER, null, "Times a call was sent again", "account", "api",
			"reason"),

	/** Calls that were not sent again because the retry budget is used up. */
	CLIENT_RETRIES_DENIED("vendo.client.retries.denied", Meter.Type.COUNTER, null,
			"Calls that were not sent again because the retry budget was used up", "account", "api"),

	/** Retries that the budget has left. */
	CLIENT_RETRIES_AVAILABLE("vendo.client.retries.available", Meter.Type.GAUGE, null,
			"Retries that the budget has left", "account"),

	/** Tokens that were asked for, by where they come from. */
	TOKEN_RESOLUTIONS("vendo.token.resolutions", Meter.Type.COUNTER, null, "Tokens that were asked for", "account",
			"slug", "source", "outcome"),

	/** Background renewals of tokens. */
	TOKEN_RENEWALS("vendo.token.renewals", Meter.Type.COUNTER, null,
			"Tokens that were asked for in the background before their time is up", "account", "outcome"),

	/** Look-ups in the token cache. */
	TOKEN_CACHE_GETS("vendo.token.cache.gets", Meter.Type.COUNTER, null, "Look-ups in the token cache", "account",
			"result"),

	/** Tokens in the cache. */
	TOKEN_CACHE_SIZE("vendo.token.cache.size", Meter.Type.GAUGE, null, "Tokens that are kept", "account"),

	/** The prepaid balance. */
	BILLING_BALANCE("vendo.billing.balance", Meter.Type.GAUGE, "usd", "Prepaid balance as it was last seen", "account"),

	/** The age of the balance. */
	BILLING_BALANCE_AGE("vendo.billing.balance.age", Meter.Type.GAUGE, "seconds", "Time since the balance was seen",
			"account"),

	/** The spend caps. */
	BILLING_CAP("vendo.billing.cap", Meter.Type.GAUGE, "usd", "Spend cap as it was last seen", "account", "window"),

	/** What is used of the spend caps. */
	BILLING_CAP_USED("vendo.billing.cap.used", Meter.Type.GAUGE, "usd", "What was used in the window of a spend cap",
			"account", "window"),

	/** The age of the spend caps. */
	BILLING_CAP_AGE("vendo.billing.cap.age", Meter.Type.GAUGE, "seconds", "Time since the spend caps were seen",
			"account"),

	/** The state of the event stream. */
	EVENTS_STREAM("vendo.events.stream", Meter.Type.GAUGE, null, "1 for the state that the event stream is in, else 0",
			"state"),

	/** Interruptions of the event stream. */
	EVENTS_INTERRUPTIONS("vendo.events.interruptions", Meter.Type.COUNTER, null,
			"Times the event stream ended, or could not be opened, and is tried again"),

	/** Events that were delivered. */
	EVENTS_DELIVERED("vendo.events.delivered", Meter.Type.COUNTER, null,
			"Events of the platform that were delivered to the application's listeners", "kind"),

	/** How old events are when they are delivered. */
	EVENTS_LAG("vendo.events.lag", Meter.Type.TIMER, "seconds",
			"Time from when an event happened until listeners were done with it"),

	/** Failures of event listeners. */
	EVENTS_LISTENER_FAILURES("vendo.events.listener.failures", Meter.Type.COUNTER, null,
			"Times an event listener threw an exception"),

	/** Events that wait. */
	EVENTS_WAITING("vendo.events.waiting", Meter.Type.GAUGE, null,
			"Events that have arrived and wait for the listeners to be done with the one before"),

	/** How long listeners have been at work. */
	EVENTS_DELIVERING("vendo.events.delivering", Meter.Type.GAUGE, "seconds",
			"How long the listeners have been at work on the event that is being delivered"),

	/** Deliveries of webhooks. */
	WEBHOOK_DELIVERIES("vendo.webhook.deliveries", Meter.Type.COUNTER, null,
			"Requests to webhook handlers by what became of them", "outcome", "reason", "secret"),

	/** Runs of the reconciler. */
	RECONCILER_RUNS("vendo.reconciler.runs", Meter.Type.COUNTER, null, "Runs of the reconciler", "outcome"),

	/** Changes the reconciler told of. */
	RECONCILER_DELIVERIES("vendo.reconciler.deliveries", Meter.Type.COUNTER, null,
			"Changes of the reconciler's file that somebody was told of", "outcome");

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final String description;

	private final KeyName[] keyNames;

	VendoMeterDocumentation(String name, Meter.Type type, @Nullable String baseUnit, String description,
			String... keyNames) {
		this.name = name;
		this.type = type;
		this.baseUnit = baseUnit;
		this.description = description;
		this.keyNames = Arrays.stream(keyNames).map((key) -> (KeyName) () -> key).toArray(KeyName[]::new);
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public String getBaseUnit() {
		return (this.baseUnit != null) ? this.baseUnit : "";
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.keyNames.clone();
	}

	/**
	 * Return what the meter measures.
	 * @return the description
	 */
	public String getDescription() {
		return this.description;
	}

	@Override
	public String toString() {
		return this.name + " (" + StringUtils.capitalize(this.description) + ")";
	}

}
