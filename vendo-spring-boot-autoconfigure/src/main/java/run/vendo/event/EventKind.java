package run.vendo.event;

import org.springframework.util.Assert;

/**
 * What an event says. The set is open: a kind this version does not know is kept as the
 * platform sent it.
 *
 * @param value the kind as it goes over the wire
 * @since 0.1.0
 */
public record EventKind(String value) {

	/** A provider was connected. */
	public static final EventKind CONNECTION_CONNECTED = new EventKind("connection.connected");

	/** A provider was disconnected. */
	public static final EventKind CONNECTION_DISCONNECTED = new EventKind("connection.disconnected");

	/** Something about a connection changed. */
	public static final EventKind CONNECTION_CHANGED = new EventKind("connection.changed");

	/** A connection has another status. */
	public static final EventKind CONNECTION_STATUS_CHANGED = new EventKind("connection.status_changed");

	/** A provider's consent has to be given again. */
	public static final EventKind CONNECTION_NEEDS_REAUTH = new EventKind("connection.needs_reauth");

	/** A connection does not work. */
	public static final EventKind CONNECTION_ERROR = new EventKind("connection.error");

	/** Something was used. */
	public static final EventKind BILLING_USAGE_RECORDED = new EventKind("billing.usage_recorded");

	/** The balance changed. */
	public static final EventKind BILLING_BALANCE_CHANGED = new EventKind("billing.balance_changed");

	/** The balance is running low. */
	public static final EventKind BILLING_BALANCE_LOW = new EventKind("billing.balance_low");

	/** The balance is used up. */
	public static final EventKind BILLING_BALANCE_EXHAUSTED = new EventKind("billing.balance_exhausted");

	/** A spend cap comes near. */
	public static final EventKind BILLING_CAP_WARNED = new EventKind("billing.cap_warned");

	/** A spend cap was reached. */
	public static final EventKind BILLING_CAP_TRIPPED = new EventKind("billing.cap_tripped");

	/** The deployment was updated. */
	public static final EventKind DEPLOYMENT_UPDATED = new EventKind("deployment.updated");

	/** A block that does not say what it is. */
	public static final EventKind MESSAGE = new EventKind("message");

	/** The stream has ended for good. Raised here, never sent. */
	public static final EventKind STREAM_FAILED = new EventKind("stream.failed");

	public EventKind {
		Assert.notNull(value, "'value' must not be null");
	}

	@Override
	public String toString() {
		return this.value;
	}

}
