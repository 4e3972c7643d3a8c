package run.vendo.autoconfigure.web.webhook;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import run.vendo.webhook.WebhooksApi;

/**
 * What takes webhooks, and how they are verified for it.
 *
 * @param name what tells its deliveries from those of others, the same on all instances
 * of the application
 * @param webhooks verifies its deliveries
 * @param maxAge how far a timestamp may be from now, or {@code null} for the verifier's
 * default
 */
record WebhookEndpoint(String name, WebhooksApi webhooks, @Nullable Duration maxAge) {

	/**
	 * Return whether the verifier is ours. An application's own may look at any header.
	 * @return whether a delivery is told by the headers of Vendo alone
	 */
	boolean isVerifiedByVendo() {
		return this.webhooks.getClass().getPackage() == WebhooksApi.class.getPackage();
	}

	WebhookEndpoint named(String name) {
		return new WebhookEndpoint(name, this.webhooks, this.maxAge);
	}

}
