package run.vendo.autoconfigure.web.webhook;

import java.time.Duration;

/**
 * Remembers which webhooks were handled, so that one that is delivered more than once is
 * handled once: a delivery is claimed, handled, and then confirmed, or released when the
 * handler failed.
 * <p>
 * A bean of this type takes the place of the memory of one instance. What is shared by
 * several instances must claim atomically among all of them. An error that a method
 * raises while claiming is answered with 503, so that the platform delivers again.
 *
 * @since 0.1.0
 */
public interface WebhookDeliveryStore {

	/**
	 * Claim a delivery, unless somebody else has. Atomic.
	 * @param key what tells the delivery from others: 78 characters of printable ASCII,
	 * made from signed material alone
	 * @param owner whose claim it is, another one for each call; at most 40 characters
	 * @param lease how long the claim lasts when it is neither confirmed nor released,
	 * because the machine went down
	 * @return whether the delivery may be handled
	 */
	Claim claim(String key, String owner, Duration lease);

	/**
	 * Confirm that a delivery was handled. Whoever handled it, it was: this holds also
	 * when the claim has ended and passed to somebody else in the meantime, whose
	 * {@link #release} then does nothing.
	 * @param key the delivery
	 * @param owner who claimed it
	 * @param retention how long to remember it at least
	 */
	void confirm(String key, String owner, Duration retention);

	/**
	 * Give a claim back, so that the delivery is handled when it comes again. Does
	 * nothing when the claim has passed to somebody else.
	 * @param key the delivery
	 * @param owner who claimed it
	 */
	void release(String key, String owner);

	/**
	 * What came of a claim.
	 */
	enum Claim {

		/** The caller handles the delivery. */
		GRANTED,

		/** Somebody else is handling it at present. */
		IN_PROGRESS,

		/** It was handled. */
		HANDLED

	}

}
